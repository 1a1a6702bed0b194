/* SPDX-License-Identifier: Apache-2.0
 *
 * rules_read.c - a list of rules from a file, when there is a reason to trust it.
 */
#include "rules.h"

#include <inttypes.h>

#include "kept.h"
#include "limits.h"
#include "signed.h"

veridac_status vd_rules_parse(const char *path, struct vd_span text, struct vd_overlay *ret,
                              veridac_error *err)
{
    struct vd_overlay_place at = { 1, 1 };
    const char *wrong = text.n == 0 ? "empty" : vd_overlay_read_at(text, ret, &at);

    return wrong == NULL ? VERIDAC_OK
                         : vd_fail(err, VERIDAC_BAD_DATA, "%s:%" PRIu32 ":%" PRIu32 ": %s", path, at.line,
                                   at.column, wrong);
}

/* One of the signatures is by this key and holds. */
static bool signed_by(const struct vd_overlay *rules, const struct vd_public *key)
{
    struct vd_span cursor = rules->signatures;
    struct vd_overlay_signature s;
    uint8_t id[VD_KEY_ID];

    if (!vd_key_id(key->algorithm, vd_public_span(key), id))
        return false;
    while (cursor.n > 0 && vd_overlay_signature_next(&cursor, &s)) {
        if (s.algorithm == key->algorithm && vd_span_eq(VD_SPAN(s.key_id), VD_SPAN(id)) &&
            vd_public_check(key->algorithm, vd_public_span(key), rules->body, VD_SPAN(s.value)) ==
                VD_CHECK_GOOD)
            return true;
    }
    return false;
}

static veridac_status check_signed(const char *path, const struct vd_overlay *rules,
                                     const veridac_bytes *keys, size_t n, veridac_error *err)
{
    struct vd_public key;

    for (size_t i = 0; i < n; i++) {
        if (!vd_public_pem_read(vd_span_of(keys[i].data, keys[i].size), &key))
            return vd_fail(err, VERIDAC_BAD_DATA,
                           "expected public keys, P-256 or Ed25519, in PEM; number %zu is none", i + 1);
        if (signed_by(rules, &key))
            return VERIDAC_OK;
    }
    return vd_fail(err, VERIDAC_BAD_SIGNATURE, "%s: not trusted: %s", path,
                   rules->signatures.n == 0 ? "it is not signed" : "no signature by a key that was given");
}

struct loading {
    const veridac_rules_source *source;
    struct vd_overlay rules;
};

static veridac_status use(void *user, const char *path, struct vd_span text, const char *why,
                          veridac_error *err)
{
    struct loading *l = user;
    veridac_status st;

    if (l->source->n_keys == 0 && why != NULL)
        return vd_fail(err, VERIDAC_BAD_DATA, "%s: not trusted: %s", path, why);
    st = vd_rules_parse(path, text, &l->rules, err);
    if (st == VERIDAC_OK && l->source->n_keys > 0) {
        st = check_signed(path, &l->rules, l->source->keys, l->source->n_keys, err);
        if (st != VERIDAC_OK)
            vd_overlay_free(&l->rules);
    }
    return st;
}

veridac_status vd_rules_load(const veridac_rules_source *source, struct vd_buf *text,
                             struct vd_overlay *ret, veridac_error *err)
{
    struct loading l = { source, { .network = VD_NETWORK_NONE } };
    veridac_status st = vd_kept_load(
        &(struct vd_kept){ source->path, "rules", source->last_valid, use, &l }, text, err);

    if (st == VERIDAC_OK)
        *ret = l.rules;
    else
        vd_overlay_free(&l.rules);
    return st;
}

veridac_status veridac_rules_read(const veridac_rules_source *source, veridac_buffer *ret,
                                  veridac_error *err)
{
    struct vd_buf text = VD_BUF(VD_MAX_OPERATOR_FILE + 1);
    veridac_rules_source s;
    struct vd_overlay rules;
    veridac_status st;

    if (ret == NULL || !vd_sized_take(&s, sizeof s, VD_UPTO(veridac_rules_source, n_keys), source) ||
        s.path == NULL || (s.n_keys > 0 && s.keys == NULL))
        return VERIDAC_MISUSE;
    st = vd_rules_load(&s, &text, &rules, err);
    if (st == VERIDAC_OK) {
        vd_overlay_free(&rules);
        return vd_give(&text, ret);
    }
    vd_buf_free(&text);
    return st;
}
