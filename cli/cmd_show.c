/* SPDX-License-Identifier: Apache-2.0
 *
 * cmd_show.c - veridac show FILE.
 */
#include "cli.h"

int cmd_show(int argc, char **argv)
{
    bool json = false, check = false, helped;
    const struct cli_option options[] = {
        { "json", CLI_FLAG, &json, NULL, "print JSON" },
        { "check", CLI_FLAG, &check, NULL, "of a bundle: read every code and compare" },
    };
    struct cli_list words = { NULL, 0, 0 };
    veridac_buffer in = { NULL, 0 }, text = { NULL, 0 };
    veridac_error err = { "" };
    veridac_status st;
    int code = cli_parse(cli_command("show"), argc, argv, options,
                         sizeof options / sizeof options[0], &words, 1, &helped);

    if (code == 0 && !helped && words.n == 0)
        code = cli_fail(EXIT_USAGE, "show: name a file, or - for standard input");
    if (code == 0 && !helped)
        code = cli_read_unwrapped(words.v[0], VERIDAC_MEANT_FIRST, &in);
    if (code == 0 && !helped) {
        int32_t flags = (json ? VERIDAC_SHOW_JSON : 0) | (check ? VERIDAC_SHOW_CHECK : 0);
        st = veridac_show(cli_bytes(&in), flags, &text, &err);
        code = st == VERIDAC_OK ? cli_print(cli_bytes(&text))
                                : cli_fail(cli_exit_of(st), "%s: %s", words.v[0], err.text);
    }
    veridac_buffer_free(&in);
    veridac_buffer_free(&text);
    cli_list_free(&words);
    return code;
}
