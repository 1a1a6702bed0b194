#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Makes the golden documents with the writer of vdh1.py, and the hex of docs/FORMAT-documents.md.

Run once for each released version of the format; the files stay as they are from then on. The keys were
thrown away.
"""
import os
import subprocess
import sys
import tempfile

import vdh1

HERE = os.path.dirname(os.path.abspath(__file__))
T = 1790000000  # 2026-09-21T14:13:20Z
DAY = 86400
KINDS = ("root", "trust", "head", "index")


def documents(sign, keys):
    """{kind: octets}; sign(message) signs with all keys."""
    root = sign(vdh1.frame(vdh1.ROOT, vdh1.root_body(
        [(algorithm, octets, 7) for algorithm, octets in keys], (2, 2, 1), T + 90 * DAY), 1, T,
        T + 365 * DAY))
    trust = sign(vdh1.frame(vdh1.TRUST, vdh1.trust_body(
        [(vdh1.PAA, vdh1.TRUSTED, b"golden PAA"), (vdh1.PAA, vdh1.WITHDRAWN, b"golden old PAA"),
         (vdh1.CD_SIGNER, vdh1.TRUSTED, b"golden signer")]), 3, T, T + 365 * DAY))
    index = vdh1.signed(vdh1.frame(vdh1.INDEX, vdh1.index_body(
        5, [(vdh1.HUB, 5, 6, b"a delta"), (vdh1.FULL, 5, 6, b"another delta"),
            (vdh1.FULL, 6, 7, b"")]), 7, T, 0))
    head = sign(vdh1.frame(vdh1.HEAD, vdh1.head_body(T + DAY, 1, 3, {
        vdh1.HUB: b"golden hub", vdh1.FULL: b"golden full", vdh1.TRUST_LIST: trust,
        vdh1.INDEX_REF: index}), 7, T, T + 3 * DAY))
    return {"root": root, "trust": trust, "head": head, "index": index}


def example():
    """An index of one delta: small enough to be printed, and every field of the frame is in it."""
    return vdh1.signed(vdh1.frame(vdh1.INDEX, vdh1.index_body(5, [(vdh1.HUB, 5, 7, b"a delta")]), 7, T,
                                  0))


def main():
    with tempfile.TemporaryDirectory() as folder:
        files = [os.path.join(folder, n) for n in "ab"]
        for file in files:
            subprocess.run(["openssl", "genpkey", "-algorithm", "EC", "-pkeyopt",
                            "ec_paramgen_curve:P-256", "-out", file], check=True,
                           stderr=subprocess.DEVNULL)
        made = documents(lambda m: vdh1.sign(m, *files), [vdh1.public_octets(f) for f in files])
    for kind in KINDS:
        with open(os.path.join(HERE, "vdh1." + kind), "xb") as f:
            f.write(made[kind])


if __name__ == "__main__":
    if sys.argv[1:] == ["example"]:
        data = example()
        for at in range(0, len(data), 16):
            print("    %04x  %s" % (at, data[at:at + 16].hex(" ")))
    else:
        main()
