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

static enum vd_open_status check_head(struct vd_snapshot *s, struct vd_span head_bytes,
                                      struct vd_span root_bytes, const char **why)
{
    struct vd_root root;
    struct vd_head head;

    if ((*why = vd_root_read(root_bytes, &root)) != NULL)
        return VD_OPEN_BAD;
    if ((*why = vd_head_check(head_bytes, &root, &head)) != NULL)
        return is_signature(*why) ? VD_OPEN_SIGNATURE : VD_OPEN_BAD;
    if (!vd_ref_is(&head.ref[VD_REF_HUB], s->bytes.n, s->sha256) &&
        !vd_ref_is(&head.ref[VD_REF_FULL], s->bytes.n, s->sha256)) {
        *why = "the head names another bundle";
        return VD_OPEN_SIGNATURE;
    }
    s->has_head = true;
    s->head = (struct vd_snapshot_head){ .network = head.s.network,
                                         .epoch = head.s.epoch,
                                         .sequence = head.s.number,
                                         .created = head.s.created,
                                         .expires = head.s.expires };
    return VD_OPEN_OK;
}

enum vd_open_status vd_snapshot_check(struct vd_snapshot *s, struct vd_span head,
                                      struct vd_span root, const char **why)
{
    enum vd_open_status st = VD_OPEN_OK;

    if (!vd_sha256(s->bytes, s->sha256))
        return VD_OPEN_MEMORY;
    if (head.p == NULL && vd_is_compliance(s->bytes)) {
        *why = vd_compliance_read(s->bytes, &s->compliance);
        return *why == NULL ? VD_OPEN_OK : VD_OPEN_BAD;
    }
    if (head.p == NULL && vd_is_overlay(s->bytes)) {
        *why = vd_overlay_read(s->bytes, &s->overlay, &s->wrong_line);
        return *why == NULL ? VD_OPEN_OK : VD_OPEN_BAD;
    }
    if (head.p != NULL)
        st = check_head(s, head, root, why);
    if (st != VD_OPEN_OK)
        return st;
    *why = vd_bundle_read(s->bytes, &s->bundle);
    if (*why != NULL)
        return VD_OPEN_BAD;
    s->compliance = s->bundle.compliance;
    if (s->has_head && s->head.network != s->bundle.network) {
        *why = "head and bundle are of different networks";
        return VD_OPEN_SIGNATURE;
    }
    return VD_OPEN_OK;
}
