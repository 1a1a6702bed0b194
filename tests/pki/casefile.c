/* SPDX-License-Identifier: Apache-2.0
 *
 * casefile.c - reads *.cases files.
 *
 *   file := { line }
 *   line := "case" NAME | DIRECTIVE TEXT | PATH "=" EXPR | "#" comment
 */
#include "casefile.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "die.h"
#include "files.h"

#define MAX_LIKE 8

/* `own` directives say what is expected of this very case and are not inherited. */
static const struct {
    const char *word;
    bool own;
} directives[] = {
    { "like", true },    { "twin", true },          { "facts", true },       { "expect", true },
    { "note", true },    { "trust-refused", true }, { "trust-note", true },  { "network", false },
    { "policy", false }, { "at", false },           { "sdk-compat", false }, { "without", false },
    { "vid", false },    { "pid", false },          { "with", false },
};

static const size_t n_directives = sizeof directives / sizeof directives[0];

struct reader {
    struct casefile *all;
    const char *file;
    int line;
};

static _Noreturn void fail(const struct reader *r, const char *what, const char *text)
{
    die(DIE_CASE, "%s:%d: %s: \"%s\"", r->file, r->line, what, text);
}

static size_t directive(const char *word)
{
    size_t i = 0;
    while (i < n_directives && strcmp(directives[i].word, word) != 0)
        i++;
    return i;
}

static char *copy(const char *text)
{
    char *p = strdup(text);
    if (p == NULL)
        die(DIE_INTERNAL, "out of memory");
    return p;
}

static struct casefile_case *find(const struct casefile *all, const char *name)
{
    for (size_t i = 0; i < all->n; i++) {
        if (strcmp(all->v[i].name, name) == 0)
            return &all->v[i];
    }
    return NULL;
}

static void begin_case(struct reader *r, const char *name)
{
    struct casefile *all = r->all;
    struct casefile_case *v;

    if (name[0] == 0 || strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789-") != strlen(name))
        fail(r, "a case is named with a-z, 0-9 and -", name);
    if (find(all, name) != NULL)
        fail(r, "this case is already there", name);
    v = realloc(all->v, (all->n + 1) * sizeof *v);
    if (v == NULL)
        die(DIE_INTERNAL, "out of memory");
    all->v = v;
    v[all->n++] = (struct casefile_case){ copy(name), copy(r->file), r->line, { NULL, 0 }, false };
}

static void put(struct reader *r, const char *path, const char *value)
{
    struct casefile_case *c;

    if (r->all->n == 0)
        fail(r, "this belongs to no case", path);
    c = &r->all->v[r->all->n - 1];
    if (settings_has(&c->set, path))
        fail(r, "this is said twice", path);
    settings_put(&c->set, path, value, r->line);
}

static void take_line(struct reader *r, char *line)
{
    size_t n = strcspn(line, " ");
    char *rest = line + n + strspn(line + n, " ");

    if (n == 0)
        return;
    line[n] = 0;
    if (strcmp(line, "case") == 0)
        begin_case(r, rest);
    else if (rest[0] == '=' && (rest[1] == ' ' || rest[1] == 0) && directive(line) == n_directives)
        put(r, line, rest + 1 + strspn(rest + 1, " "));
    else if (directive(line) < n_directives)
        put(r, line, rest);
    else
        fail(r, "neither a directive nor PATH = EXPR", line);
}

/* Cuts a comment (a # at the start or after a space, outside of quotes) and trailing space. */
static void trim(char *line)
{
    bool quoted = false;
    size_t n;

    for (char *p = line; *p != 0; p++) {
        if (*p == '"')
            quoted = !quoted;
        if (*p == '#' && !quoted && (p == line || p[-1] == ' ')) {
            *p = 0;
            break;
        }
    }
    for (n = strlen(line); n > 0 && line[n - 1] == ' '; n--)
        line[n - 1] = 0;
}

/* A line that ends in a backslash goes on in the next one. */
static void read_lines(struct reader *r, char *text)
{
    struct buf whole = { .p = NULL };
    int first = 0;

    for (char *line = text, *next; line != NULL && *line != 0; line = next) {
        next = strchr(line, '\n');
        if (next != NULL)
            *next++ = 0;
        r->line++;
        first = whole.n == 0 ? r->line : first;
        trim(line);
        buf_fmt(&whole, "%s", line + strspn(line, " "));
        if (whole.n > 0 && whole.p[whole.n - 1] == '\\') {
            whole.p[whole.n - 1] = ' ';
            continue;
        }
        if (whole.n > 0)
            take_line(&(struct reader){ r->all, r->file, first }, (char *)whole.p);
        whole.n = 0;
    }
    buf_free(&whole);
}

static void inherit(struct casefile_case *c, const struct casefile_case *from)
{
    for (size_t i = 0; i < from->set.n; i++) {
        const struct setting *x = &from->set.v[i];
        size_t d = directive(x->path);
        bool inherited = d == n_directives || !directives[d].own;
        if (inherited && !settings_has(&c->set, x->path))
            settings_put(&c->set, x->path, x->value, x->line);
    }
}

static void resolve(const struct casefile *all, struct casefile_case *c, int depth)
{
    const char *like = settings_get(&c->set, "like");
    struct casefile_case *from = like == NULL ? NULL : find(all, like);

    if (like == NULL || c->resolved)
        return;
    if (from == NULL || depth == MAX_LIKE)
        die(DIE_CASE, "%s:%d: %s is like \"%s\", which is not there or goes round", c->file,
            c->line, c->name, like);
    resolve(all, from, depth + 1);
    inherit(c, from);
    c->resolved = true;
}

static void read_file(struct casefile *all, const char *folder, const char *name)
{
    struct reader r = { all, name, 0 };
    struct buf path = { .p = NULL }, text = { .p = NULL };

    buf_fmt(&path, "%s/%s", folder, name);
    files_read(buf_str(&path), &text);
    if (text.n > 0)
        read_lines(&r, (char *)text.p);
    buf_free(&path);
    buf_free(&text);
}

void casefile_read(const char *folder, struct casefile *ret)
{
    size_t n;
    char **names = files_list(folder, ".cases", &n);

    *ret = (struct casefile){ .v = NULL };
    for (size_t i = 0; i < n; i++) {
        read_file(ret, folder, names[i]);
        free(names[i]);
    }
    free(names);
    for (size_t i = 0; i < ret->n; i++)
        resolve(ret, &ret->v[i], 0);
    if (ret->n == 0)
        die(DIE_CASE, "%s: no case in any *.cases file", folder);
}

void casefile_free(struct casefile *all)
{
    for (size_t i = 0; i < all->n; i++) {
        free(all->v[i].name);
        free(all->v[i].file);
        settings_free(&all->v[i].set);
    }
    free(all->v);
}
