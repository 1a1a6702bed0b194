/* SPDX-License-Identifier: Apache-2.0
 *
 * sync_again.c - what a node no longer lists, asked for by its own key.
 *
 * A list and the endpoint for one key are two ways to the same record: a node whose list has lost it, by a
 * fault or by intent, may still have it there. Then the record counts as listed, and the report says so.
 */
#include <stdlib.h>
#include <string.h>

#include "cert.h"
#include "limits.h"
#include "sync_int.h"
#include "text.h"

struct asking {
    struct vd_sync *s;
    struct vd_ledger *node;
    struct vd_question *q;
    size_t n;                       /* questions */
    size_t n_points, n_certificates; /* what the lists had */
};

static int by_content(const void *a, const void *b)
{
    const struct vd_listed_point *const *x = a, *const *y = b;
    return memcmp(&(*x)->content, &(*y)->content, sizeof (*x)->content);
}

/* ---- revocation points, by issuer ---- */

static veridac_status ask_points(struct asking *a, const struct vd_listed_point *p)
{
    struct vd_buf path = VD_BUF(VD_MAX_URL);
    struct vd_question *q = &a->q[a->n];
    const size_t n = strcspn(p->order, "\x01"); /* the key id */
    bool ok;

    if (n == 0 || n > VD_MAX_KEY_ID_TEXT || strspn(p->order, "0123456789ABCDEF") < n)
        return VERIDAC_OK; /* no path leads to it */
    ok = vd_buf_str(&path, "/dcl/pki/revocation-points/") &&
         vd_buf_put(&path, vd_span_of(p->order, n)) && vd_buf_u8(&path, 0);
    if (ok && (a->n == 0 || strcmp(a->q[a->n - 1].path, (const char *)path.p) != 0)) {
        *q = (struct vd_question){ .path = (char *)path.p, .which = VD_ANSWER_POINTS_OF,
                                   .take = vd_lists_point };
        a->n++;
        return vd_ledger_ask(a->node, q);
    }
    vd_buf_free(&path);
    return ok ? VERIDAC_OK : VERIDAC_NO_MEMORY;
}

static veridac_status ask_for_points(struct asking *a, const struct vd_lists *before)
{
    const struct vd_lists *l = &a->node->lists;
    const struct vd_listed_point **have = calloc(l->n_points + 1, sizeof *have);
    veridac_status st = have == NULL ? VERIDAC_NO_MEMORY : VERIDAC_OK;

    for (size_t i = 0; have != NULL && i < l->n_points; i++)
        have[i] = &l->points[i];
    if (have != NULL && l->n_points > 1)
        qsort(have, l->n_points, sizeof *have, by_content);
    for (size_t i = 0; st == VERIDAC_OK && i < before->n_points && a->n < VD_MAX_QUESTIONS; i++) {
        const struct vd_listed_point *p = &before->points[i];
        if (l->n_points == 0 || bsearch(&p, have, l->n_points, sizeof *have, by_content) == NULL)
            st = ask_points(a, p);
    }
    free(have);
    return st;
}

/* ---- certificates, by subject and key id ---- */

static bool put_path(const struct vd_cert *c, struct vd_buf *path)
{
    char subject[VD_MAX_NAME * 2];
    struct vd_buf b = VD_BUF_ON(subject);
    bool ok = vd_base64_put(&b, c->subject.der) && vd_buf_str(path, "/dcl/pki/certificates/");

    for (size_t i = 0; ok && i < b.n; i++) {
        const char one = (char)b.p[i];
        if (one == '/') /* no such path: the ledger cannot be asked for it in this way */
            return false;
        ok = one == '=' ? vd_buf_str(path, "%3D") : one == '+' ? vd_buf_str(path, "%2B")
                                                               : vd_buf_u8(path, (uint8_t)one);
    }
    ok = ok && vd_buf_u8(path, '/');
    for (size_t i = 0; ok && i < c->skid.n; i++)
        ok = vd_buf_fmt(path, "%s%02X", i ? ":" : "", c->skid.p[i]);
    return ok && vd_buf_u8(path, 0);
}

static veridac_status ask_certificate(struct asking *a, const char *sha256, veridac_error *err)
{
    struct vd_buf der = VD_BUF(VD_MAX_INPUT), path = VD_BUF(VD_MAX_URL);
    struct vd_question *q = &a->q[a->n];
    struct vd_cert c;
    veridac_status st = vd_state_get(a->s->o.state, sha256, VD_MAX_INPUT, &der, err);

    if (st == VERIDAC_OK && vd_cert_read(vd_buf_span(&der), &c) && put_path(&c, &path)) {
        *q = (struct vd_question){ .path = (char *)path.p, .which = VD_ANSWER_CERTIFICATE,
                                   .take = vd_lists_group };
        a->n++;
        st = vd_ledger_ask(a->node, q);
    } else {
        vd_buf_free(&path);
    }
    vd_buf_free(&der);
    return st;
}

static bool has(const struct vd_lists *l, size_t n, const char *sha256)
{
    for (size_t i = 0; i < n; i++) {
        if (strcmp(l->certificates[i].sha256, sha256) == 0)
            return true;
    }
    return false;
}

static veridac_status ask_for_anchors(struct asking *a, veridac_error *err)
{
    const struct vd_run *before = &a->s->before;
    veridac_status st = VERIDAC_OK;
    for (size_t i = 0; st == VERIDAC_OK && i < before->n_certificates && a->n < VD_MAX_QUESTIONS; i++) {
        const struct vd_run_certificate *c = &before->certificates[i];
        if (c->kind != VD_RUN_AUTHORITY && c->accepted && !has(&a->node->lists, a->n_certificates, c->sha256))
            st = ask_certificate(a, c->sha256, err);
    }
    return st;
}

/* ---- one node ---- */

static void clear(struct asking *a)
{
    for (size_t i = 0; i < a->n; i++)
        free(a->q[i].path);
    free(a->q);
}

static veridac_status ask(struct asking *a, veridac_error *err)
{
    veridac_status st;

    a->q = calloc(VD_MAX_QUESTIONS, sizeof *a->q);
    if (a->q == NULL)
        return VERIDAC_NO_MEMORY;
    st = ask_for_points(a, &a->s->counted_before);
    if (st == VERIDAC_OK)
        st = ask_for_points(a, &a->s->adding_before);
    return st == VERIDAC_OK ? ask_for_anchors(a, err) : st;
}

/* What came beside the lists. */
static veridac_status settle(struct asking *a)
{
    struct vd_lists *l = &a->node->lists;
    size_t without;
    veridac_status st = vd_lists_settle(l, &without);

    a->node->n_found_points = (uint32_t)(l->n_points - a->n_points);
    for (size_t i = a->n_certificates; i < l->n_certificates; i++)
        a->node->n_found_certificates += !has(l, a->n_certificates, l->certificates[i].sha256);
    return st;
}

static veridac_status ask_all(struct vd_sync *s, struct asking *all, size_t *ret_questions,
                              veridac_error *err)
{
    veridac_status st = VERIDAC_OK;
    *ret_questions = 0;
    for (size_t i = 0; st == VERIDAC_OK && i < s->o.n_nodes; i++) {
        const struct vd_lists *l = &s->nodes[i].lists;
        all[i] = (struct asking){ .s = s, .node = &s->nodes[i], .n_points = l->n_points,
                                  .n_certificates = l->n_certificates };
        if (!s->nodes[i].failed)
            st = ask(&all[i], err);
        *ret_questions += all[i].n;
    }
    return st;
}

veridac_status vd_sync_again(struct vd_sync *s, veridac_error *err)
{
    struct asking *all = calloc(s->o.n_nodes + 1, sizeof *all);
    size_t questions = 0;
    veridac_status st = all == NULL ? VERIDAC_NO_MEMORY : ask_all(s, all, &questions, err);

    if (st == VERIDAC_OK && questions > 0)
        st = vd_http_run(s->http);
    for (size_t i = 0; all != NULL && i < s->o.n_nodes; i++) {
        if (st == VERIDAC_OK && all[i].n > 0)
            st = settle(&all[i]);
        clear(&all[i]);
    }
    free(all);
    return st;
}
