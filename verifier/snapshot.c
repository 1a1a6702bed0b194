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
    free(s->owned);
    free(s);
}

enum vd_network vd_snapshot_network(const struct vd_snapshot *s)
{
    return s->bundle.network != VD_NETWORK_NONE ? s->bundle.network : s->compliance.network;
}

static enum vd_open_status check_head(struct vd_snapshot *s, struct vd_span head,
                                      struct vd_span root_pem, const char **why)
{
    uint8_t point[VD_POINT];

    if (!vd_public_pem_point(root_pem, point)) {
        *why = "the root is not a public P-256 key in PEM";
        return VD_OPEN_BAD;
    }
    *why = vd_head_check(head, VD_SPAN(point), &s->head);
    if (*why != NULL)
        return vd_span_is(vd_span_str(*why), "signature") ? VD_OPEN_SIGNATURE : VD_OPEN_BAD;
    if (s->head.bundle_size != s->bytes.n ||
        !vd_span_eq(VD_SPAN(s->head.bundle_sha256), VD_SPAN(s->sha256))) {
        *why = "the head names another bundle";
        return VD_OPEN_SIGNATURE;
    }
    s->has_head = true;
    return VD_OPEN_OK;
}

enum vd_open_status vd_snapshot_check(struct vd_snapshot *s, struct vd_span head,
                                      struct vd_span root_pem, const char **why)
{
    enum vd_open_status st = VD_OPEN_OK;

    if (!vd_sha256(s->bytes, s->sha256))
        return VD_OPEN_MEMORY;
    if (head.p == NULL && vd_is_compliance(s->bytes)) {
        *why = vd_compliance_read(s->bytes, &s->compliance);
        return *why == NULL ? VD_OPEN_OK : VD_OPEN_BAD;
    }
    if (head.p != NULL)
        st = check_head(s, head, root_pem, why);
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
