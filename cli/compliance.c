/* SPDX-License-Identifier: Apache-2.0
 *
 * compliance.c - certification records of the ledger, from a file.
 */
#include <veridac/dcl.h>

#include "cli.h"

int cli_read_compliance(const char *file, int32_t network, veridac_buffer *ret)
{
    veridac_load_report report = { .size = sizeof report };
    veridac_buffer in = { NULL, 0 };
    veridac_error err = { "" };
    veridac_status st;
    int code = cli_read(file, &in);

    if (code != 0)
        return code;
    st = veridac_compliance_load(cli_bytes(&in), network, ret, &report, &err);
    if (st != VERIDAC_OK)
        code = cli_fail(cli_exit_of(st), "%s: %s", file, err.text);
    else if (report.broken > 0)
        cli_say("%s: %u records left out: %s", file, (unsigned)report.broken, report.text);
    veridac_buffer_free(&in);
    return code;
}
