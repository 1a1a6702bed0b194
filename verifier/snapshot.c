/* SPDX-License-Identifier: Apache-2.0
 *
 * snapshot.c - a checked bundle, with or without a signed head.
 */
#include "snapshot.h"

#include <stdlib.h>

struct vd_snapshot *vd_snapshot_make(const char *label)
{
    struct vd_snapshot *s = calloc(1, sizeof *s);
    struct vd_span text = vd_span_str(label);
    if (s == NULL)
        return NULL;
    s->hashes = vd_hash_pool_make();
    if (s->hashes == NULL) {
        free(s);
        return NULL;
    }
    if (!vd_copy(s->label, sizeof s->label - 1, text))
        (void)vd_copy(s->label, sizeof s->label - 1, (struct vd_span){ text.p, sizeof s->label - 1 });
    return s;
}

void vd_snapshot_free(struct vd_snapshot *s)
{
    if (s == NULL)
        return;
    vd_snapshot_unmap(s);
    vd_hash_pool_free(s->hashes);
    vd_overlay_free(&s->overlay);
    for (size_t i = 0; i < s->n_parts; i++)
        free(s->parts[i]);
    vd_issuers_free(&s->issuers);
    free(s->owned);
    free(s);
}

enum vd_network vd_snapshot_network(const struct vd_snapshot *s)
{
    return s->bundle.network != VD_NETWORK_NONE       ? s->bundle.network
           : s->compliance.network != VD_NETWORK_NONE ? s->compliance.network
                                                      : s->overlay.network;
}

static bool is_signature(const char *wrong)
{
    struct vd_span text = vd_span_str(wrong);
    return vd_take_tag(&text, "signature-w") || vd_take_tag(&text, "signature-th");
}

static enum vd_open_status check_head(struct vd_snapshot *s, const struct vd_snapshot_docs *docs,
                                      struct vd_head *head, const char **why)
{
    struct vd_root root;

    if ((*why = vd_root_read(docs->root, &root)) != NULL)
        return VD_OPEN_BAD;
    if ((*why = vd_head_check(docs->head, &root, head)) != NULL)
        return is_signature(*why) ? VD_OPEN_SIGNATURE : VD_OPEN_BAD;
    if (!vd_ref_is(&head->ref[VD_REF_HUB], s->bytes.n, s->sha256) &&
        !vd_ref_is(&head->ref[VD_REF_FULL], s->bytes.n, s->sha256)) {
        *why = "the head names another bundle";
        return VD_OPEN_SIGNATURE;
    }
    s->has_head = true;
    s->head = (struct vd_snapshot_head){ .network = head->s.network,
                                         .epoch = head->s.epoch,
                                         .sequence = head->s.number,
                                         .created = head->s.created,
                                         .expires = head->s.expires };
    return VD_OPEN_OK;
}

/* ---- parts ---- */

static const char *take_part(struct vd_snapshot *s, enum vd_ref_type type, struct vd_span part)
{
    enum vd_network network = s->bundle.network;
    const char *wrong = NULL;

    if (type == VD_REF_NAMES) {
        wrong = vd_bundle_take_names(&s->bundle, part);
    } else if (type == VD_REF_PROVENANCE) {
        wrong = vd_provenance_read(part, &s->bundle.provenance);
        network = s->bundle.provenance.network;
    } else if (type == VD_REF_COMPLIANCE) {
        wrong = vd_compliance_read(part, &s->compliance);
        network = s->compliance.network;
    } else {
        vd_overlay_free(&s->overlay);
        wrong = vd_overlay_read(part, &s->overlay, &s->wrong_line);
        s->wrong_line = wrong == NULL ? 0 : s->wrong_line;
        network = s->overlay.network;
    }
    return wrong == NULL && network != s->bundle.network ? "bundle and part are of different networks"
                                                         : wrong;
}

static enum vd_open_status check_part(struct vd_snapshot *s, const struct vd_head *head,
                                      struct vd_span part, const char **why)
{
    static const enum vd_ref_type types[] = { VD_REF_NAMES, VD_REF_PROVENANCE, VD_REF_COMPLIANCE,
                                              VD_REF_RULES };
    uint8_t sha256[VD_SHA256], *copy = malloc(part.n ? part.n : 1);
    bool named = false;

    if (copy == NULL || !vd_sha256(part, sha256) || !vd_copy(copy, part.n, part)) {
        free(copy);
        return VD_OPEN_MEMORY;
    }
    s->parts[s->n_parts++] = copy;
    for (size_t i = 0; i < sizeof types / sizeof types[0]; i++) {
        if (!vd_ref_is(&head->ref[types[i]], part.n, sha256))
            continue;
        named = true;
        *why = take_part(s, types[i], (struct vd_span){ copy, part.n });
        if (*why != NULL)
            return VD_OPEN_BAD;
    }
    *why = "the head names no such part";
    return named ? VD_OPEN_OK : VD_OPEN_SIGNATURE;
}

/* ---- all of it ---- */

/* What may stand in place of a bundle. False when the bytes are none of it. */
static bool check_other(struct vd_snapshot *s, const char **why)
{
    if (vd_is_compliance(s->bytes))
        *why = vd_compliance_read(s->bytes, &s->compliance);
    else if (vd_is_overlay(s->bytes))
        *why = vd_overlay_read(s->bytes, &s->overlay, &s->wrong_line);
    else
        return false;
    return true;
}

enum vd_open_status vd_snapshot_check(struct vd_snapshot *s, const struct vd_snapshot_docs *docs,
                                      const char **why)
{
    enum vd_open_status st = VD_OPEN_OK;
    struct vd_head head;

    if (!vd_sha256(s->bytes, s->sha256))
        return VD_OPEN_MEMORY;
    if (docs->head.p == NULL && check_other(s, why))
        return *why == NULL ? VD_OPEN_OK : VD_OPEN_BAD;
    if (docs->head.p != NULL)
        st = check_head(s, docs, &head, why);
    if (st != VD_OPEN_OK)
        return st;
    *why = s->has_head ? vd_bundle_read_vouched(s->bytes, &s->bundle)
                       : vd_bundle_read(s->bytes, &s->bundle);
    if (*why != NULL)
        return VD_OPEN_BAD;
    s->compliance = s->bundle.compliance;
    if (s->has_head && s->head.network != s->bundle.network) {
        *why = "head and bundle are of different networks";
        return VD_OPEN_SIGNATURE;
    }
    for (size_t i = 0; st == VD_OPEN_OK && i < docs->n_parts; i++)
        st = check_part(s, &head, docs->parts[i], why);
    if (st == VD_OPEN_OK && s->has_head && head.ref[VD_REF_RULES].there &&
        s->overlay.network == VD_NETWORK_NONE) {
        *why = "the rules that the head names are not given";
        return VD_OPEN_BAD;
    }
    if (st == VD_OPEN_OK && !vd_issuers_make(&s->bundle, &s->issuers))
        st = VD_OPEN_MEMORY; /* the names may have come with a part */
    return st;
}
