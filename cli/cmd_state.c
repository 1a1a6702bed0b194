/* SPDX-License-Identifier: Apache-2.0
 *
 * cmd_state.c - veridac state: a state folder as a whole.
 */
#include <string.h>
#include <veridac/dcl.h>

#include "cli.h"

struct job {
    const char *word, *state, *out, *in;
    int64_t keep;
    bool json;
};

static int check_options(const struct job *j)
{
    const bool to = strcmp(j->word, "export") == 0, from = strcmp(j->word, "import") == 0;

    if (!to && !from && strcmp(j->word, "gc") != 0)
        return cli_fail(EXIT_USAGE, "state: export, import or gc, not '%.80s'", j->word);
    if (j->state == NULL)
        return cli_fail(EXIT_USAGE, "state: --state DIR is needed");
    if (to != (j->out != NULL) || from != (j->in != NULL) || (!to && !from) != (j->keep > 0))
        return cli_fail(EXIT_USAGE, "state: export --out F, import --in F, gc --keep N (at least 1)");
    return 0;
}

static int run_job(const struct job *j)
{
    veridac_buffer report = { NULL, 0 };
    veridac_error err = { "" };
    veridac_status st;
    int code = 0;

    if (j->out != NULL)
        st = veridac_state_export(j->state, j->out, &report, &err);
    else if (j->in != NULL)
        st = veridac_state_import(j->in, j->state, &report, &err);
    else
        st = veridac_state_gc(j->state, (uint32_t)j->keep, &report, &err);
    if (st != VERIDAC_OK)
        return cli_fail(cli_exit_of(st), "%s", err.text[0] ? err.text : veridac_status_text(st));
    if (j->json)
        code = cli_print(cli_bytes(&report));
    veridac_buffer_free(&report);
    return code;
}

int cmd_state(int argc, char **argv)
{
    struct cli_list words = { NULL, 0, 0 };
    struct job j = { .word = "" };
    bool helped = false;
    const struct cli_option options[] = {
        { "state", CLI_TEXT, &j.state, "DIR", "the folder that sync fills" },
        { "out", CLI_TEXT, &j.out, "FILE", "export: where to" },
        { "in", CLI_TEXT, &j.in, "FILE", "import: where from" },
        { "keep", CLI_NUMBER, &j.keep, "N", "gc: how many of the newest runs stay" },
        { "json", CLI_FLAG, &j.json, NULL, "print a report" },
    };
    int code = cli_parse(cli_command("state"), argc, argv, options,
                         sizeof options / sizeof options[0], &words, 1, &helped);

    if (code == 0 && !helped) {
        if (words.n == 1)
            j.word = words.v[0];
        code = check_options(&j);
        if (code == 0)
            code = run_job(&j);
    }
    cli_list_free(&words);
    return code;
}
