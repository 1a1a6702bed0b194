# SPDX-License-Identifier: Apache-2.0
"""rest.py - a request -> the answer that a DCL node's REST port gives.

Owns:          routes, paging, errors and the JSON dialect of the node (grpc-gateway, version 1).
Must not know: sockets, files, scenarios.
"""
import base64
import binascii
import hashlib
import json
import re
import time
from urllib.parse import unquote, unquote_plus

from compliance import STATES

NOT_FOUND, INVALID, NOT_IMPLEMENTED, UNKNOWN = (404, 5), (400, 3), (501, 12), (500, 2)

DEFAULT_LIMIT = 100
HEIGHT = 7654321          # where this ledger stands; it never moves
CHAIN_ID = "dclchain"     # what the project of the ledger calls a local network


class Request:
    """A request line: `target` is path and query as sent, `headers` anything with .get()."""

    def __init__(self, method, target, headers=None):
        self.method, self.target, self.headers = method, target, headers or {}
        self.raw_path, _, self.query = target.partition("?")
        self.path = unquote(self.raw_path)

    def parameter(self, name):
        """The first value of a query parameter, or None. A bare + is a space, as on the node."""
        for pair in self.query.split("&"):
            key, _, value = pair.partition("=")
            if unquote_plus(key) == name:
                return unquote_plus(value)
        return None

    def without(self, name):
        """The same request without a query parameter."""
        kept = [p for p in self.query.split("&") if p and unquote_plus(p.split("=")[0]) != name]
        return Request(self.method, "?".join([self.raw_path] + (["&".join(kept)] if kept else [])),
                       self.headers)


class Answer:
    def __init__(self, status, body, content_type, headers=()):
        self.status, self.body = status, body
        self.headers = [("Content-Type", content_type)] + list(headers)


class Refusal(Exception):
    """An answer of the node that is an error: (HTTP status, gRPC code) and a message."""

    def __init__(self, kind, message):
        super().__init__(message)
        self.kind, self.message = kind, message


def to_json(value):
    """Go's encoding: no white space, and & < > and the line separators escaped inside strings."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return re.sub("[&<>\u2028\u2029]", lambda m: "\\u%04x" % ord(m.group()), text).encode()


def json_answer(value, status=200, headers=()):
    return Answer(status, to_json(value), "application/json", headers)


def error_answer(kind, message):
    status, code = kind
    return json_answer({"code": code, "message": message, "details": []}, status)


def integer(text, name, function, low, high):
    """A number as Go's strconv reads it with base 0 (0x1F, 0b1, 010 is eight)."""
    parse = re.fullmatch(r"([+-]?)(0[xX][0-9a-fA-F]+|0[bB][01]+|0[oO]?[0-7]*|[1-9][0-9]*)", text)
    if parse:
        digits = parse.group(2).lower()
        octal = len(digits) > 1 and digits[0] == "0" and digits[1] not in "xbo"
        value = int(digits, 8) if octal else int(digits, 0)
        value = -value if parse.group(1) == "-" else value
        if low <= value <= high:
            return value
    raise Refusal(INVALID, 'type mismatch, parameter: %s, error: strconv.%s: parsing "%s": '
                           'invalid syntax' % (name, function, text))


def page_key(text):
    for altchars in (b"+/", b"-_"):
        try:
            return base64.b64decode(text.encode(), altchars, validate=True)
        except (binascii.Error, ValueError):
            pass
    raise Refusal(INVALID, "type mismatch, parameter: pagination.key, error: illegal base64 data")


class Rest:
    """The routes over one world. `page_limit` caps every page; None: as large as asked."""

    def __init__(self, world, page_limit=None, now=None):
        self.world, self.page_limit, self.now = world, page_limit, now
        self.routes = [
            ("root-certificates", self.root_certificates),
            ("revoked-root-certificates", self.revoked_root_certificates),
            ("certificates", self.certificates),
            ("certificates/*", self.certificates_by_subject),
            ("certificates/*/*", self.certificate_group),
            ("all-certificates", self.all_certificates),
            ("all-certificates/*", self.all_by_subject),
            ("all-certificates/*/*", self.all_group),
            ("child-certificates/*/*", self.child_certificates),
            ("revoked-certificates", self.revoked_certificates),
            ("revoked-certificates/*/*", self.revoked_group),
            ("revocation-points", self.revocation_points),
            ("revocation-points/*", self.points_by_issuer),
            ("revocation-points/*/*/*", self.one_point),
        ]
        self.routes = [("dcl/pki/" + pattern, f) for pattern, f in self.routes] + [
            ("dcl/compliance/compliance-info", self.compliance_infos),
            ("dcl/compliance/compliance-info/*/*/*/*", self.compliance_info),
            ("dcl/compliance/device-software-compliance", self.software_list),
            ("dcl/compliance/device-software-compliance/*", self.software_one),
            ("dcl/compliance/*", self.model_states),
            ("dcl/compliance/*/*/*/*/*", self.model_state),
            ("dcl/model/models", self.models),
            ("dcl/model/models/*/*", self.model),
            ("dcl/model/versions/*/*", self.model_versions),
            ("cosmos/base/tendermint/v1beta1/node_info", self.node_info),
            ("cosmos/base/tendermint/v1beta1/syncing", self.syncing),
            ("cosmos/base/tendermint/v1beta1/blocks/latest", self.latest_block),
        ]

    def answer(self, request):
        if "//" in request.path:
            clean = re.sub("/+", "/", request.path)
            return Answer(301, b"", "text/plain", [("Location", clean)])
        if request.method != "GET":
            return error_answer(NOT_IMPLEMENTED, "Not Implemented")
        try:
            self.check_height(request)
            for pattern, route in self.routes:
                arguments = match(pattern, request.path)
                if arguments is not None:
                    return json_answer(route(request, *arguments), headers=[
                        ("Grpc-Metadata-X-Cosmos-Block-Height", str(HEIGHT))])
        except Refusal as refusal:
            return error_answer(refusal.kind, refusal.message)
        return error_answer(NOT_IMPLEMENTED, "Not Implemented")

    @staticmethod
    def check_height(request):
        asked = request.headers.get("x-cosmos-block-height")
        if asked is not None and not (asked.isdecimal() and int(asked) <= HEIGHT):
            raise Refusal(UNKNOWN, "invalid height: %s" % asked)

    # ---- paging ----

    def page(self, request, rows):
        """One page of [(store key, value)] -> (values, pagination)."""
        key = page_key(request.parameter("pagination.key") or "")
        number = lambda name: integer(request.parameter(name) or "0", name, "ParseUint",
                                      0, 2 ** 64 - 1)
        offset, limit = number("pagination.offset"), number("pagination.limit")
        count_total = flag(request, "pagination.count_total")
        if key and offset:
            raise Refusal(INVALID, "invalid request, either offset or key is expected, got both")
        if limit == 0:
            limit, count_total = DEFAULT_LIMIT, True
        if self.page_limit:
            limit = min(limit, self.page_limit)
        if flag(request, "pagination.reverse"):
            rows = rows[::-1]
            start = next((i for i, row in enumerate(rows) if row[0] <= key), len(rows))
        else:
            start = next((i for i, row in enumerate(rows) if row[0] >= key), len(rows))
        start = start if key else offset
        taken, following = rows[start:start + limit], rows[start + limit:start + limit + 1]
        next_key = base64.b64encode(following[0][0]).decode() if following else None
        total = len(rows) if count_total and not key else 0
        return [value for _, value in taken], {"next_key": next_key, "total": str(total)}

    def paged(self, request, name, rows):
        values, pagination = self.page(request, rows)
        return {name: values, "pagination": pagination}

    @staticmethod
    def one_group(name, group, empty_total):
        """What ?subjectKeyId= answers: a list of one group, or of none."""
        total = "1" if group else empty_total
        return {name: [group] if group else [], "pagination": {"next_key": None, "total": total}}

    # ---- dcl/pki ----

    def root_certificates(self, _):
        return {"approvedRootCertificates": {"certs": self.world.root_ids, "schemaVersion": 0}}

    def revoked_root_certificates(self, _):
        return {"revokedRootCertificates": {"certs": self.world.revoked_root_ids,
                                            "schemaVersion": 0}}

    def certificates(self, request):
        key_id = request.parameter("subjectKeyId")
        if key_id:
            return self.one_group("approvedCertificates", self.world.approved.by_key_id(key_id),
                                  "0")
        return self.paged(request, "approvedCertificates", self.world.approved.rows())

    def certificates_by_subject(self, _, subject):
        return {"approvedCertificatesBySubject": self.by_subject(subject)}

    def certificate_group(self, _, subject, key_id):
        return {"approvedCertificates": found(self.world.approved.get(subject, key_id))}

    def all_certificates(self, request):
        key_id = request.parameter("subjectKeyId")
        if key_id:
            return self.one_group("certificates", self.world.approved.by_key_id(key_id), "1")
        return self.paged(request, "certificates", self.world.approved.rows())

    def all_by_subject(self, _, subject):
        return {"allCertificatesBySubject": self.by_subject(subject)}

    def all_group(self, _, subject, key_id):
        return {"certificates": found(self.world.approved.get(subject, key_id))}

    def by_subject(self, subject):
        return {"subject": subject, "subjectKeyIds": found(self.world.approved.key_ids(subject)),
                "schemaVersion": 0}

    def child_certificates(self, _, issuer, key_id):
        ids = found(self.world.children.get((issuer, key_id)))
        return {"childCertificates": {"issuer": issuer, "authorityKeyId": key_id, "certIds": ids,
                                      "schemaVersion": 0}}

    def revoked_certificates(self, request):
        return self.paged(request, "revokedCertificates", self.world.revoked.rows())

    def revoked_group(self, _, subject, key_id):
        return {"revokedCertificates": found(self.world.revoked.get(subject, key_id))}

    def revocation_points(self, request):
        return self.paged(request, "PkiRevocationDistributionPoint", self.world.point_rows())

    def points_by_issuer(self, _, key_id):
        return {"pkiRevocationDistributionPointsByIssuerSubjectKeyID": {
            "issuerSubjectKeyID": key_id, "points": found(self.world.points_of(key_id)),
            "schemaVersion": 0}}

    def one_point(self, _, key_id, vid, label):
        vid = integer(vid, "vid", "ParseInt", -2 ** 31, 2 ** 31 - 1)
        points = [p for p in self.world.points_of(key_id)
                  if (p["vid"], p["label"]) == (vid, label)]
        return {"PkiRevocationDistributionPoint": found(points)[0]}

    # ---- dcl/compliance, dcl/model ----

    def compliance_infos(self, request):
        return self.paged(request, "complianceInfo", numbered(self.world.compliance.infos))

    def compliance_info(self, _, *key):
        return {"complianceInfo": found(self.world.compliance.info(*version_key(*key)))}

    def software_list(self, request):
        return self.paged(request, "deviceSoftwareCompliance",
                          numbered(self.world.compliance.software()))

    def software_one(self, _, certificate_id):
        return {"deviceSoftwareCompliance": found([
            s for s in self.world.compliance.software()
            if s["cDCertificateId"] == certificate_id])[0]}

    def model_states(self, request, which):
        status, name = state_named(which)
        return self.paged(request, name, numbered(self.world.compliance.states(status)))

    def model_state(self, _, which, *key):
        status, name = state_named(which)
        return {name: found(self.world.compliance.state_of(status, *version_key(*key)))}

    def models(self, request):
        return self.paged(request, "model", numbered(self.world.compliance.models))

    def model(self, _, vid, pid):
        return {"model": found(self.world.compliance.model(number(vid), number(pid)))}

    def model_versions(self, _, vid, pid):
        return {"modelVersions": found(self.world.compliance.versions(number(vid), number(pid)))}

    # ---- cosmos ----

    def node_info(self, _):
        return {
            "default_node_info": {
                "protocol_version": {"p2p": "8", "block": "11", "app": "0"},
                "network": CHAIN_ID, "version": "0.37.5", "moniker": "veridac-test-ledger",
            },
            "application_version": {
                "name": "dcld", "app_name": "dcld", "version": "1.6.0", "git_commit": "",
                "build_tags": "", "go_version": "", "build_deps": [],
                "cosmos_sdk_version": "v0.47.8",
            },
        }

    def syncing(self, _):
        return {"syncing": False}

    def latest_block(self, _):
        now = time.time() if self.now is None else self.now
        block_hash = base64.b64encode(hashlib.sha256(b"block").digest()).decode()
        header = {
            "version": {"block": "11", "app": "0"}, "chain_id": CHAIN_ID, "height": str(HEIGHT),
            "time": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(now)),
        }
        block_id = {"hash": block_hash, "part_set_header": {"total": 1, "hash": block_hash}}
        block = {"header": header, "data": {"txs": []}, "evidence": {"evidence": []},
                 "last_commit": None}
        return {"block_id": block_id, "block": block, "sdk_block": block}


def numbered(records):
    """Rows in the order of the world: what the store's keys are does not matter here."""
    return [(b"%08d" % i, record) for i, record in enumerate(records)]


def number(text):
    return integer(text, "vid", "ParseInt", -2 ** 31, 2 ** 31 - 1)


def version_key(vid, pid, version, kind):
    return number(vid), number(pid), integer(version, "softwareVersion", "ParseUint", 0,
                                             2 ** 32 - 1), kind


def state_named(which):
    if which not in STATES:
        raise Refusal(NOT_IMPLEMENTED, "Not Implemented")
    return STATES[which], which.split("-")[0] + "Model"


def flag(request, name):
    text = request.parameter(name) or "false"
    if text not in ("1", "t", "T", "true", "True", "TRUE", "0", "f", "F", "false", "False",
                    "FALSE"):
        raise Refusal(INVALID, 'type mismatch, parameter: %s, error: strconv.ParseBool: parsing '
                               '"%s": invalid syntax' % (name, text))
    return text[0] in "1tT"


def found(record):
    if not record:
        raise Refusal(NOT_FOUND, "not found")
    return record


def match(pattern, path):
    """The values of the pattern's stars, or None. A star is one segment: it cannot hold a /."""
    wanted, given = pattern.split("/"), path.split("/")
    if given[:1] != [""] or len(given) != len(wanted) + 1:
        return None
    given = given[1:]
    if all(w == "*" and g or w == g for w, g in zip(wanted, given)):
        return [g for w, g in zip(wanted, given) if w == "*"]
    return None
