/* SPDX-License-Identifier: Apache-2.0
 *
 * cmd_sync.c - veridac sync: ledger and CRLs -> evidence.
 */
#include <stdlib.h>
#include <string.h>
#include <veridac/dcl.h>

#include "cli.h"
#include "json.h"

struct job {
    struct cli_list nodes, accept, shrink;
    const char *state, *accept_file, *ca_file;
    int32_t network;
    int64_t at, timeout, connect, idle, total, wait, max_crl, max_host, max_run, quota, per_host,
        parallel, seed;
    bool json, private, dry_run, offline;
    veridac_buffer anchors; /* the accept file; lines in it become words of `accept` */
};

static int parse(struct job *j, int argc, char **argv, bool *helped)
{
    const struct cli_option options[] = {
        { "dcl", CLI_LIST, &j->nodes, "URL", "REST base of a ledger node" },
        { "state", CLI_TEXT, &j->state, "DIR", "where evidence is kept" },
        { "network", CLI_NETWORK, &j->network, "NAME", "main (default) or test" },
        { "accept-anchor", CLI_LIST, &j->accept, "SHA256", "accept this PAA or signer (repeats)" },
        { "accept-anchors", CLI_TEXT, &j->accept_file, "F", "accept all in a file, one a line" },
        { "accept-shrink", CLI_LIST, &j->shrink, "KEYID",
          "this CA's CRLs may lose any number of entries in this run (repeats)" },
        { "at", CLI_TIME, &j->at, "TIME", "the time of this run instead of now" },
        { "allow-private", CLI_FLAG, &j->private, NULL,
          "CRL hosts may have private and loopback addresses" },
        { "ca-file", CLI_TEXT, &j->ca_file, "FILE", "authorities of TLS servers instead of the system's" },
        { "timeout", CLI_DURATION, &j->timeout, "DUR", "for one object; 60s" },
        { "connect-timeout", CLI_DURATION, &j->connect, "DUR", "name lookup, connection, TLS; 10s" },
        { "idle-timeout", CLI_DURATION, &j->idle, "DUR", "below 64 bytes a second for so long; 20s" },
        { "total-timeout", CLI_DURATION, &j->total, "DUR", "for the whole run; 30m" },
        { "max-wait", CLI_DURATION, &j->wait, "DUR", "before a retry, whatever a server asks; 10s" },
        { "per-host", CLI_NUMBER, &j->per_host, "N", "transfers at once from one host; 8" },
        { "parallel", CLI_NUMBER, &j->parallel, "N", "transfers at once in all; 64" },
        { "max-crl", CLI_SIZE, &j->max_crl, "SIZE", "bytes of one CRL; 64M" },
        { "max-host", CLI_SIZE, &j->max_host, "SIZE", "bytes from one host; 1G" },
        { "max-run", CLI_SIZE, &j->max_run, "SIZE", "bytes of the whole run; 4G" },
        { "disk-quota", CLI_SIZE, &j->quota, "SIZE", "of the state; 20G. Nothing is deleted for it" },
        { "seed", CLI_NUMBER, &j->seed, "N", "of the pauses before retries" },
        { "dry-run", CLI_FLAG, &j->dry_run, NULL, "ask the nodes, write nothing, fetch no CRL" },
        { "offline", CLI_FLAG, &j->offline, NULL, "report on what is there; open no socket" },
        { "json", CLI_FLAG, &j->json, NULL, "print a report" },
    };
    return cli_parse(cli_command("sync"), argc, argv, options, sizeof options / sizeof options[0],
                     NULL, 0, helped);
}

static bool is_hash(const char *text)
{
    return strlen(text) == 64 && strspn(text, "0123456789abcdefABCDEF") == 64;
}

static int check_options(const struct job *j)
{
    if ((j->nodes.n == 0 && !j->offline) || j->state == NULL)
        return cli_fail(EXIT_USAGE, "sync: --dcl URL and --state DIR are needed");
    if (j->offline && (j->nodes.n > 0 || j->dry_run))
        return cli_fail(EXIT_USAGE, "sync: --offline asks nobody: no --dcl, no --dry-run");
    if (j->per_host > 64 || j->parallel > 1024)
        return cli_fail(EXIT_USAGE, "sync: --per-host up to 64, --parallel up to 1024");
    for (size_t i = 0; i < j->accept.n; i++) {
        if (!is_hash(j->accept.v[i]))
            return cli_fail(EXIT_USAGE, "sync: --accept-anchor: expected 64 hex digits, got '%.80s'",
                            j->accept.v[i]);
    }
    for (size_t i = 0; i < j->shrink.n; i++) {
        if (strlen(j->shrink.v[i]) != 40 || strspn(j->shrink.v[i], "0123456789ABCDEF") != 40)
            return cli_fail(EXIT_USAGE,
                            "sync: --accept-shrink: expected 40 upper-case hex digits, got '%.80s'",
                            j->shrink.v[i]);
    }
    return 0;
}

/* One SHA-256 a line; what stands behind a space or a '#' is for people. */
static int read_anchors(struct job *j)
{
    char *rest, *line;
    size_t number = 0;
    int code = j->accept_file == NULL ? 0 : cli_read(j->accept_file, &j->anchors);

    if (code != 0 || j->accept_file == NULL)
        return code;
    rest = (char *)j->anchors.data;
    while (rest != NULL && (line = strsep(&rest, "\n")) != NULL) {
        number++;
        line[strcspn(line, " \t\r#")] = '\0';
        if (line[0] == '\0')
            continue;
        if (!is_hash(line))
            return cli_fail(EXIT_DATA, "%s:%zu: expected a SHA-256 of 64 hex digits",
                            j->accept_file, number);
        if (!cli_list_add(&j->accept, line))
            return cli_fail(EXIT_INTERNAL, "out of memory");
    }
    return 0;
}

static uint64_t number(struct vd_json_value root, const char *outer, const char *name)
{
    uint64_t n = 0;
    struct vd_json_value v = outer == NULL ? root : vd_json_member(root, outer);
    (void)vd_json_uint(vd_json_member(v, name), UINT64_MAX, &n);
    return n;
}

static void say_quarantined(struct vd_json_value list)
{
    for (struct vd_json_value v = vd_json_first(list); vd_json_present(v); v = vd_json_next(v)) {
        struct vd_span sha = vd_json_text(vd_json_member(v, "sha256"));
        struct vd_span kind = vd_json_text(vd_json_member(v, "kind"));
        cli_say("not trusted yet: %.*s %.*s; --accept-anchor accepts it", (int)kind.n,
                (const char *)kind.p, (int)sha.n, (const char *)sha.p);
    }
}

static void say_findings(struct vd_json_value list)
{
    for (struct vd_json_value v = vd_json_first(list); vd_json_present(v); v = vd_json_next(v)) {
        struct vd_span id = vd_json_text(vd_json_member(v, "id"));
        struct vd_span subject = vd_json_text(vd_json_member(v, "subject"));
        struct vd_span nodes = vd_json_text(vd_json_member(v, "nodes"));
        if (!vd_span_is(id, "anchor-in-quarantine")) /* said already */
            cli_say("%.*s: %.*s %.*s", (int)id.n, (const char *)id.p, (int)subject.n,
                    (const char *)subject.p, (int)nodes.n, (const char *)nodes.p);
    }
}

static void say_crls(struct vd_json_value list)
{
    for (struct vd_json_value v = vd_json_first(list); vd_json_present(v); v = vd_json_next(v)) {
        struct vd_span error = vd_json_text(vd_json_member(v, "error"));
        struct vd_span url = vd_json_text(vd_json_member(v, "url"));
        if (vd_json_is_string(vd_json_member(v, "error")))
            cli_say("%.*s: %.*s", (int)url.n, (const char *)url.p, (int)error.n,
                    (const char *)error.p);
    }
}

/* The report for people: one line on standard output, what needs a decision on standard error. */
static void say(const veridac_buffer *report)
{
    struct vd_json *doc = NULL;
    struct vd_json_value root;

    if (vd_json_read_own(vd_span_of(report->data, report->size), &doc) != NULL) {
        cli_say("the report cannot be shown; --json prints it");
        return;
    }
    root = vd_json_root(doc);
    (void)printf("run %llu: %llu PAAs accepted of %llu listed, %llu revocation points, "
                 "%llu CRLs fetched, %llu not modified, %llu failed\n",
                 (unsigned long long)number(root, NULL, "run"),
                 (unsigned long long)number(root, "paas", "accepted"),
                 (unsigned long long)number(root, "paas", "listed"),
                 (unsigned long long)number(root, NULL, "points"),
                 (unsigned long long)number(root, NULL, "crls_fetched"),
                 (unsigned long long)number(root, NULL, "crls_not_modified"),
                 (unsigned long long)number(root, NULL, "crls_failed"));
    say_quarantined(vd_json_member(root, "quarantined"));
    say_findings(vd_json_member(root, "findings"));
    say_crls(vd_json_member(root, "crls"));
    vd_json_free(doc);
}

static int sync_now(const struct job *j)
{
    const veridac_sync_options o = { .size = sizeof o,
                                     .nodes = j->nodes.v,
                                     .n_nodes = j->nodes.n,
                                     .state = j->state,
                                     .network = j->network,
                                     .at = j->at,
                                     .accept = j->accept.v,
                                     .n_accept = j->accept.n,
                                     .timeout_s = j->timeout,
                                     .accept_shrink = j->shrink.v,
                                     .n_accept_shrink = j->shrink.n,
                                     .allow_private = j->private,
                                     .dry_run = j->dry_run,
                                     .offline = j->offline,
                                     .per_host = (int32_t)j->per_host,
                                     .parallel = (int32_t)j->parallel,
                                     .ca_file = j->ca_file,
                                     .connect_s = j->connect,
                                     .idle_s = j->idle,
                                     .run_s = j->total,
                                     .max_wait_s = j->wait,
                                     .max_crl_bytes = j->max_crl,
                                     .max_host_bytes = j->max_host,
                                     .max_run_bytes = j->max_run,
                                     .disk_quota = j->quota,
                                     .seed = (uint64_t)j->seed };
    veridac_buffer report = { NULL, 0 };
    veridac_error err = { "" };
    veridac_status st = veridac_sync(&o, &report, &err);
    int code = 0;

    if (st == VERIDAC_MISUSE)
        return cli_fail(EXIT_USAGE, "sync: %s", err.text);
    if (st != VERIDAC_OK)
        return cli_fail(cli_exit_of(st), "%s",
                        err.text[0] ? err.text : veridac_status_text(st));
    if (j->json)
        code = cli_print(cli_bytes(&report));
    else
        say(&report);
    veridac_buffer_free(&report);
    return code;
}

int cmd_sync(int argc, char **argv)
{
    struct job j = { .network = VERIDAC_NETWORK_MAIN, .at = cli_now(), .seed = cli_now() };
    bool helped = false;
    int code = parse(&j, argc, argv, &helped);

    if (code == 0 && !helped) {
        code = check_options(&j);
        if (code == 0)
            code = read_anchors(&j);
        if (code == 0)
            code = sync_now(&j);
    }
    veridac_buffer_free(&j.anchors);
    cli_list_free(&j.nodes);
    cli_list_free(&j.accept);
    cli_list_free(&j.shrink);
    return code;
}
