/* SPDX-License-Identifier: Apache-2.0
 *
 * show_delta.c - the description of a delta, as far as it speaks without the bundle it starts from: kept
 * issuers have no names in it, only their row there.
 */
#include "delta_int.h"
#include "show.h"
#include "sig.h"

static const char *mode_text(enum vd_delta_mode m)
{
    switch (m) {
    case VD_DELTA_NONE:
        break;
    case VD_DELTA_SAME:
        return "as before";
    case VD_DELTA_ANEW:
        return "anew";
    case VD_DELTA_MERGED:
        return "as before and of new issuers";
    }
    return "none";
}

static uint32_t changed(const struct vd_delta *d, enum vd_delta_column column)
{
    uint32_t n = 0;
    for (uint32_t i = 0; i < vd_delta_kept(d); i++)
        n += d->columns[column][i] != 0;
    return n;
}

static uint64_t sum(const struct vd_delta *d, enum vd_delta_column column)
{
    uint64_t n = 0;
    for (uint32_t i = 0; i < vd_delta_kept(d); i++)
        n += d->columns[column][i];
    return n;
}

static void show_counts(const struct vd_delta *d, struct vd_doc *doc)
{
    uint64_t came = sum(d, VD_DELTA_MORE);

    for (uint32_t i = 0; i < d->n_again; i++) /* all their keys, not only those that came */
        came -= d->columns[VD_DELTA_MORE][d->again[i]];
    vd_doc_number(doc, "issuers_before", d->n_from);
    vd_doc_number(doc, "issuers_gone", d->n_gone);
    vd_doc_number(doc, "issuers_new", d->n_new);
    vd_doc_number(doc, "issuers_with_new_parameters", d->n_again);
    vd_doc_number(doc, "revoked_more", came);
    vd_doc_number(doc, "revoked_less", sum(d, VD_DELTA_LESS));
    vd_doc_number(doc, "coverage_changed", changed(d, VD_DELTA_STATE));
    vd_doc_number(doc, "this_update_changed", changed(d, VD_DELTA_THIS));
    vd_doc_number(doc, "validity_changed", changed(d, VD_DELTA_NEXT));
    vd_doc_number(doc, "last_ok_changed", changed(d, VD_DELTA_LAST_OK));
    vd_doc_text(doc, "names", "%s", mode_text(d->mode[VD_DELTA_NAMES]));
    vd_doc_text(doc, "provenance", "%s", mode_text(d->mode[VD_DELTA_PROVENANCE]));
    vd_doc_text(doc, "compliance", "%s", mode_text(d->mode[VD_DELTA_COMPLIANCE]));
}

/* ---- issuers ---- */

static void show_kept(const struct vd_delta *d, uint32_t row, uint32_t kept, uint32_t *again,
                      struct vd_doc *doc)
{
    const uint32_t more = d->columns[VD_DELTA_MORE][kept], less = d->columns[VD_DELTA_LESS][kept];
    const bool anew = *again < d->n_again && d->again[*again] == kept;
    const bool state = d->columns[VD_DELTA_STATE][kept] != 0;

    if (more != 0 || less != 0 || anew || state) {
        vd_doc_open(doc, NULL);
        vd_doc_number(doc, "row_before", row);
        vd_doc_bool(doc, "coverage_changed", state);
        if (anew)
            vd_doc_number(doc, "revoked", more);
        else
            vd_doc_number(doc, "revoked_more", more);
        vd_doc_number(doc, "revoked_less", less);
        if (anew)
            vd_doc_number(doc, "revoked_in_base", d->base_n[*again]);
        vd_doc_close(doc);
    }
    *again += anew;
}

static void show_changes(const struct vd_delta *d, struct vd_doc *doc)
{
    uint32_t gone = 0, kept = 0, again = 0;

    vd_doc_open_list(doc, "changes");
    for (uint32_t row = 0; row < d->n_from; row++) {
        if (gone < d->n_gone && d->gone[gone] == row) {
            vd_doc_open(doc, NULL);
            vd_doc_number(doc, "row_before", row);
            vd_doc_bool(doc, "gone", true);
            vd_doc_close(doc);
            gone++;
        } else {
            show_kept(d, row, kept++, &again, doc);
        }
    }
    vd_doc_close(doc);
}

/* name := key_id_size:u8 key_id name */
static void show_new(const struct vd_delta *d, struct vd_doc *doc)
{
    vd_doc_open_list(doc, "new_issuers");
    for (uint32_t i = 0; i < d->n_new; i++) {
        const struct vd_delta_new *n = &d->fresh[i];
        struct vd_span name = n->name, key_id;
        uint8_t size;
        vd_doc_open(doc, NULL);
        if (vd_take_u8(&name, &size) && vd_take(&name, size, &key_id)) {
            vd_doc_name(doc, "issuer", name);
            vd_doc_hex(doc, "key_id", key_id);
        }
        vd_doc_hex(doc, "issuer_id", VD_SPAN(n->id));
        if (n->state == 0)
            vd_doc_text(doc, "coverage", "complete");
        else
            vd_doc_text(doc, "coverage", "unknown (%s)",
                        n->state <= VD_REASONS ? vd_reason_text((enum vd_reason)(n->state - 1))
                                               : "no reason");
        vd_doc_number(doc, "revoked", n->n);
        vd_doc_time(doc, "this_update", n->this_update);
        vd_doc_time(doc, "next_update", n->next_update);
        vd_doc_close(doc);
    }
    vd_doc_close(doc);
}

/* ---- all ---- */

/* The head, and all that can be read without a bundle; *ret_left octets follow. */
static const char *read_delta(struct vd_span in, struct vd_delta *d, size_t *ret_left)
{
    struct vd_bits b = vd_bits_read(vd_span_skip(in, VD_DELTA_HEAD));
    enum vd_delta_error e = vd_delta_read_head(in, &d->head);
    bool memory = false;

    if (e == VD_DELTA_OK && !vd_delta_code(&b, d, &memory))
        e = memory ? VD_DELTA_NO_MEMORY : VD_DELTA_BAD_CODES;
    *ret_left = b.in.n;
    return e == VD_DELTA_OK ? NULL : vd_delta_error_text(e);
}

bool vd_show_delta(struct vd_span in, struct vd_doc *doc)
{
    struct vd_delta d = { .root = VD_NO_SPAN };
    size_t left;
    uint8_t sha256[VD_SHA256];
    const bool ok = read_delta(in, &d, &left) == NULL && vd_sha256(in, sha256);

    if (ok) {
        vd_doc_open(doc, NULL);
        vd_doc_text(doc, "kind", "delta (VDD1)");
        vd_doc_text(doc, "contents", d.head.kind == VDB_FULL ? "full" : "hub");
        vd_doc_text(doc, "network", "%s", vd_network_text(d.head.network));
        vd_doc_hex(doc, "sha256", VD_SPAN(sha256));
        vd_doc_number(doc, "size", in.n);
        vd_doc_number(doc, "size_of_rows", in.n - VD_DELTA_HEAD - left);
        vd_doc_number(doc, "size_of_keys_and_filters", left);
        vd_doc_hex(doc, "base", d.head.base);
        vd_doc_hex(doc, "from", d.head.from);
        vd_doc_hex(doc, "to", d.head.to);
        vd_doc_time(doc, "evidence_time", d.head.evidence_time);
        vd_doc_number(doc, "target_size", d.head.size);
        show_counts(&d, doc);
        show_changes(&d, doc);
        show_new(&d, doc);
        vd_doc_close(doc);
    }
    vd_delta_free(&d);
    return ok;
}

const char *vd_show_delta_fault(struct vd_span in)
{
    struct vd_delta d = { .root = VD_NO_SPAN };
    struct vd_span magic = in;
    const char *wrong = NULL;
    size_t left;

    if (vd_take_tag(&magic, "VDD")) {
        wrong = read_delta(in, &d, &left);
        vd_delta_free(&d);
    }
    return wrong;
}
