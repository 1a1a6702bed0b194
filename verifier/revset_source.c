/* SPDX-License-Identifier: Apache-2.0
 *
 * revset_source.c - where the CRLs of a set came from, for those who want to build it again.
 */
#include <stdlib.h>

#include "revset_int.h"

enum vd_revset_status vd_revset_crl_source(struct vd_rev_feed *feed, struct vd_span sha256,
                                           struct vd_span node, uint64_t height)
{
    struct vd_rev_source *to = &feed->source;

    if (sha256.p == NULL) {
        feed->hash = vd_hash_make();
        if (feed->hash == NULL || !vd_hash_start(feed->hash))
            return VD_REVSET_MEMORY;
    } else if (!vd_copy(to->sha256, sizeof to->sha256, sha256)) {
        return VD_REVSET_LIMIT;
    }
    to->node = VD_BUF(VD_MAX_URL);
    if (!vd_buf_put(&to->node, node))
        return VD_REVSET_MEMORY;
    to->height = height;
    to->given = true;
    return VD_REVSET_OK;
}

bool vd_revset_source_end(struct vd_rev_feed *feed)
{
    bool ok = feed->hash == NULL || vd_hash_end(feed->hash, feed->source.sha256);
    vd_hash_free(feed->hash);
    feed->hash = NULL;
    return ok;
}

bool vd_revset_source_keep(struct vd_revset *s, struct vd_rev_feed *feed)
{
    struct vd_rev_source *from = &feed->source;
    const struct vd_rev_part *part = feed->parts;

    if (!from->given || feed->n_parts == 0)
        return true;
    if (!vd_grow((void **)&s->sources, s->n_sources, &s->cap_sources, sizeof *s->sources,
                 (size_t)VD_MAX_POINTS * VD_MAX_HISTORY))
        return false;
    from->url = part->point->p.url;
    from->time = feed->last_ok;
    from->feed = part->point->feeds;
    from->n_number = part->crl.n_number;
    (void)vd_copy(from->number, sizeof from->number, VD_SPAN(part->crl.number));
    s->sources[s->n_sources++] = *from;
    *from = (struct vd_rev_source){ .given = false }; /* the node went along */
    return true;
}

static bool counts(const struct vd_revset *s, const struct vd_rev_source *from)
{
    size_t first = 0, n = vd_revset_url_range(s, from->url, &first);
    for (size_t i = first; i < first + n; i++) {
        if (from->feed < VD_MAX_HISTORY && s->by_url[i]->p.bound && s->by_url[i]->crl.authentic &&
            (s->by_url[i]->counting >> from->feed & 1) != 0)
            return true;
    }
    return false;
}

bool vd_revset_provenance(const struct vd_revset *s, struct vd_buf *out)
{
    struct vd_source *v = calloc(s->n_sources + 1, sizeof *v);
    size_t n = 0;
    bool ok;

    for (size_t i = 0; v != NULL && i < s->n_sources; i++) {
        const struct vd_rev_source *from = &s->sources[i];
        if (counts(s, from))
            v[n++] = (struct vd_source){ .sha256 = VD_SPAN(from->sha256),
                                         .time = from->time < 0 ? 0 : from->time,
                                         .height = from->height,
                                         .number = vd_span_of(from->number, from->n_number),
                                         .url = vd_span_str(from->url),
                                         .node = vd_buf_span(&from->node) };
    }
    ok = v != NULL && vd_provenance_write(s->network, v, n, out);
    free(v);
    return ok;
}

void vd_revset_sources_free(struct vd_revset *s)
{
    for (size_t i = 0; i < s->n_sources; i++)
        vd_buf_free(&s->sources[i].node);
    free(s->sources);
}
