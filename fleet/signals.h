/* SPDX-License-Identifier: Apache-2.0
 *
 * signals.h - what a monitoring system saw, as lines of JSON, against the thresholds of a policy.
 *
 * Owns:           the lines, windows, counts, and the entry that a count leads to.
 * Must not know:  files, what an entry leads to.
 */
#ifndef FLEET_SIGNALS_H
#define FLEET_SIGNALS_H

#include "overlay.h"
#include "policy_file.h"

/* One signal: about a certificate, by subject key id or by serial number. */
struct vd_signal {
    struct vd_overlay_rule rule; /* kind and keys */
    size_t threshold;            /* which of the policy's */
    struct vd_span line;
};

struct vd_signals {
    struct vd_signal *v; /* that count: known, high enough, in the window; sorted by rule and threshold */
    size_t n, cap;
    uint32_t n_lines, n_outside, n_bad;
    struct vd_buf bad; /* JSON: {"line":N,"what":"..."}, the first of them */
};

/* Whatever a line is, the next is read. False for no memory, and for more signals than the ceiling. */
bool vd_signals_read(struct vd_span text, const veridac_policy_file *policy, int64_t at,
                     struct vd_signals *ret);
void vd_signals_free(struct vd_signals *s);

/* The entry that n signals of one kind lead to; false when they lead to none. `out` gets its line, or
 * is failed. */
bool vd_signals_entry(const struct vd_signal *first, size_t n, const veridac_policy_file *policy, int64_t at,
                      struct vd_buf *out);

#endif
