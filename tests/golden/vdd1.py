# SPDX-License-Identifier: Apache-2.0
"""VDD1 written and read from docs/FORMAT.md alone: what the library does is compared with this."""
import collections
import struct

import vdb1

M32 = (1 << 32) - 1


class Writer:
    def __init__(self):
        self.bits = []

    def word(self, width, v):
        self.bits += [v >> k & 1 for k in range(width)]

    def unary(self, n):
        self.bits += [0] * n + [1]

    def align(self):
        self.bits += [0] * (-len(self.bits) % 8)

    def octets(self, data):
        assert len(self.bits) % 8 == 0
        for octet in data:
            self.word(8, octet)

    def number(self, k, v):
        z = 0
        while v - ((1 << k + z) - (1 << k)) >= 1 << k + z:
            z += 1
        self.unary(z)
        self.word(k + z, v - ((1 << k + z) - (1 << k)))

    def bytes(self):
        return bytes(sum(bit << k for k, bit in enumerate(self.bits[i:i + 8]))
                     for i in range(0, len(self.bits), 8))


class Reader:
    def __init__(self, data):
        self.data, self.at = data, 0

    def word(self, width):
        v = 0
        for k in range(width):
            v |= (self.data[self.at // 8] >> self.at % 8 & 1) << k
            self.at += 1
        return v

    def unary(self):
        n = 0
        while not self.word(1):
            n += 1
        return n

    def align(self):
        assert self.word(-self.at % 8) == 0

    def octets(self, n):
        assert self.at % 8 == 0
        out = self.data[self.at // 8:self.at // 8 + n]
        assert len(out) == n
        self.at += 8 * n
        return out

    def number(self, k):
        z = self.unary()
        return self.word(k + z) + (1 << k + z) - (1 << k)

    def end(self):
        assert self.at == 8 * len(self.data), "something follows"


def parameter(room, count):
    return max((room // (count + 1)).bit_length() - 1, 0)


def number_size(k, v):
    w = Writer()
    w.number(k, v)
    return len(w.bits)


class Gaps:
    """Numbers one after the other: places (distinct) or values."""

    def __init__(self, r, distinct):
        self.r, self.distinct, self.low = r, distinct, 0

    def write(self, w, v):
        w.unary(v - self.low >> self.r)
        w.word(self.r, v - self.low & (1 << self.r) - 1)
        self.low = v + self.distinct

    def read(self, r):
        high = r.unary()
        v = self.low + (high << self.r | r.word(self.r))
        self.low = v + self.distinct
        return v


def places(n, count):
    return Gaps(parameter(n - count, count), True)


def values(width, count):
    return Gaps(parameter((1 << width) - 1, count), False)


def write_all(w, gaps, numbers):
    for v in numbers:
        gaps.write(w, v)


def read_all(r, gaps, count):
    return [gaps.read(r) for _ in range(count)]


# ---- columns ----

def write_column(w, column):
    counts = collections.Counter(column)
    common = min(counts, key=lambda v: (-counts[v], v)) if column else 0
    others = [(at, v) for at, v in enumerate(column) if v != common]
    w.number(0, common)
    w.number(0, len(others))
    if not others:
        return
    coded = [v - (v > common) for _, v in others]
    k = min(range(32), key=lambda k: (sum(number_size(k, v) for v in coded), k))
    w.word(5, k)
    gaps = places(len(column), len(others))
    for (at, _), v in zip(others, coded):
        gaps.write(w, at)
        w.number(k, v)


def read_column(r, n):
    common, count = r.number(0), r.number(0)
    column = [common] * n
    if count:
        k = r.word(5)
        gaps = places(n, count)
        for _ in range(count):
            at, v = gaps.read(r), r.number(k)
            column[at] = v + (v >= common)
    return column


def fold(d):
    d &= M32
    return 2 * d if d < 1 << 31 else 2 * ((1 << 32) - d) - 1


def unfold(v):
    return v // 2 if v % 2 == 0 else -(v + 1) // 2


# ---- a bundle as rows, values and lines ----

def state_of(row):
    return 0 if row["complete"] else 1 + row["reason"]


def expected(old, this_update):
    """next_update when this_update has moved."""
    if old["next_update"] in (0, M32):
        return old["next_update"]
    return old["next_update"] + this_update - old["this_update"]


def exact(bundle, row):
    return bundle.kind == vdb1.FULL or row["base_n"] < 64


def lines_of(bundle, row):
    if row["base_n"] < 64:
        return []
    data = bundle.sections[vdb1.LINES]
    return [int.from_bytes(data[64 * k:64 * k + 64], "little")
            for k in range(row["at"], row["at"] + row["extent"])]


def set_bits(lines, width, numbers):
    for v in numbers:
        line, bits = vdb1.probes(v << 64 - width, len(lines))
        for bit in bits:
            lines[line] |= 1 << bit


def split(old, new):
    """Ranks in old that left, values that came; of equal ones the last leave."""
    have, ranks = collections.Counter(new), []
    for rank, v in enumerate(old):
        if have[v]:
            have[v] -= 1
        else:
            ranks.append(rank)
    return ranks, sorted(have.elements())


def is_anew(a, b, old, new):
    if old is None or old["base_n"] != new["base_n"]:
        return True
    return any(x & ~y for x, y in zip(lines_of(a, old), lines_of(b, new)))


# ---- making ----

def make(from_bytes, to_bytes):
    a, b = vdb1.Bundle(from_bytes), vdb1.Bundle(to_bytes)
    base = a.base if any(a.base) else vdb1.header_hash(from_bytes)
    w = Writer()
    w.octets(b"VDD1" + struct.pack("<BBHqQ", b.network, b.kind, 0, b.evidence_time, len(to_bytes)) +
             base + vdb1.header_hash(from_bytes) + vdb1.header_hash(to_bytes))
    if b.kind == vdb1.HUB:
        w.octets(b.root)
    old = {row["id"]: row for row in a.rows}
    new = {row["id"]: row for row in b.rows}
    kept = [i for i in sorted(old) if i in new]
    write_rows(w, a, b, old, new, kept)
    write_parts(w, a, b, [i for i in sorted(new) if i not in old])
    write_body(w, a, b, old, new)
    w.align()
    return w.bytes()


def changes(a, b, old, new):
    """(ranks, values) of a row; in kind hub with filter only how many."""
    anew = is_anew(a, b, old, new)
    if exact(b, new):
        return split([] if anew else a.values(old), b.values(new))
    d = new["n"] - (0 if anew else old["n"])
    return range(max(-d, 0)), range(max(d, 0))


def write_rows(w, a, b, old, new, kept):
    gone = [k for k, i in enumerate(sorted(old)) if i not in new]
    again = [k for k, i in enumerate(kept) if is_anew(a, b, old[i], new[i])]
    w.number(8, len(old))
    w.number(0, len(gone))
    write_all(w, places(len(old), len(gone)), gone)
    w.number(0, len(again))
    write_all(w, places(len(kept), len(again)), again)
    for k in again:
        w.number(8, new[kept[k]]["base_n"])
    pairs = [(old[i], new[i]) for i in kept]
    write_column(w, [fold(state_of(n) - state_of(o)) for o, n in pairs])
    write_column(w, [fold(n["this_update"] - o["this_update"]) for o, n in pairs])
    write_column(w, [fold(n["next_update"] - expected(o, n["this_update"])) for o, n in pairs])
    write_column(w, [fold(n["last_ok"] - o["last_ok"]) for o, n in pairs])
    keys = [changes(a, b, o, n) for o, n in pairs]
    write_column(w, [len(ranks) for ranks, _ in keys])
    write_column(w, [len(came) for _, came in keys])
    fresh = [new[i] for i in sorted(new) if i not in old]
    w.number(0, len(fresh))
    for row in fresh:
        for octet in row["id"]:
            w.word(8, octet)
        w.word(8, state_of(row))
        for name in ("this_update", "next_update", "last_ok"):
            w.word(32, row[name])
        w.number(8, row["base_n"])
        w.number(8, row["n"])


def write_parts(w, a, b, fresh):
    anew, merged = [], False
    for part in (vdb1.NAMES, 8, 9):
        mode = 0
        if part in b.sections:
            mode = 2
            if part in a.sections and part == vdb1.NAMES:
                mode, merged = 3, True
            elif part in a.sections and a.sections[part] == b.sections[part]:
                mode = 1
        w.word(2, mode)
        if mode == 2:
            w.number(12, len(b.sections[part]))
            anew.append(b.sections[part])
    w.align()
    names = dict(zip([row["id"] for row in b.rows], b.names())) if merged else {}
    for i in fresh if merged else []:
        w.octets(struct.pack("<H", len(names[i])) + names[i])
    for data in anew:
        w.octets(data)


def write_body(w, a, b, old, new):
    lines, target, raw = [], [], b""
    for i in sorted(new):
        row, was = new[i], old.get(i)
        anew = is_anew(a, b, was, row)
        now = [0] * len(lines_of(b, row)) if anew else lines_of(a, was)
        if exact(b, row):
            width = vdb1.Params(row["base_n"]).width
            ranks, came = changes(a, b, was, row)
            write_all(w, places(0 if anew else was["n"], len(ranks)), ranks)
            write_all(w, values(width, len(came)), came)
            if now:
                set_bits(now, width, came)
        elif anew:
            now = lines_of(b, row)
            raw += b"".join(line.to_bytes(64, "little") for line in now)
        lines += now
        target += lines_of(b, row)
    if raw:
        w.align()
        w.octets(raw)
    todo = [k for k, (x, y) in enumerate(zip(lines, target)) if x != y]
    w.number(8, len(todo))
    gaps = places(len(lines), len(todo))
    for k in todo:
        gaps.write(w, k)
        off = [bit for bit in range(512) if not lines[k] >> bit & 1]
        which = [at for at, bit in enumerate(off) if target[k] >> bit & 1]
        w.number(1, len(which) - 1)
        write_all(w, places(len(off), len(which)), which)


# ---- reading ----

class Delta:
    """What a delta says, read beside the bundle that it starts from."""

    def __init__(self, from_bytes, data):
        a = vdb1.Bundle(from_bytes)
        self.a = a
        assert data[:4] == b"VDD1"
        (self.network, self.kind, zero, self.evidence_time,
         self.size) = struct.unpack("<BBHqQ", data[4:24])
        assert zero == 0 and (self.network, self.kind) == (a.network, a.kind)
        self.base, from_hash, self.to = data[24:56], data[56:88], data[88:120]
        assert from_hash == vdb1.header_hash(from_bytes) != self.to
        r = Reader(data[120:])
        self.root = r.octets(32) if self.kind == vdb1.HUB else None
        self.read_rows(r)
        self.read_parts(r)
        self.read_body(r)
        r.align()
        r.end()

    def read_rows(self, r):
        old = sorted(self.a.rows, key=lambda row: row["id"])
        assert r.number(8) == len(old)
        count = r.number(0)
        self.gone = read_all(r, places(len(old), count), count)
        kept = [row for k, row in enumerate(old) if k not in self.gone]
        count = r.number(0)
        self.again = read_all(r, places(len(kept), count), count)
        base_n = {k: r.number(8) for k in self.again}
        self.columns = [read_column(r, len(kept)) for _ in range(6)]
        self.rows = []
        for k, (o, state, this, following, ok, less, more) in enumerate(zip(kept, *self.columns)):
            row = {"id": o["id"], "old": o, "anew": k in base_n, "less": less, "more": more,
                   "base_n": base_n.get(k, o["base_n"]),
                   "state": state_of(o) + unfold(state) & M32,
                   "this_update": o["this_update"] + unfold(this) & M32,
                   "last_ok": o["last_ok"] + unfold(ok) & M32}
            row["next_update"] = expected(o, row["this_update"]) + unfold(following) & M32
            row["n"] = (0 if row["anew"] else o["n"] - less) + more
            self.rows.append(row)
        self.fresh = []
        for _ in range(r.number(0)):
            row = {"id": bytes(r.word(8) for _ in range(16)), "old": None, "anew": True, "less": 0,
                   "state": r.word(8), "this_update": r.word(32), "next_update": r.word(32),
                   "last_ok": r.word(32), "base_n": r.number(8), "n": r.number(8)}
            row["more"] = row["n"]
            self.fresh.append(row)
        self.rows = sorted(self.rows + self.fresh, key=lambda row: row["id"])

    def read_parts(self, r):
        self.modes, sizes = [], {}
        for part in range(3):
            self.modes.append(r.word(2))
            if self.modes[-1] == 2:
                sizes[part] = r.number(12)
        r.align()
        for row in self.fresh if self.modes[0] == 3 else []:
            row["name"] = r.octets(r.word(16))
        self.anew = {part: r.octets(size) for part, size in sizes.items()}

    def read_body(self, r):
        self.lines = []
        for row in self.rows:
            p = vdb1.Params(row["base_n"])
            row["lines"] = [0] * p.lines if row["anew"] else lines_of(self.a, row["old"])
            row["exact"] = exact(self.a, row)
            if row["exact"]:
                have = [] if row["anew"] else self.a.values(row["old"])
                ranks = read_all(r, places(len(have), row["less"]), row["less"])
                came = read_all(r, values(p.width, row["more"]), row["more"])
                row["values"] = sorted([v for k, v in enumerate(have) if k not in ranks] + came)
                if p.lines:
                    set_bits(row["lines"], p.width, came)
        for row in self.rows:
            if row["anew"] and not row["exact"]:
                r.align()
                row["lines"] = [int.from_bytes(r.octets(64), "little") for _ in row["lines"]]
        where = [(row["lines"], k) for row in self.rows for k in range(len(row["lines"]))]
        count = r.number(8)
        gaps = places(len(where), count)
        for _ in range(count):
            lines, k = where[gaps.read(r)]
            off = [bit for bit in range(512) if not lines[k] >> bit & 1]
            bits = r.number(1) + 1
            for at in read_all(r, places(len(off), bits), bits):
                lines[k] |= 1 << off[at]

    def names(self):
        if self.modes[0] == 3:
            have = dict(zip([row["id"] for row in self.a.rows], self.a.names()))
            have.update((row["id"], row["name"]) for row in self.fresh)
            return [have[row["id"]] for row in self.rows]
        return None

    def part(self, k):
        if self.modes[k] == 1:
            return self.a.sections[vdb1.NAMES + k]
        return self.anew.get(k)


def apply(from_bytes, data):
    """The target."""
    d = Delta(from_bytes, data)
    target = vdb1.encode_rows(d.rows, d.kind, d.network, d.evidence_time, d.names(),
                              [d.part(k) for k in range(3)], d.root, (d.base, d.a.base_time))
    assert len(target) == d.size and vdb1.header_hash(target) == d.to
    return target
