/* SPDX-License-Identifier: Apache-2.0
 *
 * cmd_root.c - veridac root init|add|rotate|sign|trust: documents that are prepared, looked at and signed
 * offline.
 */
#include <stdlib.h>
#include <string.h>

#include "blobs.h"
#include "signer.h"

enum { ROOT_KEYS, TRUST_KEYS, HEAD_KEYS, REMOVED, KEY_LISTS };

/* ---- init, add, rotate ---- */

struct root_job {
    const char *name, *root, *out, *feed;
    struct cli_list keys[KEY_LISTS];
    struct cli_signers signers;
    int32_t network;
    int64_t at, lifetime, head_lifetime, threshold[3];
    bool new_epoch;
};

static int fail_with(const char *name, veridac_status st, const veridac_error *err)
{
    return cli_fail(cli_exit_of(st), "%s: %s", name, err->text[0] ? err->text : veridac_status_text(st));
}

/* Every signer that has a duty here signs; at least one must, unless none was named. */
static int sign_all(const char *name, veridac_buffer *document, veridac_bytes root,
                    struct cli_signers *s)
{
    veridac_error err = { "" };
    int code = s->keys.n == 0 ? 0 : cli_signers_read(name, s);

    for (size_t i = 0; code == 0 && i < s->n; i++) {
        veridac_buffer more = { NULL, 0 };
        veridac_status st = veridac_document_sign(cli_bytes(document), root, &s->v[i], &more, &err);
        if (st != VERIDAC_OK)
            return fail_with(name, st, &err);
        veridac_buffer_free(document);
        *document = more;
    }
    return code;
}

static int public_of(const struct cli_signers *s, struct cli_blobs *to);

static int read_keys(struct root_job *j, struct cli_blobs *b)
{
    int code = 0;
    for (size_t k = 0; k < KEY_LISTS; k++) {
        for (size_t i = 0; code == 0 && i < j->keys[k].n; i++)
            code = cli_blobs_add(&b[k], j->keys[k].v[i]);
    }
    return code;
}

static int make_root(struct root_job *j, struct cli_blobs *b, veridac_bytes previous)
{
    veridac_root_options o = { .size = sizeof o,
                               .previous = previous,
                               .network = j->network,
                               .feed = j->feed,
                               .root_keys = b[ROOT_KEYS].v,
                               .trust_keys = b[TRUST_KEYS].v,
                               .head_keys = b[HEAD_KEYS].v,
                               .n_root_keys = b[ROOT_KEYS].n,
                               .n_trust_keys = b[TRUST_KEYS].n,
                               .n_head_keys = b[HEAD_KEYS].n,
                               .removed = b[REMOVED].v,
                               .n_removed = b[REMOVED].n,
                               .root_threshold = (int32_t)j->threshold[0],
                               .trust_threshold = (int32_t)j->threshold[1],
                               .head_threshold = (int32_t)j->threshold[2],
                               .new_epoch = j->new_epoch,
                               .at = j->at,
                               .lifetime_s = j->lifetime,
                               .head_lifetime_s = j->head_lifetime };
    veridac_buffer document = { NULL, 0 };
    veridac_error err = { "" };
    veridac_status st = veridac_root_draft(&o, &document, &err);
    int code = st == VERIDAC_OK ? 0 : fail_with(j->name, st, &err);

    if (code == 0)
        code = sign_all(j->name, &document, previous, &j->signers);
    if (code == 0)
        code = cli_write(j->out, cli_bytes(&document), 0644);
    if (code == 0)
        (void)printf("%s: veridac show says what it holds and who signed\n", j->out);
    veridac_buffer_free(&document);
    return code;
}

/* Of a first root, whatever no key is named for is the business of --key. */
static int fill_duties(struct root_job *j, struct cli_blobs *b)
{
    int code = 0;
    for (size_t k = ROOT_KEYS; code == 0 && k <= HEAD_KEYS; k++) {
        if (b[k].n == 0)
            code = public_of(&j->signers, &b[k]);
    }
    return code;
}

static int run_root(struct root_job *j, bool first)
{
    struct cli_blobs b[KEY_LISTS] = { { NULL, NULL, 0 } };
    veridac_buffer previous = { NULL, 0 };
    int code = read_keys(j, b);

    if (code == 0 && !first)
        code = cli_read(j->root, &previous);
    if (code == 0 && first)
        code = fill_duties(j, b);
    if (code == 0)
        code = make_root(j, b, cli_bytes(&previous));
    for (size_t k = 0; k < KEY_LISTS; k++)
        cli_blobs_free(&b[k]);
    veridac_buffer_free(&previous);
    return code;
}

/* keygen writes the public key beside the private one. */
static int public_of(const struct cli_signers *s, struct cli_blobs *to)
{
    char name[4096];
    int n;
    if (s->keys.n == 0)
        return cli_fail(EXIT_USAGE, "root init: --key F, or --root-key, --trust-key and --head-key");
    n = snprintf(name, sizeof name, "%s%s", s->keys.v[0], s->command == NULL ? ".pub" : "");
    if (n < 0 || (size_t)n >= sizeof name)
        return cli_fail(EXIT_USAGE, "root init: the name of the key is too long");
    return cli_blobs_add(to, name);
}

static int root_command(int argc, char **argv, const struct cli_command *c, struct root_job *j,
                        bool first)
{
    const struct cli_option options[] = {
        { "network", CLI_NETWORK, &j->network, "NAME", "main (default) or test; of a first root" },
        { "feed", CLI_TEXT, &j->feed, "NAME", "name of a private feed; of a first root" },
        CLI_SIGNER_OPTIONS(j->signers),
        { "root", CLI_TEXT, &j->root, "F", "the version before" },
        { "root-key", CLI_LIST, &j->keys[ROOT_KEYS], "PUB", "public key that signs roots (repeats)" },
        { "trust-key", CLI_LIST, &j->keys[TRUST_KEYS], "PUB", "that signs trust lists (repeats)" },
        { "head-key", CLI_LIST, &j->keys[HEAD_KEYS], "PUB", "that signs heads (repeats)" },
        { "remove", CLI_LIST, &j->keys[REMOVED], "PUB", "key that is no longer in use (repeats)" },
        { "root-threshold", CLI_NUMBER, &j->threshold[0], "N", "so many keys must sign a root" },
        { "trust-threshold", CLI_NUMBER, &j->threshold[1], "N", "a trust list" },
        { "head-threshold", CLI_NUMBER, &j->threshold[2], "N", "a head" },
        { "new-epoch", CLI_FLAG, &j->new_epoch, NULL, "versions start anew, after a fast-forward" },
        { "lifetime", CLI_DURATION, &j->lifetime, "DUR", "of the root; 365d" },
        { "head-lifetime", CLI_DURATION, &j->head_lifetime, "DUR", "of the head keys; 90d, the most" },
        { "at", CLI_TIME, &j->at, "TIME", "as of this time instead of now" },
        { "out", CLI_TEXT, &j->out, "F", "file to write" },
    };
    bool helped = false;
    int code = cli_parse(c, argc, argv, options, sizeof options / sizeof options[0], NULL, 0, &helped);

    if (code != 0 || helped)
        return code;
    for (size_t i = 0; i < 3; i++) {
        if (j->threshold[i] > 255)
            return cli_fail(EXIT_USAGE, "%s: a threshold is at most 255", c->name);
    }
    if (j->out == NULL || (!first && j->root == NULL))
        return cli_fail(EXIT_USAGE, "%s: %s--out F %s needed", c->name, first ? "" : "--root F and ",
                        first ? "is" : "are");
    if (first && (j->root != NULL || j->keys[REMOVED].n > 0 || j->new_epoch))
        return cli_fail(EXIT_USAGE, "root init: makes a first root: no --root, --remove or --new-epoch");
    return run_root(j, first);
}

static int root_version(int argc, char **argv, const struct cli_command *c, bool first)
{
    struct root_job j = { .name = c->name, .network = VERIDAC_NETWORK_MAIN, .at = cli_now() };
    int code = root_command(argc, argv, c, &j, first);
    for (size_t k = 0; k < KEY_LISTS; k++)
        cli_list_free(&j.keys[k]);
    cli_signers_free(&j.signers);
    return code;
}

/* ---- sign ---- */

static int sign_file(const char *file, const char *root_file, const char *out, struct cli_signers *s)
{
    veridac_buffer document = { NULL, 0 }, root = { NULL, 0 };
    int code = s->keys.n == 0 ? cli_fail(EXIT_USAGE, "root sign: --key F is needed")
                              : cli_read(file, &document);

    if (code == 0 && root_file != NULL)
        code = cli_read(root_file, &root);
    if (code == 0)
        code = sign_all("root sign", &document, cli_bytes(&root), s);
    if (code == 0)
        code = cli_write(out != NULL ? out : file, cli_bytes(&document), 0644);
    if (code == 0)
        (void)printf("%s: signed; veridac show says by whom\n", out != NULL ? out : file);
    veridac_buffer_free(&document);
    veridac_buffer_free(&root);
    return code;
}

static int root_sign(int argc, char **argv, const struct cli_command *c, bool unused)
{
    struct cli_list words = { NULL, 0, 0 };
    struct cli_signers signers = { .command = NULL };
    const char *root = NULL, *out = NULL;
    bool helped = false;
    const struct cli_option options[] = {
        CLI_SIGNER_OPTIONS(signers),
        { "root", CLI_TEXT, &root, "F", "root that gives the key its duty; of a root: the one before" },
        { "out", CLI_TEXT, &out, "F", "file to write; else the document itself" },
    };
    int code = cli_parse(c, argc, argv, options, sizeof options / sizeof options[0], &words, 1, &helped);

    (void)unused;
    if (code == 0 && !helped)
        code = words.n == 1 ? sign_file(words.v[0], root, out, &signers)
                            : cli_fail(EXIT_USAGE, "root sign: the document to sign is needed");
    cli_list_free(&words);
    cli_signers_free(&signers);
    return code;
}

/* ---- trust ---- */

struct trust_job {
    const char *root, *previous, *state, *out;
    struct cli_trust from;
    struct cli_signers signers;
    int64_t at, lifetime;
};

/* What sync accepted stands in two folders of the state. */
static int add_state(const char *state, struct cli_blobs *paas, struct cli_blobs *signers)
{
    char path[4096];
    int code = 0;
    if (state == NULL)
        return 0;
    if (snprintf(path, sizeof path, "%s/trust/paa", state) >= (int)sizeof path)
        return cli_fail(EXIT_USAGE, "root trust: the name of the state is too long");
    code = cli_each_file(path, cli_blobs_add_certificates, paas);
    if (code == 0 && snprintf(path, sizeof path, "%s/trust/cd-signers", state) < (int)sizeof path)
        code = cli_each_file(path, cli_blobs_add_certificates, signers);
    return code;
}

static int make_trust(struct trust_job *j, struct cli_blobs *b, veridac_bytes root, veridac_bytes previous)
{
    const veridac_trust_options o = { .size = sizeof o, .root = root, .previous = previous,
                                      .paas = b[0].v, .cd_signers = b[1].v, .withdrawn = b[2].v,
                                      .n_paas = b[0].n, .n_cd_signers = b[1].n, .n_withdrawn = b[2].n,
                                      .at = j->at, .lifetime_s = j->lifetime };
    veridac_buffer document = { NULL, 0 };
    veridac_error err = { "" };
    veridac_status st = veridac_trust_draft(&o, &document, &err);
    int code = st == VERIDAC_OK ? 0 : fail_with("root trust", st, &err);

    if (code == 0)
        code = sign_all("root trust", &document, root, &j->signers);
    if (code == 0)
        code = cli_write(j->out, cli_bytes(&document), 0644);
    if (code == 0)
        (void)printf("%s: %zu PAAs, %zu declaration signers, %zu withdrawn; veridac show lists them\n",
                     j->out, b[0].n, b[1].n, b[2].n);
    veridac_buffer_free(&document);
    return code;
}

static int run_trust(struct trust_job *j)
{
    struct cli_blobs b[3] = { { NULL, NULL, 0 } };
    veridac_buffer root = { NULL, 0 }, previous = { NULL, 0 };
    int code = cli_read(j->root, &root);

    if (code == 0 && j->previous != NULL)
        code = cli_read(j->previous, &previous);
    if (code == 0)
        code = cli_blobs_add_paths(&j->from.paas, &b[0]);
    if (code == 0)
        code = cli_blobs_add_paths(&j->from.signers, &b[1]);
    if (code == 0)
        code = cli_blobs_add_paths(&j->from.withdrawn, &b[2]);
    if (code == 0)
        code = add_state(j->state, &b[0], &b[1]);
    if (code == 0)
        code = make_trust(j, b, cli_bytes(&root), cli_bytes(&previous));
    for (size_t i = 0; i < 3; i++)
        cli_blobs_free(&b[i]);
    veridac_buffer_free(&root);
    veridac_buffer_free(&previous);
    return code;
}

static int root_trust(int argc, char **argv, const struct cli_command *c, bool unused)
{
    struct trust_job j = { .at = cli_now() };
    bool helped = false;
    const struct cli_option options[] = {
        { "root", CLI_TEXT, &j.root, "F", "root document in force" },
        { "previous", CLI_TEXT, &j.previous, "F", "the list before" },
        { "trust", CLI_LIST, &j.from.paas, "PATH", "PAA certificates, file or folder (repeats)" },
        { "cd-signers", CLI_LIST, &j.from.signers, "PATH", "declaration signers (repeats)" },
        { "withdrawn", CLI_LIST, &j.from.withdrawn, "PATH", "PAAs that are trusted no longer (repeats)" },
        { "state", CLI_TEXT, &j.state, "DIR", "and what sync accepted" },
        CLI_SIGNER_OPTIONS(j.signers),
        { "lifetime", CLI_DURATION, &j.lifetime, "DUR", "of the list; 365d" },
        { "at", CLI_TIME, &j.at, "TIME", "as of this time instead of now" },
        { "out", CLI_TEXT, &j.out, "F", "file to write" },
    };
    int code = cli_parse(c, argc, argv, options, sizeof options / sizeof options[0], NULL, 0, &helped);

    (void)unused;
    if (code == 0 && !helped)
        code = j.root == NULL || j.out == NULL
                   ? cli_fail(EXIT_USAGE, "root trust: --root F and --out F are needed")
                   : run_trust(&j);
    cli_trust_free(&j.from);
    cli_signers_free(&j.signers);
    return code;
}

/* ---- the table ---- */

static const struct {
    struct cli_command command;
    int (*run)(int argc, char **argv, const struct cli_command *c, bool first);
} subs[] = {
    { { "root init", "a first root document; with --key alone that key does everything",
        "--key F [--network NAME] --out F", NULL }, root_version },
    { { "root add", "the next version, with more keys or other thresholds",
        "--root F --head-key PUB... --key F --out F", NULL }, root_version },
    { { "root rotate", "the next version: keys removed and added, life renewed",
        "--root F [--remove PUB...] [--head-key PUB...] --key F --out F", NULL }, root_version },
    { { "root sign", "one signature more on a root or trust document", "FILE --key F [--root F]", NULL },
      root_sign },
    { { "root trust", "a list of trust anchors", "--root F (--trust PATH... | --state DIR) --out F", NULL },
      root_trust },
};

int cmd_root(int argc, char **argv)
{
    for (size_t i = 0; argc > 1 && i < sizeof subs / sizeof subs[0]; i++) {
        if (strcmp(subs[i].command.name + strlen("root "), argv[1]) == 0)
            return subs[i].run(argc - 1, argv + 1, &subs[i].command, i == 0);
    }
    if (argc > 1 && strcmp(argv[1], "--help") == 0) {
        for (size_t i = 0; i < sizeof subs / sizeof subs[0]; i++)
            (void)printf("  veridac %-12s %s\n", subs[i].command.name, subs[i].command.what);
        return 0;
    }
    return cli_fail(EXIT_USAGE, "root: one of init, add, rotate, sign, trust; veridac root --help");
}
