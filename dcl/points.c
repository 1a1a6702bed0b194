/* SPDX-License-Identifier: Apache-2.0
 *
 * points.c - revocation points from a JSON text into a set.
 */
#include "fail.h"
#include "limits.h"
#include "records.h"

struct loading {
    veridac_revset *set;
    uint32_t added, broken;
    struct vd_buf text;
    veridac_status status;
};

static void add_record(struct loading *l, struct vd_json_value v, size_t index)
{
    struct vd_buf text = VD_BUF(VD_MAX_INPUT * 4);
    veridac_point p;
    const char *wrong = vd_record_point(v, &text, &p);

    if (wrong != NULL) {
        l->broken++;
        (void)vd_buf_fmt(&l->text, "%srecord %zu: %s", l->text.n ? "\n" : "", index, wrong);
    } else {
        l->status = veridac_revset_add_point(l->set, &p);
        l->added += l->status == VERIDAC_OK;
    }
    vd_buf_free(&text);
}

static bool load_list(struct loading *l, struct vd_json_value list)
{
    struct vd_json_value item;
    size_t i = 0;

    if (vd_json_is_object(list)) { /* the answer for one (vid, label, key id) */
        add_record(l, list, 0);
        return true;
    }
    if (!vd_json_is_array(list))
        return false;
    for (item = vd_json_first(list); vd_json_present(item) && l->status == VERIDAC_OK;
         item = vd_json_next(item))
        add_record(l, item, i++);
    return true;
}

veridac_status veridac_points_load(veridac_revset *set, veridac_bytes json,
                                   veridac_load_report *report, veridac_error *err)
{
    char text[sizeof report->text - 1];
    struct loading l = { .set = set, .text = VD_BUF_ON(text), .status = VERIDAC_OK };
    struct vd_json *doc = NULL;
    const char *wrong;
    size_t at = 0;
    bool list;

    if (set == NULL || json.data == NULL || !vd_report_fits(report))
        return VERIDAC_MISUSE;
    wrong = vd_json_read(vd_span_of(json.data, json.size), &doc, &at);
    if (wrong != NULL)
        return vd_fail(err, VERIDAC_BAD_DATA, "not JSON at byte %zu: %s", at, wrong);
    list = load_list(&l, vd_record_points(vd_json_root(doc)));
    vd_json_free(doc);
    if (!list)
        return vd_fail(err, VERIDAC_BAD_DATA, "expected a list of revocation points");
    if (l.status != VERIDAC_OK)
        return vd_fail(err, l.status, "a revocation point: %s", veridac_status_text(l.status));
    vd_report_give(report, l.added, l.broken, vd_buf_span(&l.text));
    return VERIDAC_OK;
}
