/* SPDX-License-Identifier: Apache-2.0
 *
 * list_points.c - revocation points of one node, and how many of a vendor are kept.
 *
 * A vendor's points are looked at in the order (key id, label), the first VD_MAX_POINTS_VID of them. One
 * more is kept: if it is of the same issuer as the last one that counts, that issuer is not complete.
 * Those behind it are of other issuers, and these are not covered at all.
 */
#include <stdlib.h>
#include <string.h>

#include "limits.h"
#include "lists.h"
#include "sig.h"

#define VIDS 65536u
#define KEPT (VD_MAX_POINTS_VID + 1)

/* ---- one ---- */

bool vd_on_one_line(struct vd_span in, struct vd_buf *out)
{
    bool text = false;
    for (size_t i = 0; i < in.n; i++) {
        uint8_t c = in.p[i];
        if (!text && (c == ' ' || c == '\t' || c == '\r' || c == '\n'))
            continue;
        if (c == '"')
            text = !text;
        if (!vd_buf_u8(out, c))
            return false;
        if (c == '\\' && text && i + 1 < in.n && !vd_buf_u8(out, in.p[++i]))
            return false;
    }
    return true;
}

static bool put_field(struct vd_buf *out, veridac_bytes field)
{
    return vd_buf_le(out, 4, field.size) && vd_buf_put(out, vd_span_of(field.data, field.size));
}

static bool put_identity(struct vd_buf *out, const veridac_point *p)
{
    return vd_buf_le(out, 4, (uint64_t)p->vid) && put_field(out, p->issuer_key_id) &&
           put_field(out, p->label);
}

static bool put_content(struct vd_buf *out, const veridac_point *p)
{
    return put_identity(out, p) && vd_buf_le(out, 4, (uint64_t)p->pid) &&
           vd_buf_u8(out, p->is_paa != 0) && vd_buf_le(out, 4, (uint64_t)p->revocation_type) &&
           vd_buf_u8(out, p->has_data_fields != 0) && put_field(out, p->url) &&
           put_field(out, p->signer) && put_field(out, p->delegator);
}

static bool digest_of(const veridac_point *p, bool (*put)(struct vd_buf *, const veridac_point *),
                      struct vd_digest *ret)
{
    struct vd_buf b = VD_BUF(VD_MAX_INPUT * 4);
    bool ok = put(&b, p) && vd_sha256(vd_buf_span(&b), ret->b);
    vd_buf_free(&b);
    return ok;
}

static char *order_of(const veridac_point *p)
{
    struct vd_buf b = VD_BUF(VD_MAX_INPUT * 2);
    if (!vd_buf_put(&b, vd_span_of(p->issuer_key_id.data, p->issuer_key_id.size)) ||
        !vd_buf_u8(&b, 1) || !vd_buf_put(&b, vd_span_of(p->label.data, p->label.size)) ||
        !vd_buf_u8(&b, 0))
        vd_buf_free(&b);
    return (char *)b.p;
}

const char *vd_listed_point_make(struct vd_json_value v, struct vd_listed_point *ret)
{
    struct vd_buf text = VD_BUF(VD_MAX_INPUT * 4), line = VD_BUF(VD_MAX_POINT);
    struct vd_listed_point p = { .json = NULL };
    veridac_point fields;
    const char *wrong = vd_record_point(v, &text, &fields);

    if (wrong == NULL && !vd_on_one_line(vd_json_text(v), &line))
        wrong = line.failed == VD_BUF_NO_MEMORY ? vd_record_no_memory : "longer than any record";
    if (wrong == NULL && (!digest_of(&fields, put_content, &p.content) ||
                          !digest_of(&fields, put_identity, &p.identity) ||
                          (p.order = order_of(&fields)) == NULL))
        wrong = vd_record_no_memory;
    vd_buf_free(&text);
    if (wrong != NULL) {
        vd_buf_free(&line);
        return wrong;
    }
    p.vid = (uint16_t)fields.vid;
    p.n = line.n;
    p.json = (char *)line.p;
    *ret = p;
    return NULL;
}

void vd_listed_point_clear(struct vd_listed_point *p)
{
    free(p->json);
    free(p->order);
    *p = (struct vd_listed_point){ .json = NULL };
}

/* ---- quotas ---- */

static int by_vendor(const void *x, const void *y)
{
    const struct vd_listed_point *a = x, *b = y;
    int c = (a->vid > b->vid) - (a->vid < b->vid);
    if (c == 0)
        c = strcmp(a->order, b->order);
    return c != 0 ? c : memcmp(&a->content, &b->content, sizeof a->content);
}

/* Of every vendor the first KEPT; the same record twice is one. */
static void prune(struct vd_lists *l)
{
    size_t n = 0;

    if (l->n_points > 1)
        qsort(l->points, l->n_points, sizeof *l->points, by_vendor);
    for (uint32_t i = 0; i < VIDS; i++)
        l->per_vid[i] = 0;
    for (size_t i = 0; i < l->n_points; i++) {
        struct vd_listed_point *p = &l->points[i];
        bool again = n > 0 && by_vendor(&l->points[n - 1], p) == 0;
        if (again || l->per_vid[p->vid] == KEPT) {
            l->n_points_over += !again;
            l->n_points_twice += again;
            l->bytes -= p->n;
            vd_listed_point_clear(p);
            continue;
        }
        l->per_vid[p->vid]++;
        if (n != i) {
            l->points[n] = *p;
            *p = (struct vd_listed_point){ .json = NULL };
        }
        n++;
    }
    l->n_points = n;
}

veridac_status vd_lists_point(struct vd_lists *l, struct vd_json_value item)
{
    struct vd_listed_point p;
    const char *wrong = vd_listed_point_make(item, &p);
    veridac_status st = VERIDAC_OK;

    if (wrong == vd_record_no_memory)
        return VERIDAC_NO_MEMORY;
    l->n_points_seen++;
    if (wrong != NULL) {
        l->n_broken++;
        l->n_points_broken++;
        if (l->broken.max == 0)
            l->broken = VD_BUF(VD_MAX_INPUT);
        if (l->broken.n < VD_MAX_INPUT / 2)
            (void)vd_buf_fmt(&l->broken, "revocation point %u: %.64s\n",
                             (unsigned)l->n_points_seen - 1, wrong);
        return VERIDAC_OK;
    }
    if (l->per_vid == NULL)
        l->per_vid = calloc(VIDS, sizeof *l->per_vid);
    if (l->per_vid == NULL)
        st = VERIDAC_NO_MEMORY;
    else if (l->bytes + p.n > VD_MAX_LISTS)
        st = VERIDAC_TOO_LARGE;
    else if (!vd_grow((void **)&l->points, l->n_points, &l->cap_points, sizeof p, VD_MAX_POINTS * 2))
        st = vd_no_room(l->n_points, VD_MAX_POINTS * 2);
    if (st != VERIDAC_OK) {
        vd_listed_point_clear(&p);
        return st;
    }
    l->bytes += p.n;
    l->points[l->n_points++] = p;
    if (++l->per_vid[p.vid] >= 2 * KEPT)
        prune(l);
    return VERIDAC_OK;
}

void vd_lists_settle_points(struct vd_lists *l)
{
    if (l->per_vid != NULL)
        prune(l);
}
