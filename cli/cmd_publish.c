/* SPDX-License-Identifier: Apache-2.0
 *
 * cmd_publish.c - veridac publish: evidence -> signed repository.
 */
#include <veridac/dcl.h>

#include "cli.h"

struct job {
    const char *state, *repo, *key;
    int64_t at, lifetime;
    bool dry_run, json;
};

static int parse(struct job *j, int argc, char **argv, bool *helped)
{
    const struct cli_option options[] = {
        { "state", CLI_TEXT, &j->state, "DIR", "evidence that sync keeps" },
        { "repo", CLI_TEXT, &j->repo, "DIR", "folder of static files for a web server" },
        { "key", CLI_TEXT, &j->key, "F", "private key that signs heads (veridac keygen)" },
        { "at", CLI_TIME, &j->at, "TIME", "publish as of this time instead of now" },
        { "lifetime", CLI_DURATION, &j->lifetime, "DUR", "of the head; 72h" },
        { "dry-run", CLI_FLAG, &j->dry_run, NULL, "say what would be written" },
        { "json", CLI_FLAG, &j->json, NULL, "print a report" },
    };
    return cli_parse(cli_command("publish"), argc, argv, options, sizeof options / sizeof options[0],
                     NULL, 0, helped);
}

static int publish(const struct job *j)
{
    veridac_publish_options o = { .size = sizeof o, .state = j->state, .repo = j->repo,
                                  .at = j->at, .lifetime_s = j->lifetime, .dry_run = j->dry_run };
    veridac_buffer key = { NULL, 0 }, report = { NULL, 0 };
    veridac_error err = { "" };
    veridac_status st;
    int code = cli_read(j->key, &key);

    if (code != 0)
        return code;
    o.key = cli_bytes(&key);
    st = veridac_publish(&o, &report, &err);
    if (st != VERIDAC_OK)
        code = cli_fail(cli_exit_of(st), "publish: %s",
                        err.text[0] ? err.text : veridac_status_text(st));
    else if (j->json)
        code = cli_print(cli_bytes(&report));
    else
        (void)printf("%s: %s\n", j->repo,
                     j->dry_run ? "nothing written" : "published; the head names the new bundle");
    veridac_buffer_free(&key);
    veridac_buffer_free(&report);
    return code;
}

int cmd_publish(int argc, char **argv)
{
    struct job j = { .at = cli_now() };
    bool helped = false;
    int code = parse(&j, argc, argv, &helped);

    if (code != 0 || helped)
        return code;
    if (j.state == NULL || j.repo == NULL || j.key == NULL)
        return cli_fail(EXIT_USAGE, "publish: --state DIR, --repo DIR and --key F are needed");
    return publish(&j);
}
