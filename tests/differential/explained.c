/* SPDX-License-Identifier: Apache-2.0
 *
 * explained.c - the reviewed list of disagreements.
 */
#include "explained.h"

#include <fnmatch.h>
#include <stdlib.h>
#include <string.h>

#include "buf.h"
#include "die.h"
#include "files.h"

#define MAX_ROWS 256
#define COLUMNS 5

static char *trim(char *p)
{
    char *end;

    p += strspn(p, " \t");
    end = p + strlen(p);
    while (end > p && (end[-1] == ' ' || end[-1] == '\t'))
        *--end = 0;
    return p;
}

static void read_row(struct explained *e, const char *family, char *line, int number)
{
    struct explained_row row = { .line = number };
    char *part[COLUMNS];

    for (size_t i = 0; i < COLUMNS; i++) {
        char *bar = i < COLUMNS - 1 ? strchr(line, '|') : NULL;
        part[i] = line;
        if (i < COLUMNS - 1 && bar == NULL)
            die(DIE_CASE, "explained.txt:%d: not FAMILY | SIDE | REASON | CLAUSE | SENTENCE",
                number);
        if (bar != NULL) {
            *bar = 0;
            line = bar + 1;
        }
        part[i] = trim(part[i]);
        if (part[i][0] == 0)
            die(DIE_CASE, "explained.txt:%d: column %zu is empty", number, i + 1);
    }
    if (strcmp(part[0], "certificates/pyca") == 0 || strcmp(part[0], "crls/pyca") == 0)
        return; /* pyca.py reads these */
    if (strcmp(part[0], "certificates") != 0 && strcmp(part[0], "crls") != 0 &&
        strcmp(part[0], "cms") != 0)
        die(DIE_CASE, "explained.txt:%d: \"%s\" is not a family", number, part[0]);
    if (strcmp(part[1], "veridac") != 0 && strcmp(part[1], "openssl") != 0)
        die(DIE_CASE, "explained.txt:%d: \"%s\" is not a side", number, part[1]);
    if (strcmp(part[0], family) != 0)
        return;
    row.side = strcmp(part[1], "veridac") == 0 ? SIDE_VERIDAC : SIDE_OPENSSL;
    row.reason = part[2];
    row.clause = part[3];
    row.sentence = part[4];
    if (e->n == MAX_ROWS)
        die(DIE_CASE, "explained.txt:%d: too many rows", number);
    e->v[e->n++] = row;
}

void explained_read(const char *path, const char *family, struct explained *ret)
{
    struct buf text = { .p = NULL };
    int number = 0;

    *ret = (struct explained){ .v = calloc(MAX_ROWS, sizeof *ret->v) };
    files_read(path, &text);
    ret->text = strdup(buf_str(&text));
    buf_free(&text);
    if (ret->v == NULL || ret->text == NULL)
        die(DIE_INTERNAL, "out of memory");
    for (char *line = ret->text, *next; line != NULL; line = next) {
        next = strchr(line, '\n');
        if (next != NULL)
            *next++ = 0;
        number++;
        line = trim(line);
        if (line[0] != 0 && line[0] != '#')
            read_row(ret, family, line, number);
    }
}

void explained_free(struct explained *e)
{
    free(e->v);
    free(e->text);
    *e = (struct explained){ .v = NULL };
}

static bool one(const struct explained *e, enum side side, const char *reason, bool *seen)
{
    for (size_t i = 0; i < e->n; i++) {
        if (e->v[i].side == side && fnmatch(e->v[i].reason, reason, 0) == 0) {
            seen[i] = true;
            return true;
        }
    }
    return false;
}

bool explained_all(const struct explained *e, enum side side, const struct view *why, uint64_t *met)
{
    bool seen[MAX_ROWS] = { false };

    if (why->full)
        return false;
    for (size_t i = 0; i < why->n; i++) {
        if (!one(e, side, why->why[i], seen))
            return false;
    }
    for (size_t i = 0; i < e->n; i++)
        met[i] += seen[i];
    return true;
}
