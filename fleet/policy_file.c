/* SPDX-License-Identifier: Apache-2.0
 *
 * policy_file.c - policies from files.
 */
#include "policy_file.h"

#include <stdlib.h>

#include "kept.h"

void veridac_policy_free(veridac_policy_file *policy)
{
    if (policy == NULL)
        return;
    free(policy->allowed);
    free(policy->denied);
    free(policy->ages);
    free(policy->key_ids);
    free(policy->short_lived);
    free(policy->thresholds);
    free(policy);
}

static veridac_status use(void *user, const char *path, struct vd_span text, const char *why,
                          veridac_error *err)
{
    return why != NULL ? vd_fail(err, VERIDAC_BAD_DATA, "%s: not trusted: %s", path, why)
                       : vd_policy_parse(path, text, user, err);
}

veridac_status veridac_policy_load(const veridac_policy_source *source, veridac_policy_file **ret,
                                   veridac_error *err)
{
    struct vd_buf text = VD_BUF(VD_MAX_OPERATOR_FILE);
    veridac_policy_source s;
    veridac_policy_file *policy = NULL;
    veridac_status st;

    if (ret == NULL || !vd_sized_take(&s, sizeof s, VD_UPTO(veridac_policy_source, last_valid), source) ||
        s.path == NULL)
        return VERIDAC_MISUSE;
    st = vd_kept_load(&(struct vd_kept){ s.path, "policy", s.last_valid, use, &policy }, &text, err);
    vd_buf_free(&text);
    if (st == VERIDAC_OK)
        *ret = policy;
    else
        veridac_policy_free(policy);
    return st;
}

veridac_status veridac_policy_look(const veridac_policy_file *policy, veridac_policy_view *ret)
{
    veridac_policy_view view;

    if (policy == NULL || !vd_sized_fits(VD_UPTO(veridac_policy_view, n_signals), ret))
        return VERIDAC_MISUSE;
    view = (veridac_policy_view){ .name = policy->name, .policy = &policy->policy,
                                  .n_signals = policy->n_thresholds };
    vd_sized_give(ret, &view, sizeof view);
    return VERIDAC_OK;
}
