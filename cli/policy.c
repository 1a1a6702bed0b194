/* SPDX-License-Identifier: Apache-2.0
 *
 * policy.c - presets by name, policies from files.
 */
#include "policy.h"

#include <string.h>

static const char *const presets[] = { "strict", "standard", "permissive", "audit" };

static int read_file(struct cli_policy *p)
{
    const veridac_policy_source from = { .size = sizeof from, .path = p->name,
                                         .last_valid = p->last_valid };
    veridac_policy_view view = { .size = sizeof view };
    veridac_error err = { "" };
    veridac_status st = veridac_policy_load(&from, &p->file, &err);

    if (st == VERIDAC_IO && strchr(p->name, '/') == NULL && p->last_valid == NULL)
        return cli_fail(EXIT_USAGE, "--policy: expected strict, standard, permissive, audit or a file: %s",
                        err.text);
    if (st != VERIDAC_OK)
        return cli_fail(cli_exit_of(st), "%s", err.text[0] ? err.text : veridac_status_text(st));
    if (err.text[0] != '\0')
        cli_say("%s", err.text);
    st = veridac_policy_look(p->file, &view);
    if (st != VERIDAC_OK)
        return cli_fail(EXIT_INTERNAL, "%s", veridac_status_text(st));
    p->policy = *view.policy;
    return 0;
}

int cli_policy_read(struct cli_policy *p, int32_t network)
{
    int32_t preset = VERIDAC_POLICY_STANDARD;
    int code = 0;
    bool named = p->name == NULL;

    for (size_t i = 0; p->name != NULL && i < sizeof presets / sizeof presets[0]; i++) {
        if (strcmp(p->name, presets[i]) == 0) {
            preset = (int32_t)i + VERIDAC_POLICY_STRICT;
            named = true;
        }
    }
    p->policy = (veridac_policy){ .size = sizeof p->policy, .preset = preset };
    if (!named)
        code = read_file(p);
    if (network != 0)
        p->policy.network = network;
    else if (p->policy.network == 0)
        p->policy.network = VERIDAC_NETWORK_MAIN;
    if (code == 0 && p->policy.networks != 0 && (p->policy.networks >> p->policy.network & 1) == 0)
        code = cli_fail(EXIT_DATA, "%s: does not allow the network %s", p->name,
                        p->policy.network == VERIDAC_NETWORK_MAIN ? "main" : "test");
    return code;
}

void cli_policy_accept(struct cli_policy *p, uint32_t reasons)
{
    p->policy.accept_unknown |= reasons;
    p->policy.hold_unknown &= ~reasons;
    p->policy.reject_unknown &= ~reasons;
}

void cli_policy_free(struct cli_policy *p)
{
    veridac_policy_free(p->file);
    p->file = NULL;
}
