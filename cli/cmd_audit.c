/* SPDX-License-Identifier: Apache-2.0
 *
 * cmd_audit.c - veridac audit: a fleet, in bulk.
 */
#include <unistd.h>
#include <veridac/fleet.h>

#include "blobs.h"
#include "cli.h"
#include "policy.h"
#include "record.h"

#define MAX_RULES 16

struct audit {
    struct cli_list words, stores, snapshots, rules, rules_key;
    struct cli_trust trust;
    struct cli_record record;
    const char *since, *out, *resume;
    struct cli_policy policy;
    int32_t network;
    uint32_t accept_unknown;
    int64_t at, max_age, jobs;
    bool json;

    veridac_trust *anchors;
    veridac_rules_source sources[MAX_RULES];
    struct cli_blobs keys;
    unsigned percent; /* that the bar shows */
    bool bar;
};

static int parse(struct audit *a, int argc, char **argv, bool *helped)
{
    const struct cli_option options[] = {
        { "store", CLI_LIST, &a->stores, "DIR", "store that pull filled (repeats)" },
        { "snapshot", CLI_LIST, &a->snapshots, "F", "bundle file (repeats)" },
        { "rules", CLI_LIST, &a->rules, "F", "local rules (repeats)" },
        { "rules-key", CLI_LIST, &a->rules_key, "PUB",
          "public key that signed the rules; else their permissions count (repeats)" },
        { "trust", CLI_LIST, &a->trust.paas, "PATH",
          "PAA certificates, file or folder, instead of the store's (repeats)" },
        { "network", CLI_NETWORK, &a->network, "NAME", "main (default) or test" },
        { "policy", CLI_TEXT, &a->policy.name, "NAME|F",
          "strict, standard (default), permissive, audit, or a file" },
        { "accept-unknown", CLI_REASONS, &a->accept_unknown, "REASONS",
          "revocation reasons that are accepted" },
        { "max-age", CLI_DURATION, &a->max_age, "DUR", "age of a snapshot, instead of its expiry" },
        { "at", CLI_TIME, &a->at, "TIME", "judge at this time instead of now" },
        { "since", CLI_TEXT, &a->since, "SNAPSHOT",
          "a store or a bundle of before: only what is newly hit" },
        { "out", CLI_TEXT, &a->out, "F", "write the lines there, and the summary to standard output" },
        { "resume", CLI_TEXT, &a->resume, "F",
          "how far a run came: after a kill the same command goes on" },
        { "jobs", CLI_NUMBER, &a->jobs, "N", "threads (default: one for each processor)" },
        { "json", CLI_FLAG, &a->json, NULL, "print JSON lines" },
        CLI_RECORD_OPTIONS(a->record),
    };
    return cli_parse(cli_command("audit"), argc, argv, options, sizeof options / sizeof options[0],
                     &a->words, 1, helped);
}

static int check_options(const struct audit *a)
{
    if (a->words.n != 1)
        return cli_fail(EXIT_USAGE, "audit: an inventory is needed, CSV or JSON lines");
    if (a->stores.n + a->snapshots.n == 0)
        return cli_fail(EXIT_USAGE, "audit: --store DIR or --snapshot F is needed");
    if (a->resume != NULL && a->out == NULL)
        return cli_fail(EXIT_USAGE, "audit: --resume goes with --out F");
    if (a->jobs < 0 || a->jobs > 64)
        return cli_fail(EXIT_USAGE, "audit: --jobs: expected 1 to 64");
    return 0;
}

static int read_rules(struct audit *a)
{
    int code = 0;

    if (a->rules.n > MAX_RULES)
        return cli_fail(EXIT_USAGE, "audit: at most %d --rules", MAX_RULES);
    for (size_t i = 0; i < a->rules_key.n && code == 0; i++)
        code = cli_blobs_add(&a->keys, a->rules_key.v[i]);
    for (size_t i = 0; i < a->rules.n; i++)
        a->sources[i] = (veridac_rules_source){ .size = sizeof a->sources[i], .path = a->rules.v[i],
                                                .keys = a->keys.v, .n_keys = a->keys.n };
    return code;
}

static int32_t print_lines(void *user, veridac_bytes lines)
{
    (void)user;
    return fwrite(lines.data, 1, lines.size, stdout) == lines.size ? 0 : -1;
}

/* One line on a terminal that is written over. */
static void show_bar(void *user, uint64_t done, uint64_t total)
{
    static const char bar[] = "########################################";
    struct audit *a = user;
    const unsigned percent = total == 0 ? (unsigned)(done >> 20) : (unsigned)(done * 100 / total);

    if (percent == a->percent)
        return;
    a->percent = percent;
    if (total == 0)
        (void)fprintf(stderr, "\r%u MiB ", percent);
    else
        (void)fprintf(stderr, "\r[%-40.*s] %u %% ", (int)(percent * 40 / 100), bar, percent);
    (void)fflush(stderr);
}

static int exit_of(const veridac_audit_view *v)
{
    if (!v->enforced)
        return EXIT_ACCEPTED;
    if (v->hit > 0)
        return EXIT_REJECTED;
    /* a list of nothing says nothing */
    return v->open + v->malformed > 0 || v->devices == 0 ? EXIT_UNDETERMINED : EXIT_ACCEPTED;
}

static int print_summary(const struct audit *a, const veridac_audit_view *v, veridac_buffer *report)
{
    if (a->json) {
        if (a->out == NULL) { /* the last of the lines, told apart by its one member */
            (void)printf("{\"summary\":%.*s}\n", (int)report->size - 1, (const char *)report->data);
            return 0;
        }
        return cli_print(cli_bytes(report));
    }
    (void)printf("%llu devices: %llu hit, %llu %s, %llu open; %llu malformed lines%s\n",
                 (unsigned long long)v->devices, (unsigned long long)v->hit,
                 (unsigned long long)v->clear, a->since != NULL ? "unchanged" : "clear",
                 (unsigned long long)v->open, (unsigned long long)v->malformed,
                 v->enforced ? "" : " (not enforced)");
    return 0;
}

static int run(struct audit *a)
{
    const long cpus = sysconf(_SC_NPROCESSORS_ONLN);
    uint8_t id[32];
    const veridac_audit_options o = {
        .size = sizeof o, .inventory = a->words.v[0],
        .stores = a->stores.v, .n_stores = a->stores.n,
        .bundles = a->snapshots.v, .n_bundles = a->snapshots.n,
        .rules = a->sources, .n_rules = a->rules.n,
        .trust = a->anchors, .policy = &a->policy.policy, .policy_id = { id, sizeof id },
        .at = a->at != 0 ? a->at : cli_now(), .at_fixed = a->at != 0,
        .jobs = (uint32_t)(a->jobs != 0 ? a->jobs : cpus < 1 ? 1 : cpus > 64 ? 64 : cpus),
        .json = a->json, .since = a->since, .out = a->out, .resume = a->resume, .line = print_lines,
        .progress = a->bar ? show_bar : NULL, .user = a, .trail = a->record.handle,
        .now = cli_now()
    };
    veridac_audit_view view = { .size = sizeof view };
    veridac_buffer report = { NULL, 0 };
    veridac_error err = { "" };
    veridac_status st = veridac_policy_id(&a->policy.policy, id);
    int code;

    if (st == VERIDAC_OK)
        st = veridac_audit(&o, &view, &report, &err);
    if (a->bar)
        (void)fputs("\r\033[K", stderr);
    if (st != VERIDAC_OK)
        return cli_fail(cli_exit_of(st), "audit: %s",
                        err.text[0] ? err.text : veridac_status_text(st));
    code = print_summary(a, &view, &report);
    veridac_buffer_free(&report);
    return code == 0 ? exit_of(&view) : code;
}

/* The command line goes before a file. */
static int read_policy(struct audit *a)
{
    int code = cli_policy_read(&a->policy, a->network);

    cli_policy_accept(&a->policy, a->accept_unknown);
    a->network = a->policy.policy.network;
    if (a->max_age != 0)
        a->policy.policy.max_head_age_s = a->max_age;
    return code;
}

int cmd_audit(int argc, char **argv)
{
    struct audit a = { .percent = 101, .bar = isatty(STDERR_FILENO) == 1 };
    bool helped = false;
    int code = parse(&a, argc, argv, &helped);

    if (code == 0 && !helped) {
        code = check_options(&a);
        if (code == 0)
            code = read_policy(&a);
        if (code == 0 && a.trust.paas.n > 0)
            code = cli_load_trust(&a.trust, a.network, &a.anchors);
        if (code == 0)
            code = read_rules(&a);
        if (code == 0)
            code = cli_record_open("audit", &a.record, cli_now());
        if (code == 0)
            code = run(&a);
    }
    cli_record_free(&a.record);
    cli_policy_free(&a.policy);
    veridac_trust_free(a.anchors);
    cli_trust_free(&a.trust);
    cli_list_free(&a.words);
    cli_list_free(&a.stores);
    cli_list_free(&a.snapshots);
    cli_list_free(&a.rules);
    cli_list_free(&a.rules_key);
    cli_blobs_free(&a.keys);
    return code;
}
