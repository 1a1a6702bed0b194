/* SPDX-License-Identifier: Apache-2.0
 *
 * run_cases.c - every folder that veridac-testpki made from tests/cases, through the shipped
 * library: the verdict, and exactly the findings that the case expects.
 *
 *   run_cases CASES [JSON]   JSON: a folder for the verdict of each case, which the tests of the
 *                            bindings compare with theirs
 */
#include <dirent.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <veridac/veridac.h>

#include <cmocka.h>

#define ROOM 131072

static const char *root, *json_folder;
static veridac_context *warm; /* lives through all cases */

/* ---- one folder ---- */

struct bytes {
    uint8_t data[ROOM];
    size_t size;
    int there;
};

struct folder {
    char path[1024], text[ROOM];
    struct bytes dac, pai, elements, signature, nocsr, nocsr_signature, csr_nonce;
    char refused[4096], noted[4096]; /* " slug slug ": what the loader of the store reported */
};

static void read_file(const char *path, struct bytes *ret)
{
    FILE *f = fopen(path, "rb");
    ret->there = f != NULL;
    ret->size = f == NULL ? 0 : fread(ret->data, 1, ROOM, f);
    if (f != NULL)
        (void)fclose(f);
}

static void read_in(const struct folder *in, const char *name, struct bytes *ret)
{
    char path[2048];
    (void)snprintf(path, sizeof path, "%s/%s", in->path, name);
    read_file(path, ret);
}

/* "key: value" of case.txt; NULL when there is no such line. */
static const char *value_of(const struct folder *in, const char *key, char *room, size_t n)
{
    size_t len = strlen(key);
    for (const char *line = in->text; *line; line += strcspn(line, "\n") + 1) {
        if (strncmp(line, key, len) == 0 && line[len] == ':') {
            const char *v = line + len + 1;
            v += *v == ' ';
            (void)snprintf(room, n, "%.*s", (int)strcspn(v, "\n"), v);
            return room;
        }
        if (line[strcspn(line, "\n")] == '\0')
            break;
    }
    return NULL;
}

static int64_t number_of(const struct folder *in, const char *key, int64_t absent)
{
    char room[64];
    const char *v = value_of(in, key, room, sizeof room);
    return v == NULL ? absent : strtoll(v, NULL, 10);
}

static veridac_bytes hex_of(const struct folder *in, const char *key, struct bytes *ret)
{
    char room[4096];
    const char *v = value_of(in, key, room, sizeof room);
    ret->there = v != NULL;
    ret->size = 0;
    for (; v != NULL && v[0] && v[1]; v += 2) {
        unsigned byte = 0;
        assert_int_equal(sscanf(v, "%2x", &byte), 1);
        ret->data[ret->size++] = (uint8_t)byte;
    }
    return (veridac_bytes){ ret->there ? ret->data : NULL, ret->size };
}

static veridac_bytes given(const struct bytes *b)
{
    return (veridac_bytes){ b->there ? b->data : NULL, b->size };
}

/* ---- trust ---- */

typedef veridac_status add_fn(veridac_trust *, veridac_bytes, const veridac_trust_source *,
                              veridac_trust_report *);

static void add_slug(char *list, size_t room, const char *slug)
{
    size_t used = strlen(list);
    (void)snprintf(list + used, room - used, "%s%.*s ", used ? "" : " ", (int)strcspn(slug, ":"),
                   slug);
}

/* Lines "error slug: sentence (found)" of a report -> lists of slugs. */
static void note_report(struct folder *in, const char *report)
{
    for (const char *line = report; *line;) {
        size_t n = strcspn(line, "\n");
        if (strncmp(line, "error ", 6) == 0 || strncmp(line, "incomplete ", 11) == 0)
            add_slug(in->refused, sizeof in->refused, strchr(line, ' ') + 1);
        if (strncmp(line, "note ", 5) == 0)
            add_slug(in->noted, sizeof in->noted, line + 5);
        line += n + (line[n] == '\n');
    }
}

/* Files in the order of their names: a case may depend on which candidate comes first. */
static void load(struct folder *in, const char *folder, int32_t network, int32_t withdrawn,
                 add_fn *add, veridac_trust *trust)
{
    const veridac_trust_source from = { .size = sizeof from, .network = network,
                                        .withdrawn = withdrawn };
    char path[2048];
    struct bytes *file = malloc(sizeof *file);
    struct dirent **names = NULL;
    int n;

    (void)snprintf(path, sizeof path, "%s/%s", in->path, folder);
    n = scandir(path, &names, NULL, alphasort);
    for (int i = 0; i < n; i++) {
        veridac_trust_report report = { .size = sizeof report };
        char full[4096];
        (void)snprintf(full, sizeof full, "%s/%s", path, names[i]->d_name);
        if (names[i]->d_name[0] != '.') {
            read_file(full, file);
            (void)add(trust, given(file), &from, &report);
            note_report(in, report.text);
        }
        free(names[i]);
    }
    free(names);
    free(file);
}

static int32_t network_of(const struct folder *in)
{
    char room[32];
    const char *v = value_of(in, "network", room, sizeof room);
    return v != NULL && strcmp(v, "main") == 0 ? VERIDAC_NETWORK_MAIN : VERIDAC_NETWORK_TEST;
}

static veridac_trust *load_trust(struct folder *in)
{
    veridac_trust *t = NULL;
    assert_int_equal(veridac_trust_new(&t), VERIDAC_OK);
    load(in, "trust", network_of(in), 0, veridac_trust_add_paa, t);
    load(in, "trust-main", VERIDAC_NETWORK_MAIN, 0, veridac_trust_add_paa, t);
    load(in, "trust-test", VERIDAC_NETWORK_TEST, 0, veridac_trust_add_paa, t);
    load(in, "cd-signers", network_of(in), 0, veridac_trust_add_cd_signer, t);
    load(in, "cd-signers-main", VERIDAC_NETWORK_MAIN, 0, veridac_trust_add_cd_signer, t);
    load(in, "cd-signers-test", VERIDAC_NETWORK_TEST, 0, veridac_trust_add_cd_signer, t);
    load(in, "withdrawn", network_of(in), 1, veridac_trust_add_paa, t);
    return t;
}

/* ---- judging ---- */

static veridac_policy policy_of(const struct folder *in)
{
    static const char *const names[] = { "", "strict", "standard", "permissive", "audit" };
    char room[32];
    const char *v = value_of(in, "policy", room, sizeof room);
    veridac_policy p = { .size = sizeof p, .preset = VERIDAC_POLICY_PERMISSIVE,
                         .network = network_of(in),
                         .sdk_compat = (int32_t)number_of(in, "sdk-compat", 0) };
    for (int32_t i = 1; v != NULL && i < 5; i++) {
        if (strcmp(names[i], v) == 0)
            p.preset = i;
    }
    return p;
}

static int by_text(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* The ids of the findings of the wanted severities, sorted, each once, separated by spaces. */
static void ids_of(const veridac_result *r, const char *severities, char *ret, size_t room)
{
    const char *ids[256];
    size_t n = 0;
    veridac_finding f = { .size = sizeof f };
    for (uint32_t i = 0; n < 256 && veridac_result_finding(r, i, &f) == VERIDAC_OK; i++) {
        if (strstr(severities, f.severity) != NULL)
            ids[n++] = f.id;
    }
    qsort(ids, n, sizeof ids[0], by_text);
    ret[0] = '\0';
    for (size_t i = 0; i < n; i++) {
        size_t used = strlen(ret);
        if (i == 0 || strcmp(ids[i - 1], ids[i]) != 0)
            (void)snprintf(ret + used, room - used, "%s%s", used ? " " : "", ids[i]);
    }
}

/* Every wanted slug must be among the reported ones. */
static int lacks(const char *what, const char *reported, char *want)
{
    int bad = 0;
    char *rest = want, *slug, word[128];
    while ((slug = strtok_r(rest, " ", &rest)) != NULL) {
        (void)snprintf(word, sizeof word, " %s ", slug);
        if (strstr(reported, word) == NULL) {
            print_error("the loader's %s are '%s', expected %s\n", what, reported, slug);
            bad = 1;
        }
    }
    return bad;
}

static void check(const struct folder *in, const veridac_result *r)
{
    char want[4096], got[4096];
    veridac_result_view view = { .size = sizeof view };
    int bad = 0;

    assert_int_equal(veridac_result_look(r, &view), VERIDAC_OK);
    if (strcmp(veridac_verdict_text(view.verdict),
               value_of(in, "expect", want, sizeof want) ? want : "?") != 0) {
        print_error("verdict %s, expected %s\n", veridac_verdict_text(view.verdict), want);
        bad = 1;
    }
    ids_of(r, "error incomplete warning", got, sizeof got);
    if (strcmp(got, value_of(in, "slugs", want, sizeof want) ? want : "") != 0) {
        print_error("findings '%s', expected '%s'\n", got, want);
        bad = 1;
    }
    ids_of(r, "note", got, sizeof got);
    if (strcmp(got, value_of(in, "notes", want, sizeof want) ? want : "") != 0) {
        print_error("notes '%s', expected '%s'\n", got, want);
        bad = 1;
    }
    value_of(in, "trust-refused", want, sizeof want);
    bad |= lacks("errors", in->refused, want);
    if (want[0] == '\0' && in->refused[0] != '\0') {
        print_error("the loader refused:%s\n", in->refused);
        bad = 1;
    }
    value_of(in, "trust-notes", want, sizeof want);
    bad |= lacks("notes", in->noted, want);
    if (bad)
        fail_msg("case");
}

static void write_json(const char *name, const veridac_result *r)
{
    char path[2048];
    veridac_buffer json;
    FILE *f;

    (void)snprintf(path, sizeof path, "%s/%s.json", json_folder, name);
    assert_int_equal(veridac_result_json(r, &json), VERIDAC_OK);
    f = fopen(path, "wb");
    assert_non_null(f);
    assert_int_equal(fwrite(json.data, 1, json.size, f), json.size);
    assert_int_equal(fclose(f), 0);
    veridac_buffer_free(&json);
}

/* The same again with a context that has seen the other cases: not a byte may differ. */
static void check_warm(const veridac_device *d, const veridac_trust *trust,
                       const veridac_policy *policy, int64_t at, const veridac_result *cold)
{
    veridac_result *r = NULL;
    veridac_buffer want, got;
    assert_int_equal(veridac_result_new(&r), VERIDAC_OK);
    assert_int_equal(veridac_result_json(cold, &want), VERIDAC_OK);
    for (int i = 0; i < 2; i++) {
        assert_int_equal(veridac_verify(warm, d, trust, NULL, 0, policy, at, r), VERIDAC_OK);
        assert_int_equal(veridac_result_json(r, &got), VERIDAC_OK);
        assert_string_equal((const char *)got.data, (const char *)want.data);
        veridac_buffer_free(&got);
    }
    veridac_buffer_free(&want);
    veridac_result_free(r);
}

static void run_case(void **state)
{
    struct folder *in = calloc(1, sizeof *in);
    struct bytes *challenge = calloc(1, sizeof *challenge), *nonce = calloc(1, sizeof *nonce);
    struct bytes *text = calloc(1, sizeof *text);
    veridac_result *result = NULL;
    veridac_trust *trust;
    veridac_device d = { .size = sizeof d, .software_version = -1 };
    veridac_policy policy;

    assert_true(in && challenge && nonce && text);
    (void)snprintf(in->path, sizeof in->path, "%s/%s", root, (const char *)*state);
    read_in(in, "case.txt", text);
    memcpy(in->text, text->data, text->size < ROOM ? text->size : ROOM - 1);
    read_in(in, "dac.der", &in->dac);
    read_in(in, "pai.der", &in->pai);
    read_in(in, "elements.bin", &in->elements);
    read_in(in, "signature.bin", &in->signature);
    read_in(in, "nocsr.bin", &in->nocsr);
    read_in(in, "nocsr-signature.bin", &in->nocsr_signature);
    d.nocsr = given(&in->nocsr);
    d.nocsr_signature = given(&in->nocsr_signature);
    d.csr_nonce = hex_of(in, "csr-nonce", &in->csr_nonce);
    d.dac = given(&in->dac);
    d.pai = given(&in->pai);
    d.elements = given(&in->elements);
    d.signature = given(&in->signature);
    d.challenge = hex_of(in, "challenge", challenge);
    d.nonce = hex_of(in, "nonce", nonce);
    d.vid = (int32_t)number_of(in, "vid", -1);
    d.pid = (int32_t)number_of(in, "pid", -1);
    policy = policy_of(in);
    trust = load_trust(in);
    assert_int_equal(veridac_result_new(&result), VERIDAC_OK);
    assert_int_equal(veridac_verify(NULL, &d, trust, NULL, 0, &policy, number_of(in, "at", 0), result),
                     VERIDAC_OK);
    check(in, result);
    if (json_folder != NULL)
        write_json(*state, result);
    check_warm(&d, trust, &policy, number_of(in, "at", 0), result);
    veridac_result_free(result);
    veridac_trust_free(trust);
    free(challenge);
    free(nonce);
    free(text);
    free(in);
}

/* ---- all folders ---- */

/* In another order for each seed: what a warm context has seen before must not matter. */
static void shuffle(struct CMUnitTest *tests, size_t n)
{
    const char *text = getenv("VERIDAC_SEED");
    uint64_t seed = text != NULL ? strtoull(text, NULL, 10) : (uint64_t)time(NULL);

    print_message("VERIDAC_SEED=%llu\n", (unsigned long long)seed);
    for (size_t i = n; i > 1; i--) {
        struct CMUnitTest last = tests[i - 1];
        size_t k;
        seed = seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
        k = (size_t)(seed >> 33) % i;
        tests[i - 1] = tests[k];
        tests[k] = last;
    }
}

int main(int argc, char **argv)
{
    struct CMUnitTest *tests;
    struct dirent **names;
    int n, used = 0;

    if (argc != 2 && argc != 3)
        return 64;
    root = argv[1];
    json_folder = argv[2]; /* NULL when there is none */
    n = scandir(root, &names, NULL, alphasort);
    if (n < 100) {
        (void)fprintf(stderr, "run_cases: only %d entries in %s\n", n, root);
        return 1;
    }
    tests = calloc((size_t)n, sizeof *tests);
    for (int i = 0; i < n && tests != NULL; i++) {
        if (names[i]->d_name[0] != '.')
            tests[used++] = (struct CMUnitTest){ names[i]->d_name, run_case, NULL, NULL,
                                                 names[i]->d_name };
    }
    if (tests != NULL)
        shuffle(tests, (size_t)used);
    if (veridac_context_new(&warm) != VERIDAC_OK)
        return 70;
    used = _cmocka_run_group_tests("cases", tests, (size_t)used, NULL, NULL);
    veridac_context_free(warm);
    for (int i = 0; i < n; i++)
        free(names[i]);
    free(names);
    free(tests);
    return used;
}
