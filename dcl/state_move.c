/* SPDX-License-Identifier: Apache-2.0
 *
 * state_move.c - the whole state in one file, for a machine without a network.
 *
 * file   := "VDE1" entry* end
 * entry  := kind:u8 size:u64 bytes[size]        little-endian; kind 1: an object, 2: a run record
 * end    := 0:u8 entries:u64 sha256[32]         of everything before the hash; nothing may follow
 *
 * Objects come first, then the records of runs, the oldest first. Names are not in the file: an object is
 * named by its hash, a run by its place. The file is read twice: nothing is taken from one that is cut or
 * changed.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "files.h"
#include "limits.h"
#include "sig.h"
#include "state.h"

#define MAGIC "VDE1"
#define END_SIZE (9 + VD_SHA256)

enum { END, OBJECT, RUN };

/* ---- writing ---- */

struct out {
    FILE *file;
    struct vd_hash *hash;
    uint64_t entries, bytes;
    const char *folder;
    veridac_status st;
    veridac_error *err;
};

static bool put(struct out *o, struct vd_span bytes)
{
    o->bytes += bytes.n;
    return vd_hash_add(o->hash, bytes) &&
           (bytes.n == 0 || fwrite(bytes.p, 1, bytes.n, o->file) == bytes.n);
}

static bool put_head(struct out *o, int kind, uint64_t n)
{
    uint8_t room[16];
    struct vd_buf head = VD_BUF_ON(room);
    return vd_buf_u8(&head, (uint8_t)kind) && vd_buf_le(&head, 8, n) && put(o, vd_buf_span(&head));
}

static bool put_part(void *user, struct vd_span part)
{
    return put(user, part);
}

static bool put_file(struct out *o, int kind, const char *name)
{
    bool there = false;
    uint64_t n = 0;

    o->st = vd_file_size(o->folder, name, &n, o->err);
    if (o->st == VERIDAC_OK && !put_head(o, kind, n))
        o->st = vd_fail(o->err, VERIDAC_IO, "cannot write: %s", strerror(errno));
    if (o->st == VERIDAC_OK)
        o->st = vd_file_each(o->folder, name, (size_t)n, put_part, o, &there, o->err);
    o->entries++;
    return o->st == VERIDAC_OK;
}

static bool put_object(void *user, const char *name)
{
    return !vd_is_hash(name) || put_file(user, OBJECT, name);
}

static veridac_status put_all(struct out *o, const char *state)
{
    char folder[VD_PATH], name[32];
    uint8_t digest[VD_SHA256];
    uint64_t last = 0;

    o->folder = folder;
    if (!vd_path(folder, state, "objects") || !put(o, vd_span_str(MAGIC)))
        return VERIDAC_IO;
    o->st = vd_folder_each(folder, put_object, o, o->err);
    if (o->st == VERIDAC_OK)
        o->st = vd_state_last_run(state, &last, o->err);
    if (o->st == VERIDAC_OK && !vd_path(folder, state, "runs"))
        o->st = VERIDAC_IO;
    for (uint64_t i = 1; o->st == VERIDAC_OK && i <= last; i++) {
        (void)snprintf(name, sizeof name, "%08" PRIu64 ".json", i);
        if (vd_file_there(folder, name)) /* older ones may have been collected */
            (void)put_file(o, RUN, name);
    }
    if (o->st != VERIDAC_OK)
        return o->st;
    if (!put_head(o, END, o->entries) || !vd_hash_end(o->hash, digest) ||
        fwrite(digest, 1, sizeof digest, o->file) != sizeof digest || fflush(o->file) != 0)
        return VERIDAC_IO;
    return VERIDAC_OK;
}

veridac_status veridac_state_export(const char *state, const char *file, veridac_buffer *ret_report,
                                    veridac_error *err)
{
    struct out o = { .hash = vd_hash_make(), .err = err };
    struct vd_buf report = VD_BUF(4096);
    veridac_status st = VERIDAC_INTERNAL;
    int lock = -1;

    if (state == NULL || file == NULL || ret_report == NULL) {
        vd_hash_free(o.hash);
        return VERIDAC_MISUSE;
    }
    TRY(o.hash != NULL && vd_hash_start(o.hash) ? VERIDAC_OK : VERIDAC_NO_MEMORY);
    TRY(vd_folder_there(state) ? VERIDAC_OK
                               : vd_fail(err, VERIDAC_IO, "%s: no such folder", state));
    TRY(vd_folder_lock(state, &lock, err));
    TRY(vd_file_new(file, &o.file, err));
    TRY(put_all(&o, state));
    TRY(vd_file_done(file, &o.file, err));
    (void)vd_buf_fmt(&report, "{\"schema_version\":1,\"entries\":%" PRIu64 ",\"bytes\":%" PRIu64 "}\n",
                     o.entries, o.bytes + VD_SHA256);
    st = vd_give(&report, ret_report);
out:
    if (st == VERIDAC_IO && err != NULL && err->text[0] == '\0')
        (void)vd_fail(err, st, "%s: cannot write: %s", file, strerror(errno));
    vd_file_drop(file, &o.file);
    vd_folder_unlock(lock);
    vd_hash_free(o.hash);
    return st;
}

/* ---- reading ---- */

struct in {
    FILE *file;
    const char *name, *state;
    uint64_t entries, objects, runs, left; /* left: bytes before the end */
    veridac_error *err;
};

static veridac_status bad(const struct in *in, const char *what)
{
    return vd_fail(in->err, VERIDAC_BAD_DATA, "%s: %s", in->name, what);
}

/* The hash at the end fits everything before it. */
static veridac_status check_whole(struct in *in)
{
    struct vd_hash *hash = vd_hash_make();
    uint8_t part[65536], digest[VD_SHA256];
    uint64_t left;
    size_t n = 1;
    veridac_status st = VERIDAC_BAD_DATA;
    off_t size;

    if (hash == NULL || !vd_hash_start(hash)) {
        vd_hash_free(hash);
        return VERIDAC_NO_MEMORY;
    }
    size = fseeko(in->file, 0, SEEK_END) == 0 ? ftello(in->file) : -1;
    left = size < (off_t)(4 + END_SIZE) ? 0 : (uint64_t)size - VD_SHA256;
    in->left = left;
    rewind(in->file);
    for (; left > 0 && n > 0; left -= n) {
        n = fread(part, 1, left < sizeof part ? (size_t)left : sizeof part, in->file);
        if (!vd_hash_add(hash, vd_span_of(part, n)))
            n = 0;
    }
    if (in->left > 0 && left == 0 && vd_hash_end(hash, digest) &&
        fread(part, 1, VD_SHA256, in->file) == VD_SHA256 &&
        vd_span_eq(VD_SPAN(digest), vd_span_of(part, VD_SHA256)))
        st = VERIDAC_OK;
    vd_hash_free(hash);
    rewind(in->file);
    return st == VERIDAC_OK ? st : bad(in, "cut, changed, or no exported state");
}

static bool take(struct in *in, struct vd_buf *out, size_t n)
{
    uint8_t *to = n > in->left ? NULL : vd_buf_grow(out, n);
    if (to == NULL || fread(to, 1, n, in->file) != n)
        return false;
    in->left -= n;
    return true;
}

static veridac_status take_object(struct in *in, uint64_t n)
{
    struct vd_object *o = vd_object_make(in->state, 0);
    char sha256[VD_HASH_TEXT];
    veridac_status st = o == NULL ? VERIDAC_NO_MEMORY : VERIDAC_OK;

    while (st == VERIDAC_OK && n > 0) {
        struct vd_buf part = VD_BUF(65536);
        size_t want = n < 65536 ? (size_t)n : 65536;
        if (!take(in, &part, want))
            st = bad(in, "an entry is longer than the file");
        else if (!vd_object_put(o, vd_buf_span(&part)))
            st = vd_fail(in->err, VERIDAC_IO, "%s: cannot write an object", in->state);
        n -= want;
        vd_buf_free(&part);
    }
    in->objects++;
    if (st == VERIDAC_OK && vd_object_size(o) == 0) { /* nothing was opened for it */
        vd_object_drop(o);
        return vd_state_put(in->state, VD_NO_SPAN, sha256, in->err);
    }
    if (st == VERIDAC_OK)
        return vd_object_end(o, sha256, in->err);
    vd_object_drop(o);
    return st;
}

/* The records continue what is there, or are the same. */
static veridac_status take_run(struct in *in, uint64_t n)
{
    struct vd_buf text = VD_BUF(VD_MAX_RUN_RECORD);
    struct vd_run run = { .number = 0 }, old = { .number = 0 };
    veridac_status st = VERIDAC_OK;

    if (!take(in, &text, n > VD_MAX_RUN_RECORD ? VD_MAX_RUN_RECORD + 1 : (size_t)n) ||
        !vd_run_read(vd_buf_span(&text), &run))
        st = bad(in, "a run record is broken");
    if (st == VERIDAC_OK)
        st = vd_state_run(in->state, INT64_MAX, &old, in->err);
    if (st == VERIDAC_OK && old.number != 0 && old.network != run.network)
        st = bad(in, "of another network than the state");
    if (st == VERIDAC_OK && (old.number == 0 || run.time > old.time)) {
        st = vd_state_add_run(in->state, &run, in->err);
        in->runs++;
    }
    vd_run_clear(&run);
    vd_run_clear(&old);
    vd_buf_free(&text);
    return st;
}

static veridac_status take_entries(struct in *in)
{
    bool runs = false;
    for (;;) {
        struct vd_buf head = VD_BUF(16);
        uint64_t kind = 0, n = 0;
        struct vd_span cursor;
        bool ok = take(in, &head, 9);
        cursor = vd_buf_span(&head);
        ok = ok && vd_take_le(&cursor, 1, &kind) && vd_take_le(&cursor, 8, &n);
        vd_buf_free(&head);
        if (!ok || kind > RUN || (kind == OBJECT && runs))
            return bad(in, "not an entry");
        if (kind == END)
            return n == in->entries && in->left == 0 ? VERIDAC_OK : bad(in, "bytes behind the end");
        if (kind == RUN && !runs) { /* what the records speak of is there before they are */
            veridac_status st = vd_state_sync(in->state, in->err);
            if (st != VERIDAC_OK)
                return st;
            runs = true;
        }
        in->entries++;
        {
            veridac_status st = kind == RUN ? take_run(in, n) : take_object(in, n);
            if (st != VERIDAC_OK)
                return st;
        }
    }
}

veridac_status veridac_state_import(const char *file, const char *state, veridac_buffer *ret_report,
                                    veridac_error *err)
{
    struct in in = { .name = file, .state = state, .err = err };
    struct vd_buf magic = VD_BUF(4), report = VD_BUF(4096);
    struct vd_run newest = { .number = 0 };
    veridac_status st = VERIDAC_INTERNAL;
    int lock = -1;

    if (state == NULL || file == NULL || ret_report == NULL)
        return VERIDAC_MISUSE;
    in.file = fopen(file, "rb");
    if (in.file == NULL)
        return vd_fail(err, VERIDAC_IO, "%s: cannot open: %s", file, strerror(errno));
    TRY(check_whole(&in));
    TRY(take(&in, &magic, 4) && vd_span_is(vd_buf_span(&magic), MAGIC) ? VERIDAC_OK
                                                                      : bad(&in, "no exported state"));
    TRY(vd_state_make(state, err));
    TRY(vd_folder_lock(state, &lock, err));
    TRY(vd_state_tidy(state, err));
    TRY(take_entries(&in));
    TRY(vd_state_run(state, INT64_MAX, &newest, err));
    TRY(newest.number == 0 ? VERIDAC_OK : vd_state_show_trust(state, &newest, err));
    (void)vd_buf_fmt(&report,
                     "{\"schema_version\":1,\"objects\":%" PRIu64 ",\"runs_added\":%" PRIu64
                     ",\"run\":%" PRIu64 "}\n",
                     in.objects, in.runs, newest.number);
    st = vd_give(&report, ret_report);
out:
    vd_run_clear(&newest);
    vd_buf_free(&magic);
    vd_folder_unlock(lock);
    (void)fclose(in.file);
    return st;
}
