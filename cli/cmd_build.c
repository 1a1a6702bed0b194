/* SPDX-License-Identifier: Apache-2.0
 *
 * cmd_build.c - veridac build: evidence or files -> a bundle.
 */
#include <string.h>
#include <veridac/dcl.h>

#include "cli.h"
#include "revset.h"

struct job {
    struct cli_revset set;
    const char *state, *out, *kind, *base, *delta, *apply, *compliance;
    veridac_buffer before, part; /* part: of the compliance records */
    bool json, bare;
};

static int parse(struct job *j, int argc, char **argv, bool *helped)
{
    const struct cli_option options[] = {
        { "state", CLI_TEXT, &j->state, "DIR", "evidence that sync keeps" },
        { "points", CLI_TEXT, &j->set.points, "F", "or: ledger records (JSON)" },
        { "crl", CLI_LIST, &j->set.crls, "URL=F", "and the CRL of a dataURL (repeats)" },
        { "trust", CLI_LIST, &j->set.trust.paas, "PATH", "and approved PAAs, file or folder (repeats)" },
        { "withdrawn", CLI_LIST, &j->set.trust.withdrawn, "PATH",
          "PAAs that are trusted no longer (repeats)" },
        { "revocation-set", CLI_LIST, &j->set.listed, "F",
          "somebody's set, SDK JSON or CSV: only adds revocations (repeats)" },
        { "network", CLI_NETWORK, &j->set.network, "NAME", "main (default) or test" },
        { "at", CLI_TIME, &j->set.at, "TIME", "build as of this time instead of now" },
        { "out", CLI_TEXT, &j->out, "F", "the bundle" },
        { "base", CLI_TEXT, &j->base, "F",
          "the bundle before: follow it, so that a delta between the two is small" },
        { "delta", CLI_TEXT, &j->delta, "F", "and write that delta" },
        { "apply", CLI_TEXT, &j->apply, "F", "in place of evidence: a delta, on the bundle of --base" },
        { "kind", CLI_TEXT, &j->kind, "KIND",
          "full (default), or hub: filters instead of the exact lists of large issuers" },
        { "compliance", CLI_TEXT, &j->compliance, "F",
          "compliance records of the ledger, JSON: they go along" },
        { "bare", CLI_FLAG, &j->bare, NULL,
          "without names and provenance: what publish puts into a repository" },
        { "json", CLI_FLAG, &j->json, NULL, "print a report of every point and issuer" },
    };
    return cli_parse(cli_command("build"), argc, argv, options, sizeof options / sizeof options[0],
                     NULL, 0, helped);
}

static int32_t kind_of(const struct job *j)
{
    if (j->kind == NULL || strcmp(j->kind, "full") == 0)
        return VERIDAC_KIND_FULL;
    return strcmp(j->kind, "hub") == 0 ? VERIDAC_KIND_HUB : 0;
}

static int check_options(const struct job *j)
{
    bool files = j->set.points != NULL || j->set.crls.n > 0 || j->set.trust.paas.n > 0 ||
                 j->set.listed.n > 0;
    if (j->out == NULL)
        return cli_fail(EXIT_USAGE, "build: --out F is needed");
    if (j->base == NULL && (j->delta != NULL || j->apply != NULL))
        return cli_fail(EXIT_USAGE, "build: %s needs --base F",
                        j->delta != NULL ? "--delta" : "--apply");
    if (j->apply != NULL) /* the delta says everything else */
        return j->state == NULL && !files && j->kind == NULL && j->delta == NULL && !j->json
                   ? 0
                   : cli_fail(EXIT_USAGE, "build: --apply goes with --base and --out alone");
    if (kind_of(j) == 0)
        return cli_fail(EXIT_USAGE, "build: --kind: expected full or hub, got '%.80s'", j->kind);
    if (j->state != NULL && files)
        return cli_fail(EXIT_USAGE, "build: either --state, or --points with --crl and --trust, or "
                                    "--revocation-set");
    if (j->state == NULL && j->set.points == NULL && j->set.listed.n == 0)
        return cli_fail(EXIT_USAGE, "build: --state DIR, --points F with --trust PATH, or "
                                    "--revocation-set F is needed");
    if (j->set.points != NULL && j->set.trust.paas.n == 0)
        return cli_fail(EXIT_USAGE, "build: --points needs --trust PATH");
    return 0;
}

static int read_base(struct job *j)
{
    return j->base == NULL ? 0 : cli_read(j->base, &j->before);
}

/* The bundle that a delta makes of the one before. */
static int apply_delta(struct job *j)
{
    veridac_buffer delta = { NULL, 0 }, bundle = { NULL, 0 };
    veridac_error err = { "" };
    veridac_status st;
    int code = cli_read(j->apply, &delta);

    if (code == 0) {
        st = veridac_delta_apply(cli_bytes(&j->before), cli_bytes(&delta), 0, &bundle, &err);
        code = st == VERIDAC_OK ? cli_write(j->out, cli_bytes(&bundle), 0644)
                                : cli_fail(cli_exit_of(st), "%s: %s", j->apply,
                                           err.text[0] ? err.text : veridac_status_text(st));
    }
    if (code == 0)
        (void)printf("%s: %zu bytes\n", j->out, bundle.size);
    veridac_buffer_free(&delta);
    veridac_buffer_free(&bundle);
    return code;
}

static int write_delta(const struct job *j, const veridac_buffer *bundle)
{
    veridac_buffer delta = { NULL, 0 };
    veridac_error err = { "" };
    veridac_status st = veridac_delta_make(cli_bytes(&j->before), cli_bytes(bundle), &delta, &err);
    int code = st == VERIDAC_OK ? cli_write(j->delta, cli_bytes(&delta), 0644)
                                : cli_fail(cli_exit_of(st), "%s: %s", j->delta,
                                           err.text[0] ? err.text : veridac_status_text(st));

    if (code == 0 && !j->json)
        (void)printf("%s: %zu bytes\n", j->delta, delta.size);
    veridac_buffer_free(&delta);
    return code;
}

static int open_state(struct job *j)
{
    veridac_error err = { "" };
    veridac_status st =
        veridac_state_open(j->state, j->set.at, &j->set.anchors, &j->set.set, &err);
    return st == VERIDAC_OK ? 0 : cli_fail(cli_exit_of(st), "%s", err.text);
}

static int write_bundle(const struct job *j)
{
    veridac_buffer bundle = { NULL, 0 }, text = { NULL, 0 };
    const veridac_bundle_options o = { .size = sizeof o, .kind = kind_of(j),
                                       .before = cli_bytes(&j->before),
                                       .without_names = j->bare, .provenance = !j->bare,
                                       .compliance = cli_bytes(&j->part) };
    veridac_revset_view v = { .size = sizeof v };
    veridac_error err = { "" };
    veridac_status st = veridac_revset_bundle(j->set.set, &o, &bundle, &err);
    int code = st == VERIDAC_OK ? cli_write(j->out, cli_bytes(&bundle), 0644)
                                : cli_fail(cli_exit_of(st), "build: %s",
                                           err.text[0] ? err.text : veridac_status_text(st));

    if (code == 0 && j->delta != NULL)
        code = write_delta(j, &bundle);
    if (code == 0 && j->json && veridac_revset_report(j->set.set, &text) == VERIDAC_OK)
        code = cli_print(cli_bytes(&text));
    else if (code == 0 && veridac_revset_look(j->set.set, &v) == VERIDAC_OK)
        (void)printf("%s: %u issuers, %u of them covered, %llu revoked, %zu bytes\n", j->out,
                     (unsigned)v.n_issuers, (unsigned)v.n_good, (unsigned long long)v.n_revoked,
                     bundle.size);
    veridac_buffer_free(&bundle);
    veridac_buffer_free(&text);
    return code;
}

static int build(struct job *j)
{
    int code = j->state != NULL ? open_state(j) : cli_revset_make(&j->set);

    if (code == 0 && j->state == NULL && !j->json)
        cli_revset_say(&j->set);
    if (code == 0 && j->compliance != NULL)
        code = cli_read_compliance(j->compliance, j->set.network, &j->part);
    return code == 0 ? write_bundle(j) : code;
}

int cmd_build(int argc, char **argv)
{
    struct job j = { .set = { .command = "build", .network = VERIDAC_NETWORK_MAIN,
                              .at = cli_now() } };
    bool helped = false;
    int code = parse(&j, argc, argv, &helped);

    if (code == 0 && !helped)
        code = check_options(&j);
    if (code == 0 && !helped)
        code = read_base(&j);
    if (code == 0 && !helped)
        code = j.apply != NULL ? apply_delta(&j) : build(&j);
    veridac_buffer_free(&j.before);
    veridac_buffer_free(&j.part);
    cli_revset_free(&j.set);
    return code;
}
