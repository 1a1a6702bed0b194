# SPDX-License-Identifier: Apache-2.0
"""der.py - just enough DER to know what a certificate says about itself.

Owns:          certificate bytes -> subject, issuer, key ids, serial, VID, as the ledger shows them.
Must not know: the ledger's JSON, HTTP, and any code of veridac (a server that shared its reader
               with the client would share its mistakes).
"""
import base64

SEQUENCE, SET, INTEGER, OCTETS, OID = 0x30, 0x31, 0x02, 0x04, 0x06

SUBJECT_KEY_ID, AUTHORITY_KEY_ID = "2.5.29.14", "2.5.29.35"
MATTER_VID, MATTER_PID = "1.3.6.1.4.1.37244.2.1", "1.3.6.1.4.1.37244.2.2"

# How Go's pkix package, and so the ledger, abbreviates attribute types.
ATTRIBUTE_NAMES = {
    "2.5.4.3": "CN", "2.5.4.5": "SERIALNUMBER", "2.5.4.6": "C", "2.5.4.7": "L", "2.5.4.8": "ST",
    "2.5.4.9": "STREET", "2.5.4.10": "O", "2.5.4.11": "OU", "2.5.4.17": "POSTALCODE",
}


class Tlv:
    """One tag-length-value: `der` is all of it, `value` its content."""

    def __init__(self, tag, der, value):
        self.tag, self.der, self.value = tag, der, value

    def children(self):
        found, rest = [], self.value
        while rest:
            child, rest = read(rest)
            found.append(child)
        return found


def read(data):
    """Returns the first Tlv of `data` and the bytes after it."""
    if len(data) < 2:
        raise ValueError("truncated DER")
    tag, length, at = data[0], data[1], 2
    if tag & 0x1F == 0x1F:
        raise ValueError("long tags do not occur in certificates")
    if length == 0x80 or length > 0x84:
        raise ValueError("length of 0x%02x" % length)
    if length > 0x80:
        at += length - 0x80
        length = int.from_bytes(data[2:at], "big")
    if len(data) < at + length:
        raise ValueError("truncated DER")
    return Tlv(tag, data[:at + length], data[at:at + length]), data[at + length:]


def expect(data, tag):
    """The one Tlv that `data` is, which must have this tag."""
    tlv, rest = read(data)
    if tlv.tag != tag or rest:
        raise ValueError("expected one 0x%02x, found 0x%02x and %d more bytes"
                         % (tag, tlv.tag, len(rest)))
    return tlv


def oid_text(value):
    arcs, arc = [], 0
    for octet in value:
        arc = arc << 7 | octet & 0x7F
        if octet < 0x80:
            arcs.append(arc)
            arc = 0
    first = min(arcs[0] // 40, 2)
    return ".".join(str(a) for a in [first, arcs[0] - 40 * first] + arcs[1:])


def attributes(name):
    """[(type as dotted text, Tlv of the value)] of a Name, in its order."""
    return [(oid_text(kind.value), value)
            for rdn in expect(name, SEQUENCE).children()
            for kind, value in (a.children() for a in rdn.children())]


def name_text(name):
    """As the ledger prints it: last attribute first, Matter's attributes as vid=0x and pid=0x."""
    parts = []
    for kind, value in reversed(attributes(name)):
        if kind in (MATTER_VID, MATTER_PID):
            label = "vid" if kind == MATTER_VID else "pid"
            parts.append("%s=0x%s" % (label, value.value.decode("latin-1")))
        elif kind in ATTRIBUTE_NAMES:
            parts.append("%s=%s" % (ATTRIBUTE_NAMES[kind], value.value.decode("utf-8", "replace")))
        else:
            parts.append("%s=#%s" % (kind, value.der.hex()))
    return ",".join(parts)


def name_vid(name):
    """The vendor id of a Name: Matter's attribute, else Mvid: in a CN, else 0."""
    for kind, value in attributes(name):
        if kind == MATTER_VID:
            return int(value.value, 16)
    for kind, value in attributes(name):
        if kind == "2.5.4.3" and b"Mvid:" in value.value:
            return int(value.value.split(b"Mvid:", 1)[1][:4], 16)
    return 0


class Certificate:
    """What one DER certificate says. Nothing is verified: the ledger is not the one that judges."""

    def __init__(self, der):
        self.der = der
        tbs = expect(der, SEQUENCE).children()[0].children()
        if tbs[0].tag == 0xA0:
            tbs = tbs[1:]
        serial, _, issuer, _, subject, _ = tbs[:6]
        self.serial = int.from_bytes(serial.value, "big", signed=True)
        self.issuer, self.subject = issuer.der, subject.der
        self.subject_key_id = self.authority_key_id = b""
        for field in tbs[6:]:
            if field.tag == 0xA3:
                self._read_extensions(expect(field.value, SEQUENCE))

    def _read_extensions(self, extensions):
        for extension in extensions.children():
            fields = extension.children()
            kind, content = oid_text(fields[0].value), fields[-1].value
            if kind == SUBJECT_KEY_ID:
                self.subject_key_id = expect(content, OCTETS).value
            elif kind == AUTHORITY_KEY_ID:
                for part in expect(content, SEQUENCE).children():
                    if part.tag == 0x80:
                        self.authority_key_id = part.value

    @property
    def self_issued(self):
        return self.subject == self.issuer

    def pem(self):
        text = base64.b64encode(self.der).decode()
        lines = [text[i:i + 64] for i in range(0, len(text), 64)]
        return "\n".join(["-----BEGIN CERTIFICATE-----"] + lines + ["-----END CERTIFICATE-----", ""])


def colons(key_id):
    """Key ids as the certificate endpoints write them: 5A:88:..."""
    return ":".join("%02X" % octet for octet in key_id)
