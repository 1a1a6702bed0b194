/* SPDX-License-Identifier: Apache-2.0
 *
 * run.c - the record of one run, in memory.
 */
#include <stdlib.h>
#include <string.h>

#include "limits.h"
#include "run.h"

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
        free(run->crls[i].reason);
        free(run->crls[i].etag);
        free(run->crls[i].last_modified);
    }
    free(run->crls);
    for (size_t i = 0; i < run->n_nodes; i++) {
        free(run->nodes[i].url);
        free(run->nodes[i].chain);
        free(run->nodes[i].error);
    }
    for (size_t i = 0; i < run->n_pages; i++)
        free(run->pages[i].path);
    free(run->nodes);
    free(run->pages);
    free(run->certificates);
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

bool vd_run_add_certificate(struct vd_run *run, const struct vd_run_certificate *certificate)
{
    struct vd_run_certificate *c;
    if (vd_run_certificate(run, certificate->kind, certificate->sha256) != NULL)
        return true;
    if (!vd_grow((void **)&run->certificates, run->n_certificates, &run->cap_certificates,
                 sizeof *c, VD_MAX_ISSUERS))
        return false;
    if (run->n_certificates > 0 &&
        strcmp(run->certificates[run->n_certificates - 1].sha256, certificate->sha256) >= 0)
        run->mixed_certificates = true;
    run->certificates[run->n_certificates++] = *certificate;
    return true;
}

struct vd_run_node *vd_run_add_node(struct vd_run *run, const char *url)
{
    struct vd_run_node *n;
    if (!vd_grow((void **)&run->nodes, run->n_nodes, &run->cap_nodes, sizeof *n, VD_MAX_NODES))
        return NULL;
    n = &run->nodes[run->n_nodes];
    *n = (struct vd_run_node){ .url = NULL };
    run->n_nodes++;
    return vd_run_set(&n->url, url) && vd_run_set(&n->chain, "") && vd_run_set(&n->error, "") ? n
                                                                                              : NULL;
}

struct vd_run_page *vd_run_add_page(struct vd_run *run, const char *path)
{
    struct vd_run_page *p;
    if (!vd_grow((void **)&run->pages, run->n_pages, &run->cap_pages, sizeof *p,
                 VD_MAX_PAGES * VD_RUN_LISTS))
        return NULL;
    p = &run->pages[run->n_pages];
    *p = (struct vd_run_page){ .path = NULL };
    run->n_pages++;
    return vd_run_set(&p->path, path) ? p : NULL;
}

struct vd_run_crl *vd_run_add_crl(struct vd_run *run, const char *url)
{
    struct vd_run_crl *c;
    if (!vd_grow((void **)&run->crls, run->n_crls, &run->cap_crls, sizeof *c, VD_MAX_POINTS))
        return NULL;
    c = &run->crls[run->n_crls];
    *c = (struct vd_run_crl){ .url = NULL };
    if (run->n_crls > 0 && strcmp(run->crls[run->n_crls - 1].url, url) >= 0)
        run->mixed_crls = true;
    run->n_crls++; /* counted now, so that clear frees what was set */
    return vd_run_set(&c->url, url) && vd_run_set(&c->error, "") && vd_run_set(&c->reason, "") && vd_run_set(&c->etag, "") &&
                   vd_run_set(&c->last_modified, "")
               ? c
               : NULL;
}

static int by_hash(const void *key, const void *one)
{
    const struct vd_run_certificate *c = one;
    return strcmp(key, c->sha256);
}

const struct vd_run_certificate *vd_run_certificate(const struct vd_run *run, enum vd_run_kind kind,
                                                    const char *sha256)
{
    const struct vd_run_certificate *c;
    if (!run->mixed_certificates) { /* then no hash comes twice */
        c = run->n_certificates == 0 ? NULL
                                     : bsearch(sha256, run->certificates, run->n_certificates,
                                               sizeof *run->certificates, by_hash);
        return c != NULL && c->kind == kind ? c : NULL;
    }
    for (size_t i = 0; i < run->n_certificates; i++) {
        c = &run->certificates[i];
        if (c->kind == kind && strcmp(c->sha256, sha256) == 0)
            return c;
    }
    return NULL;
}

static int by_url(const void *key, const void *one)
{
    const struct vd_run_crl *c = one;
    return strcmp(key, c->url);
}

const struct vd_run_crl *vd_run_crl(const struct vd_run *run, const char *url)
{
    if (!run->mixed_crls && run->n_crls > 0)
        return bsearch(url, run->crls, run->n_crls, sizeof *run->crls, by_url);
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
