/* SPDX-License-Identifier: Apache-2.0
 *
 * flat.h - libveridac-dcl without pointers inside structs, and an end that Go can ask for.
 */
#ifndef GO_DCL_FLAT_H
#define GO_DCL_FLAT_H

#include <veridac/dcl.h>

/* In C memory: set by a goroutine, read by the call. */
typedef int32_t flat_flag;

static inline void flat_raise(flat_flag *flag)
{
    __atomic_store_n(flag, 1, __ATOMIC_RELEASE);
}

static int32_t flat_asked(void *user)
{
    return __atomic_load_n((flat_flag *)user, __ATOMIC_ACQUIRE);
}

static inline veridac_status flat_pull(const char *const *urls, size_t n, const char *store,
                                       const uint8_t *root, size_t n_root, int64_t at,
                                       int64_t object_s, int32_t tier, int32_t if_due,
                                       uint64_t random, uint64_t max_bytes, flat_flag *flag,
                                       veridac_buffer *ret, veridac_error *err)
{
    const veridac_pull_options o = { .size = sizeof o, .urls = urls, .n_urls = n, .root = { root, n_root },
                                     .store = store, .at = at, .timeout_s = object_s, .tier = tier,
                                     .if_due = if_due, .random = random, .max_bytes = max_bytes,
                                     .user = flag, .stop = flat_asked };
    return veridac_pull(&o, ret, err);
}

static inline veridac_status flat_sync(const char *const *nodes, size_t n, const char *state,
                                       int32_t network, int64_t at, const char *const *accept,
                                       size_t n_accept, int64_t object_s, int32_t allow_private,
                                       int32_t dry_run, int32_t offline, const char *ca_file,
                                       uint64_t seed, flat_flag *flag, veridac_buffer *ret,
                                       veridac_error *err)
{
    const veridac_sync_options o = { .size = sizeof o, .nodes = nodes, .n_nodes = n, .state = state,
                                     .network = network, .at = at, .accept = accept,
                                     .n_accept = n_accept, .timeout_s = object_s,
                                     .allow_private = allow_private, .dry_run = dry_run,
                                     .offline = offline, .ca_file = ca_file, .seed = seed,
                                     .stop = flat_asked, .user = flag };
    return veridac_sync(&o, ret, err);
}

#endif
