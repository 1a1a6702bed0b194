/* SPDX-License-Identifier: Apache-2.0
 *
 * run_revocation.c - every folder that veridac-testpki made from tests/revocation, through the shipped
 * library: the findings of each point, exactly, and the status of each certificate. Each CRL is fed
 * whole, in chunks of seven octets and octet by octet; nothing may differ.
 */
#include <dirent.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <veridac/veridac.h>

#include <cmocka.h>

#define ROOM 65536

static const veridac_bundle_options full_bundle = { .size = sizeof full_bundle,
                                                    .kind = VERIDAC_KIND_FULL };

static const char *root;

struct file {
    uint8_t data[ROOM + 1];
    size_t size;
};

/* A file of the case, with a NUL behind it; empty when it is not there. */
static struct file *read_file(const char *name, const char *file)
{
    char path[2048];
    struct file *ret = calloc(1, sizeof *ret);
    FILE *f;
    assert_non_null(ret);
    (void)snprintf(path, sizeof path, "%s/%s/%s", root, name, file);
    f = fopen(path, "rb");
    if (f != NULL) {
        ret->size = fread(ret->data, 1, ROOM, f);
        (void)fclose(f);
    }
    return ret;
}

/* Calls `take` for every file KIND-LABEL.SUFFIX, with LABEL.SUFFIX. */
static int each_file(const char *name, const char *kind,
                     void (*take)(void *, const char *, struct file *), void *user)
{
    char path[2048];
    struct dirent **names = NULL;
    int n, taken = 0;
    size_t len = strlen(kind);
    (void)snprintf(path, sizeof path, "%s/%s", root, name);
    n = scandir(path, &names, NULL, alphasort);
    for (int i = 0; i < n; i++) {
        const char *file = names[i]->d_name;
        if (strncmp(file, kind, len) == 0 && file[len] == '-') {
            struct file *f = read_file(name, file);
            take(user, file + len + 1, f);
            free(f);
            taken++;
        }
        free(names[i]);
    }
    free(names);
    return taken;
}

/* The value of a line "KEY: VALUE"; NULL without one. */
static const char *value_of(const struct file *f, const char *key, char *room, size_t n)
{
    const char *text = (const char *)f->data;
    size_t len = strlen(key);
    for (const char *line = text; *line; line += strcspn(line, "\n"), line += *line == '\n') {
        if (strncmp(line, key, len) == 0 && line[len] == ':') {
            const char *v = line + len + 1;
            v += *v == ' ';
            (void)snprintf(room, n, "%.*s", (int)strcspn(v, "\n"), v);
            return room;
        }
    }
    return NULL;
}

/* ---- the set ---- */

static void add_trust(void *user, const char *name, struct file *f)
{
    const veridac_trust_source from = { .size = sizeof from, .network = VERIDAC_NETWORK_TEST };
    veridac_trust_report report = { .size = sizeof report };
    if (veridac_trust_add_paa(user, (veridac_bytes){ f->data, f->size }, &from, &report) != VERIDAC_OK)
        fail_msg("%s: %s", name, report.text);
}

static void add_authority(void *user, const char *name, struct file *f)
{
    (void)name;
    assert_int_equal(veridac_revset_add_authority(user, (veridac_bytes){ f->data, f->size }),
                     VERIDAC_OK);
}

static veridac_bytes unhex(const char *hex, uint8_t *room)
{
    size_t n = 0;
    unsigned v;
    for (; hex[0] && hex[1] && sscanf(hex, "%2x", &v) == 1; hex += 2)
        room[n++] = (uint8_t)v;
    return (veridac_bytes){ room, n };
}

static veridac_bytes text(const char *s)
{
    return (veridac_bytes){ (const uint8_t *)s, strlen(s) };
}

static void add_point(void *user, const char *name, struct file *f)
{
    static char label[256], url[4096], key_id[256], number[32], signer[8192], delegator[8192];
    static uint8_t signer_der[4096], delegator_der[4096];
    veridac_point p = { .size = sizeof p };
    const char *d = value_of(f, "delegator", delegator, sizeof delegator);

    (void)name;
    p.label = text(value_of(f, "label", label, sizeof label));
    p.url = text(value_of(f, "url", url, sizeof url));
    p.issuer_key_id = text(value_of(f, "key-id", key_id, sizeof key_id));
    p.vid = (int32_t)strtol(value_of(f, "vid", number, sizeof number), NULL, 0);
    p.pid = (int32_t)strtol(value_of(f, "pid", number, sizeof number), NULL, 0);
    p.is_paa = (int32_t)strtol(value_of(f, "is-paa", number, sizeof number), NULL, 0);
    p.revocation_type = (int32_t)strtol(value_of(f, "type", number, sizeof number), NULL, 0);
    p.has_data_fields = (int32_t)strtol(value_of(f, "data-fields", number, sizeof number), NULL, 0);
    p.adds_only = (int32_t)strtol(value_of(f, "adds-only", number, sizeof number), NULL, 0);
    p.signer = unhex(value_of(f, "signer", signer, sizeof signer), signer_der);
    if (d != NULL)
        p.delegator = unhex(d, delegator_der);
    assert_int_equal(veridac_revset_add_point(user, &p), VERIDAC_OK);
}

static void feed(veridac_revset *set, const char *name, const char *kind, const char *url,
                 size_t chunk, int64_t at)
{
    char file[256];
    struct file *crl;
    (void)snprintf(file, sizeof file, "%s-%s", kind, strrchr(url, '/') + 1);
    crl = read_file(name, file);
    if (crl->size > 0) {
        const veridac_crl_options o = { .size = sizeof o, .url = url, .last_ok = at };
        veridac_crl *open = NULL;
        assert_int_equal(veridac_revset_crl_begin(set, &o, &open), VERIDAC_OK);
        for (size_t i = 0; i < crl->size; i += chunk) {
            size_t n = crl->size - i < chunk ? crl->size - i : chunk;
            assert_int_equal(veridac_revset_crl_feed(open, (veridac_bytes){ crl->data + i, n }),
                             VERIDAC_OK);
        }
        assert_int_equal(veridac_revset_crl_end(open), VERIDAC_OK);
    }
    free(crl);
}

static veridac_revset *make_set(const char *name, const veridac_trust *trust, int64_t at, size_t chunk,
                                const struct file *told)
{
    char room[64];
    const char *const shrink = value_of(told, "accept-shrink", room, sizeof room);
    veridac_revset *set = NULL;
    const char *url;
    assert_int_equal(veridac_revset_new(trust, &(veridac_revset_options){
                         .size = sizeof(veridac_revset_options), .network = VERIDAC_NETWORK_TEST,
                         .at = at, .accept_shrink = &shrink, .n_accept_shrink = shrink != NULL },
                         &set), VERIDAC_OK);
    assert_true(each_file(name, "point", add_point, set) > 0);
    (void)each_file(name, "authority", add_authority, set);
    assert_int_equal(veridac_revset_bind(set), VERIDAC_OK);
    for (uint32_t i = 0; (url = veridac_revset_url(set, i)) != NULL; i++) {
        feed(set, name, "old", url, chunk, at - 3600);
        feed(set, name, "crl", url, chunk, at);
    }
    assert_int_equal(veridac_revset_finish(set), VERIDAC_OK);
    return set;
}

/* ---- what came of it ---- */

static int by_text(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* The ids of the findings of all points with this label, sorted, each once. */
static void ids_of(const veridac_revset *set, const char *label, char *ret, size_t room)
{
    const char *ids[64];
    size_t n = 0, used = 0;
    veridac_finding f = { .size = sizeof f };
    veridac_point_view p = { .size = sizeof p };
    for (uint32_t k = 0; veridac_revset_point(set, k, &p) == VERIDAC_OK; k++) {
        if (strcmp(p.label, label) != 0)
            continue;
        for (uint32_t i = 0; n < 64 && veridac_revset_point_finding(set, k, i, &f) == VERIDAC_OK; i++)
            ids[n++] = f.id;
    }
    qsort(ids, n, sizeof ids[0], by_text);
    ret[0] = '\0';
    for (size_t i = 0; i < n; i++) {
        if (i == 0 || strcmp(ids[i - 1], ids[i]) != 0)
            used += (size_t)snprintf(ret + used, room - used, "%s%s", used ? " " : "", ids[i]);
    }
}

static int check_findings(const veridac_revset *set, const struct file *told)
{
    veridac_point_view p = { .size = sizeof p };
    int bad = 0;
    for (uint32_t i = 0; veridac_revset_point(set, i, &p) == VERIDAC_OK; i++) {
        char key[300], got[2048], room[2048];
        const char *want;
        (void)snprintf(key, sizeof key, "finds/%s", p.label);
        want = value_of(told, key, room, sizeof room);
        ids_of(set, p.label, got, sizeof got);
        if (strcmp(got, want != NULL ? want : "") != 0) {
            print_error("point %s: '%s', expected '%s'\n", p.label, got, want != NULL ? want : "");
            bad = 1;
        }
    }
    return bad;
}

struct lookup {
    const veridac_snapshot *snapshot;
    const struct file *told;
    int64_t at;
    int bad;
};

static const char *word_of(const veridac_answer *a)
{
    return a->status == VERIDAC_REVOKED ? "revoked"
           : a->status == VERIDAC_GOOD  ? "good"
                                        : veridac_reason_text(a->reason);
}

/* The DAC's place in a device: only its revocation is looked at. */
static void look_up(void *user, const char *name, struct file *f)
{
    struct lookup *l = user;
    const veridac_policy policy = { .size = sizeof policy, .preset = VERIDAC_POLICY_STANDARD,
                                    .network = VERIDAC_NETWORK_TEST };
    const veridac_device device = { .size = sizeof device, .dac = { f->data, f->size }, .vid = -1,
                                    .pid = -1, .software_version = -1 };
    veridac_result_view view = { .size = sizeof view };
    veridac_result *r = NULL;
    veridac_trust *none = NULL;
    char key[300], room[64];
    const char *want;

    assert_int_equal(veridac_result_new(&r), VERIDAC_OK);
    assert_int_equal(veridac_trust_new(&none), VERIDAC_OK);
    assert_int_equal(veridac_verify(NULL, &device, none, &l->snapshot, 1, &policy, l->at, r),
                     VERIDAC_OK);
    assert_int_equal(veridac_result_look(r, &view), VERIDAC_OK);
    (void)snprintf(key, sizeof key, "status/%.*s", (int)strcspn(name, "."), name);
    want = value_of(l->told, key, room, sizeof room);
    if (want == NULL || strcmp(want, word_of(view.dac)) != 0) {
        print_error("%s: %s, expected %s\n", name, word_of(view.dac), want != NULL ? want : "?");
        l->bad = 1;
    }
    veridac_result_free(r);
    veridac_trust_free(none);
}

static veridac_buffer bundle_of(const char *name, const veridac_trust *trust, int64_t at, size_t chunk,
                                const struct file *told, int *bad)
{
    veridac_revset *set = make_set(name, trust, at, chunk, told);
    veridac_buffer ret;
    *bad |= check_findings(set, told);
    assert_int_equal(veridac_revset_bundle(set, &full_bundle, &ret, NULL), VERIDAC_OK);
    veridac_revset_free(set);
    return ret;
}

static void run_case(void **state)
{
    static const size_t chunks[] = { ROOM, 7, 1 };
    const veridac_snapshot_options o = { .size = sizeof o, .label = "case" };
    const char *name = *state;
    struct file *told = read_file(name, "case.txt");
    struct lookup l = { .told = told };
    veridac_snapshot *snapshot = NULL;
    veridac_buffer first = { NULL, 0 };
    veridac_trust *trust = NULL;
    char number[32];

    l.at = strtoll(value_of(told, "at", number, sizeof number), NULL, 10);
    assert_int_equal(veridac_trust_new(&trust), VERIDAC_OK);
    (void)each_file(name, "trust", add_trust, trust);
    for (size_t i = 0; i < 3; i++) {
        veridac_buffer b = bundle_of(name, trust, l.at, chunks[i], told, &l.bad);
        if (i == 0) {
            first = b;
            continue;
        }
        if (b.size != first.size || memcmp(b.data, first.data, b.size) != 0) {
            print_error("chunks of %zu give another bundle\n", chunks[i]);
            l.bad = 1;
        }
        veridac_buffer_free(&b);
    }
    assert_int_equal(veridac_snapshot_open((veridac_bytes){ first.data, first.size }, &o, &snapshot,
                                           NULL), VERIDAC_OK);
    l.snapshot = snapshot;
    if (each_file(name, "cert", look_up, &l) == 0) {
        print_error("the case looks nothing up\n");
        l.bad = 1;
    }
    veridac_snapshot_free(snapshot);
    veridac_buffer_free(&first);
    veridac_trust_free(trust);
    free(told);
    if (l.bad)
        fail_msg("%s", name);
}

int main(int argc, char **argv)
{
    struct CMUnitTest *tests;
    struct dirent **names;
    int n, used = 0;

    if (argc != 2)
        return 64;
    root = argv[1];
    n = scandir(root, &names, NULL, alphasort);
    if (n < 40) {
        (void)fprintf(stderr, "run_revocation: only %d entries in %s\n", n, root);
        return 1;
    }
    tests = calloc((size_t)n, sizeof *tests);
    for (int i = 0; i < n && tests != NULL; i++) {
        if (names[i]->d_name[0] != '.')
            tests[used++] = (struct CMUnitTest){ names[i]->d_name, run_case, NULL, NULL,
                                                 names[i]->d_name };
    }
    used = _cmocka_run_group_tests("revocation", tests, (size_t)used, NULL, NULL);
    for (int i = 0; i < n; i++)
        free(names[i]);
    free(names);
    free(tests);
    return used != 0;
}
