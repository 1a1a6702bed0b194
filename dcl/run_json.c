/* SPDX-License-Identifier: Apache-2.0
 *
 * run_json.c - the record of one run, as JSON.
 */
#include <inttypes.h>
#include <string.h>

#include "json.h"
#include "limits.h"
#include "run.h"
#include "text.h"

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

static bool write_nodes(const struct vd_run *run, struct vd_buf *out)
{
    bool ok = vd_buf_str(out, ",\n\"nodes\":[");
    for (size_t i = 0; ok && i < run->n_nodes; i++) {
        const struct vd_run_node *n = &run->nodes[i];
        ok = vd_buf_fmt(out, "%s{\"height\":%" PRIu64 ",\"time\":%" PRId64 ",\"last_ok\":%" PRId64, i ? ",\n" : "\n",
                        n->height, n->time, n->last_ok) &&
             member(out, "url", n->url) && member(out, "chain", n->chain) &&
             member(out, "error", n->error) && vd_buf_str(out, ",\"records\":[");
        for (size_t k = 0; ok && k < VD_RUN_LISTS; k++)
            ok = vd_buf_fmt(out, "%s%" PRIu32, k ? "," : "", n->records[k]);
        ok = ok && vd_buf_str(out, "]}");
    }
    return ok && vd_buf_u8(out, ']');
}

static bool write_pages(const struct vd_run *run, struct vd_buf *out)
{
    bool ok = vd_buf_str(out, ",\n\"pages\":[");
    for (size_t i = 0; ok && i < run->n_pages; i++) {
        const struct vd_run_page *p = &run->pages[i];
        ok = vd_buf_fmt(out,
                        "%s{\"node\":%zu,\"status\":%" PRId64 ",\"height\":%" PRIu64
                        ",\"size\":%" PRIu64 ",\"duration_ms\":%" PRId64 ",\"sha256\":\"%s\"",
                        i ? ",\n" : "\n", p->node, p->status, p->height, p->size, p->duration_ms,
                        p->sha256) &&
             member(out, "path", p->path) && vd_buf_u8(out, '}');
    }
    return ok && vd_buf_u8(out, ']');
}

static bool write_crl(const struct vd_run_crl *c, struct vd_buf *out)
{
    return vd_buf_fmt(out,
                      "{\"last_ok\":%" PRId64 ",\"status\":%" PRId64 ",\"fetched\":%" PRId64
                      ",\"size\":%" PRIu64 ",\"duration_ms\":%" PRId64
                      ",\"node\":%zu,\"sha256\":\"%s\"",
                      c->last_ok, c->status, c->fetched, c->size, c->duration_ms, c->node,
                      c->sha256) &&
           member(out, "url", c->url) && member(out, "error", c->error) &&
           member(out, "reason", c->reason) &&
           member(out, "etag", c->etag) && member(out, "last_modified", c->last_modified) &&
           write_kept(c, out) && vd_buf_u8(out, '}');
}

static const char *truth(bool b)
{
    return b ? "true" : "false";
}

bool vd_run_write(const struct vd_run *run, struct vd_buf *out)
{
    bool ok = vd_buf_fmt(out,
                         "{\"schema_version\":1,\"time\":%" PRId64 ",\"network\":%d,\"height\":%" PRIu64,
                         run->time, (int)run->network, run->height) &&
              member(out, "points", run->points) && member(out, "adding", run->adding) &&
              member(out, "compliance", run->compliance) && write_nodes(run, out) &&
              write_pages(run, out) && vd_buf_str(out, ",\n\"certificates\":[");
    for (size_t i = 0; ok && i < run->n_certificates; i++) {
        const struct vd_run_certificate *c = &run->certificates[i];
        ok = vd_buf_fmt(out,
                        "%s{\"kind\":\"%s\",\"sha256\":\"%s\",\"accepted\":%s,\"listed\":%s,"
                        "\"withdrawn\":%s,\"disputed\":%s}",
                        i ? ",\n" : "\n", kinds[c->kind], c->sha256, truth(c->accepted),
                        truth(c->listed), truth(c->withdrawn), truth(c->disputed));
    }
    ok = ok && vd_buf_str(out, "],\n\"crls\":[");
    for (size_t i = 0; ok && i < run->n_crls; i++)
        ok = vd_buf_str(out, i ? ",\n" : "\n") && write_crl(&run->crls[i], out);
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
    struct vd_json_value disputed = vd_json_member(v, "disputed");
    struct vd_run_certificate c = { .disputed = false };

    /* older records say nothing of disputes */
    if ((vd_json_present(disputed) && !vd_json_bool(disputed, &c.disputed)) ||
        !read_hash(v, "sha256", false, c.sha256) ||
        !vd_json_bool(vd_json_member(v, "accepted"), &c.accepted) ||
        !vd_json_bool(vd_json_member(v, "listed"), &c.listed) ||
        !vd_json_bool(vd_json_member(v, "withdrawn"), &c.withdrawn))
        return false;
    for (unsigned k = VD_RUN_ANCHOR; k <= VD_RUN_AUTHORITY; k++) {
        c.kind = (enum vd_run_kind)k;
        if (vd_span_is(kind, kinds[k]))
            return vd_run_add_certificate(run, &c);
    }
    return false;
}

static bool read_size(struct vd_json_value object, const char *name, uint64_t *ret)
{
    return vd_json_uint(vd_json_member(object, name), UINT64_MAX, ret);
}

static bool read_node(struct vd_json_value v, struct vd_run *run)
{
    struct vd_buf url = VD_BUF(VD_MAX_URL * 2);
    struct vd_json_value list = vd_json_member(v, "records"), item = vd_json_first(list);
    struct vd_run_node *n = NULL;
    uint64_t count = 0;
    bool ok = read_text(v, "url", &url) &&
              (n = vd_run_add_node(run, (const char *)url.p)) != NULL &&
              read_owned(v, "chain", &n->chain) && read_owned(v, "error", &n->error) &&
              read_size(v, "height", &n->height) && read_time(v, "time", &n->time) &&
              read_time(v, "last_ok", &n->last_ok) &&
              vd_json_is_array(list);
    /* an older record has fewer lists */
    for (size_t k = 0; ok && k < VD_RUN_LISTS && vd_json_present(item); k++, item = vd_json_next(item)) {
        ok = vd_json_uint(item, UINT32_MAX, &count);
        n->records[k] = (uint32_t)count;
    }
    vd_buf_free(&url);
    return ok;
}

static bool read_page(struct vd_json_value v, struct vd_run *run)
{
    struct vd_buf path = VD_BUF(VD_MAX_INPUT);
    struct vd_run_page *p = NULL;
    uint64_t node = 0;
    bool ok = read_text(v, "path", &path) &&
              (p = vd_run_add_page(run, (const char *)path.p)) != NULL &&
              read_size(v, "node", &node) && node < run->n_nodes &&
              read_time(v, "status", &p->status) && read_size(v, "height", &p->height) &&
              read_size(v, "size", &p->size) && read_time(v, "duration_ms", &p->duration_ms) &&
              read_hash(v, "sha256", false, p->sha256);
    if (ok)
        p->node = (size_t)node;
    vd_buf_free(&path);
    return ok;
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
    uint64_t node = 0;
    bool ok = read_text(v, "url", &url) &&
              (c = vd_run_add_crl(run, (const char *)url.p)) != NULL &&
              read_hash(v, "sha256", true, c->sha256) && read_time(v, "last_ok", &c->last_ok) &&
              read_time(v, "status", &c->status) && read_owned(v, "error", &c->error) &&
              read_owned(v, "reason", &c->reason) &&
              read_time(v, "fetched", &c->fetched) && read_size(v, "size", &c->size) &&
              read_time(v, "duration_ms", &c->duration_ms) && read_size(v, "node", &node) &&
              read_owned(v, "etag", &c->etag) && read_owned(v, "last_modified", &c->last_modified) &&
              read_kept(vd_json_member(v, "kept"), c);
    if (ok)
        c->node = (size_t)node;
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
    return read_time(root, "time", &run->time) && read_size(root, "height", &run->height) &&
           read_hash(root, "points", false, run->points) &&
           read_hash(root, "adding", false, run->adding) &&
           read_hash(root, "compliance", true, run->compliance) &&
           read_list(vd_json_member(root, "nodes"), run, read_node) &&
           read_list(vd_json_member(root, "pages"), run, read_page) &&
           read_list(vd_json_member(root, "certificates"), run, read_certificate) &&
           read_list(vd_json_member(root, "crls"), run, read_crl);
}

bool vd_run_read(struct vd_span text, struct vd_run *ret)
{
    struct vd_run run = { .number = 0 };
    struct vd_json *doc = NULL;
    bool ok = vd_json_read_own(text, &doc) == NULL && read_root(vd_json_root(doc), &run);

    vd_json_free(doc);
    if (!ok) {
        vd_run_clear(&run);
        return false;
    }
    *ret = run;
    return true;
}
