/* SPDX-License-Identifier: Apache-2.0
 *
 * cmd_store.c - veridac store list|check|gc DIR.
 */
#include <string.h>
#include <veridac/dcl.h>

#include "cli.h"
#include "json.h"

enum { LIST, CHECK, GC };
static const char *const names[] = { "list", "check", "gc" };

static int look(const char *store, bool check, veridac_buffer *report)
{
    veridac_error err = { "" };
    veridac_status st = veridac_store_report(store, check, report, &err);
    return st == VERIDAC_OK ? 0 : cli_fail(cli_exit_of(st), "%s", err.text);
}

static int collect(const char *store, veridac_buffer *report)
{
    veridac_error err = { "" };
    veridac_status st = veridac_store_collect(store, report, &err);
    return st == VERIDAC_OK ? 0 : cli_fail(cli_exit_of(st), "%s", err.text);
}

/* A store that is not whole is an operator's file that cannot be used. */
static int exit_of(const veridac_buffer *report, const char *store)
{
    struct vd_json *doc = NULL;
    bool whole = false;
    if (vd_json_read(vd_span_of(report->data, report->size), &doc, NULL) == NULL)
        (void)vd_json_bool(vd_json_member(vd_json_root(doc), "whole"), &whole);
    vd_json_free(doc);
    return whole ? 0 : cli_fail(EXIT_DATA, "%s: not whole; the report says what is wrong", store);
}

int cmd_store(int argc, char **argv)
{
    struct cli_list words = { NULL, 0, 0 };
    veridac_buffer report = { NULL, 0 };
    bool helped = false;
    int code = cli_parse(cli_command("store"), argc, argv, NULL, 0, &words, 2, &helped), what = 0;

    if (code == 0 && !helped) {
        while (words.n == 2 && what <= GC && strcmp(names[what], words.v[0]) != 0)
            what++;
        if (words.n != 2 || what > GC)
            code = cli_fail(EXIT_USAGE, "store: list, check or gc, and a store");
        else
            code = what == GC ? collect(words.v[1], &report) : look(words.v[1], what == CHECK, &report);
        if (code == 0)
            code = cli_print(cli_bytes(&report));
        if (code == 0 && what != GC)
            code = exit_of(&report, words.v[1]);
    }
    veridac_buffer_free(&report);
    cli_list_free(&words);
    return code;
}
