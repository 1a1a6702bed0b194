/* SPDX-License-Identifier: Apache-2.0
 *
 * cmd_rules.c - veridac rules: what an operator refuses beside what the ledger revokes.
 */
#include <string.h>
#include <veridac/fleet.h>

#include "blobs.h"
#include "cli.h"
#include "json.h"
#include "limits.h"
#include "policy.h"
#include "record.h"

struct job {
    struct cli_list words, keys, ids;
    struct cli_signers signers;
    struct cli_blobs public_keys;
    struct cli_policy policy;
    const char *signals, *certificate, *effect, *source, *ticket, *reason;
    struct cli_record record; /* --trail, --trail-key */
    int32_t network;
    int64_t at, expires, lasting;
    bool expired, dry_run, json;
};

static int fail_with(veridac_status st, const veridac_error *err)
{
    return cli_fail(cli_exit_of(st), "rules: %s", err->text[0] ? err->text : veridac_status_text(st));
}

/* ---- output ---- */

/* Rules are other people's words: nothing that a terminal obeys. */
static void print_plain(struct vd_span text)
{
    for (size_t i = 0; i < text.n; i++) {
        const unsigned char c = vd_at(text, i);
        if ((c >= 0x20 && c < 0x7F) || c == '\n')
            (void)putchar(c);
        else
            (void)printf("\\x%02X", c);
    }
}

static void print_string(struct vd_json_value v)
{
    struct vd_buf text = VD_BUF(VD_MAX_OPERATOR_FILE);
    if (vd_json_string(v, &text))
        print_plain(vd_buf_span(&text));
    vd_buf_free(&text);
}

static void print_rule(struct vd_json_value rule)
{
    static const char *const shown[] = { "id", "effect", "kind", "subject", "expires", "source", "ticket",
                                         "reason" };
    bool expired = false;

    (void)vd_json_bool(vd_json_member(rule, "expired"), &expired);
    for (size_t i = 0; i < sizeof shown / sizeof shown[0]; i++) {
        const struct vd_json_value v = vd_json_member(rule, shown[i]);
        if (i > 0)
            (void)putchar(' ');
        if (vd_json_is_string(v))
            print_string(v);
        else
            (void)putchar('-');
    }
    (void)printf("%s\n", expired ? " (expired)" : "");
}

static void print_conflict(struct vd_json_value c)
{
    const struct vd_json_value lines = vd_json_member(c, "lines"), first = vd_json_first(lines);
    uint64_t a = 0, b = 0;

    (void)vd_json_uint(first, UINT32_MAX, &a);
    (void)vd_json_uint(vd_json_next(first), UINT32_MAX, &b);
    (void)printf("conflict lines %u and %u: ", (unsigned)a, (unsigned)b);
    print_string(vd_json_member(c, "conflict"));
    (void)putchar('\n');
}

static size_t print_each(struct vd_json_value array, void (*print)(struct vd_json_value), bool expired_only)
{
    size_t n = 0;
    for (struct vd_json_value v = vd_json_first(array); vd_json_present(v); v = vd_json_next(v)) {
        bool expired = false;
        (void)vd_json_bool(vd_json_member(v, "expired"), &expired);
        if (expired_only && !expired)
            continue;
        print(v);
        n++;
    }
    return n;
}

/* ---- list, check ---- */

static int report(struct job *j, bool check)
{
    const veridac_rules_source from = { .size = sizeof from, .path = j->words.v[0],
                                        .keys = j->public_keys.v, .n_keys = j->public_keys.n };
    veridac_buffer text = { NULL, 0 };
    veridac_error err = { "" };
    veridac_status st = veridac_rules_report(&from, j->at, &text, &err);
    struct vd_json *doc = NULL;
    size_t n = 0;
    int code = 0;

    if (st != VERIDAC_OK)
        return fail_with(st, &err);
    if (vd_json_read_own(vd_span_of(text.data, text.size), &doc) != NULL)
        code = cli_fail(EXIT_INTERNAL, "rules: too many to be listed; --json prints them");
    if (j->json) {
        code = cli_print(cli_bytes(&text));
    } else if (code == 0 && !check) {
        (void)print_each(vd_json_member(vd_json_root(doc), "rules"), print_rule, false);
    } else if (code == 0) {
        n = print_each(vd_json_member(vd_json_root(doc), "conflicts"), print_conflict, false);
        n += print_each(vd_json_member(vd_json_root(doc), "rules"), print_rule, true);
    }
    if (code == 0 && check && j->json) {
        uint64_t conflicts = 0, expired = 0;
        (void)vd_json_uint(vd_json_member(vd_json_root(doc), "n_conflicts"), UINT32_MAX, &conflicts);
        (void)vd_json_uint(vd_json_member(vd_json_root(doc), "n_expired"), UINT32_MAX, &expired);
        n = conflicts + expired > 0;
    }
    vd_json_free(doc);
    veridac_buffer_free(&text);
    return code != 0 ? code : n > 0 ? EXIT_UNDETERMINED : 0;
}

static int run_list(struct job *j)
{
    return report(j, false);
}

static int run_check(struct job *j)
{
    return report(j, true);
}

/* ---- add, remove, sign ---- */

static int print_change(const struct job *j, const veridac_buffer *text)
{
    struct vd_json *doc = NULL;
    bool dropped = false;

    if (j->json)
        return cli_print(cli_bytes(text));
    if (vd_json_read_own(vd_span_of(text->data, text->size), &doc) != NULL) {
        cli_say("rules: the change is too large to be shown; --json prints it"); /* it was made all the same */
        return 0;
    }
    print_string(vd_json_member(vd_json_root(doc), "diff"));
    (void)vd_json_bool(vd_json_member(vd_json_root(doc), "signatures_dropped"), &dropped);
    if (dropped)
        cli_say("rules: the list is not signed any more; veridac rules sign");
    vd_json_free(doc);
    return 0;
}

static int change(struct job *j, const veridac_rule_draft *add, size_t n_add)
{
    veridac_rules_change_options o = { .size = sizeof o, .path = j->words.v[0], .network = j->network,
                                       .at = j->at, .add = add, .n_add = n_add, .remove = j->ids.v,
                                       .n_remove = n_add > 0 ? 0 : j->ids.n,
                                       .remove_expired = j->expired, .keys = j->public_keys.v,
                                       .n_keys = j->public_keys.n, .dry_run = j->dry_run };
    veridac_buffer text = { NULL, 0 };
    veridac_error err = { "" };
    veridac_status st;
    int code = j->signers.keys.n > 0 ? cli_signers_read("rules", &j->signers) : 0;

    if (code != 0)
        return code;
    if (j->signers.n > 1)
        return cli_fail(EXIT_USAGE, "rules: one --key at a time");
    o.signer = j->signers.n > 0 ? j->signers.v : NULL;
    code = j->dry_run ? 0 : cli_record_open("rules", &j->record, cli_now());
    if (code != 0)
        return code;
    st = veridac_rules_change(&o, &text, &err);
    code = st == VERIDAC_OK ? 0 : fail_with(st, &err);
    if (code == 0 && !j->dry_run)
        code = cli_record_change(&j->record, "rules", cli_bytes(&text), cli_now());
    if (code == 0)
        code = print_change(j, &text);
    veridac_buffer_free(&text);
    return code;
}

/* "product FFF1 8000" of the words behind the file. */
static int join_words(const struct job *j, char *ret, size_t room)
{
    struct vd_buf b = { .p = (uint8_t *)ret, .cap = room - 1, .max = room - 1 };
    bool ok = true;
    for (size_t i = 1; i < j->words.n && ok; i++)
        ok = (i == 1 || vd_buf_u8(&b, ' ')) && vd_buf_str(&b, j->words.v[i]);
    ret[ok ? b.n : 0] = '\0';
    return ok ? 0 : cli_fail(EXIT_USAGE, "rules add: the rule is too long");
}

static int run_add(struct job *j)
{
    char rule[8192];
    veridac_buffer der = { NULL, 0 };
    veridac_rule_draft d = { .size = sizeof d, .rule = rule, .effect = j->effect, .source = j->source,
                             .ticket = j->ticket, .reason = j->reason, .expires = j->expires };
    int code = join_words(j, rule, sizeof rule);

    if (code == 0 && (j->words.n < 2 || j->ids.n > 1))
        code = cli_fail(EXIT_USAGE, "rules add: a file, a rule, and at most one --id");
    if (code == 0 && j->expires != 0 && j->lasting != 0)
        code = cli_fail(EXIT_USAGE, "rules add: either --expires or --for");
    if (code == 0 && j->certificate != NULL)
        code = cli_read_unwrapped(j->certificate, VERIDAC_MEANT_FIRST, &der);
    if (j->lasting != 0)
        d.expires = j->at + j->lasting;
    if (j->ids.n == 1)
        d.id = j->ids.v[0];
    d.certificate = cli_bytes(&der);
    if (code == 0)
        code = change(j, &d, 1);
    veridac_buffer_free(&der);
    return code;
}

static int run_remove(struct job *j)
{
    if (j->ids.n == 0 && !j->expired)
        return cli_fail(EXIT_USAGE, "rules remove: --id ID or --expired is needed");
    return change(j, NULL, 0);
}

static int run_sign(struct job *j)
{
    if (j->signers.keys.n == 0)
        return cli_fail(EXIT_USAGE, "rules sign: --key F is needed");
    if (j->ids.n > 0 || j->expired)
        return cli_fail(EXIT_USAGE, "rules sign: changes no rule");
    return change(j, NULL, 0);
}

/* ---- signals ---- */

static int print_bad(const veridac_buffer *text)
{
    struct vd_json *doc = NULL;
    struct vd_json_value root, bad;
    uint64_t n = 0, line = 0;

    if (vd_json_read_own(vd_span_of(text->data, text->size), &doc) != NULL)
        return cli_fail(EXIT_UNDETERMINED, "rules ingest: whether each line is a signal, only --json says");
    root = vd_json_root(doc);
    (void)vd_json_uint(vd_json_member(root, "n_bad"), UINT32_MAX, &n);
    bad = vd_json_first(vd_json_member(root, "bad"));
    (void)vd_json_uint(vd_json_member(bad, "line"), UINT32_MAX, &line);
    if (n > 0)
        cli_say("rules ingest: %u lines that are no signals, the first is line %u; --json lists them",
                (unsigned)n, (unsigned)line);
    vd_json_free(doc);
    return n > 0 ? EXIT_UNDETERMINED : 0;
}

static int ingest(struct job *j, const veridac_buffer *signals)
{
    const veridac_rules_ingest_options o = { .size = sizeof o, .path = j->words.v[0], .network = j->network,
                                             .at = j->at, .policy = j->policy.file,
                                             .signals = cli_bytes(signals), .keys = j->public_keys.v,
                                             .n_keys = j->public_keys.n,
                                             .signer = j->signers.n > 0 ? j->signers.v : NULL,
                                             .dry_run = j->dry_run };
    veridac_buffer text = { NULL, 0 };
    veridac_error err = { "" };
    veridac_status st;
    int code = j->dry_run ? 0 : cli_record_open("rules", &j->record, cli_now());

    if (code != 0)
        return code;
    st = veridac_rules_ingest(&o, &text, &err);
    code = st == VERIDAC_OK ? 0 : fail_with(st, &err);
    if (code == 0 && !j->dry_run)
        code = cli_record_change(&j->record, "rules", cli_bytes(&text), cli_now());
    if (code == 0)
        code = print_change(j, &text);
    if (code == 0)
        code = print_bad(&text);
    veridac_buffer_free(&text);
    return code;
}

static int run_ingest(struct job *j)
{
    veridac_buffer signals = { NULL, 0 };
    int code = 0;

    if (j->signals == NULL || j->policy.name == NULL)
        return cli_fail(EXIT_USAGE, "rules ingest: --signals F and --policy F are needed");
    code = cli_policy_read(&j->policy, j->network);
    if (code == 0 && j->policy.file == NULL)
        code = cli_fail(EXIT_USAGE, "rules ingest: a policy of a file is needed: it has the thresholds");
    if (code == 0)
        code = cli_read(j->signals, &signals);
    if (code == 0 && j->signers.keys.n > 0)
        code = cli_signers_read("rules", &j->signers);
    if (code == 0)
        code = ingest(j, &signals);
    veridac_buffer_free(&signals);
    return code;
}

/* ---- the table ---- */

static const struct {
    struct cli_command command;
    int (*run)(struct job *j);
    size_t words;
} subs[] = {
    { { "rules add", "one rule more", "FILE (RULE | certificate|issuer|paa|skid --certificate F)", NULL },
      run_add, 8 },
    { { "rules remove", "rules that go", "FILE (--id ID... | --expired)", NULL }, run_remove, 1 },
    { { "rules list", "every rule", "FILE", NULL }, run_list, 1 },
    { { "rules check", "conflicts, and what has expired", "FILE", NULL }, run_check, 1 },
    { { "rules sign", "a signature on the list", "FILE --key F", NULL }, run_sign, 1 },
    { { "rules ingest", "signals of a monitoring system, by the thresholds of a policy",
        "FILE --policy F --signals F", NULL }, run_ingest, 1 },
};

static int run(int argc, char **argv, size_t which)
{
    struct job j = { .at = cli_now() };
    bool helped = false;
    const struct cli_option options[] = {
        { "network", CLI_NETWORK, &j.network, "NAME", "of a list that is not there yet" },
        { "certificate", CLI_TEXT, &j.certificate, "F", "add: the certificate that the rule is about" },
        { "effect", CLI_TEXT, &j.effect, "NAME", "add: suspect, quarantine or refuse (default)" },
        { "id", CLI_LIST, &j.ids, "ID", "name of the rule (remove: repeats)" },
        { "source", CLI_TEXT, &j.source, "WORD", "add: who says so" },
        { "ticket", CLI_TEXT, &j.ticket, "WORD", "add: where it is followed up" },
        { "reason", CLI_TEXT, &j.reason, "TEXT", "add: why" },
        { "expires", CLI_TIME, &j.expires, "TIME", "add: the last second in which it hits" },
        { "for", CLI_DURATION, &j.lasting, "DUR", "add: the same, from now on" },
        { "expired", CLI_FLAG, &j.expired, NULL, "remove: what has expired" },
        { "signals", CLI_TEXT, &j.signals, "F", "ingest: lines of JSON" },
        { "policy", CLI_TEXT, &j.policy.name, "F", "ingest: policy that has the thresholds" },
        { "rules-key", CLI_LIST, &j.keys, "PUB", "public key that signed the list (repeats)" },
        CLI_SIGNER_OPTIONS(j.signers),
        { "trail", CLI_TEXT, &j.record.trail, "F", "append the change to this trail" },
        { "trail-key", CLI_LIST, &j.record.signers.keys, "F", "private key that signs the trail" },
        { "dry-run", CLI_FLAG, &j.dry_run, NULL, "say what would change" },
        { "at", CLI_TIME, &j.at, "TIME", "as of this time instead of now" },
        { "json", CLI_FLAG, &j.json, NULL, "print JSON" },
    };
    int code = cli_parse(&subs[which].command, argc, argv, options, sizeof options / sizeof options[0],
                         &j.words, subs[which].words, &helped);

    if (code == 0 && !helped && j.words.n == 0)
        code = cli_fail(EXIT_USAGE, "%s: a file is needed", subs[which].command.name);
    for (size_t i = 0; i < j.keys.n && code == 0 && !helped; i++)
        code = cli_blobs_add(&j.public_keys, j.keys.v[i]);
    if (code == 0 && !helped)
        code = subs[which].run(&j);
    cli_blobs_free(&j.public_keys);
    cli_signers_free(&j.signers);
    cli_policy_free(&j.policy);
    cli_record_free(&j.record);
    cli_list_free(&j.words);
    cli_list_free(&j.keys);
    cli_list_free(&j.ids);
    return code;
}

int cmd_rules(int argc, char **argv)
{
    for (size_t i = 0; argc > 1 && i < sizeof subs / sizeof subs[0]; i++) {
        if (strcmp(subs[i].command.name + strlen("rules "), argv[1]) == 0)
            return run(argc - 1, argv + 1, i);
    }
    if (argc > 1 && strcmp(argv[1], "--help") == 0) {
        for (size_t i = 0; i < sizeof subs / sizeof subs[0]; i++)
            (void)printf("  veridac %-13s %s\n", subs[i].command.name, subs[i].command.what);
        return 0;
    }
    return cli_fail(EXIT_USAGE, "rules: one of add, remove, list, check, sign, ingest; veridac rules --help");
}
