/* SPDX-License-Identifier: Apache-2.0
 *
 * record.c - keeping a verdict: in a trail, as a receipt.
 */
#include "record.h"

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

int cli_record_change(struct cli_record *r, const char *kind, veridac_bytes report, int64_t now)
{
    veridac_error err = { "" };
    veridac_status st = VERIDAC_OK;

    if (r->handle == NULL)
        return 0;
    if (report.size > 0 && report.data[report.size - 1] == '\n')
        report.size--;
    st = veridac_trail_append(r->handle, kind, now, report, &err);
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
