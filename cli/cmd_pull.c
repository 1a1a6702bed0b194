/* SPDX-License-Identifier: Apache-2.0
 *
 * cmd_pull.c - veridac pull: repository -> local store.
 */
#include <string.h>
#include <unistd.h>
#include <veridac/dcl.h>

#include "cli.h"
#include "json.h"

struct job {
    struct cli_list from;
    const char *root, *store;
    int64_t at, timeout, budget, max_bytes;
    int32_t tier;
    const char *part_names;
    uint32_t parts;
    bool if_due, json;
};

static int parse(struct job *j, int argc, char **argv, bool *helped)
{
    const struct cli_option options[] = {
        { "from", CLI_LIST, &j->from, "URL", "repository; mirrors are tried in turn (repeats)" },
        { "root", CLI_TEXT, &j->root, "F", "root document; not needed once the store has one" },
        { "store", CLI_TEXT, &j->store, "DIR", "local store" },
        { "at", CLI_TIME, &j->at, "TIME", "the time of this pull instead of now" },
        { "tier", CLI_TIER, &j->tier, "NAME", "hub or full; else full while it is at most 1 MiB" },
        { "parts", CLI_TEXT, &j->part_names, "NAMES",
          "names, provenance, compliance (with commas): wanted from now on" },
        { "if-due", CLI_FLAG, &j->if_due, NULL, "only when something new is to be expected" },
        { "max-bytes", CLI_NUMBER, &j->max_bytes, "N", "fetch at most this much" },
        { "budget", CLI_DURATION, &j->budget, "DUR", "for everything together" },
        { "timeout", CLI_DURATION, &j->timeout, "DUR", "for one object; 60s" },
        { "json", CLI_FLAG, &j->json, NULL, "print a report" },
    };
    return cli_parse(cli_command("pull"), argc, argv, options, sizeof options / sizeof options[0],
                     NULL, 0, helped);
}

static int read_parts(struct job *j)
{
    static const char *const known[] = { "names", "provenance", "compliance" };
    const char *at = j->part_names;

    while (at != NULL) {
        const size_t n = strcspn(at, ",");
        size_t k = 0;
        while (k < 3 && (strlen(known[k]) != n || strncmp(known[k], at, n) != 0))
            k++;
        if (k == 3)
            return cli_fail(EXIT_USAGE, "pull: --parts: expected names, provenance or compliance, got "
                                        "'%.*s'", (int)(n > 40 ? 40 : n), at);
        j->parts |= UINT32_C(1) << k;
        at = at[n] == ',' ? at + n + 1 : NULL;
    }
    return 0;
}

/* What is in the store now, and whether this pull put it there. */
static void say(const char *store, const veridac_buffer *report)
{
    struct vd_json *doc = NULL;
    struct vd_json_value root;
    struct vd_span expires, next, note;
    uint64_t sequence = 0;
    bool changed = false;

    if (vd_json_read(vd_span_of(report->data, report->size), &doc, NULL) != NULL)
        return;
    root = vd_json_root(doc);
    expires = vd_json_text(vd_json_member(root, "expires"));
    (void)(vd_json_bool(vd_json_member(root, "changed"), &changed) &&
           vd_json_uint(vd_json_member(root, "sequence"), UINT64_MAX, &sequence));
    next = vd_json_text(vd_json_member(root, "next_poll"));
    note = vd_json_text(vd_json_member(root, "note"));
    (void)printf("%s: snapshot %llu %s, expires %.*s; next poll %.*s\n", store,
                 (unsigned long long)sequence, changed ? "installed" : "is the newest", (int)expires.n,
                 (const char *)expires.p, (int)next.n, (const char *)next.p);
    if (note.n > 0)
        cli_say("pull: took the whole file: %.*s", (int)note.n, (const char *)note.p);
    vd_json_free(doc);
}

/* A line that is written over; only on a terminal. */
static void show(void *user, uint64_t done, uint64_t total)
{
    (void)user;
    (void)fprintf(stderr, "\r%llu of %llu KiB%s", (unsigned long long)(done >> 10),
                  (unsigned long long)((total + 1023) >> 10), done >= total ? "\n" : "");
}

static int pull(const struct job *j)
{
    veridac_pull_options o = { .size = sizeof o, .urls = j->from.v, .n_urls = j->from.n,
                               .store = j->store, .at = j->at, .timeout_s = j->timeout,
                               .tier = j->tier, .parts = j->parts, .if_due = j->if_due, .budget_s = j->budget,
                               .random = cli_random(), .max_bytes = (uint64_t)j->max_bytes,
                               .progress = isatty(STDERR_FILENO) == 1 && !j->json ? show : NULL };
    veridac_buffer root = { NULL, 0 }, report = { NULL, 0 };
    veridac_error err = { "" };
    veridac_status st;
    int code = j->root == NULL ? 0 : cli_read(j->root, &root);

    if (code != 0)
        return code;
    o.root = cli_bytes(&root);
    st = veridac_pull(&o, &report, &err);
    if (st == VERIDAC_MISUSE)
        code = cli_fail(EXIT_USAGE, "pull: %s", err.text);
    else if (st != VERIDAC_OK)
        code = cli_fail(cli_exit_of(st), "%s", err.text[0] ? err.text : veridac_status_text(st));
    else if (j->json)
        code = cli_print(cli_bytes(&report));
    else
        say(j->store, &report);
    veridac_buffer_free(&root);
    veridac_buffer_free(&report);
    return code;
}

int cmd_pull(int argc, char **argv)
{
    struct job j = { .at = cli_now() };
    bool helped = false;
    int code = parse(&j, argc, argv, &helped);

    if (code == 0 && !helped) {
        if (j.from.n == 0 || j.store == NULL)
            code = cli_fail(EXIT_USAGE, "pull: --from URL and --store DIR are needed");
        else
            code = read_parts(&j);
        if (code == 0)
            code = pull(&j);
    }
    cli_list_free(&j.from);
    return code;
}
