/* SPDX-License-Identifier: Apache-2.0
 *
 * mutate_tlv.c - TLV changed element by element; lengths follow.
 */
#include "mutate.h"

#include "fuzz_tlv.h"

#define MOST 256u

struct list {
    struct vd_tlv v[MOST + 2];
    size_t n;
};

static bool read_list(const uint8_t *p, size_t n, struct list *l)
{
    struct vd_tlv_reader r = vd_tlv_start((struct vd_span){ p, n });
    for (l->n = 0; r.in.n > 0 && l->n < MOST; l->n++) {
        if (!vd_tlv_next(&r, &l->v[l->n]))
            return false;
    }
    return r.in.n == 0 && l->n > 0;
}

static size_t write_list(const struct list *l, uint8_t *ret, size_t max)
{
    struct vd_buf out = { ret, 0, max, max, false };
    for (size_t i = 0; i < l->n; i++) {
        if (!fuzz_tlv_put(&l->v[i], &out))
            return 0;
    }
    return out.n;
}

static void change_number(struct vd_tlv *e, uint32_t *seed)
{
    static const uint64_t edges[] = { 0, 1, 2, 3, 0xFF, 0x100, 0xFFF0, 0xFFFF, 0x10000, 0x7FFFFFFF,
                                      0x80000000, 0xFFFFFFFF, 0x100000000, UINT64_MAX };
    switch (fuzz_next(seed) % 3) {
    case 0:
        e->number = edges[fuzz_next(seed) % (sizeof edges / sizeof edges[0])];
        break;
    case 1:
        e->number += (uint64_t)fuzz_next(seed) % 5 - 2;
        break;
    default:
        e->number ^= (uint64_t)1 << fuzz_next(seed) % 16;
        break;
    }
}

static void change_string(struct vd_tlv *e, uint32_t *seed)
{
    static uint8_t room[70000];
    size_t n = e->bytes.n < 60000 ? e->bytes.n : 60000;
    (void)vd_copy(room, sizeof room, (struct vd_span){ e->bytes.p, n });
    switch (fuzz_next(seed) % 4) {
    case 0:
        n -= n > 0;
        break;
    case 1:
        room[n++] = 'x';
        break;
    case 2:
        n = fuzz_next(seed) % (n + 8);
        break;
    default:
        if (n > 0)
            room[fuzz_next(seed) % n] ^= (uint8_t)(1u << fuzz_next(seed) % 8);
        break;
    }
    e->bytes = (struct vd_span){ room, n };
}

static void change(struct list *l, uint32_t *seed)
{
    const size_t i = fuzz_next(seed) % l->n, k = fuzz_next(seed) % l->n;
    struct vd_tlv *e = &l->v[i], was = *e;
    switch (fuzz_next(seed) % 8) {
    case 0: /* drop */
        for (size_t j = i; j + 1 < l->n; j++)
            l->v[j] = l->v[j + 1];
        l->n--;
        break;
    case 1: /* double */
        for (size_t j = l->n++; j > i; j--)
            l->v[j] = l->v[j - 1];
        break;
    case 2: /* swap */
        *e = l->v[k];
        l->v[k] = was;
        break;
    case 3:
        e->tag = e->form == VD_TAG_CONTEXT ? (e->tag + fuzz_next(seed) % 5 - 2) & 0xFF : e->tag ^ 1;
        break;
    case 4:
        if (was.type != VD_TLV_END && !vd_tlv_is_container(was.type))
            e->type = (enum vd_tlv_type)(fuzz_next(seed) % (VD_TLV_NULL + 1));
        break;
    case 5:
        e->form = (enum vd_tlv_tag_form)(fuzz_next(seed) % 4);
        e->tag &= 0xFF;
        break;
    default:
        if (was.type == VD_TLV_OCTETS || was.type == VD_TLV_UTF8)
            change_string(e, seed);
        else
            change_number(e, seed);
        break;
    }
}

size_t mutate_tlv(uint32_t seed, const uint8_t *p, size_t n, uint8_t *ret, size_t max)
{
    static struct list l;
    if (!read_list(p, n, &l))
        return 0;
    for (uint32_t i = 0, times = 1 + fuzz_next(&seed) % 2; i < times && l.n > 0; i++)
        change(&l, &seed);
    return write_list(&l, ret, max);
}

size_t mutate_tlv_octets(const uint8_t *p, size_t n, unsigned tag, const uint8_t *octets,
                         size_t n_octets, uint8_t *ret, size_t max)
{
    static struct list l;
    if (!read_list(p, n, &l))
        return 0;
    for (size_t i = 0; i < l.n; i++) {
        if (vd_tlv_is_context(&l.v[i], tag) && l.v[i].type == VD_TLV_OCTETS) {
            l.v[i].bytes = (struct vd_span){ octets, n_octets };
            return write_list(&l, ret, max);
        }
    }
    return 0;
}

size_t mutate_tlv_find(const uint8_t *p, size_t n, unsigned tag, size_t *ret_at)
{
    static struct list l;
    if (!read_list(p, n, &l))
        return 0;
    for (size_t i = 0; i < l.n; i++) {
        if (vd_tlv_is_context(&l.v[i], tag) && l.v[i].type == VD_TLV_OCTETS && l.v[i].bytes.n > 0) {
            *ret_at = (size_t)(l.v[i].bytes.p - p);
            return l.v[i].bytes.n;
        }
    }
    return 0;
}
