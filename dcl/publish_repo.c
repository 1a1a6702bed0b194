/* SPDX-License-Identifier: Apache-2.0
 *
 * publish_repo.c - the repository as it is.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "files.h"
#include "limits.h"
#include "publish.h"
#include "store.h"
#include "text.h"

bool vd_publish_get(const struct vd_publish *p, const char *folder, const struct vd_ref *ref,
                    struct vd_buf *out)
{
    bool there = false;
    return vd_store_get(p->o.repo, folder, ref, out, &there, NULL) == VERIDAC_OK && there;
}

bool vd_publish_forced(const struct vd_publish *p, const char *name)
{
    for (size_t i = 0; i < p->o.n_force; i++) {
        if (strcmp(p->o.force[i], name) == 0)
            return true;
    }
    return false;
}

veridac_status vd_publish_sign(const struct vd_publish *p, enum vd_duty duty, struct vd_span document,
                               struct vd_buf *out, veridac_error *err)
{
    struct vd_buf now = VD_BUF(VD_MAX_TRUST_LIST), next = VD_BUF(VD_MAX_TRUST_LIST);
    veridac_status st = vd_buf_put(&now, document) ? VERIDAC_OK : VERIDAC_NO_MEMORY;

    for (size_t i = 0; st == VERIDAC_OK && i < p->n_signers; i++) {
        if ((vd_signer_duties(&p->signers[i], &p->root) & VD_DUTY_BIT(duty)) == 0)
            continue;
        vd_buf_clear(&next);
        st = vd_signer_sign(&p->signers[i], vd_buf_span(&now), &next, err);
        if (st == VERIDAC_OK) {
            struct vd_buf swap = now;
            now = next;
            next = swap;
        }
    }
    vd_buf_free(&next);
    if (st == VERIDAC_OK)
        *out = now;
    else
        vd_buf_free(&now);
    return st;
}

/* ---- roots ---- */

static veridac_status read_numbered(const struct vd_publish *p, uint64_t number, struct vd_buf *out,
                                    bool *ret_there, veridac_error *err)
{
    char dir[VD_PATH], name[24];
    *ret_there = false;
    if (!vd_path(dir, p->o.repo, "root"))
        return vd_fail(err, VERIDAC_IO, "%s: the path is too long", p->o.repo);
    (void)snprintf(name, sizeof name, "%" PRIu64, number);
    return vd_file_read(dir, name, VD_MAX_ROOT, out, ret_there, err);
}

/* The head in the repository, under the root that it names: the two say where we are. */
static veridac_status load_head(struct vd_publish *p, veridac_error *err)
{
    struct vd_head offered;
    const char *wrong;
    bool there = false;
    veridac_status st = vd_file_read(p->o.repo, "head", VD_MAX_HEAD, &p->old_head_bytes, &p->has_head,
                                     err);
    if (st != VERIDAC_OK || !p->has_head)
        return st;
    wrong = vd_head_read(vd_buf_span(&p->old_head_bytes), &offered);
    if (wrong == NULL)
        st = read_numbered(p, offered.root_version, &p->root_bytes, &there, err);
    if (st == VERIDAC_OK && wrong == NULL && !there)
        wrong = "its root is missing";
    if (st == VERIDAC_OK && wrong == NULL)
        wrong = vd_root_read(vd_buf_span(&p->root_bytes), &p->root);
    if (st == VERIDAC_OK && wrong == NULL)
        wrong = vd_head_check(vd_buf_span(&p->old_head_bytes), &p->root, &p->old_head);
    if (st == VERIDAC_OK && wrong != NULL)
        st = vd_fail(err, vd_wrong(wrong, VERIDAC_BAD_DATA), "%s/head: %s", p->o.repo, wrong);
    return st;
}

static veridac_status take_root(struct vd_publish *p, struct vd_span given, veridac_error *err)
{
    vd_buf_clear(&p->root_bytes);
    p->root_is_new = true;
    return vd_buf_put(&p->root_bytes, given) &&
                   vd_root_read(vd_buf_span(&p->root_bytes), &p->root) == NULL
               ? VERIDAC_OK
               : vd_fail(err, VERIDAC_NO_MEMORY, "out of memory");
}

/* The given root is the one in force, or the next one. */
static veridac_status choose_root(struct vd_publish *p, veridac_error *err)
{
    const struct vd_span given = vd_span_of(p->o.root.data, p->o.root.size);
    struct vd_root next;
    const char *wrong;

    if (given.p == NULL)
        return p->has_head ? VERIDAC_OK
                           : vd_fail(err, VERIDAC_BAD_DATA,
                                     "%s: an empty repository needs a root document", p->o.repo);
    wrong = vd_root_read(given, &next);
    if (wrong == NULL)
        wrong = vd_root_first(&next);
    if (wrong == NULL && p->has_head && !vd_span_eq(given, vd_buf_span(&p->root_bytes)))
        wrong = vd_root_follows(&p->root, &next);
    if (wrong != NULL)
        return vd_fail(err, vd_wrong(wrong, VERIDAC_BAD_DATA), "the root document: %s", wrong);
    if (p->has_head && vd_span_eq(given, vd_buf_span(&p->root_bytes)))
        return VERIDAC_OK;
    return take_root(p, given, err);
}

static veridac_status check_root(const struct vd_publish *p, veridac_error *err)
{
    char text[VD_TIME_TEXT];
    vd_time_text(p->root.head_until, text);
    if (p->o.at > p->root.head_until || p->o.at > p->root.s.expires)
        return vd_fail(err, VERIDAC_BAD_DATA,
                       "root-expired: its head keys sign nothing after %s; veridac root rotate", text);
    return VERIDAC_OK;
}

/* ---- history ---- */

static void load_history(struct vd_publish *p)
{
    struct vd_buf text = VD_BUF(4u << 20);
    char dir[VD_PATH], name[24];
    bool there = false;

    (void)snprintf(name, sizeof name, "%" PRIu64, p->old_head.s.number);
    if (!vd_path(dir, p->o.repo, "h") ||
        vd_file_read(dir, name, (4u << 20) - 1, &text, &there, NULL) != VERIDAC_OK || !there ||
        !vd_history_read(vd_buf_span(&text), p->before))
        *p->before = (struct vd_history){ .base = 0 };
    vd_buf_free(&text);
}

static void load_rest(struct vd_publish *p)
{
    load_history(p);
    p->old_trust_bytes.max = VD_MAX_TRUST_LIST;
    p->has_old_trust =
        vd_publish_get(p, "trust", &p->old_head.ref[VD_REF_TRUST], &p->old_trust_bytes) &&
        vd_trust_list_read(vd_buf_span(&p->old_trust_bytes), &p->old_trust) == NULL;
    p->old_index_bytes.max = VD_MAX_INDEX;
    if (!vd_publish_get(p, "index", &p->old_head.ref[VD_REF_INDEX], &p->old_index_bytes))
        vd_buf_free(&p->old_index_bytes);
}

veridac_status vd_publish_load(struct vd_publish *p, veridac_error *err)
{
    veridac_status st;

    p->root_bytes = VD_BUF(VD_MAX_ROOT + 1);
    p->old_head_bytes = VD_BUF(VD_MAX_HEAD + 1);
    st = load_head(p, err);
    if (st == VERIDAC_OK && p->has_head)
        load_rest(p);
    if (st == VERIDAC_OK)
        st = choose_root(p, err);
    return st == VERIDAC_OK ? check_root(p, err) : st;
}
