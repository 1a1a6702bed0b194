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

static void put_deviation(struct vd_doc *d, const struct vd_finding *f)
{
    const struct vd_rule_row *row = vd_rule_row(f->rule);
    (void)vd_buf_fmt(d->out, "%*s! %s %s: %s (%s)", (int)(2 * (d->depth - 1)), "",
                     vd_severity_text(f->severity), row->slug, row->text, row->clause);
    if (f->found[0] != '\0')
        (void)vd_buf_fmt(d->out, "; found %s", f->found);
    if (f->wanted[0] != '\0')
        (void)vd_buf_fmt(d->out, ", wanted %s", f->wanted);
    (void)vd_buf_u8(d->out, '\n');
}

void vd_doc_lint(struct vd_doc *d, const struct vd_findings *f, enum vd_subject on)
{
    if (d->lint != f) {
        for (size_t i = 0; i < VD_MAX_FINDINGS; i++)
            d->said[i] = false;
    }
    d->lint = f;
    d->lint_on = on;
}

/* After a field: what is wrong with it. */
static void deviations(struct vd_doc *d, const char *key)
{
    if (d->json || d->lint == NULL || key == NULL || d->depth == 0)
        return;
    for (size_t i = 0; i < d->lint->n; i++) {
        const struct vd_finding *f = &d->lint->v[i];
        if (d->said[i] || f->subject != d->lint_on ||
            !vd_span_is(vd_span_str(d->field_of(f->rule)), key))
            continue;
        d->said[i] = true;
        put_deviation(d, f);
    }
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
    deviations(d, key);
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
    deviations(d, key);
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
    d->out->failed = d->out->failed || text.failed;
    vd_buf_free(&text);
}

void vd_doc_hex(struct vd_doc *d, const char *key, struct vd_span bytes)
{
    lead(d, key);
    if (d->json)
        (void)vd_buf_u8(d->out, '"');
    (void)vd_hex_put(d->out, bytes, true);
    (void)vd_buf_u8(d->out, d->json ? '"' : '\n');
    deviations(d, key);
}

static void put_plain(struct vd_doc *d, const char *key, const char *text)
{
    lead(d, key);
    (void)vd_buf_fmt(d->out, "%s%s", text, d->json ? "" : "\n");
    deviations(d, key);
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
    d->out->failed = d->out->failed || text.failed;
    vd_buf_free(&text);
}

static void list_findings(struct vd_doc *d, const struct vd_findings *f)
{
    vd_doc_open_list(d, "findings");
    for (size_t i = 0; i < f->n; i++) {
        const struct vd_finding *one = &f->v[i];
        const struct vd_rule_row *row = vd_rule_row(one->rule);
        vd_doc_open(d, NULL);
        vd_doc_text(d, "id", "%s", row->slug);
        vd_doc_text(d, "severity", "%s", vd_severity_text(one->severity));
        vd_doc_text(d, "clause", "%s", row->clause);
        vd_doc_text(d, "subject", "%s", vd_subject_text(one->subject));
        vd_doc_text(d, "field", "%s", d->field_of(one->rule));
        vd_doc_text(d, "rule", "%s", row->text);
        vd_doc_text(d, "found", "%s", one->found);
        vd_doc_text(d, "wanted", "%s", one->wanted);
        vd_doc_close(d);
    }
    vd_doc_close(d);
}

void vd_doc_findings(struct vd_doc *d, const struct vd_findings *f)
{
    bool rest = false;

    if (vd_findings_has(f, VD_RULE_OUT_OF_MEMORY))
        d->out->failed = true; /* a check that was not made is no description */
    if (d->json) {
        list_findings(d, f);
        return;
    }
    for (size_t i = 0; i < f->n; i++)
        rest = rest || d->lint != f || !d->said[i];
    if (!rest)
        return;
    vd_doc_open_list(d, "findings");
    for (size_t i = 0; i < f->n; i++) {
        if (d->lint != f || !d->said[i])
            put_deviation(d, &f->v[i]);
    }
    vd_doc_close(d);
}
