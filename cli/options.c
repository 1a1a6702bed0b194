/* SPDX-License-Identifier: Apache-2.0
 *
 * options.c - command lines: a table of options per command, one parser.
 */
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "cli.h"
#include "text.h"

int64_t cli_now(void)
{
    return (int64_t)time(NULL);
}

uint64_t cli_random(void)
{
    uint64_t v = 0;
    return getentropy(&v, sizeof v) == 0 ? v : 0;
}

bool cli_list_add(struct cli_list *list, const char *text)
{
    if (list->n == list->cap) {
        size_t cap = list->cap ? list->cap * 2 : 8;
        const char **v = realloc(list->v, cap * sizeof *v);
        if (v == NULL)
            return false;
        list->v = v;
        list->cap = cap;
    }
    list->v[list->n++] = text;
    return true;
}

void cli_list_free(struct cli_list *list)
{
    free(list->v);
    *list = (struct cli_list){ NULL, 0, 0 };
}

/* ---- values ---- */

static bool read_id(struct vd_span text, int32_t *ret)
{
    uint64_t v = 0;
    if (vd_take_tag(&text, "0x") || vd_take_tag(&text, "0X")) {
        if (text.n < 1 || text.n > 4)
            return false;
        for (size_t i = 0; i < text.n; i++) {
            int d = vd_hex_digit(text.p[i]);
            if (d < 0)
                return false;
            v = v << 4 | (uint64_t)d;
        }
    } else if (!vd_decimal_read(text, 0xFFFF, &v)) {
        return false;
    }
    *ret = (int32_t)v;
    return true;
}

static bool read_size(struct vd_span text, int64_t *ret)
{
    unsigned shift = 0;
    uint64_t n;

    if (text.n > 1) {
        uint8_t unit = vd_at(text, text.n - 1);
        shift = unit == 'K' ? 10 : unit == 'M' ? 20 : unit == 'G' ? 30 : 0;
        text.n -= shift != 0;
    }
    if (!vd_decimal_read(text, UINT64_C(1) << 32, &n) || n == 0)
        return false;
    *ret = (int64_t)(n << shift);
    return true;
}

static bool read_word(const char *text, const char *const *words, size_t n, int32_t *ret)
{
    for (size_t i = 0; i < n; i++) {
        if (strcmp(words[i], text) == 0) {
            *ret = (int32_t)i + 1;
            return true;
        }
    }
    return false;
}

static bool read_reasons(const char *text, uint32_t *ret)
{
    struct vd_span rest = vd_span_str(text), word;
    size_t comma;
    uint32_t bits = 0;

    while (rest.n > 0) {
        bool more = vd_span_find(rest, vd_span_str(","), &comma);
        bool known = false;
        (void)vd_take(&rest, more ? comma : rest.n, &word);
        for (int32_t r = 0; r < VERIDAC_REASON_COUNT; r++) {
            if (vd_span_is(word, veridac_reason_text(r))) {
                bits |= 1u << r;
                known = true;
            }
        }
        if (!known || (more && (!vd_take_tag(&rest, ",") || rest.n == 0)))
            return false;
    }
    *ret |= bits;
    return bits != 0;
}

static bool read_value(const struct cli_option *o, const char *text)
{
    static const char *const networks[] = { "main", "test" };
    static const char *const algorithms[] = { "p256", "ed25519" };
    static const char *const tiers[] = { "hub", "full" };
    static const char *const presets[] = { "strict", "standard", "permissive", "audit" };
    struct vd_span span = vd_span_str(text);
    uint64_t n;

    switch (o->kind) {
    case CLI_FLAG:
        return false;
    case CLI_TEXT:
        *(const char **)o->to = text;
        return span.n > 0;
    case CLI_LIST:
        return span.n > 0 && cli_list_add(o->to, text);
    case CLI_ID:
        return read_id(span, o->to);
    case CLI_NUMBER:
        if (!vd_decimal_read(span, UINT32_MAX, &n))
            return false;
        *(int64_t *)o->to = (int64_t)n;
        return true;
    case CLI_SIZE:
        return read_size(span, o->to);
    case CLI_TIME:
        return vd_time_read(span, o->to);
    case CLI_DURATION:
        return vd_duration_read(span, o->to);
    case CLI_NETWORK:
        return read_word(text, networks, 2, o->to);
    case CLI_PRESET:
        return read_word(text, presets, 4, o->to);
    case CLI_REASONS:
        return read_reasons(text, o->to);
    case CLI_ALGORITHM:
        return read_word(text, algorithms, 2, o->to);
    case CLI_TIER:
        return read_word(text, tiers, 2, o->to);
    }
    return false;
}

static const char *expected(enum cli_kind kind)
{
    switch (kind) {
    case CLI_ID:
        return "0x0000 to 0xFFFF";
    case CLI_NUMBER:
        return "a number from 0 to 4294967295";
    case CLI_SIZE:
        return "a size like 1000, 64K, 10M or 4G";
    case CLI_TIME:
        return "a time like 2026-01-31T12:00:00Z";
    case CLI_DURATION:
        return "a duration like 90s, 15m, 72h or 7d";
    case CLI_NETWORK:
        return "main or test";
    case CLI_PRESET:
        return "strict, standard, permissive or audit";
    case CLI_ALGORITHM:
        return "p256 or ed25519";
    case CLI_TIER:
        return "hub or full";
    case CLI_REASONS:
        return "reasons like not-published,stale";
    case CLI_FLAG:
    case CLI_TEXT:
    case CLI_LIST:
        break;
    }
    return "a value";
}

/* ---- help and suggestions ---- */

static void print_options(const struct cli_command *c, const struct cli_option *o, size_t n)
{
    (void)printf("usage: veridac %s %s\n\n%s\n\n", c->name, c->usage, c->what);
    for (size_t i = 0; i < n; i++) {
        char left[64];
        (void)snprintf(left, sizeof left, "--%s %s", o[i].name, o[i].value ? o[i].value : "");
        (void)printf("  %-28s %s\n", left, o[i].what);
    }
}

/* How many edits turn a into b; a small table is enough for option names. */
static size_t distance(const char *a, const char *b)
{
    size_t row[32], na = strlen(a), nb = strlen(b);
    if (nb >= 32 || na >= 32)
        return 99;
    for (size_t j = 0; j <= nb; j++)
        row[j] = j;
    for (size_t i = 1; i <= na; i++) {
        size_t diagonal = row[0];
        row[0] = i;
        for (size_t j = 1; j <= nb; j++) {
            size_t cost = diagonal + (a[i - 1] != b[j - 1]);
            diagonal = row[j];
            if (row[j] + 1 < cost)
                cost = row[j] + 1;
            if (row[j - 1] + 1 < cost)
                cost = row[j - 1] + 1;
            row[j] = cost;
        }
    }
    return row[nb];
}

static int unknown_option(const struct cli_command *c, const char *name,
                          const struct cli_option *o, size_t n)
{
    const char *best = NULL;
    size_t least = 3;
    for (size_t i = 0; i < n; i++) {
        size_t d = distance(name, o[i].name);
        if (d < least) {
            least = d;
            best = o[i].name;
        }
    }
    if (best != NULL)
        return cli_fail(EXIT_USAGE, "%s: no option --%s; did you mean --%s?", c->name, name, best);
    return cli_fail(EXIT_USAGE, "%s: no option --%s; veridac %s --help lists them", c->name, name,
                    c->name);
}

/* ---- parsing ---- */

static const struct cli_option *find(const struct cli_option *o, size_t n, struct vd_span name)
{
    for (size_t i = 0; i < n; i++) {
        if (vd_span_is(name, o[i].name))
            return &o[i];
    }
    return NULL;
}

/* One option at argv[*i]; its value may be behind '=' or the next word. */
static int take_option(const struct cli_command *c, int argc, char **argv, int *i,
                       const struct cli_option *options, size_t n, bool *seen)
{
    const char *word = argv[*i] + 2, *value = strchr(word, '=');
    struct vd_span name = vd_span_of(word, value ? (size_t)(value - word) : strlen(word));
    const struct cli_option *o = find(options, n, name);
    size_t index;

    if (o == NULL)
        return unknown_option(c, word, options, n);
    index = (size_t)(o - options);
    if (seen[index] && o->kind != CLI_LIST && o->kind != CLI_REASONS)
        return cli_fail(EXIT_USAGE, "%s: --%s is given twice", c->name, o->name);
    seen[index] = true;
    if (o->kind == CLI_FLAG) {
        if (value != NULL)
            return cli_fail(EXIT_USAGE, "%s: --%s takes no value", c->name, o->name);
        *(bool *)o->to = true;
        return 0;
    }
    if (value == NULL && *i + 1 == argc)
        return cli_fail(EXIT_USAGE, "%s: --%s needs a value", c->name, o->name);
    value = value != NULL ? value + 1 : argv[++*i];
    if (!read_value(o, value))
        return cli_fail(EXIT_USAGE, "%s: --%s: expected %s, got '%.80s'", c->name, o->name,
                        expected(o->kind), value);
    return 0;
}

int cli_parse(const struct cli_command *command, int argc, char **argv,
              const struct cli_option *options, size_t n, struct cli_list *words,
              size_t max_words, bool *helped)
{
    bool *seen = calloc(n ? n : 1, sizeof *seen);
    bool only_words = false;
    int code = seen == NULL ? cli_fail(EXIT_INTERNAL, "out of memory") : 0;

    *helped = false;
    for (int i = 1; i < argc && code == 0 && !*helped; i++) {
        if (!only_words && strcmp(argv[i], "--") == 0) {
            only_words = true;
        } else if (!only_words && strcmp(argv[i], "--help") == 0) {
            print_options(command, options, n);
            *helped = true;
        } else if (!only_words && strncmp(argv[i], "--", 2) == 0) {
            code = take_option(command, argc, argv, &i, options, n, seen);
        } else if (words == NULL || words->n == max_words || !cli_list_add(words, argv[i])) {
            code = cli_fail(EXIT_USAGE, "%s: '%.80s' is one word too many", command->name, argv[i]);
        }
    }
    free(seen);
    return code;
}
