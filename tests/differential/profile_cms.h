/* SPDX-License-Identifier: Apache-2.0
 *
 * profile_cms.h - the form that Matter asks of a declaration's envelope.
 *
 * Owns:           Matter 6.3.1 as far as it concerns the CMS, written a second time over OpenSSL's
 *                 ASN.1 templates. Reasons are "profile:cms:WHAT".
 * Must not know:  who signed it, veridac's code, tables and slugs.
 */
#ifndef DIFF_PROFILE_CMS_H
#define DIFF_PROFILE_CMS_H

#include "view.h"

void profile_cms(const unsigned char *p, size_t n, struct view *ret);

#endif
