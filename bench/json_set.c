/* SPDX-License-Identifier: Apache-2.0
 *
 * json_set.c - the baseline of lookups: what the Matter SDK's revocation delegate does, in own code.
 *
 * For each certificate it opens the file, parses all of it into a tree of values with strings of their
 * own, walks the sets, compares key id (hexadecimal) and issuer name (base64) as text, and then walks
 * the array of serials, comparing text. Its look at the signer's certificate is left out, to its
 * advantage: that is a tenth of a millisecond.
 */
#include <stdlib.h> /* first: see CMakeLists.txt */

#include "json_set.h"

#include <openssl/evp.h>

struct json_set {
    FILE *file;
    size_t size;
};

/* ---- writing ---- */

static void put_hex(FILE *f, const uint8_t *p, size_t n)
{
    for (size_t i = 0; i < n; i++)
        (void)fprintf(f, "%02X", p[i]);
}

static void base64(const char *name, char ret[64])
{
    (void)EVP_EncodeBlock((unsigned char *)ret, (const unsigned char *)name, (int)strlen(name));
}

struct json_set *json_set_make(const struct set *s)
{
    struct json_set *j = calloc(1, sizeof *j);
    long size;
    if (j == NULL || (j->file = tmpfile()) == NULL)
        exit(74);
    (void)fputc('[', j->file);
    for (uint32_t i = 0; i < s->issuers; i++) {
        char name[64];
        base64(s->named[i].name, name);
        (void)fprintf(j->file, "%s{\"type\":\"revocation_set\",\"issuer_subject_key_id\":\"", i ? ",\n" : "");
        put_hex(j->file, bundles_key_id, sizeof bundles_key_id);
        (void)fprintf(j->file, "\",\"issuer_name\":\"%s\",\"revoked_serial_numbers\":[", name);
        for (uint32_t k = 0; k < s->named[i].n; k++) {
            uint8_t serial[SERIAL];
            make_serial(i, k, serial);
            (void)fputs(k ? ",\"" : "\"", j->file);
            put_hex(j->file, serial, SERIAL);
            (void)fputc('"', j->file);
        }
        (void)fputs("]}", j->file);
    }
    (void)fputs("]\n", j->file);
    size = ftell(j->file);
    if (size <= 0 || ferror(j->file))
        exit(74);
    j->size = (size_t)size;
    return j;
}

void json_set_free(struct json_set *j)
{
    (void)fclose(j->file);
    free(j);
}

double json_set_octets(const struct json_set *j)
{
    return (double)j->size;
}

/* ---- a tree of the four kinds that such a file has ---- */

struct value {
    char kind;  /* { [ " */
    char *name; /* of a member */
    char *text;
    struct value *first, *last, *next;
};

struct reader {
    const char *p, *end;
};

static _Noreturn void bad(void)
{
    (void)fputs("bench: the JSON set cannot be read\n", stderr);
    exit(70);
}

static char next_char(struct reader *r)
{
    while (r->p < r->end && (*r->p == ' ' || *r->p == '\n'))
        r->p++;
    if (r->p == r->end)
        bad();
    return *r->p;
}

static char *read_text(struct reader *r)
{
    const char *from = r->p + 1, *to;
    char *ret;
    if (next_char(r) != '"' || (to = memchr(from, '"', (size_t)(r->end - from))) == NULL)
        bad();
    ret = malloc((size_t)(to - from) + 1);
    if (ret == NULL)
        exit(70);
    (void)memcpy(ret, from, (size_t)(to - from));
    ret[to - from] = '\0';
    r->p = to + 1;
    return ret;
}

static struct value *read_value(struct reader *r);

static void read_children(struct reader *r, struct value *v)
{
    const char close = v->kind == '{' ? '}' : ']';
    r->p++;
    while (next_char(r) != close) {
        char *name = v->kind == '{' ? read_text(r) : NULL;
        struct value *child;
        if (name != NULL && *r->p++ != ':')
            bad();
        child = read_value(r);
        child->name = name;
        *(v->first == NULL ? &v->first : &v->last->next) = child;
        v->last = child;
        if (next_char(r) == ',')
            r->p++;
    }
    r->p++;
}

static struct value *read_value(struct reader *r) /* NOLINT(misc-no-recursion): three deep */
{
    struct value *v = calloc(1, sizeof *v);
    if (v == NULL)
        exit(70);
    v->kind = next_char(r);
    if (v->kind == '"')
        v->text = read_text(r);
    else if (v->kind == '{' || v->kind == '[')
        read_children(r, v);
    else
        bad();
    return v;
}

static void free_value(struct value *v)
{
    for (struct value *c = v->first, *next; c != NULL; c = next) {
        next = c->next;
        free_value(c);
    }
    free(v->name);
    free(v->text);
    free(v);
}

static const struct value *member(const struct value *v, const char *name)
{
    const struct value *c = v->first;
    while (c != NULL && strcmp(c->name, name) != 0)
        c = c->next;
    if (c == NULL)
        bad();
    return c;
}

/* ---- the question ---- */

static struct value *read_file(struct json_set *j)
{
    char *text = malloc(j->size);
    struct reader r = { text, text + j->size };
    struct value *ret;
    rewind(j->file);
    if (text == NULL || fread(text, 1, j->size, j->file) != j->size)
        exit(74);
    ret = read_value(&r);
    free(text);
    return ret;
}

static bool lists(const struct value *set, const char *serial)
{
    for (const struct value *s = member(set, "revoked_serial_numbers")->first; s != NULL; s = s->next) {
        if (strcmp(s->text, serial) == 0)
            return true;
    }
    return false;
}

static void hex(const uint8_t *p, size_t n, char *ret)
{
    for (size_t i = 0; i < n; i++)
        (void)snprintf(ret + 2 * i, 3, "%02X", p[i]);
}

bool json_set_revoked(struct json_set *j, const struct set *s, uint32_t issuer, uint64_t serial)
{
    char name[64], key_id[2 * sizeof bundles_key_id + 1], want[2 * SERIAL + 1];
    uint8_t octets[SERIAL];
    struct value *sets = read_file(j);
    bool ret = false;

    make_serial(issuer, serial, octets);
    base64(s->named[issuer].name, name);
    hex(bundles_key_id, sizeof bundles_key_id, key_id);
    hex(octets, SERIAL, want);
    for (const struct value *set = sets->first; set != NULL && !ret; set = set->next) {
        if (strcmp(member(set, "issuer_subject_key_id")->text, key_id) == 0 &&
            strcmp(member(set, "issuer_name")->text, name) == 0)
            ret = lists(set, want);
    }
    free_value(sets);
    return ret;
}
