/* SPDX-License-Identifier: Apache-2.0
 *
 * record.c - keeping a verdict: in a trail, as a receipt.
 */
#include "record.h"

#include "json.h"
#include "limits.h"
#include "text.h"

int cli_record_open(const char *command, struct cli_record *r, int64_t at)
{
    const veridac_trail_options o = { .size = sizeof o, .path = r->trail, .signer = r->signers.v,
                                      .at = at, .max_bytes = (uint64_t)r->part };
    veridac_error err = { "" };
    veridac_status st;
    int code;

    if (r->trail == NULL && r->receipt == NULL) {
        if (r->signers.keys.n > 0 || r->signers.command != NULL || r->label != NULL)
            return cli_fail(EXIT_USAGE, "%s: --key, --signer and --label go with --trail or --receipt",
                            command);
        return 0;
    }
    if (r->signers.keys.n > 1)
        return cli_fail(EXIT_USAGE, "%s: one --key signs", command);
    code = cli_signers_read(command, &r->signers);
    if (code != 0 || r->trail == NULL)
        return code;
    st = veridac_trail_open(&o, &r->handle, &err);
    return st == VERIDAC_OK ? 0
                            : cli_fail(cli_exit_of(st), "%s",
                                       err.text[0] ? err.text : veridac_status_text(st));
}

static int write_receipt(const struct cli_record *r, veridac_bytes statement, int64_t now)
{
    veridac_buffer receipt = { NULL, 0 };
    veridac_error err = { "" };
    veridac_status st = veridac_receipt_make(statement, now, r->signers.v, &receipt, &err);
    int code = st == VERIDAC_OK ? cli_write(r->receipt, cli_bytes(&receipt), 0644)
                                : cli_fail(cli_exit_of(st), "%s: %s", r->receipt,
                                           err.text[0] ? err.text : veridac_status_text(st));
    veridac_buffer_free(&receipt);
    return code;
}

int cli_record_verdict(struct cli_record *r, const veridac_result *result, const veridac_device *device,
                       const veridac_policy *policy, int64_t now)
{
    uint8_t id[32];
    const veridac_statement_options o = { .size = sizeof o, .result = result, .device = device,
                                          .label = r->label, .policy_id = { id, sizeof id } };
    veridac_buffer statement = { NULL, 0 };
    veridac_error err = { "" };
    veridac_status st;
    int code = 0;

    if (r->trail == NULL && r->receipt == NULL)
        return 0;
    st = veridac_policy_id(policy, id);
    if (st == VERIDAC_OK)
        st = veridac_statement_make(&o, &statement, &err);
    if (st == VERIDAC_OK && r->handle != NULL)
        st = veridac_trail_append(r->handle, "verdict", now, cli_bytes(&statement), &err);
    if (st == VERIDAC_OK && r->handle != NULL)
        st = veridac_trail_sync(r->handle, NULL, &err);
    if (st != VERIDAC_OK)
        code = cli_fail(cli_exit_of(st), "%s", err.text[0] ? err.text : veridac_status_text(st));
    else if (r->receipt != NULL)
        code = write_receipt(r, cli_bytes(&statement), now);
    veridac_buffer_free(&statement);
    return code;
}

#define PIECE 10000u /* octets of a diff: escaped, they fit in a line */

/* The next lines of a diff. */
static struct vd_span take_piece(struct vd_span *diff)
{
    struct vd_span piece = *diff, rest = *diff;
    size_t n = 0, end;

    while (rest.n > 0) {
        end = vd_span_find(rest, vd_span_str("\n"), &end) ? end + 1 : rest.n;
        if (n > 0 && n + end > PIECE)
            break;
        n += end;
        rest = vd_span_skip(rest, end);
    }
    (void)vd_span_slice(*diff, 0, n, &piece);
    *diff = rest;
    return piece;
}

/* A change that no line holds, in several. */
static veridac_status append_pieces(const struct cli_record *r, const char *kind, veridac_bytes report,
                                    int64_t now, veridac_error *err)
{
    struct vd_buf diff = VD_BUF(VD_MAX_OPERATOR_FILE), body = VD_BUF(VD_TRAIL_LINE);
    struct vd_json *doc = NULL;
    struct vd_span rest;
    veridac_status st = VERIDAC_TOO_LARGE;

    if (vd_json_read_own(vd_span_of(report.data, report.size), &doc) == NULL &&
        vd_json_string(vd_json_member(vd_json_root(doc), "diff"), &diff))
        st = VERIDAC_OK;
    rest = vd_buf_span(&diff);
    while (st == VERIDAC_OK && rest.n > 0) {
        vd_buf_clear(&body);
        if (!vd_buf_str(&body, "{\"diff\":") || !vd_text_json(&body, take_piece(&rest)) ||
            !vd_buf_fmt(&body, ",\"more\":%s}", rest.n > 0 ? "true" : "false"))
            st = VERIDAC_TOO_LARGE;
        else
            st = veridac_trail_append(r->handle, kind, now, (veridac_bytes){ body.p, body.n }, err);
    }
    vd_json_free(doc);
    vd_buf_free(&diff);
    vd_buf_free(&body);
    return st;
}

int cli_record_change(struct cli_record *r, const char *kind, veridac_bytes report, int64_t now)
{
    veridac_error err = { "" };
    veridac_status st = VERIDAC_TOO_LARGE;

    if (r->handle == NULL)
        return 0;
    if (report.size > 0 && report.data[report.size - 1] == '\n')
        report.size--;
    if (report.size <= VD_TRAIL_LINE)
        st = veridac_trail_append(r->handle, kind, now, report, &err);
    if (st == VERIDAC_TOO_LARGE)
        st = append_pieces(r, kind, report, now, &err);
    if (st == VERIDAC_OK)
        st = veridac_trail_sync(r->handle, NULL, &err);
    return st == VERIDAC_OK ? 0
                            : cli_fail(cli_exit_of(st), "the change was made, and is not in the trail: %s",
                                       err.text[0] ? err.text : veridac_status_text(st));
}

void cli_record_free(struct cli_record *r)
{
    veridac_trail_close(r->handle);
    r->handle = NULL;
    cli_signers_free(&r->signers);
}
