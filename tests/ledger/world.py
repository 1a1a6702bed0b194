# SPDX-License-Identifier: Apache-2.0
"""world.py - a world folder -> the records that the ledger shows.

Owns:          ledger.json and the files that it names; the objects of the DCL's pki module.
Must not know: HTTP, paging, which answer a scenario wants to spoil.
"""
import base64
import hashlib
import json
import os

from compliance import Compliance
from der import Certificate, colons, name_text, name_vid


def b64(data):
    return base64.b64encode(data).decode()


def account(who):
    """Something that looks like a ledger account; the same name gives the same account."""
    alphabet = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"
    return "cosmos1" + "".join(alphabet[octet % 32] for octet in
                               hashlib.sha512(who.encode()).digest()[:38])


def grant(who, time):
    return {"address": account(who), "time": str(time), "info": "", "schemaVersion": 0}


class Groups:
    """Certificates by (subject, key id), as ApprovedCertificates and its siblings keep them."""

    def __init__(self):
        self.by_id = {}

    def add(self, record):
        key = (record["subject"], record["subjectKeyId"])
        self.by_id.setdefault(key, []).append(record)

    def get(self, subject, key_id):
        certs = self.by_id.get((subject, key_id))
        return certs and group(subject, key_id, certs)

    def by_key_id(self, key_id):
        """All subjects mixed in one group with an empty subject: that is what the ledger does."""
        certs = [c for (_, k), all_ in sorted(self.by_id.items()) if k == key_id for c in all_]
        return certs and group("", key_id, certs)

    def key_ids(self, subject):
        return [k for (s, k) in self.by_id if s == subject]

    def rows(self):
        """[(store key, group)] in the order of the store."""
        return in_store_order((("%s/%s/" % (s, k)).encode(), group(s, k, certs))
                              for (s, k), certs in self.by_id.items())


def group(subject, key_id, certs):
    return {"subject": subject, "subjectKeyId": key_id, "certs": certs, "schemaVersion": 0}


class World:
    """The records of one world. `url` is where its CRLs are served."""

    def __init__(self, folder=None, url=""):
        self.folder, self.url = folder, url
        self.root_ids, self.revoked_root_ids = [], []
        self.approved, self.revoked = Groups(), Groups()
        self.children = {}   # (issuer, authority key id) -> [certificate identifier]
        self.points = []     # in the order in which they were registered
        self.crls = {}       # path of a URL -> file
        self.compliance = Compliance()
        if folder is not None:
            self._load()

    def _load(self):
        with open(self.path("ledger.json"), encoding="utf-8") as file:
            told = json.load(file)
        roots = [self._certificate(row) for row in told.get("root_certificates", [])]
        for row, cert in zip(told.get("root_certificates", []), roots):
            self._approve_root(cert, row.get("vid", 0))
        issuers = list(roots)
        others = [self._certificate(row) for row in told.get("certificates", [])]
        issuers += others
        for cert in others:
            self._approve(cert, issuers)
        for row in told.get("revoked_certificates", []):
            self._revoke(self._certificate(row), issuers, row.get("vid", 0))
        for row in told.get("revocation_points", []):
            self.points.append(self._point(row))
        self.crls = dict(told.get("crls", {}))
        self.compliance = Compliance(told)

    def path(self, name):
        return os.path.join(self.folder, name)

    def _certificate(self, row):
        with open(self.path(row["file"]), "rb") as file:
            der = file.read()
        try:
            return Certificate(der)
        except (ValueError, IndexError) as error:
            raise ValueError("%s: not a DER certificate: %s" % (row["file"], error)) from error

    def _approve_root(self, cert, vid):
        record = root_record(cert, vid)
        self.approved.add(record)
        remember(self.root_ids, identifier(record))

    def _approve(self, cert, issuers):
        record = leaf_record(cert, find_root(cert, issuers))
        self.approved.add(record)
        key = (record["issuer"], record["authorityKeyId"])
        remember(self.children.setdefault(key, []), identifier(record))

    def _revoke(self, cert, issuers, vid):
        if cert.self_issued:
            record = root_record(cert, vid)
            remember(self.revoked_root_ids, identifier(record))
        else:
            record = leaf_record(cert, find_root(cert, issuers))
        self.revoked.add(record)

    def _point(self, row):
        signer = self._certificate({"file": row["signer_file"]})
        delegator = row.get("delegator_file")
        return {
            "vid": row["vid"],
            "label": row["label"],
            "issuerSubjectKeyID": row["issuer_key_id"],
            "pid": row.get("pid", 0),
            "isPAA": row["is_paa"],
            "crlSignerCertificate": signer.pem(),
            "dataURL": self.url + row["url_path"],
            "dataFileSize": "0",
            "dataDigest": "",
            "dataDigestType": 0,
            "revocationType": 1,
            "schemaVersion": 0,
            "crlSignerDelegator": self._certificate({"file": delegator}).pem() if delegator else "",
        }

    def point_rows(self):
        """[(store key, point)] in the order of the store: VID in eight octets, label, key id."""
        return in_store_order((p["vid"].to_bytes(4, "big") + b"\0\0\0\0/"
                               + ("%s/%s/" % (p["label"], p["issuerSubjectKeyID"])).encode(), p)
                              for p in self.points)

    def points_of(self, key_id):
        return [p for p in self.points if p["issuerSubjectKeyID"] == key_id]


def in_store_order(rows):
    return sorted(rows, key=lambda row: row[0])


def remember(ids, one):
    if one not in ids:
        ids.append(one)


def identifier(record):
    return {"subject": record["subject"], "subjectKeyId": record["subjectKeyId"]}


def find_root(cert, issuers):
    """Climbs by name and key id; the certificate where the climb ends."""
    seen = []
    while not cert.self_issued and cert not in seen:
        seen.append(cert)
        for issuer in issuers:
            if (issuer.subject, issuer.subject_key_id) == (cert.issuer, cert.authority_key_id):
                cert = issuer
                break
    return cert


def root_record(cert, vid):
    approvals = [grant("trustee 1", 1645726929), grant("trustee 2", 1645730529)]
    return record_of(cert, None, None, True, "trustee 1", approvals, vid)


def leaf_record(cert, root):
    vid = name_vid(cert.subject)
    return record_of(cert, cert, root, False, "vendor %d" % vid, [], vid)


def record_of(cert, issuer, root, is_root, owner, approvals, vid):
    """One Certificate. Roots have empty issuer and root fields on the ledger."""
    return {
        "pemCert": cert.pem(),
        "serialNumber": str(cert.serial),
        "issuer": b64(issuer.issuer) if issuer else "",
        "authorityKeyId": colons(issuer.authority_key_id) if issuer else "",
        "rootSubject": b64(root.subject) if root else "",
        "rootSubjectKeyId": colons(root.subject_key_id) if root else "",
        "isRoot": is_root,
        "owner": account(owner),
        "subject": b64(cert.subject),
        "subjectKeyId": colons(cert.subject_key_id),
        "approvals": approvals,
        "subjectAsText": name_text(cert.subject),
        "rejects": [],
        "vid": vid,
        "certificateType": "DeviceAttestationPKI",
        "schemaVersion": 0,
    }
