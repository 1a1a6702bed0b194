/* SPDX-License-Identifier: Apache-2.0
 *
 * publish.c - evidence -> bundles -> a folder of static files.
 */
#include "publish.h"

#include <inttypes.h>
#include <stdlib.h>

#include "files.h"
#include "limits.h"
#include "sized.h"
#include "store.h"
#include "text.h"

/* ---- the report ---- */

static void put_time(struct vd_buf *out, const char *name, int64_t t)
{
    char text[VD_TIME_TEXT];
    vd_time_text(t, text);
    (void)vd_buf_fmt(out, ",\"%s\":\"%s\"", name, text);
}

static uint64_t written_octets(const struct vd_publish *p)
{
    uint64_t n = p->head_bytes.n + (p->root_is_new ? p->root_bytes.n : 0);
    for (size_t i = 0; i < p->n_files; i++)
        n += p->files[i].bytes.n;
    return n;
}

static void put_files(const struct vd_publish *p, struct vd_buf *out)
{
    char name[65];
    (void)vd_buf_str(out, ",\"files\":{");
    for (unsigned type = 1, any = 0; type < VD_REFS; type++) {
        const struct vd_ref *r = &p->head.ref[type];
        if (!r->there)
            continue;
        vd_store_name(r->sha256, name);
        (void)vd_buf_fmt(out, "%s\"%s\":{\"sha256\":\"%s\",\"size\":%" PRIu64 "}", any++ ? "," : "",
                         vd_ref_text((enum vd_ref_type)type), name, r->size);
    }
    (void)vd_buf_str(out, "}");
}

static uint64_t revoked_before(const struct vd_publish *p)
{
    const veridac_snapshot_options o = { .size = sizeof o };
    veridac_snapshot_view view = { .size = sizeof view };
    struct vd_buf bytes = VD_BUF(VD_MAX_BUNDLE);
    veridac_snapshot *s = NULL;

    if (!p->has_head || !vd_publish_get(p, "s", &p->old_head.ref[VD_REF_FULL], &bytes) ||
        veridac_snapshot_open((veridac_bytes){ bytes.p, bytes.n }, &o, &s, NULL) != VERIDAC_OK ||
        veridac_snapshot_look(s, &view) != VERIDAC_OK)
        view.n_revoked = 0;
    veridac_snapshot_free(s);
    vd_buf_free(&bytes);
    return view.n_revoked;
}

static veridac_status report(const struct vd_publish *p, veridac_buffer *ret)
{
    struct vd_buf out = VD_BUF(65536);
    veridac_revset_view view = { .size = sizeof view };
    const struct vd_signed *s = &p->head.s;

    (void)veridac_revset_look(p->set, &view);
    (void)vd_buf_fmt(&out,
                     "{\"schema_version\":1,\"written\":%s,\"network\":\"%s\",\"feed\":\"%s\","
                     "\"epoch\":%" PRIu32 ",\"sequence\":%" PRIu64 ",\"root_version\":%" PRIu32
                     ",\"trust_version\":%" PRIu32 ",\"trust_changed\":%s,\"base\":%" PRIu64
                     ",\"new_base\":%s",
                     p->o.dry_run ? "false" : "true", s->network == 1 ? "main" : "test", s->feed,
                     s->epoch, s->number, p->head.root_version, p->head.trust_version,
                     p->trust_is_new ? "true" : "false", p->after->base,
                     p->after->base == s->number ? "true" : "false");
    put_time(&out, "created", s->created);
    put_time(&out, "expires", s->expires);
    put_time(&out, "next_publish", p->head.next_publish);
    put_time(&out, "head_keys_until", p->root.head_until);
    put_time(&out, "evidence_time", p->run.time);
    put_files(p, &out);
    (void)vd_buf_fmt(&out,
                     ",\"bytes\":%" PRIu64 ",\"issuers\":%" PRIu32 ",\"issuers_complete\":%" PRIu32
                     ",\"revoked\":%" PRIu64 ",\"revoked_before\":%" PRIu64
                     ",\"anchors\":%" PRIu32 ",\"anchors_not_listed\":%" PRIu32
                     ",\"vendors\":%zu,\"vendors_fallen\":%" PRIu32 ",\"anchors_gone\":%" PRIu32 "}\n",
                     written_octets(p), view.n_issuers, view.n_good, view.n_revoked, revoked_before(p),
                     p->after->anchors, p->not_listed, p->after->n_vids, p->fallen_vids,
                     p->fallen_anchors);
    return vd_give(&out, ret);
}

/* ---- all of it ---- */

static bool options_ok(const veridac_publish_options *o)
{
    return o->state != NULL && o->repo != NULL && o->signers != NULL && o->n_signers > 0 &&
           o->n_signers <= VD_MAX_SIGNERS && o->at > 0 && o->lifetime_s >= 0 &&
           (o->n_force == 0 || o->force != NULL);
}

static veridac_status read_signers(struct vd_publish *p, veridac_error *err)
{
    veridac_status st = VERIDAC_OK;
    for (size_t i = 0; st == VERIDAC_OK && i < p->o.n_signers; i++) {
        st = vd_signer_read(&p->o.signers[i], &p->signers[i], err);
        p->n_signers += st == VERIDAC_OK;
    }
    return st;
}

static veridac_status publish(struct vd_publish *p, veridac_error *err)
{
    const struct vd_stop stop = { p->o.stop, p->o.user };
    veridac_status st = vd_publish_load(p, err);
    if (st == VERIDAC_OK)
        st = vd_publish_trust(p, err);
    if (st == VERIDAC_OK)
        st = vd_publish_guard(p, err);
    if (st == VERIDAC_OK && vd_stop_asked(&stop)) /* what was answered once is not asked again */
        st = vd_fail(err, VERIDAC_STOPPED, "stopped");
    if (st == VERIDAC_OK)
        st = vd_publish_files(p, err);
    return st == VERIDAC_OK && vd_stop_asked(&stop) ? vd_fail(err, VERIDAC_STOPPED, "stopped") : st;
}

static void clear(struct vd_publish *p)
{
    for (size_t i = 0; i < p->n_signers; i++)
        vd_signer_clear(&p->signers[i]);
    for (size_t i = 0; i < p->n_files; i++)
        vd_buf_free(&p->files[i].bytes);
    free(p->files);
    free(p->deltas);
    free(p->before);
    free(p->after);
    vd_buf_free(&p->root_bytes);
    vd_buf_free(&p->old_head_bytes);
    vd_buf_free(&p->old_trust_bytes);
    vd_buf_free(&p->old_index_bytes);
    vd_buf_free(&p->trust_bytes);
    vd_buf_free(&p->head_bytes);
    vd_buf_free(&p->bundle[VD_REF_HUB]);
    vd_buf_free(&p->bundle[VD_REF_FULL]);
    veridac_revset_free(p->set);
    veridac_trust_free(p->trust);
    vd_run_clear(&p->run);
}

veridac_status veridac_publish(const veridac_publish_options *options, veridac_buffer *ret_report,
                               veridac_error *err)
{
    struct vd_publish p = { .root_is_new = false };
    veridac_status st;
    int lock = -1;

    if (ret_report == NULL ||
        !vd_sized_take(&p.o, sizeof p.o, VD_UPTO(veridac_publish_options, n_force), options) ||
        !options_ok(&p.o))
        return VERIDAC_MISUSE;
    p.before = calloc(1, sizeof *p.before);
    p.after = calloc(1, sizeof *p.after);
    if (p.before == NULL || p.after == NULL)
        FAIL(VERIDAC_NO_MEMORY);
    TRY(read_signers(&p, err));
    if (!p.o.dry_run && vd_file_there(p.o.repo, "head"))
        TRY(vd_folder_lock(p.o.repo, &lock, err));
    TRY(publish(&p, err));
    if (!p.o.dry_run && lock < 0) { /* a new one is made when there is something to put in */
        TRY(vd_folder_make(p.o.repo, err));
        TRY(vd_folder_lock(p.o.repo, &lock, err));
    }
    if (!p.o.dry_run)
        TRY(vd_publish_write(&p, err));
    st = report(&p, ret_report);
out:
    vd_folder_unlock(lock);
    clear(&p);
    return st;
}
