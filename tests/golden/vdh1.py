# SPDX-License-Identifier: Apache-2.0
"""VDH1 written and read from docs/FORMAT-documents.md alone: the library is compared with this."""
import hashlib
import struct
import subprocess

ROOT, TRUST, HEAD, INDEX = 1, 2, 3, 4
P256, ED25519 = 1, 2
HUB, FULL, TRUST_LIST, NAMES, PROVENANCE, COMPLIANCE, HUB_DELTA, FULL_DELTA, INDEX_REF, RULES = \
    range(1, 11)
ROOT_KEY, TRUST_KEY, HEAD_KEY = 1, 2, 4
PAA, CD_SIGNER = 1, 2
TRUSTED, WITHDRAWN = 1, 2


def sha256(data):
    return hashlib.sha256(data).digest()


def frame(kind, body, number, created, expires, network=2, feed=b"test", epoch=1):
    return (b"VDH1" + struct.pack("<BBH", kind, network, 0) + feed.ljust(16, b"\0") +
            struct.pack("<IIQqqQ", epoch, len(body), number, created, expires, 0) + body)


def key_id(algorithm, key):
    return sha256(struct.pack("<H", algorithm) + key)[:16]


def signed(message, signatures=()):
    """signatures: (algorithm, public key octets, 64 octets)"""
    rows = sorted((key_id(a, k), a, s) for a, k, s in signatures)
    return message + struct.pack("<HH", len(rows), 0) + b"".join(
        struct.pack("<HH", a, len(s)) + i + s for i, a, s in rows)


def root_body(keys, thresholds=(1, 1, 1), head_until=0):
    """keys: (algorithm, public key octets, roles)"""
    return (struct.pack("<qBBBBI", head_until, *thresholds, len(keys), 0) + b"".join(
        struct.pack("<HHB3x", a, len(k), roles) + k for a, k, roles in sorted(keys)))


def trust_body(entries, network=2):
    """entries: (kind, state, certificate)"""
    rows = sorted((kind, der, state) for kind, state, der in entries)
    return struct.pack("<II", len(rows), 0) + b"".join(
        struct.pack("<BBBBI", kind, network, state, 0, len(der)) + der for kind, der, state in rows)


def head_body(next_publish, root_version, trust_version, refs):
    """refs: {type: (size, SHA-256) or the file itself}"""
    body = struct.pack("<qIIII", next_publish, root_version, trust_version, len(refs), 0)
    for kind, ref in sorted(refs.items()):
        size, digest = ref if isinstance(ref, tuple) else (len(ref), sha256(ref))
        body += struct.pack("<IIQ", kind, 0, size) + digest
    return body


def index_body(base, entries):
    """entries: (kind, from, to, file or b"")"""
    body = struct.pack("<QII", base, len(entries), 0)
    for kind, start, to, data in sorted(entries, key=lambda e: (e[0], e[2], e[1])):
        body += struct.pack("<IIQQQ", kind, 0, start, to, len(data)) + \
            (sha256(data) if data else bytes(32))
    return body


class Document:
    """What a reader takes from the bytes; nothing is checked beyond what reading needs."""

    def __init__(self, data):
        assert data[:4] == b"VDH1"
        self.kind, self.network, _ = struct.unpack_from("<BBH", data, 4)
        self.feed = data[8:24].rstrip(b"\0")
        self.epoch, size, self.number, self.created, self.expires, _ = \
            struct.unpack_from("<IIQqqQ", data, 24)
        self.message, rest = data[:64 + size], data[64 + size:]
        self.body = self.message[64:]
        count, _ = struct.unpack_from("<HH", rest)
        rest, self.signatures = rest[4:], []
        for _ in range(count):
            algorithm, size = struct.unpack_from("<HH", rest)
            self.signatures.append((algorithm, rest[4:20], rest[20:20 + size]))
            rest = rest[20 + size:]
        assert not rest

    def refs(self):
        """{type: (size, SHA-256)} of a head."""
        n, = struct.unpack_from("<I", self.body, 16)
        rows = [struct.unpack_from("<IIQ32s", self.body, 24 + 48 * i) for i in range(n)]
        return {kind: (size, digest) for kind, _, size, digest in rows}

    def versions(self):
        return struct.unpack_from("<II", self.body, 8)

    def entries(self):
        """[(kind, network, state, certificate)] of a trust list."""
        n, _ = struct.unpack_from("<II", self.body)
        at, found = 8, []
        for _ in range(n):
            kind, network, state, _, size = struct.unpack_from("<BBBBI", self.body, at)
            found.append((kind, network, state, self.body[at + 8:at + 8 + size]))
            at += 8 + size
        return found


# ---- keys in files, by the openssl program ----

def openssl(*args, stdin=b""):
    return subprocess.run(["openssl", *args], input=stdin, stdout=subprocess.PIPE,
                          stderr=subprocess.DEVNULL, check=True).stdout


def public_octets(private):
    """(algorithm, octets) of a key pair in a file."""
    der = openssl("pkey", "-in", private, "-pubout", "-outform", "DER")
    return (ED25519, der[-32:]) if len(der) == 44 else (P256, der[-65:])


def der_to_raw(der):
    raw, at = b"", 2
    for _ in range(2):
        size = der[at + 1]
        raw += der[at + 2:at + 2 + size].lstrip(b"\0").rjust(32, b"\0")
        at += 2 + size
    return raw


def sign(message, *keys):
    """The whole document, signed by the P-256 keys in these files."""
    rows = []
    for key in keys:
        algorithm, octets = public_octets(key)
        assert algorithm == P256
        rows.append((algorithm, octets,
                     der_to_raw(openssl("dgst", "-sha256", "-sign", key, stdin=message))))
    return signed(message, rows)
