/* SPDX-License-Identifier: Apache-2.0
 *
 * cmd_trail.c - veridac trail verify|find|checkpoint|receipt.
 */
#include <string.h>
#include <veridac/fleet.h>

#include "cli.h"
#include "record.h"

#define MAX_KEYS 16

struct trail {
    struct cli_list words;
    struct cli_signers signers; /* --key: public ones, but for checkpoint */
    const char *expect;
    int64_t at;
    bool json;

    veridac_buffer pem[MAX_KEYS];
    veridac_bytes keys[MAX_KEYS];
    size_t n_keys;
    uint8_t head[32];
};

static int fail(veridac_status st, const veridac_error *err)
{
    return cli_fail(cli_exit_of(st), "trail: %s", err->text[0] ? err->text : veridac_status_text(st));
}

static int read_keys(struct trail *t)
{
    int code = 0;
    if (t->signers.keys.n == 0 || t->signers.keys.n > MAX_KEYS)
        return cli_fail(EXIT_USAGE, "trail: --key F is needed: the public key that signs");
    for (size_t i = 0; i < t->signers.keys.n && code == 0; i++) {
        code = cli_read(t->signers.keys.v[i], &t->pem[i]);
        t->keys[i] = cli_bytes(&t->pem[i]);
        t->n_keys = i + 1;
    }
    return code;
}

static int read_expect(struct trail *t)
{
    const size_t n = strlen(t->expect);
    veridac_buffer out = { NULL, 0 };
    int code = 0;

    if (n != 64 || strspn(t->expect, "0123456789abcdefABCDEF") != n ||
        veridac_unwrap((veridac_bytes){ (const uint8_t *)t->expect, n }, VERIDAC_MEANT_FIRST, &out,
                       NULL, NULL) != VERIDAC_OK || out.size != 32)
        code = cli_fail(EXIT_USAGE, "trail: --expect: expected 64 hex digits, got '%.80s'", t->expect);
    for (size_t i = 0; code == 0 && i < 32; i++)
        t->head[i] = out.data[i];
    veridac_buffer_free(&out);
    return code;
}

static int verify(struct trail *t)
{
    const char *path = t->words.v[1];
    veridac_trail_check o = { .size = sizeof o, .path = path, .keys = t->keys };
    veridac_buffer report = { NULL, 0 };
    veridac_error err = { "" };
    int32_t whole = 0;
    int code = read_keys(t);
    veridac_status st;

    if (code == 0 && t->expect != NULL)
        code = read_expect(t);
    if (code != 0)
        return code;
    o.n_keys = t->n_keys;
    if (t->expect != NULL)
        o.expect = (veridac_bytes){ t->head, sizeof t->head };
    st = veridac_trail_verify(&o, &whole, &report, &err);
    if (st != VERIDAC_OK)
        return fail(st, &err);
    code = cli_print(cli_bytes(&report));
    veridac_buffer_free(&report);
    return code != 0 ? code : whole ? EXIT_ACCEPTED : EXIT_REJECTED;
}

static int32_t print_line(void *user, veridac_bytes line)
{
    (void)user;
    return fwrite(line.data, 1, line.size, stdout) == line.size && putchar('\n') == '\n' ? 0 : -1;
}

static int find(struct trail *t)
{
    veridac_buffer report = { NULL, 0 };
    veridac_error err = { "" };
    veridac_status st = veridac_trail_find(t->words.v[1], t->words.v[2],
                                           t->json ? NULL : print_line, NULL, &report, &err);
    int code;

    if (st != VERIDAC_OK)
        return fail(st, &err);
    code = cli_print(cli_bytes(&report));
    veridac_buffer_free(&report);
    return code;
}

static int checkpoint(struct trail *t)
{
    const veridac_trail_options o = { .size = sizeof o, .path = t->words.v[1], .signer = t->signers.v,
                                      .at = t->at };
    veridac_trail *trail = NULL;
    veridac_error err = { "" };
    veridac_status st;
    int code = cli_signers_read("trail", &t->signers);

    if (code != 0)
        return code;
    st = veridac_trail_open(&o, &trail, &err);
    if (st == VERIDAC_OK)
        st = veridac_trail_checkpoint(trail, t->at, t->head, &err);
    veridac_trail_close(trail);
    if (st != VERIDAC_OK)
        return fail(st, &err);
    for (size_t i = 0; i < sizeof t->head; i++)
        (void)printf("%02x", t->head[i]);
    (void)printf("\n");
    return 0;
}

static int receipt(struct trail *t)
{
    veridac_buffer in = { NULL, 0 }, statement = { NULL, 0 };
    veridac_error err = { "" };
    veridac_status st;
    int code = read_keys(t);

    if (code == 0)
        code = cli_read(t->words.v[1], &in);
    if (code == 0) {
        st = veridac_receipt_check(cli_bytes(&in), t->keys, t->n_keys, &statement, NULL, &err);
        if (st == VERIDAC_BAD_SIGNATURE) /* an answer: this is not what the key signed */
            code = cli_fail(EXIT_REJECTED, "%s: %s", t->words.v[1], err.text);
        else if (st != VERIDAC_OK)
            code = cli_fail(cli_exit_of(st), "%s: %s", t->words.v[1], err.text);
        else
            code = cli_print(cli_bytes(&statement));
        if (code == 0)
            (void)putchar('\n');
    }
    veridac_buffer_free(&in);
    veridac_buffer_free(&statement);
    return code;
}

static const struct {
    const char *name;
    size_t words;
    int (*run)(struct trail *t);
} verbs[] = { { "verify", 2, verify },
              { "find", 3, find },
              { "checkpoint", 2, checkpoint },
              { "receipt", 2, receipt } };

static int dispatch(struct trail *t)
{
    for (size_t i = 0; t->words.n > 0 && i < sizeof verbs / sizeof verbs[0]; i++) {
        if (strcmp(verbs[i].name, t->words.v[0]) == 0 && t->words.n == verbs[i].words)
            return verbs[i].run(t);
    }
    return cli_fail(EXIT_USAGE, "trail: verify TRAIL, find TRAIL WHAT, checkpoint TRAIL or receipt F");
}

int cmd_trail(int argc, char **argv)
{
    struct trail t = { .at = cli_now() };
    const struct cli_option options[] = {
        CLI_SIGNER_OPTIONS(t.signers),
        { "expect", CLI_TEXT, &t.expect, "HEX",
          "with verify: the head that was noted; a trail without it was cut" },
        { "at", CLI_TIME, &t.at, "TIME", "time of a checkpoint, instead of now" },
        { "json", CLI_FLAG, &t.json, NULL, "with find: only the report, no lines" },
    };
    bool helped = false;
    int code = cli_parse(cli_command("trail"), argc, argv, options,
                         sizeof options / sizeof options[0], &t.words, 3, &helped);

    if (code == 0 && !helped)
        code = dispatch(&t);
    for (size_t i = 0; i < t.n_keys; i++)
        veridac_buffer_free(&t.pem[i]);
    cli_signers_free(&t.signers);
    cli_list_free(&t.words);
    return code;
}
