/* SPDX-License-Identifier: Apache-2.0
 *
 * fuzz_show.c - describing anything, and opening it as a snapshot.
 *
 * Reaches: veridac_show vd_show vd_show_bundle vd_show_signed vd_show_delta vd_show_part vd_show_cert
 *          vd_show_cd vd_show_crl vd_show_elements vd_show_nocsr vd_show_csr vd_show_sources
 *          vd_show_statuses vd_show_bundle_fault vd_show_delta_fault vd_overlay_read veridac_unwrap
 * Properties: a description or a reason; what claims to be JSON is JSON; the text is UTF-8; the same in
 * both forms; a snapshot without revocation data says nothing of anybody.
 */
#include <veridac/veridac.h>

#include "fuzz.h"
#include "json.h"
#include "text.h"

static veridac_status show(veridac_bytes in, int32_t flags)
{
    veridac_buffer out = { NULL, 0 };
    veridac_error err = { "" };
    struct vd_json *doc = NULL;
    const veridac_status st = veridac_show(in, flags, &out, &err);

    INVARIANT(st == VERIDAC_OK || st == VERIDAC_BAD_DATA || st == VERIDAC_TOO_LARGE);
    INVARIANT(st == VERIDAC_OK ? out.size > 0 : out.data == NULL && err.text[0] != '\0');
    if (st == VERIDAC_OK)
        INVARIANT(vd_utf8_valid(vd_span_of(out.data, out.size)));
    if (st == VERIDAC_OK && (flags & VERIDAC_SHOW_JSON) && out.size < 8u << 20)
        INVARIANT(vd_json_read(vd_span_of(out.data, out.size), &doc, NULL) == NULL);
    vd_json_free(doc);
    veridac_buffer_free(&out);
    return st;
}

static void open_it(veridac_bytes in)
{
    static const veridac_policy policy = { .size = sizeof policy, .preset = VERIDAC_POLICY_STANDARD,
                                           .network = VERIDAC_NETWORK_TEST };
    const veridac_snapshot_options o = { .size = sizeof o };
    const veridac_bytes none = { NULL, 0 };
    veridac_snapshot_view view = { .size = sizeof view };
    veridac_answer a = { .size = sizeof a };
    veridac_snapshot *s = NULL;
    veridac_error err = { "" };

    if (veridac_snapshot_open(in, &o, &s, &err) != VERIDAC_OK) {
        INVARIANT(err.text[0] != '\0');
        return;
    }
    INVARIANT(veridac_snapshot_look(s, &view) == VERIDAC_OK && view.network != 0);
    if (veridac_snapshot_lookup(s, in, in, in, none, &policy, 1790000000, &a, NULL) == VERIDAC_OK)
        INVARIANT(view.n_issuers > 0 || a.status == VERIDAC_UNKNOWN);
    veridac_snapshot_free(s);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const veridac_bytes in = { data, size };
    veridac_buffer plain = { NULL, 0 };
    const veridac_status st = show(in, 0);

    INVARIANT(show(in, VERIDAC_SHOW_JSON) == st);
    (void)show(in, VERIDAC_SHOW_JSON | VERIDAC_SHOW_CHECK);
    INVARIANT(veridac_unwrap(in, VERIDAC_MEANT_FIRST, &plain, NULL, NULL) == VERIDAC_OK);
    veridac_buffer_free(&plain);
    open_it(in);
    return 0;
}
