/* SPDX-License-Identifier: Apache-2.0
 *
 * makecase.c - one case: from its settings to a folder with the inputs of one verification.
 */
#include "makecase.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "attest.h"
#include "cd.h"
#include "die.h"
#include "files.h"
#include "nocsr.h"
#include "text.h"

#define AT "2025-06-01T00:00:00Z"

/* The good base, and relatives that only some cases use. */
static const struct cert_spec specs[] = {
    { "paa", CERT_PAA, "paa", "cn(\"Test PAA\") vid(\"FFF1\")", NULL },
    { "paa2", CERT_PAA, "paa2", "cn(\"Second PAA\")", NULL },
    { "spare", CERT_PAA, "spare", "cn(\"Spare PAA\")", NULL },
    { "pai", CERT_PAI, "paa", "cn(\"Test PAI\") vid(\"FFF1\") pid(\"8000\")", NULL },
    { "pai2", CERT_PAI, "paa", "cn(\"Second PAI\") vid(\"FFF1\") pid(\"8000\")", NULL },
    { "dac", CERT_DAC, "pai", "cn(\"Test DAC\") vid(\"FFF1\") pid(\"8000\")", NULL },
    { "cdsigner", CERT_CD_SIGNER, "cdsigner", "cn(\"Test CD Signer\")", NULL },
    { "cdsigner2", CERT_CD_SIGNER, "cdsigner2", "cn(\"Second CD Signer\")", NULL },
    { "cdroot", CERT_PAA, "cdroot", "cn(\"Test CD Root\")", NULL },
};

/* Folder, the setting that fills it, and what is in it when that is not set. */
static const struct {
    const char *folder, *setting, *labels;
} stores[] = {
    { "trust", "trust", "paa spare" },
    { "trust-main", "trust-main", "none" },
    { "trust-test", "trust-test", "none" },
    { "withdrawn", "withdrawn", "none" },
    { "cd-signers", "signers", "cdsigner" },
    { "cd-signers-main", "signers-main", "none" },
    { "cd-signers-test", "signers-test", "none" },
};

/* What is known about the device and by the commissioner. */
struct inputs {
    struct buf nonce, challenge, given_nonce, given_challenge, cd;
    struct attest attest;
    struct buf csr_nonce, given_csr_nonce; /* with nocsr */
    struct nocsr nocsr;
};

static const char *get(struct casefile_case *c, const char *path, const char *fallback)
{
    const char *text = settings_get(&c->set, path);
    return text == NULL ? fallback : text;
}

static bool without(struct casefile_case *c, const char *input)
{
    return text_has_word(get(c, "without", ""), input);
}

static bool with_nocsr(struct casefile_case *c)
{
    return text_has_word(get(c, "with", ""), "nocsr");
}

/* The octets of a setting; without it those derived from its name, or `fallback`. */
static void octets(struct casefile_case *c, struct mint *m, const char *name, size_t n,
                   const struct buf *fallback, struct buf *ret)
{
    const char *text = settings_get(&c->set, name);
    uint8_t some[32];

    if (text != NULL) {
        expr_eval(&m->env, name, text, ret);
    } else if (fallback != NULL) {
        buf_join(ret, fallback);
    } else {
        keys_octets(m->keys, name, some, n);
        buf_add(ret, some, n);
    }
}

static void make_inputs(struct casefile_case *c, struct mint *m, struct inputs *in)
{
    static const uint16_t pids[] = { 0x8000 };
    const struct cd_claims claims = { 0xFFF1, pids, 1 };

    *in = (struct inputs){ .nonce = { .p = NULL } };
    octets(c, m, "nonce", 32, NULL, &in->nonce);
    octets(c, m, "challenge", 16, NULL, &in->challenge);
    octets(c, m, "given-nonce", 32, &in->nonce, &in->given_nonce);
    octets(c, m, "given-challenge", 16, &in->challenge, &in->given_challenge);
    cd_make(m, "decl", "cd", "cdsigner", &claims, &in->cd);
    attest_make(m, cert_key(m, "dac"), &in->cd, &in->nonce, &in->challenge, &in->attest);
    if (with_nocsr(c)) {
        octets(c, m, "csr-nonce", 32, NULL, &in->csr_nonce);
        octets(c, m, "given-csr-nonce", 32, &in->csr_nonce, &in->given_csr_nonce);
        nocsr_make(m, cert_key(m, "dac"), &in->csr_nonce, &in->challenge, &in->nocsr);
    }
}

static void free_inputs(struct inputs *in)
{
    buf_free(&in->nonce);
    buf_free(&in->challenge);
    buf_free(&in->given_nonce);
    buf_free(&in->given_challenge);
    buf_free(&in->cd);
    attest_free(&in->attest);
    buf_free(&in->csr_nonce);
    buf_free(&in->given_csr_nonce);
    nocsr_free(&in->nocsr);
}

/* ---- files ---- */

static void write_store(struct casefile_case *c, struct mint *m, const char *out, size_t row)
{
    const char *list = get(c, stores[row].setting, stores[row].labels);
    struct buf folder = { .p = NULL }, name = { .p = NULL };
    char label[64];
    int n = 0;

    buf_fmt(&folder, "%s/%s", out, stores[row].folder);
    if (strcmp(list, "none") != 0)
        files_fresh_folder(buf_str(&folder));
    while (strcmp(list, "none") != 0 && *(list += strspn(list, " ")) != 0) {
        size_t len = strcspn(list, " ");
        (void)snprintf(label, sizeof label, "%.*s", (int)len, list);
        name.n = 0;
        buf_fmt(&name, "%d-%s.der", n++, label); /* files are loaded in this order */
        files_write(buf_str(&folder), buf_str(&name), &cert_get(m, label)->der);
        list += len;
    }
    buf_free(&folder);
    buf_free(&name);
}

static void write_inputs(struct casefile_case *c, struct mint *m, const struct inputs *in,
                         const char *out)
{
    if (!without(c, "dac"))
        files_write(out, "dac.der", &cert_get(m, get(c, "send-dac", "dac"))->der);
    if (!without(c, "pai"))
        files_write(out, "pai.der", &cert_get(m, get(c, "send-pai", "pai"))->der);
    if (!without(c, "elements"))
        files_write(out, "elements.bin", &in->attest.elements);
    if (!without(c, "signature"))
        files_write(out, "signature.bin", &in->attest.signature);
    if (with_nocsr(c) && !without(c, "nocsr"))
        files_write(out, "nocsr.bin", &in->nocsr.elements);
    if (with_nocsr(c) && !without(c, "nocsr-signature"))
        files_write(out, "nocsr-signature.bin", &in->nocsr.signature);
}

static void put_id(struct casefile_case *c, struct buf *text, const char *key, const char *fallback)
{
    char decimal[24];
    if (without(c, key))
        return;
    (void)snprintf(decimal, sizeof decimal, "%lu", strtoul(get(c, key, fallback), NULL, 16));
    text_line(text, key, decimal);
}

static void put_words(struct casefile_case *c, struct buf *text, const char *key, const char *path)
{
    struct buf words = { .p = NULL };
    text_sorted_words(&words, get(c, path, ""));
    text_line(text, key, buf_str(&words));
    buf_free(&words);
}

static void put_verdict(struct casefile_case *c, struct buf *text)
{
    const char *expect = get(c, "expect", "");
    size_t n = strcspn(expect, " ");
    struct buf verdict = { .p = NULL }, slugs = { .p = NULL };

    buf_fmt(&verdict, "%.*s", (int)n, expect);
    if (!text_has_word("accept reject undetermined", buf_str(&verdict)))
        die(DIE_CASE, "it must expect accept, reject or undetermined");
    text_line(text, "expect", buf_str(&verdict));
    text_sorted_words(&slugs, expect + n);
    text_line(text, "slugs", buf_str(&slugs));
    buf_free(&verdict);
    buf_free(&slugs);
}

static void put_time(struct casefile_case *c, struct buf *text)
{
    char seconds[24];
    int64_t at;

    if (!text_time(get(c, "at", AT), &at))
        die(DIE_CASE, "a time that is not RFC 3339");
    (void)snprintf(seconds, sizeof seconds, "%" PRId64, at);
    text_line(text, "at", seconds);
}

static void write_case_text(struct casefile_case *c, const struct inputs *in, const char *out)
{
    struct buf text = { .p = NULL };
    const char *twin = get(c, "twin", NULL), *like = get(c, "like", "good");

    text_line(&text, "name", c->name);
    text_line(&text, "facts", get(c, "facts", ""));
    if (strcmp(c->name, "good") != 0)
        text_line(&text, "twin", twin != NULL ? twin : like);
    text_line(&text, "network", get(c, "network", "test"));
    text_line(&text, "policy", get(c, "policy", "permissive"));
    put_time(c, &text);
    text_line(&text, "sdk-compat", get(c, "sdk-compat", "0"));
    put_id(c, &text, "vid", "FFF1");
    put_id(c, &text, "pid", "8000");
    if (!without(c, "challenge"))
        text_line_hex(&text, "challenge", &in->given_challenge);
    if (!without(c, "nonce"))
        text_line_hex(&text, "nonce", &in->given_nonce);
    if (with_nocsr(c) && !without(c, "csr-nonce"))
        text_line_hex(&text, "csr-nonce", &in->given_csr_nonce);
    put_verdict(c, &text);
    put_words(c, &text, "notes", "note");
    put_words(c, &text, "trust-refused", "trust-refused");
    put_words(c, &text, "trust-notes", "trust-note");
    files_write(out, "case.txt", &text);
    buf_free(&text);
}

/* What an earlier run left: a folder that a case does not fill must not keep files. */
static void clear_stores(const char *out)
{
    struct buf folder = { .p = NULL };

    for (size_t i = 0; i < sizeof stores / sizeof stores[0]; i++) {
        folder.n = 0;
        buf_fmt(&folder, "%s/%s", out, stores[i].folder);
        files_remove_folder(buf_str(&folder));
    }
    buf_free(&folder);
}

void makecase_clear(const char *root)
{
    struct buf path = { .p = NULL };
    size_t n, end;
    char **names;

    (void)files_make_folder(root); /* may hold what is not ours */
    names = files_list(root, "", &n);
    for (size_t i = 0; i < n; i++) {
        path.n = 0;
        buf_fmt(&path, "%s/%s", root, names[i]);
        end = path.n;
        buf_fmt(&path, "/case.txt");
        if (files_exists(buf_str(&path))) {
            path.p[end] = 0;
            clear_stores(buf_str(&path));
            files_remove_folder(buf_str(&path));
        }
        free(names[i]);
    }
    free(names);
    buf_free(&path);
}

void makecase_write(struct casefile_case *c, struct keys *keys, const char *root)
{
    struct buf out = { .p = NULL };
    const struct setting *unused;
    struct inputs in;
    struct mint m;

    die_about("%s:%d: case %s: ", c->file, c->line, c->name);
    mint_init(&m, &c->set, keys, specs, sizeof specs / sizeof specs[0]);
    buf_fmt(&out, "%s/%s", root, c->name);
    if (!files_make_folder(buf_str(&out))) {
        files_fresh_folder(buf_str(&out));
        clear_stores(buf_str(&out));
    }
    make_inputs(c, &m, &in);
    write_inputs(c, &m, &in, buf_str(&out));
    for (size_t i = 0; i < sizeof stores / sizeof stores[0]; i++)
        write_store(c, &m, buf_str(&out), i);
    write_case_text(c, &in, buf_str(&out));
    unused = settings_unused(&c->set);
    if (unused != NULL)
        die(DIE_CASE, "nothing is called \"%s\" (line %d)", unused->path, unused->line);
    die_about("%s", "");
    free_inputs(&in);
    mint_free(&m);
    buf_free(&out);
}
