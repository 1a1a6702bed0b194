/* SPDX-License-Identifier: Apache-2.0
 *
 * policy_signals.c - when signals of a monitoring system make an entry in a list of rules.
 */
#include <stdlib.h>

#include "policy_file.h"

#define KEEP_MOST (INT64_C(366) * 86400)

static bool read_signal_name(struct vd_span text, char ret[VD_MAX_RULE_WORD + 1])
{
    for (size_t i = 0; i < text.n; i++) {
        const uint8_t c = vd_at(text, i);
        if (!((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-'))
            return false;
    }
    return text.n > 0 && vd_copy(ret, VD_MAX_RULE_WORD, text);
}

static veridac_status read_member(const struct vd_policy_text *t, struct vd_json_value name,
                                  struct vd_threshold *to)
{
    const struct {
        const char *name;
        uint64_t *number;
        int64_t *duration;
        uint64_t least;
    } rows[] = { { "window", NULL, &to->window_s, 0 },      { "keep", NULL, &to->keep_s, 0 },
                 { "min-score", &to->min_score, NULL, 0 },  { "suspect", &to->suspect, NULL, 1 },
                 { "quarantine", &to->quarantine, NULL, 1 }, { "refuse", &to->refuse, NULL, 1 } };
    const struct vd_json_value v = vd_json_of_name(name);

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        if (!vd_span_is(vd_json_text(name), rows[i].name))
            continue;
        if (rows[i].duration != NULL)
            return vd_policy_duration(t, v, 1, KEEP_MOST, rows[i].duration);
        return !vd_json_is_string(v) && vd_json_uint(v, 1000000000, rows[i].number) &&
                       *rows[i].number >= rows[i].least
                   ? VERIDAC_OK
                   : vd_policy_wrong(t, v, "expected a number up to 1000000000");
    }
    return vd_policy_wrong(t, name, "no signal has this member");
}

static veridac_status read_threshold(const struct vd_policy_text *t, struct vd_json_value name,
                                     struct vd_threshold *to)
{
    const struct vd_json_value v = vd_json_of_name(name);
    veridac_status st = VERIDAC_OK;

    if (!read_signal_name(vd_json_text(name), to->signal))
        return vd_policy_wrong(t, name, "expected a name of lower-case letters, digits and -");
    if (!vd_json_is_object(v))
        return vd_policy_wrong(t, v, "expected an object");
    for (struct vd_json_value m = vd_json_first_name(v); st == VERIDAC_OK && vd_json_present(m);
         m = vd_json_next(vd_json_of_name(m)))
        st = read_member(t, m, to);
    if (st == VERIDAC_OK && (to->window_s == 0 || to->keep_s == 0))
        st = vd_policy_wrong(t, v, "\"window\" and \"keep\" are needed");
    if (st == VERIDAC_OK && to->suspect + to->quarantine + to->refuse == 0)
        st = vd_policy_wrong(t, v, "one of \"suspect\", \"quarantine\" and \"refuse\" is needed");
    return st;
}

veridac_status vd_policy_thresholds(const struct vd_policy_text *t, struct vd_json_value v,
                                    veridac_policy_file *p)
{
    const size_t n = vd_policy_members(v);
    veridac_status st = VERIDAC_OK;

    if (n == 0 || n > VD_MAX_SIGNALS)
        return vd_policy_wrong(t, v, "expected an object of 1 to %u signals", VD_MAX_SIGNALS);
    p->thresholds = calloc(n, sizeof *p->thresholds);
    if (p->thresholds == NULL)
        return VERIDAC_NO_MEMORY;
    for (struct vd_json_value name = vd_json_first_name(v); st == VERIDAC_OK && vd_json_present(name);
         name = vd_json_next(vd_json_of_name(name)))
        st = read_threshold(t, name, &p->thresholds[p->n_thresholds++]);
    return st;
}
