/* SPDX-License-Identifier: Apache-2.0
 *
 * pull.c - a repository on web servers -> the local store.
 *
 * Every byte is checked before the store is touched, and everything is in the store before the head
 * is: the switch is one rename.
 */
#include "pull.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "files.h"
#include "json.h"
#include "sized.h"
#include "text.h"
#include "ticks.h"

#define LATEST_S 86400     /* the longest time to the next useful poll */

/* ---- what is there ---- */

static void load_poll(struct vd_pull *p)
{
    struct vd_buf text = VD_BUF(16384);
    struct vd_json *doc = NULL;
    bool there = false;

    if (vd_file_read(p->o.store, "poll", 16383, &text, &there, NULL) == VERIDAC_OK && there &&
        vd_json_read(vd_buf_span(&text), &doc, NULL) == NULL) {
        struct vd_json_value root = vd_json_root(doc);
        struct vd_buf url = { (uint8_t *)p->poll_url, 0, VD_MAX_URL, VD_MAX_URL, false };
        struct vd_buf etag = { (uint8_t *)p->poll_etag, 0, VD_HTTP_TAG - 1, VD_HTTP_TAG - 1, false };
        if (!vd_json_string(vd_json_member(root, "url"), &url) ||
            !vd_json_string(vd_json_member(root, "etag"), &etag))
            p->poll_url[0] = '\0';
    }
    vd_json_free(doc);
    vd_buf_free(&text);
}

/* What was asked for once stays wanted, whether or not a head named it at that time. Stores of older versions
 * do not say it: they want what they have. */
static uint32_t wanted_parts(const struct vd_pull *p)
{
    uint32_t parts = p->o.parts | (p->old.has_floor ? p->old.floor.parts : 0);
    for (size_t i = 0; p->old.there && i < VD_PARTS; i++) {
        if (vd_store_has(p->o.store, "p", &p->old.head.ref[vd_part_types[i]]))
            parts |= vd_part_bit(vd_part_types[i]);
    }
    return parts;
}

/* The store's root, unless the operator gives one: that of this feed which is newer, or the first. */
static veridac_status choose_root(struct vd_pull *p, veridac_error *err)
{
    const struct vd_span given = vd_span_of(p->o.root.data, p->o.root.size);
    const char *wrong;

    p->start_bytes = VD_BUF(VD_MAX_ROOT + 1);
    if (given.p == NULL && !p->old.there)
        return vd_fail(err, VERIDAC_BAD_DATA, "%s: an empty store needs a root document", p->o.store);
    if (given.p != NULL) {
        wrong = vd_root_read(given, &p->start);
        if (wrong == NULL)
            wrong = vd_root_first(&p->start);
        if (wrong != NULL)
            return vd_fail(err, vd_wrong(wrong, VERIDAC_BAD_DATA), "not a usable root document: %s", wrong);
    }
    if (given.p != NULL && p->old.there) {
        const struct vd_signed *a = &p->start.s, *b = &p->old.root.s;
        if (a->network != b->network || strcmp(a->feed, b->feed) != 0)
            return vd_fail(err, VERIDAC_OTHER_NETWORK,
                           "%s: wrong-feed: the store is of feed %s, the root of %s", p->o.store,
                           b->feed, a->feed);
        if (a->number == b->number && !vd_span_eq(given, vd_buf_span(&p->old.root_bytes)))
            return vd_fail(err, VERIDAC_BAD_SIGNATURE,
                           "%s: root-other: the store has another root of version %" PRIu64,
                           p->o.store, b->number);
    }
    if (given.p == NULL || (p->old.there && p->old.root.s.number >= p->start.s.number))
        return vd_buf_put(&p->start_bytes, vd_buf_span(&p->old.root_bytes)) ? VERIDAC_OK
                                                                            : VERIDAC_NO_MEMORY;
    return vd_buf_put(&p->start_bytes, given) ? VERIDAC_OK : VERIDAC_NO_MEMORY;
}

/* ---- installing ---- */

static struct vd_floor new_floor(const struct vd_pull *p)
{
    struct vd_floor f = { .epoch = p->head.s.epoch, .sequence = p->head.s.number,
                          .trust_epoch = p->trust.s.epoch, .trust_version = p->trust.s.number,
                          .root_version = p->root.s.number, .seen = p->o.at, .parts = p->parts };
    if (p->old.has_floor && p->old.floor.seen > f.seen)
        f.seen = p->old.floor.seen;
    (void)vd_sha256(vd_buf_span(&p->head_bytes), f.head_sha256);
    return f;
}

static veridac_status put_ref(const struct vd_pull *p, const char *folder, enum vd_ref_type type,
                              const struct vd_buf *bytes, veridac_error *err)
{
    char name[65];
    if ((p->stored & UINT32_C(1) << type) != 0)
        return VERIDAC_OK;
    vd_store_name(p->head.ref[type].sha256, name);
    return vd_store_put(p->o.store, folder, name, vd_buf_span(bytes), err);
}

static veridac_status install(struct vd_pull *p, veridac_error *err)
{
    const struct vd_floor floor = new_floor(p);
    char version[24];
    veridac_status st;

    (void)snprintf(version, sizeof version, "%" PRIu64, p->root.s.number);
    st = vd_store_put(p->o.store, "root", version, vd_buf_span(&p->root_bytes), err);
    if (st == VERIDAC_OK)
        st = put_ref(p, "trust", VD_REF_TRUST, &p->trust_bytes, err);
    if (st == VERIDAC_OK)
        st = put_ref(p, "s", p->kind, &p->bundle_bytes, err);
    for (size_t i = 0; st == VERIDAC_OK && i < VD_PARTS; i++) {
        if (p->part_bytes[i].p != NULL)
            st = put_ref(p, "p", vd_part_types[i], &p->part_bytes[i], err);
    }
    if (st == VERIDAC_OK && p->unchanged)
        st = vd_store_set_floor(p->o.store, &floor, err);
    else if (st == VERIDAC_OK)
        st = vd_store_switch(p->o.store, vd_buf_span(&p->head_bytes), &floor, err);
    if (st == VERIDAC_OK && !p->unchanged)
        vd_store_sweep(p->o.store, NULL, NULL);
    return st;
}

static void save_poll(const struct vd_pull *p)
{
    struct vd_buf out = VD_BUF(16384);
    if (vd_buf_str(&out, "{\"url\":") && vd_text_json(&out, vd_span_str(p->base)) &&
        vd_buf_str(&out, ",\"etag\":") && vd_text_json(&out, vd_span_str(p->etag)) &&
        vd_buf_str(&out, "}\n"))
        (void)vd_file_write(p->o.store, "poll", vd_buf_span(&out), 0644, NULL); /* saves bytes only */
    vd_buf_free(&out);
}

/* ---- mirrors ---- */

static veridac_status from_mirror(struct vd_pull *p, veridac_error *err)
{
    veridac_status st;

    vd_buf_free(&p->head_bytes);
    vd_buf_free(&p->trust_bytes);
    vd_buf_free(&p->bundle_bytes);
    p->head_bytes = VD_BUF(VD_MAX_HEAD + 1);
    p->unchanged = false;
    p->stored = 0;
    st = vd_pull_head(p, err);
    if (st == VERIDAC_OK)
        st = vd_pull_files(p, err);
    return st == VERIDAC_OK ? install(p, err) : st;
}

/* Mirrors on this machine may send each other on; others lead to no private address. */
static bool all_local(const veridac_pull_options *o)
{
    for (size_t i = 0; i < o->n_urls; i++) {
        struct vd_span url = vd_span_str(o->urls[i]);
        if (!vd_take_tag(&url, "http:") || vd_url_private_or_https(o->urls[i]) != VD_URL_OK)
            return false;
    }
    return true;
}

/* An engine for each mirror, so that the failures of one do not count against the next; what is left of
 * the budgets. */
static veridac_status start_engine(struct vd_pull *p, int64_t started, veridac_error *err)
{
    struct vd_http_options o = { .seed = p->o.random + p->fetch.requests,
                                 .allow_private = all_local(&p->o),
                                 .stop = { p->o.stop, p->o.user } };

    if (p->o.budget_s > 0) {
        o.run_s = p->o.budget_s - (vd_ticks_ms() - started) / 1000;
        if (o.run_s <= 0)
            return vd_fail(err, VERIDAC_IO, "%s: over-budget: no time is left", p->base);
    }
    if (p->o.max_bytes > 0) {
        if (p->fetch.bytes >= p->o.max_bytes)
            return vd_fail(err, VERIDAC_IO, "%s: over-budget: no bytes are left", p->base);
        o.run_bytes = p->o.max_bytes - p->fetch.bytes;
    }
    vd_http_free(p->fetch.http);
    p->fetch.http = NULL;
    return vd_http_new(&o, &p->fetch.http);
}

/* What cannot be reached was tried again, with growing pauses, by the engine; what was refused is refused
 * at once. Either way it is the next one's turn. */
static veridac_status from_mirrors(struct vd_pull *p, veridac_error *err)
{
    const int64_t started = vd_ticks_ms();
    veridac_status st = VERIDAC_IO;
    for (size_t i = 0; i < p->o.n_urls; i++) {
        p->base = p->o.urls[i];
        st = start_engine(p, started, err);
        if (st == VERIDAC_OK)
            st = from_mirror(p, err);
        if (st == VERIDAC_OK || st == VERIDAC_MISUSE || st == VERIDAC_NO_MEMORY ||
            st == VERIDAC_STOPPED)
            break;
    }
    return st;
}

/* ---- reports ---- */

/* When there will be something new: after the next publication, spread over a tenth of the time. */
static int64_t next_poll(const struct vd_pull *p, const struct vd_head *h)
{
    const int64_t step = h->next_publish - h->s.created;
    int64_t next = h->next_publish + (int64_t)(p->o.random % (uint64_t)(step / 10 + 1));
    if (next <= p->o.at) /* late: ask again soon, and less often the longer nothing comes */
        next = p->o.at + 60 + (int64_t)(p->o.random % 240);
    return next - p->o.at > LATEST_S ? p->o.at + LATEST_S : next;
}

static void put_time(struct vd_buf *out, const char *name, int64_t t)
{
    char text[VD_TIME_TEXT];
    vd_time_text(t, text);
    (void)vd_buf_fmt(out, ",\"%s\":\"%s\"", name, text);
}

static bool write_report(const struct vd_pull *p, const struct vd_head *h, bool asked,
                         struct vd_buf *out)
{
    const struct vd_ref *bundle = vd_store_bundle(p->o.store, h);
    char name[65] = "";

    if (bundle != NULL)
        vd_store_name(bundle->sha256, name);
    (void)(vd_buf_fmt(out, "{\"schema_version\":1,\"changed\":%s,\"asked\":%s,\"from\":",
                      asked && !p->unchanged ? "true" : "false", asked ? "true" : "false") &&
           vd_text_json(out, vd_span_str(asked ? p->base : "")) &&
           vd_buf_fmt(out,
                      ",\"network\":\"%s\",\"feed\":\"%s\",\"epoch\":%" PRIu32 ",\"sequence\":%" PRIu64
                      ",\"root_version\":%" PRIu32 ",\"trust_version\":%" PRIu32,
                      h->s.network == 1 ? "main" : "test", h->s.feed, h->s.epoch, h->s.number,
                      h->root_version, h->trust_version));
    put_time(out, "created", h->s.created);
    put_time(out, "expires", h->s.expires);
    put_time(out, "next_publish", h->next_publish);
    put_time(out, "next_poll", next_poll(p, h));
    (void)(vd_buf_fmt(out,
                      ",\"kind\":\"%s\",\"bundle\":\"%s\",\"bundle_size\":%" PRIu64
                      ",\"deltas\":%" PRIu32 ",\"bytes\":%" PRIu64 ",\"requests\":%" PRIu32
                      ",\"note\":",
                      bundle == &h->ref[VD_REF_HUB] ? "hub" : "full", name,
                      bundle == NULL ? 0 : bundle->size, p->deltas, p->fetch.bytes,
                      p->fetch.requests) &&
           vd_text_json(out, vd_span_str(p->notes.text)) && vd_buf_str(out, "}\n"));
    return !out->failed;
}

/* status.json: for whoever watches this store. */
static void save_status(const struct vd_pull *p, veridac_status st, const veridac_error *err)
{
    struct vd_buf out = VD_BUF(16384);
    struct vd_store now;
    const bool read = vd_store_read(p->o.store, "head", &now, NULL) == VERIDAC_OK;

    (void)vd_buf_fmt(&out, "{\"schema_version\":1,\"ok\":%s", st == VERIDAC_OK ? "true" : "false");
    put_time(&out, "last_attempt", p->o.at);
    if (read && now.has_floor)
        put_time(&out, "last_success", now.floor.seen);
    if (read && now.there) {
        (void)vd_buf_fmt(&out, ",\"epoch\":%" PRIu32 ",\"sequence\":%" PRIu64 ",\"age_s\":%" PRId64
                         ",\"expired\":%s", now.head.s.epoch, now.head.s.number,
                         p->o.at - now.head.s.created,
                         p->o.at > now.head.s.expires ? "true" : "false");
        put_time(&out, "expires", now.head.s.expires);
        put_time(&out, "next_poll", next_poll(p, &now.head));
    }
    (void)(vd_buf_fmt(&out, ",\"bytes\":%" PRIu64 ",\"requests\":%" PRIu32 ",\"reason\":",
                      p->fetch.bytes, p->fetch.requests) &&
           vd_text_json(&out, vd_span_str(st == VERIDAC_OK ? "" : err->text)) &&
           vd_buf_str(&out, "}\n"));
    if (!out.failed)
        (void)vd_file_write(p->o.store, "status.json", vd_buf_span(&out), 0644, NULL);
    vd_buf_free(&out);
    if (read)
        vd_store_clear(&now);
}

/* ---- all of it ---- */

static bool options_ok(const veridac_pull_options *o)
{
    return o->urls != NULL && o->n_urls > 0 && o->store != NULL && o->at >= 0 && o->timeout_s >= 0 &&
           o->tier >= 0 && o->tier <= VERIDAC_KIND_FULL && o->budget_s >= 0 && o->parts <= VD_PARTS_ASKED;
}

static veridac_status pull(struct vd_pull *p, struct vd_buf *out, veridac_error *err)
{
    veridac_status st = vd_store_read(p->o.store, "head", &p->old, err);

    if (st != VERIDAC_OK)
        return st;
    p->parts = wanted_parts(p);
    if (p->o.if_due && p->old.there && p->old.floor.seen <= p->o.at &&
        p->o.at < p->old.head.next_publish && (p->parts & ~p->old.floor.parts) == 0)
        return write_report(p, &p->old.head, false, out) ? VERIDAC_OK : VERIDAC_NO_MEMORY;
    load_poll(p);
    st = choose_root(p, err);
    if (st == VERIDAC_OK)
        st = from_mirrors(p, err);
    if (st == VERIDAC_OK)
        save_poll(p);
    if (st == VERIDAC_OK && !write_report(p, &p->head, true, out))
        st = VERIDAC_NO_MEMORY;
    if (st != VERIDAC_STOPPED) /* that says nothing about the store */
        save_status(p, st, err);
    return st;
}

static void clear(struct vd_pull *p)
{
    vd_store_clear(&p->old);
    vd_buf_free(&p->start_bytes);
    vd_buf_free(&p->head_bytes);
    vd_buf_free(&p->root_bytes);
    vd_buf_free(&p->trust_bytes);
    vd_buf_free(&p->bundle_bytes);
    for (size_t i = 0; i < VD_PARTS; i++)
        vd_buf_free(&p->part_bytes[i]);
}

veridac_status veridac_pull(const veridac_pull_options *options, veridac_buffer *ret_report,
                            veridac_error *err)
{
    struct vd_buf out = VD_BUF(65536);
    struct vd_pull p = { .kind = VD_REF_HUB };
    veridac_error why = { "" };
    veridac_status st;
    int lock = -1;

    if (ret_report == NULL ||
        !vd_sized_take(&p.o, sizeof p.o, VD_UPTO(veridac_pull_options, timeout_s), options) ||
        !options_ok(&p.o))
        return VERIDAC_MISUSE;
    p.fetch = (struct vd_fetch){ .store = p.o.store, .timeout_s = p.o.timeout_s,
                                 .progress = p.o.progress, .user = p.o.user };
    TRY(vd_store_make(p.o.store, err));
    TRY(vd_folder_lock(p.o.store, &lock, err));
    st = pull(&p, &out, &why);
    if (st == VERIDAC_OK)
        st = vd_give(&out, ret_report);
    else
        vd_buf_free(&out);
    if (st != VERIDAC_OK && err != NULL)
        *err = why;
out:
    vd_folder_unlock(lock);
    vd_http_free(p.fetch.http);
    clear(&p);
    return st;
}
