/* SPDX-License-Identifier: Apache-2.0
 *
 * export.h - the cases of a run, for a judge that is another program.
 *
 * Owns:           the form of a line.
 * Must not know:  who reads it.
 *
 * A line of JSON for each case:
 *
 *   {"case":7,"op":"tag","where":"dac of \"plain\"","veridac":["dac-der@tbs"],"serials":null,
 *    "files":{"paa.der":"3082...", ...}}
 *
 * "veridac" has the reasons to refuse, of a CRL those not to take its serials; "serials" what it
 * revokes then. Files are in hex.
 */
#ifndef DIFF_EXPORT_H
#define DIFF_EXPORT_H

#include "compare.h"

/* 0 when everything was written. */
int export_all(const struct comparison *c, const struct run *run);

#endif
