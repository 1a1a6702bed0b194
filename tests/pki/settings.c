/* SPDX-License-Identifier: Apache-2.0
 *
 * settings.c - a list of paths and values.
 */
#include "settings.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "die.h"

static char *copy(const char *text)
{
    size_t n = strlen(text) + 1;
    char *p = malloc(n);
    if (p == NULL)
        die(DIE_INTERNAL, "out of memory");
    memcpy(p, text, n);
    return p;
}

static struct setting *find(const struct settings *s, const char *path)
{
    for (size_t i = 0; i < s->n; i++) {
        if (strcmp(s->v[i].path, path) == 0)
            return &s->v[i];
    }
    return NULL;
}

static struct setting *add(struct settings *s, const char *path)
{
    struct setting *v = realloc(s->v, (s->n + 1) * sizeof *v);
    if (v == NULL)
        die(DIE_INTERNAL, "out of memory");
    s->v = v;
    v[s->n] = (struct setting){ .path = copy(path) };
    return &v[s->n++];
}

void settings_put(struct settings *s, const char *path, const char *value, int line)
{
    struct setting *x = find(s, path);
    if (x == NULL)
        x = add(s, path);
    free(x->value);
    x->value = copy(value);
    x->line = line;
}

const char *settings_get(struct settings *s, const char *path)
{
    struct setting *x = find(s, path);
    if (x == NULL)
        return NULL;
    x->used = true;
    return x->value;
}

const char *settings_get2(struct settings *s, const char *a, const char *b)
{
    char path[128];
    (void)snprintf(path, sizeof path, "%s.%s", a, b);
    return settings_get(s, path);
}

bool settings_has(const struct settings *s, const char *path)
{
    return find(s, path) != NULL;
}

bool settings_touch(const struct settings *s, const char *object)
{
    size_t n = strlen(object);
    for (size_t i = 0; i < s->n; i++) {
        if (strncmp(s->v[i].path, object, n) == 0)
            return true;
    }
    return false;
}

const struct setting *settings_unused(const struct settings *s)
{
    for (size_t i = 0; i < s->n; i++) {
        if (!s->v[i].used)
            return &s->v[i];
    }
    return NULL;
}

void settings_free(struct settings *s)
{
    for (size_t i = 0; i < s->n; i++) {
        free(s->v[i].path);
        free(s->v[i].value);
    }
    free(s->v);
    *s = (struct settings){ .v = NULL };
}
