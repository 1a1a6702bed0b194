#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Makes the golden files, and the hex of the examples in docs/FORMAT.md, with the writers here.

Run once for each released version of the format; the files stay as they are from then on.
"""
import os
import sys

import vdb1
import vdd1

HERE = os.path.dirname(os.path.abspath(__file__))
EVIDENCE = 1790000000  # 2026-09-21T14:13:20Z
LATER = EVIDENCE + 86400
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


def example_issuers():
    one = vdb1.Issuer(bytes.fromhex("300e310c300a06035504030c03414141"), bytes(range(20)),
                      [b"\x01", b"\x02", b"\x03"], times=(EVIDENCE - 3600, EVIDENCE + 86400, EVIDENCE))
    two = vdb1.Issuer(bytes.fromhex("300e310c300a06035504030c03424242"), bytes(range(20, 40)),
                      reason=2)
    return one, two


def example():
    return vdb1.encode(example_issuers(), vdb1.HUB, 2, EVIDENCE)


def row_of(issuer, keys, since, base_n):
    """Of a bundle that stands on a base: the keys of now, and those that ever came to the filter."""
    p = vdb1.Params(base_n)
    lines = [0] * p.lines
    if lines:
        vdd1.set_bits(lines, 64, since)
    return {"id": issuer.id, "n": len(keys), "base_n": base_n,
            "state": 0 if issuer.reason == 0 else 1 + issuer.reason,
            "this_update": issuer.times[0], "next_update": issuer.times[1],
            "last_ok": 0 if issuer.times[2] == LATER else issuer.times[2],
            "values": [k >> 64 - p.width for k in sorted(keys)], "lines": lines,
            "name": bytes([len(issuer.key_id)]) + issuer.key_id + issuer.name}


def follow(before, rows, kind, names=True):
    """The bundle with these rows that follows `before`, which is a base."""
    rows = sorted(rows, key=lambda row: row["id"])
    base = (vdb1.header_hash(before), EVIDENCE)
    entries = [row["name"] for row in rows] if names else None
    full = vdb1.encode_rows(rows, vdb1.FULL, 2, LATER, entries, [None] * 3, None, base)
    if kind == vdb1.FULL:
        return full
    return vdb1.encode_rows(rows, kind, 2, LATER, entries, [None] * 3, vdb1.Bundle(full).root, base)


def golden_next(kind):
    """A day later than the golden bundles: some keys came, some left, one came and left in between; one
    issuer has grown out of its parameters, one has gone, one is new."""
    rows = []
    for k, i in enumerate(golden_issuers()):
        gone, came = i.keys[1:3], [vdb1.key_of(i.id, serial(5000 + m)) for m in range(3)]
        keys = [key for key in i.keys if key not in gone] + came
        if k == 4:  # 65 grow beyond 81
            keys += [vdb1.key_of(i.id, serial(6000 + m)) for m in range(20)]
        since = keys if k < 2 or k == 4 else i.keys + came + [vdb1.key_of(i.id, serial(9999))]
        base_n = len(keys) if k < 2 or k == 4 else len(i.keys)
        i.times = (EVIDENCE + 3600 + 60 * k, EVIDENCE + 3600 + 60 * k + 90000, LATER - 60 * (k % 3))
        if k != 2:
            rows.append(row_of(i, keys, since, base_n))
    one = vdb1.Issuer(b"golden new", bytes([99]) * 20, [serial(m + 1) for m in range(70)], times=(
        EVIDENCE + 1, EVIDENCE + 86401, LATER))
    return golden(kind), follow(golden(kind), rows + [row_of(one, one.keys, one.keys, 70)], kind)


def golden(kind):
    return vdb1.encode(golden_issuers(), kind, 2, EVIDENCE)


def example_next():
    """The example a day later: the first issuer has issued again, with serial 4 in place of 3."""
    one, two = example_issuers()
    one.times = (EVIDENCE + 86400 - 60, EVIDENCE + 2 * 86400 + 3540, LATER)
    keys = [vdb1.key_of(one.id, bytes([k])) for k in (1, 2, 4)]
    return follow(example(), [row_of(one, keys, keys, 3), row_of(two, [], [], 0)], vdb1.HUB)


def golden_parts():
    sources = [(b"https://crl.example/%d" % k, bytes([k]) * 32, number, EVIDENCE - 60 * k,
                b"https://node.example", 1000000 + k)
               for k, number in enumerate((1, None, 2 ** 159 - 1))]
    sources.append((b"http://crl.example/", bytes(32), 0x80, 0, b"", 0))
    records = [(0xFFF1, 0x8000 + k % 2, k, b"CSA0000%dSWC00000-01" % k, device_type, k, k % 4,
                EVIDENCE - k) for k, device_type in enumerate((22, 0xFFFFFFFF, 256, 257, 0))]
    return [(vdb1.PROVENANCE, vdb1.encode_provenance(2, sources)),
            (vdb1.COMPLIANCE, vdb1.encode_compliance(2, records))]


def files():
    """Names and contents of all golden files."""
    full = vdb1.Bundle(golden(vdb1.FULL))
    out = {"vdb1-page-%d.proof" % page: vdb1.proof(full, page) for page in range(full.n_pages)}
    out["vdb1-parts.bundle"] = vdb1.encode(golden_issuers(), vdb1.HUB, 2, EVIDENCE, golden_parts())
    for kind, name in ((vdb1.HUB, "hub"), (vdb1.FULL, "full")):
        before, after = golden_next(kind)
        out["vdb1-%s.bundle" % name] = before
        out["vdb1-next-%s.bundle" % name] = after
        out["vdd1-%s.delta" % name] = vdd1.make(before, after)
    return out


def main():
    """Writes the files that are not there; those that are stay."""
    for name, data in files().items():
        path = os.path.join(HERE, name)
        if not os.path.exists(path):
            with open(path, "xb") as f:
                f.write(data)


def dump(data):
    for at in range(0, len(data), 16):
        print("    %04x  %s" % (at, data[at:at + 16].hex(" ")))


if __name__ == "__main__":
    if sys.argv[1:] == ["example"]:
        dump(example())
    elif sys.argv[1:] == ["example-delta"]:
        dump(vdd1.make(example(), example_next()))
    else:
        main()
