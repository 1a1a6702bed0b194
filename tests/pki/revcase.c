/* SPDX-License-Identifier: Apache-2.0
 *
 * revcase.c - makes a revocation case.
 */
#include "revcase.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "die.h"
#include "files.h"
#include "text.h"
#include "world.h"

#define AT "2025-06-01T00:00:00Z"
#define BASE "http://crl.example"

struct job {
    struct casefile_case *c;
    struct mint m;
    struct keys *keys;
    struct buf folder;
    int64_t at;
    size_t n_points;
};

static const char *get(struct job *j, const char *path, const char *fallback)
{
    const char *text = settings_get(&j->c->set, path);
    return text == NULL ? fallback : text;
}

/* "point/LABEL.FIELD" */
static const char *field(struct job *j, const char *point, const char *name, const char *fallback)
{
    struct buf path = { .p = NULL };
    const char *text;
    buf_fmt(&path, "point/%s.%s", point, name);
    text = get(j, buf_str(&path), fallback);
    buf_free(&path);
    return text;
}

/* KIND-LABEL.SUFFIX */
static void write_in(struct job *j, const char *kind, const char *label, const char *suffix,
                     const struct buf *content)
{
    struct buf name = { .p = NULL };
    buf_fmt(&name, "%s-%s.%s", kind, label, suffix);
    files_write(buf_str(&j->folder), buf_str(&name), content);
    buf_free(&name);
}

/* Calls `take` for every word of the list. */
static void each_word(struct job *j, const char *list, void (*take)(struct job *j, const char *word))
{
    char *copy = strdup(list), *rest = copy;
    const char *word;
    if (copy == NULL)
        die(DIE_INTERNAL, "out of memory");
    while ((word = strtok_r(rest, " ", &rest)) != NULL) {
        if (strcmp(word, "none") != 0)
            take(j, word);
    }
    free(copy);
}

static void write_trust(struct job *j, const char *label)
{
    write_in(j, "trust", label, "der", &cert_get(&j->m, label)->der);
}

static void write_authority(struct job *j, const char *label)
{
    write_in(j, "authority", label, "der", &cert_get(&j->m, label)->der);
}

/* ---- points ---- */

static const struct world_point *find_point(const char *label)
{
    for (size_t i = 0; i < world_n_points; i++) {
        if (strcmp(world_points[i].label, label) == 0)
            return &world_points[i];
    }
    die(DIE_CASE, "there is no point \"%s\"", label);
}

/* A field that the case sets, or else a number of the table. */
static void put_number(struct job *j, struct buf *text, const char *label, const char *name,
                       unsigned fallback)
{
    const char *set = field(j, label, name, NULL);
    char decimal[16];
    (void)snprintf(decimal, sizeof decimal, "%u", fallback);
    text_line(text, name, set != NULL ? set : decimal);
}

/* The key id of a certificate by its label, or the text itself. */
static void put_key_id(struct job *j, struct buf *text, const char *label, const char *ca)
{
    const char *set = field(j, label, "key-id", NULL);
    struct buf hex = { .p = NULL };

    if (set != NULL && set[0] >= 'a' && set[0] <= 'z')
        ca = set;
    if (ca != set && set != NULL)
        buf_fmt(&hex, "%s", set);
    else
        buf_hex(&hex, keys_get(j->keys, cert_key(&j->m, ca))->id, 20, 1);
    text_line(text, "key-id", buf_str(&hex));
    buf_free(&hex);
}

/* "point/A.like = B" registers a record of B's shape under the label A. */
static void write_point(struct job *j, const char *label)
{
    const struct world_point *p = find_point(field(j, label, "like", label));
    const char *delegator = field(j, label, "delegator", p->delegator ? p->delegator : "none");
    struct buf text = { .p = NULL }, url = { .p = NULL }, number = { .p = NULL };

    buf_fmt(&url, BASE "/crl/%s.crl", p->crl);
    text_line(&text, "label", field(j, label, "label", label));
    put_number(j, &text, label, "vid", p->vid);
    put_number(j, &text, label, "pid", p->pid);
    put_number(j, &text, label, "is-paa", p->is_paa);
    put_number(j, &text, label, "type", 1);
    put_number(j, &text, label, "data-fields", 0);
    put_number(j, &text, label, "adds-only", 0);
    text_line(&text, "url", field(j, label, "url", buf_str(&url)));
    put_key_id(j, &text, label, p->ca);
    text_line_hex(&text, "signer", &cert_get(&j->m, field(j, label, "signer", p->signer))->der);
    if (strcmp(delegator, "none") != 0)
        text_line_hex(&text, "delegator", &cert_get(&j->m, delegator)->der);
    buf_fmt(&number, "%zu", j->n_points++);
    write_in(j, "point", buf_str(&number), "txt", &text);
    buf_free(&text);
    buf_free(&url);
    buf_free(&number);
}

/* ---- CRLs ---- */

static const struct crl_spec *find_crl(const char *label)
{
    for (size_t i = 0; i < world_n_crls; i++) {
        if (strcmp(world_crls[i].label, label) == 0)
            return &world_crls[i];
    }
    for (size_t i = 0; i < world_n_more_crls; i++) {
        if (strcmp(world_more_crls[i].label, label) == 0)
            return &world_more_crls[i];
    }
    die(DIE_CASE, "there is no CRL \"%s\"", label);
}

/* The CRL `label` as it is served at the URL of the CRL `as`. */
static void make_crl(struct job *j, const char *label, const char *kind, const char *as)
{
    struct buf url = { .p = NULL }, crl = { .p = NULL };
    buf_fmt(&url, BASE "/crl/%s.crl", as);
    crl_make(&j->m, find_crl(label), buf_str(&url), j->at, &crl);
    write_in(j, kind, as, "crl", &crl);
    buf_free(&url);
    buf_free(&crl);
}

static void write_crl(struct job *j, const char *label)
{
    make_crl(j, label, "crl", label);
}

/* "before/LABEL = OTHER": what was served at the URL of LABEL before. */
static void write_history(struct job *j)
{
    static const char prefix[] = "before/";
    for (size_t i = 0; i < j->c->set.n; i++) {
        struct setting *s = &j->c->set.v[i];
        if (strncmp(s->path, prefix, sizeof prefix - 1) != 0)
            continue;
        s->used = true;
        make_crl(j, s->value, "old", s->path + sizeof prefix - 1);
    }
}

/* The CRLs of the points, unless the case says which there are. */
static void write_point_crl(struct job *j, const char *label)
{
    write_crl(j, find_point(field(j, label, "like", label))->crl);
}

static void write_crls(struct job *j, const char *list)
{
    const char *crls = get(j, "crls", NULL);
    if (crls != NULL)
        each_word(j, crls, write_crl);
    else
        each_word(j, list, write_point_crl);
}

/* ---- what has to come of it ---- */

static void put_expected(struct job *j, struct buf *text, const char *prefix, bool certificates)
{
    const size_t n = strlen(prefix);
    for (size_t i = 0; i < j->c->set.n; i++) {
        struct setting *s = &j->c->set.v[i];
        const char *label = s->path + n;
        struct buf words = { .p = NULL };
        if (strncmp(s->path, prefix, n) != 0)
            continue;
        s->used = true;
        text_sorted_words(&words, strcmp(s->value, "-") == 0 ? "" : s->value);
        buf_fmt(text, "%s%s: %s\n", prefix, label, buf_str(&words));
        buf_free(&words);
        if (certificates)
            write_in(j, "cert", label, "der", &cert_get(&j->m, label)->der);
    }
}

static void put_shrink(struct job *j, struct buf *text)
{
    const char *label = get(j, "accept-shrink", NULL);
    struct buf hex = { .p = NULL };
    if (label == NULL)
        return;
    buf_hex(&hex, keys_get(j->keys, cert_key(&j->m, label))->id, 20, 1);
    text_line(text, "accept-shrink", buf_str(&hex));
    buf_free(&hex);
}

static void write_text(struct job *j)
{
    struct buf text = { .p = NULL };
    char at[24];

    (void)snprintf(at, sizeof at, "%lld", (long long)j->at);
    text_line(&text, "name", j->c->name);
    text_line(&text, "facts", get(j, "facts", ""));
    text_line(&text, "twin", get(j, "twin", ""));
    text_line(&text, "at", at);
    put_shrink(j, &text);
    put_expected(j, &text, "finds/", false);
    put_expected(j, &text, "status/", true);
    files_write(buf_str(&j->folder), "case.txt", &text);
    buf_free(&text);
}

void revcase_write(struct casefile_case *c, struct keys *keys, const char *out)
{
    struct job j = { .c = c, .keys = keys };
    const struct setting *unused;
    const char *list;

    die_about("%s:%d: case %s: ", c->file, c->line, c->name);
    if (!text_time(get(&j, "at", AT), &j.at))
        die(DIE_CASE, "at is no time");
    mint_init(&j.m, &c->set, keys, world_certs, world_n_certs);
    buf_fmt(&j.folder, "%s/%s", out, c->name);
    if (!files_make_folder(buf_str(&j.folder)))
        files_fresh_folder(buf_str(&j.folder));
    list = get(&j, "points", "direct");
    each_word(&j, get(&j, "trust", "paa-fff1 paa-novid"), write_trust);
    each_word(&j, get(&j, "authorities", "none"), write_authority);
    each_word(&j, list, write_point);
    write_crls(&j, list);
    write_history(&j);
    write_text(&j);
    unused = settings_unused(&c->set);
    if (unused != NULL)
        die(DIE_CASE, "nothing is called \"%s\" (line %d)", unused->path, unused->line);
    die_about("%s", "");
    mint_free(&j.m);
    buf_free(&j.folder);
}
