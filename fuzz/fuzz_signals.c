/* SPDX-License-Identifier: Apache-2.0
 *
 * fuzz_signals.c - lines of a monitoring system, into a list of rules.
 *
 * An input is the lines; or a list of rules, up to the first line that begins with "{", and then the lines.
 *
 * Reaches: vd_signals_read vd_signals_entry veridac_rules_ingest vd_overlay_read vd_overlay_line_put
 * Properties: every line counts, is outside, or is bad. What comes of them is a list that can be read, in which
 * every line that is new is one rule of the source "signals", as strong as the policy says and for as long. No
 * line of the list is taken away twice, or for another certificate. The same lines once more change nothing.
 */
#include <stdlib.h>
#include <unistd.h>

#include "fuzz.h"
#include "json.h"
#include "limits.h"
#include "rules.h"
#include "signals.h"

#define AT INT64_C(1790000000)
#define KEEP 7200

static const char policy_text[] =
    "{\"policy\":1,\"base\":\"standard\",\"signals\":{"
    "\"s\":{\"window\":\"1h\",\"keep\":\"2h\",\"suspect\":1,\"quarantine\":2,\"refuse\":3},"
    "\"11s\":{\"window\":\"1h\",\"keep\":\"2h\",\"refuse\":1},"
    "\"score\":{\"window\":\"1h\",\"keep\":\"2h\",\"suspect\":1,\"min-score\":50}}}";
static veridac_policy_file *policy;
static char path[] = "/tmp/fuzz-signals-XXXXXX/rules";

static void remove_folder(void)
{
    (void)unlink(path);
    *strrchr(path, '/') = '\0';
    if (chdir(path) == 0)
        (void)unlink(".lock");
    (void)rmdir(path);
}

static void begin(void)
{
    char *slash = strrchr(path, '/');
    veridac_error err;

    INVARIANT(vd_policy_parse("policy", vd_span_str(policy_text), &policy, &err) == VERIDAC_OK);
    *slash = '\0';
    INVARIANT(mkdtemp(path) != NULL);
    *slash = '/';
    (void)atexit(remove_folder);
}

static struct vd_span take_line(struct vd_span *in)
{
    const struct vd_span whole = *in;
    size_t n = whole.n;
    if (vd_span_find(whole, vd_span_str("\n"), &n))
        n++;
    *in = vd_span_skip(whole, n);
    return vd_span_walked(whole, *in);
}

/* ---- the lines ---- */

static enum vd_overlay_effect effect_of(const struct vd_threshold *t, size_t n)
{
    return t->refuse > 0 && n >= t->refuse             ? VD_OVERLAY_REFUSE
           : t->quarantine > 0 && n >= t->quarantine ? VD_OVERLAY_QUARANTINE
           : t->suspect > 0 && n >= t->suspect       ? VD_OVERLAY_SUSPECT
                                                     : (enum vd_overlay_effect)0;
}

/* Signals of one kind, and the entry of n of them: about the same certificate, and nothing beside it. */
static void check_entry(const struct vd_signal *first, size_t n)
{
    const enum vd_overlay_effect effect = effect_of(&policy->thresholds[first->threshold], n);
    struct vd_buf out = VD_BUF(4096);
    struct vd_overlay_rule r;
    struct vd_span line;
    uint32_t column;

    INVARIANT(vd_signals_entry(first, n, policy, AT, &out) == (effect != 0) && !out.failed);
    if (effect != 0) {
        INVARIANT(vd_span_slice(vd_buf_span(&out), 0, out.n - 1, &line));
        INVARIANT(!vd_span_find(line, vd_span_str("\n"), &(size_t){ 0 }));
        INVARIANT(vd_overlay_line_read(line, &r, &column) == NULL && vd_overlay_compare(&r, &first->rule) == 0);
        INVARIANT(r.effect == effect && r.made == AT && r.expires == AT + KEEP && r.ticket.n == 0);
        INVARIANT(vd_span_is(r.source, "signals") && r.id.n == 14 && r.reason.n > 0);
    }
    vd_buf_free(&out);
}

static void check_lines(struct vd_span text)
{
    struct vd_signals s;
    size_t n_lines = 0, n_empty = 0, end;

    INVARIANT(vd_signals_read(text, policy, AT, &s));
    for (struct vd_span rest = text; rest.n > 0; n_lines++) {
        const struct vd_span line = take_line(&rest);
        n_empty += line.n == 1 && vd_at(line, 0) == '\n';
    }
    INVARIANT(s.n_lines == n_lines && s.n + s.n_outside + s.n_bad + n_empty == n_lines);
    INVARIANT((s.n_bad > 0) == (s.bad.n > 0));
    for (size_t i = 0; i < s.n; i = end) {
        fuzz_inside(text, s.v[i].line);
        for (end = i + 1; end < s.n && s.v[end].threshold == s.v[i].threshold &&
                          vd_overlay_compare(&s.v[i].rule, &s.v[end].rule) == 0; end++)
            ;
        INVARIANT(end == s.n || vd_overlay_compare(&s.v[i].rule, &s.v[end].rule) <= 0);
        check_entry(&s.v[i], end - i);
    }
    vd_signals_free(&s);
}

/* ---- the list ---- */

static void write_list(struct vd_span list)
{
    FILE *f = fopen(path, "wb");
    INVARIANT(f != NULL && fwrite(list.p, 1, list.n, f) == list.n && fclose(f) == 0);
}

/* The diff of taking the lines in; nothing is written. False: the list is none. */
static bool ingest(struct vd_span list, struct vd_span lines, struct vd_buf *diff)
{
    const veridac_rules_ingest_options o = { .size = sizeof o, .path = path, .at = AT, .policy = policy,
                                             .signals = { lines.p, lines.n }, .dry_run = 1 };
    veridac_buffer report = { NULL, 0 };
    struct vd_json *doc = NULL;
    veridac_error err = { "" };
    veridac_status st;

    write_list(list);
    st = veridac_rules_ingest(&o, &report, &err);
    INVARIANT(st == VERIDAC_OK || (st == VERIDAC_BAD_DATA && strncmp(err.text, path, strlen(path)) == 0));
    if (st == VERIDAC_OK) {
        INVARIANT(vd_json_read(vd_span_of(report.data, report.size), &doc, NULL) == NULL);
        INVARIANT(vd_json_string(vd_json_member(vd_json_root(doc), "diff"), diff));
    }
    vd_json_free(doc);
    veridac_buffer_free(&report);
    return st == VERIDAC_OK;
}

/* The next line of a diff, without its sign; absent when its sign is another. */
static struct vd_span signed_line(struct vd_span *diff, char sign)
{
    struct vd_span line = VD_NO_SPAN;
    if (vd_at(*diff, 0) == (uint8_t)sign && vd_at(*diff, 1) == ' ')
        line = vd_span_skip(take_line(diff), 2);
    return line;
}

static struct vd_overlay_rule rule_of(struct vd_span line)
{
    struct vd_overlay_rule r;
    uint32_t column;
    if (line.n > 0 && vd_at(line, line.n - 1) == '\n')
        line.n--;
    INVARIANT(vd_overlay_line_read(line, &r, &column) == NULL);
    return r;
}

/* What is taken away is weaker than what comes in its place, or over. */
static void check_replaced(const struct vd_overlay_rule *old, struct vd_span added)
{
    bool found = false;
    while (!found && added.n > 0) {
        const struct vd_overlay_rule new = rule_of(signed_line(&added, '+'));
        found = vd_span_eq(new.id, old->id) && vd_overlay_compare(&new, old) == 0 &&
                (new.effect >= old->effect || (old->expires != 0 && AT > old->expires));
    }
    INVARIANT(found);
}

static void apply(struct vd_span list, struct vd_span diff, struct vd_buf *out)
{
    struct vd_span added = diff, wanted;

    while (signed_line(&added, '-').n > 0)
        ;
    wanted = signed_line(&diff, '-');
    while (list.n > 0) {
        const struct vd_span line = take_line(&list);
        if (wanted.n > 0 && vd_span_eq(line, wanted)) {
            const struct vd_overlay_rule old = rule_of(line);
            check_replaced(&old, added);
            wanted = signed_line(&diff, '-');
        } else {
            INVARIANT(vd_buf_put(out, line));
        }
    }
    INVARIANT(wanted.n == 0); /* each of them was a line of the list */
    for (struct vd_span line; (line = signed_line(&diff, '+')).n > 0;) {
        const struct vd_overlay_rule new = rule_of(line);
        INVARIANT(vd_span_is(new.source, "signals") && new.made == AT && new.expires == AT + KEEP);
        INVARIANT(vd_buf_put(out, line));
    }
    INVARIANT(diff.n == 0);
}

static void check_list(struct vd_span text, struct vd_span lines)
{
    struct vd_buf list = VD_BUF(1u << 22), diff = VD_BUF(1u << 22);
    struct vd_overlay o, after;
    uint32_t line;
    const bool valid = vd_overlay_read(text, &o, &line) == NULL;

    INVARIANT(ingest(text, lines, &diff) == (valid && text.n > 0));
    if (valid) {
        if (o.body.n > 0 && vd_at(o.body, o.body.n - 1) == '\n') {
            apply(o.body, vd_buf_span(&diff), &list);
            INVARIANT(vd_overlay_read(vd_buf_span(&list), &after, &line) == NULL);
            vd_overlay_free(&after);
            vd_buf_clear(&diff);
            INVARIANT(ingest(vd_buf_span(&list), lines, &diff) && diff.n == 0);
        }
        vd_overlay_free(&o);
    }
    vd_buf_free(&list);
    vd_buf_free(&diff);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const struct vd_span all = vd_span_of(data, size);
    struct vd_span lines = all, list;

    if (policy == NULL)
        begin();
    while (lines.n > 0 && vd_at(lines, 0) != '{')
        (void)take_line(&lines);
    list = vd_span_walked(all, lines);
    check_lines(list.n > 0 && lines.n == 0 ? list : lines); /* what is no object is bad lines, too */
    check_list(list.n > 0 ? list : vd_span_str(VD_OVERLAY_MAGIC "test\n"), lines);
    return 0;
}
