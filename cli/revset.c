/* SPDX-License-Identifier: Apache-2.0
 *
 * revset.c - a revocation set from files.
 */
#include "revset.h"

#include <stdlib.h>
#include <string.h>
#include <veridac/dcl.h>

#include "limits.h"

/* "URL=FILE", split at the last '='. */
static int split(const struct cli_revset *r, const char *text, char **ret_url, const char **ret_file)
{
    const char *at = strrchr(text, '=');
    size_t n = at == NULL ? 0 : (size_t)(at - text);

    if (n == 0 || at[1] == '\0')
        return cli_fail(EXIT_USAGE, "%s: --crl: expected URL=FILE, got '%.80s'", r->command, text);
    *ret_url = malloc(n + 1);
    if (*ret_url == NULL)
        return cli_fail(EXIT_INTERNAL, "out of memory");
    (void)snprintf(*ret_url, n + 1, "%s", text);
    *ret_file = at + 1;
    return 0;
}

static bool url_used(const struct cli_revset *r, const char *url)
{
    const char *one;
    for (uint32_t i = 0; (one = veridac_revset_url(r->set, i)) != NULL; i++) {
        if (strcmp(one, url) == 0)
            return true;
    }
    return false;
}

/* A CRL on its way from a file. DER and PEM only pass by; what begins like neither is somebody's hex or
 * base64, which the reader does not undo, and is kept until it is whole or too large for a CRL in any
 * wrapping. */
struct passing {
    veridac_crl *crl;
    bool begun, passes;
    uint8_t *p;
    size_t n, cap;
};

static int take_piece(void *user, veridac_bytes piece)
{
    struct passing *c = user;
    uint8_t *p;

    if (!c->begun && piece.size > 0) {
        c->begun = true;
        c->passes = strchr("0- \t\r\n", piece.data[0]) != NULL;
    }
    if (!c->passes && c->n + piece.size > VD_MAX_OPERATOR_FILE) {
        c->passes = true;
        (void)veridac_revset_crl_feed(c->crl, (veridac_bytes){ c->p, c->n });
    }
    if (c->passes) {
        (void)veridac_revset_crl_feed(c->crl, piece);
        return 0;
    }
    if (c->n + piece.size > c->cap) {
        c->cap = 2 * (c->n + piece.size);
        p = realloc(c->p, c->cap);
        if (p == NULL)
            return cli_fail(EXIT_INTERNAL, "out of memory");
        c->p = p;
    }
    for (size_t i = 0; i < piece.size; i++)
        c->p[c->n++] = piece.data[i];
    return 0;
}

static int feed_whole(struct passing *c, const char *file)
{
    const veridac_bytes whole = { c->p, c->n };
    veridac_buffer in = { NULL, 0 };
    int code = cli_unwrap(file, whole, VERIDAC_MEANT_FIRST, &in);

    if (code == 0)
        (void)veridac_revset_crl_feed(c->crl, cli_bytes(&in));
    veridac_buffer_free(&in);
    return code;
}

static int feed(struct cli_revset *r, const char *url, const char *file)
{
    const veridac_crl_options o = { .size = sizeof o, .url = url, .last_ok = r->at, .hash = 1 };
    struct passing c = { .crl = NULL };
    veridac_status st = veridac_revset_crl_begin(r->set, &o, &c.crl);
    int code;

    if (st == VERIDAC_TOO_LARGE)
        return cli_fail(EXIT_USAGE, "%s: --crl: more than 16 CRLs for %s", r->command, url);
    if (st != VERIDAC_OK)
        return cli_fail(cli_exit_of(st), "%s: %s", file, veridac_status_text(st));
    code = cli_stream(file, take_piece, &c);
    if (code == 0 && c.begun && !c.passes)
        code = feed_whole(&c, file);
    if (code == 0 && (st = veridac_revset_crl_end(c.crl)) != VERIDAC_OK)
        code = cli_fail(cli_exit_of(st), "%s: %s", file, veridac_status_text(st));
    free(c.p);
    return code;
}

static int feed_all(struct cli_revset *r)
{
    int code = 0;
    for (size_t i = 0; i < r->crls.n && code == 0; i++) {
        const char *file = NULL;
        char *url = NULL;
        code = split(r, r->crls.v[i], &url, &file);
        if (code == 0 && !url_used(r, url))
            cli_say("%s: no usable point names it, left out", url);
        else if (code == 0)
            code = feed(r, url, file);
        free(url);
    }
    return code;
}

static int load_points(struct cli_revset *r)
{
    veridac_load_report report = { .size = sizeof report };
    veridac_buffer in = { NULL, 0 };
    veridac_error err = { "" };
    veridac_status st;
    int code = cli_read(r->points, &in);

    if (code != 0)
        return code;
    st = veridac_points_load(r->set, cli_bytes(&in), &report, &err);
    veridac_buffer_free(&in);
    if (st != VERIDAC_OK)
        return cli_fail(cli_exit_of(st), "%s: %s", r->points, err.text);
    r->broken_records = report.broken > 0;
    if (report.broken > 0)
        cli_say("%s: %u records left out: %s", r->points, (unsigned)report.broken, report.text);
    return report.added > 0 ? 0
                            : cli_fail(EXIT_DATA, "%s: no usable record in it", r->points);
}

/* What is in it only adds revocations. */
static int load_listed(struct cli_revset *r, const char *file)
{
    veridac_load_report report = { .size = sizeof report };
    veridac_buffer in = { NULL, 0 };
    veridac_error err = { "" };
    veridac_status st;
    int code = cli_read(file, &in);

    if (code != 0)
        return code;
    st = veridac_listed_load(r->set, cli_bytes(&in), &report, &err);
    veridac_buffer_free(&in);
    return st == VERIDAC_OK ? 0 : cli_fail(cli_exit_of(st), "%s: %s", file, err.text);
}

static int load_all(struct cli_revset *r)
{
    int code = r->points == NULL ? 0 : load_points(r);
    for (size_t i = 0; i < r->listed.n && code == 0; i++)
        code = load_listed(r, r->listed.v[i]);
    return code;
}

int cli_revset_make(struct cli_revset *r)
{
    const veridac_revset_options o = { .size = sizeof o, .network = r->network, .at = r->at };
    int code = cli_load_trust(&r->trust, r->network, &r->anchors);

    if (code == 0 && veridac_revset_new(r->anchors, &o, &r->set) != VERIDAC_OK)
        code = cli_fail(EXIT_INTERNAL, "out of memory");
    if (code == 0)
        code = load_all(r);
    if (code == 0 && veridac_revset_bind(r->set) != VERIDAC_OK)
        code = cli_fail(EXIT_INTERNAL, "out of memory");
    if (code == 0)
        code = feed_all(r);
    if (code == 0 && veridac_revset_finish(r->set) != VERIDAC_OK)
        code = cli_fail(EXIT_INTERNAL, "out of memory");
    return code;
}

void cli_revset_free(struct cli_revset *r)
{
    veridac_revset_free(r->set);
    veridac_trust_free(r->anchors);
    cli_list_free(&r->crls);
    cli_trust_free(&r->trust);
    cli_list_free(&r->listed);
}

void cli_revset_say(const struct cli_revset *r)
{
    veridac_point_view p = { .size = sizeof p };
    veridac_finding f = { .size = sizeof f };

    for (uint32_t i = 0; veridac_revset_point(r->set, i, &p) == VERIDAC_OK; i++) {
        cli_say("point %s: %s, %llu entries", p.label, p.used ? "used" : "left out",
                (unsigned long long)p.n_entries);
        for (uint32_t k = 0; veridac_revset_point_finding(r->set, i, k, &f) == VERIDAC_OK; k++)
            cli_say("  %s %s: %s (%s)", f.severity, f.id, f.text, f.found);
    }
}
