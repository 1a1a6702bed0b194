/* SPDX-License-Identifier: Apache-2.0
 *
 * text.c - small text jobs.
 */
#include "text.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "die.h"

#define MAX_WORDS 64

struct word {
    const char *p;
    size_t n;
};

static int by_text(const void *a, const void *b)
{
    const struct word *x = a, *y = b;
    size_t n = x->n < y->n ? x->n : y->n;
    int order = memcmp(x->p, y->p, n);
    return order != 0 ? order : (x->n > y->n) - (x->n < y->n);
}

static size_t split(const char *list, struct word words[MAX_WORDS])
{
    size_t n = 0;
    while (*(list += strspn(list, " ")) != 0) {
        if (n == MAX_WORDS)
            die(DIE_CASE, "more than %d words: \"%s\"", MAX_WORDS, list);
        words[n++] = (struct word){ list, strcspn(list, " ") };
        list += strcspn(list, " ");
    }
    return n;
}

bool text_has_word(const char *list, const char *word)
{
    struct word words[MAX_WORDS], wanted = { word, strlen(word) };
    size_t n = split(list, words);

    for (size_t i = 0; i < n; i++) {
        if (by_text(&words[i], &wanted) == 0)
            return true;
    }
    return false;
}

void text_sorted_words(struct buf *out, const char *list)
{
    struct word words[MAX_WORDS];
    size_t n = split(list, words);

    qsort(words, n, sizeof words[0], by_text);
    for (size_t i = 0; i < n; i++) {
        if (i > 0 && by_text(&words[i - 1], &words[i]) == 0)
            continue;
        buf_fmt(out, "%s%.*s", i == 0 ? "" : " ", (int)words[i].n, words[i].p);
    }
}

/* Days since 1970-01-01 of a date in the proleptic Gregorian calendar. */
static int64_t days(int64_t year, int64_t month, int64_t day)
{
    int64_t y = year - (month <= 2), era = (y >= 0 ? y : y - 399) / 400, yoe = y - era * 400;
    int64_t doy = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
    return era * 146097 + yoe * 365 + yoe / 4 - yoe / 100 + doy - 719468;
}

bool text_time(const char *text, int64_t *ret)
{
    int year, month, day, hour, minute, second, end = 0;
    char *after;

    if (sscanf(text, "%4d-%2d-%2dT%2d:%2d:%2dZ%n", &year, &month, &day, &hour, &minute, &second,
               &end) == 6 &&
        end > 0 && text[end] == 0) {
        *ret = days(year, month, day) * 86400 + hour * 3600 + minute * 60 + second;
        return true;
    }
    *ret = strtoll(text, &after, 10);
    return after != text && *after == 0;
}

void text_line(struct buf *out, const char *key, const char *value)
{
    buf_fmt(out, "%s:%s%s\n", key, value[0] == 0 ? "" : " ", value);
}

void text_line_hex(struct buf *out, const char *key, const struct buf *value)
{
    struct buf hex = { .p = NULL };
    buf_hex(&hex, value->p, value->n, 0);
    text_line(out, key, buf_str(&hex));
    buf_free(&hex);
}
