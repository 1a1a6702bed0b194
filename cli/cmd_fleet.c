/* SPDX-License-Identifier: Apache-2.0
 *
 * cmd_fleet.c - veridac fleet horizon: what expires when.
 */
#include <string.h>
#include <veridac/fleet.h>

#include "blobs.h"
#include "cli.h"
#include "json.h"

static const char *const kinds[] = { "dac", "pai", "paa", "crl", "cd_signer" };
static const char *const names[] = { "expired", "7d", "30d", "90d", "1y", "2y", "5y", "10y", "later",
                                     "never" };
/* What no table counts; `unknown`: what expires when is then not all of it. */
static const struct {
    const char *name, *text;
    bool unknown;
} outside[] = {
    { "unreadable", "certificates that cannot be read", true },
    { "malformed", "devices of the inventory that cannot be read", true },
    { "without_certificate", "devices of which the inventory has no certificate", false },
};

struct fleet {
    struct cli_list words, stores, snapshots, paas, signers;
    int64_t at;
    bool json;
};

/* A table of the report, and what is in none of its columns. */
static void print_table(struct vd_json_value root)
{
    (void)printf("%-10s", "");
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        (void)printf("%9s", names[i]);
    (void)printf("  soonest\n");
    for (size_t k = 0; k < sizeof kinds / sizeof kinds[0]; k++) {
        struct vd_json_value v = vd_json_member(root, kinds[k]);
        struct vd_span soonest = vd_json_text(vd_json_member(v, "soonest"));
        (void)printf("%-10s", kinds[k]);
        for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
            struct vd_span text = vd_json_text(vd_json_member(v, names[i]));
            (void)printf("%9.*s", (int)text.n, (const char *)text.p);
        }
        (void)printf("  %.*s\n", (int)soonest.n, (const char *)soonest.p);
    }
    for (size_t i = 0; i < sizeof outside / sizeof outside[0]; i++) {
        struct vd_span n = vd_json_text(vd_json_member(root, outside[i].name));
        if (!vd_span_is(n, "0"))
            (void)printf("%.*s %s\n", (int)n.n, (const char *)n.p, outside[i].text);
    }
}

static int print_report(const struct fleet *f, const veridac_buffer *report)
{
    struct vd_json *doc = NULL;
    int code = 0;

    if (vd_json_read(vd_span_of(report->data, report->size), &doc, NULL) != NULL)
        return cli_fail(EXIT_INTERNAL, "fleet: the report cannot be read");
    if (f->json)
        code = cli_print(cli_bytes(report));
    else
        print_table(vd_json_root(doc));
    for (size_t i = 0; code == 0 && i < sizeof outside / sizeof outside[0]; i++) {
        if (outside[i].unknown && !vd_span_is(vd_json_text(vd_json_member(vd_json_root(doc), outside[i].name)), "0"))
            code = EXIT_UNDETERMINED;
    }
    vd_json_free(doc);
    return code;
}

static int run(struct fleet *f)
{
    struct cli_blobs paas = { NULL, NULL, 0 }, signers = { NULL, NULL, 0 };
    veridac_buffer report = { NULL, 0 };
    veridac_error err = { "" };
    int code = cli_blobs_add_paths(&f->paas, &paas);

    if (code == 0)
        code = cli_blobs_add_paths(&f->signers, &signers);
    if (code == 0) {
        const veridac_horizon_options o = {
            .size = sizeof o, .inventory = f->words.n == 2 ? f->words.v[1] : NULL,
            .stores = f->stores.v, .n_stores = f->stores.n,
            .bundles = f->snapshots.v, .n_bundles = f->snapshots.n,
            .paas = paas.v, .n_paas = paas.n,
            .cd_signers = signers.v, .n_cd_signers = signers.n, .at = f->at
        };
        veridac_status st = veridac_horizon(&o, &report, &err);
        if (st != VERIDAC_OK)
            code = cli_fail(cli_exit_of(st), "fleet: %s",
                            err.text[0] ? err.text : veridac_status_text(st));
        else
            code = print_report(f, &report);
    }
    veridac_buffer_free(&report);
    cli_blobs_free(&paas);
    cli_blobs_free(&signers);
    return code;
}

int cmd_fleet(int argc, char **argv)
{
    struct fleet f = { .at = cli_now() };
    const struct cli_option options[] = {
        { "store", CLI_LIST, &f.stores, "DIR", "store that pull filled (repeats)" },
        { "snapshot", CLI_LIST, &f.snapshots, "F", "bundle file (repeats)" },
        { "trust", CLI_LIST, &f.paas, "PATH", "PAA certificates, file or folder (repeats)" },
        { "cd-signers", CLI_LIST, &f.signers, "PATH", "declaration signers (repeats)" },
        { "at", CLI_TIME, &f.at, "TIME", "count from this time instead of now" },
        { "json", CLI_FLAG, &f.json, NULL, "print JSON" },
    };
    bool helped = false;
    int code = cli_parse(cli_command("fleet"), argc, argv, options,
                         sizeof options / sizeof options[0], &f.words, 2, &helped);

    if (code == 0 && !helped) {
        if (f.words.n == 0 || strcmp(f.words.v[0], "horizon") != 0)
            code = cli_fail(EXIT_USAGE, "fleet: horizon [INVENTORY]");
        else
            code = run(&f);
    }
    cli_list_free(&f.words);
    cli_list_free(&f.stores);
    cli_list_free(&f.snapshots);
    cli_list_free(&f.paas);
    cli_list_free(&f.signers);
    return code;
}
