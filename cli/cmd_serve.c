/* SPDX-License-Identifier: Apache-2.0
 *
 * cmd_serve.c - veridac serve: a repository or a store over HTTP, until a signal ends it.
 */
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <veridac/dcl.h>

#include "cli.h"
#include "text.h"

struct job {
    struct cli_list folder;
    const char *listen;
    int64_t connections, per_address, rate, header;
    char address[64];
    uint16_t port;
};

static int parse(struct job *j, int argc, char **argv, bool *helped)
{
    const struct cli_option options[] = {
        { "listen", CLI_TEXT, &j->listen, "ADDRESS", "127.0.0.1:8080, [::1]:8080; 127.0.0.1, any port" },
        { "connections", CLI_NUMBER, &j->connections, "N", "at once; 512" },
        { "connections-per-address", CLI_NUMBER, &j->per_address, "N", "at once; 64" },
        { "rate", CLI_NUMBER, &j->rate, "N", "requests a second of one address; any" },
        { "header-timeout", CLI_DURATION, &j->header, "DUR", "for the header of a request; 15s" },
    };
    return cli_parse(cli_command("serve"), argc, argv, options, sizeof options / sizeof options[0],
                     &j->folder, 1, helped);
}

/* ADDRESS, ADDRESS:PORT or [ADDRESS]:PORT; the library judges the address. */
static bool read_listen(struct job *j)
{
    struct vd_span all = vd_span_str(j->listen ? j->listen : "127.0.0.1"), address = all, port;
    uint64_t n = 0;
    size_t end;

    if (vd_take_tag(&all, "[")) {
        if (!vd_span_find(all, vd_span_str("]"), &end) || !vd_take(&all, end, &address) ||
            !vd_take_tag(&all, "]"))
            return false;
    } else {
        (void)vd_take(&all, vd_span_find(all, vd_span_str(":"), &end) ? end : all.n, &address);
    }
    port = all;
    if (port.n > 0 && (!vd_take_tag(&port, ":") || !vd_decimal_read(port, 65535, &n)))
        return false;
    j->port = (uint16_t)n;
    return address.n > 0 && vd_copy(j->address, sizeof j->address - 1, address);
}

/* The signals that end it wait for sigwait, in this thread and in those that the library starts. */
static void hold_signals(sigset_t *ret)
{
    (void)sigemptyset(ret);
    (void)sigaddset(ret, SIGINT);
    (void)sigaddset(ret, SIGTERM);
    (void)sigaddset(ret, SIGHUP);
    (void)pthread_sigmask(SIG_BLOCK, ret, NULL);
}

static int serve(const struct job *j)
{
    const veridac_serve_options o = { .size = sizeof o,
                                      .folder = j->folder.v[0],
                                      .address = j->address,
                                      .port = j->port,
                                      .connections = (uint32_t)j->connections,
                                      .connections_per_address = (uint32_t)j->per_address,
                                      .requests_per_second = (uint32_t)j->rate,
                                      .header_s = (uint32_t)(j->header < 86400 ? j->header : 86400) };
    veridac_server *server = NULL;
    veridac_error err = { "" };
    uint16_t port = 0;
    sigset_t ends;
    int which, code;
    veridac_status st;

    hold_signals(&ends);
    st = veridac_serve_start(&o, &server, &port, &err);
    if (st != VERIDAC_OK)
        return cli_fail(st == VERIDAC_MISUSE ? EXIT_USAGE : cli_exit_of(st), "serve: %s",
                        err.text[0] ? err.text : veridac_status_text(st));
    if (err.text[0] != '\0')
        cli_say("serve: %s", err.text);
    (void)printf(strchr(j->address, ':') != NULL ? "http://[%s]:%u\n" : "http://%s:%u\n", j->address,
                 (unsigned)port);
    code = cli_flush(0);
    if (code == 0)
        (void)sigwait(&ends, &which);
    veridac_serve_stop(server);
    return code;
}

int cmd_serve(int argc, char **argv)
{
    struct job j = { .folder = { NULL, 0, 0 } };
    bool helped = false;
    int code = parse(&j, argc, argv, &helped);

    if (code == 0 && !helped) {
        if (j.folder.n == 0)
            code = cli_fail(EXIT_USAGE, "serve: a folder is needed: a repository or a store");
        else if (!read_listen(&j))
            code = cli_fail(EXIT_USAGE, "serve: --listen: expected ADDRESS:PORT, got '%.80s'", j.listen);
        else
            code = serve(&j);
    }
    cli_list_free(&j.folder);
    return code;
}
