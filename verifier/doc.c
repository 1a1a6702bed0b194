/* SPDX-License-Identifier: Apache-2.0
 *
 * doc.c - one description, two forms.
 */
#include "doc.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>

#include "text.h"

/* Everything that comes before a value: comma, indentation, key. */
static void lead(struct vd_doc *d, const char *key)
{
    unsigned top = d->depth - 1;

    if (d->depth == 0) /* the outermost object has no key */
        return;
    if (!d->json) {
        (void)vd_buf_fmt(d->out, "%*s%s%s", (int)(2 * top), "", key == NULL ? "-" : key,
                         key == NULL ? " " : ": ");
        return;
    }
    if (d->any[top])
        (void)vd_buf_u8(d->out, ',');
    d->any[top] = true;
    if (key != NULL)
        (void)vd_buf_fmt(d->out, "\"%s\":", key);
}

static void open_as(struct vd_doc *d, const char *key, bool list)
{
    if (d->depth == VD_DOC_DEPTH) {
        d->out->failed = true;
        return;
    }
    lead(d, key);
    if (d->json)
        (void)vd_buf_u8(d->out, list ? '[' : '{');
    else if (d->depth > 0)
        (void)vd_buf_u8(d->out, '\n');
    d->list[d->depth] = list;
    d->any[d->depth] = false;
    d->depth++;
}

void vd_doc_open(struct vd_doc *d, const char *key)
{
    open_as(d, key, false);
}

void vd_doc_open_list(struct vd_doc *d, const char *key)
{
    open_as(d, key, true);
}

void vd_doc_close(struct vd_doc *d)
{
    if (d->depth == 0)
        return;
    d->depth--;
    if (d->json)
        (void)vd_buf_u8(d->out, d->list[d->depth] ? ']' : '}');
    if (d->json && d->depth == 0)
        (void)vd_buf_u8(d->out, '\n');
}

static void put_string(struct vd_doc *d, const char *key, struct vd_span text)
{
    lead(d, key);
    if (d->json)
        (void)vd_text_json(d->out, text);
    else
        (void)(vd_buf_put(d->out, text) && vd_buf_u8(d->out, '\n'));
}

void vd_doc_text(struct vd_doc *d, const char *key, const char *fmt, ...)
{
    char text[512];
    va_list ap;
    va_start(ap, fmt);
    (void)vsnprintf(text, sizeof text, fmt, ap);
    va_end(ap);
    put_string(d, key, vd_span_str(text));
}

void vd_doc_bytes(struct vd_doc *d, const char *key, struct vd_span bytes)
{
    struct vd_buf text = VD_BUF(VD_MAX_INPUT * 4);
    (void)vd_printable(bytes, &text);
    put_string(d, key, vd_buf_span(&text));
    vd_buf_free(&text);
}

void vd_doc_hex(struct vd_doc *d, const char *key, struct vd_span bytes)
{
    lead(d, key);
    if (d->json)
        (void)vd_buf_u8(d->out, '"');
    (void)vd_hex_put(d->out, bytes, true);
    (void)vd_buf_u8(d->out, d->json ? '"' : '\n');
}

static void put_plain(struct vd_doc *d, const char *key, const char *text)
{
    lead(d, key);
    (void)vd_buf_fmt(d->out, "%s%s", text, d->json ? "" : "\n");
}

void vd_doc_number(struct vd_doc *d, const char *key, uint64_t n)
{
    char text[32];
    (void)snprintf(text, sizeof text, "%" PRIu64, n);
    put_plain(d, key, text);
}

void vd_doc_bool(struct vd_doc *d, const char *key, bool b)
{
    put_plain(d, key, b ? "true" : "false");
}

void vd_doc_time(struct vd_doc *d, const char *key, int64_t t)
{
    char text[VD_TIME_TEXT];
    vd_time_text(t, text);
    put_string(d, key, vd_span_str(text));
}

void vd_doc_name(struct vd_doc *d, const char *key, struct vd_span der)
{
    struct vd_buf text = VD_BUF(VD_MAX_INPUT * 8);
    (void)vd_name_text(der, &text);
    put_string(d, key, vd_buf_span(&text));
    vd_buf_free(&text);
}

void vd_doc_findings(struct vd_doc *d, const struct vd_findings *f)
{
    if (f->n == 0 && !d->json)
        return;
    vd_doc_open_list(d, "findings");
    for (size_t i = 0; i < f->n; i++) {
        const struct vd_finding *one = &f->v[i];
        const struct vd_rule_row *row = vd_rule_row(one->rule);
        vd_doc_open(d, NULL);
        vd_doc_text(d, "id", "%s", row->slug);
        vd_doc_text(d, "severity", "%s", vd_severity_text(one->severity));
        vd_doc_text(d, "clause", "%s", row->clause);
        vd_doc_text(d, "rule", "%s", row->text);
        vd_doc_text(d, "found", "%s", one->found);
        vd_doc_text(d, "wanted", "%s", one->wanted);
        vd_doc_close(d);
    }
    vd_doc_close(d);
}
