# SPDX-License-Identifier: Apache-2.0
"""VDB1 written and read from docs/FORMAT.md alone: what the library does is compared with this."""
import hashlib
import struct

HUB, FULL = 1, 2
COVERAGE, LISTS, LINES, PAGES, CODES, TREE, NAMES, PROVENANCE, COMPLIANCE = range(1, 10)
M64 = (1 << 64) - 1


def sha256(data):
    return hashlib.sha256(data).digest()


def log2up(n):
    return max(n - 1, 0).bit_length()


def issuer_id(name, key_id):
    return sha256(b"veridac-issuer-v1" + struct.pack("<H", len(name)) + name +
                  bytes([len(key_id)]) + key_id)[:16]


def key_of(issuer, serial):
    return int.from_bytes(sha256(issuer + bytes([len(serial)]) + serial)[:8], "big")


class Params:
    def __init__(self, base_n):
        self.width = min(64, 40 + log2up(base_n))
        self.list = base_n < 64
        self.page_bits = 0 if self.list else log2up(-(-base_n // 448))
        self.lines = 0 if self.list else -(-10 * base_n // 512)


# ---- codes ----

def encode_page(values):
    front, bits, last = b"", [], 0
    for value in values:
        gap = value - last
        front += struct.pack("<Q", gap & (1 << 40) - 1)[:5]
        bits += [0] * (gap >> 40) + [1]
        last = value
    bits += [0] * (-len(bits) % 8)
    octets = [sum(bit << k for k, bit in enumerate(bits[i:i + 8])) for i in range(0, len(bits), 8)]
    return front + bytes(reversed(octets))


def decode_page(page):
    values, last, zeros, used = [], 0, 0, 0
    while 5 * len(values) + used < len(page):
        octet = page[len(page) - 1 - used]
        used += 1
        for k in range(8):
            if not octet >> k & 1:
                zeros += 1
                continue
            at = 5 * len(values)
            assert at + 5 + used <= len(page), "planes overlap"
            last += zeros << 40 | int.from_bytes(page[at:at + 5], "little")
            values.append(last)
            zeros = 0
    assert not page or zeros < 8, "an octet without a one"
    return values


def split(keys, p):
    """Values of each page."""
    pages = [[] for _ in range(1 << p.page_bits)]
    for key in sorted(keys):
        pages[key >> 64 - p.page_bits].append((key >> 64 - p.width) & (1 << p.width - p.page_bits) - 1)
    return pages


# ---- the filter ----

def mix(x):
    x = (x ^ x >> 30) * 0xbf58476d1ce4e5b9 & M64
    x = (x ^ x >> 27) * 0x94d049bb133111eb & M64
    return x ^ x >> 31


def probes(key, lines):
    h = mix((key >> 24) + 0x9e3779b97f4a7c15 & M64)
    g = mix(h)
    return (h >> 32) * lines >> 32, [g >> 9 * k & 511 for k in range(6)]


def encode_lines(keys, lines):
    out = bytearray(64 * lines)
    for key in keys:
        line, bits = probes(key, lines)
        for bit in bits:
            out[64 * line + bit // 8] |= 1 << bit % 8
    return bytes(out)


# ---- the tree ----

def tree(pages):
    """(section, root)"""
    level = [sha256(b"\0" + page) for page in pages]
    out = b"".join(level)
    while len(level) > 16:
        level = [sha256(b"\1" + b"".join(level[i:i + 16])) for i in range(0, len(level), 16)]
        out += b"".join(level)
    return out, sha256(b"\2" + struct.pack("<I", len(pages)) + b"".join(level))


def proof(bundle, page):
    """Page number `page` of a bundle of kind full, with the hashes up to the root."""
    data = bundle.pages()[page]
    level = [sha256(b"\0" + p) for p in bundle.pages()]
    out, at = struct.pack("<I", len(data)) + b"\0" + data, page
    while len(level) > 16:
        first = at - at % 16
        out += b"\1" + b"".join(level[first:first + 16])
        level = [sha256(b"\1" + b"".join(level[i:i + 16])) for i in range(0, len(level), 16)]
        at //= 16
    return out + b"\2" + struct.pack("<I", bundle.n_pages) + b"".join(level)


# ---- parts ----

def encode_provenance(network, sources):
    """sources: (url, sha256, number, time, node, height)"""
    out = b"VDP1" + struct.pack("<B3xI4x", network, len(sources))
    for url, digest, number, time, node, height in sorted(sources):
        n = number.to_bytes(20, "big").lstrip(b"\0") if number is not None else b""
        out += digest + struct.pack("<qQB", time, height, len(n)) + n
        out += struct.pack("<H", len(url)) + url + struct.pack("<H", len(node)) + node
    return out


def encode_compliance(network, records):
    """records: (vid, pid, software version, certificate id, device type, cd version, status, date)"""
    out = b"VDC1" + struct.pack("<B3xI4x", network, len(records))
    for vid, pid, version, name, device_type, cd_version, status, date in sorted(records):
        out += struct.pack("<HHIIHBxq19s5x", vid, pid, version, device_type, cd_version, status, date,
                           name)
    return out


# ---- the file ----

class Issuer:
    def __init__(self, name, key_id, serials=(), reason=0, times=(0, 0, 0), keys=None):
        self.name, self.key_id, self.reason, self.times = name, key_id, reason, times
        self.id = issuer_id(name, key_id)
        self.keys = sorted(key_of(self.id, s) for s in serials) if keys is None else sorted(keys)


def encode(issuers, kind, network, evidence_time, parts=()):
    """A base. `times` are this_update, next_update, last_ok; parts: (number, octets)."""
    issuers = sorted(issuers, key=lambda i: i.id)
    rows = lists = lines = b""
    pages, ends, names = [], [0], b""
    name_ends = [0]
    for i in issuers:
        p = Params(len(i.keys))
        if p.list:
            page = encode_page(split(i.keys, p)[0])
            where = (len(page), len(lists), 0)
            lists += page
        else:
            where = (p.lines, len(lines) // 64, len(pages))
            lines += encode_lines(i.keys, p.lines)
            for values in split(i.keys, p):
                pages.append(encode_page(values))
                ends.append(ends[-1] + len(pages[-1]))
        last_ok = 0 if i.times[2] == evidence_time else i.times[2]
        rows += i.id + struct.pack("<8I5B3x", len(i.keys), len(i.keys), *where, *i.times[:2],
                                   last_ok, i.reason == 0, i.reason, p.width, 40, p.page_bits)
        names += bytes([len(i.key_id)]) + i.key_id + i.name
        name_ends.append(len(names))
    nodes, root = tree(pages)
    coverage = root + struct.pack("<2I24x", len(issuers), len(pages)) + rows
    sections = [(COVERAGE, coverage), (LISTS, lists), (LINES, lines)]
    if kind == FULL:
        sections += [(PAGES, struct.pack("<%dI" % len(ends), *ends)), (CODES, b"".join(pages)),
                     (TREE, nodes)]
    sections.append((NAMES, struct.pack("<%dI" % len(name_ends), *name_ends) + names))
    return encode_file(sections + list(parts), kind, network, evidence_time)


def encode_rows(rows, kind, network, evidence_time, names, parts, root, base):
    """A bundle that stands on a base: (header_hash, time). Rows as a delta gives them, ascending:
    `values` where there is a list or (kind full) pages, `lines` of the filter as numbers; `parts` are
    names, provenance and compliance as they are, of names the entries in place of it."""
    table = lists = lines = b""
    pages, ends, n_pages = [], [0], 0
    for row in rows:
        p = Params(row["base_n"])
        if p.list:
            page = encode_page(row["values"])
            where = (len(page), len(lists), 0)
            lists += page
        else:
            where = (p.lines, len(lines) // 64, n_pages)
            n_pages += 1 << p.page_bits
            lines += b"".join(line.to_bytes(64, "little") for line in row["lines"])
            for page in split([v << 64 - p.width for v in row["values"]], p) if kind == FULL else []:
                pages.append(encode_page(page))
                ends.append(ends[-1] + len(pages[-1]))
        table += row["id"] + struct.pack(
            "<8I5B3x", row["n"], row["base_n"], *where, row["this_update"], row["next_update"],
            row["last_ok"], row["state"] == 0, max(row["state"] - 1, 0), p.width, 40, p.page_bits)
    nodes, own_root = tree(pages)
    coverage = (own_root if kind == FULL else root) + struct.pack("<2I24x", len(rows), n_pages) + table
    sections = [(COVERAGE, coverage), (LISTS, lists), (LINES, lines)]
    if kind == FULL:
        sections += [(PAGES, struct.pack("<%dI" % len(ends), *ends)), (CODES, b"".join(pages)),
                     (TREE, nodes)]
    if names is not None:
        at = [sum(len(name) for name in names[:k]) for k in range(len(names) + 1)]
        parts = [struct.pack("<%dI" % len(at), *at) + b"".join(names)] + parts[1:]
    sections += [(NAMES + k, part) for k, part in enumerate(parts) if part is not None]
    return encode_file(sections, kind, network, evidence_time, base)


def header_hash(data):
    end = 64 + 64 * data[6]
    return data[end:end + 32]


def encode_file(sections, kind, network, evidence_time, base=None):
    directory, body = b"", b""
    start = 64 + 64 * len(sections) + 32
    for number, data in sections:
        body += bytes(-(start + len(body)) % 64)
        directory += struct.pack("<2I2Q32s8x", number, number <= CODES, start + len(body),
                                 len(data), sha256(data))
        body += data
    base, base_time = base or (bytes(32), evidence_time)
    head = b"VDB1" + struct.pack("<4Bqqq", network, kind, len(sections), 0, evidence_time,
                                 start + len(body), base_time) + base + directory
    return head + sha256(head) + body


class Bundle:
    """Reads a bundle and asserts what FORMAT.md says of it."""

    def __init__(self, data):
        assert data[:4] == b"VDB1"
        (self.network, self.kind, n, zero, self.evidence_time, size,
         self.base_time) = struct.unpack("<4Bqqq", data[4:32])
        assert zero == 0 and size == len(data) and n <= 16
        self.base = data[32:64]
        end = 64 + 64 * n
        assert sha256(data[:end]) == data[end:end + 32]
        self.sections = {}
        at, last = end + 32, 0
        for k in range(n):
            entry = data[64 + 64 * k:128 + 64 * k]
            number, flags, offset, size, digest = struct.unpack("<2I2Q32s8x", entry)
            assert number > last and offset == at + -at % 64 and not any(data[at:offset])
            assert flags == (number <= CODES) and not any(entry[56:])
            self.sections[number] = data[offset:offset + size]
            assert len(self.sections[number]) == size and sha256(self.sections[number]) == digest
            at, last = offset + size, number
        assert at == len(data)
        self.read_rows()

    def read_rows(self):
        coverage = self.sections[COVERAGE]
        self.root = coverage[:32]
        n, self.n_pages = struct.unpack("<2I24x", coverage[32:64])
        assert len(coverage) == 64 + 56 * n
        self.rows = []
        for k in range(n):
            row = coverage[64 + 56 * k:120 + 56 * k]
            self.rows.append(dict(zip(
                ("id", "n", "base_n", "extent", "at", "page", "this_update", "next_update",
                 "last_ok", "complete", "reason", "width", "rice", "page_bits"),
                struct.unpack("<16s8I5B3x", row))))

    def pages(self):
        ends = struct.unpack("<%dI" % (self.n_pages + 1), self.sections[PAGES])
        return [self.sections[CODES][a:b] for a, b in zip(ends, ends[1:])]

    def names(self):
        """The entries: u8 size, key id, Name DER."""
        names, n = self.sections[NAMES], len(self.rows)
        ends = struct.unpack("<%dI" % (n + 1), names[:4 * n + 4])
        return [names[4 * n + 4 + x:4 * n + 4 + y] for x, y in zip(ends, ends[1:])]

    def values(self, row):
        """The top w bits of all keys of an issuer."""
        if row["base_n"] < 64:
            at = row["at"]
            return decode_page(self.sections[LISTS][at:at + row["extent"]])
        out = []
        for k in range(1 << row["page_bits"]):
            high = k << row["width"] - row["page_bits"]
            out += [high | v for v in decode_page(self.pages()[row["page"] + k])]
        return out

    def filter_says(self, row, key):
        line, bits = probes(key, row["extent"])
        at = 64 * (row["at"] + line)
        data = self.sections[LINES][at:at + 64]
        return all(data[bit // 8] >> bit % 8 & 1 for bit in bits)
