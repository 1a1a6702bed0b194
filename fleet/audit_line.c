/* SPDX-License-Identifier: Apache-2.0
 *
 * audit_line.c - one device as a line, JSON or text (docs/fleet.md).
 *
 * Nothing of it depends on the time of the run or on the thread: the same inventory gives the same bytes.
 */
#include <inttypes.h>

#include "audit_int.h"
#include "text.h"

static bool put_number(struct vd_buf *out, uint64_t v)
{
    char digits[20];
    size_t n = sizeof digits;

    do {
        digits[--n] = (char)('0' + v % 10);
        v /= 10;
    } while (v > 0);
    return vd_buf_put(out, vd_span_of(digits + n, sizeof digits - n));
}

static bool put_id(struct vd_buf *out, const char *key, int32_t id)
{
    const uint8_t two[2] = { (uint8_t)(id >> 8 & 0xFF), (uint8_t)(id & 0xFF) };
    if (id < 0)
        return true;
    return vd_buf_str(out, ",\"") && vd_buf_str(out, key) && vd_buf_str(out, "\":\"0x") &&
           vd_hex_put(out, VD_SPAN(two), true) && vd_buf_u8(out, '"');
}

static bool put_hex(struct vd_buf *out, const char *key, struct vd_span bytes)
{
    return vd_buf_str(out, ",\"") && vd_buf_str(out, key) && vd_buf_str(out, "\":\"") &&
           vd_hex_put(out, bytes, true) && vd_buf_u8(out, '"');
}

static bool put_sha256(struct vd_buf *out, const char *key, struct vd_span bytes)
{
    uint8_t hash[32];
    return vd_sha256(bytes, hash) && vd_buf_str(out, ",\"") && vd_buf_str(out, key) &&
           vd_buf_str(out, "\":\"") && vd_hex_put(out, VD_SPAN(hash), false) && vd_buf_u8(out, '"');
}

static bool put_asked(struct vd_buf *out, const char *key, const struct vd_asked *a)
{
    static const char *const texts[] = { "unknown", "good", "revoked" };
    bool ok = vd_buf_str(out, ",\"") && vd_buf_str(out, key) && vd_buf_str(out, "\":\"") &&
              vd_buf_str(out, texts[a->status]);
    if (a->status == VERIDAC_UNKNOWN)
        ok = ok && vd_buf_str(out, ":") && vd_buf_str(out, veridac_reason_text(a->reason));
    return ok && vd_buf_u8(out, '"');
}

static bool put_reasons(struct vd_buf *out, const struct vd_judged *j)
{
    bool ok = vd_buf_str(out, ",\"reasons\":[");
    for (size_t i = 0; i < j->n_reasons; i++)
        ok = ok && vd_buf_str(out, i ? ",\"" : "\"") && vd_buf_str(out, j->reasons[i]) &&
             vd_buf_u8(out, '"');
    return ok && vd_buf_u8(out, ']');
}

bool vd_audit_json_line(const struct vd_judged *j, const struct vd_listed_device *d,
                        struct vd_span serial, struct vd_buf *out)
{
    bool ok = vd_buf_str(out, "{\"line\":") && put_number(out, j->line) &&
              vd_buf_str(out, ",\"outcome\":\"") && vd_buf_str(out, vd_outcome_text(j->outcome)) &&
              vd_buf_u8(out, '"') && put_reasons(out, j);

    if (d->label.p != NULL)
        ok = ok && vd_buf_str(out, ",\"label\":") && vd_text_json(out, d->label);
    ok = ok && put_id(out, "vid", j->vid) && put_id(out, "pid", j->pid);
    if (j->pai.there)
        ok = ok && put_hex(out, "issuer_key_id", VD_SPAN(j->pai.v));
    if (j->paa.there)
        ok = ok && put_hex(out, "paa_key_id", VD_SPAN(j->paa.v));
    if (serial.p != NULL)
        ok = ok && put_hex(out, "serial", serial);
    if (d->dac.p != NULL)
        ok = ok && put_sha256(out, "dac_sha256", d->dac);
    if (j->outcome != VD_OUT_MALFORMED) {
        ok = ok && vd_buf_str(out, ",\"checked\":\"") &&
             vd_buf_str(out, j->chain ? "chain\"" : "revocation\"") && put_asked(out, "dac", &j->of_dac);
        if (j->has_pai)
            ok = ok && put_asked(out, "pai", &j->of_pai);
    }
    return ok && vd_buf_str(out, "}\n");
}

bool vd_audit_run_entry(const struct vd_audit *a, struct vd_buf *out)
{
    char time[VD_TIME_TEXT];
    bool ok;

    vd_time_text(a->o.at, time);
    ok = vd_buf_fmt(out, "{\"audit\":1,\"at\":\"%s\",\"inventory\":{\"size\":%" PRIu64 ",\"begin_sha256\":\"",
                    time, a->in.size) &&
         vd_hex_put(out, VD_SPAN(a->in.begin), false) && vd_buf_str(out, "\"}");
    if (a->o.policy_id.data != NULL)
        ok = ok && vd_buf_str(out, ",\"policy_id\":\"") &&
             vd_hex_put(out, vd_span_of(a->o.policy_id.data, a->o.policy_id.size), false) &&
             vd_buf_u8(out, '"');
    ok = ok && vd_buf_str(out, ",\"snapshots\":[");
    for (size_t i = 0; i < a->now.n; i++)
        ok = ok && vd_buf_str(out, i ? ",\"" : "\"") &&
             vd_hex_put(out, VD_SPAN(a->now.v[i].inside->sha256), false) && vd_buf_u8(out, '"');
    return ok && vd_buf_str(out, "]}");
}

/* line, outcome, reasons, product, label: columns that tabs part. */
bool vd_audit_text_line(const struct vd_judged *j, const struct vd_listed_device *d,
                        struct vd_buf *out)
{
    bool ok = put_number(out, j->line) && vd_buf_u8(out, '\t') &&
              vd_buf_str(out, vd_outcome_text(j->outcome)) && vd_buf_u8(out, '\t');

    for (size_t i = 0; i < j->n_reasons; i++)
        ok = ok && (i == 0 || vd_buf_u8(out, ',')) && vd_buf_str(out, j->reasons[i]);
    ok = ok && (j->n_reasons > 0 || vd_buf_u8(out, '-')) && vd_buf_u8(out, '\t');
    if (j->vid >= 0)
        ok = ok && vd_buf_fmt(out, "%04" PRIX32 ":", (uint32_t)j->vid);
    if (j->vid >= 0 && j->pid >= 0)
        ok = ok && vd_buf_fmt(out, "%04" PRIX32, (uint32_t)j->pid);
    else if (j->vid < 0)
        ok = ok && vd_buf_u8(out, '-');
    ok = ok && vd_buf_u8(out, '\t') &&
         (d->label.p == NULL ? vd_buf_u8(out, '-') : vd_printable(d->label, out));
    return ok && vd_buf_u8(out, '\n');
}
