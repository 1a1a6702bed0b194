/* SPDX-License-Identifier: Apache-2.0
 *
 * trail_verify.c - is a trail what was written? If not, where is it not?
 *
 * The first fault is described; what follows it cannot be told apart from its consequences.
 */
#include <inttypes.h>
#include <string.h>

#include "sized.h"
#include "text.h"
#include "trail_int.h"

struct check {
    const struct vd_seal_keys *keys;
    struct vd_span expect;
    bool seen_expected;
    uint64_t next;                    /* number of the line that is due */
    uint8_t head[32];                 /* hash of the line before */
    uint64_t lines, checkpoints, last_checkpoint;

    const char *fault, *text;         /* the first one; NULL: none */
    uint64_t fault_n, fault_to;       /* lines that are concerned */
    uint32_t fault_part;
    uint64_t fault_line;
    bool suspect;                     /* the line before may be the one that was edited */
};

static void say(struct check *c, const struct vd_trail_files *f, const char *fault, uint64_t n,
                uint64_t to, const char *text)
{
    if (c->fault != NULL)
        return;
    c->fault = fault;
    c->text = text;
    c->fault_n = n;
    c->fault_to = to;
    c->fault_part = f->part;
    c->fault_line = f->line;
}

/* Does the line stand where its number says? */
static void check_number(struct check *c, const struct vd_trail_files *f, uint64_t n)
{
    if (n == c->next)
        return;
    /* what seemed to be removed is only elsewhere */
    if (c->fault != NULL && strcmp(c->fault, "removed") == 0 && n >= c->fault_n && n <= c->fault_to) {
        c->fault = "reordered";
        c->text = "lines stand in another order than they were written in";
    }
    if (n > c->next)
        say(c, f, "removed", c->next, n - 1, "lines are missing before this one");
    else
        say(c, f, "repeated", n, n, "a line stands here a second time, or behind a later one");
}

/* The hash of the line before does not fit: that line was edited, or this one was. The next line tells. */
static void check_chain(struct check *c, const struct vd_trail_files *f, const struct vd_trail_line *l)
{
    const bool fits = vd_span_eq(VD_SPAN(l->prev), VD_SPAN(c->head));

    if (l->n != c->next) {
        c->suspect = false;
        return;
    }
    if (!fits && c->suspect) {
        c->fault_n = c->fault_to = l->n - 1; /* both neighbours disagree with it */
        c->fault_line = f->line - 1;
        c->fault_part = f->part;
    }
    c->suspect = false;
    if (fits || c->fault != NULL)
        return;
    if (l->n == 1) {
        say(c, f, "edited", 1, 1, "the first line follows no other");
        return;
    }
    say(c, f, "edited", l->n - 1, l->n - 1, "its hash is not the one that the next line names");
    c->fault_line = f->line - 1; /* 0: the last line of the part before */
    c->suspect = true;
}

static void check_seal(struct check *c, const struct vd_trail_files *f, const struct vd_trail_line *l,
                       struct vd_span line)
{
    const bool due = l->n % VD_TRAIL_EVERY == 0;
    const char *wrong;

    if (!vd_span_is(l->kind, "checkpoint")) {
        if (due)
            say(c, f, "checkpoint-missing", l->n, l->n, "every thousandth line is a checkpoint");
        return;
    }
    wrong = vd_seal_check(line, VD_SEAL_CHECKPOINT, c->keys);
    if (wrong != NULL)
        say(c, f, strcmp(wrong, "other-key") == 0 ? "checkpoint-other-key" : "checkpoint-forged",
            c->last_checkpoint + 1, l->n,
            strcmp(wrong, "other-key") == 0 ? "signed by a key that was not given"
                                            : "the signature does not hold: it, or lines before it, changed");
    else if (c->fault == NULL) {
        c->checkpoints++;
        c->last_checkpoint = l->n;
    }
}

static veridac_status check_line(struct check *c, const struct vd_trail_files *f, struct vd_span line)
{
    struct vd_trail_line l;

    c->lines++;
    if (!vd_trail_read(line, &l)) {
        say(c, f, "not-a-line", c->next, c->next, "this is no line of a trail");
        l.n = c->next;
        c->suspect = false;
    } else {
        check_number(c, f, l.n);
        check_chain(c, f, &l);
        check_seal(c, f, &l, line);
    }
    if (!vd_sha256(line, c->head))
        return VERIDAC_INTERNAL;
    if (c->expect.p != NULL && c->fault == NULL && vd_span_eq(c->expect, VD_SPAN(c->head)))
        c->seen_expected = true;
    if (l.n + 1 > c->next)
        c->next = l.n + 1;
    return VERIDAC_OK;
}

static bool put_fault(const struct check *c, struct vd_buf *out)
{
    if (c->fault == NULL)
        return vd_buf_str(out, ",\"fault\":null");
    return vd_buf_fmt(out, ",\"fault\":{\"id\":\"%s\",\"from\":%" PRIu64 ",\"to\":%" PRIu64
                           ",\"part\":%" PRIu32 ",\"line\":%" PRIu64 ",\"text\":\"%s\"}",
                      c->fault, c->fault_n, c->fault_to, c->fault_part, c->fault_line, c->text);
}

static bool report(const struct check *c, const struct vd_trail_files *f, struct vd_buf *out)
{
    return vd_buf_fmt(out, "{\"schema_version\":1,\"whole\":%s,\"parts\":%" PRIu32 ",\"lines\":%" PRIu64
                           ",\"checkpoints\":%" PRIu64 ",\"last_checkpoint\":%" PRIu64
                           ",\"behind_checkpoint\":%" PRIu64 ",\"torn_octets\":%" PRIu64 ",\"head\":\"",
                      c->fault == NULL ? "true" : "false", f->parts + 1, c->lines, c->checkpoints,
                      c->last_checkpoint, c->next - 1 - c->last_checkpoint, f->torn) &&
           vd_hex_put(out, VD_SPAN(c->head), false) && vd_buf_u8(out, '"') && put_fault(c, out) &&
           vd_buf_str(out, "}\n");
}

static veridac_status check_all(struct check *c, const char *path, struct vd_buf *out,
                                veridac_error *err)
{
    struct vd_trail_files f;
    struct vd_span line;
    veridac_status st = vd_trail_files_open(path, &f, err);

    if (st != VERIDAC_OK)
        return st;
    while (st == VERIDAC_OK && vd_trail_files_next(&f, &line)) {
        st = check_line(c, &f, line);
        if (f.unended)
            say(c, &f, "edited", c->next - 1, c->next - 1, "its line end is missing");
    }
    if (st == VERIDAC_OK && f.failed != NULL)
        st = vd_fail(err, VERIDAC_IO, "%s: cannot read: %s", path, f.failed);
    if (c->lines == 0)
        say(c, &f, "empty", 0, 0, "there is no line");
    if (c->expect.p != NULL && !c->seen_expected)
        say(c, &f, "cut", c->next, c->next, "the line that was noted is not there");
    if (c->checkpoints == 0 && !c->seen_expected)
        say(c, &f, "unsigned", 1, c->next - 1, "no checkpoint and no noted head speaks for any line");
    if (st == VERIDAC_OK && !report(c, &f, out))
        st = VERIDAC_NO_MEMORY;
    vd_trail_files_close(&f);
    return st;
}

veridac_status veridac_trail_verify(const veridac_trail_check *options, int32_t *ret_whole,
                                    veridac_buffer *ret_report, veridac_error *err)
{
    struct vd_buf out = VD_BUF(65536);
    veridac_trail_check o;
    struct vd_seal_keys keys;
    struct check c = { .keys = &keys, .next = 1 };
    veridac_status st;

    if (ret_whole == NULL || ret_report == NULL ||
        !vd_sized_take(&o, sizeof o, VD_UPTO(veridac_trail_check, expect), options) || o.path == NULL ||
        (o.expect.data != NULL && o.expect.size != 32))
        return VERIDAC_MISUSE;
    c.expect = o.expect.data == NULL ? VD_NO_SPAN : vd_span_of(o.expect.data, o.expect.size);
    st = vd_seal_keys_read(o.keys, o.n_keys, &keys, err);
    if (st == VERIDAC_OK)
        st = check_all(&c, o.path, &out, err);
    if (st == VERIDAC_OK)
        st = vd_give(&out, ret_report);
    else
        vd_buf_free(&out);
    if (st == VERIDAC_OK)
        *ret_whole = c.fault == NULL;
    return st;
}
