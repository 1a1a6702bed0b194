/* SPDX-License-Identifier: Apache-2.0
 *
 * finding.c - the list of findings.
 */
#include "finding.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "text.h"

void vd_findings_reset(struct vd_findings *f)
{
    f->n = 0;
}

static void set(struct vd_finding *to, enum vd_rule rule, enum vd_subject on)
{
    to->rule = rule;
    to->subject = on;
    to->severity = vd_rule_row(rule)->severity;
    to->found[0] = '\0';
    to->wanted[0] = '\0';
}

/* The last of this rule on this subject, and how many there are. */
static struct vd_finding *last_like(struct vd_findings *f, enum vd_rule rule, enum vd_subject on,
                                    unsigned *ret_n)
{
    struct vd_finding *last = NULL;
    *ret_n = 0;
    for (size_t i = 0; i < f->n; i++) {
        if (f->v[i].rule == rule && f->v[i].subject == on) {
            last = &f->v[i];
            (*ret_n)++;
        }
    }
    return last;
}

/* The list is full, and says so in its last place: an error takes that of something lesser. */
static struct vd_finding *place_for(struct vd_findings *f, enum vd_rule rule, enum vd_subject on)
{
    if (vd_rule_row(rule)->severity != VD_SEVERITY_ERROR)
        return NULL;
    for (size_t i = VD_MAX_FINDINGS - 1; i-- > 0;) {
        if (f->v[i].severity != VD_SEVERITY_ERROR) {
            set(&f->v[i], rule, on);
            return &f->v[i];
        }
    }
    return NULL;
}

struct vd_finding *vd_find(struct vd_findings *f, enum vd_rule rule, enum vd_subject on,
                           const char *wanted, const char *found, ...)
{
    static const char more[] = " (and more)";
    struct vd_finding *to;
    va_list ap;
    unsigned n;
    size_t at;

    to = last_like(f, rule, on, &n);
    if (n > VD_MAX_REPEATS)
        return to;
    if (f->n == VD_MAX_FINDINGS - 1) /* the last place says that there were more */
        set(&f->v[f->n++], VD_RULE_FINDINGS_OVERFLOW, VD_ON_INPUT);
    if (f->n < VD_MAX_FINDINGS)
        set(to = &f->v[f->n++], rule, on);
    else if ((to = place_for(f, rule, on)) == NULL)
        return &f->v[VD_MAX_FINDINGS - 1];
    va_start(ap, found);
    (void)vsnprintf(to->found, sizeof to->found, found, ap);
    va_end(ap);
    if (wanted != NULL)
        (void)snprintf(to->wanted, sizeof to->wanted, "%s", wanted);
    if (n == VD_MAX_REPEATS) {
        at = strlen(to->found);
        at = at < sizeof to->found - sizeof more ? at : sizeof to->found - sizeof more;
        (void)snprintf(&to->found[at], sizeof more, "%s", more);
    }
    return to;
}

bool vd_findings_has(const struct vd_findings *f, enum vd_rule rule)
{
    for (size_t i = 0; i < f->n; i++) {
        if (f->v[i].rule == rule)
            return true;
    }
    return false;
}

const struct vd_finding *vd_findings_error(const struct vd_findings *f, size_t from)
{
    for (size_t i = from; i < f->n; i++) {
        if (f->v[i].severity == VD_SEVERITY_ERROR)
            return &f->v[i];
    }
    return NULL;
}

const char *vd_subject_text(enum vd_subject on)
{
    switch (on) {
    case VD_ON_INPUT:
        return "input";
    case VD_ON_NOCSR:
        return "nocsr";
    case VD_ON_NOCSR_SIGNATURE:
        return "nocsr-signature";
    case VD_ON_CSR:
        return "csr";
    case VD_ON_DAC:
        return "dac";
    case VD_ON_PAI:
        return "pai";
    case VD_ON_PAA:
        return "paa";
    case VD_ON_ELEMENTS:
        return "elements";
    case VD_ON_SIGNATURE:
        return "signature";
    case VD_ON_CHALLENGE:
        return "challenge";
    case VD_ON_NONCE:
        return "nonce";
    case VD_ON_VID:
        return "vid";
    case VD_ON_PID:
        return "pid";
    case VD_ON_CD:
        return "cd";
    case VD_ON_CD_SIGNER:
        return "cd-signer";
    case VD_ON_CRL_SIGNER:
        return "crl-signer";
    case VD_ON_CRL_DELEGATOR:
        return "crl-delegator";
    case VD_ON_CRL:
        return "crl";
    case VD_ON_POINT:
        return "point";
    case VD_ON_SNAPSHOT:
        return "snapshot";
    }
    return "?";
}

const char *vd_hex_text(struct vd_span bytes, char ret[VD_HEX_TEXT])
{
    struct vd_buf b = { (uint8_t *)ret, 0, VD_HEX_TEXT - 4, VD_HEX_TEXT - 4, false };
    bool cut = bytes.n > 40;
    if (cut)
        bytes.n = 40;
    (void)vd_hex_put(&b, bytes, true);
    (void)snprintf(ret + b.n, VD_HEX_TEXT - b.n, "%s", cut ? "..." : bytes.n == 0 ? "empty" : "");
    return ret;
}
