/* SPDX-License-Identifier: Apache-2.0
 *
 * signed_root.c - root documents: which keys may sign what, and whether enough of them did.
 *
 *   body   head_until:i64 threshold[3] keys:u8 zero:u32 key*
 *   key    algorithm:u16 size:u16 roles:u8 zero[3] key[size]        ascending by (algorithm, key)
 */
#include "limits.h"
#include "signed.h"

static int compare(uint16_t a_algorithm, struct vd_span a, uint16_t b_algorithm, struct vd_span b)
{
    if (a_algorithm != b_algorithm)
        return a_algorithm < b_algorithm ? -1 : 1;
    return vd_span_cmp(a, b);
}

static const char *read_key(struct vd_span *in, struct vd_root_key *ret)
{
    uint64_t algorithm, size, roles, zero;
    enum vd_check valid;

    if (!vd_take_le(in, 2, &algorithm) || !vd_take_le(in, 2, &size) || !vd_take_le(in, 1, &roles) ||
        !vd_take_le(in, 3, &zero) || !vd_take(in, (size_t)size, &ret->key))
        return "root-size";
    if (zero != 0)
        return "root-zero";
    if (roles == 0 || roles >= VD_DUTY_BIT(VD_DUTIES))
        return "root-roles";
    ret->algorithm = (uint16_t)algorithm;
    ret->roles = (uint8_t)roles;
    if (size > VD_MAX_PUBLIC_KEY)
        return "root-key";
    valid = vd_public_key_check(ret->algorithm, ret->key);
    if (valid != VD_CHECK_GOOD)
        return valid == VD_CHECK_NO_MEMORY ? vd_no_memory : "root-key";
    return vd_key_id(ret->algorithm, ret->key, ret->id) ? NULL : vd_no_memory;
}

static unsigned holders(const struct vd_root *root, enum vd_duty role)
{
    unsigned n = 0;
    for (uint32_t i = 0; i < root->n_keys; i++)
        n += (root->keys[i].roles & VD_DUTY_BIT(role)) != 0;
    return n;
}

static const char *read_keys(struct vd_span in, struct vd_root *root)
{
    for (uint32_t i = 0; i < root->n_keys; i++) {
        struct vd_root_key *k = &root->keys[i];
        const char *wrong = read_key(&in, k);
        int order;
        if (wrong != NULL)
            return wrong;
        order = i == 0 ? -1 : compare(k[-1].algorithm, k[-1].key, k->algorithm, k->key);
        if (order == 0)
            return "root-key-twice";
        if (order > 0)
            return "root-key-order";
    }
    if (in.n != 0)
        return "root-size";
    for (unsigned role = 0; role < VD_DUTIES; role++) {
        if (root->threshold[role] == 0 ||
            root->threshold[role] > holders(root, (enum vd_duty)role))
            return "root-threshold";
    }
    return NULL;
}

const char *vd_root_read(struct vd_span in, struct vd_root *ret)
{
    uint64_t until, keys, zero;
    struct vd_span body;
    const char *wrong = vd_signed_read(in, VD_DOC_ROOT, VD_MAX_ROOT, &ret->s);

    if (wrong != NULL)
        return wrong;
    if (ret->s.number > UINT32_MAX)
        return "document-number";
    body = ret->s.body;
    if (!vd_take_le(&body, 8, &until) || !vd_take_u8(&body, &ret->threshold[VD_DUTY_ROOT]) ||
        !vd_take_u8(&body, &ret->threshold[VD_DUTY_TRUST]) ||
        !vd_take_u8(&body, &ret->threshold[VD_DUTY_HEAD]) || !vd_take_le(&body, 1, &keys) ||
        !vd_take_le(&body, 4, &zero))
        return "root-size";
    ret->head_until = (int64_t)until;
    ret->n_keys = (uint32_t)keys;
    if (zero != 0)
        return "root-zero";
    if (keys == 0 || keys > VD_MAX_ROOT_KEYS)
        return "root-keys";
    if (ret->head_until <= ret->s.created || ret->head_until > ret->s.expires ||
        ret->head_until - ret->s.created > VD_MAX_HEAD_KEY_S)
        return "root-head-until";
    return read_keys(body, ret);
}

/* ---- writing ---- */

bool vd_root_add(struct vd_root *root, uint16_t algorithm, struct vd_span key, uint8_t roles)
{
    uint32_t at = 0;
    int order = 1;
    while (at < root->n_keys && (order = compare(root->keys[at].algorithm, root->keys[at].key,
                                                 algorithm, key)) < 0)
        at++;
    if (at < root->n_keys && order == 0) {
        root->keys[at].roles |= roles;
        return true;
    }
    if (root->n_keys == VD_MAX_ROOT_KEYS)
        return false;
    for (uint32_t i = root->n_keys++; i > at; i--)
        root->keys[i] = root->keys[i - 1];
    root->keys[at] = (struct vd_root_key){ .algorithm = algorithm, .roles = roles, .key = key };
    return vd_key_id(algorithm, key, root->keys[at].id);
}

bool vd_root_write(const struct vd_root *root, struct vd_buf *out)
{
    struct vd_buf body = VD_BUF(VD_MAX_ROOT);
    bool ok = vd_buf_le(&body, 8, (uint64_t)root->head_until) &&
              vd_buf_u8(&body, root->threshold[VD_DUTY_ROOT]) &&
              vd_buf_u8(&body, root->threshold[VD_DUTY_TRUST]) &&
              vd_buf_u8(&body, root->threshold[VD_DUTY_HEAD]) &&
              vd_buf_u8(&body, (uint8_t)root->n_keys) && vd_buf_le(&body, 4, 0);
    for (uint32_t i = 0; ok && i < root->n_keys; i++) {
        const struct vd_root_key *k = &root->keys[i];
        ok = vd_buf_le(&body, 2, k->algorithm) && vd_buf_le(&body, 2, k->key.n) &&
             vd_buf_u8(&body, k->roles) && vd_buf_le(&body, 3, 0) && vd_buf_put(&body, k->key);
    }
    ok = ok && vd_signed_write(&root->s, vd_buf_span(&body), out);
    vd_buf_free(&body);
    return ok;
}

/* ---- signatures ---- */

static const struct vd_root_key *key_of(const struct vd_root *root, enum vd_duty role,
                                        const struct vd_signature *s)
{
    for (uint32_t i = 0; i < root->n_keys; i++) {
        const struct vd_root_key *k = &root->keys[i];
        if ((k->roles & VD_DUTY_BIT(role)) != 0 && k->algorithm == s->algorithm &&
            vd_span_eq(VD_SPAN(k->id), s->key_id))
            return k;
    }
    return NULL;
}

/* Neither keys nor signatures can be there twice: the readers refuse that. */
unsigned vd_root_signers(const struct vd_root *root, enum vd_duty role, const struct vd_signed *d,
                         enum vd_check *ret_worst)
{
    struct vd_span cursor = d->signatures;
    struct vd_signature s;
    unsigned n = 0;

    *ret_worst = VD_CHECK_GOOD;
    while (vd_signed_next(&cursor, &s)) {
        const struct vd_root_key *k = key_of(root, role, &s);
        enum vd_check got;
        if (k == NULL || k->algorithm > VD_SIGN_LAST)
            continue; /* a stranger, or an algorithm that this version cannot judge */
        got = vd_public_check(k->algorithm, k->key, d->message, s.value);
        if (got == VD_CHECK_GOOD)
            n++;
        else if (*ret_worst != VD_CHECK_NO_MEMORY)
            *ret_worst = got;
    }
    return n;
}

const char *vd_root_approves(const struct vd_root *root, enum vd_duty role,
                             const struct vd_signed *d)
{
    enum vd_check worst;
    if (vd_root_signers(root, role, d, &worst) >= root->threshold[role])
        return NULL;
    return worst == VD_CHECK_NO_MEMORY ? vd_no_memory
           : worst == VD_CHECK_GOOD    ? "signature-threshold"
                                       : "signature-wrong";
}

/* ---- who may follow whom ---- */

static bool same_feed(const struct vd_signed *a, const struct vd_signed *b)
{
    return a->network == b->network && vd_span_eq(vd_span_str(a->feed), vd_span_str(b->feed));
}

const char *vd_root_first(const struct vd_root *root)
{
    return vd_root_approves(root, VD_DUTY_ROOT, &root->s);
}

const char *vd_root_follows(const struct vd_root *root, const struct vd_root *next)
{
    const char *wrong;
    if (!same_feed(&root->s, &next->s))
        return "wrong-feed";
    if (next->s.number != root->s.number + 1)
        return "root-version";
    if (next->s.epoch < root->s.epoch)
        return "root-epoch";
    wrong = vd_root_approves(root, VD_DUTY_ROOT, &next->s);
    return wrong == NULL ? vd_root_approves(next, VD_DUTY_ROOT, &next->s) : wrong;
}

const char *vd_root_covers(const struct vd_root *root, const struct vd_signed *d)
{
    if (!same_feed(&root->s, d))
        return "wrong-feed";
    return d->epoch > root->s.epoch ? "wrong-epoch" : NULL;
}
