/* SPDX-License-Identifier: Apache-2.0
 *
 * rule.c - the rule list as a table.
 */
#include "rule.h"

#include <stddef.h>

#define ROW(name, value, slug, severity, sdk, clause, facts, text, hint)                             \
    { VD_RULE_##name, VD_SEVERITY_##severity, sdk, slug, clause, facts, text, hint },
static const struct vd_rule_row rows[] = { VD_RULES(ROW) };
#undef ROW

#define N_ROWS (sizeof rows / sizeof rows[0])

const struct vd_rule_row *vd_rule_row(enum vd_rule rule)
{
    for (size_t i = 0; i < N_ROWS; i++) {
        if (rows[i].rule == rule)
            return &rows[i];
    }
    return NULL;
}

const struct vd_rule_row *vd_rule_at(unsigned i)
{
    return i < N_ROWS ? &rows[i] : NULL;
}

const char *vd_severity_text(enum vd_severity severity)
{
    switch (severity) {
    case VD_SEVERITY_NOTE:
        return "note";
    case VD_SEVERITY_WARNING:
        return "warning";
    case VD_SEVERITY_UNKNOWN:
        return "unknown";
    case VD_SEVERITY_INCOMPLETE:
        return "incomplete";
    case VD_SEVERITY_ERROR:
        return "error";
    }
    return "?";
}
