/* SPDX-License-Identifier: Apache-2.0
 *
 * cmd_revset.c - veridac revset: records and CRLs from files -> a verified revocation set.
 */
#include <string.h>
#include <veridac/dcl.h>

#include "cli.h"
#include "revset.h"

struct job {
    struct cli_revset set;
    const char *format, *out;
    bool json;
};

static int parse(struct job *j, int argc, char **argv, bool *helped)
{
    const struct cli_option options[] = {
        { "points", CLI_TEXT, &j->set.points, "F", "ledger records (JSON)" },
        { "crl", CLI_LIST, &j->set.crls, "URL=F", "the CRL of a dataURL (repeats)" },
        { "trust", CLI_LIST, &j->set.trust.paas, "PATH", "approved PAAs, file or folder (repeats)" },
        { "withdrawn", CLI_LIST, &j->set.trust.withdrawn, "PATH",
          "PAAs that are trusted no longer (repeats)" },
        { "network", CLI_NETWORK, &j->set.network, "NAME", "main (default) or test" },
        { "at", CLI_TIME, &j->set.at, "TIME", "judge at this time instead of now" },
        { "format", CLI_TEXT, &j->format, "NAME", "sdk (default), matterjs or csv" },
        { "out", CLI_TEXT, &j->out, "F", "write the set there instead of printing it" },
        { "json", CLI_FLAG, &j->json, NULL, "print a report of every point and issuer" },
    };
    return cli_parse(cli_command("revset"), argc, argv, options, sizeof options / sizeof options[0],
                     NULL, 0, helped);
}

/* VERIDAC_FORMAT_*, or 0 */
static int32_t format_of(const char *name)
{
    static const struct {
        const char *name;
        int32_t format;
    } forms[] = { { "sdk", VERIDAC_FORMAT_SDK },
                  { "matterjs", VERIDAC_FORMAT_MATTERJS },
                  { "csv", VERIDAC_FORMAT_CSV } };
    for (size_t i = 0; i < sizeof forms / sizeof forms[0]; i++) {
        if (strcmp(forms[i].name, name) == 0)
            return forms[i].format;
    }
    return 0;
}

static int check_options(const struct job *j)
{
    if (j->set.points == NULL || j->set.trust.paas.n == 0)
        return cli_fail(EXIT_USAGE, "revset: --points F and --trust PATH are needed");
    if (format_of(j->format) == 0)
        return cli_fail(EXIT_USAGE, "revset: --format: expected sdk, matterjs or csv, got '%.40s'",
                        j->format);
    return 0;
}

static int write_set(const struct job *j)
{
    veridac_buffer text = { NULL, 0 };
    veridac_status st = veridac_revset_write(j->set.set, format_of(j->format), &text);
    int code = 0;

    if (st != VERIDAC_OK)
        return cli_fail(cli_exit_of(st), "revset: %s", veridac_status_text(st));
    if (j->out != NULL)
        code = cli_write(j->out, cli_bytes(&text), 0644);
    else if (!j->json)
        code = cli_print(cli_bytes(&text));
    veridac_buffer_free(&text);
    return code;
}

static int print_report(const struct job *j)
{
    veridac_buffer text = { NULL, 0 };
    veridac_status st = veridac_revset_report(j->set.set, &text);
    int code = st == VERIDAC_OK ? cli_print(cli_bytes(&text))
                                : cli_fail(cli_exit_of(st), "revset: %s", veridac_status_text(st));
    veridac_buffer_free(&text);
    return code;
}

/* 0 when every point was used, 2 when some were left out, 65 when none was usable. */
static int exit_of(const struct job *j)
{
    veridac_revset_view v = { .size = sizeof v };
    if (veridac_revset_look(j->set.set, &v) != VERIDAC_OK)
        return EXIT_INTERNAL;
    if (v.n_used == 0)
        return cli_fail(EXIT_DATA, "%s: no point could be used", j->set.points);
    return v.n_used < v.n_points || j->set.broken_records ? EXIT_UNDETERMINED : EXIT_ACCEPTED;
}

int cmd_revset(int argc, char **argv)
{
    struct job j = { .set = { .command = "revset", .network = VERIDAC_NETWORK_MAIN,
                              .at = cli_now() }, .format = "sdk" };
    bool helped = false;
    int code = parse(&j, argc, argv, &helped), worth;

    if (code == 0 && !helped) {
        code = check_options(&j);
        if (code == 0)
            code = cli_revset_make(&j.set);
        if (code == 0) {
            worth = exit_of(&j);
            if (j.json)
                code = print_report(&j);
            else
                cli_revset_say(&j.set);
            if (code == 0 && worth != EXIT_DATA && worth != EXIT_INTERNAL)
                code = write_set(&j);
            code = code != 0 ? code : worth;
        }
    }
    cli_revset_free(&j.set);
    return code;
}
