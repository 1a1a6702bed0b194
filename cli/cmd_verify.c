/* SPDX-License-Identifier: Apache-2.0
 *
 * cmd_verify.c - veridac verify: one device.
 */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <veridac/fleet.h>

#include "blobs.h"
#include "case.h"
#include "cli.h"
#include "confirm.h"
#include "policy.h"
#include "record.h"
#include "revset.h"

enum { DAC, PAI, ELEMENTS, SIGNATURE, NOCSR, NOCSR_SIGNATURE, FILES };
enum { CHALLENGE = FILES, NONCE, CSR_NONCE, INPUTS };

struct verify {
    const char *text[INPUTS], *case_file, *snapshot_file;
    struct cli_trust trust;
    struct cli_list stores, listed, compliance, rules, rules_key, from;
    struct cli_policy policy;
    int32_t vid, pid, network;
    uint32_t accept_unknown;
    int64_t at, max_age, software_version;
    bool sdk_compat, json, confirm;

    veridac_buffer input[INPUTS], standard_input;
    struct cli_case vector;
    struct cli_proofs proofs;
    struct cli_blobs rules_keys;
    struct cli_record record;
    veridac_trust *anchors;
    veridac_snapshot *snapshots[16];
    size_t n_snapshots;
};

static int parse(struct verify *v, int argc, char **argv, bool *helped)
{
    const struct cli_option options[] = {
        { "dac", CLI_TEXT, &v->text[DAC], "F", "device attestation certificate, or a log" },
        { "pai", CLI_TEXT, &v->text[PAI], "F", "product attestation intermediate" },
        { "elements", CLI_TEXT, &v->text[ELEMENTS], "F", "attestation elements" },
        { "signature", CLI_TEXT, &v->text[SIGNATURE], "F", "attestation signature, 64 octets" },
        { "challenge", CLI_TEXT, &v->text[CHALLENGE], "HEX", "attestation challenge, 16 octets" },
        { "nonce", CLI_TEXT, &v->text[NONCE], "HEX", "attestation nonce, 32 octets" },
        { "nocsr", CLI_TEXT, &v->text[NOCSR], "F", "NOCSR elements, the answer to a CSRRequest" },
        { "nocsr-signature", CLI_TEXT, &v->text[NOCSR_SIGNATURE], "F", "their signature" },
        { "csr-nonce", CLI_TEXT, &v->text[CSR_NONCE], "HEX", "nonce of the CSRRequest, 32 octets" },
        { "vid", CLI_ID, &v->vid, "ID", "VendorID of Basic Information" },
        { "pid", CLI_ID, &v->pid, "ID", "ProductID of Basic Information" },
        { "software-version", CLI_NUMBER, &v->software_version, "N",
          "SoftwareVersion of Basic Information" },
        { "case", CLI_TEXT, &v->case_file, "F", "one commissioner vector (JSON) instead" },
        { "trust", CLI_LIST, &v->trust.paas, "PATH", "PAA certificates, file or folder (repeats)" },
        { "cd-signers", CLI_LIST, &v->trust.signers, "PATH", "declaration signers (repeats)" },
        { "withdrawn", CLI_LIST, &v->trust.withdrawn, "PATH",
          "PAAs that are trusted no longer (repeats)" },
        { "store", CLI_LIST, &v->stores, "DIR", "store that pull filled (repeats)" },
        { "snapshot", CLI_TEXT, &v->snapshot_file, "F", "bundle file" },
        { "revocation-set", CLI_LIST, &v->listed, "F",
          "somebody's set, SDK JSON or CSV: only adds revocations (repeats)" },
        { "compliance", CLI_LIST, &v->compliance, "F",
          "compliance records of the ledger, JSON (repeats)" },
        { "rules", CLI_LIST, &v->rules, "F",
          "local rules: what they name is refused, whatever the ledger says (repeats)" },
        { "rules-key", CLI_LIST, &v->rules_key, "PUB",
          "public key that signed the rules; else their permissions count (repeats)" },
        { "network", CLI_NETWORK, &v->network, "NAME", "main (default) or test" },
        { "policy", CLI_TEXT, &v->policy.name, "NAME|F",
          "strict, standard (default), permissive, audit, or a file" },
        { "last-valid", CLI_TEXT, &v->policy.last_valid, "DIR",
          "keep the last valid policy and rules here, and use them when the files are broken" },
        { "accept-unknown", CLI_REASONS, &v->accept_unknown, "REASONS",
          "revocation reasons that are accepted" },
        { "max-age", CLI_DURATION, &v->max_age, "DUR", "age of a snapshot, instead of its expiry" },
        { "at", CLI_TIME, &v->at, "TIME", "judge at this time instead of now" },
        { "sdk-compat", CLI_FLAG, &v->sdk_compat, NULL, "judge the DAC by the clock, as the SDK does" },
        { "confirm", CLI_FLAG, &v->confirm, NULL,
          "fetch the page that settles an unconfirmed answer" },
        { "from", CLI_LIST, &v->from, "URL",
          "with --confirm: the full bundle, if not the one of the store's mirror (repeats)" },
        CLI_RECORD_OPTIONS(v->record),
        { "receipt", CLI_TEXT, &v->record.receipt, "F", "write what was found, signed, to this file" },
        { "label", CLI_TEXT, &v->record.label, "TEXT", "how you call the device, for both" },
        { "json", CLI_FLAG, &v->json, NULL, "print JSON" },
    };
    return cli_parse(cli_command("verify"), argc, argv, options, sizeof options / sizeof options[0],
                     NULL, 0, helped);
}

static int check_options(const struct verify *v)
{
    bool separate = v->vid >= 0 || v->pid >= 0;
    for (size_t i = 0; i < INPUTS; i++)
        separate = separate || v->text[i] != NULL;
    if (v->case_file != NULL && separate)
        return cli_fail(EXIT_USAGE, "verify: --case brings its own certificates and response");
    if (v->case_file == NULL && v->text[DAC] == NULL && v->text[PAI] == NULL)
        return cli_fail(EXIT_USAGE, "verify: --dac F and --pai F are needed, or --case F");
    if (v->stores.n > 0 && v->snapshot_file != NULL)
        return cli_fail(EXIT_USAGE, "verify: either --store or --snapshot");
    if (v->from.n > 0 && !v->confirm)
        return cli_fail(EXIT_USAGE, "verify: --from URL goes with --confirm");
    if (v->confirm && v->from.n == 0 && v->stores.n == 0)
        return cli_fail(EXIT_USAGE, "verify: --confirm needs --store DIR or --from URL");
    return 0;
}

/* ---- inputs ---- */

static int read_hex(const char *name, const char *text, size_t wanted, veridac_buffer *ret)
{
    const veridac_bytes in = { (const uint8_t *)text, strlen(text) };
    size_t digits = strspn(text, "0123456789abcdefABCDEF");
    if (text[digits] != '\0' || digits != 2 * wanted ||
        veridac_unwrap(in, VERIDAC_MEANT_FIRST, ret, NULL, NULL) != VERIDAC_OK)
        return cli_fail(EXIT_USAGE, "verify: --%s: expected %zu hex digits, got '%.80s'", name,
                        2 * wanted, text);
    return 0;
}

/* Standard input is read once: one pasted log, or one PEM file, brings both certificates. */
static int read_input(struct verify *v, size_t i)
{
    const int32_t meant = i == DAC   ? VERIDAC_MEANT_DAC
                          : i == PAI ? VERIDAC_MEANT_PAI
                                     : VERIDAC_MEANT_FIRST;
    int code = 0;

    if (strcmp(v->text[i], "-") != 0)
        return cli_read_unwrapped(v->text[i], meant, &v->input[i]);
    if (v->standard_input.data == NULL)
        code = cli_read("-", &v->standard_input);
    else if (i > PAI)
        code = cli_fail(EXIT_USAGE, "verify: only --dac and --pai can share standard input");
    return code == 0 ? cli_unwrap("standard input", cli_bytes(&v->standard_input), meant,
                                  &v->input[i])
                     : code;
}

static int read_inputs(struct verify *v)
{
    int code = 0;
    if (v->case_file != NULL)
        return cli_case_read(v->case_file, &v->vector);
    if (v->text[CHALLENGE] != NULL)
        code = read_hex("challenge", v->text[CHALLENGE], 16, &v->input[CHALLENGE]);
    if (code == 0 && v->text[NONCE] != NULL)
        code = read_hex("nonce", v->text[NONCE], 32, &v->input[NONCE]);
    if (code == 0 && v->text[CSR_NONCE] != NULL)
        code = read_hex("csr-nonce", v->text[CSR_NONCE], 32, &v->input[CSR_NONCE]);
    for (size_t i = 0; i < FILES && code == 0; i++) {
        if (v->text[i] != NULL)
            code = read_input(v, i);
    }
    return code;
}

static veridac_device device_of(const struct verify *v)
{
    const struct cli_case *c = &v->vector;
    if (v->case_file != NULL)
        return (veridac_device){ .size = sizeof(veridac_device),
                                 .dac = cli_bytes(&c->dac),
                                 .pai = cli_bytes(&c->pai),
                                 .elements = cli_bytes(&c->elements),
                                 .signature = { c->signature, sizeof c->signature },
                                 .challenge = { c->challenge, sizeof c->challenge },
                                 .nonce = { c->nonce, sizeof c->nonce },
                                 .vid = c->vid,
                                 .pid = c->pid,
                                 .software_version = v->software_version };
    return (veridac_device){ .size = sizeof(veridac_device),
                             .dac = cli_bytes(&v->input[DAC]),
                             .pai = cli_bytes(&v->input[PAI]),
                             .elements = cli_bytes(&v->input[ELEMENTS]),
                             .signature = cli_bytes(&v->input[SIGNATURE]),
                             .challenge = cli_bytes(&v->input[CHALLENGE]),
                             .nonce = cli_bytes(&v->input[NONCE]),
                             .vid = v->vid,
                             .pid = v->pid,
                             .software_version = v->software_version,
                             .nocsr = cli_bytes(&v->input[NOCSR]),
                             .nocsr_signature = cli_bytes(&v->input[NOCSR_SIGNATURE]),
                             .csr_nonce = cli_bytes(&v->input[CSR_NONCE]) };
}

/* ---- snapshots ---- */

/* Bytes that were made of a file, or the file itself when there are none. */
static int open_as(struct verify *v, const char *file, const veridac_buffer *bytes)
{
    const veridac_snapshot_options o = { .size = sizeof o, .label = file,
                                         .path = bytes == NULL ? file : NULL };
    const veridac_bytes in = bytes == NULL ? (veridac_bytes){ NULL, 0 } : cli_bytes(bytes);
    veridac_error err = { "" };
    veridac_status st = veridac_snapshot_open(in, &o, &v->snapshots[v->n_snapshots], &err);

    v->n_snapshots += st == VERIDAC_OK;
    return st == VERIDAC_OK ? 0 : cli_fail(cli_exit_of(st), "%s: %s", file, err.text);
}

static int open_snapshot(struct verify *v)
{
    veridac_buffer in = { NULL, 0 };
    int code;

    if (strcmp(v->snapshot_file, "-") != 0)
        return open_as(v, v->snapshot_file, NULL);
    code = cli_read("-", &in);
    if (code == 0)
        code = open_as(v, v->snapshot_file, &in);
    veridac_buffer_free(&in);
    return code;
}

static int open_compliance(struct verify *v, const char *file)
{
    veridac_buffer part = { NULL, 0 };
    int code = cli_read_compliance(file, v->network, &part);

    if (code == 0)
        code = open_as(v, file, &part);
    veridac_buffer_free(&part);
    return code;
}

/* Somebody else's set becomes a bundle that covers nobody. */
static int open_listed(struct verify *v, const char *file)
{
    const veridac_bundle_options full = { .size = sizeof full, .kind = VERIDAC_KIND_FULL };
    struct cli_revset r = { .command = "verify", .network = v->network, .at = v->at };
    veridac_buffer bundle = { NULL, 0 };
    veridac_status st;
    int code = cli_list_add(&r.listed, file) ? cli_revset_make(&r)
                                             : cli_fail(EXIT_INTERNAL, "out of memory");

    if (code == 0) {
        st = veridac_revset_bundle(r.set, &full, &bundle, NULL);
        code = st == VERIDAC_OK ? open_as(v, file, &bundle)
                                : cli_fail(cli_exit_of(st), "%s: %s", file, veridac_status_text(st));
    }
    veridac_buffer_free(&bundle);
    cli_revset_free(&r);
    return code;
}

/* Rules that somebody else could have written are none. */
static int open_rules(struct verify *v, const char *file)
{
    const veridac_rules_source from = { .size = sizeof from, .path = file, .keys = v->rules_keys.v,
                                        .n_keys = v->rules_keys.n,
                                        .last_valid = v->policy.last_valid };
    veridac_buffer text = { NULL, 0 };
    veridac_error err = { "" };
    veridac_status st = veridac_rules_read(&from, &text, &err);
    int code = st == VERIDAC_OK ? open_as(v, file, &text) : cli_fail(cli_exit_of(st), "%s", err.text);

    if (code == 0 && err.text[0] != '\0')
        cli_say("%s", err.text);
    veridac_buffer_free(&text);
    return code;
}

static int open_store(struct verify *v, const char *folder)
{
    veridac_error err = { "" };
    veridac_status st = veridac_store_open(folder, &v->snapshots[v->n_snapshots], &err);
    v->n_snapshots += st == VERIDAC_OK;
    return st == VERIDAC_OK ? 0 : cli_fail(cli_exit_of(st), "%s: %s", folder, err.text);
}

/* Without --trust and --cd-signers the stores' signed lists say who is trusted. */
static int store_trust(const struct verify *v)
{
    veridac_error err = { "" };
    veridac_status st = VERIDAC_OK;
    for (size_t i = 0; i < v->stores.n && st == VERIDAC_OK; i++)
        st = veridac_store_trust(v->stores.v[i], v->anchors, &err);
    return st == VERIDAC_OK ? 0 : cli_fail(cli_exit_of(st), "%s", err.text);
}

static int open_snapshots(struct verify *v)
{
    int code = 0;
    if (v->stores.n + v->listed.n + v->compliance.n + v->rules.n + 1 >
        sizeof v->snapshots / sizeof v->snapshots[0])
        return cli_fail(EXIT_USAGE, "verify: at most 15 --store, --revocation-set, --compliance and "
                                    "--rules");
    if (v->snapshot_file != NULL)
        code = open_snapshot(v);
    for (size_t i = 0; i < v->stores.n && code == 0; i++)
        code = open_store(v, v->stores.v[i]);
    for (size_t i = 0; i < v->listed.n && code == 0; i++)
        code = open_listed(v, v->listed.v[i]);
    for (size_t i = 0; i < v->compliance.n && code == 0; i++)
        code = open_compliance(v, v->compliance.v[i]);
    for (size_t i = 0; i < v->rules_key.n && code == 0; i++)
        code = cli_blobs_add(&v->rules_keys, v->rules_key.v[i]);
    for (size_t i = 0; i < v->rules.n && code == 0; i++)
        code = open_rules(v, v->rules.v[i]);
    return code;
}

/* ---- the answer ---- */

static bool colour_wanted(void)
{
    const char *no = getenv("NO_COLOR"), *term = getenv("TERM");
    return isatty(STDOUT_FILENO) == 1 && (no == NULL || no[0] == '\0') &&
           (term == NULL || strcmp(term, "dumb") != 0);
}

static int print(const struct verify *v, const veridac_result *result)
{
    veridac_buffer out = { NULL, 0 };
    veridac_status st = v->json ? veridac_result_json(result, &out)
                                : veridac_result_text(result, colour_wanted(), &out);
    int code = st == VERIDAC_OK ? cli_print(cli_bytes(&out))
                                : cli_fail(EXIT_INTERNAL, "%s", veridac_status_text(st));
    veridac_buffer_free(&out);
    return code;
}

static int exit_of_verdict(const veridac_result_view *view)
{
    if (!view->enforced)
        return EXIT_ACCEPTED;
    return view->verdict == VERIDAC_ACCEPT   ? EXIT_ACCEPTED
           : view->verdict == VERIDAC_REJECT ? EXIT_REJECTED
                                             : EXIT_UNDETERMINED;
}

/* Once; with --confirm once more for each time that a page came which was asked for. */
static veridac_status ask(struct verify *v, const veridac_policy *policy, veridac_result *result,
                          veridac_result_view *view)
{
    veridac_device device = device_of(v);
    veridac_status st;

    device.proofs = v->proofs.v;
    do {
        device.n_proofs = v->proofs.n;
        st = veridac_verify(NULL, &device, v->anchors, (const veridac_snapshot *const *)v->snapshots,
                            v->n_snapshots, policy, v->at, result);
        if (st == VERIDAC_OK)
            st = veridac_result_look(result, view);
    } while (st == VERIDAC_OK && v->confirm && cli_confirm(&v->proofs, &v->from, &v->stores, view));
    return st;
}

/* What is asked to be kept is kept before anybody sees it. */
static int record(struct verify *v, const veridac_policy *policy, const veridac_result *result)
{
    const veridac_device device = device_of(v);
    return cli_record_verdict(&v->record, result, &device, policy, cli_now());
}

static int judge(struct verify *v)
{
    veridac_result_view view = { .size = sizeof view };
    veridac_result *result = NULL;
    veridac_status st = veridac_result_new(&result);
    int code;

    if (st == VERIDAC_OK)
        st = ask(v, &v->policy.policy, result, &view);
    if (st == VERIDAC_OTHER_NETWORK)
        code = cli_fail(EXIT_DATA, "verify: the snapshot is of another network than --network");
    else if (st != VERIDAC_OK)
        code = cli_fail(EXIT_INTERNAL, "verify: %s", veridac_status_text(st));
    else
        code = record(v, &v->policy.policy, result);
    if (code == 0)
        code = print(v, result);
    if (code == 0)
        code = exit_of_verdict(&view);
    veridac_result_free(result);
    return code;
}

/* The command line goes before a file. */
static int read_policy(struct verify *v)
{
    int code = cli_policy_read(&v->policy, v->network);

    cli_policy_accept(&v->policy, v->accept_unknown);
    v->network = v->policy.policy.network;
    if (v->sdk_compat)
        v->policy.policy.sdk_compat = 1;
    if (v->max_age != 0)
        v->policy.policy.max_head_age_s = v->max_age;
    return code;
}

static void free_all(struct verify *v)
{
    for (size_t i = 0; i < INPUTS; i++)
        veridac_buffer_free(&v->input[i]);
    veridac_buffer_free(&v->standard_input);
    for (size_t i = 0; i < v->n_snapshots; i++)
        veridac_snapshot_free(v->snapshots[i]);
    cli_case_free(&v->vector);
    cli_policy_free(&v->policy);
    veridac_trust_free(v->anchors);
    cli_trust_free(&v->trust);
    cli_list_free(&v->stores);
    cli_list_free(&v->listed);
    cli_list_free(&v->compliance);
    cli_list_free(&v->rules);
    cli_list_free(&v->rules_key);
    cli_blobs_free(&v->rules_keys);
    cli_list_free(&v->from);
    cli_proofs_free(&v->proofs);
    cli_record_free(&v->record);
}

int cmd_verify(int argc, char **argv)
{
    struct verify v = { .vid = -1, .pid = -1, .software_version = -1, .at = cli_now() };
    bool helped = false;
    int code = parse(&v, argc, argv, &helped);

    if (code == 0 && !helped) {
        code = check_options(&v);
        if (code == 0)
            code = read_policy(&v);
        if (code == 0)
            code = read_inputs(&v);
        if (code == 0)
            code = cli_load_trust(&v.trust, v.network, &v.anchors);
        if (code == 0 && v.trust.paas.n + v.trust.signers.n == 0)
            code = store_trust(&v);
        if (code == 0)
            code = open_snapshots(&v);
        if (code == 0)
            code = cli_record_open("verify", &v.record, cli_now());
        if (code == 0)
            code = judge(&v);
    }
    free_all(&v);
    return code;
}
