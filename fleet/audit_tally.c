/* SPDX-License-Identifier: Apache-2.0
 *
 * audit_tally.c - counts of a run: by reason, PAA, PAI and product.
 *
 * An inventory decides how many groups there are, so there is a ceiling: what comes after it is counted
 * as "others". Devices are added in the order of the inventory, so the same groups have a place of their
 * own whatever the number of threads.
 */
#include <inttypes.h>
#include <stdlib.h>

#include "audit_int.h"
#include "text.h"

#define SLOTS (2 * VD_AUDIT_GROUPS)

bool vd_tally_make(struct vd_tally *t)
{
    *t = (struct vd_tally){ .table = { { .v = NULL } } };
    for (size_t i = 0; i < VD_TABLES; i++) {
        t->table[i].v = calloc(SLOTS, sizeof *t->table[i].v);
        if (t->table[i].v == NULL) {
            vd_tally_free(t);
            return false;
        }
    }
    return true;
}

void vd_tally_free(struct vd_tally *t)
{
    for (size_t i = 0; i < VD_TABLES; i++) {
        free(t->table[i].v);
        t->table[i].v = NULL;
    }
}

/* Keys are chosen by whoever wrote the inventory; with a ceiling on groups the worst they can do is a walk
 * over SLOTS. */
static size_t place(struct vd_span key)
{
    uint64_t h = 0xCBF29CE484222325u;
    for (size_t i = 0; i < key.n; i++)
        h = (h ^ key.p[i]) * 0x100000001B3u;
    return (size_t)((h ^ h >> 29) % SLOTS);
}

static struct vd_group *group_of(struct vd_table *t, struct vd_span key)
{
    size_t i = place(key);

    while (t->v[i].n > 0) {
        if (vd_span_eq(vd_span_of(t->v[i].key, t->v[i].n), key))
            return &t->v[i];
        i = (i + 1) % SLOTS;
    }
    if (t->n == VD_AUDIT_GROUPS || key.n == 0 || !vd_copy(t->v[i].key, sizeof t->v[i].key, key))
        return &t->others;
    t->n++;
    t->v[i].n = (uint8_t)key.n;
    return &t->v[i];
}

static void count(struct vd_tally *t, unsigned table, struct vd_span key, unsigned outcome)
{
    group_of(&t->table[table], key)->count[outcome]++;
}

static void count_key_id(struct vd_tally *t, unsigned table, const struct vd_key_id20 *id,
                         unsigned outcome)
{
    char hex[40];
    struct vd_buf b = VD_BUF_ON(hex);
    if (id->there && vd_hex_put(&b, VD_SPAN(id->v), true))
        count(t, table, vd_buf_span(&b), outcome);
    else
        count(t, table, vd_span_str("unknown"), outcome);
}

void vd_tally_add(struct vd_tally *t, const struct vd_judged *j)
{
    char product[16];
    struct vd_buf b = VD_BUF_ON(product);

    if (j->outcome == VD_OUT_MALFORMED && t->count[VD_OUT_MALFORMED] < VD_AUDIT_LISTED)
        t->malformed[t->count[VD_OUT_MALFORMED]] = j->line;
    t->count[j->outcome]++;
    if (j->n_reasons > 0)
        count(t, VD_BY_REASON, vd_span_str(j->reasons[0]), j->outcome);
    if (j->outcome == VD_OUT_MALFORMED)
        return;
    count_key_id(t, VD_BY_PAI, &j->pai, j->outcome);
    count_key_id(t, VD_BY_PAA, &j->paa, j->outcome);
    if (j->vid >= 0 && vd_buf_be(&b, 2, (uint64_t)j->vid) &&
        (j->pid < 0 || vd_buf_be(&b, 2, (uint64_t)j->pid))) {
        char hex[8];
        struct vd_buf h = VD_BUF_ON(hex);
        (void)vd_hex_put(&h, vd_buf_span(&b), true);
        count(t, VD_BY_PRODUCT, vd_buf_span(&h), j->outcome);
    } else {
        count(t, VD_BY_PRODUCT, vd_span_str("unknown"), j->outcome);
    }
}

/* ---- keeping ---- */

static bool put_group(const struct vd_group *g, struct vd_buf *out)
{
    bool ok = vd_buf_u8(out, g->n) && vd_buf_put(out, vd_span_of(g->key, g->n));
    for (size_t i = 0; i < VD_OUTS; i++)
        ok = ok && vd_buf_le(out, 8, g->count[i]);
    return ok;
}

static bool take_group(struct vd_span *in, struct vd_group *g, struct vd_span *ret_key)
{
    uint8_t n;
    bool ok = vd_take_u8(in, &n) && vd_take(in, n, ret_key);
    for (size_t i = 0; i < VD_OUTS; i++)
        ok = ok && vd_take_le(in, 8, &g->count[i]);
    return ok;
}

bool vd_tally_put(const struct vd_tally *t, struct vd_buf *out)
{
    bool ok = true;
    for (size_t i = 0; i < VD_OUTS; i++)
        ok = ok && vd_buf_le(out, 8, t->count[i]);
    for (size_t i = 0; i < VD_AUDIT_LISTED; i++)
        ok = ok && vd_buf_le(out, 8, t->malformed[i]);
    for (size_t k = 0; k < VD_TABLES; k++) {
        ok = ok && vd_buf_le(out, 4, t->table[k].n) && put_group(&t->table[k].others, out);
        for (size_t i = 0; ok && i < SLOTS; i++)
            ok = t->table[k].v[i].n == 0 || put_group(&t->table[k].v[i], out);
    }
    return ok;
}

bool vd_tally_take(struct vd_tally *t, struct vd_span *in)
{
    bool ok = true;
    struct vd_span key;
    uint64_t n = 0;

    for (size_t i = 0; i < VD_OUTS; i++)
        ok = ok && vd_take_le(in, 8, &t->count[i]);
    for (size_t i = 0; i < VD_AUDIT_LISTED; i++)
        ok = ok && vd_take_le(in, 8, &t->malformed[i]);
    for (size_t k = 0; k < VD_TABLES && ok; k++) {
        ok = vd_take_le(in, 4, &n) && n <= VD_AUDIT_GROUPS &&
             take_group(in, &t->table[k].others, &key);
        for (uint64_t i = 0; ok && i < n; i++) {
            struct vd_group g = { .n = 0 }, *at;
            ok = take_group(in, &g, &key) && key.n > 0;
            at = ok ? group_of(&t->table[k], key) : NULL;
            for (size_t c = 0; ok && c < VD_OUTS; c++)
                at->count[c] = g.count[c];
        }
    }
    return ok;
}

/* ---- the report ---- */

static int by_key(const void *x, const void *y)
{
    const struct vd_group *a = x, *b = y;
    return vd_span_cmp(vd_span_of(a->key, a->n), vd_span_of(b->key, b->n));
}

static bool put_counts(const struct vd_audit *a, const uint64_t count[VD_OUTS], struct vd_buf *out)
{
    return vd_buf_fmt(out, "\"hit\":%" PRIu64 ",\"%s\":%" PRIu64 ",\"open\":%" PRIu64, count[VD_OUT_HIT],
                      a->o.since != NULL ? "unchanged" : "clear", count[VD_OUT_CLEAR], count[VD_OUT_OPEN]);
}

static bool put_row(const struct vd_audit *a, const char *name, const struct vd_group *g,
                    struct vd_span key, struct vd_buf *out)
{
    bool ok = vd_buf_fmt(out, "{\"%s\":", name) && vd_text_json(out, key) && vd_buf_u8(out, ',') &&
              put_counts(a, g->count, out);
    if (g->count[VD_OUT_MALFORMED] > 0)
        ok = ok && vd_buf_fmt(out, ",\"malformed\":%" PRIu64, g->count[VD_OUT_MALFORMED]);
    return ok && vd_buf_u8(out, '}');
}

static uint64_t sum(const struct vd_group *g)
{
    uint64_t n = 0;
    for (size_t i = 0; i < VD_OUTS; i++)
        n += g->count[i];
    return n;
}

static bool put_table(const struct vd_audit *a, const char *title, const char *name,
                      const struct vd_table *t, struct vd_buf *out)
{
    struct vd_group *sorted = calloc(t->n + 1, sizeof *sorted);
    bool ok = sorted != NULL && vd_buf_fmt(out, ",\"%s\":[", title);
    size_t n = 0;

    for (size_t i = 0; ok && i < SLOTS; i++) {
        if (t->v[i].n > 0)
            sorted[n++] = t->v[i];
    }
    if (ok)
        qsort(sorted, n, sizeof *sorted, by_key);
    for (size_t i = 0; ok && i < n; i++)
        ok = (i == 0 || vd_buf_u8(out, ',')) &&
             put_row(a, name, &sorted[i], vd_span_of(sorted[i].key, sorted[i].n), out);
    if (ok && sum(&t->others) > 0)
        ok = (n == 0 || vd_buf_u8(out, ',')) &&
             put_row(a, name, &t->others, vd_span_str("others"), out);
    free(sorted);
    return ok && vd_buf_u8(out, ']');
}

bool vd_tally_report(const struct vd_audit *a, const struct vd_tally *t, struct vd_buf *out)
{
    static const struct {
        const char *title, *name;
    } rows[VD_TABLES] = { { "by_reason", "reason" }, { "by_paa", "key_id" }, { "by_pai", "key_id" },
                          { "by_product", "product" } };
    const uint64_t malformed = t->count[VD_OUT_MALFORMED];
    bool ok = vd_buf_fmt(out, "{\"schema_version\":1,\"enforced\":%s,\"devices\":%" PRIu64 ",",
                         a->policy.preset == VERIDAC_POLICY_AUDIT ? "false" : "true",
                         t->count[VD_OUT_HIT] + t->count[VD_OUT_CLEAR] + t->count[VD_OUT_OPEN]) &&
              put_counts(a, t->count, out) &&
              vd_buf_fmt(out, ",\"malformed\":%" PRIu64 ",\"malformed_lines\":[", malformed);

    for (size_t i = 0; ok && i < malformed && i < VD_AUDIT_LISTED; i++)
        ok = vd_buf_fmt(out, "%s%" PRIu64, i ? "," : "", t->malformed[i]);
    ok = ok && vd_buf_u8(out, ']');
    for (size_t k = 0; ok && k < VD_TABLES; k++)
        ok = put_table(a, rows[k].title, rows[k].name, &t->table[k], out);
    return ok && vd_buf_str(out, "}\n");
}
