/* SPDX-License-Identifier: Apache-2.0
 *
 * receipt.c - what was found about one device, as a statement and as a signed receipt (docs/trail.md).
 *
 *   receipt := '{"receipt":1,"time":"' time '","statement":' object, sealed (seal.h)
 *
 * Owns:           both forms.
 * Must not know:  what a finding means.
 */
#include <inttypes.h>

#include "cert.h"
#include "json.h"
#include "limits.h"
#include "policy.h"
#include "seal.h"
#include "sized.h"
#include "text.h"
#include <veridac/fleet.h>

/* ---- statements ---- */

static bool put_hash(const char *key, veridac_bytes bytes, bool *first, struct vd_buf *out)
{
    uint8_t hash[32];
    if (bytes.data == NULL)
        return true;
    if (!vd_sha256(vd_span_of(bytes.data, bytes.size), hash) ||
        !vd_buf_fmt(out, "%s\"%s\":\"", *first ? "" : ",", key))
        return false;
    *first = false;
    return vd_hex_put(out, VD_SPAN(hash), false) && vd_buf_u8(out, '"');
}

static bool put_inputs(const veridac_device *d, struct vd_buf *out)
{
    const struct {
        const char *key;
        veridac_bytes bytes;
    } rows[] = { { "dac", d->dac },
                 { "pai", d->pai },
                 { "elements", d->elements },
                 { "signature", d->signature },
                 { "challenge", d->challenge },
                 { "nonce", d->nonce },
                 { "nocsr", d->nocsr },
                 { "nocsr_signature", d->nocsr_signature },
                 { "csr_nonce", d->csr_nonce } };
    bool first = true, ok = vd_buf_str(out, ",\"inputs\":{");
    for (size_t i = 0; ok && i < sizeof rows / sizeof rows[0]; i++)
        ok = put_hash(rows[i].key, rows[i].bytes, &first, out);
    return ok && vd_buf_u8(out, '}');
}

static bool put_hex(const char *key, struct vd_span bytes, bool upper, struct vd_buf *out)
{
    return vd_buf_fmt(out, ",\"%s\":\"", key) && vd_hex_put(out, bytes, upper) && vd_buf_u8(out, '"');
}

/* Who it is: what a search in a trail goes by. */
static bool put_device(const veridac_device *d, struct vd_buf *out)
{
    struct vd_span der = vd_span_of(d->dac.data, d->dac.size);
    uint8_t hash[32];
    struct vd_cert c;
    bool ok = true;

    if (d->dac.data != NULL)
        ok = vd_sha256(der, hash) && put_hex("dac_sha256", VD_SPAN(hash), false, out);
    if (ok && d->dac.data != NULL && d->dac.size <= VD_MAX_INPUT && vd_cert_read(der, &c)) {
        if (c.akid.p != NULL)
            ok = put_hex("issuer_key_id", c.akid, true, out);
        ok = ok && put_hex("serial", c.serial, true, out);
    }
    if (ok && d->vid >= 0)
        ok = vd_buf_fmt(out, ",\"vid\":\"0x%04" PRIX32 "\"", (uint32_t)d->vid);
    if (ok && d->pid >= 0)
        ok = vd_buf_fmt(out, ",\"pid\":\"0x%04" PRIX32 "\"", (uint32_t)d->pid);
    return ok && put_inputs(d, out);
}

static bool put_statement(const veridac_statement_options *o, const veridac_device *d, int64_t at,
                          const veridac_buffer *result, struct vd_buf *out)
{
    char time[VD_TIME_TEXT];
    bool ok = vd_buf_str(out, "{\"statement\":1,\"at\":");

    vd_time_text(at, time);
    ok = ok && vd_text_json(out, vd_span_str(time));
    if (o->label != NULL)
        ok = ok && vd_buf_str(out, ",\"label\":") && vd_text_json(out, vd_span_str(o->label));
    ok = ok && put_device(d, out);
    if (o->policy_id.data != NULL)
        ok = ok && put_hex("policy_id", vd_span_of(o->policy_id.data, o->policy_id.size), false, out);
    /* the library's own JSON, without its line end */
    return ok && vd_buf_str(out, ",\"result\":") &&
           vd_buf_put(out, vd_span_of(result->data, result->size - 1)) && vd_buf_u8(out, '}');
}

veridac_status veridac_statement_make(const veridac_statement_options *options, veridac_buffer *ret,
                                      veridac_error *err)
{
    struct vd_buf out = VD_BUF(VD_TRAIL_LINE);
    veridac_result_view view = { .size = sizeof view };
    veridac_buffer result = { NULL, 0 };
    veridac_statement_options o;
    veridac_device d;
    veridac_status st;

    if (ret == NULL ||
        !vd_sized_take(&o, sizeof o, VD_UPTO(veridac_statement_options, policy_id), options) ||
        !vd_sized_take(&d, sizeof d, VD_UPTO(veridac_device, csr_nonce), o.device) ||
        (o.policy_id.data != NULL && o.policy_id.size != 32))
        return VERIDAC_MISUSE;
    st = veridac_result_look(o.result, &view);
    if (st == VERIDAC_OK)
        st = veridac_result_json(o.result, &result);
    if (st == VERIDAC_OK && !put_statement(&o, &d, view.at, &result, &out))
        st = vd_fail(err, VERIDAC_TOO_LARGE, "a statement has at most %u octets", VD_TRAIL_LINE);
    veridac_buffer_free(&result);
    if (st == VERIDAC_OK)
        return vd_give(&out, ret);
    vd_buf_free(&out);
    return st;
}

/* ---- receipts ---- */

#define BEGIN "{\"receipt\":1,\"time\":\""
#define STATEMENT "\",\"statement\":"

static bool one_object(struct vd_span in)
{
    struct vd_json *doc = NULL;
    bool ok = !vd_span_find(in, vd_span_str("\n"), &(size_t){ 0 }) && vd_at(in, 0) == '{' &&
              vd_at(in, in.n - 1) == '}' && vd_json_read(in, &doc, NULL) == NULL;
    vd_json_free(doc);
    return ok;
}

veridac_status veridac_receipt_make(veridac_bytes statement, int64_t at, const veridac_signer *signer,
                                    veridac_buffer *ret, veridac_error *err)
{
    const struct vd_span in = vd_span_of(statement.data, statement.size);
    struct vd_buf out = VD_BUF(VD_SEAL_LINE);
    char time[VD_TIME_TEXT];
    struct vd_signer s;
    veridac_status st;

    if (ret == NULL || statement.data == NULL || in.n == 0 || !one_object(in))
        return VERIDAC_MISUSE;
    st = vd_signer_read(signer, &s, err);
    if (st != VERIDAC_OK)
        return st;
    vd_time_text(at, time);
    st = vd_buf_str(&out, BEGIN) && vd_buf_str(&out, time) && vd_buf_str(&out, STATEMENT) &&
                 vd_buf_put(&out, in)
             ? vd_seal_put(&s, VD_SEAL_RECEIPT, &out, err)
             : VERIDAC_TOO_LARGE;
    vd_signer_clear(&s);
    if (st == VERIDAC_OK && !vd_buf_u8(&out, '\n'))
        st = VERIDAC_NO_MEMORY;
    if (st == VERIDAC_OK)
        return vd_give(&out, ret);
    vd_buf_free(&out);
    return st;
}

/* The statement between the time and the key. */
static bool inside(struct vd_span line, struct vd_span *ret, int64_t *ret_at)
{
    struct vd_json *doc = NULL;
    struct vd_json_value v;
    struct vd_span text;
    bool ok = vd_json_read(line, &doc, NULL) == NULL;

    v = vd_json_root(doc);
    ok = ok && vd_json_is_object(vd_json_member(v, "statement"));
    if (ok)
        *ret = vd_json_text(vd_json_member(v, "statement"));
    text = vd_json_text(vd_json_member(v, "time")); /* with its quotes, or without */
    ok = ok && vd_json_is_string(vd_json_member(v, "time"));
    if (ok && vd_at(text, 0) == '"')
        ok = vd_span_slice(text, 1, text.n - 2, &text);
    ok = ok && vd_time_read(text, ret_at);
    vd_json_free(doc);
    return ok;
}

veridac_status veridac_receipt_check(veridac_bytes receipt, const veridac_bytes *keys, size_t n_keys,
                                     veridac_buffer *ret, int64_t *ret_at, veridac_error *err)
{
    struct vd_span line = vd_span_of(receipt.data, receipt.size), start, statement;
    struct vd_buf out = VD_BUF(VD_SEAL_LINE);
    struct vd_seal_keys known;
    const char *wrong;
    int64_t at = 0;
    veridac_status st;

    if (receipt.data == NULL || ret == NULL)
        return VERIDAC_MISUSE;
    st = vd_seal_keys_read(keys, n_keys, &known, err);
    if (st != VERIDAC_OK)
        return st;
    if (line.n > 0 && vd_at(line, line.n - 1) == '\n')
        line.n--;
    start = line;
    if (line.n > VD_SEAL_LINE || !vd_take_tag(&start, BEGIN))
        return vd_fail(err, VERIDAC_BAD_DATA, "not a receipt");
    wrong = vd_seal_check(line, VD_SEAL_RECEIPT, &known);
    if (wrong != NULL)
        return vd_fail(err, VERIDAC_BAD_SIGNATURE, "%s: %s", wrong,
                       vd_span_is(vd_span_str(wrong), "other-key")
                           ? "signed by a key that was not given"
                       : vd_span_is(vd_span_str(wrong), "signature")
                           ? "the signature does not hold: the receipt was changed"
                           : "it has no signature");
    if (!inside(line, &statement, &at))
        return vd_fail(err, VERIDAC_BAD_DATA, "not a receipt");
    if (!vd_buf_put(&out, statement))
        return VERIDAC_NO_MEMORY;
    st = vd_give(&out, ret);
    if (st == VERIDAC_OK && ret_at != NULL)
        *ret_at = at;
    return st;
}

/* ---- policies ---- */

veridac_status veridac_policy_id(const veridac_policy *policy, uint8_t ret[32])
{
    uint8_t lists[VD_SHA256];
    struct vd_policy p;

    if (ret == NULL || !vd_policy_take(policy, &p))
        return VERIDAC_MISUSE;
    return vd_policy_lists(&p, lists) && vd_policy_id(&p, lists, ret) ? VERIDAC_OK : VERIDAC_NO_MEMORY;
}
