#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Makes the golden bundles, and the hex of the example in docs/FORMAT.md, with the writer of vdb1.py.

Run once for each released version of the format; the files stay as they are from then on.
"""
import os
import sys

import vdb1

HERE = os.path.dirname(os.path.abspath(__file__))
EVIDENCE = 1790000000  # 2026-09-21T14:13:20Z
COUNTS = (0, 1, 63, 64, 65, 500, 1000)


def serial(k):
    """Of the k-th revoked certificate, k >= 1."""
    return (k * k).to_bytes(20, "big").lstrip(b"\0")


def golden_issuers():
    """Issuer k has the Name "golden k" and the key id of 20 octets k; odd ones are not complete."""
    return [vdb1.Issuer(b"golden %d" % k, bytes([k]) * 20, [serial(i + 1) for i in range(n)],
                        reason=5 * (k % 2),
                        times=(EVIDENCE - 3600, EVIDENCE + 86400, EVIDENCE - 60 * k))
            for k, n in enumerate(COUNTS)]


def example():
    one = vdb1.Issuer(bytes.fromhex("300e310c300a06035504030c03414141"), bytes(range(20)),
                      [b"\x01", b"\x02", b"\x03"], times=(EVIDENCE - 3600, EVIDENCE + 86400, EVIDENCE))
    two = vdb1.Issuer(bytes.fromhex("300e310c300a06035504030c03424242"), bytes(range(20, 40)),
                      reason=2)
    return vdb1.encode([one, two], vdb1.HUB, 2, EVIDENCE)


def golden_parts():
    sources = [(b"https://crl.example/%d" % k, bytes([k]) * 32, number, EVIDENCE - 60 * k,
                b"https://node.example", 1000000 + k)
               for k, number in enumerate((1, None, 2 ** 159 - 1))]
    sources.append((b"http://crl.example/", bytes(32), 0x80, 0, b"", 0))
    records = [(0xFFF1, 0x8000 + k % 2, k, b"CSA0000%dSWC00000-01" % k, device_type, k, k % 4,
                EVIDENCE - k) for k, device_type in enumerate((22, 0xFFFFFFFF, 256, 257, 0))]
    return [(vdb1.PROVENANCE, vdb1.encode_provenance(2, sources)),
            (vdb1.COMPLIANCE, vdb1.encode_compliance(2, records))]


def main():
    with open(os.path.join(HERE, "vdb1-parts.bundle"), "xb") as f:
        f.write(vdb1.encode(golden_issuers(), vdb1.HUB, 2, EVIDENCE, golden_parts()))
    bundle = vdb1.Bundle(vdb1.encode(golden_issuers(), vdb1.FULL, 2, EVIDENCE))
    for page in range(bundle.n_pages):
        with open(os.path.join(HERE, "vdb1-page-%d.proof" % page), "xb") as f:
            f.write(vdb1.proof(bundle, page))
    for kind, name in ((vdb1.HUB, "hub"), (vdb1.FULL, "full")):
        with open(os.path.join(HERE, "vdb1-%s.bundle" % name), "xb") as f:
            f.write(vdb1.encode(golden_issuers(), kind, 2, EVIDENCE))


if __name__ == "__main__":
    if sys.argv[1:] == ["example"]:
        data = example()
        for at in range(0, len(data), 16):
            print("    %04x  %s" % (at, data[at:at + 16].hex(" ")))
    else:
        main()
