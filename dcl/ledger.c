/* SPDX-License-Identifier: Apache-2.0
 *
 * ledger.c - the lists of one ledger node.
 *
 * Roots come as a list of (subject, key id); their certificates, and those of PAIs and declaration
 * signers, are in the paged list of all certificates. A root without a certificate there means
 * that the ledger changed in between: the run ends and the next one starts anew.
 */
#include "ledger.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "http.h"
#include "limits.h"
#include "records.h"

/* CSA "Matter Certification and Testing CA": subject, percent-encoded, and key id. */
#define CD_ROOT                                                                                      \
    "MFIxDDAKBgNVBAoMA0NTQTEsMCoGA1UEAwwjTWF0dGVyIENlcnRpZmljYXRpb24gYW5kIFRlc3RpbmcgQ0ExFDASBgorBg" \
    "EEAYKifAIBDARDNUEw/97:E4:69:D0:C5:04:14:C2:6F:C7:01:F7:7E:94:77:39:09:8D:F6:A5"

/* ---- one answer ---- */

struct answer {
    struct vd_buf body;
    struct vd_json *doc;
    bool not_found; /* the ledger itself says: no such record */
};

static void free_answer(struct answer *a)
{
    vd_json_free(a->doc);
    vd_buf_free(&a->body);
}

/* A 404 is "no record" only when the ledger says so in its own words; a proxy's page is trouble. */
static veridac_status judge_status(const char *url, long status, struct answer *a,
                                   veridac_error *err)
{
    uint64_t code = 0;
    bool error = vd_record_error(vd_json_root(a->doc), &code);
    if (status == 404 && error && code == 5) {
        a->not_found = true;
        return VERIDAC_OK;
    }
    if (status != 200 || error)
        return vd_fail(err, VERIDAC_IO, "%s: HTTP status %ld", url, status);
    return VERIDAC_OK;
}

static veridac_status get(struct vd_ledger *l, const char *path, struct answer *ret,
                          veridac_error *err)
{
    char url[VD_MAX_URL + 2048];
    int n = snprintf(url, sizeof url, "%s%s", l->url, path);
    const struct vd_http_request request = { .url = url, .max_bytes = VD_MAX_JSON,
                                             .timeout_s = l->timeout_s, .named = true };
    struct vd_http_answer http;
    struct answer a = { .doc = NULL };
    const char *wrong;
    veridac_status st;

    if (n < 0 || (size_t)n >= sizeof url)
        return vd_fail(err, VERIDAC_IO, "%s: the URL is too long", l->url);
    st = vd_http_get(&request, &http, err);
    if (st != VERIDAC_OK)
        return st == VERIDAC_TOO_LARGE ? VERIDAC_IO : st;
    a.body = http.body;
    l->bytes += http.body.n;
    wrong = vd_json_read(vd_buf_span(&a.body), &a.doc, NULL);
    st = wrong != NULL ? vd_fail(err, VERIDAC_IO, "%s: HTTP status %ld, not JSON: %s", url,
                                 http.status, wrong)
                       : judge_status(url, http.status, &a, err);
    if (st != VERIDAC_OK) {
        free_answer(&a);
        return st;
    }
    *ret = a;
    return VERIDAC_OK;
}

/* ---- pages ---- */

typedef veridac_status take_item(void *user, struct vd_json_value item, veridac_error *err);

struct pages {
    struct vd_ledger *ledger;
    const char *path, *list; /* and the member that holds the items */
    take_item *take;
    void *user;
    uint64_t n, total;
    struct vd_buf keys; /* keys seen, each with its length in front */
};

static bool key_seen(const struct vd_buf *keys, struct vd_span key)
{
    struct vd_span in = vd_buf_span(keys), one;
    uint64_t n;
    while (vd_take_le(&in, 4, &n) && vd_take(&in, (size_t)n, &one)) {
        if (vd_span_eq(one, key))
            return true;
    }
    return false;
}

static bool percent_encode(struct vd_span in, struct vd_buf *out)
{
    for (size_t i = 0; i < in.n; i++) {
        uint8_t c = in.p[i];
        bool plain = (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
        if (!(plain ? vd_buf_u8(out, c) : vd_buf_fmt(out, "%%%02X", c)))
            return false;
    }
    return true;
}

static veridac_status page_path(const struct pages *p, struct vd_span key, struct vd_buf *out)
{
    bool ok = vd_buf_str(out, p->path);
    if (key.n > 0)
        ok = ok && vd_buf_str(out, "?pagination.key=") && percent_encode(key, out);
    return ok && vd_buf_u8(out, 0) ? VERIDAC_OK : VERIDAC_NO_MEMORY;
}

static veridac_status take_page(struct pages *p, const struct answer *a, veridac_error *err)
{
    struct vd_json_value list = vd_json_member(vd_json_root(a->doc), p->list), item;
    veridac_status st = VERIDAC_OK;

    if (!vd_json_is_array(list))
        return vd_fail(err, VERIDAC_IO, "%s%s: no list %s", p->ledger->url, p->path, p->list);
    for (item = vd_json_first(list); vd_json_present(item) && st == VERIDAC_OK;
         item = vd_json_next(item)) {
        st = p->take(p->user, item, err);
        p->n++;
    }
    return st;
}

static veridac_status next_key(struct pages *p, const struct answer *a, struct vd_buf *key,
                               veridac_error *err)
{
    uint64_t total;
    const char *wrong;

    vd_buf_clear(key);
    wrong = vd_record_pagination(vd_json_root(a->doc), key, &total);
    if (wrong != NULL)
        return vd_fail(err, VERIDAC_IO, "%s%s: %s", p->ledger->url, p->path, wrong);
    if (total != 0)
        p->total = total; /* said with the first page only */
    if (key->n > 0 && key_seen(&p->keys, vd_buf_span(key)))
        return vd_fail(err, VERIDAC_IO, "%s%s: the pages go round in a circle", p->ledger->url,
                       p->path);
    return vd_buf_le(&p->keys, 4, key->n) && vd_buf_put(&p->keys, vd_buf_span(key))
               ? VERIDAC_OK
               : vd_fail(err, VERIDAC_IO, "%s%s: too many pages", p->ledger->url, p->path);
}

static veridac_status one_page(struct pages *p, struct vd_buf *key, veridac_error *err)
{
    struct vd_buf path = VD_BUF(8192);
    const uint64_t before = p->n;
    struct answer a;
    veridac_status st = page_path(p, vd_buf_span(key), &path);

    if (st == VERIDAC_OK)
        st = get(p->ledger, (const char *)path.p, &a, err);
    vd_buf_free(&path);
    if (st != VERIDAC_OK)
        return st;
    st = a.not_found ? vd_fail(err, VERIDAC_IO, "%s%s: not found", p->ledger->url, p->path)
                     : take_page(p, &a, err);
    if (st == VERIDAC_OK)
        st = next_key(p, &a, key, err);
    if (st == VERIDAC_OK && key->n > 0 && p->n == before) /* could go on for ever */
        st = vd_fail(err, VERIDAC_IO, "%s%s: an empty page that is not the last", p->ledger->url,
                     p->path);
    free_answer(&a);
    return st;
}

static veridac_status fetch_pages(struct pages *p, veridac_error *err)
{
    struct vd_buf key = VD_BUF(4096);
    veridac_status st = VERIDAC_OK;
    size_t n = 0;

    p->keys = VD_BUF(1u << 24);
    do {
        st = n++ == VD_MAX_PAGES ? vd_fail(err, VERIDAC_IO, "%s%s: too many pages", p->ledger->url,
                                           p->path)
                                 : one_page(p, &key, err);
    } while (st == VERIDAC_OK && key.n > 0);
    if (st == VERIDAC_OK && p->total != 0 && p->n != p->total)
        st = vd_fail(err, VERIDAC_IO, "%s%s: %llu records came of %llu announced", p->ledger->url,
                     p->path, (unsigned long long)p->n, (unsigned long long)p->total);
    vd_buf_free(&key);
    vd_buf_free(&p->keys);
    return st;
}

/* ---- ids: of roots, of declaration signers ---- */

struct id_list {
    struct vd_buf text; /* "subject key-id\n" */
    size_t n;
};

static bool put_id(struct vd_buf *out, const struct vd_record_id *id)
{
    return vd_buf_u8(out, '\n') && vd_buf_put(out, id->subject) && vd_buf_u8(out, ' ') &&
           vd_buf_put(out, id->key_id) && vd_buf_u8(out, '\n');
}

static bool has_id(const struct id_list *list, const struct vd_record_id *id)
{
    struct vd_buf line = VD_BUF(8192);
    size_t at;
    bool found = put_id(&line, id) &&
                 vd_span_find(vd_buf_span(&list->text), vd_buf_span(&line), &at);
    vd_buf_free(&line);
    return found;
}

/* {outer: {inner: [{subject, subjectKeyId}]}} */
static veridac_status fetch_ids(struct vd_ledger *l, const char *path, const char *outer,
                                const char *inner, struct id_list *ret, veridac_error *err)
{
    struct vd_json_value list, item;
    struct vd_record_id id;
    const char *wrong = NULL;
    struct answer a;
    veridac_status st = get(l, path, &a, err);

    if (st != VERIDAC_OK)
        return st;
    list = vd_json_member(vd_json_member(vd_json_root(a.doc), outer), inner);
    if (!a.not_found && !vd_json_is_array(list))
        st = vd_fail(err, VERIDAC_IO, "%s%s: no list %s.%s", l->url, path, outer, inner);
    for (item = vd_json_first(list); st == VERIDAC_OK && vd_json_present(item);
         item = vd_json_next(item)) {
        wrong = vd_record_id(item, &id);
        if (wrong != NULL)
            st = vd_fail(err, VERIDAC_IO, "%s%s: %s", l->url, path, wrong);
        else if (!put_id(&ret->text, &id))
            st = VERIDAC_NO_MEMORY;
        ret->n++;
    }
    free_answer(&a);
    return st;
}

/* ---- certificates ---- */

struct certificates {
    struct vd_ledger_lists *out;
    const struct id_list *roots, *signers;
    size_t n_roots; /* groups of a root */
};

static veridac_status keep(struct certificates *c, const struct vd_record_certificate *r,
                           struct vd_span pem, veridac_error *err)
{
    struct vd_ledger_certificate *one;
    veridac_buffer der;
    veridac_status st =
        veridac_unwrap((veridac_bytes){ pem.p, pem.n }, VERIDAC_MEANT_FIRST, &der, NULL, err);

    if (st != VERIDAC_OK)
        return st;
    if (!vd_record_is_der(vd_span_of(der.data, der.size))) {
        veridac_buffer_free(&der);
        c->out->n_broken++;
        (void)vd_buf_fmt(&c->out->broken, "certificate %zu: pemCert\n", c->out->n_certificates);
        return VERIDAC_OK;
    }
    if (!vd_grow((void **)&c->out->certificates, c->out->n_certificates,
                 &c->out->cap_certificates, sizeof *one, VD_MAX_ISSUERS)) {
        veridac_buffer_free(&der);
        return vd_fail(err, VERIDAC_IO, "more certificates than the ceiling allows");
    }
    one = &c->out->certificates[c->out->n_certificates++];
    *one = (struct vd_ledger_certificate){ der.data, der.size,
                                           r->is_root && has_id(c->roots, &r->id),
                                           !r->is_root && has_id(c->signers, &r->id) };
    return VERIDAC_OK;
}

static veridac_status take_certificate(struct certificates *c, struct vd_json_value v,
                                       veridac_error *err)
{
    struct vd_buf pem = VD_BUF(VD_MAX_INPUT * 2);
    struct vd_record_certificate r;
    const char *wrong = vd_record_certificate(v, &r, &pem);
    veridac_status st = VERIDAC_OK;

    if (wrong != NULL) { /* one broken record does not end the run; it is reported */
        c->out->n_broken++;
        (void)vd_buf_fmt(&c->out->broken, "certificate %zu: %s\n", c->out->n_certificates, wrong);
    } else if (r.device_attestation) {
        st = keep(c, &r, vd_buf_span(&pem), err);
    }
    vd_buf_free(&pem);
    return st;
}

/* A group: {"subject", "subjectKeyId", "certs": [...]} */
static veridac_status take_group(void *user, struct vd_json_value group, veridac_error *err)
{
    struct certificates *c = user;
    struct vd_json_value certs = vd_json_member(group, "certs"), item;
    veridac_status st = VERIDAC_OK;
    struct vd_record_id id;

    if (!vd_json_is_array(certs) || vd_record_id(group, &id) != NULL) {
        c->out->n_broken++;
        (void)vd_buf_str(&c->out->broken, "a group without id or certificates\n");
        return VERIDAC_OK;
    }
    c->n_roots += has_id(c->roots, &id);
    for (item = vd_json_first(certs); vd_json_present(item) && st == VERIDAC_OK;
         item = vd_json_next(item))
        st = take_certificate(c, item, err);
    return st;
}

static veridac_status fetch_certificates(struct vd_ledger *l, const struct id_list *roots,
                                         const struct id_list *signers,
                                         struct vd_ledger_lists *out, veridac_error *err)
{
    struct certificates c = { out, roots, signers, 0 };
    struct pages p = { .ledger = l, .path = "/dcl/pki/certificates",
                       .list = "approvedCertificates", .take = take_group, .user = &c };
    veridac_status st = fetch_pages(&p, err);

    if (st == VERIDAC_OK && c.n_roots < roots->n)
        st = vd_fail(err, VERIDAC_IO,
                     "%s: %zu of %zu root certificates are not among the certificates; try again",
                     l->url, roots->n - c.n_roots, roots->n);
    return st;
}

/* ---- revocation points ---- */

static veridac_status take_point(void *user, struct vd_json_value item, veridac_error *err)
{
    struct vd_ledger_lists *out = user;
    (void)err;
    out->n_points++;
    return (out->points.n == 1 || vd_buf_str(&out->points, ",\n")) &&
                   vd_buf_put(&out->points, vd_json_text(item))
               ? VERIDAC_OK
               : VERIDAC_TOO_LARGE;
}

static veridac_status fetch_points(struct vd_ledger *l, struct vd_ledger_lists *out,
                                   veridac_error *err)
{
    struct pages p = { .ledger = l, .path = "/dcl/pki/revocation-points",
                       .list = "PkiRevocationDistributionPoint", .take = take_point, .user = out };
    veridac_status st;

    if (!vd_buf_u8(&out->points, '['))
        return VERIDAC_NO_MEMORY;
    st = fetch_pages(&p, err);
    if (st == VERIDAC_TOO_LARGE)
        st = vd_fail(err, VERIDAC_IO, "%s%s: more than 8 MiB of records", l->url, p.path);
    if (st == VERIDAC_OK && !vd_buf_u8(&out->points, ']'))
        st = VERIDAC_NO_MEMORY;
    return st;
}

/* ---- all ---- */

void vd_ledger_lists_free(struct vd_ledger_lists *l)
{
    for (size_t i = 0; i < l->n_certificates; i++)
        free(l->certificates[i].der);
    free(l->certificates);
    vd_buf_free(&l->points);
    vd_buf_free(&l->broken);
    *l = (struct vd_ledger_lists){ .n_points = 0 };
}

veridac_status vd_ledger_fetch(struct vd_ledger *ledger, struct vd_ledger_lists *ret,
                               veridac_error *err)
{
    struct vd_ledger_lists out = { .points = VD_BUF(VD_MAX_JSON), .broken = VD_BUF(65536) };
    struct id_list roots = { VD_BUF(1u << 22), 0 }, signers = { VD_BUF(1u << 20), 0 };
    veridac_status st = fetch_ids(ledger, "/dcl/pki/root-certificates", "approvedRootCertificates",
                                  "certs", &roots, err);

    if (st == VERIDAC_OK && roots.n == 0)
        st = vd_fail(err, VERIDAC_IO, "%s: the ledger lists no root certificate", ledger->url);
    if (st == VERIDAC_OK)
        st = fetch_ids(ledger, "/dcl/pki/child-certificates/" CD_ROOT, "childCertificates",
                       "certIds", &signers, err);
    if (st == VERIDAC_OK)
        st = fetch_certificates(ledger, &roots, &signers, &out, err);
    if (st == VERIDAC_OK)
        st = fetch_points(ledger, &out, err);
    vd_buf_free(&roots.text);
    vd_buf_free(&signers.text);
    if (st != VERIDAC_OK) {
        vd_ledger_lists_free(&out);
        return st;
    }
    *ret = out;
    return VERIDAC_OK;
}
