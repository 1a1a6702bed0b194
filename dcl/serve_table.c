/* SPDX-License-Identifier: Apache-2.0
 *
 * serve_table.c - a repository or a store as a table.
 */
#include "serve_table.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "inflate.h"
#include "limits.h"
#include "state.h"
#include "text.h"

#define SMALL 65536u            /* files up to this size are kept in memory, */
#define SMALL_ALL (16u << 20)   /* until they are that many bytes */
#define MAX_SERVED 200000u      /* names: years of deltas */
#define KEY_LOOK 65536u         /* bytes of a file in which a private key is looked for */

enum naming { BY_HASH, BY_NUMBER };

static const struct {
    const char *folder;
    enum naming naming;
} layout[] = {
    { "index", BY_HASH }, { "root", BY_NUMBER }, { "trust", BY_HASH },
    { "s", BY_HASH },     { "d", BY_HASH },      { "p", BY_HASH },
};
#define N_LAYOUT (sizeof layout / sizeof layout[0])

/* ---- names ---- */

static bool is_hash(struct vd_span name)
{
    for (size_t i = 0; i < name.n; i++) {
        if (!(name.p[i] >= '0' && name.p[i] <= '9') && !(name.p[i] >= 'a' && name.p[i] <= 'f'))
            return false;
    }
    return name.n == VD_HASH_TEXT - 1;
}

static bool is_number(struct vd_span name)
{
    uint64_t n;
    return vd_at(name, 0) != '0' && vd_decimal_read(name, UINT64_MAX, &n);
}

/* A name of the layout, without ".gz"; false when it is none. */
static bool stem_of(const char *name, enum naming naming, struct vd_span *ret, bool *ret_gz)
{
    struct vd_span all = vd_span_str(name), end;
    *ret_gz = all.n > 3 && vd_span_slice(all, all.n - 3, 3, &end) && vd_span_is(end, ".gz");
    if (*ret_gz)
        all.n -= 3;
    *ret = all;
    return naming == BY_HASH ? is_hash(all) : is_number(all);
}

/* ---- one file ---- */

struct reading {
    const char *folder;  /* that is being listed: ROOT/s */
    const char *name;    /* its name in the layout, "" for the top */
    enum naming naming;
    const struct vd_table *before;
    struct vd_table *table;
    veridac_status st;
    veridac_error *err;
};

static bool leave_out(struct reading *r, const char *name, const char *why)
{
    r->table->left_out++;
    (void)vd_fail(&r->table->left_why, VERIDAC_OK, "%s/%s: %s", r->folder, name, why);
    return true;
}

/* What the name promises about the bytes. */
static const char *broken_promise(struct vd_span bytes, struct vd_span stem, bool gz, enum naming naming)
{
    struct vd_buf plain = VD_BUF(VD_MAX_BUNDLE);
    char hash[VD_HASH_TEXT];
    const char *why = NULL;

    if (gz) {
        why = vd_inflate(bytes, VD_MAX_BUNDLE, &plain);
        bytes = vd_buf_span(&plain);
    }
    if (why == NULL && naming == BY_HASH && (!vd_hash_text(bytes, hash) || !vd_span_is(stem, hash)))
        why = "not what its name says";
    vd_buf_free(&plain);
    return why;
}

static bool fill(struct reading *r, struct vd_served *s, struct vd_buf *bytes)
{
    char hash[VD_HASH_TEXT];
    if (!vd_hash_text(vd_buf_span(bytes), hash))
        return false;
    (void)snprintf(s->etag, sizeof s->etag, "\"%.*s\"", VD_ETAG_DIGITS, hash);
    if (bytes->n <= SMALL && r->table->small_bytes + bytes->n <= SMALL_ALL) {
        s->bytes = VD_BUF(SMALL);
        if (!vd_buf_put(&s->bytes, vd_buf_span(bytes)))
            return false;
        r->table->small_bytes += bytes->n;
    }
    return true;
}

/* The row of the table before, when the file is the same. */
static bool know(struct reading *r, struct vd_served *s)
{
    const struct vd_served *old = r->before ? vd_table_find(r->before, s->path) : NULL;
    if (old == NULL || !s->lasting || !vd_file_id_eq(&old->id, &s->id))
        return false;
    (void)vd_copy(s->etag, sizeof s->etag, vd_span_of(old->etag, sizeof old->etag));
    s->bytes = VD_BUF(SMALL);
    r->table->small_bytes += old->bytes.n;
    return vd_buf_put(&s->bytes, vd_buf_span(&old->bytes));
}

static bool add(struct reading *r, const struct vd_served *s)
{
    if (!vd_grow((void **)&r->table->items, r->table->n, &r->table->cap, sizeof *s, MAX_SERVED))
        return false;
    r->table->items[r->table->n++] = *s;
    return true;
}

static bool take_file(void *user, const char *name)
{
    struct reading *r = user;
    struct vd_buf bytes = VD_BUF(VD_MAX_BUNDLE);
    struct vd_served s = { .lasting = r->name[0] != '\0' };
    struct vd_span stem;
    const char *why;
    bool gz = false, there = false, ok;

    if (s.lasting && !stem_of(name, r->naming, &stem, &gz))
        return true; /* not a name of the layout: nobody gets it */
    (void)snprintf(s.path, sizeof s.path, "%s%s/%s", s.lasting ? "/" : "", r->name, name);
    if (!vd_file_identify(r->folder, name, &s.id))
        return leave_out(r, name, "not a regular file");
    if (!know(r, &s)) {
        r->st = vd_file_read(r->folder, name, VD_MAX_BUNDLE, &bytes, &there, r->err);
        why = r->st != VERIDAC_OK || !there || bytes.n != s.id.size ? "cannot be read, or is changing"
              : s.lasting ? broken_promise(vd_buf_span(&bytes), stem, gz, r->naming) : NULL;
        ok = why == NULL && fill(r, &s, &bytes);
        vd_buf_free(&bytes);
        if (r->st == VERIDAC_NO_MEMORY || (why == NULL && !ok)) {
            r->st = VERIDAC_NO_MEMORY;
            return false;
        }
        r->st = VERIDAC_OK;
        if (why != NULL)
            return leave_out(r, name, why);
    }
    if (add(r, &s))
        return true;
    vd_buf_free(&s.bytes);
    r->st = vd_fail(r->err, VERIDAC_TOO_LARGE, "%s: more than %u names", r->folder, MAX_SERVED);
    return false;
}

/* ---- the whole table ---- */

static int by_path(const void *a, const void *b)
{
    return strcmp(((const struct vd_served *)a)->path, ((const struct vd_served *)b)->path);
}

const struct vd_served *vd_table_find(const struct vd_table *t, const char *path)
{
    struct vd_served key = { .lasting = false };
    if (strlen(path) >= sizeof key.path)
        return NULL;
    (void)vd_copy(key.path, sizeof key.path, vd_span_of(path, strlen(path)));
    return bsearch(&key, t->items, t->n, sizeof key, by_path);
}

static void join_compressed(struct vd_table *t)
{
    for (size_t i = 0; i < t->n; i++) {
        char gz[VD_SERVED_PATH + 8];
        (void)snprintf(gz, sizeof gz, "%s.gz", t->items[i].path);
        t->items[i].gz = vd_table_find(t, gz);
    }
}

static void stamp(const char *folder, char *ret, size_t room)
{
    struct vd_buf text = { (uint8_t *)ret, 0, room - 1, room - 1, false };
    struct vd_file_id id;

    (void)(vd_file_identify(folder, "head", &id) && vd_file_id_text(&text, &id));
    for (size_t i = 0; i < N_LAYOUT; i++)
        (void)(vd_folder_identify(folder, layout[i].folder, &id) && vd_file_id_text(&text, &id));
    ret[text.n] = '\0';
}

bool vd_table_is_old(const char *folder, const struct vd_table *t)
{
    char now[sizeof t->stamp];
    stamp(folder, now, sizeof now);
    return strcmp(now, t->stamp) != 0;
}

static veridac_status read_folders(const char *folder, struct reading *r)
{
    char path[VD_PATH];
    struct vd_file_id id;
    veridac_status st = VERIDAC_OK;

    for (size_t i = 0; st == VERIDAC_OK && i < N_LAYOUT; i++) {
        if (!vd_folder_identify(folder, layout[i].folder, &id))
            continue; /* a store has fewer of them */
        if (!vd_path(path, folder, layout[i].folder))
            return vd_fail(r->err, VERIDAC_IO, "%s: the path is too long", folder);
        r->folder = path;
        r->name = layout[i].folder;
        r->naming = layout[i].naming;
        st = vd_folder_each(path, take_file, r, r->err);
        if (st == VERIDAC_OK)
            st = r->st;
    }
    return st;
}

veridac_status vd_table_read(const char *folder, const struct vd_table *before,
                             struct vd_table **ret, veridac_error *err)
{
    struct vd_table *t = calloc(1, sizeof *t);
    struct reading r = { folder, "", BY_HASH, before, t, VERIDAC_OK, err };
    veridac_status st;

    if (t == NULL)
        return VERIDAC_NO_MEMORY;
    stamp(folder, t->stamp, sizeof t->stamp); /* first: what changes meanwhile is read again */
    (void)take_file(&r, "head");
    st = r.st;
    if (st == VERIDAC_OK && t->n == 0)
        st = vd_fail(err, VERIDAC_BAD_DATA, "%s: there is no head: nothing was published here", folder);
    if (st == VERIDAC_OK)
        st = read_folders(folder, &r);
    if (st != VERIDAC_OK) {
        vd_table_free(t);
        return st;
    }
    qsort(t->items, t->n, sizeof *t->items, by_path);
    join_compressed(t);
    *ret = t;
    return VERIDAC_OK;
}

void vd_table_free(struct vd_table *t)
{
    if (t == NULL)
        return;
    for (size_t i = 0; i < t->n; i++)
        vd_buf_free(&t->items[i].bytes);
    free(t->items);
    free(t);
}

int vd_table_open(const char *folder, const struct vd_served *s)
{
    return vd_file_open(folder, s->path + 1, &s->id);
}

/* ---- private keys ---- */

/* PKCS#8 and SEC 1 in DER begin with the version of their first field. */
static bool looks_like_key(struct vd_span in)
{
    static const uint8_t pkcs8[] = { 0x02, 0x01, 0x00, 0x30 }, sec1[] = { 0x02, 0x01, 0x01, 0x04 };
    struct vd_span head;
    size_t at;

    if (vd_span_find(in, vd_span_str("PRIVATE KEY-----"), &at))
        return true;
    if (vd_at(in, 0) != 0x30 || in.n > 8192)
        return false;
    for (at = 2; at <= 4; at++) {
        if (vd_span_slice(in, at, 4, &head) &&
            (vd_span_eq(head, VD_SPAN(pkcs8)) || vd_span_eq(head, VD_SPAN(sec1))))
            return true;
    }
    return false;
}

struct looking {
    veridac_status st;
    veridac_error *err;
};

static bool look_for_key(void *user, const char *folder, const char *name)
{
    struct looking *l = user;
    struct vd_buf head = VD_BUF(KEY_LOOK);

    l->st = vd_file_begin(folder, name, KEY_LOOK, &head, l->err);
    if (l->st == VERIDAC_OK && looks_like_key(vd_buf_span(&head)))
        l->st = vd_fail(l->err, VERIDAC_BAD_DATA,
                        "%s/%s: a private key; it does not belong into a folder that is served", folder,
                        name);
    vd_buf_free(&head);
    return l->st == VERIDAC_OK;
}

veridac_status vd_table_no_keys(const char *folder, veridac_error *err)
{
    struct looking l = { VERIDAC_OK, err };
    veridac_status st = vd_folder_walk(folder, look_for_key, &l, err);
    return st == VERIDAC_OK ? l.st : st;
}
