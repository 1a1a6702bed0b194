/* SPDX-License-Identifier: Apache-2.0
 *
 * show_signed.c - the description of signed documents.
 */
#include "show.h"
#include "signed.h"
#include "trust.h"

static const char *algorithm_text(uint16_t algorithm)
{
    return algorithm == VD_SIGN_P256      ? "ECDSA P-256"
           : algorithm == VD_SIGN_ED25519 ? "Ed25519"
                                         : "unknown";
}

static void show_frame(const struct vd_signed *s, struct vd_span in, struct vd_doc *d)
{
    uint8_t sha256[VD_SHA256] = { 0 };

    (void)vd_show_sha256(d, in, sha256);
    vd_doc_text(d, "network", "%s", vd_network_text((enum vd_network)s->network));
    vd_doc_text(d, "feed", "%s", s->feed);
    vd_doc_number(d, "epoch", s->epoch);
    vd_doc_number(d, s->kind == VD_DOC_ROOT || s->kind == VD_DOC_TRUST ? "version" : "sequence",
                  s->number);
    vd_doc_time(d, "created", s->created);
    if (s->kind != VD_DOC_INDEX)
        vd_doc_time(d, "expires", s->expires);
    vd_doc_hex(d, "sha256", VD_SPAN(sha256));
}

/* With the root itself at hand, whether they verify; else only whose they claim to be. */
static void show_signatures(const struct vd_signed *s, struct vd_doc *d)
{
    struct vd_span cursor = s->signatures;
    struct vd_signature one;

    vd_doc_open_list(d, "signatures");
    while (vd_signed_next(&cursor, &one)) {
        vd_doc_open(d, NULL);
        vd_doc_text(d, "algorithm", "%s", algorithm_text(one.algorithm));
        vd_doc_hex(d, "key", one.key_id);
        vd_doc_close(d);
    }
    vd_doc_close(d);
}

/* ---- root ---- */

static void show_roles(uint8_t roles, struct vd_doc *d)
{
    vd_doc_text(d, "roles", "%s%s%s", roles & VD_DUTY_BIT(VD_DUTY_ROOT) ? "root " : "",
                roles & VD_DUTY_BIT(VD_DUTY_TRUST) ? "trust " : "",
                roles & VD_DUTY_BIT(VD_DUTY_HEAD) ? "head " : "");
}

static bool show_root(struct vd_span in, struct vd_doc *d)
{
    struct vd_root root;
    enum vd_check worst;
    unsigned signers;
    const char *wrong = vd_root_read(in, &root);

    d->out->failed = d->out->failed || wrong == vd_no_memory;
    if (wrong != NULL)
        return false;
    signers = vd_root_signers(&root, VD_DUTY_ROOT, &root.s, &worst);
    d->out->failed = d->out->failed || worst == VD_CHECK_NO_MEMORY;
    vd_doc_open(d, NULL);
    vd_doc_text(d, "kind", "root (VDH1)");
    show_frame(&root.s, in, d);
    vd_doc_time(d, "head_keys_until", root.head_until);
    vd_doc_number(d, "root_threshold", root.threshold[VD_DUTY_ROOT]);
    vd_doc_number(d, "trust_threshold", root.threshold[VD_DUTY_TRUST]);
    vd_doc_number(d, "head_threshold", root.threshold[VD_DUTY_HEAD]);
    vd_doc_open_list(d, "keys");
    for (uint32_t i = 0; i < root.n_keys; i++) {
        vd_doc_open(d, NULL);
        vd_doc_text(d, "algorithm", "%s", algorithm_text(root.keys[i].algorithm));
        vd_doc_hex(d, "key", VD_SPAN(root.keys[i].id));
        show_roles(root.keys[i].roles, d);
        vd_doc_hex(d, "public", root.keys[i].key);
        vd_doc_close(d);
    }
    vd_doc_close(d);
    vd_doc_number(d, "signed_by_own_root_keys", signers);
    show_signatures(&root.s, d);
    vd_doc_close(d);
    return true;
}

/* ---- trust ---- */

static void show_entry(const struct vd_trust_entry *e, struct vd_doc *d)
{
    uint8_t sha256[VD_SHA256] = { 0 };
    struct vd_cert c;

    (void)vd_show_sha256(d, e->der, sha256);
    vd_doc_open(d, NULL);
    vd_doc_text(d, "kind", "%s", e->kind == VD_ENTRY_PAA ? "PAA" : "declaration signer");
    vd_doc_text(d, "state", "%s", e->state == VD_ENTRY_TRUSTED ? "trusted" : "withdrawn");
    vd_doc_hex(d, "sha256", VD_SPAN(sha256));
    if (vd_cert_read(e->der, &c))
        vd_doc_name(d, "subject", c.subject.der);
    vd_doc_close(d);
}

static bool show_trust(struct vd_span in, struct vd_doc *d)
{
    struct vd_trust_list list;
    struct vd_trust_entry e;
    struct vd_span cursor;

    if (vd_trust_list_read(in, &list) != NULL)
        return false;
    cursor = list.entries;
    vd_doc_open(d, NULL);
    vd_doc_text(d, "kind", "trust (VDH1)");
    show_frame(&list.s, in, d);
    vd_doc_open_list(d, "certificates");
    for (uint32_t i = 0; i < list.n && vd_trust_list_next(&cursor, &e); i++)
        show_entry(&e, d);
    vd_doc_close(d);
    show_signatures(&list.s, d);
    vd_doc_close(d);
    return true;
}

/* ---- head and index ---- */

static bool show_head(struct vd_span in, struct vd_doc *d)
{
    struct vd_head h;

    if (vd_head_read(in, &h) != NULL)
        return false;
    vd_doc_open(d, NULL);
    vd_doc_text(d, "kind", "head (VDH1)");
    show_frame(&h.s, in, d);
    vd_doc_time(d, "next_publish", h.next_publish);
    vd_doc_number(d, "root_version", h.root_version);
    vd_doc_number(d, "trust_version", h.trust_version);
    vd_doc_open_list(d, "files");
    for (unsigned type = 1; type < VD_REFS; type++) {
        if (!h.ref[type].there)
            continue;
        vd_doc_open(d, NULL);
        vd_doc_text(d, "name", "%s", vd_ref_text((enum vd_ref_type)type));
        vd_doc_number(d, "size", h.ref[type].size);
        vd_doc_hex(d, "sha256", VD_SPAN(h.ref[type].sha256));
        vd_doc_close(d);
    }
    vd_doc_close(d);
    show_signatures(&h.s, d);
    vd_doc_close(d);
    return true;
}

static bool show_index(struct vd_span in, struct vd_doc *d)
{
    struct vd_index index;
    struct vd_index_entry e;

    if (vd_index_read(in, &index) != NULL)
        return false;
    vd_doc_open(d, NULL);
    vd_doc_text(d, "kind", "index (VDH1)");
    show_frame(&index.s, in, d);
    vd_doc_number(d, "base", index.base);
    vd_doc_open_list(d, "deltas");
    for (uint32_t i = 0; i < index.n && vd_index_at(&index, i, &e); i++) {
        vd_doc_open(d, NULL);
        vd_doc_text(d, "of", "%s", vd_ref_text((enum vd_ref_type)e.kind));
        vd_doc_number(d, "from", e.from);
        vd_doc_number(d, "to", e.to);
        vd_doc_number(d, "size", e.size);
        vd_doc_hex(d, "sha256", VD_SPAN(e.sha256));
        vd_doc_close(d);
    }
    vd_doc_close(d);
    vd_doc_close(d);
    return true;
}

bool vd_show_signed(struct vd_span in, struct vd_doc *d)
{
    switch (vd_signed_kind(in)) {
    case VD_DOC_ROOT:
        return show_root(in, d);
    case VD_DOC_TRUST:
        return show_trust(in, d);
    case VD_DOC_HEAD:
        return show_head(in, d);
    case VD_DOC_INDEX:
        return show_index(in, d);
    default:
        return false;
    }
}
