/* SPDX-License-Identifier: Apache-2.0
 *
 * fuzz_head.c - signed documents: root, trust list, head, index. A document that can be read is also
 * signed by a key that a root of the same feed gives every duty, so that what is behind the signatures
 * is reached.
 *
 * Reaches: vd_signed_read vd_signed_kind vd_signed_next vd_signed_add vd_root_read vd_root_first
 *          vd_root_follows vd_root_covers vd_root_approves vd_head_read vd_head_check
 *          vd_trust_list_read vd_trust_list_check vd_trust_list_next vd_index_read vd_index_at
 *          vd_index_of vd_show_signed vd_public_check
 * Properties: what is read, written again, is the same body; a document counts only when the threshold
 * signed it; one octet changed behind the signature and it does not.
 */
#include "fuzz.h"
#include "limits.h"
#include "show.h"
#include "signed.h"

static struct vd_key *key;
static struct vd_public pub;

static void body_is(struct vd_span in, const struct vd_signed *s, bool ok, struct vd_buf *out)
{
    struct vd_signed again;
    INVARIANT(ok && vd_signed_read(vd_buf_span(out), s->kind, out->n, &again) == NULL);
    /* a head's references of later versions are passed over */
    INVARIANT(vd_span_eq(again.message, s->message) ||
              (s->kind == VD_DOC_HEAD && again.message.n < s->message.n));
    fuzz_inside(in, s->body);
    vd_buf_free(out);
}

static bool read_again(struct vd_span in, struct vd_signed *ret)
{
    static struct vd_trust_entry entries[VD_MAX_ANCHORS];
    static struct vd_index_entry steps[VD_MAX_INDEX / 64];
    struct vd_buf out = VD_BUF(16u << 20);
    struct vd_trust_list list;
    struct vd_index index;
    struct vd_head head;
    struct vd_root root;
    bool ok = true;

    if (vd_root_read(in, &root) == NULL) {
        body_is(in, &root.s, vd_root_write(&root, &out), &out);
        (void)vd_root_first(&root);
        *ret = root.s;
    } else if (vd_head_read(in, &head) == NULL) {
        body_is(in, &head.s, vd_head_write(&head, &out), &out);
        *ret = head.s;
    } else if (vd_trust_list_read(in, &list) == NULL) {
        for (uint32_t i = 0; i < list.n; i++)
            INVARIANT(vd_trust_list_next(&list.entries, &entries[i]));
        body_is(in, &list.s, vd_trust_list_write(&list.s, entries, list.n, &out), &out);
        *ret = list.s;
    } else if (vd_index_read(in, &index) == NULL) {
        for (uint32_t i = 0; i < index.n; i++)
            INVARIANT(vd_index_at(&index, i, &steps[i]) && steps[i].from < steps[i].to);
        body_is(in, &index.s, vd_index_write(&index.s, index.base, steps, index.n, &out), &out);
        INVARIANT(vd_index_of(&index, &(struct vd_head){ .s = index.s }) == NULL);
        ok = false;
    } else {
        ok = false;
    }
    return ok;
}

/* Of this feed; it comes right before a document that is a root itself. */
static void root_before(const struct vd_signed *s, struct vd_buf *out)
{
    struct vd_root r = { .s = *s, .threshold = { 1, 1, 1 } };
    r.s.kind = VD_DOC_ROOT;
    if (s->kind == VD_DOC_ROOT)
        r.s.number = s->number > 1 ? s->number - 1 : 1;
    else if (s->kind == VD_DOC_HEAD) /* the version that the head names */
        r.s.number = s->body.n > 12 ? (uint64_t)s->body.p[8] | (uint64_t)s->body.p[9] << 8 : 1;
    if (r.s.number == 0 || r.s.number > UINT32_MAX)
        r.s.number = 1;
    r.head_until = r.s.expires - r.s.created > VD_MAX_HEAD_KEY_S ? r.s.created + VD_MAX_HEAD_KEY_S
                                                                  : r.s.expires;
    INVARIANT(vd_root_add(&r, pub.algorithm, vd_public_span(&pub), 7) && vd_root_write(&r, out));
}

static const char *accepted(struct vd_span in, const struct vd_root *root, enum vd_document kind)
{
    struct vd_trust_list list;
    struct vd_head head;
    struct vd_root next;
    const char *wrong;
    if (kind == VD_DOC_HEAD)
        return vd_head_check(in, root, &head);
    if (kind == VD_DOC_TRUST)
        return vd_trust_list_check(in, root, &list);
    wrong = vd_root_read(in, &next);
    return wrong != NULL ? wrong : vd_root_follows(root, &next);
}

static void sign_it(struct vd_span in, const struct vd_signed *s)
{
    struct vd_buf before = VD_BUF(VD_MAX_ROOT), with = VD_BUF(16u << 20);
    uint8_t signature[VD_RAW_SIG];
    struct vd_root root;

    root_before(s, &before);
    if (vd_root_read(vd_buf_span(&before), &root) == NULL) {
        INVARIANT(vd_key_sign(key, s->message, signature));
        INVARIANT(accepted(in, &root, s->kind) != NULL); /* nobody has signed it yet */
        if (vd_signed_add(in, &pub, VD_SPAN(signature), &with) &&
            accepted(vd_buf_span(&with), &root, s->kind) == NULL) {
            with.p[24 + fuzz_hash(in) % (s->message.n - 24)] ^= 1;
            INVARIANT(accepted(vd_buf_span(&with), &root, s->kind) != NULL);
        }
    }
    vd_buf_free(&before);
    vd_buf_free(&with);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const uint8_t scalar[32] = { 1, 2, 3, 4, 5, 6, 7 };
    const struct vd_span in = { data, size };
    struct vd_buf out = VD_BUF(16u << 20);
    struct vd_doc d = { .out = &out, .json = size & 1, .field_of = vd_show_field };
    struct vd_signed s;

    if (key == NULL) {
        key = vd_key_from_scalar(VD_SPAN(scalar));
        INVARIANT(key != NULL && vd_key_public(key, &pub));
    }
    INVARIANT(vd_signed_kind(in) == 0 || size > 4);
    if (read_again(in, &s))
        sign_it(in, &s);
    (void)vd_show_signed(in, &d);
    vd_buf_free(&out);
    return 0;
}
