/* SPDX-License-Identifier: Apache-2.0
 *
 * compliance.c - the ledger's compliance records from JSON into a compliance part.
 */
#include <stdlib.h>

#include "fail.h"
#include "json.h"
#include "limits.h"
#include "records.h"

struct loading {
    struct vd_record_compliance *v;
    size_t n, cap;
    uint32_t broken, other; /* other: of other programmes than Matter */
    struct vd_buf text;
    bool no_memory;
};

static void say(struct loading *l, const char *what, size_t index, const char *wrong)
{
    l->broken++;
    (void)vd_buf_fmt(&l->text, "%s%s %zu: %s", l->text.n ? "\n" : "", what, index, wrong);
}

static void add_record(struct loading *l, struct vd_json_value v, size_t index)
{
    struct vd_record_compliance r;
    const char *wrong = vd_record_compliance(v, &r);

    if (wrong != NULL) {
        say(l, "record", index, wrong);
    } else if (!r.matter) {
        l->other++;
    } else if (!vd_grow((void **)&l->v, l->n, &l->cap, sizeof *l->v, VD_MAX_COMPLIANCE)) {
        l->no_memory = true;
    } else {
        l->v[l->n++] = r;
    }
}

static int compare(const void *x, const void *y)
{
    const struct vd_record_compliance *a = x, *b = y;
    if (a->vid != b->vid)
        return a->vid < b->vid ? -1 : 1;
    if (a->pid != b->pid)
        return a->pid < b->pid ? -1 : 1;
    if (a->software_version != b->software_version)
        return a->software_version < b->software_version ? -1 : 1;
    return vd_span_cmp(VD_SPAN(a->certificate_id), VD_SPAN(b->certificate_id));
}

/* Models say which device type a product has; compliance records do not. The records are sorted. */
static void add_device_type(struct loading *l, const struct vd_record_model *m)
{
    size_t low = 0, high = l->n;
    while (low < high) { /* the first that is not before this model */
        size_t mid = low + (high - low) / 2;
        const struct vd_record_compliance *r = &l->v[mid];
        if (r->vid < m->vid || (r->vid == m->vid && r->pid < m->pid))
            low = mid + 1;
        else
            high = mid;
    }
    for (; low < l->n && l->v[low].vid == m->vid && l->v[low].pid == m->pid; low++)
        l->v[low].device_type = m->device_type;
}

static void add_device_types(struct loading *l, struct vd_json_value models)
{
    struct vd_json_value v;
    size_t i = 0;
    for (v = vd_json_first(models); vd_json_present(v); v = vd_json_next(v), i++) {
        struct vd_record_model m;
        const char *wrong = vd_record_model(v, &m);
        if (wrong != NULL)
            say(l, "model", i, wrong);
        else
            add_device_type(l, &m);
    }
}

static bool put_record(const struct vd_record_compliance *r, struct vd_buf *out)
{
    return vd_buf_le(out, 2, r->vid) && vd_buf_le(out, 2, r->pid) &&
           vd_buf_le(out, 4, r->software_version) && vd_buf_le(out, 4, r->device_type) &&
           vd_buf_le(out, 2, r->cd_version) && vd_buf_le(out, 1, r->status) &&
           vd_buf_le(out, 1, 0) && vd_buf_le(out, 8, (uint64_t)r->date) &&
           vd_buf_put(out, VD_SPAN(r->certificate_id)) && vd_buf_le(out, 5, 0);
}

static veridac_status write_part(struct loading *l, int32_t network, veridac_buffer *ret,
                                 veridac_error *err)
{
    struct vd_buf out = VD_BUF(VD_MAX_BUNDLE);

    for (size_t i = 1; i < l->n; i++) {
        if (compare(&l->v[i - 1], &l->v[i]) == 0)
            return vd_fail(err, VERIDAC_BAD_DATA,
                           "two records of %04X/%04X, software version %u, and one certificate id",
                           l->v[i].vid, l->v[i].pid, (unsigned)l->v[i].software_version);
    }
    (void)(vd_buf_str(&out, "VDC1") && vd_buf_le(&out, 1, (uint64_t)network) &&
           vd_buf_le(&out, 3, 0) && vd_buf_le(&out, 4, l->n) && vd_buf_le(&out, 4, 0));
    for (size_t i = 0; i < l->n; i++)
        (void)put_record(&l->v[i], &out);
    return vd_give(&out, ret);
}

veridac_status veridac_compliance_load(veridac_bytes json, int32_t network, veridac_buffer *ret,
                                       veridac_load_report *report, veridac_error *err)
{
    char text[sizeof report->text - 1];
    struct loading l = { .text = VD_BUF_ON(text) };
    struct vd_json_value list, item;
    struct vd_json *doc = NULL;
    veridac_status st;
    const char *wrong;
    size_t at = 0, i = 0;

    if (json.data == NULL || ret == NULL || !vd_report_fits(report) ||
        (network != VERIDAC_NETWORK_MAIN && network != VERIDAC_NETWORK_TEST))
        return VERIDAC_MISUSE;
    wrong = vd_json_read(vd_span_of(json.data, json.size), &doc, &at);
    if (wrong != NULL)
        return vd_fail(err, VERIDAC_BAD_DATA, "not JSON at byte %zu: %s", at, wrong);
    list = vd_json_member(vd_json_root(doc), "complianceInfo");
    for (item = vd_json_first(list); vd_json_present(item); item = vd_json_next(item))
        add_record(&l, item, i++);
    if (l.n > 1)
        qsort(l.v, l.n, sizeof *l.v, compare);
    add_device_types(&l, vd_json_member(vd_json_root(doc), "model"));
    if (!vd_json_is_array(list))
        st = vd_fail(err, VERIDAC_BAD_DATA, "expected a list \"complianceInfo\"");
    else if (l.no_memory)
        st = vd_fail(err, VERIDAC_TOO_LARGE, "more compliance records than the ceiling allows");
    else
        st = write_part(&l, network, ret, err);
    if (st == VERIDAC_OK)
        vd_report_give(report, (uint32_t)l.n, l.broken, vd_buf_span(&l.text));
    vd_json_free(doc);
    free(l.v);
    return st;
}
