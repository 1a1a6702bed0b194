/* SPDX-License-Identifier: Apache-2.0
 *
 * pull_head.c - the head that a mirror offers, and the roots that lead to its keys.
 *
 * Each refusal begins with its slug.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "limits.h"
#include "pull.h"
#include "text.h"

static veridac_status refuse(const struct vd_pull *p, const char *slug, veridac_error *err)
{
    return vd_fail(err, vd_wrong(slug, VERIDAC_BAD_SIGNATURE), "%s: %s", p->base, slug);
}

/* ---- roots ---- */

static veridac_status read_next(struct vd_pull *p, struct vd_buf *bytes, veridac_error *err)
{
    struct vd_root next;
    const char *wrong = vd_root_read(vd_buf_span(bytes), &next);

    if (wrong == NULL)
        wrong = vd_root_follows(&p->root, &next);
    if (wrong != NULL)
        return vd_fail(err, vd_wrong(wrong, VERIDAC_BAD_SIGNATURE), "%s/root/%" PRIu64 ": %s", p->base,
                       p->root.s.number + 1, wrong);
    vd_buf_free(&p->root_bytes);
    p->root_bytes = *bytes;
    *bytes = VD_BUF(0);
    p->root = next;
    return VERIDAC_OK;
}

/* Root after root, each signed by the one before it, up to the version that the head asks for. */
static veridac_status follow_roots(struct vd_pull *p, uint32_t wanted, veridac_error *err)
{
    veridac_status st = VERIDAC_OK;

    if (wanted > p->root.s.number && wanted - p->root.s.number > VD_MAX_ROOT_STEPS)
        return vd_fail(err, VERIDAC_BAD_SIGNATURE, "%s: root-version: the head asks for root %" PRIu32
                       ", %" PRIu64 " is here", p->base, wanted, p->root.s.number);
    while (st == VERIDAC_OK && p->root.s.number < wanted) {
        struct vd_http_answer answer = { .status = 0 };
        char path[32];
        (void)snprintf(path, sizeof path, "root/%" PRIu64, p->root.s.number + 1);
        st = vd_fetch_file(&p->fetch, p->base, path, VD_MAX_ROOT, NULL, &answer, err);
        if (st == VERIDAC_OK && answer.status != 200)
            st = vd_fail(err, VERIDAC_IO, "%s/%s: HTTP status %ld", p->base, path, answer.status);
        if (st == VERIDAC_OK)
            st = read_next(p, &answer.body, err);
        vd_buf_free(&answer.body);
    }
    return st;
}

static veridac_status start_with(struct vd_pull *p, veridac_error *err)
{
    vd_buf_clear(&p->root_bytes);
    p->root_bytes.max = VD_MAX_ROOT + 1;
    if (!vd_buf_put(&p->root_bytes, vd_buf_span(&p->start_bytes)) ||
        vd_root_read(vd_buf_span(&p->root_bytes), &p->root) != NULL)
        return vd_fail(err, VERIDAC_NO_MEMORY, "out of memory");
    return VERIDAC_OK;
}

/* ---- the head ---- */

static veridac_status too_late(const struct vd_pull *p, const char *what, int64_t expires,
                               veridac_error *err)
{
    char text[VD_TIME_TEXT];
    vd_time_text(expires, text);
    return vd_fail(err, VERIDAC_BAD_SIGNATURE, "%s: %s: expired at %s", p->base, what, text);
}

/* What may not go back, and what may not be two things at once. */
static veridac_status check_floor(const struct vd_pull *p, veridac_error *err)
{
    const struct vd_floor *f = &p->old.floor;
    const struct vd_signed *s = &p->head.s;
    uint8_t sha256[VD_SHA256];

    if (!p->old.has_floor)
        return VERIDAC_OK;
    if (vd_signed_before(s->epoch, s->number, f->epoch, f->sequence))
        return vd_fail(err, VERIDAC_BAD_SIGNATURE,
                       "%s: head-rollback: goes back from %" PRIu32 ".%" PRIu64 " to %" PRIu32
                       ".%" PRIu64, p->base, f->epoch, f->sequence, s->epoch, s->number);
    if (!vd_sha256(vd_buf_span(&p->head_bytes), sha256))
        return VERIDAC_INTERNAL;
    if (s->epoch == f->epoch && s->number == f->sequence &&
        !vd_span_eq(VD_SPAN(sha256), VD_SPAN(f->head_sha256)))
        return vd_fail(err, VERIDAC_BAD_SIGNATURE,
                       "%s: head-twice: another head with sequence %" PRIu64, p->base, s->number);
    return VERIDAC_OK;
}

static veridac_status check_head(struct vd_pull *p, veridac_error *err)
{
    struct vd_head offered;
    const char *wrong = vd_head_read(vd_buf_span(&p->head_bytes), &offered);
    veridac_status st;

    if (wrong != NULL)
        return vd_fail(err, vd_wrong(wrong, VERIDAC_BAD_DATA), "%s/head: %s", p->base, wrong);
    if ((st = start_with(p, err)) != VERIDAC_OK)
        return st;
    if (offered.s.network != p->root.s.network ||
        strcmp(offered.s.feed, p->root.s.feed) != 0)
        return vd_fail(err, VERIDAC_OTHER_NETWORK, "%s/head: wrong-feed: of feed %s, expected %s",
                       p->base, offered.s.feed, p->root.s.feed);
    if (offered.root_version < p->root.s.number)
        return vd_fail(err, VERIDAC_BAD_SIGNATURE,
                       "%s: head-root-version: signed under root %" PRIu32 ", %" PRIu64 " is in force",
                       p->base, offered.root_version, p->root.s.number);
    if ((st = follow_roots(p, offered.root_version, err)) != VERIDAC_OK)
        return st;
    if (p->o.at > p->root.s.expires)
        return too_late(p, "root-expired", p->root.s.expires, err);
    wrong = vd_head_check(vd_buf_span(&p->head_bytes), &p->root, &p->head);
    if (wrong != NULL)
        return refuse(p, wrong, err);
    if (p->o.at > p->head.s.expires)
        return too_late(p, "head-expired", p->head.s.expires, err);
    return check_floor(p, err);
}

static void keep_tag(char to[VD_HTTP_TAG], const char *from)
{
    (void)vd_copy(to, VD_HTTP_TAG, vd_span_of(from, VD_HTTP_TAG));
}

static veridac_status take_answer(struct vd_pull *p, struct vd_http_answer *answer, veridac_error *err)
{
    if (answer->status == 404)
        return vd_fail(err, VERIDAC_IO, "%s/head: HTTP status 404", p->base);
    if (answer->status == 304) {
        p->head_bytes.max = VD_MAX_HEAD + 1;
        keep_tag(p->etag, p->poll_etag);
        return vd_buf_put(&p->head_bytes, vd_buf_span(&p->old.head_bytes))
                   ? VERIDAC_OK
                   : vd_fail(err, VERIDAC_NO_MEMORY, "out of memory");
    }
    p->head_bytes = answer->body;
    answer->body = VD_BUF(0);
    keep_tag(p->etag, answer->etag);
    return VERIDAC_OK;
}

veridac_status vd_pull_head(struct vd_pull *p, veridac_error *err)
{
    struct vd_http_answer answer = { .status = 0 };
    /* an ETag counts only where it came from: another mirror may give the same one to other bytes */
    const bool known = p->old.there && strcmp(p->poll_url, p->base) == 0;
    veridac_status st = vd_fetch_file(&p->fetch, p->base, "head", VD_MAX_HEAD,
                                      known ? p->poll_etag : NULL, &answer, err);
    if (st == VERIDAC_OK)
        st = take_answer(p, &answer, err);
    vd_buf_free(&answer.body);
    if (st == VERIDAC_OK)
        st = check_head(p, err);
    if (st == VERIDAC_OK)
        p->unchanged = p->old.there && vd_span_eq(vd_buf_span(&p->head_bytes),
                                                  vd_buf_span(&p->old.head_bytes));
    return st;
}
