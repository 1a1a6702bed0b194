# SPDX-License-Identifier: Apache-2.0
"""binding.py - what binding.c measures, through the Python package."""
import os
import sys
import time

import veridac

KEYS, EVIDENCE = 1000, 1790000000


def slurp(*parts):
    with open(os.path.join(*parts), "rb") as file:
        return file.read()


def main():
    bundle, folder, at, challenge, nonce, rounds = sys.argv[1:7]
    policy = veridac.Policy(veridac.Preset.PERMISSIVE, veridac.Network.TEST)
    snapshot = veridac.Snapshot.from_file(bundle)
    name, key_id, check = b"golden 6", bytes([6] * 20), snapshot.check
    trust = veridac.Trust()
    trust.add_paa(slurp(folder, "trust/0-paa.der"), veridac.Network.TEST)
    trust.add_cd_signer(slurp(folder, "cd-signers/0-cdsigner.der"), veridac.Network.TEST)
    verifier = veridac.Verifier(trust, [], policy)
    device = veridac.Device(dac=slurp(folder, "dac.der"), pai=slurp(folder, "pai.der"),
                            elements=slurp(folder, "elements.bin"),
                            signature=slurp(folder, "signature.bin"), challenge=slurp(challenge),
                            nonce=slurp(nonce), vid=0xFFF1, pid=0x8000)
    serials = [i.to_bytes(16, "big") for i in range(KEYS)]
    block, at = b"".join(serials), int(at)
    verifier.verify(device, at=at)
    for _ in range(int(rounds)):
        start = time.perf_counter_ns()
        for _ in range(200):
            for serial in serials:
                check(name, key_id, serial, policy, EVIDENCE)
        one = time.perf_counter_ns() - start
        start = time.perf_counter_ns()
        for _ in range(200):
            for serial in serials:
                pass
        one -= time.perf_counter_ns() - start
        start = time.perf_counter_ns()
        for _ in range(200):
            snapshot.check_block(name, key_id, block, 16, policy=policy, at=EVIDENCE)
        many = time.perf_counter_ns() - start
        start = time.perf_counter_ns()
        for _ in range(500):
            verifier.verify(device, at=at)
        whole = time.perf_counter_ns() - start
        print(one / 200 / KEYS, many / 200 / KEYS, whole / 500)


main()
