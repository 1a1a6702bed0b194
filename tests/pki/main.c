/* SPDX-License-Identifier: Apache-2.0
 *
 * main.c - veridac-testpki: test inputs for a verifier that this program knows nothing about.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "casefile.h"
#include "die.h"
#include "files.h"
#include "makecase.h"
#include "revcase.h"
#include "text.h"
#include "world.h"

static const char usage[] =
    "usage: veridac-testpki cases CASEDIR OUTDIR [--seed TEXT] [--only NAME]\n"
    "       veridac-testpki revocation CASEDIR OUTDIR [--seed TEXT] [--only NAME]\n"
    "       veridac-testpki world OUTDIR --url BASEURL [--at UNIX|RFC3339] [--seed TEXT]\n"
    "                             [--revoke LABEL] [--empty LABEL] [--flood LABEL]\n"
    "                             [--set PATH=EXPRESSION]\n";

struct options {
    const char *folders[2];
    size_t n_folders;
    const char *seed, *only, *url, *at, *set;
    struct world_changes changes;
    struct settings sets;
};

static _Noreturn void bad_usage(const char *what, const char *word)
{
    (void)fputs(usage, stderr);
    die(DIE_USAGE, "%s: \"%s\"", what, word);
}

static const char **option(struct options *o, const char *word)
{
    if (strcmp(word, "--seed") == 0)
        return &o->seed;
    if (strcmp(word, "--only") == 0)
        return &o->only;
    if (strcmp(word, "--url") == 0)
        return &o->url;
    if (strcmp(word, "--at") == 0)
        return &o->at;
    if (strcmp(word, "--revoke") == 0)
        return &o->changes.revoke;
    if (strcmp(word, "--empty") == 0)
        return &o->changes.empty;
    if (strcmp(word, "--flood") == 0)
        return &o->changes.flood;
    if (strcmp(word, "--set") == 0)
        return &o->set;
    return NULL;
}

/* --set repeats; the others do not. */
static void keep_set(struct options *o)
{
    char *copy = o->set == NULL ? NULL : strdup(o->set), *equals;
    if (copy == NULL)
        return;
    equals = strchr(copy, '=');
    if (equals == NULL)
        bad_usage("--set takes PATH=EXPRESSION", o->set);
    *equals = '\0';
    settings_put(&o->sets, copy, equals + 1, 0);
    free(copy);
    o->set = NULL;
}

static struct options read_options(int argc, char **argv)
{
    struct options o = { .n_folders = 0 };

    for (int i = 2; i < argc; i++) {
        const char **value = option(&o, argv[i]);
        if (value != NULL && i + 1 < argc)
            *value = argv[++i];
        else if (value != NULL || argv[i][0] == '-' || o.n_folders == 2)
            bad_usage("an unknown option, one without its value, or a folder too many", argv[i]);
        else
            o.folders[o.n_folders++] = argv[i];
        keep_set(&o);
    }
    return o;
}

/* Cases of devices, or of points and CRLs. */
static void cases(const struct options *o,
                  void (*write)(struct casefile_case *c, struct keys *keys, const char *out))
{
    struct keys *keys = keys_new(o->seed);
    struct casefile all;
    size_t made = 0;

    if (o->n_folders != 2 || o->url != NULL || o->at != NULL ||
        o->changes.revoke != NULL || o->changes.empty != NULL || o->changes.flood != NULL || o->sets.n > 0)
        bad_usage("cases and revocation take two folders, --seed and --only", "");
    casefile_read(o->folders[0], &all);
    if (o->only == NULL)
        makecase_clear(o->folders[1]);
    for (size_t i = 0; i < all.n; i++) {
        if (o->only != NULL && strcmp(o->only, all.v[i].name) != 0)
            continue;
        write(&all.v[i], keys, o->folders[1]);
        made++;
    }
    if (made == 0)
        die(DIE_CASE, "there is no case \"%s\"", o->only);
    (void)printf("%zu cases\n", made);
    casefile_free(&all);
    keys_free(keys);
}

static void world(struct options *o)
{
    struct keys *keys = keys_new(o->seed);
    int64_t at = (int64_t)time(NULL);

    if (o->n_folders != 1 || o->url == NULL || o->only != NULL)
        bad_usage("world takes one folder, --url, --at, --seed, --revoke, --empty, --flood and --set",
                  "world");
    if (o->at != NULL && !text_time(o->at, &at))
        bad_usage("--at takes seconds since 1970 or an RFC 3339 time", o->at);
    world_write(keys, o->url, at, &o->changes, &o->sets, o->folders[0]);
    keys_free(keys);
}

int main(int argc, char **argv)
{
    struct options o = read_options(argc, argv);

    if (argc > 1 && strcmp(argv[1], "cases") == 0)
        cases(&o, makecase_write);
    else if (argc > 1 && strcmp(argv[1], "revocation") == 0)
        cases(&o, revcase_write);
    else if (argc > 1 && strcmp(argv[1], "world") == 0)
        world(&o);
    else
        bad_usage("expected cases, revocation or world", argc > 1 ? argv[1] : "");
    settings_free(&o.sets);
    return EXIT_SUCCESS;
}
