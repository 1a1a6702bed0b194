/* SPDX-License-Identifier: Apache-2.0
 *
 * api_trust.c - the border: trust handles.
 */
#include <stdlib.h>

#include "api.h"
#include "armor.h"

veridac_status veridac_trust_new(veridac_trust **ret)
{
    veridac_trust *t;
    if (ret == NULL)
        return VERIDAC_MISUSE;
    t = calloc(1, sizeof *t);
    if (t == NULL)
        return VERIDAC_NO_MEMORY;
    t->trust = vd_trust_make();
    if (t->trust == NULL) {
        free(t);
        return VERIDAC_NO_MEMORY;
    }
    *ret = t;
    return VERIDAC_OK;
}

void veridac_trust_free(veridac_trust *trust)
{
    if (trust == NULL)
        return;
    vd_trust_free(trust->trust);
    free(trust);
}

typedef enum vd_admission admit_fn(struct vd_trust *t, struct vd_span der, enum vd_network said,
                                   struct vd_findings *f);

struct adding {
    struct vd_trust *trust;
    admit_fn *admit;
    enum vd_network network;
    uint32_t accepted, refused;
    struct vd_buf text;
    struct vd_findings findings;
    bool full;
};

static void add_one(struct adding *a, struct vd_span der)
{
    enum vd_admission got;
    vd_findings_reset(&a->findings);
    got = a->admit(a->trust, der, a->network, &a->findings);
    a->accepted += got == VD_ADMITTED || got == VD_ADMITTED_BEFORE;
    a->refused += got == VD_REFUSED;
    a->full = a->full || got == VD_ADMISSION_FULL;
    for (size_t i = 0; i < a->findings.n; i++) {
        const struct vd_finding *f = &a->findings.v[i];
        const struct vd_rule_row *row = vd_rule_row(f->rule);
        (void)vd_buf_fmt(&a->text, "%s%s %s: %s (%s)", a->text.n ? "\n" : "",
                         vd_severity_text(f->severity), row->slug, row->text, f->found);
    }
}

static void add_all(struct adding *a, struct vd_span in)
{
    struct vd_buf der = VD_BUF(VD_MAX_OPERATOR_FILE);
    struct vd_span label;
    bool broken = false;
    size_t more;

    if (!vd_is_pem(in)) {
        if (vd_unwrap(in, &der, &more))
            add_one(a, vd_buf_span(&der));
        else
            a->full = true;
    } else {
        while (vd_pem_next(&in, &label, &der, &broken)) {
            if (vd_pem_certificate(label)) {
                add_one(a, vd_buf_span(&der));
            } else if (vd_pem_other_certificate(label)) {
                a->refused++;
                (void)vd_buf_fmt(&a->text, "%serror: a certificate in a form that is not read",
                                 a->text.n ? "\n" : "");
            }
            vd_buf_clear(&der);
        }
        a->full = a->full || der.failed;
        if (broken && !der.failed) {
            a->refused++;
            (void)vd_buf_fmt(&a->text, "%serror: a broken PEM block", a->text.n ? "\n" : "");
        }
    }
    vd_buf_free(&der);
}

static bool take_source(const veridac_trust_source *in, veridac_trust_source *s)
{
    return vd_sized_take(s, sizeof *s, VD_UPTO(veridac_trust_source, as_of), in) &&
           (s->network == VERIDAC_NETWORK_MAIN || s->network == VERIDAC_NETWORK_TEST) &&
           (s->withdrawn == 0 || s->withdrawn == 1) && s->as_of >= 0;
}

static veridac_status add(veridac_trust *trust, veridac_bytes in, const veridac_trust_source *from,
                          admit_fn *admit, veridac_trust_report *report)
{
    struct adding *a;
    veridac_status st;
    char text[sizeof report->text - 1];

    if (trust == NULL || in.data == NULL ||
        (report != NULL && !vd_sized_fits(VD_UPTO(veridac_trust_report, text), report)))
        return VERIDAC_MISUSE;
    if (in.size > VD_MAX_OPERATOR_FILE)
        return VERIDAC_TOO_LARGE;
    a = calloc(1, sizeof *a);
    if (a == NULL)
        return VERIDAC_NO_MEMORY;
    a->trust = trust->trust;
    a->admit = admit;
    a->network = (enum vd_network)from->network;
    a->text = VD_BUF_ON(text);
    add_all(a, vd_api_span(in));
    st = a->full ? VERIDAC_NO_MEMORY : a->accepted > 0 ? VERIDAC_OK : VERIDAC_BAD_DATA;
    if (report != NULL) {
        veridac_trust_report view = { .accepted = a->accepted, .refused = a->refused };
        (void)vd_copy(view.text, sizeof view.text - 1, vd_buf_span(&a->text));
        vd_sized_give(report, &view, sizeof view);
    }
    free(a);
    return st;
}

veridac_status veridac_trust_add_paa(veridac_trust *trust, veridac_bytes in,
                                     const veridac_trust_source *source,
                                     veridac_trust_report *report)
{
    veridac_trust_source from;
    if (!take_source(source, &from))
        return VERIDAC_MISUSE;
    if (from.withdrawn)
        return add(trust, in, &from, vd_trust_withdraw_paa, report);
    if (trust != NULL && in.data != NULL)
        vd_trust_note_time(trust->trust, from.as_of);
    return add(trust, in, &from, vd_trust_admit_paa, report);
}

veridac_status veridac_trust_add_cd_signer(veridac_trust *trust, veridac_bytes in,
                                           const veridac_trust_source *source,
                                           veridac_trust_report *report)
{
    veridac_trust_source from;
    if (!take_source(source, &from) || from.withdrawn)
        return VERIDAC_MISUSE;
    return add(trust, in, &from, vd_trust_admit_cd_signer, report);
}

veridac_status veridac_trust_look(const veridac_trust *trust, veridac_trust_view *ret)
{
    veridac_trust_view view = { .size = 0 };
    const struct vd_trust *t;

    if (trust == NULL || !vd_sized_fits(VD_UPTO(veridac_trust_view, as_of), ret))
        return VERIDAC_MISUSE;
    t = trust->trust;
    view.main_paas = (uint32_t)vd_trust_count(t, VD_ANCHOR_PAA, VD_NETWORK_MAIN);
    view.test_paas = (uint32_t)vd_trust_count(t, VD_ANCHOR_PAA, VD_NETWORK_TEST);
    view.cd_signers = (uint32_t)vd_trust_count(t, VD_ANCHOR_CD_SIGNER, VD_NETWORK_NONE);
    view.withdrawn_paas = (uint32_t)vd_trust_count(t, VD_ANCHOR_PAA_WITHDRAWN, VD_NETWORK_NONE);
    view.as_of = vd_trust_time(t);
    vd_sized_give(ret, &view, sizeof view);
    return VERIDAC_OK;
}
