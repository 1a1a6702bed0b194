/* SPDX-License-Identifier: Apache-2.0
 *
 * publish_parts.c - what stands beside the bundles: names, provenance, compliance records, local rules.
 */
#include "limits.h"
#include "names.h"
#include "overlay.h"
#include "publish.h"
#include "state.h"
#include "store.h"

/* The part that the head before names. Rules and compliance records that are lost are an error: what they
 * refuse must not be found accepted again. */
static veridac_status keep_part(struct vd_publish *p, enum vd_ref_type type, struct vd_buf *out,
                                veridac_error *err)
{
    const struct vd_ref *ref = &p->old_head.ref[type];
    bool there = false;
    veridac_status st;

    if (!p->has_head || !ref->there)
        return VERIDAC_OK;
    st = vd_store_get(p->o.repo, "p", ref, out, &there, err);
    return st != VERIDAC_OK || there
               ? st
               : vd_fail(err, VERIDAC_BAD_DATA, "%s: the %s that its head names are missing or damaged; give "
                                                "them anew", p->o.repo,
                         type == VD_REF_RULES ? "rules" : "compliance records");
}

static veridac_status add_part(struct vd_publish *p, enum vd_ref_type type, struct vd_buf *bytes)
{
    veridac_status st = bytes->failed ? VERIDAC_NO_MEMORY : VERIDAC_OK;
    if (st == VERIDAC_OK && bytes->n > 0)
        st = vd_publish_add(p, "p", bytes, &p->head.ref[type]);
    vd_buf_free(bytes);
    return st;
}

/* ---- names and provenance, from a bundle that has both ---- */

static veridac_status add_sections(struct vd_publish *p, const struct vd_bundle *with_all)
{
    struct vd_buf names = VD_BUF(VD_MAX_BUNDLE), provenance = VD_BUF(VD_MAX_BUNDLE);
    veridac_status st;

    (void)vd_names_write(with_all->network, with_all->n_rows, with_all->names, &names);
    (void)vd_buf_put(&provenance, vd_bundle_section(with_all, VDB_PROVENANCE));
    st = add_part(p, VD_REF_NAMES, &names);
    if (st == VERIDAC_OK)
        st = add_part(p, VD_REF_PROVENANCE, &provenance);
    vd_buf_free(&provenance);
    return st;
}

/* ---- compliance records ---- */

static veridac_status take_given(struct vd_publish *p, struct vd_buf *out, veridac_error *err)
{
    const struct vd_span given = vd_span_of(p->o.compliance.data, p->o.compliance.size);
    veridac_buffer part = { NULL, 0 };
    veridac_status st;

    if (vd_is_compliance(given))
        return vd_buf_put(out, given) ? VERIDAC_OK : VERIDAC_NO_MEMORY;
    st = veridac_compliance_load(p->o.compliance, p->root.s.network, &part, NULL, err);
    if (st == VERIDAC_OK && !vd_buf_put(out, vd_span_of(part.data, part.size)))
        st = VERIDAC_NO_MEMORY;
    veridac_buffer_free(&part);
    return st;
}

/* The operator's; else what sync found; else those of the head before. */
static veridac_status find_compliance(struct vd_publish *p, struct vd_buf *out, veridac_error *err)
{
    if (p->o.compliance.data != NULL)
        return take_given(p, out, err);
    if (p->run.compliance[0] != '\0')
        return vd_state_get(p->o.state, p->run.compliance, VD_MAX_BUNDLE, out, err);
    return keep_part(p, VD_REF_COMPLIANCE, out, err);
}

static veridac_status add_compliance(struct vd_publish *p, veridac_error *err)
{
    struct vd_buf bytes = VD_BUF(VD_MAX_BUNDLE);
    struct vd_compliance c = { .network = VD_NETWORK_NONE };
    veridac_status st = find_compliance(p, &bytes, err);
    const char *wrong = st == VERIDAC_OK && bytes.n > 0 ? vd_compliance_read(vd_buf_span(&bytes), &c)
                                                        : NULL;

    if (wrong != NULL)
        st = vd_fail(err, vd_wrong(wrong, VERIDAC_BAD_DATA), "the compliance records: %s", wrong);
    else if (st == VERIDAC_OK && bytes.n > 0 && c.network != (enum vd_network)p->root.s.network)
        st = vd_fail(err, VERIDAC_OTHER_NETWORK, "the compliance records: of another network than the root");
    if (st == VERIDAC_OK)
        st = add_part(p, VD_REF_COMPLIANCE, &bytes);
    vd_buf_free(&bytes);
    return st;
}

/* ---- rules ---- */

static veridac_status check_rules(const struct vd_publish *p, struct vd_span text, veridac_error *err)
{
    struct vd_overlay rules = { .network = VD_NETWORK_NONE };
    enum vd_network network;
    uint32_t line = 0;
    const char *wrong = vd_overlay_read(text, &rules, &line);

    if (wrong != NULL)
        return vd_fail(err, vd_wrong(wrong, VERIDAC_BAD_DATA), "the rules: line %u: %s", (unsigned)line, wrong);
    network = rules.network;
    vd_overlay_free(&rules);
    return network == (enum vd_network)p->root.s.network
               ? VERIDAC_OK
               : vd_fail(err, VERIDAC_OTHER_NETWORK, "the rules: of another network than the root");
}

static veridac_status add_rules(struct vd_publish *p, veridac_error *err)
{
    const struct vd_span given = vd_span_of(p->o.rules.data, p->o.rules.size);
    struct vd_buf text = VD_BUF(VD_MAX_RULES_TEXT);
    veridac_status st = VERIDAC_OK;

    if (given.p == NULL)
        st = keep_part(p, VD_REF_RULES, &text, err);
    else if (!vd_buf_put(&text, given))
        st = vd_fail(err, VERIDAC_TOO_LARGE, "the rules: more than %u octets", VD_MAX_RULES_TEXT);
    if (st == VERIDAC_OK && (given.p != NULL || text.n > 0))
        st = check_rules(p, vd_buf_span(&text), err);
    if (st == VERIDAC_OK)
        st = add_part(p, VD_REF_RULES, &text);
    vd_buf_free(&text);
    return st;
}

veridac_status vd_publish_parts(struct vd_publish *p, const struct vd_bundle *with_all,
                                veridac_error *err)
{
    veridac_status st = add_sections(p, with_all);
    if (st == VERIDAC_OK)
        st = add_compliance(p, err);
    return st == VERIDAC_OK ? add_rules(p, err) : st;
}
