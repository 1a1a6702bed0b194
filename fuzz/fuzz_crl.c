/* SPDX-License-Identifier: Apache-2.0
 *
 * fuzz_crl.c - a CRL as a stream, DER or PEM.
 *
 * Reaches: vd_crl_start vd_crl_feed vd_crl_end vd_crl_facts vd_crl_pem_feed vd_crl_pem_end
 *          vd_crl_names_issuer vd_crl_entry_extensions vd_der_measure
 * Properties: in chunks of any size the same entries in the same order, the same facts, the same end; a
 * sink that stops is not called again; more than the ceiling is too large.
 */
#include "crl.h"

#include "fuzz_der.h"

struct seen {
    struct vd_buf text; /* entries and facts */
    uint64_t n, stop;   /* stop at this one; 0: never */
};

static void put(struct vd_buf *out, struct vd_span s)
{
    (void)vd_buf_le(out, 4, s.n);
    (void)vd_buf_put(out, s);
}

static bool take(void *user, const struct vd_crl_entry *e)
{
    struct seen *s = user;
    INVARIANT(s->stop == 0 || s->n < s->stop);
    s->n++;
    put(&s->text, e->serial);
    (void)vd_buf_le(&s->text, 8, e->issuers_id);
    if (e->issuers.n < 128)
        put(&s->text, e->issuers);
    (void)vd_crl_names_issuer(e->issuers, e->serial);
    return s->n != s->stop;
}

static void put_facts(struct vd_buf *out, const struct vd_crl *c)
{
    const bool flags[] = { c->algorithms_equal, c->this_ok, c->next_ok, c->has_akid, c->akid_malformed,
                           c->akid_critical, c->has_number, c->number_malformed, c->number_critical,
                           c->has_idp, c->idp_malformed, c->idp_critical, c->idp_other_names,
                           c->only_user, c->only_ca, c->only_attribute, c->some_reasons, c->indirect,
                           c->has_delta, c->duplicate_extension, c->explicit_false,
                           c->unknown_critical, c->empty_list };
    const uint64_t numbers[] = { c->version, c->algorithm, c->idp_uris, c->n_entries, c->bad_serials,
                                 c->bad_dates, c->bad_extensions, c->unknown_critical_entries,
                                 c->removals, c->issuer_extensions, c->uncritical_issuers };
    for (size_t i = 0; i < sizeof flags; i++)
        (void)vd_buf_u8(out, flags[i]);
    for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++)
        (void)vd_buf_le(out, 8, numbers[i]);
    put(out, c->issuer);
    put(out, c->akid);
    put(out, c->number);
    put(out, c->idp_uri);
    put(out, c->signature);
    put(out, VD_SPAN(c->digest));
    (void)vd_buf_str(out, c->broken != NULL ? c->broken : "-");
}

/* chunk 0: all at once; UINT32_MAX: of sizes that follow from `seed`. */
static enum vd_crl_state read_in(struct vd_span in, size_t chunk, uint64_t stop, size_t max,
                                 struct seen *ret)
{
    uint32_t seed = fuzz_hash(in);
    struct vd_crl_reader *r;
    enum vd_crl_state state = VD_CRL_READING;

    *ret = (struct seen){ .text = VD_BUF(1u << 26), .stop = stop };
    r = vd_crl_start(take, ret, max);
    INVARIANT(r != NULL);
    while (in.n > 0) {
        struct vd_span part;
        size_t n = chunk == 0 ? in.n : chunk == UINT32_MAX ? 1 + fuzz_next(&seed) % 97 : chunk;
        (void)vd_take(&in, n < in.n ? n : in.n, &part);
        part = fuzz_own(part);
        state = vd_crl_feed(r, part);
        fuzz_free(part);
    }
    state = vd_crl_end(r);
    INVARIANT(state != VD_CRL_READING);
    INVARIANT((state == VD_CRL_DONE) == (vd_crl_facts(r)->broken == NULL && state != VD_CRL_STOPPED &&
                                         state != VD_CRL_TOO_LARGE));
    if (state == VD_CRL_DONE || state == VD_CRL_BROKEN)
        put_facts(&ret->text, vd_crl_facts(r));
    vd_crl_free(r);
    return state;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const size_t chunks[] = { 1, 7, UINT32_MAX };
    const struct vd_span in = { data, size };
    struct seen whole, parts;
    enum vd_crl_state state;

    if (size == 0 || size > 65536)
        return 0;
    state = read_in(in, 0, 0, 1u << 20, &whole);
    for (size_t i = 0; i < sizeof chunks / sizeof chunks[0]; i++) {
        INVARIANT(read_in(in, chunks[i], 0, 1u << 20, &parts) == state);
        INVARIANT(vd_span_eq(vd_buf_span(&parts.text), vd_buf_span(&whole.text)));
        vd_buf_free(&parts.text);
    }
    if (state == VD_CRL_DONE && whole.n > 0) {
        INVARIANT(read_in(in, 5, 1, 1u << 20, &parts) == VD_CRL_STOPPED && parts.n == 1);
        vd_buf_free(&parts.text);
    }
    if (state == VD_CRL_DONE && data[0] == DER_SEQUENCE) {
        fuzz_der_canonical(in);
        INVARIANT(read_in(in, 5, 0, size / 2, &parts) == VD_CRL_TOO_LARGE);
        vd_buf_free(&parts.text);
    }
    vd_buf_free(&whole.text);
    return 0;
}
