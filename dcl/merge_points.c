/* SPDX-License-Identifier: Apache-2.0
 *
 * merge_points.c - several nodes: revocation points.
 */
#include <stdlib.h>
#include <string.h>

#include "limits.h"
#include "merge.h"
#include "text.h"

enum fate { GONE, COUNTED, ADDING };

struct seen {
    const struct vd_listed_point *p;
    uint32_t listing;
    bool counted_before, adding_before;
    enum fate fate;
    uint64_t place; /* over the ceiling those with the highest go */
};

/* ---- one point ---- */

/* "FFF1 label": what a person finds it by. */
static void say(struct vd_merge *m, const char *id, const struct seen *s, uint32_t nodes)
{
    char room[VD_MAX_INPUT / 16];
    struct vd_buf b = VD_BUF_ON(room);
    const char *label = strchr(s->p->order, 1);
    room[0] = '\0';
    (void)(vd_buf_fmt(&b, "%04X %.64s %.256s", s->p->vid, label == NULL ? "" : label + 1, s->p->order) &&
           vd_buf_u8(&b, 0));
    room[strcspn(room, "\x01")] = '\0';
    vd_merge_say(m, id, room, nodes);
}

static enum fate judge(struct vd_merge *m, const struct seen *s)
{
    const uint32_t missing = m->answered & ~s->listing;
    const bool minority = 2 * vd_bits(s->listing) < vd_bits(m->answered);

    if (s->listing == 0 || (s->counted_before && minority)) {
        if (!vd_merge_majority(m, missing)) {
            say(m, "point-hidden", s, missing);
            return s->counted_before ? COUNTED : ADDING;
        }
        say(m, s->listing == 0 ? "point-removed" : "point-of-a-minority", s,
            s->listing == 0 ? missing : s->listing);
        return s->listing == 0 ? GONE : ADDING;
    }
    if (minority) {
        say(m, "point-of-a-minority", s, s->listing);
        return ADDING;
    }
    if (missing != 0)
        say(m, "point-hidden", s, missing);
    return COUNTED;
}

/* ---- all ---- */

static int by_content(const void *x, const void *y)
{
    const struct seen *a = x, *b = y;
    return memcmp(&a->p->content, &b->p->content, sizeof a->p->content);
}

static int by_identity(const void *x, const void *y)
{
    const struct seen *a = x, *b = y;
    return memcmp(&a->p->identity, &b->p->identity, sizeof a->p->identity);
}

static int by_vendor(const void *x, const void *y)
{
    const struct seen *a = x, *b = y;
    int c = (a->p->vid > b->p->vid) - (a->p->vid < b->p->vid);
    if (c == 0)
        c = strcmp(a->p->order, b->p->order);
    return c != 0 ? c : by_content(x, y);
}

static size_t collect(const struct vd_merge *m, struct seen *out)
{
    size_t n = 0;
    for (size_t i = 0; i < m->n_nodes; i++) {
        const struct vd_lists *l = &m->nodes[i].lists;
        for (size_t k = 0; !m->nodes[i].failed && k < l->n_points; k++)
            out[n++] = (struct seen){ .p = &l->points[k], .listing = UINT32_C(1) << i };
    }
    for (size_t i = 0; i < m->counted_before->n_points; i++)
        out[n++] = (struct seen){ .p = &m->counted_before->points[i], .counted_before = true };
    for (size_t i = 0; i < m->adding_before->n_points; i++)
        out[n++] = (struct seen){ .p = &m->adding_before->points[i], .adding_before = true };
    return n;
}

static size_t join(struct seen *v, size_t n)
{
    size_t out = 0;
    if (n > 1)
        qsort(v, n, sizeof *v, by_content);
    for (size_t i = 0; i < n; i++) {
        if (out == 0 || by_content(&v[out - 1], &v[i]) != 0) {
            v[out++] = v[i];
            continue;
        }
        v[out - 1].listing |= v[i].listing;
        v[out - 1].counted_before |= v[i].counted_before;
        v[out - 1].adding_before |= v[i].adding_before;
    }
    return out;
}

/* A vendor may change a point: the node lists the new content and no longer the old one. Nobody can tell this
 * from a lie of the node, hence the old one's revocations stay. */
static void supersede(struct vd_merge *m, struct seen *v, size_t n)
{
    if (n > 1)
        qsort(v, n, sizeof *v, by_identity);
    for (size_t i = 0; i < n;) {
        size_t end = i;
        bool fresh = false;
        for (; end < n && by_identity(&v[i], &v[end]) == 0; end++)
            fresh = fresh || (v[end].fate == COUNTED && v[end].listing != 0);
        for (; i < end; i++) {
            if (!fresh || v[i].fate != COUNTED || v[i].listing != 0)
                continue;
            v[i].fate = ADDING;
            say(m, "point-changed", &v[i], m->answered);
        }
    }
}

static bool put_line(struct vd_buf *out, const struct vd_listed_point *p)
{
    return vd_buf_put(out, vd_span_of(p->json, p->n)) && vd_buf_u8(out, '\n');
}

/* ---- ceilings ---- */

/* Those that only add are as many as those that count: one vendor cannot crowd out others. */
static void cut_vendors(struct vd_merge *m, struct seen *v, size_t n)
{
    size_t of_vendor = 0;

    if (n > 1)
        qsort(v, n, sizeof *v, by_vendor);
    for (size_t i = 0; i < n; i++) {
        if (i == 0 || v[i].p->vid != v[i - 1].p->vid)
            of_vendor = 0;
        if (v[i].fate != ADDING || of_vendor++ < VD_MAX_POINTS_VID)
            continue;
        say(m, "too-many-points", &v[i], v[i].listing);
        v[i].fate = GONE;
    }
}

static int by_place(const void *x, const void *y)
{
    const struct seen *a = x, *b = y;
    return a->place != b->place ? (a->place > b->place) - (a->place < b->place) : by_vendor(x, y);
}

/* Nor can one node. Where there are more than a run may have, those that only add go: those of each
 * node, and those that the last run had and nobody lists, stay in turn. Those that count are never fewer, for the rest of an
 * issuer's points would look like all of them. */
static void cut_nodes(struct vd_merge *m, struct seen *v, size_t n)
{
    uint32_t taken[VD_MERGE_TURNS] = { 0 }, nodes = 0;
    size_t points = 0, octets = 0, dropped = 0;

    for (size_t i = 0; i < n; i++) {
        points += v[i].fate == COUNTED;
        v[i].place = v[i].fate != ADDING ? 0 : UINT64_C(1) + vd_merge_turn(v[i].listing, taken);
    }
    if (n > 1)
        qsort(v, n, sizeof *v, by_place);
    for (size_t i = 0; i < n; i++) {
        if (v[i].fate != ADDING)
            continue;
        if (points < VD_MAX_POINTS && octets + v[i].p->n + 1 <= VD_MAX_LISTS) {
            points++;
            octets += v[i].p->n + 1;
            continue;
        }
        v[i].fate = GONE;
        nodes |= v[i].listing;
        dropped++;
    }
    if (dropped > 0)
        vd_merge_say_at_last(m, "too-many-points", "more revocation points than the ceiling allows", nodes);
}

static bool write_points(struct seen *v, size_t n, struct vd_buf *counted, struct vd_buf *adding)
{
    bool ok = true;

    if (n > 1)
        qsort(v, n, sizeof *v, by_vendor);
    for (size_t i = 0; ok && i < n; i++) {
        if (v[i].fate != GONE)
            ok = put_line(v[i].fate == COUNTED ? counted : adding, v[i].p);
    }
    return ok;
}

veridac_status vd_merge_points(struct vd_merge *m, struct vd_buf *counted, struct vd_buf *adding)
{
    size_t max = m->counted_before->n_points + m->adding_before->n_points + 1, n;
    struct seen *seen;
    bool ok;

    for (size_t i = 0; i < m->n_nodes; i++)
        max += m->nodes[i].lists.n_points;
    seen = calloc(max, sizeof *seen);
    if (seen == NULL)
        return VERIDAC_NO_MEMORY;
    n = join(seen, collect(m, seen));
    for (size_t i = 0; i < n; i++)
        seen[i].fate = judge(m, &seen[i]);
    supersede(m, seen, n);
    cut_vendors(m, seen, n);
    cut_nodes(m, seen, n);
    ok = write_points(seen, n, counted, adding);
    free(seen);
    if (ok)
        return VERIDAC_OK;
    return counted->failed == VD_BUF_NO_MEMORY || adding->failed == VD_BUF_NO_MEMORY ? VERIDAC_NO_MEMORY
                                                                                    : VERIDAC_TOO_LARGE;
}
