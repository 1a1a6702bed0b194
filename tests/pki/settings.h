/* SPDX-License-Identifier: Apache-2.0
 *
 * settings.h - what a case changes: a list of paths and values, and which of them were asked for.
 *
 * Owns:           the list; a setting that nobody asks for is a mistake in a case file.
 * Must not know:  which paths exist, what the values mean.
 */
#ifndef PKI_SETTINGS_H
#define PKI_SETTINGS_H

#include <stdbool.h>
#include <stddef.h>

struct setting {
    char *path, *value;
    int line;
    bool used;
};

struct settings {
    struct setting *v;
    size_t n;
};

/* Sets or replaces; copies both strings. */
void settings_put(struct settings *s, const char *path, const char *value, int line);
/* The value, and marks it as used; NULL when the path is not set. */
const char *settings_get(struct settings *s, const char *path);
/* The same for path "a.b". */
const char *settings_get2(struct settings *s, const char *a, const char *b);
/* Without marking anything. */
bool settings_has(const struct settings *s, const char *path);
/* Is there any setting for this object or a part of it? Most objects of a case have none. */
bool settings_touch(const struct settings *s, const char *object);
/* The first setting that nobody asked for, or NULL. */
const struct setting *settings_unused(const struct settings *s);
void settings_free(struct settings *s);

#endif
