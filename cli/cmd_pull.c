/* SPDX-License-Identifier: Apache-2.0
 *
 * cmd_pull.c - veridac pull: repository -> local store.
 */
#include <veridac/dcl.h>

#include "cli.h"
#include "json.h"

struct job {
    struct cli_list from;
    const char *root, *store;
    int64_t at, timeout;
    bool json;
};

static int parse(struct job *j, int argc, char **argv, bool *helped)
{
    const struct cli_option options[] = {
        { "from", CLI_LIST, &j->from, "URL", "repository; mirrors are tried in turn (repeats)" },
        { "root", CLI_TEXT, &j->root, "F", "public key that signs heads" },
        { "store", CLI_TEXT, &j->store, "DIR", "local store" },
        { "at", CLI_TIME, &j->at, "TIME", "the time of this pull instead of now" },
        { "timeout", CLI_DURATION, &j->timeout, "DUR", "for one object; 60s" },
        { "json", CLI_FLAG, &j->json, NULL, "print a report" },
    };
    return cli_parse(cli_command("pull"), argc, argv, options, sizeof options / sizeof options[0],
                     NULL, 0, helped);
}

/* What is in the store now, and whether this pull put it there. */
static void say(const char *store, const veridac_buffer *report)
{
    struct vd_json *doc = NULL;
    struct vd_json_value root;
    struct vd_span expires;
    uint64_t sequence = 0;
    bool changed = false;

    if (vd_json_read(vd_span_of(report->data, report->size), &doc, NULL) != NULL)
        return;
    root = vd_json_root(doc);
    expires = vd_json_text(vd_json_member(root, "expires"));
    (void)(vd_json_bool(vd_json_member(root, "changed"), &changed) &&
           vd_json_uint(vd_json_member(root, "sequence"), UINT64_MAX, &sequence));
    (void)printf("%s: snapshot %llu %s, expires %.*s\n", store, (unsigned long long)sequence,
                 changed ? "installed" : "is the newest", (int)expires.n, (const char *)expires.p);
    vd_json_free(doc);
}

static int pull(const struct job *j)
{
    veridac_pull_options o = { .size = sizeof o, .urls = j->from.v, .n_urls = j->from.n,
                               .store = j->store, .at = j->at, .timeout_s = j->timeout };
    veridac_buffer root = { NULL, 0 }, report = { NULL, 0 };
    veridac_error err = { "" };
    veridac_status st;
    int code = cli_read(j->root, &root);

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
        if (j.from.n == 0 || j.root == NULL || j.store == NULL)
            code = cli_fail(EXIT_USAGE, "pull: --from URL, --root F and --store DIR are needed");
        else
            code = pull(&j);
    }
    cli_list_free(&j.from);
    return code;
}
