/* SPDX-License-Identifier: Apache-2.0
 *
 * explain.c - a judgement as text and as JSON.
 *
 * Neither form holds the time of the call or anything random: the same inputs give the same bytes.
 */
#include "explain.h"

#include <inttypes.h>

#include "text.h"

/* ---- JSON ---- */

static bool member(struct vd_buf *out, const char *key, const char *value)
{
    return vd_buf_fmt(out, "\"%s\":", key) && vd_text_json(out, vd_span_str(value));
}

static bool time_member(struct vd_buf *out, const char *key, int64_t t)
{
    char text[VD_TIME_TEXT];
    if (t == 0)
        return vd_buf_fmt(out, ",\"%s\":null", key);
    vd_time_text(t, text);
    return vd_buf_fmt(out, ",\"%s\":\"%s\"", key, text);
}

bool vd_explain_finding(const struct vd_finding *f, struct vd_buf *out)
{
    const struct vd_rule_row *row = vd_rule_row(f->rule);
    const struct {
        const char *key, *value;
    } members[] = { { "id", row->slug },
                    { "severity", vd_severity_text(f->severity) },
                    { "clause", row->clause },
                    { "subject", vd_subject_text(f->subject) },
                    { "rule", row->text },
                    { "found", f->found },
                    { "wanted", f->wanted },
                    { "hint", row->hint } };
    bool ok = vd_buf_u8(out, '{');
    for (size_t i = 0; ok && i < sizeof members / sizeof members[0]; i++)
        ok = (i == 0 || vd_buf_u8(out, ',')) && member(out, members[i].key, members[i].value);
    if (!ok)
        return false;
    return row->sdk_code ? vd_buf_fmt(out, ",\"sdk_code\":%d}", row->sdk_code)
                         : vd_buf_str(out, ",\"sdk_code\":null}");
}

static bool put_answer(const char *key, const struct vd_answer *a, struct vd_buf *out)
{
    bool unknown = a->status == VD_STATUS_UNKNOWN;
    bool ok = vd_buf_fmt(out, "\"%s\":{\"status\":\"%s\",\"reason\":", key,
                         vd_status_text(a->status));
    ok = ok && (unknown ? vd_buf_fmt(out, "\"%s\",", vd_reason_text(a->reason))
                        : vd_buf_str(out, "null,"));
    ok = ok && (a->source[0] ? member(out, "source", a->source) : vd_buf_str(out, "\"source\":null"));
    return ok && time_member(out, "this_update", a->this_update) &&
           time_member(out, "next_update", a->next_update) &&
           time_member(out, "last_ok", a->last_ok) && vd_buf_u8(out, '}');
}

static bool put_snapshot(const struct vd_snapshot_note *s, struct vd_buf *out)
{
    bool ok = vd_buf_u8(out, '{') && member(out, "label", s->label) &&
              vd_buf_str(out, ",\"sha256\":\"") && vd_hex_put(out, VD_SPAN(s->sha256), false) &&
              vd_buf_u8(out, '"') && time_member(out, "evidence_time", s->evidence_time);
    if (s->has_head)
        ok = ok && vd_buf_fmt(out, ",\"sequence\":%" PRIu64, s->sequence) &&
             time_member(out, "created", s->created) && time_member(out, "expires", s->expires);
    else
        ok = ok && vd_buf_str(out, ",\"sequence\":null,\"created\":null,\"expires\":null");
    return ok && vd_buf_u8(out, '}');
}

static bool put_snapshots(const struct vd_explained *e, struct vd_buf *out)
{
    bool ok = vd_buf_str(out, ",\"snapshot\":");
    ok = ok && (e->n_snapshots ? put_snapshot(&e->snapshots[0], out) : vd_buf_str(out, "null"));
    ok = ok && vd_buf_str(out, ",\"snapshots\":[");
    for (size_t i = 0; ok && i < e->n_snapshots; i++)
        ok = (i == 0 || vd_buf_u8(out, ',')) && put_snapshot(&e->snapshots[i], out);
    return ok && vd_buf_u8(out, ']');
}

bool vd_explain_json(const struct vd_explained *e, struct vd_buf *out)
{
    const struct vd_judgement *j = e->judgement;
    bool ok = vd_buf_fmt(out,
                         "{\"schema_version\":1,\"verdict\":\"%s\",\"enforced\":%s,"
                         "\"policy\":\"%s\",\"policy_id\":\"",
                         vd_verdict_text(j->verdict), j->enforced ? "true" : "false",
                         vd_preset_text(e->policy->preset)) &&
              vd_hex_put(out, vd_span_of(e->policy_id, VD_SHA256), false) &&
              vd_buf_fmt(out, "\",\"network\":\"%s\",\"findings\":[", vd_network_text(e->policy->network));
    for (size_t i = 0; ok && i < j->findings.n; i++)
        ok = (i == 0 || vd_buf_u8(out, ',')) && vd_explain_finding(&j->findings.v[i], out);
    ok = ok && vd_buf_str(out, "],\"revocation\":{") && put_answer("dac", &j->dac, out) &&
         vd_buf_u8(out, ',') && put_answer("pai", &j->pai, out) && vd_buf_u8(out, '}') &&
         put_snapshots(e, out) && vd_buf_str(out, "}\n");
    return ok;
}

/* ---- text ---- */

static const char *paint(enum vd_severity s)
{
    switch (s) {
    case VD_SEVERITY_ERROR:
        return "\033[31m";
    case VD_SEVERITY_INCOMPLETE:
    case VD_SEVERITY_UNKNOWN:
        return "\033[33m";
    case VD_SEVERITY_WARNING:
        return "\033[35m";
    case VD_SEVERITY_NOTE:
        break;
    }
    return "\033[36m";
}

static bool line(struct vd_buf *out, const char *label, const char *value)
{
    return value[0] == '\0' || vd_buf_fmt(out, "  %-7s %s\n", label, value);
}

static bool put_finding(const struct vd_finding *f, bool colour, struct vd_buf *out)
{
    const struct vd_rule_row *row = vd_rule_row(f->rule);
    bool ok = vd_buf_fmt(out, "%s%s%s %s  %s\n", colour ? paint(f->severity) : "",
                         vd_severity_text(f->severity), colour ? "\033[0m" : "", row->slug,
                         vd_subject_text(f->subject));
    ok = ok && vd_buf_fmt(out, "  %-7s %s (%s)\n", "rule", row->text, row->clause) &&
         line(out, "found", f->found) && line(out, "wanted", f->wanted) &&
         line(out, "hint", row->hint);
    return ok && (row->sdk_code == 0 || vd_buf_fmt(out, "  %-7s %d\n", "sdk", row->sdk_code));
}

static bool put_status(const char *who, const struct vd_answer *a, struct vd_buf *out)
{
    char until[VD_TIME_TEXT];
    bool ok = vd_buf_fmt(out, "%s  %s", who, vd_status_text(a->status));
    if (a->status == VD_STATUS_UNKNOWN)
        ok = ok && vd_buf_fmt(out, " (%s)", vd_reason_text(a->reason));
    if (a->next_update != 0) {
        vd_time_text(a->next_update, until);
        ok = ok && vd_buf_fmt(out, ", next update %s", until);
    }
    return ok && vd_buf_u8(out, '\n');
}

bool vd_explain_text(const struct vd_explained *e, bool colour, struct vd_buf *out)
{
    const struct vd_judgement *j = e->judgement;
    const char *on = j->verdict == VD_ACCEPT ? "\033[32m" : j->verdict == VD_REJECT ? "\033[31m"
                                                                                     : "\033[33m";
    bool ok = vd_buf_fmt(out, "%s%s%s%s\n", colour ? on : "", vd_verdict_text(j->verdict),
                         colour ? "\033[0m" : "", j->enforced ? "" : " (not enforced)");
    for (size_t i = 0; ok && i < j->findings.n; i++)
        ok = put_finding(&j->findings.v[i], colour, out);
    return ok && put_status("revocation of the DAC:", &j->dac, out) &&
           put_status("revocation of the PAI:", &j->pai, out);
}
