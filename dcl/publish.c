/* SPDX-License-Identifier: Apache-2.0
 *
 * publish.c - evidence -> bundle -> a folder of static files.
 *
 *   REPO/s/SHA256   bundles, written first
 *   REPO/head       names the current one, signed, written last
 */
#include <inttypes.h>

#include "files.h"
#include "limits.h"
#include "state.h"
#include "text.h"

#define LIFETIME_S (72 * 3600)

struct publish {
    veridac_publish_options o;
    veridac_trust *trust;
    veridac_revset *set;
    veridac_buffer bundle, head;
    veridac_snapshot *snapshot;
    veridac_snapshot_view view;
    uint64_t sequence;
    char bundles[VD_PATH];
};

/* ---- what is there ---- */

/* The head that is in the repository: its signature is checked with our own public key when it is
 * ours; any other head in this place is trouble that an operator has to look at. */
static veridac_status last_sequence(struct publish *p, veridac_error *err)
{
    struct vd_buf head = VD_BUF(VD_MAX_HEAD + 1);
    struct vd_span in;
    bool there = false;
    veridac_status st = vd_file_read(p->o.repo, "head", VD_MAX_HEAD, &head, &there, err);

    if (st == VERIDAC_OK && there) {
        in = vd_buf_span(&head);
        if (!vd_take_tag(&in, "VDH0") || !vd_span_slice(in, 4, 8, &in) ||
            !vd_take_le(&in, 8, &p->sequence))
            st = vd_fail(err, VERIDAC_BAD_DATA, "%s/head: not a head", p->o.repo);
    }
    vd_buf_free(&head);
    return st;
}

static veridac_status make_repo(struct publish *p, veridac_error *err)
{
    veridac_status st = vd_folder_make(p->o.repo, err);
    if (st == VERIDAC_OK && !vd_path(p->bundles, p->o.repo, "s"))
        st = vd_fail(err, VERIDAC_IO, "%s: the path is too long", p->o.repo);
    return st == VERIDAC_OK ? vd_folder_make(p->bundles, err) : st;
}

/* ---- what will be there ---- */

static veridac_status make_bundle(struct publish *p, veridac_error *err)
{
    const veridac_snapshot_options o = { .size = sizeof o };
    const veridac_bundle_options full = { .size = sizeof full, .kind = VERIDAC_KIND_FULL };
    veridac_status st = veridac_state_open(p->o.state, p->o.at, &p->trust, &p->set, err);

    if (st == VERIDAC_OK)
        st = veridac_revset_bundle(p->set, &full, &p->bundle, err);
    if (st == VERIDAC_OK) /* what is published is read back first */
        st = veridac_snapshot_open((veridac_bytes){ p->bundle.data, p->bundle.size }, &o,
                                   &p->snapshot, err);
    if (st == VERIDAC_OK)
        st = veridac_snapshot_look(p->snapshot, &p->view);
    return st;
}

static veridac_status make_head(struct publish *p, veridac_error *err)
{
    const int64_t lifetime = p->o.lifetime_s > 0 ? p->o.lifetime_s : LIFETIME_S;
    veridac_head head = { .size = sizeof head,
                          .network = p->view.network,
                          .sequence = p->sequence + 1,
                          .created = p->o.at,
                          .expires = p->o.at + lifetime,
                          .next_publish = p->o.at + lifetime / 3,
                          .bundle_size = p->bundle.size };
    veridac_status st = veridac_sha256((veridac_bytes){ p->bundle.data, p->bundle.size },
                                       head.bundle_sha256);
    return st == VERIDAC_OK ? veridac_head_sign(&head, p->o.key, &p->head, err) : st;
}

static veridac_status write_all(struct publish *p, veridac_error *err)
{
    const struct vd_span bundle = { p->bundle.data, p->bundle.size };
    const struct vd_span head = { p->head.data, p->head.size };
    veridac_status st = VERIDAC_OK;

    if (!vd_file_there(p->bundles, p->view.sha256))
        st = vd_file_write(p->bundles, p->view.sha256, bundle, 0444, err);
    return st == VERIDAC_OK ? vd_file_write(p->o.repo, "head", head, 0444, err) : st;
}

static veridac_status report(const struct publish *p, veridac_buffer *ret)
{
    struct vd_buf out = VD_BUF(65536);
    char created[VD_TIME_TEXT], expires[VD_TIME_TEXT], evidence[VD_TIME_TEXT];
    const int64_t lifetime = p->o.lifetime_s > 0 ? p->o.lifetime_s : LIFETIME_S;

    vd_time_text(p->o.at, created);
    vd_time_text(p->o.at + lifetime, expires);
    vd_time_text(p->view.evidence_time, evidence);
    (void)vd_buf_fmt(&out,
                     "{\"schema_version\":1,\"written\":%s,\"network\":\"%s\",\"sequence\":%" PRIu64
                     ",\"created\":\"%s\",\"expires\":\"%s\",\"evidence_time\":\"%s\","
                     "\"bundle\":\"%s\",\"bundle_size\":%zu,\"issuers\":%u,"
                     "\"issuers_complete\":%u,\"revoked\":%" PRIu64 "}\n",
                     p->o.dry_run ? "false" : "true",
                     p->view.network == VERIDAC_NETWORK_MAIN ? "main" : "test", p->sequence + 1,
                     created, expires, evidence, p->view.sha256, p->bundle.size,
                     (unsigned)p->view.n_issuers, (unsigned)p->view.n_good, p->view.n_revoked);
    return vd_give(&out, ret);
}

static bool options_ok(const veridac_publish_options *o)
{
    return o->state != NULL && o->repo != NULL && o->key.data != NULL && o->at > 0 &&
           o->lifetime_s >= 0;
}

veridac_status veridac_publish(const veridac_publish_options *options, veridac_buffer *ret_report,
                               veridac_error *err)
{
    struct publish p = { .view = { .size = sizeof p.view } };
    veridac_status st;
    int lock = -1;

    if (ret_report == NULL || !vd_sized_take(&p.o, sizeof p.o, VD_UPTO(veridac_publish_options, dry_run), options) || !options_ok(&p.o))
        return VERIDAC_MISUSE;
    TRY(make_bundle(&p, err));
    if (!p.o.dry_run) {
        TRY(make_repo(&p, err));
        TRY(vd_folder_lock(p.o.repo, &lock, err));
    }
    TRY(last_sequence(&p, err));
    TRY(make_head(&p, err));
    if (!p.o.dry_run)
        TRY(write_all(&p, err));
    st = report(&p, ret_report);
out:
    vd_folder_unlock(lock);
    veridac_snapshot_free(p.snapshot);
    veridac_buffer_free(&p.bundle);
    veridac_buffer_free(&p.head);
    veridac_revset_free(p.set);
    veridac_trust_free(p.trust);
    return st;
}
