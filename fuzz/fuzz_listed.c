/* SPDX-License-Identifier: Apache-2.0
 *
 * fuzz_listed.c - revocation sets of others: the SDK's JSON, matter.js's, CSV.
 *
 * Reaches: veridac_listed_load veridac_revset_add_listed veridac_revset_write veridac_revset_finish
 *          vd_revset_add_listed
 * Properties: nobody becomes good; a set that is refused added nothing that counts; written in any of the
 * three formats and read again, the same set.
 */
#include <veridac/dcl.h>

#include "fuzz.h"

static veridac_revset *set_of(veridac_bytes in, veridac_status *ret)
{
    static veridac_trust *trust; /* nobody: it outlives all sets */
    const veridac_revset_options o = { .size = sizeof o, .network = VERIDAC_NETWORK_TEST,
                                       .at = 1790000000 };
    veridac_load_report report = { .size = sizeof report };
    veridac_error err = { "" };
    veridac_revset *set = NULL;

    if (trust == NULL)
        INVARIANT(veridac_trust_new(&trust) == VERIDAC_OK);
    INVARIANT(veridac_revset_new(trust, &o, &set) == VERIDAC_OK);
    *ret = veridac_listed_load(set, in, &report, &err);
    INVARIANT(*ret == VERIDAC_OK || *ret == VERIDAC_BAD_DATA || *ret == VERIDAC_TOO_LARGE);
    INVARIANT(*ret == VERIDAC_OK || err.text[0] != '\0');
    INVARIANT(veridac_revset_bind(set) == VERIDAC_OK && veridac_revset_finish(set) == VERIDAC_OK);
    return set;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    veridac_revset_view view = { .size = sizeof view };
    veridac_status st;
    veridac_revset *set = set_of((veridac_bytes){ data, size }, &st);

    INVARIANT(veridac_revset_look(set, &view) == VERIDAC_OK && view.n_good == 0);
    for (int32_t format = VERIDAC_FORMAT_SDK; st == VERIDAC_OK && format <= VERIDAC_FORMAT_CSV; format++) {
        veridac_buffer once = { NULL, 0 }, twice = { NULL, 0 };
        veridac_revset *again;
        INVARIANT(veridac_revset_write(set, format, &once) == VERIDAC_OK);
        again = set_of((veridac_bytes){ once.data, once.size }, &st);
        INVARIANT(st == VERIDAC_OK && veridac_revset_write(again, format, &twice) == VERIDAC_OK);
        INVARIANT(once.size == twice.size && memcmp(once.data, twice.data, once.size) == 0);
        veridac_revset_free(again);
        veridac_buffer_free(&once);
        veridac_buffer_free(&twice);
    }
    veridac_revset_free(set);
    return 0;
}
