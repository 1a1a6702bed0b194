/* SPDX-License-Identifier: Apache-2.0
 *
 * trail_find.c - which certificate a device had, and which device a certificate, over the years.
 */
#include <inttypes.h>
#include <stdlib.h>

#include "json.h"
#include "text.h"
#include "trail_int.h"

enum { LABEL = 0, KEY_ID, SERIAL, SHA256, NAMES };
static const char *const names[NAMES] = { "label", "issuer_key_id", "serial", "dac_sha256" };

/* One device with one certificate. Times as they stand in the lines. */
struct pair {
    char *name[NAMES]; /* NULL: not said */
    char first[VD_TIME_TEXT], last[VD_TIME_TEXT];
    uint64_t entries;
};

struct search {
    struct vd_span what;
    struct vd_buf room; /* for the values of one line; has its memory from the start */
    struct pair *v;
    size_t n, cap;
    uint64_t entries;
    bool too_many;
    int32_t (*line)(void *user, veridac_bytes line);
    void *user;
};

static uint8_t lower(uint8_t c)
{
    return c >= 'A' && c <= 'Z' ? (uint8_t)(c + 32) : c;
}

/* Hex is written in either case; labels are compared as they are. */
static bool same(struct vd_span a, struct vd_span b, bool any_case)
{
    bool equal = a.n == b.n;
    for (size_t i = 0; equal && i < a.n; i++)
        equal = any_case ? lower(a.p[i]) == lower(b.p[i]) : a.p[i] == b.p[i];
    return equal;
}

/* What is not said stays NULL. False: no memory. */
static bool copy(struct vd_span text, char **ret)
{
    if (text.p == NULL)
        return true;
    *ret = malloc(text.n + 1);
    if (*ret == NULL)
        return false;
    (void)vd_copy(*ret, text.n, text);
    (*ret)[text.n] = '\0';
    return true;
}

static void note_time(struct pair *p, struct vd_span time)
{
    char text[VD_TIME_TEXT] = "";
    (void)vd_copy(text, sizeof text - 1, time);
    for (size_t i = 0; i < sizeof text; i++) {
        if (p->entries == 0)
            p->first[i] = text[i];
        p->last[i] = text[i];
    }
    p->entries++;
}

static bool is_pair(const struct pair *p, const struct vd_span value[NAMES])
{
    for (size_t i = 0; i < NAMES; i++) {
        if ((p->name[i] == NULL) != (value[i].p == NULL) ||
            (p->name[i] != NULL && !vd_span_is(value[i], p->name[i])))
            return false;
    }
    return true;
}

static bool add_pair(struct search *s, const struct vd_span value[NAMES], struct vd_span time)
{
    size_t i = 0;

    while (i < s->n && !is_pair(&s->v[i], value))
        i++;
    if (i == s->n) {
        if (!vd_grow((void **)&s->v, s->n, &s->cap, sizeof *s->v, VD_TRAIL_PAIRS)) {
            s->too_many = true;
            return s->n == VD_TRAIL_PAIRS;
        }
        s->v[i] = (struct pair){ .entries = 0 };
        s->n++; /* at once: what is copied is freed whatever comes */
        for (size_t k = 0; k < NAMES; k++) {
            if (!copy(value[k], &s->v[i].name[k]))
                return false;
        }
    }
    note_time(&s->v[i], time);
    return true;
}

static veridac_status look(struct search *s, struct vd_span line, veridac_error *err)
{
    struct vd_buf *text = &s->room;
    struct vd_span value[NAMES] = { { NULL, 0 } };
    struct vd_trail_line l;
    struct vd_json *doc = NULL;
    struct vd_json_value body;
    bool hit = false;
    const char *wrong;
    veridac_status st = VERIDAC_OK;

    if (!vd_trail_read(line, &l))
        return VERIDAC_OK; /* what is wrong with a trail, verify says */
    wrong = vd_json_read(line, &doc, NULL);
    if (wrong != NULL)
        return wrong == vd_json_no_memory ? VERIDAC_NO_MEMORY : VERIDAC_OK;
    body = vd_json_member(vd_json_root(doc), "body");
    vd_buf_clear(text);
    for (size_t i = 0; i < NAMES; i++) {
        const size_t from = text->n;
        if (!vd_json_string(vd_json_member(body, names[i]), text))
            continue;
        (void)vd_span_slice(vd_buf_span(text), from, text->n - from, &value[i]);
        hit = hit || same(value[i], s->what, i != LABEL);
    }
    if (hit) {
        s->entries++;
        if (!add_pair(s, value, l.time))
            st = VERIDAC_NO_MEMORY;
        else if (s->line != NULL && s->line(s->user, (veridac_bytes){ line.p, line.n }) != 0)
            st = vd_fail(err, VERIDAC_IO, "the lines could not be written");
    }
    vd_json_free(doc);
    return st;
}

static bool put_pair(const struct pair *p, struct vd_buf *out)
{
    bool ok = vd_buf_fmt(out, "{\"entries\":%" PRIu64, p->entries);
    for (size_t i = 0; ok && i < NAMES; i++) {
        if (p->name[i] != NULL)
            ok = vd_buf_fmt(out, ",\"%s\":", names[i]) && vd_text_json(out, vd_span_str(p->name[i]));
    }
    return ok && vd_buf_str(out, ",\"first\":") && vd_text_json(out, vd_span_str(p->first)) &&
           vd_buf_str(out, ",\"last\":") && vd_text_json(out, vd_span_str(p->last)) &&
           vd_buf_u8(out, '}');
}

static bool report(const struct search *s, struct vd_buf *out)
{
    bool ok = vd_buf_fmt(out, "{\"schema_version\":1,\"entries\":%" PRIu64 ",\"more\":%s,\"pairs\":[",
                         s->entries, s->too_many ? "true" : "false");
    for (size_t i = 0; ok && i < s->n; i++)
        ok = (i == 0 || vd_buf_u8(out, ',')) && put_pair(&s->v[i], out);
    return ok && vd_buf_str(out, "]}\n");
}

veridac_status veridac_trail_find(const char *path, const char *what,
                                  int32_t (*line)(void *user, veridac_bytes line), void *user,
                                  veridac_buffer *ret_report, veridac_error *err)
{
    struct search s = { .line = line, .user = user };
    struct vd_buf out = VD_BUF(8u << 20);
    struct vd_trail_files f;
    struct vd_span text;
    veridac_status st;

    if (path == NULL || what == NULL || what[0] == '\0' || ret_report == NULL)
        return VERIDAC_MISUSE;
    s.what = vd_span_str(what);
    st = vd_trail_files_open(path, &f, err);
    if (st != VERIDAC_OK)
        return st;
    s.room = VD_BUF(2 * VD_TRAIL_LINE); /* no value is longer than its line */
    if (vd_buf_grow(&s.room, 2 * VD_TRAIL_LINE) == NULL)
        st = VERIDAC_NO_MEMORY;
    while (st == VERIDAC_OK && vd_trail_files_next(&f, &text))
        st = look(&s, text, err);
    if (st == VERIDAC_OK && f.failed != NULL)
        st = vd_fail(err, VERIDAC_IO, "%s: cannot read: %s", path, f.failed);
    if (st == VERIDAC_OK && !report(&s, &out))
        st = VERIDAC_NO_MEMORY;
    vd_trail_files_close(&f);
    for (size_t i = 0; i < s.n; i++) {
        for (size_t k = 0; k < NAMES; k++)
            free(s.v[i].name[k]);
    }
    free(s.v);
    vd_buf_free(&s.room);
    if (st == VERIDAC_OK)
        return vd_give(&out, ret_report);
    vd_buf_free(&out);
    return st;
}
