/* SPDX-License-Identifier: Apache-2.0
 *
 * policy_parse.c - JSON -> policy. A member that is not known is refused: a misspelled one must not be a
 * wish that nobody hears.
 */
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "policy_file.h"
#include "policy.h"
#include "text.h"

/* ---- where ---- */

static veridac_status wrong_at(const struct vd_policy_text *t, size_t at, const char *what)
{
    unsigned line = 1, column = 1;

    for (size_t i = 0; i < at; i++) {
        const bool end = vd_at(t->text, i) == '\n';
        line += end;
        column = end ? 1 : column + 1;
    }
    return vd_fail(t->err, VERIDAC_BAD_DATA, "%s:%u:%u: %s", t->path, line, column, what);
}

veridac_status vd_policy_wrong(const struct vd_policy_text *t, struct vd_json_value at, const char *fmt, ...)
{
    const struct vd_span text = vd_json_text(at);
    char what[200];
    va_list ap;

    va_start(ap, fmt);
    (void)vsnprintf(what, sizeof what, fmt, ap);
    va_end(ap);
    return wrong_at(t, text.p == NULL ? 0 : (size_t)(text.p - t->text.p), what);
}

/* ---- values ---- */

size_t vd_policy_members(struct vd_json_value object)
{
    size_t n = 0;
    for (struct vd_json_value v = vd_json_first_name(object); vd_json_present(v);
         v = vd_json_next(vd_json_of_name(v)))
        n++;
    return n;
}

static bool is_word(struct vd_json_value v, const char *word)
{
    return vd_json_is_string(v) && vd_span_is(vd_json_text(v), word);
}

/* The place of a word in a list; n for none. */
static size_t word_of(struct vd_json_value v, const char *const *words, size_t n)
{
    size_t i = 0;
    while (i < n && !is_word(v, words[i]))
        i++;
    return i;
}

veridac_status vd_policy_duration(const struct vd_policy_text *t, struct vd_json_value v, int64_t least,
                                  int64_t most, int64_t *ret)
{
    int64_t s = 0;
    if (!vd_json_is_string(v) || !vd_duration_read(vd_json_text(v), &s) || s < least || s > most)
        return vd_policy_wrong(t, v, "expected a duration from %" PRId64 "s to %" PRId64
                               "s, like \"90s\", \"15m\", \"72h\" or \"7d\"", least, most);
    *ret = s;
    return VERIDAC_OK;
}

bool vd_policy_vid(struct vd_json_value v, uint16_t *ret)
{
    uint8_t id[2];
    struct vd_buf b = VD_BUF_ON(id);

    if (!(vd_json_is_string(v) && vd_hex_read(vd_json_text(v), &b) && b.n == 2))
        return false;
    *ret = (uint16_t)(id[0] << 8 | id[1]);
    return *ret != 0;
}

/* ---- members ---- */

veridac_status vd_policy_read_members(struct vd_policy_reader *r, struct vd_json_value object, const struct vd_policy_member *m, size_t n)
{
    veridac_status st = VERIDAC_OK;

    if (!vd_json_is_object(object))
        return vd_policy_wrong(&r->t, object, "expected an object");
    for (struct vd_json_value name = vd_json_first_name(object); st == VERIDAC_OK && vd_json_present(name);
         name = vd_json_next(vd_json_of_name(name))) {
        size_t i = 0;
        while (i < n && !vd_span_is(vd_json_text(name), m[i].name))
            i++;
        st = i < n ? m[i].read(r, vd_json_of_name(name))
                   : vd_policy_wrong(&r->t, name, "no policy has this member");
    }
    return st;
}

static veridac_status read_version(struct vd_policy_reader *r, struct vd_json_value v)
{
    uint64_t n = 0;
    return vd_json_uint(v, 1, &n) && n == 1 ? VERIDAC_OK : vd_policy_wrong(&r->t, v, "expected version 1");
}

static veridac_status read_name(struct vd_policy_reader *r, struct vd_json_value v)
{
    const struct vd_span text = vd_json_text(v);
    bool ok = vd_json_is_string(v) && text.n > 0 && text.n <= VD_MAX_RULE_WORD;
    for (size_t i = 0; i < text.n && ok; i++)
        ok = vd_at(text, i) >= ' ' && vd_at(text, i) <= '~' && vd_at(text, i) != '\\';
    return ok && vd_copy(r->p->name, VD_MAX_RULE_WORD, text)
               ? VERIDAC_OK
               : vd_policy_wrong(&r->t, v, "expected a name of at most %u printable characters",
                                 VD_MAX_RULE_WORD);
}

static veridac_status read_base(struct vd_policy_reader *r, struct vd_json_value v)
{
    static const char *const words[] = { "strict", "standard", "permissive", "audit" };
    const size_t i = word_of(v, words, 4);
    r->p->policy.preset = (int32_t)i + VERIDAC_POLICY_STRICT;
    return i < 4 ? VERIDAC_OK
                 : vd_policy_wrong(&r->t, v, "expected strict, standard, permissive or audit");
}

/* A list of words as bits, the first word being bit `first`. */
static veridac_status read_bits(struct vd_policy_reader *r, struct vd_json_value v, const char *const *words, size_t n,
                                unsigned first, const char *expected, uint32_t *ret)
{
    uint32_t bits = 0;

    for (struct vd_json_value i = vd_json_first(v); vd_json_present(i); i = vd_json_next(i)) {
        const size_t at = word_of(i, words, n);
        const uint32_t bit = UINT32_C(1) << (first + at);
        if (at == n || (bits & bit) != 0)
            return vd_policy_wrong(&r->t, i, at == n ? "expected %s" : "said twice", expected);
        bits |= bit;
    }
    *ret = bits;
    return bits != 0 ? VERIDAC_OK : vd_policy_wrong(&r->t, v, "expected a list of %s", expected);
}

static veridac_status read_networks(struct vd_policy_reader *r, struct vd_json_value v)
{
    static const char *const words[] = { "main", "test" };
    veridac_policy *p = &r->p->policy;
    veridac_status st = read_bits(r, v, words, 2, VERIDAC_NETWORK_MAIN, "main or test", &p->networks);

    for (int32_t n = VERIDAC_NETWORK_MAIN; n <= VERIDAC_NETWORK_TEST; n++) {
        if (p->networks == UINT32_C(1) << n)
            p->network = n;
    }
    return st;
}

static veridac_status read_types(struct vd_policy_reader *r, struct vd_json_value v)
{
    static const char *const words[] = { "test", "provisional", "official" };
    return read_bits(r, v, words, 3, 0, "test, provisional or official", &r->p->policy.certification_types);
}

static veridac_status read_clock(struct vd_policy_reader *r, struct vd_json_value v)
{
    return vd_policy_duration(&r->t, v, 1, VD_MAX_CLOCK_SKEW_S, &r->p->policy.clock_tolerance_s);
}

static veridac_status read_compat(struct vd_policy_reader *r, struct vd_json_value v)
{
    bool b = false;
    if (!vd_json_bool(v, &b))
        return vd_policy_wrong(&r->t, v, "expected true or false");
    r->p->policy.sdk_compat = b;
    return VERIDAC_OK;
}

/* ---- unknown ---- */

static veridac_status read_unknown(struct vd_policy_reader *r, struct vd_json_value v)
{
    static const char *const words[] = { "accept", "undetermined", "reject" };
    uint32_t *to[] = { &r->p->policy.accept_unknown, &r->p->policy.hold_unknown,
                       &r->p->policy.reject_unknown };

    if (!vd_json_is_object(v))
        return vd_policy_wrong(&r->t, v, "expected an object");
    for (struct vd_json_value name = vd_json_first_name(v); vd_json_present(name);
         name = vd_json_next(vd_json_of_name(name))) {
        const struct vd_json_value value = vd_json_of_name(name);
        const size_t leads = word_of(value, words, 3);
        int32_t reason = 0;
        while (reason < VERIDAC_REASON_COUNT &&
               !vd_span_is(vd_json_text(name), vd_reason_text((enum vd_reason)reason)))
            reason++;
        if (reason == VERIDAC_REASON_COUNT)
            return vd_policy_wrong(&r->t, name, "not a reason of unknown");
        if (leads == 3)
            return vd_policy_wrong(&r->t, value, "expected accept, undetermined or reject");
        if (leads == 0 && reason == VERIDAC_REASON_UNCONFIRMED)
            return vd_policy_wrong(&r->t, value, "what may be revoked is never accepted");
        *to[leads] |= UINT32_C(1) << reason;
    }
    return VERIDAC_OK;
}

/* ---- vendors ---- */

static int by_vid(const void *x, const void *y)
{
    const uint16_t a = *(const uint16_t *)x, b = *(const uint16_t *)y;
    return (a > b) - (a < b);
}

static veridac_status read_vids(struct vd_policy_reader *r, struct vd_json_value v, uint16_t **list, size_t *n)
{
    size_t cap = 0;

    for (struct vd_json_value i = vd_json_first(v); vd_json_present(i); i = vd_json_next(i)) {
        uint16_t vid = 0;
        if (!vd_policy_vid(i, &vid))
            return vd_policy_wrong(&r->t, i, "expected a vendor id, four hex digits");
        for (size_t k = 0; k < *n; k++) {
            if ((*list)[k] == vid)
                return vd_policy_wrong(&r->t, i, "said twice");
        }
        if (!vd_grow((void **)list, *n, &cap, sizeof **list, VD_MAX_POLICY_ROWS))
            return vd_policy_wrong(&r->t, i, "more than %u, or out of memory", VD_MAX_POLICY_ROWS);
        (*list)[(*n)++] = vid;
    }
    if (*n == 0)
        return vd_policy_wrong(&r->t, v, "expected a list of vendor ids");
    qsort(*list, *n, sizeof **list, by_vid);
    return VERIDAC_OK;
}

static veridac_status read_allow(struct vd_policy_reader *r, struct vd_json_value v)
{
    veridac_status st = read_vids(r, v, &r->p->allowed, &r->p->policy.n_allowed_vids);
    r->p->policy.allowed_vids = r->p->allowed;
    return st;
}

static veridac_status read_deny(struct vd_policy_reader *r, struct vd_json_value v)
{
    veridac_status st = read_vids(r, v, &r->p->denied, &r->p->policy.n_denied_vids);
    r->p->policy.denied_vids = r->p->denied;
    return st;
}

static veridac_status read_vendors(struct vd_policy_reader *r, struct vd_json_value v)
{
    static const struct vd_policy_member members[] = { { "allow", read_allow }, { "deny", read_deny } };
    return vd_policy_read_members(r, v, members, 2);
}

static veridac_status read_signals(struct vd_policy_reader *r, struct vd_json_value v)
{
    return vd_policy_thresholds(&r->t, v, r->p);
}

/* ---- all of it ---- */

static veridac_status read_policy(struct vd_policy_reader *r, struct vd_json_value root)
{
    static const struct vd_policy_member members[] = {
        { "policy", read_version },   { "name", read_name },          { "base", read_base },
        { "networks", read_networks }, { "unknown", read_unknown },    { "max-age", vd_policy_ages },
        { "certification-types", read_types }, { "vendors", read_vendors }, { "clock-tolerance", read_clock },
        { "sdk-compat", read_compat }, { "short-lived", vd_policy_lives }, { "signals", read_signals }
    };
    veridac_status st = vd_policy_read_members(r, root, members, sizeof members / sizeof members[0]);

    if (st != VERIDAC_OK)
        return st;
    if (!vd_json_present(vd_json_member(root, "policy")))
        return vd_policy_wrong(&r->t, root, "\"policy\": 1 is missing");
    return vd_json_present(vd_json_member(root, "base")) ? VERIDAC_OK
                                                         : vd_policy_wrong(&r->t, root, "\"base\" is missing");
}

veridac_status vd_policy_parse(const char *path, struct vd_span text, veridac_policy_file **ret,
                               veridac_error *err)
{
    struct vd_policy_reader r = { { path, text, err }, calloc(1, sizeof *r.p) };
    struct vd_json *doc = NULL;
    const char *wrong;
    size_t at = 0;
    veridac_status st;

    if (r.p == NULL)
        return VERIDAC_NO_MEMORY;
    r.p->policy.size = sizeof r.p->policy;
    wrong = text.n == 0 ? "empty" : vd_json_read(text, &doc, &at);
    st = wrong != NULL ? wrong_at(&r.t, at, wrong) : read_policy(&r, vd_json_root(doc));
    vd_json_free(doc);
    if (st == VERIDAC_OK)
        *ret = r.p;
    else
        veridac_policy_free(r.p);
    return st;
}
