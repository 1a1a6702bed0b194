/* SPDX-License-Identifier: Apache-2.0
 *
 * sync_report.c - what a run found, for people and for monitoring.
 */
#include <inttypes.h>
#include <string.h>

#include "files.h"
#include "limits.h"
#include "sync_int.h"
#include "text.h"

/* ---- pieces ---- */

static bool put_text(struct vd_buf *out, const char *name, const char *value)
{
    return vd_buf_fmt(out, ",\"%s\":", name) && vd_text_json(out, vd_span_str(value));
}

static bool put_text_or_null(struct vd_buf *out, const char *name, const char *value)
{
    return value[0] != '\0' ? put_text(out, name, value) : vd_buf_fmt(out, ",\"%s\":null", name);
}

static bool put_time(struct vd_buf *out, const char *name, int64_t t)
{
    char text[VD_TIME_TEXT];
    if (t == 0)
        return vd_buf_fmt(out, ",\"%s\":null", name);
    vd_time_text(t, text);
    return vd_buf_fmt(out, ",\"%s\":\"%s\"", name, text);
}

/* ---- CRLs ---- */

enum state { VALID, INVALID, STALE, UNREACHABLE, STATES };
static const char *const state_names[STATES] = { "valid", "invalid", "stale", "unreachable" };

static enum state state_of(const struct vd_run_crl *c, int64_t at)
{
    if (strcmp(c->reason, "crl-time") == 0 ||
        (c->sha256[0] != '\0' && at - c->last_ok > VD_MAX_CRL_AGE_S))
        return STALE;
    if (c->error[0] == '\0')
        return VALID;
    return strncmp(c->reason, "crl-", 4) == 0 || strcmp(c->reason, "encoding") == 0 ||
                   strcmp(c->reason, "empty") == 0
               ? INVALID
               : UNREACHABLE;
}

static bool put_crl(struct vd_buf *out, const struct vd_run *run, const struct vd_run_crl *c)
{
    bool ok = vd_buf_str(out, "{\"url\":") && vd_text_json(out, vd_span_str(c->url)) &&
              vd_buf_fmt(out, ",\"state\":\"%s\",\"status\":%" PRId64,
                         state_names[state_of(c, run->time)], c->status) &&
              put_time(out, "last_attempt", run->time) && put_time(out, "last_ok", c->last_ok) &&
              put_time(out, "fetched", c->fetched);
    if (ok && c->last_ok != 0)
        ok = vd_buf_fmt(out, ",\"age_s\":%" PRId64, run->time - c->last_ok);
    else if (ok)
        ok = vd_buf_str(out, ",\"age_s\":null");
    return ok &&
           vd_buf_fmt(out, ",\"bytes\":%" PRIu64 ",\"duration_ms\":%" PRId64, c->size,
                      c->duration_ms) &&
           put_text_or_null(out, "sha256", c->sha256) && put_text_or_null(out, "reason", c->reason) &&
           put_text_or_null(out, "error", c->error) && vd_buf_u8(out, '}');
}

static bool put_crls(struct vd_buf *out, const struct vd_run *run)
{
    uint32_t n[STATES] = { 0 };
    bool ok = true;

    for (size_t i = 0; i < run->n_crls; i++)
        n[state_of(&run->crls[i], run->time)]++;
    ok = vd_buf_str(out, ",\n\"crl_states\":{");
    for (size_t i = 0; ok && i < STATES; i++)
        ok = vd_buf_fmt(out, "%s\"%s\":%" PRIu32, i ? "," : "", state_names[i], n[i]);
    ok = ok && vd_buf_str(out, "},\n\"crls\":[");
    for (size_t i = 0; ok && i < run->n_crls; i++)
        ok = vd_buf_str(out, i ? ",\n" : "\n") && put_crl(out, run, &run->crls[i]);
    return ok && vd_buf_u8(out, ']');
}

/* ---- nodes ---- */

static bool put_node(struct vd_buf *out, const struct vd_run *run, const struct vd_run_node *n)
{
    bool ok = vd_buf_str(out, "{\"url\":") && vd_text_json(out, vd_span_str(n->url)) &&
              put_text_or_null(out, "chain", n->chain) &&
              vd_buf_fmt(out, ",\"height\":%" PRIu64, n->height) &&
              put_time(out, "block_time", n->time) && put_time(out, "last_attempt", run->time) &&
              put_time(out, "last_success", n->last_ok) && put_text_or_null(out, "error", n->error) &&
              vd_buf_str(out, ",\"records\":{");
    for (size_t i = 0; ok && i < VD_RUN_LISTS; i++)
        ok = vd_buf_fmt(out, "%s\"%s\":%" PRIu32, i ? "," : "", vd_ledger_list_name(i), n->records[i]);
    return ok && vd_buf_str(out, "}}");
}

static bool put_nodes(struct vd_buf *out, const struct vd_run *run)
{
    bool ok = vd_buf_str(out, ",\n\"nodes\":[");
    for (size_t i = 0; ok && i < run->n_nodes; i++)
        ok = vd_buf_str(out, i ? ",\n" : "\n") && put_node(out, run, &run->nodes[i]);
    return ok && vd_buf_u8(out, ']');
}

/* ---- certificates ---- */

static bool put_counts(struct vd_buf *out, const struct vd_run *run, enum vd_run_kind kind,
                       const char *name)
{
    uint32_t listed = 0, accepted = 0, vanished = 0, withdrawn = 0;
    for (size_t i = 0; i < run->n_certificates; i++) {
        const struct vd_run_certificate *c = &run->certificates[i];
        if (c->kind != kind)
            continue;
        listed += c->listed;
        accepted += c->accepted;
        vanished += !c->listed && !c->withdrawn;
        withdrawn += c->withdrawn;
    }
    return vd_buf_fmt(out, ",\"%s\":{\"listed\":%u,\"accepted\":%u,\"vanished\":%u,\"withdrawn\":%u}",
                      name, (unsigned)listed, (unsigned)accepted, (unsigned)vanished,
                      (unsigned)withdrawn);
}

static bool put_quarantined(struct vd_buf *out, const struct vd_run *run)
{
    bool ok = vd_buf_str(out, ",\"quarantined\":["), first = true;
    for (size_t i = 0; ok && i < run->n_certificates; i++) {
        const struct vd_run_certificate *c = &run->certificates[i];
        if (c->kind == VD_RUN_AUTHORITY || c->accepted || c->withdrawn || !c->listed)
            continue;
        ok = vd_buf_fmt(out, "%s{\"kind\":\"%s\",\"sha256\":\"%s\"}", first ? "" : ",",
                        c->kind == VD_RUN_ANCHOR ? "paa" : "cd-signer", c->sha256);
        first = false;
    }
    return ok && vd_buf_u8(out, ']');
}

/* ---- all ---- */

static bool put_head(struct vd_buf *out, const struct vd_run *run)
{
    char time[VD_TIME_TEXT];
    vd_time_text(run->time, time);
    return vd_buf_fmt(out,
                      "{\"schema_version\":1,\"run\":%" PRIu64 ",\"time\":\"%s\",\"network\":\"%s\","
                      "\"height\":%" PRIu64,
                      run->number, time, run->network == VERIDAC_NETWORK_MAIN ? "main" : "test",
                      run->height) &&
           put_counts(out, run, VD_RUN_ANCHOR, "paas") &&
           put_counts(out, run, VD_RUN_SIGNER, "cd_signers") &&
           put_counts(out, run, VD_RUN_AUTHORITY, "authorities");
}

/* Of the node that has the most: all list the same records. */
static void count_broken(const struct vd_sync *s, uint32_t *ret_points, uint32_t *ret_others)
{
    *ret_points = *ret_others = 0;
    for (size_t i = 0; i < s->o.n_nodes && s->nodes != NULL; i++) {
        const struct vd_lists *l = &s->nodes[i].lists;
        if (s->nodes[i].failed)
            continue;
        if (l->n_points_broken > *ret_points)
            *ret_points = l->n_points_broken;
        if (l->n_broken - l->n_points_broken > *ret_others)
            *ret_others = l->n_broken - l->n_points_broken;
    }
}

veridac_status vd_sync_report(const struct vd_sync *s, veridac_buffer *ret)
{
    struct vd_buf out = VD_BUF(1u << 28);
    uint32_t points = 0, others = 0;
    bool ok;

    count_broken(s, &points, &others);
    ok = put_head(&out, &s->now) &&
              vd_buf_fmt(&out,
                         ",\"dry_run\":%s,\"offline\":%s,\"points\":%u,\"points_adding\":%u,"
                         "\"points_broken\":%u,\"certificates_broken\":%u,\"compliance\":%u,"
                         "\"crls_fetched\":%u,\"crls_not_modified\":%u,\"crls_failed\":%u,"
                         "\"bytes\":%" PRIu64 ",\"disk\":%" PRIu64 ",\"notes_dropped\":%u",
                         s->o.dry_run ? "true" : "false", s->o.offline ? "true" : "false",
                         (unsigned)(s->n_points + points), (unsigned)s->n_adding,
                         (unsigned)(points + s->n_broken), (unsigned)others,
                         (unsigned)s->n_compliance,
                         (unsigned)s->n_fetched, (unsigned)s->n_not_modified,
                         (unsigned)s->n_failed, s->http == NULL ? 0 : vd_http_bytes(s->http),
                         s->disk, (unsigned)s->merge.notes.dropped) &&
              put_quarantined(&out, &s->now) && vd_buf_str(&out, ",\n\"findings\":[") &&
              vd_buf_put(&out, vd_buf_span(&s->merge.notes.text)) && vd_buf_u8(&out, ']') &&
              put_nodes(&out, &s->now) && put_crls(&out, &s->now) && vd_buf_str(&out, "}\n");
    if (!ok) {
        vd_buf_free(&out);
        return VERIDAC_NO_MEMORY;
    }
    return vd_give(&out, ret);
}

veridac_status vd_sync_status(const struct vd_sync *s, veridac_error *err)
{
    struct vd_buf out = VD_BUF(1u << 28);
    veridac_status st = VERIDAC_NO_MEMORY;

    if (put_head(&out, &s->now) && put_nodes(&out, &s->now) && put_crls(&out, &s->now) &&
        vd_buf_str(&out, "}\n"))
        st = vd_file_write(s->o.state, "status.json", vd_buf_span(&out), 0644, err);
    vd_buf_free(&out);
    return st;
}
