/* SPDX-License-Identifier: Apache-2.0
 *
 * run.c - the record of one run: in memory, and as JSON.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "json.h"
#include "limits.h"
#include "run.h"
#include "text.h"

bool vd_is_hash(const char *text)
{
    return strlen(text) == VD_HASH_TEXT - 1 &&
           strspn(text, "0123456789abcdef") == VD_HASH_TEXT - 1;
}

/* ---- in memory ---- */

void vd_run_clear(struct vd_run *run)
{
    for (size_t i = 0; i < run->n_crls; i++) {
        free(run->crls[i].url);
        free(run->crls[i].error);
        free(run->crls[i].etag);
        free(run->crls[i].last_modified);
    }
    free(run->crls);
    free(run->certificates);
    free(run->node);
    *run = (struct vd_run){ .number = 0 };
}

bool vd_run_set(char **field, const char *text)
{
    size_t n = strlen(text) + 1;
    char *copy = malloc(n);
    if (copy == NULL || !vd_copy(copy, n, vd_span_of(text, n))) {
        free(copy);
        return false;
    }
    free(*field);
    *field = copy;
    return true;
}

bool vd_run_add_certificate(struct vd_run *run, enum vd_run_kind kind, const char *sha256,
                            bool accepted, bool listed)
{
    struct vd_run_certificate *c;
    if (vd_run_certificate(run, kind, sha256) != NULL)
        return true;
    if (!vd_grow((void **)&run->certificates, run->n_certificates, &run->cap_certificates,
                 sizeof *c, VD_MAX_ISSUERS))
        return false;
    c = &run->certificates[run->n_certificates++];
    *c = (struct vd_run_certificate){ .kind = kind, .accepted = accepted, .listed = listed };
    return vd_copy(c->sha256, sizeof c->sha256, vd_span_of(sha256, VD_HASH_TEXT));
}

struct vd_run_crl *vd_run_add_crl(struct vd_run *run, const char *url)
{
    struct vd_run_crl *c;
    if (!vd_grow((void **)&run->crls, run->n_crls, &run->cap_crls, sizeof *c, VD_MAX_POINTS))
        return NULL;
    c = &run->crls[run->n_crls];
    *c = (struct vd_run_crl){ .url = NULL };
    run->n_crls++; /* counted now, so that clear frees what was set */
    return vd_run_set(&c->url, url) && vd_run_set(&c->error, "") && vd_run_set(&c->etag, "") &&
                   vd_run_set(&c->last_modified, "")
               ? c
               : NULL;
}

const struct vd_run_certificate *vd_run_certificate(const struct vd_run *run, enum vd_run_kind kind,
                                                    const char *sha256)
{
    for (size_t i = 0; i < run->n_certificates; i++) {
        if (run->certificates[i].kind == kind &&
            strcmp(run->certificates[i].sha256, sha256) == 0)
            return &run->certificates[i];
    }
    return NULL;
}

const struct vd_run_crl *vd_run_crl(const struct vd_run *run, const char *url)
{
    for (size_t i = 0; i < run->n_crls; i++) {
        if (strcmp(run->crls[i].url, url) == 0)
            return &run->crls[i];
    }
    return NULL;
}

struct vd_run_crl *vd_run_crl_mutable(struct vd_run *run, const char *url)
{
    const struct vd_run_crl *c = vd_run_crl(run, url);
    return c == NULL ? NULL : &run->crls[c - run->crls];
}

static void drop_kept(struct vd_run_crl *c, size_t i)
{
    for (c->n_kept--; i < c->n_kept; i++)
        c->kept[i] = c->kept[i + 1];
}

void vd_run_keep(struct vd_run_crl *c)
{
    struct vd_run_kept *to;
    if (c->n_kept == VD_RUN_KEPT)
        drop_kept(c, 1);
    to = &c->kept[c->n_kept++];
    (void)vd_copy(to->sha256, sizeof to->sha256, vd_span_of(c->sha256, sizeof c->sha256));
    to->last_ok = c->last_ok;
}

void vd_run_prune(struct vd_run_crl *c, uint32_t counting)
{
    for (size_t i = c->n_kept; i-- > 0;) {
        if ((counting >> i & 1) == 0)
            drop_kept(c, i);
    }
}

/* ---- writing ---- */

static const char *const kinds[] = { [VD_RUN_ANCHOR] = "anchor", [VD_RUN_SIGNER] = "cd-signer",
                                     [VD_RUN_AUTHORITY] = "authority" };

static bool member(struct vd_buf *out, const char *name, const char *value)
{
    return vd_buf_fmt(out, ",\"%s\":", name) && vd_text_json(out, vd_span_str(value));
}

static bool write_kept(const struct vd_run_crl *c, struct vd_buf *out)
{
    bool ok = vd_buf_str(out, ",\"kept\":[");
    for (size_t i = 0; ok && i < c->n_kept; i++)
        ok = vd_buf_fmt(out, "%s{\"sha256\":\"%s\",\"last_ok\":%" PRId64 "}", i ? "," : "",
                        c->kept[i].sha256, c->kept[i].last_ok);
    return ok && vd_buf_u8(out, ']');
}

bool vd_run_write(const struct vd_run *run, struct vd_buf *out)
{
    bool ok = vd_buf_fmt(out, "{\"schema_version\":1,\"time\":%" PRId64 ",\"network\":%d",
                         run->time, (int)run->network) &&
              member(out, "node", run->node) && member(out, "points", run->points) &&
              vd_buf_str(out, ",\n\"certificates\":[");
    for (size_t i = 0; ok && i < run->n_certificates; i++) {
        const struct vd_run_certificate *c = &run->certificates[i];
        ok = vd_buf_fmt(out, "%s{\"kind\":\"%s\",\"sha256\":\"%s\",\"accepted\":%s,\"listed\":%s}",
                        i ? ",\n" : "\n", kinds[c->kind], c->sha256, c->accepted ? "true" : "false",
                        c->listed ? "true" : "false");
    }
    ok = ok && vd_buf_str(out, "],\n\"crls\":[");
    for (size_t i = 0; ok && i < run->n_crls; i++) {
        const struct vd_run_crl *c = &run->crls[i];
        ok = vd_buf_fmt(out, "%s{\"last_ok\":%" PRId64 ",\"status\":%" PRId64 ",\"sha256\":\"%s\"",
                        i ? ",\n" : "\n", c->last_ok, c->status, c->sha256) &&
             member(out, "url", c->url) && member(out, "error", c->error) &&
             member(out, "etag", c->etag) && member(out, "last_modified", c->last_modified) &&
             write_kept(c, out) && vd_buf_u8(out, '}');
    }
    return ok && vd_buf_str(out, "]}\n");
}

/* ---- reading ---- */

static bool read_text(struct vd_json_value object, const char *name, struct vd_buf *out)
{
    vd_buf_clear(out);
    return vd_json_string(vd_json_member(object, name), out) && vd_buf_u8(out, 0);
}

static bool read_owned(struct vd_json_value object, const char *name, char **ret)
{
    struct vd_buf text = VD_BUF(VD_MAX_URL * 2);
    bool ok = read_text(object, name, &text) && vd_run_set(ret, (const char *)text.p);
    vd_buf_free(&text);
    return ok;
}

static bool read_hash(struct vd_json_value object, const char *name, bool may_be_empty,
                      char ret[VD_HASH_TEXT])
{
    struct vd_span text = vd_json_text(vd_json_member(object, name));
    vd_zero(ret, VD_HASH_TEXT);
    return vd_copy(ret, VD_HASH_TEXT - 1, text) &&
           (vd_is_hash(ret) || (may_be_empty && ret[0] == '\0'));
}

static bool read_time(struct vd_json_value object, const char *name, int64_t *ret)
{
    uint64_t t;
    if (!vd_json_uint(vd_json_member(object, name), INT64_MAX, &t))
        return false;
    *ret = (int64_t)t;
    return true;
}

static bool read_certificate(struct vd_json_value v, struct vd_run *run)
{
    struct vd_span kind = vd_json_text(vd_json_member(v, "kind"));
    bool accepted, listed;
    char sha256[VD_HASH_TEXT];

    if (!read_hash(v, "sha256", false, sha256) ||
        !vd_json_bool(vd_json_member(v, "accepted"), &accepted) ||
        !vd_json_bool(vd_json_member(v, "listed"), &listed))
        return false;
    for (unsigned k = VD_RUN_ANCHOR; k <= VD_RUN_AUTHORITY; k++) {
        if (vd_span_is(kind, kinds[k]))
            return vd_run_add_certificate(run, (enum vd_run_kind)k, sha256, accepted, listed);
    }
    return false;
}

static bool read_kept(struct vd_json_value list, struct vd_run_crl *c)
{
    if (!vd_json_is_array(list))
        return false;
    for (struct vd_json_value v = vd_json_first(list); vd_json_present(v); v = vd_json_next(v)) {
        if (c->n_kept == VD_RUN_KEPT || !read_hash(v, "sha256", false, c->kept[c->n_kept].sha256) ||
            !read_time(v, "last_ok", &c->kept[c->n_kept].last_ok))
            return false;
        c->n_kept++;
    }
    return true;
}

static bool read_crl(struct vd_json_value v, struct vd_run *run)
{
    struct vd_buf url = VD_BUF(VD_MAX_URL * 2);
    struct vd_run_crl *c = NULL;
    bool ok = read_text(v, "url", &url) &&
              (c = vd_run_add_crl(run, (const char *)url.p)) != NULL &&
              read_hash(v, "sha256", true, c->sha256) && read_time(v, "last_ok", &c->last_ok) &&
              read_time(v, "status", &c->status) && read_owned(v, "error", &c->error) &&
              read_owned(v, "etag", &c->etag) && read_owned(v, "last_modified", &c->last_modified) &&
              read_kept(vd_json_member(v, "kept"), c);
    vd_buf_free(&url);
    return ok;
}

static bool read_list(struct vd_json_value list, struct vd_run *run,
                      bool (*read_one)(struct vd_json_value v, struct vd_run *run))
{
    struct vd_json_value item;
    if (!vd_json_is_array(list))
        return false;
    for (item = vd_json_first(list); vd_json_present(item); item = vd_json_next(item)) {
        if (!read_one(item, run))
            return false;
    }
    return true;
}

static bool read_root(struct vd_json_value root, struct vd_run *run)
{
    uint64_t schema, network;
    if (!vd_json_uint(vd_json_member(root, "schema_version"), 1, &schema) || schema != 1 ||
        !vd_json_uint(vd_json_member(root, "network"), 2, &network) || network == 0)
        return false;
    run->network = (int32_t)network;
    return read_time(root, "time", &run->time) && read_owned(root, "node", &run->node) &&
           read_hash(root, "points", false, run->points) &&
           read_list(vd_json_member(root, "certificates"), run, read_certificate) &&
           read_list(vd_json_member(root, "crls"), run, read_crl);
}

bool vd_run_read(struct vd_span text, struct vd_run *ret)
{
    struct vd_run run = { .number = 0 };
    struct vd_json *doc = NULL;
    bool ok = vd_json_read(text, &doc, NULL) == NULL && read_root(vd_json_root(doc), &run);

    vd_json_free(doc);
    if (!ok) {
        vd_run_clear(&run);
        return false;
    }
    *ret = run;
    return true;
}
