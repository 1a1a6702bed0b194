/* SPDX-License-Identifier: Apache-2.0
 *
 * rules_read.c - a list of rules from a file, when there is a reason to trust it.
 */
#include <inttypes.h>
#include <veridac/fleet.h>

#include "limits.h"
#include "overlay.h"
#include "owned.h"

static veridac_status check(const char *path, struct vd_span text, veridac_error *err)
{
    struct vd_overlay rules;
    uint32_t line = 0;
    const char *wrong = text.n == 0 ? "empty" : vd_overlay_read(text, &rules, &line);

    if (text.n == 0)
        line = 1;
    if (wrong != NULL)
        return vd_fail(err, VERIDAC_BAD_DATA, "%s:%" PRIu32 ": %s", path, line, wrong);
    vd_overlay_free(&rules);
    return VERIDAC_OK;
}

veridac_status veridac_rules_read(const veridac_rules_source *source, veridac_buffer *ret,
                                  veridac_error *err)
{
    struct vd_buf text = VD_BUF(VD_MAX_OPERATOR_FILE + 1);
    veridac_rules_source s;
    const char *why = NULL;
    veridac_status st;

    if (ret == NULL || !vd_sized_take(&s, sizeof s, VD_UPTO(veridac_rules_source, path), source) ||
        s.path == NULL)
        return VERIDAC_MISUSE;
    st = vd_owned_read(s.path, VD_MAX_OPERATOR_FILE, &text, &why, err);
    if (st == VERIDAC_OK && why != NULL)
        st = vd_fail(err, VERIDAC_BAD_DATA, "%s: not trusted: %s", s.path, why);
    if (st == VERIDAC_OK)
        st = check(s.path, vd_buf_span(&text), err);
    if (st == VERIDAC_OK)
        return vd_give(&text, ret);
    vd_buf_free(&text);
    return st;
}
