/* SPDX-License-Identifier: Apache-2.0
 *
 * compliance.c - the compliance part.
 */
#include "compliance.h"

#include <stdlib.h>

#define RECORD 48u

bool vd_is_compliance(struct vd_span in)
{
    return vd_take_tag(&in, VD_COMPLIANCE_MAGIC);
}

static bool read_record(struct vd_span in, struct vd_compliance_record *ret)
{
    uint64_t vid, pid, version, device_type, cd_version, status, zero, date, zeros;

    if (!vd_take_le(&in, 2, &vid) || !vd_take_le(&in, 2, &pid) || !vd_take_le(&in, 4, &version) ||
        !vd_take_le(&in, 4, &device_type) || !vd_take_le(&in, 2, &cd_version) ||
        !vd_take_le(&in, 1, &status) || !vd_take_le(&in, 1, &zero) || !vd_take_le(&in, 8, &date) ||
        !vd_take(&in, VD_CERTIFICATE_ID, &ret->certificate_id) || !vd_take_le(&in, 5, &zeros) ||
        in.n != 0 || zero != 0 || zeros != 0 || status >= VD_CERTIFICATIONS || date > INT64_MAX)
        return false;
    ret->vid = (uint16_t)vid;
    ret->pid = (uint16_t)pid;
    ret->software_version = (uint32_t)version;
    ret->device_type = (uint32_t)device_type;
    ret->cd_version = (uint16_t)cd_version;
    ret->status = (enum vd_certification)status;
    ret->date = (int64_t)date;
    return true;
}

static uint64_t product_of(const struct vd_compliance_record *r)
{
    return (uint64_t)r->vid << 48 | (uint64_t)r->pid << 32 | r->software_version;
}

static bool ascends(const struct vd_compliance_record *a, const struct vd_compliance_record *b)
{
    if (product_of(a) != product_of(b))
        return product_of(a) < product_of(b);
    return vd_span_cmp(a->certificate_id, b->certificate_id) < 0;
}

bool vd_compliance_next(struct vd_span *cursor, struct vd_compliance_record *ret)
{
    struct vd_span one;
    return vd_take(cursor, RECORD, &one) && read_record(one, ret);
}

static const char *check_records(struct vd_span in)
{
    struct vd_compliance_record last = { .vid = 0 }, now;
    bool first = true;

    while (in.n > 0) {
        if (!vd_compliance_next(&in, &now))
            return "record";
        if (!first && !ascends(&last, &now))
            return "order of records";
        last = now;
        first = false;
    }
    return NULL;
}

const char *vd_compliance_read(struct vd_span in, struct vd_compliance *ret)
{
    uint64_t network, zero, n, zero2;
    const char *wrong;

    if (!vd_take_tag(&in, VD_COMPLIANCE_MAGIC))
        return "magic";
    if (!vd_take_le(&in, 1, &network) || !vd_take_le(&in, 3, &zero) || !vd_take_le(&in, 4, &n) ||
        !vd_take_le(&in, 4, &zero2))
        return "header";
    if ((network != VD_NETWORK_MAIN && network != VD_NETWORK_TEST) || zero != 0 || zero2 != 0)
        return "header values";
    if (n > VD_MAX_COMPLIANCE || in.n != (size_t)n * RECORD)
        return "size";
    wrong = check_records(in);
    if (wrong == NULL)
        *ret = (struct vd_compliance){ (enum vd_network)network, in };
    return wrong;
}

/* The first record that is not below (vid, pid). */
static size_t lower_bound(const struct vd_compliance *c, uint16_t vid, uint16_t pid)
{
    size_t lo = 0, hi = c->records.n / RECORD;
    uint64_t want = (uint64_t)vid << 48 | (uint64_t)pid << 32;

    while (lo < hi) {
        size_t mid = lo + (hi - lo) / 2;
        struct vd_compliance_record r;
        struct vd_span one;
        if (!vd_span_slice(c->records, mid * RECORD, RECORD, &one) || !read_record(one, &r))
            return c->records.n / RECORD; /* cannot be: the part was checked */
        if (product_of(&r) < want)
            lo = mid + 1;
        else
            hi = mid;
    }
    return lo;
}

bool vd_compliance_find(const struct vd_compliance *c, uint16_t vid, uint16_t pid, size_t i,
                        struct vd_compliance_record *ret)
{
    struct vd_span one;
    size_t at = lower_bound(c, vid, pid);
    return i < c->records.n / RECORD && vd_span_slice(c->records, (at + i) * RECORD, RECORD, &one) &&
           read_record(one, ret) && ret->vid == vid && ret->pid == pid;
}

/* ---- writing ---- */

static int by_place(const void *x, const void *y)
{
    const struct vd_compliance_record *a = x, *b = y;
    return ascends(a, b) ? -1 : ascends(b, a);
}

const struct vd_compliance_record *vd_compliance_sort(struct vd_compliance_record *v, size_t n)
{
    if (n > 1)
        qsort(v, n, sizeof *v, by_place);
    for (size_t i = 1; i < n; i++) {
        if (!ascends(&v[i - 1], &v[i]))
            return &v[i];
    }
    return NULL;
}

static bool put_record(const struct vd_compliance_record *r, struct vd_buf *out)
{
    return r->certificate_id.n == VD_CERTIFICATE_ID && r->date >= 0 && vd_buf_le(out, 2, r->vid) &&
           vd_buf_le(out, 2, r->pid) && vd_buf_le(out, 4, r->software_version) &&
           vd_buf_le(out, 4, r->device_type) && vd_buf_le(out, 2, r->cd_version) &&
           vd_buf_le(out, 1, (uint64_t)r->status) && vd_buf_le(out, 1, 0) &&
           vd_buf_le(out, 8, (uint64_t)r->date) && vd_buf_put(out, r->certificate_id) &&
           vd_buf_le(out, 5, 0);
}

bool vd_compliance_write(enum vd_network network, const struct vd_compliance_record *v, size_t n,
                         struct vd_buf *out)
{
    bool ok = n <= VD_MAX_COMPLIANCE && vd_buf_str(out, VD_COMPLIANCE_MAGIC) &&
              vd_buf_le(out, 4, (uint64_t)network) && vd_buf_le(out, 4, n) && vd_buf_le(out, 4, 0);
    for (size_t i = 0; ok && i < n; i++)
        ok = put_record(&v[i], out);
    return ok;
}
