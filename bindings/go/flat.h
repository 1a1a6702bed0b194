/* SPDX-License-Identifier: Apache-2.0
 *
 * flat.h - the C ABI without pointers inside structs: cgo passes no Go pointer that points to Go
 * pointers. Everything a device sent stands in one block.
 */
#ifndef GO_VERIDAC_FLAT_H
#define GO_VERIDAC_FLAT_H

#include <stddef.h>
#include <string.h>
#ifdef VERIDAC_BUNDLED
#include "vd_veridac.h"
#else
#include <veridac/veridac.h>
#endif

#define FLAT_PARTS 9

/* Part i of a device: absent when `at` is -1. */
struct flat_part {
    int64_t at;
    size_t size;
};

static inline veridac_bytes flat_bytes(const uint8_t *block, struct flat_part part)
{
    return part.at < 0 ? (veridac_bytes){ NULL, 0 } : (veridac_bytes){ block + part.at, part.size };
}

static inline veridac_status flat_verify(veridac_context *context, const uint8_t *block,
                                         const struct flat_part part[FLAT_PARTS], int32_t vid,
                                         int32_t pid, int64_t software_version,
                                         const veridac_trust *trust,
                                         const veridac_snapshot *const *snapshots, size_t n,
                                         const veridac_policy *policy, int64_t at,
                                         veridac_result *result)
{
    const veridac_device d = { sizeof d,
                               flat_bytes(block, part[0]), flat_bytes(block, part[1]),
                               flat_bytes(block, part[2]), flat_bytes(block, part[3]),
                               flat_bytes(block, part[4]), flat_bytes(block, part[5]),
                               vid, pid, software_version,
                               flat_bytes(block, part[6]), flat_bytes(block, part[7]),
                               flat_bytes(block, part[8]) };
    return veridac_verify(context, &d, trust, snapshots, n, policy, at, result);
}

/* status << 16 | revocation << 8 | reason */
static inline uint32_t flat_check(const veridac_snapshot *s, const uint8_t *name, size_t n_name,
                                  const uint8_t *key_id, size_t n_key_id, const uint8_t *serial,
                                  size_t n_serial, const veridac_policy *policy, int64_t at)
{
    const veridac_bytes no_proof = { NULL, 0 };
    veridac_answer a = { .size = sizeof a };
    const veridac_status st =
        veridac_snapshot_lookup(s, (veridac_bytes){ name, n_name },
                                (veridac_bytes){ key_id, n_key_id },
                                (veridac_bytes){ serial, n_serial }, no_proof, policy, at, &a, NULL);
    if (st != VERIDAC_OK)
        return (uint32_t)st << 16;
    return (uint32_t)a.status << 8 | (a.status == VERIDAC_UNKNOWN ? (uint32_t)a.reason : 0);
}

static inline veridac_status flat_lookup(const veridac_snapshot *s, const uint8_t *name,
                                         size_t n_name, const uint8_t *key_id, size_t n_key_id,
                                         const uint8_t *serial, size_t n_serial,
                                         const veridac_policy *policy, int64_t at,
                                         veridac_answer *ret)
{
    const veridac_bytes no_proof = { NULL, 0 };
    return veridac_snapshot_lookup(s, (veridac_bytes){ name, n_name },
                                   (veridac_bytes){ key_id, n_key_id },
                                   (veridac_bytes){ serial, n_serial }, no_proof, policy, at, ret, NULL);
}

static inline veridac_status flat_check_block(const veridac_snapshot *s, const uint8_t *name,
                                              size_t n_name, const uint8_t *key_id, size_t n_key_id,
                                              const uint8_t *serials, size_t n_serials,
                                              const uint32_t *ends, size_t n,
                                              const veridac_policy *policy, int64_t at, void *ret)
{
    return veridac_snapshot_lookup_batch(s, (veridac_bytes){ name, n_name },
                                         (veridac_bytes){ key_id, n_key_id },
                                         (veridac_bytes){ serials, n_serials }, ends, n, policy, at,
                                         ret);
}

#define FLAT_OPEN_PARTS 4

/* Parts of the head stand in one block: part i ends before ends[i]. */
static inline veridac_status flat_open(const uint8_t *bundle, size_t n, const char *path,
                                       const uint8_t *head, size_t n_head, const uint8_t *root,
                                       size_t n_root, const uint8_t *block, const size_t *ends,
                                       size_t n_parts, const char *label, veridac_snapshot **ret,
                                       veridac_error *err)
{
    veridac_snapshot_options o = { .size = sizeof o, .head = { head, n_head }, .root = { root, n_root },
                                   .label = label, .path = path, .n_parts = n_parts };
    veridac_bytes parts[FLAT_OPEN_PARTS];
    size_t i, at = 0;

    if (n_parts > FLAT_OPEN_PARTS)
        return VERIDAC_MISUSE;
    for (i = 0; i < n_parts; at = ends[i++])
        parts[i] = (veridac_bytes){ block + at, ends[i] - at };
    o.parts = parts;
    return veridac_snapshot_open((veridac_bytes){ bundle, n }, &o, ret, err);
}

static inline veridac_status flat_add(veridac_trust *t, int cd_signer, const uint8_t *data, size_t n,
                                      const veridac_trust_source *source,
                                      veridac_trust_report *report)
{
    return cd_signer ? veridac_trust_add_cd_signer(t, (veridac_bytes){ data, n }, source, report)
                     : veridac_trust_add_paa(t, (veridac_bytes){ data, n }, source, report);
}

static inline veridac_status flat_unwrap(const uint8_t *data, size_t n, int32_t meant,
                                         veridac_buffer *ret, veridac_error *err)
{
    return veridac_unwrap((veridac_bytes){ data, n }, meant, ret, NULL, err);
}

static inline veridac_status flat_show(const uint8_t *data, size_t n, int32_t flags,
                                       veridac_buffer *ret, veridac_error *err)
{
    return veridac_show((veridac_bytes){ data, n }, flags, ret, err);
}

#endif
