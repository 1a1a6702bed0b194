/* SPDX-License-Identifier: Apache-2.0
 *
 * export.c - a revocation set in the forms that others read, and its report.
 */
#include <inttypes.h>

#include "fail.h"
#include "limits.h"
#include "text.h"

#define ROOM (1u << 30)

static struct vd_span span_of(veridac_bytes b)
{
    return vd_span_of(b.data, b.size);
}

/* The Matter SDK's form has no age and no coverage: only what a CRL spoke for is written. */
static bool covered(const veridac_issuer_view *i)
{
    return i->signer.data != NULL && (i->good || i->n_serials > 0);
}

static bool finished(const veridac_revset *set)
{
    veridac_revset_view v = { .size = sizeof v };
    return veridac_revset_look(set, &v) == VERIDAC_OK;
}

/* ---- SDK JSON ---- */

static bool base64_member(struct vd_buf *out, const char *name, veridac_bytes bytes)
{
    return vd_buf_fmt(out, ",\n    \"%s\": \"", name) && vd_base64_put(out, span_of(bytes)) &&
           vd_buf_u8(out, '"');
}

static bool put_serials(const veridac_revset *set, uint32_t issuer, const char *name, uint32_t n,
                        struct vd_buf *out)
{
    veridac_bytes serial;
    bool ok = vd_buf_fmt(out, ",\n    \"%s\": [", name);
    for (uint32_t k = 0; ok && k < n; k++) {
        ok = veridac_revset_serial(set, issuer, k, &serial) == VERIDAC_OK &&
             vd_buf_str(out, k ? ", \"" : "\"") && vd_hex_put(out, span_of(serial), true) &&
             vd_buf_u8(out, '"');
    }
    return ok && vd_buf_u8(out, ']');
}

static bool put_sdk_issuer(const veridac_revset *set, uint32_t index,
                           const veridac_issuer_view *i, bool first, struct vd_buf *out)
{
    bool ok = vd_buf_fmt(out, "%s\n  {\n    \"type\": \"revocation_set\",\n"
                              "    \"issuer_subject_key_id\": \"",
                         first ? "" : ",") &&
              vd_hex_put(out, span_of(i->key_id), true) && vd_buf_u8(out, '"') &&
              base64_member(out, "issuer_name", i->name) &&
              put_serials(set, index, "revoked_serial_numbers", i->n_serials, out) &&
              base64_member(out, "crl_signer_cert", i->signer);
    if (ok && i->delegator.data != NULL)
        ok = base64_member(out, "crl_signer_delegator", i->delegator);
    return ok && vd_buf_str(out, "\n  }");
}

/* One issuer of a list in JSON. */
typedef bool put_json(const veridac_revset *set, uint32_t index, const veridac_issuer_view *i,
                      bool first, struct vd_buf *out);

static veridac_status put_list(const veridac_revset *set, put_json *put_one, veridac_buffer *ret)
{
    struct vd_buf out = VD_BUF(ROOM);
    veridac_issuer_view i = { .size = sizeof i };
    bool ok = vd_buf_u8(&out, '['), first = true;

    if (ret == NULL || !finished(set)) {
        vd_buf_free(&out);
        return VERIDAC_MISUSE;
    }
    for (uint32_t k = 0; ok && veridac_revset_issuer(set, k, &i) == VERIDAC_OK; k++) {
        if (!covered(&i))
            continue;
        ok = put_one(set, k, &i, first, &out);
        first = false;
    }
    (void)vd_buf_str(&out, first ? "]\n" : "\n]\n");
    return vd_give(&out, ret);
}

/* ---- matter.js ---- */

/* It knows an issuer by its key id and Name, and a certificate by its serial; it asks for no signer. */
static bool put_matterjs_issuer(const veridac_revset *set, uint32_t index,
                                const veridac_issuer_view *i, bool first, struct vd_buf *out)
{
    return vd_buf_fmt(out, "%s\n  {\n    \"authorityKeyIdentifier\": \"", first ? "" : ",") &&
           vd_hex_put(out, span_of(i->key_id), true) && vd_buf_u8(out, '"') &&
           base64_member(out, "issuer", i->name) &&
           put_serials(set, index, "serialNumbers", i->n_serials, out) && vd_buf_str(out, "\n  }");
}

/* ---- CSV ---- */

static veridac_status put_csv(const veridac_revset *set, veridac_buffer *ret)
{
    struct vd_buf out = VD_BUF(ROOM);
    veridac_issuer_view i = { .size = sizeof i };
    veridac_bytes serial;
    bool ok = vd_buf_str(&out, "issuer_key_id,issuer_name,serial\n");

    if (ret == NULL || !finished(set)) {
        vd_buf_free(&out);
        return VERIDAC_MISUSE;
    }
    for (uint32_t k = 0; ok && veridac_revset_issuer(set, k, &i) == VERIDAC_OK; k++) {
        for (uint32_t s = 0; ok && s < i.n_serials; s++) {
            ok = veridac_revset_serial(set, k, s, &serial) == VERIDAC_OK &&
                 vd_hex_put(&out, span_of(i.key_id), true) && vd_buf_u8(&out, ',') &&
                 vd_base64_put(&out, span_of(i.name)) && vd_buf_u8(&out, ',') &&
                 vd_hex_put(&out, span_of(serial), true) && vd_buf_u8(&out, '\n');
        }
    }
    return vd_give(&out, ret);
}

veridac_status veridac_revset_write(const veridac_revset *set, int32_t format, veridac_buffer *ret)
{
    switch (format) {
    case VERIDAC_FORMAT_SDK:
        return put_list(set, put_sdk_issuer, ret);
    case VERIDAC_FORMAT_MATTERJS:
        return put_list(set, put_matterjs_issuer, ret);
    case VERIDAC_FORMAT_CSV:
        return put_csv(set, ret);
    default:
        return VERIDAC_MISUSE;
    }
}

/* ---- report ---- */

static bool text_member(struct vd_buf *out, const char *name, const char *value)
{
    return vd_buf_fmt(out, ",\"%s\":", name) && vd_text_json(out, vd_span_str(value));
}

static bool put_findings(const veridac_revset *set, uint32_t point, uint32_t n, struct vd_buf *out)
{
    veridac_finding f = { .size = sizeof f };
    bool ok = vd_buf_str(out, ",\"findings\":[");
    for (uint32_t i = 0; ok && i < n; i++) {
        ok = veridac_revset_point_finding(set, point, i, &f) == VERIDAC_OK &&
             vd_buf_fmt(out, "%s{\"id\":\"%s\",\"severity\":\"%s\"", i ? "," : "", f.id,
                        f.severity) &&
             text_member(out, "clause", f.clause) && text_member(out, "subject", f.subject) &&
             text_member(out, "rule", f.text) && text_member(out, "found", f.found) &&
             text_member(out, "wanted", f.wanted) && vd_buf_u8(out, '}');
    }
    return ok && vd_buf_u8(out, ']');
}

static bool put_point(const veridac_revset *set, uint32_t i, struct vd_buf *out)
{
    veridac_point_view p = { .size = sizeof p };
    return veridac_revset_point(set, i, &p) == VERIDAC_OK &&
           vd_buf_fmt(out, "%s{\"vid\":%d,\"pid\":%d,\"is_paa\":%s,\"used\":%s,\"entries\":%" PRIu64,
                      i ? "," : "", (int)p.vid, (int)p.pid, p.is_paa ? "true" : "false",
                      p.used ? "true" : "false", p.n_entries) &&
           text_member(out, "label", p.label) && text_member(out, "url", p.url) &&
           text_member(out, "issuer_key_id", p.issuer_key_id) &&
           put_findings(set, i, p.n_findings, out) && vd_buf_u8(out, '}');
}

static bool time_member(struct vd_buf *out, const char *name, int64_t t)
{
    char text[VD_TIME_TEXT];
    vd_time_text(t, text);
    return t == 0 ? vd_buf_fmt(out, ",\"%s\":null", name)
                  : vd_buf_fmt(out, ",\"%s\":\"%s\"", name, text);
}

static bool put_issuer(const veridac_issuer_view *i, bool first, struct vd_buf *out)
{
    return vd_buf_str(out, first ? "{\"issuer_key_id\":\"" : ",{\"issuer_key_id\":\"") &&
           vd_hex_put(out, span_of(i->key_id), true) && vd_buf_str(out, "\",\"issuer_name\":\"") &&
           vd_base64_put(out, span_of(i->name)) &&
           vd_buf_fmt(out, "\",\"coverage\":\"%s\",\"reason\":%s%s%s,\"revoked\":%u,"
                      "\"listed_by_others\":%s",
                      i->good ? "complete" : "unknown", i->good ? "" : "\"",
                      i->good ? "null" : veridac_reason_text(i->reason), i->good ? "" : "\"",
                      (unsigned)i->n_serials, i->listed ? "true" : "false") &&
           time_member(out, "this_update", i->this_update) &&
           time_member(out, "next_update", i->next_update) &&
           time_member(out, "last_ok", i->last_ok) && vd_buf_u8(out, '}');
}

veridac_status veridac_revset_report(const veridac_revset *set, veridac_buffer *ret)
{
    struct vd_buf out = VD_BUF(ROOM);
    veridac_revset_view v = { .size = sizeof v };
    veridac_issuer_view i = { .size = sizeof i };
    bool ok;

    if (ret == NULL || veridac_revset_look(set, &v) != VERIDAC_OK)
        return VERIDAC_MISUSE;
    ok = vd_buf_fmt(&out,
                    "{\"schema_version\":1,\"points_total\":%u,\"points_used\":%u,"
                    "\"issuers_total\":%u,\"issuers_complete\":%u,\"revoked\":%" PRIu64
                    ",\"points\":[",
                    (unsigned)v.n_points, (unsigned)v.n_used, (unsigned)v.n_issuers,
                    (unsigned)v.n_good, v.n_revoked);
    for (uint32_t k = 0; ok && k < v.n_points; k++)
        ok = put_point(set, k, &out);
    ok = ok && vd_buf_str(&out, "],\"issuers\":[");
    for (uint32_t k = 0; ok && veridac_revset_issuer(set, k, &i) == VERIDAC_OK; k++)
        ok = put_issuer(&i, k == 0, &out);
    if (ok)
        (void)vd_buf_str(&out, "]}\n");
    return vd_give(&out, ret);
}
