/* SPDX-License-Identifier: Apache-2.0
 *
 * points.c - revocation points from a JSON text into a set.
 */
#include "fail.h"
#include "limits.h"
#include "points_load.h"
#include "records.h"

struct loading {
    veridac_revset *set;
    uint32_t added, broken;
    int32_t adds_only;
    struct vd_buf text;
    veridac_status status;
};

/* Of a record that cannot be read: that this vendor registered one for this key id. It stays unusable,
 * and so nobody takes the others of that CA for the whole. */
static void add_remains(struct loading *l, struct vd_json_value v)
{
    struct vd_buf label = VD_BUF(VD_MAX_LABEL), key_id = VD_BUF(VD_MAX_KEY_ID_TEXT);
    veridac_point p = { .size = sizeof p };
    uint64_t vid = 0;
    bool is_paa = false;

    if (vd_json_uint(vd_json_member(v, "vid"), 0xFFFF, &vid) && vid != 0 &&
        vd_json_bool(vd_json_member(v, "isPAA"), &is_paa) &&
        vd_json_string(vd_json_member(v, "issuerSubjectKeyID"), &key_id)) {
        (void)vd_json_string(vd_json_member(v, "label"), &label);
        p.vid = (int32_t)vid;
        p.is_paa = is_paa;
        p.label = (veridac_bytes){ label.p, label.failed ? 0 : label.n };
        p.issuer_key_id = (veridac_bytes){ key_id.p, key_id.n };
        l->status = veridac_revset_add_point(l->set, &p);
    }
    if (label.failed == VD_BUF_NO_MEMORY || key_id.failed == VD_BUF_NO_MEMORY)
        l->status = VERIDAC_NO_MEMORY;
    vd_buf_free(&label);
    vd_buf_free(&key_id);
}

static void add_record(struct loading *l, struct vd_json_value v, size_t index)
{
    struct vd_buf text = VD_BUF(VD_MAX_INPUT * 4);
    veridac_point p;
    const char *wrong = vd_record_point(v, &text, &p);

    if (wrong == vd_record_no_memory) {
        l->status = VERIDAC_NO_MEMORY;
    } else if (wrong != NULL) {
        l->broken++;
        (void)vd_buf_fmt(&l->text, "%srecord %zu: %s", l->text.n ? "\n" : "", index, wrong);
        add_remains(l, v);
    } else {
        p.adds_only = l->adds_only;
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

static size_t count(struct vd_json_value list)
{
    size_t n = 0;
    for (struct vd_json_value v = vd_json_first(list); vd_json_present(v); v = vd_json_next(v))
        n++;
    return n;
}

/* One page of a longer answer would be silence about the rest: a partition that is on the next page is
 * a list that is not looked at. NULL for a whole one. */
static const char *cut_short(struct vd_json_value root)
{
    struct vd_json_value pages = vd_json_member(root, "pagination");
    struct vd_json_value next = vd_json_member(pages, "next_key");
    struct vd_json_value total = vd_json_member(pages, "total");
    uint64_t n = 0;

    if (!vd_json_present(pages) || vd_json_is_null(pages))
        return NULL;
    if (vd_json_present(next) && !vd_json_is_null(next) && vd_json_text(next).n > 0)
        return "one page of the ledger's answer, and more follow (next_key): ask with a larger "
               "pagination.limit, or put the records of all pages into one list";
    if (vd_json_present(total) && !vd_json_is_null(total) && !vd_json_uint(total, UINT64_MAX, &n))
        return "pagination.total is not a number";
    if (n > count(vd_record_points(root)))
        return "fewer records than pagination.total says: not all pages are there";
    return NULL;
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
        return vd_fail(err, wrong == vd_json_no_memory ? VERIDAC_NO_MEMORY : vd_wrong(wrong, VERIDAC_BAD_DATA),
                       "not JSON at byte %zu: %s", at, wrong);
    wrong = cut_short(vd_json_root(doc));
    if (wrong != NULL) {
        vd_json_free(doc);
        return vd_fail(err, vd_wrong(wrong, VERIDAC_BAD_DATA), "%s", wrong);
    }
    list = load_list(&l, vd_record_points(vd_json_root(doc)));
    vd_json_free(doc);
    if (!list)
        return vd_fail(err, VERIDAC_BAD_DATA, "expected a list of revocation points");
    if (l.status != VERIDAC_OK)
        return vd_fail(err, l.status, "a revocation point: %s", veridac_status_text(l.status));
    vd_report_give(report, l.added, l.broken, vd_buf_span(&l.text));
    return VERIDAC_OK;
}

veridac_status vd_points_load_lines(veridac_revset *set, struct vd_span lines, bool adds_only,
                                    uint32_t *ret_broken, veridac_error *err)
{
    struct loading l = { .set = set, .adds_only = adds_only, .text = VD_BUF(VD_MAX_INPUT),
                         .status = VERIDAC_OK };
    size_t at, index = 0;
    const char *wrong;

    while (lines.n > 0 && l.status == VERIDAC_OK) {
        struct vd_span line = lines;
        struct vd_json *doc = NULL;
        if (vd_span_find(lines, vd_span_str("\n"), &at))
            (void)vd_span_slice(lines, 0, at, &line);
        lines = vd_span_skip(lines, line.n + 1);
        wrong = vd_json_read(line, &doc, NULL);
        if (wrong == vd_json_no_memory)
            l.status = VERIDAC_NO_MEMORY;
        else if (wrong != NULL)
            l.broken++;
        else
            add_record(&l, vd_json_root(doc), index);
        vd_json_free(doc);
        index++;
    }
    vd_buf_free(&l.text);
    if (ret_broken != NULL)
        *ret_broken += l.broken;
    return l.status == VERIDAC_OK ? VERIDAC_OK
                                  : vd_fail(err, l.status, "a revocation point: %s",
                                            veridac_status_text(l.status));
}
