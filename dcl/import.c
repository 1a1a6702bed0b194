/* SPDX-License-Identifier: Apache-2.0
 *
 * import.c - revocation sets of others: the Matter SDK's JSON, matter.js's, and CSV.
 *
 * Strict, since what is passed over would not be revoked: every entry is read, or none. Hex may be of
 * either case and of any even length; a member that is null counts as absent.
 */
#include <stdlib.h>

#include "fail.h"
#include "json.h"
#include "limits.h"
#include "text.h"

#define CSV_HEAD "issuer_key_id,issuer_name,serial"

/* One issuer and its serials. */
struct listed {
    struct vd_buf key_id, name, octets; /* octets: all serials, one behind the other */
    size_t *ends;
    size_t n, cap;
};

static void clear(struct listed *l)
{
    vd_buf_clear(&l->key_id);
    vd_buf_clear(&l->name);
    vd_buf_clear(&l->octets);
    l->n = 0;
}

static void release(struct listed *l)
{
    vd_buf_free(&l->key_id);
    vd_buf_free(&l->name);
    vd_buf_free(&l->octets);
    free(l->ends);
}

static const char *add_serial(struct listed *l, struct vd_span hex)
{
    const size_t before = l->octets.n;
    if (hex.n == 0 || hex.n > 40 || !vd_hex_read(hex, &l->octets) || l->octets.n == before)
        return "a serial number is not 1 to 20 octets in hex";
    if (!vd_grow((void **)&l->ends, l->n, &l->cap, sizeof *l->ends, VD_MAX_ENTRIES_ISSUER))
        return "more serial numbers than the ceiling allows";
    l->ends[l->n++] = l->octets.n;
    return NULL;
}

static veridac_status hand_over(const struct listed *l, veridac_revset *set)
{
    veridac_bytes *serials = calloc(l->n > 0 ? l->n : 1, sizeof *serials);
    struct vd_span all = vd_buf_span(&l->octets), one = VD_NO_SPAN;
    veridac_status st = serials == NULL ? VERIDAC_NO_MEMORY : VERIDAC_OK;
    size_t from = 0;

    for (size_t i = 0; st == VERIDAC_OK && i < l->n; i++) {
        if (!vd_take(&all, l->ends[i] - from, &one))
            st = VERIDAC_INTERNAL;
        serials[i] = (veridac_bytes){ one.p, one.n };
        from = l->ends[i];
    }
    if (st == VERIDAC_OK)
        st = veridac_revset_add_listed(set, (veridac_bytes){ l->name.p, l->name.n },
                                       (veridac_bytes){ l->key_id.p, l->key_id.n }, serials, l->n);
    free(serials);
    return st;
}

static const char *take_issuer(struct listed *l, struct vd_span key_id, struct vd_span name)
{
    if (!vd_hex_read(key_id, &l->key_id) || l->key_id.n != 20)
        return "the issuer's key id is not 20 octets in hex";
    if (!vd_base64_read(name, false, &l->name) || l->name.n == 0)
        return "the issuer's name is not base64";
    return NULL;
}

/* ---- JSON ---- */

/* A string without escapes; none of these texts needs one. */
static bool plain(struct vd_json_value v, struct vd_span *ret)
{
    *ret = vd_json_text(v);
    return vd_json_is_string(v);
}

/* What the members are called: by the SDK, whose objects have a type, and by matter.js. */
static const struct names {
    const char *key_id, *issuer, *serials;
} sdk = { "issuer_subject_key_id", "issuer_name", "revoked_serial_numbers" },
  matterjs = { "authorityKeyIdentifier", "issuer", "serialNumbers" };

static const char *read_object(struct vd_json_value v, struct listed *l)
{
    struct vd_json_value type = vd_json_member(v, "type"), serials, item;
    const struct names *names = vd_json_present(type) ? &sdk : &matterjs;
    struct vd_span text, key_id, name, hex;
    const char *wrong;

    if (!vd_json_is_object(v))
        return "not an object";
    if (vd_json_present(type) && (!plain(type, &text) || !vd_span_is(text, "revocation_set")))
        return "type is not revocation_set";
    if (!plain(vd_json_member(v, names->key_id), &key_id) ||
        !plain(vd_json_member(v, names->issuer), &name))
        return "the issuer's key id and name are not both there";
    serials = vd_json_member(v, names->serials);
    if (!vd_json_is_array(serials))
        return "the serial numbers are not a list";
    wrong = take_issuer(l, key_id, name);
    for (item = vd_json_first(serials); wrong == NULL && vd_json_present(item);
         item = vd_json_next(item))
        wrong = plain(item, &hex) ? add_serial(l, hex) : "a serial number is not a text";
    return wrong;
}

static veridac_status load_json(struct vd_span in, veridac_revset *set, struct listed *l,
                                uint32_t *ret_added, veridac_error *err)
{
    struct vd_json *doc = NULL;
    struct vd_json_value root, item;
    veridac_status st = VERIDAC_OK;
    size_t at = 0, i = 0;
    const char *wrong = vd_json_read(in, &doc, &at);

    if (wrong != NULL)
        return vd_fail(err, wrong == vd_json_no_memory ? VERIDAC_NO_MEMORY : vd_wrong(wrong, VERIDAC_BAD_DATA),
                       "not JSON at byte %zu: %s", at, wrong);
    root = vd_json_root(doc);
    if (!vd_json_is_array(root))
        st = vd_fail(err, VERIDAC_BAD_DATA, "expected a list of revocation sets");
    for (item = vd_json_first(root); st == VERIDAC_OK && vd_json_present(item);
         item = vd_json_next(item), i++) {
        clear(l);
        wrong = read_object(item, l);
        if (wrong == NULL)
            st = hand_over(l, set);
        if (wrong != NULL || st != VERIDAC_OK)
            st = vd_fail(err, wrong != NULL ? VERIDAC_BAD_DATA : st, "set %zu: %s", i,
                         wrong != NULL ? wrong : "cannot be taken");
        *ret_added += (uint32_t)l->n;
    }
    vd_json_free(doc);
    return st;
}

/* ---- CSV ---- */

/* Up to `end`, which is passed over; all that is left when it does not come. */
static struct vd_span cut(struct vd_span *in, char end)
{
    struct vd_span part;
    size_t n = 0;
    while (n < in->n && in->p[n] != (uint8_t)end)
        n++;
    (void)vd_take(in, n, &part);
    *in = vd_span_skip(*in, 1);
    return part;
}

/* The lines of one issuer, which stand together, become one list. */
struct csv {
    struct vd_span issuer; /* "key id,name" of the lines that are being collected */
    struct listed *l;
    veridac_revset *set;
    uint32_t added;
};

static const char *flush(struct csv *c)
{
    veridac_status st = VERIDAC_OK;
    if (c->issuer.n > 0)
        st = hand_over(c->l, c->set);
    c->added += (uint32_t)c->l->n;
    clear(c->l);
    return st == VERIDAC_OK ? NULL : veridac_status_text(st);
}

static const char *read_line(struct csv *c, struct vd_span line)
{
    struct vd_span whole = line, key_id = cut(&line, ','), name = cut(&line, ','), issuer;
    const char *wrong = NULL;

    if (!vd_span_slice(whole, 0, whole.n - line.n, &issuer))
        return "not three fields";
    if (!vd_span_eq(issuer, c->issuer)) {
        wrong = flush(c);
        c->issuer = issuer;
        if (wrong == NULL)
            wrong = take_issuer(c->l, key_id, name);
    }
    return wrong != NULL ? wrong : add_serial(c->l, line);
}

static veridac_status load_csv(struct vd_span in, veridac_revset *set, struct listed *l,
                               uint32_t *ret_added, veridac_error *err)
{
    struct csv c = { VD_NO_SPAN, l, set, 0 };
    const char *wrong = NULL;
    size_t i = 1;

    (void)cut(&in, '\n'); /* the head was looked at */
    while (wrong == NULL && in.n > 0) {
        struct vd_span line = cut(&in, '\n');
        while (line.n > 0 && line.p[line.n - 1] == '\r')
            line.n--;
        i++;
        if (line.n > 0)
            wrong = read_line(&c, line);
    }
    if (wrong == NULL)
        wrong = flush(&c);
    *ret_added = c.added;
    return wrong == NULL ? VERIDAC_OK : vd_fail(err, vd_wrong(wrong, VERIDAC_BAD_DATA), "line %zu: %s", i, wrong);
}

veridac_status veridac_listed_load(veridac_revset *set, veridac_bytes in,
                                   veridac_load_report *report, veridac_error *err)
{
    struct listed l = { .key_id = VD_BUF(64), .name = VD_BUF(VD_MAX_NAME),
                        .octets = VD_BUF(VD_MAX_CRL) };
    struct vd_span text = vd_span_of(in.data, in.size), rest = text;
    uint32_t added = 0;
    veridac_status st;

    if (set == NULL || in.data == NULL || !vd_report_fits(report))
        return VERIDAC_MISUSE;
    st = vd_take_tag(&rest, CSV_HEAD) ? load_csv(text, set, &l, &added, err)
                                      : load_json(text, set, &l, &added, err);
    release(&l);
    if (st == VERIDAC_OK)
        vd_report_give(report, added, 0, VD_NO_SPAN);
    return st;
}
