/* SPDX-License-Identifier: Apache-2.0
 *
 * compliance.c - the ledger's compliance records into a compliance part.
 */
#include "compliance.h"

#include <stdlib.h>

#include "compliance_list.h"
#include "limits.h"
#include "state.h"

/* ---- device types ---- */

static int by_product(const void *x, const void *y)
{
    const struct vd_record_model *a = x, *b = y;
    const uint32_t p = (uint32_t)a->vid << 16 | a->pid, q = (uint32_t)b->vid << 16 | b->pid;
    if (p != q)
        return p < q ? -1 : 1;
    return (a->device_type > b->device_type) - (a->device_type < b->device_type);
}

/* Models say which device type a product has; compliance records do not. */
void vd_compliance_types(struct vd_record_compliance *v, size_t n, struct vd_record_model *models,
                         size_t n_models)
{
    if (n_models > 1)
        qsort(models, n_models, sizeof *models, by_product);
    for (size_t i = 0; i < n; i++) {
        const struct vd_record_model want = { v[i].vid, v[i].pid, 0 };
        size_t low = 0, high = n_models;
        while (low < high) { /* the first that is not before this product */
            size_t mid = low + (high - low) / 2;
            if (by_product(&models[mid], &want) < 0)
                low = mid + 1;
            else
                high = mid;
        }
        if (low < n_models && models[low].vid == want.vid && models[low].pid == want.pid)
            v[i].device_type = models[low].device_type;
    }
}

/* ---- the part ---- */

static struct vd_compliance_record as_written(const struct vd_record_compliance *r)
{
    return (struct vd_compliance_record){ .vid = r->vid, .pid = r->pid, .cd_version = r->cd_version,
                                          .software_version = r->software_version,
                                          .device_type = r->device_type,
                                          .status = (enum vd_certification)r->status,
                                          .date = r->date,
                                          .certificate_id = VD_SPAN(r->certificate_id) };
}

bool vd_compliance_part(int32_t network, const struct vd_record_compliance *v, size_t n,
                        struct vd_buf *out, const struct vd_record_compliance **ret_twice)
{
    struct vd_compliance_record *w = calloc(n + 1, sizeof *w);
    const struct vd_compliance_record *twice = NULL;
    bool ok = w != NULL;

    *ret_twice = NULL;
    for (size_t i = 0; ok && i < n; i++)
        w[i] = as_written(&v[i]);
    if (ok)
        twice = vd_compliance_sort(w, n);
    for (size_t i = 0; twice != NULL && i < n; i++) {
        if (v[i].certificate_id == twice->certificate_id.p)
            *ret_twice = &v[i];
    }
    if (ok && twice == NULL)
        ok = vd_compliance_write((enum vd_network)network, w, n, out);
    free(w);
    return ok;
}

veridac_status vd_state_compliance(const char *state, const struct vd_run *run, struct vd_buf *ret,
                                   veridac_error *err)
{
    struct vd_compliance c;
    veridac_status st;

    if (run->compliance[0] == '\0')
        return VERIDAC_OK;
    st = vd_state_get(state, run->compliance, VD_MAX_BUNDLE, ret, err);
    if (st == VERIDAC_OK && (vd_compliance_read(vd_buf_span(ret), &c) != NULL ||
                             c.network != (enum vd_network)run->network))
        st = vd_fail(err, VERIDAC_BAD_DATA, "%s: object %s: not compliance records of this network",
                     state, run->compliance);
    return st;
}

uint32_t vd_compliance_count(struct vd_span part)
{
    struct vd_compliance c;
    struct vd_compliance_record r;
    uint32_t n = 0;

    if (vd_compliance_read(part, &c) == NULL) {
        while (vd_compliance_next(&c.records, &r))
            n++;
    }
    return n;
}

/* ---- from JSON ---- */

struct loading {
    struct vd_record_compliance *v;
    size_t n, cap;
    struct vd_record_model *models;
    size_t n_models, cap_models;
    uint32_t broken;
    struct vd_buf text;
    bool full;
};

static void say(struct loading *l, const char *what, size_t index, const char *wrong)
{
    l->broken++;
    (void)vd_buf_fmt(&l->text, "%s%s %zu: %s", l->text.n ? "\n" : "", what, index, wrong);
}

/* Records of other programmes than Matter are passed over. */
static void add_record(struct loading *l, struct vd_json_value v, size_t index)
{
    struct vd_record_compliance r;
    const char *wrong = vd_record_compliance(v, &r);

    if (wrong != NULL)
        say(l, "record", index, wrong);
    else if (!r.matter)
        return;
    else if (!vd_grow((void **)&l->v, l->n, &l->cap, sizeof *l->v, VD_MAX_COMPLIANCE))
        l->full = true;
    else
        l->v[l->n++] = r;
}

static void add_model(struct loading *l, struct vd_json_value v, size_t index)
{
    struct vd_record_model m;
    const char *wrong = vd_record_model(v, &m);

    if (wrong != NULL)
        say(l, "model", index, wrong);
    else if (!vd_grow((void **)&l->models, l->n_models, &l->cap_models, sizeof *l->models,
                      VD_MAX_COMPLIANCE))
        l->full = true;
    else
        l->models[l->n_models++] = m;
}

static void add_all(struct loading *l, struct vd_json_value list,
                    void (*add)(struct loading *l, struct vd_json_value v, size_t index))
{
    size_t i = 0;
    for (struct vd_json_value v = vd_json_first(list); vd_json_present(v); v = vd_json_next(v))
        add(l, v, i++);
}

static veridac_status write_part(const struct loading *l, int32_t network, veridac_buffer *ret,
                                 veridac_error *err)
{
    const struct vd_record_compliance *twice = NULL;
    struct vd_buf out = VD_BUF(VD_MAX_BUNDLE);

    if (!vd_compliance_part(network, l->v, l->n, &out, &twice)) {
        vd_buf_free(&out);
        return VERIDAC_NO_MEMORY;
    }
    if (twice != NULL)
        return vd_fail(err, VERIDAC_BAD_DATA,
                       "two records of %04X/%04X, software version %u, and one certificate id",
                       twice->vid, twice->pid, (unsigned)twice->software_version);
    return vd_give(&out, ret);
}

veridac_status veridac_compliance_load(veridac_bytes json, int32_t network, veridac_buffer *ret,
                                       veridac_load_report *report, veridac_error *err)
{
    char text[sizeof report->text - 1];
    struct loading l = { .text = VD_BUF_ON(text) };
    struct vd_json_value list;
    struct vd_json *doc = NULL;
    veridac_status st;
    const char *wrong;
    size_t at = 0;

    if (json.data == NULL || ret == NULL || !vd_report_fits(report) ||
        (network != VERIDAC_NETWORK_MAIN && network != VERIDAC_NETWORK_TEST))
        return VERIDAC_MISUSE;
    wrong = vd_json_read(vd_span_of(json.data, json.size), &doc, &at);
    if (wrong != NULL)
        return vd_fail(err, wrong == vd_json_no_memory ? VERIDAC_NO_MEMORY : vd_wrong(wrong, VERIDAC_BAD_DATA),
                       "not JSON at byte %zu: %s", at, wrong);
    list = vd_json_member(vd_json_root(doc), "complianceInfo");
    add_all(&l, list, add_record);
    add_all(&l, vd_json_member(vd_json_root(doc), "model"), add_model);
    vd_compliance_types(l.v, l.n, l.models, l.n_models);
    if (!vd_json_is_array(list))
        st = vd_fail(err, VERIDAC_BAD_DATA, "expected a list \"complianceInfo\"");
    else if (l.full)
        st = vd_fail(err, VERIDAC_TOO_LARGE, "more compliance records than the ceiling allows");
    else
        st = write_part(&l, network, ret, err);
    if (st == VERIDAC_OK)
        vd_report_give(report, (uint32_t)l.n, l.broken, vd_buf_span(&l.text));
    vd_json_free(doc);
    free(l.v);
    free(l.models);
    return st;
}
