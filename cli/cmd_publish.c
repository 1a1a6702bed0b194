/* SPDX-License-Identifier: Apache-2.0
 *
 * cmd_publish.c - veridac publish: evidence -> signed repository.
 */
#include <string.h>

#include "blobs.h"
#include "json.h"
#include "signer.h"

struct job {
    const char *state, *repo, *root, *trust_list, *compliance, *rules;
    struct cli_signers signers;
    struct cli_list force, cd_signers;
    struct cli_blobs signer_certificates;
    int64_t at, lifetime;
    bool dry_run, json;
};

static int parse(struct job *j, int argc, char **argv, bool *helped)
{
    const struct cli_option options[] = {
        { "state", CLI_TEXT, &j->state, "DIR", "evidence that sync keeps" },
        { "repo", CLI_TEXT, &j->repo, "DIR", "folder of static files for a web server" },
        { "root", CLI_TEXT, &j->root, "F", "root document, for a new repository or a new version" },
        CLI_SIGNER_OPTIONS(j->signers),
        { "trust-list", CLI_TEXT, &j->trust_list, "F", "signed list of anchors (veridac root trust)" },
        { "cd-signers", CLI_LIST, &j->cd_signers, "PATH",
          "declaration signers for the list that --key signs (repeats)" },
        { "compliance", CLI_TEXT, &j->compliance, "F",
          "compliance records of the ledger, JSON, instead of those that sync found" },
        { "rules", CLI_TEXT, &j->rules, "F",
          "local rules that are to hold wherever this feed is pulled" },
        { "at", CLI_TIME, &j->at, "TIME", "publish as of this time instead of now" },
        { "lifetime", CLI_DURATION, &j->lifetime, "DUR", "of the head; 72h" },
        { "force", CLI_LIST, &j->force, "NAME", "override a guard: vids, anchors; base: a new base" },
        { "dry-run", CLI_FLAG, &j->dry_run, NULL, "say what would be written" },
        { "json", CLI_FLAG, &j->json, NULL, "print a report" },
    };
    return cli_parse(cli_command("publish"), argc, argv, options, sizeof options / sizeof options[0],
                     NULL, 0, helped);
}

static uint64_t number(struct vd_json_value root, const char *name)
{
    uint64_t n = 0;
    (void)vd_json_uint(vd_json_member(root, name), UINT64_MAX, &n);
    return n;
}

static void say(const struct job *j, const veridac_buffer *report)
{
    struct vd_json *doc = NULL;
    struct vd_json_value root;
    struct vd_span until;

    if (vd_json_read(vd_span_of(report->data, report->size), &doc, NULL) != NULL)
        return;
    root = vd_json_root(doc);
    until = vd_json_text(vd_json_member(root, "head_keys_until"));
    (void)printf("%s: %s %llu: %llu bytes, %llu issuers, %llu revoked (%llu before), "
                 "trust list %llu with %llu anchors\n",
                 j->repo, j->dry_run ? "would publish" : "published",
                 (unsigned long long)number(root, "sequence"),
                 (unsigned long long)number(root, "bytes"),
                 (unsigned long long)number(root, "issuers"),
                 (unsigned long long)number(root, "revoked"),
                 (unsigned long long)number(root, "revoked_before"),
                 (unsigned long long)number(root, "trust_version"),
                 (unsigned long long)number(root, "anchors"));
    if (number(root, "anchors_not_listed") > 0)
        cli_say("publish: %llu anchors that sync accepts are not in the signed trust list",
                (unsigned long long)number(root, "anchors_not_listed"));
    (void)printf("head keys sign until %.*s\n", (int)until.n, (const char *)until.p);
    vd_json_free(doc);
}

enum { ROOT, LIST, COMPLIANCE, RULES, DOCUMENTS };

static int read_documents(const struct job *j, veridac_buffer ret[DOCUMENTS])
{
    const char *const files[DOCUMENTS] = { j->root, j->trust_list, j->compliance, j->rules };
    int code = 0;
    for (size_t i = 0; code == 0 && i < DOCUMENTS; i++)
        code = files[i] == NULL ? 0 : cli_read(files[i], &ret[i]);
    return code;
}

static int publish(struct job *j)
{
    veridac_publish_options o = { .size = sizeof o, .state = j->state, .repo = j->repo,
                                  .at = j->at, .lifetime_s = j->lifetime, .dry_run = j->dry_run,
                                  .force = j->force.v, .n_force = j->force.n };
    veridac_buffer in[DOCUMENTS] = { { NULL, 0 } }, report = { NULL, 0 };
    veridac_error err = { "" };
    veridac_status st = VERIDAC_OK;
    int code = cli_signers_read("publish", &j->signers);

    if (code == 0)
        code = read_documents(j, in);
    if (code == 0)
        code = cli_blobs_add_paths(&j->cd_signers, &j->signer_certificates);
    if (code == 0) {
        o.cd_signers = j->signer_certificates.v;
        o.n_cd_signers = j->signer_certificates.n;
        o.root = cli_bytes(&in[ROOT]);
        o.trust_list = cli_bytes(&in[LIST]);
        o.compliance = cli_bytes(&in[COMPLIANCE]);
        o.rules = cli_bytes(&in[RULES]);
        o.signers = j->signers.v;
        o.n_signers = j->signers.n;
        st = veridac_publish(&o, &report, &err);
    }
    if (st != VERIDAC_OK)
        code = cli_fail(cli_exit_of(st), "publish: %s",
                        err.text[0] ? err.text : veridac_status_text(st));
    else if (code == 0 && j->json)
        code = cli_print(cli_bytes(&report));
    else if (code == 0)
        say(j, &report);
    for (size_t i = 0; i < DOCUMENTS; i++)
        veridac_buffer_free(&in[i]);
    veridac_buffer_free(&report);
    return code;
}

static int check_force(const struct cli_list *force)
{
    static const char *const known[] = { "vids", "anchors", "base" };
    for (size_t i = 0; i < force->n; i++) {
        size_t k = 0;
        while (k < 3 && strcmp(known[k], force->v[i]) != 0)
            k++;
        if (k == 3)
            return cli_fail(EXIT_USAGE, "publish: --force: expected vids, anchors or base, got '%.40s'",
                            force->v[i]);
    }
    return 0;
}

int cmd_publish(int argc, char **argv)
{
    struct job j = { .at = cli_now() };
    bool helped = false;
    int code = parse(&j, argc, argv, &helped);

    if (code == 0 && !helped) {
        code = j.state == NULL || j.repo == NULL
                   ? cli_fail(EXIT_USAGE, "publish: --state DIR, --repo DIR and --key F are needed")
                   : check_force(&j.force);
        if (code == 0)
            code = publish(&j);
    }
    cli_signers_free(&j.signers);
    cli_list_free(&j.force);
    cli_list_free(&j.cd_signers);
    cli_blobs_free(&j.signer_certificates);
    return code;
}
