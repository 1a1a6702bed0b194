/* SPDX-License-Identifier: Apache-2.0
 *
 * span.c - with span.h, the only place that does arithmetic on pointers into untrusted bytes.
 */
#include "span.h"

#include <string.h>

struct vd_span vd_span_str(const char *s)
{
    return s == NULL ? VD_NO_SPAN : (struct vd_span){ (const uint8_t *)s, strlen(s) };
}

bool vd_take_le(struct vd_span *in, size_t width, uint64_t *ret)
{
    struct vd_span v;
    uint64_t x = 0;
    if (width < 1 || width > 8 || !vd_take(in, width, &v))
        return false;
    for (size_t i = width; i-- > 0;)
        x = x << 8 | v.p[i];
    *ret = x;
    return true;
}

bool vd_take_be(struct vd_span *in, size_t width, uint64_t *ret)
{
    struct vd_span v;
    uint64_t x = 0;
    if (width < 1 || width > 8 || !vd_take(in, width, &v))
        return false;
    for (size_t i = 0; i < width; i++)
        x = x << 8 | v.p[i];
    *ret = x;
    return true;
}

bool vd_take_tag(struct vd_span *in, const char *magic)
{
    struct vd_span rest = *in, head;
    if (!vd_take(&rest, strlen(magic), &head) || !vd_span_is(head, magic))
        return false;
    *in = rest;
    return true;
}

struct vd_span vd_span_walked(struct vd_span whole, struct vd_span rest)
{
    return (struct vd_span){ whole.p, whole.n - rest.n };
}

bool vd_span_eq(struct vd_span a, struct vd_span b)
{
    return a.n == b.n && (a.n == 0 || memcmp(a.p, b.p, a.n) == 0);
}

bool vd_span_is(struct vd_span a, const char *s)
{
    return vd_span_eq(a, vd_span_str(s));
}

int vd_span_cmp(struct vd_span a, struct vd_span b)
{
    size_t n = a.n < b.n ? a.n : b.n;
    int c = n == 0 ? 0 : memcmp(a.p, b.p, n);
    return c != 0 ? c : (a.n > b.n) - (a.n < b.n);
}

bool vd_span_find(struct vd_span in, struct vd_span what, size_t *ret_at)
{
    for (size_t i = 0; what.n > 0 && what.n <= in.n && i <= in.n - what.n; i++) {
        if (in.p[i] == what.p[0] && memcmp(in.p + i, what.p, what.n) == 0) {
            *ret_at = i;
            return true;
        }
    }
    return false;
}

uint8_t vd_at(struct vd_span in, size_t i)
{
    return i < in.n ? in.p[i] : 0;
}

