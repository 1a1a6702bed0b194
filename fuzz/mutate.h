/* SPDX-License-Identifier: Apache-2.0
 *
 * mutate.h - changes to structures that leave them readable: an input behind a signature check is reached
 * because it is signed again.
 *
 * Owns:           which change, and what follows from it (lengths, signatures).
 * Must not know:  the readers under test; DER and keys are those of tests/differential and tests/pki.
 */
#ifndef FUZZ_MUTATE_H
#define FUZZ_MUTATE_H

#include <stddef.h>
#include <stdint.h>

/* libFuzzer's: changes octets in place. */
size_t LLVMFuzzerMutate(uint8_t *data, size_t size, size_t max);
size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max, unsigned seed);

/* mutate_tlv.c: TLV with one element changed, dropped, doubled or moved. 0: it is no TLV. With `octets` an
 * octet string of the structure with context tag `tag` becomes these. */
size_t mutate_tlv(uint32_t seed, const uint8_t *p, size_t n, uint8_t *ret, size_t max);
size_t mutate_tlv_octets(const uint8_t *p, size_t n, unsigned tag, const uint8_t *octets,
                         size_t n_octets, uint8_t *ret, size_t max);
/* Where these octets begin, and how many there are; 0: none. */
size_t mutate_tlv_find(const uint8_t *p, size_t n, unsigned tag, size_t *ret_at);

#endif
