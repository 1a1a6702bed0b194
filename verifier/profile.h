/* SPDX-License-Identifier: Apache-2.0
 *
 * profile.h - what a PAA, a PAI, a DAC, a declaration signer and a CRL delegate have to look like.
 *
 * Owns:           the certificate profiles of Matter 6.2.2 as tables.
 * Must not know:  bytes, keys, other certificates, the clock.
 */
#ifndef VD_PROFILE_H
#define VD_PROFILE_H

#include "cert.h"
#include "finding.h"

enum vd_role { VD_ROLE_DAC = 0, VD_ROLE_PAI, VD_ROLE_PAA, VD_ROLE_CD_SIGNER, VD_ROLE_CRL_SIGNER };

/* Judges facts; adds a finding for each rule that is not met. Nothing is said about a certificate
 * that was not given (der absent). issuer_judged: the issuer Name is, byte for byte, the subject of a
 * certificate that is judged itself, so that what is wrong with it is said there, once. */
void vd_profile_check(const struct vd_cert *c, enum vd_role role, enum vd_subject on,
                      bool issuer_judged, struct vd_findings *f);
bool vd_profile_names(const struct vd_cert *issuer, const struct vd_cert *c);
/* The rule of this role that corresponds to a DAC rule, e.g. VD_RULE_DAC_PUBLIC_KEY. */
enum vd_rule vd_profile_rule(enum vd_role role, enum vd_rule dac_rule);

#endif
