# SPDX-License-Identifier: Apache-2.0
"""hostile_lists.py - a node whose lists are wrong, or whose records a vendor wrote to hurt (H09 to
H12, H19 to H23, H27).

CRL hosts are honest in all of them.
"""
import base64
import copy
import json

from rest import Answer, Request, Rest, to_json
from scenarios import Honest, scenario

POINTS = "/dcl/pki/revocation-points"
CERTIFICATES = "/dcl/pki/certificates"


class World(Honest):
    """A world that differs from the honest one: `change(world)` gets a copy of its own."""

    def change(self, world):
        raise NotImplementedError

    def answer(self, request, ask):
        if not request.path.startswith("/dcl/"):
            return ask(request)
        with self.server.lock:
            if getattr(self, "of", None) is not self.server.world:
                self.of, world = self.server.world, copy.copy(self.server.world)
                world.points = copy.deepcopy(world.points)
                world.approved = copy.deepcopy(world.approved)
                world.root_ids = list(world.root_ids)
                self.change(world)
                self.rest = Rest(world, self.server.page_limit, self.server.now)
        return self.rest.answer(request)

    @staticmethod
    def direct(world):
        return next(p for p in world.points if p["label"] == "direct")


class Edit(Honest):
    """Changes the JSON of the answers of one path. `edit(value, request)` returns the new value."""
    path = POINTS

    def edit(self, value, request):
        raise NotImplementedError

    def answer(self, request, ask):
        answer = ask(request)
        if request.path != self.path or answer.status != 200:
            return answer
        return Answer(200, to_json(self.edit(json.loads(answer.body), request)),
                      "application/json", [h for h in answer.headers if h[0] != "Content-Type"])


# ---- H09: pages ----

@scenario
class Circle(Edit):
    """two pages that name each other as the next"""
    name = "h09-circle"

    def edit(self, value, request):
        other = b"b" if request.parameter("pagination.key") == base64.b64encode(b"a").decode() else b"a"
        value["pagination"]["next_key"] = base64.b64encode(other).decode()
        return value

    def answer(self, request, ask):
        if request.path == self.path:
            return super().answer(request, lambda r: ask(r.without("pagination.key")))
        return ask(request)


@scenario
class Stops(Edit):
    """the last record is not there, and no page more; the total says so"""
    name = "h09-stops"

    def edit(self, value, request):
        value["PkiRevocationDistributionPoint"] = value["PkiRevocationDistributionPoint"][:-1]
        return value


@scenario
class Repeats(Edit):
    """the first record comes twice, and the total with it"""
    name = "h09-repeats"

    def edit(self, value, request):
        records = value["PkiRevocationDistributionPoint"]
        records.append(self.copy(records[0]))
        value["pagination"]["total"] = str(len(records))
        return value

    @staticmethod
    def copy(record):
        return record


@scenario
class RepeatsRespelled(Repeats):
    """the first record comes twice, once with a field that nobody knows, and the total with it"""
    name = "h09-repeats-respelled"

    @staticmethod
    def copy(record):
        return {"note": "", **record}


@scenario
class RepeatsWithheld(Edit):
    """the first record comes in the place of partition 2's as well: the total fits"""
    name = "h09-repeats-withheld"

    def edit(self, value, request):
        records = value["PkiRevocationDistributionPoint"]
        value["PkiRevocationDistributionPoint"] = [
            records[0] if r["dataURL"].endswith("/pai-partitioned-2.crl") else r for r in records]
        return value


@scenario
class RepeatsCertificate(Edit):
    """the first group of certificates comes twice, and the total with it"""
    name, path = "h09-repeats-certificate", CERTIFICATES

    def edit(self, value, request):
        groups = value["approvedCertificates"]
        groups.append(groups[0])
        value["pagination"]["total"] = str(len(groups))
        return value


@scenario
class NewKeys(Edit):
    """pages without records that never end, each with a new key"""
    name = "h09-new-keys"

    def edit(self, value, request):
        key = base64.b64decode(request.parameter("pagination.key") or "") or b"0"
        value["PkiRevocationDistributionPoint"] = []
        value["pagination"] = {"next_key": base64.b64encode(b"%d" % (int(key) + 1)).decode(),
                               "total": "0"}
        return value

    def answer(self, request, ask):
        if request.path == self.path:
            return self.page(request)
        return ask(request)

    def page(self, request):
        value = self.edit({"pagination": {}}, request)
        return Answer(200, to_json(value), "application/json")


@scenario
class OtherTotal(Edit):
    """a total that is not the number of records"""
    name = "h09-total"

    def edit(self, value, request):
        value["pagination"]["total"] = "18446744073709551615"
        return value


# ---- H10: JSON ----

class Text(Honest):
    """Replaces the list of points by a text. `text(body)` gets the honest one."""
    path = POINTS

    def answer(self, request, ask):
        answer = ask(request)
        if request.path != self.path or answer.status != 200:
            return answer
        return Answer(200, self.text(answer.body), "application/json")


for _name, _what, _text in (
        ("h10-deep", "lists in lists, 100 000 deep", lambda b: b"[" * 100000 + b"]" * 100000),
        ("h10-tokens", "two million empty objects",
         lambda b: b'{"x":[' + b"{}," * 2000000 + b"{}]," + b[1:]),
        ("h10-values", "a million empty objects beside the list",
         lambda b: b'{"x":[' + b"{}," * 1000000 + b"{}]," + b[1:]),
        ("h10-doubled", "a member name twice: the second list is empty",
         lambda b: b[:-1] + b',"PkiRevocationDistributionPoint":[]}'),
        ("h10-utf8", "bytes that are not UTF-8 in a string",
         lambda b: b.replace(b'"label":"', b'"label":"\xff\xfe', 1)),
        ("h10-surrogate", "half a surrogate pair",
         lambda b: b.replace(b'"label":"', b'"label":"\\ud800', 1)),
        ("h10-nul", "a NUL byte in a string", lambda b: b.replace(b'"label":"', b'"label":"\0', 1)),
        ("h10-tail", "a second text behind the first", lambda b: b + b"{}"),
        ("h10-cut", "cut before the last bracket", lambda b: b[:-1]),
        ("h10-bom", "a byte order mark", lambda b: b"\xef\xbb\xbf" + b),
        ("h10-9-mib", "9 MiB of spaces in front", lambda b: b" " * (9 << 20) + b)):
    scenario(type("Text", (Text,), {"name": _name, "__doc__": _what,
                                    "text": staticmethod(_text)}))


# ---- H11, H12, H19, H27: records ----

class Point(World):
    """PAI Direct's point, with some fields changed."""
    fields = {}

    def change(self, world):
        self.direct(world).update({name: value(self.direct(world)) if callable(value) else value
                                   for name, value in self.fields.items()})


class MorePoints(World):
    """One record more, like PAI Direct's, of the vendor FFF2; as it stands, it need not be one that a
    ledger could store, so it comes at the end of the list."""
    fields = {}

    def change(self, world):
        more = {**self.direct(world), "vid": 0xFFF2, "label": "more", **self.fields}
        rows = world.point_rows()
        world.point_rows = lambda: rows + [(b"\xff", more)]


_TRAVERSAL = "../../../../../../tmp/veridac-was-here"
for _name, _what, _fields in (
        ("h11-label", "a label that is a path out of any folder", {"label": _TRAVERSAL}),
        ("h11-label-absolute", "a label that is an absolute path", {"label": "/tmp/veridac-was-here"}),
        ("h11-label-long", "a label of 64 characters that ends a file name",
         {"label": "a/" * 31 + "\u202e\n"}),
        ("h11-key-id", "an issuer key id that is a path", {"issuerSubjectKeyID": _TRAVERSAL})):
    scenario(type("MorePoints", (MorePoints,), {"name": _name, "__doc__": _what,
                                                "fields": _fields}))


@scenario
class UrlPath(World):
    """PAI Direct's data URL has a path out of any folder"""
    name = "h11-url"

    def change(self, world):
        point = self.direct(world)
        path = "/crl/../../../../tmp/veridac-was-here/%2e%2e/pai-direct.crl"
        world.crls = {**world.crls, path: world.crls["/crl/pai-direct.crl"]}
        self.bodies = {path: world.crls[path]}
        point["dataURL"] = point["dataURL"].replace("/crl/pai-direct.crl", path)

    def answer(self, request, ask):
        if request.target.endswith("pai-direct.crl"):
            with open(self.server.world.path("crl/pai-direct.crl"), "rb") as file:
                return self.server.bytes_answer(request, file.read(), 1)
        return super().answer(request, ask)


@scenario
class Subject(World):
    """a certificate group whose subject and key id are paths"""
    name = "h11-subject"

    def change(self, world):
        record = dict(world.approved.get(*next(iter(world.approved.by_id)))["certs"][0])
        record.update(subject=_TRAVERSAL, subjectKeyId=_TRAVERSAL, isRoot=False)
        world.approved.add(record)


for _name, _what, _fields in (
        ("h12-base64", "a signer that is not base64",
         {"crlSignerCertificate": "-----BEGIN CERTIFICATE-----\n!!!\n-----END CERTIFICATE-----"}),
        ("h12-no-pem", "a signer that is no PEM", {"crlSignerCertificate": "none"}),
        ("h12-letters", "a signer of letters beyond ASCII", {"crlSignerCertificate": "\u00e9" * 40}),
        ("h12-nul", "a label with an escaped NUL", {"label": "a\0b"}),
        ("h12-type", "a vendor id that is a text", {"vid": "vendor"}),
        ("h12-range", "a vendor id above 65535", {"vid": 65536}),
        ("h12-missing", "no data URL", {"dataURL": ""}),
        ("h12-null", "a URL that is null", {"dataURL": None}),
        ("h12-list", "a URL that is a list", {"dataURL": ["http://127.0.0.1/"]}),
        ("h12-key-id", "an issuer key id in small letters", {"issuerSubjectKeyID": "ab" * 20}),
        ("h27-many", "a signer of 40 certificates",
         {"crlSignerCertificate": "-----BEGIN CERTIFICATE-----\nMAA=\n-----END CERTIFICATE-----\n" * 40}),
        ("h27-junk", "a signer of 60 000 bytes of junk", {"crlSignerCertificate": "junk " * 12000}),
        ("h27-large", "a signer of 4 MB", {"crlSignerCertificate": "A" * (4 << 20)})):
    scenario(type("MorePoints", (MorePoints,), {"name": _name, "__doc__": _what,
                                                "fields": _fields}))

for _name, _what, _fields in (
        ("h19-size", "a dataFileSize that is not the CRL's", {"dataFileSize": "7"}),
        ("h19-size-2-63", "a dataFileSize of 2^63", {"dataFileSize": str(2 ** 63)}),
        ("h19-size-2-64", "a dataFileSize of 2^64", {"dataFileSize": str(2 ** 64)}),
        ("h19-digest", "a dataDigest of nothing in particular", {"dataDigest": "AAAA"}),
        ("h19-digest-type", "a dataDigestType that does not exist", {"dataDigestType": 99}),
        ("h19-type", "a revocationType that does not exist", {"revocationType": 2})):
    scenario(type("Point", (Point,), {"name": _name, "__doc__": _what, "fields": _fields}))


class OneCertificate(World):
    """One certificate record more."""
    fields = {}

    def change(self, world):
        group = world.approved.get(*next(iter(world.approved.by_id)))
        record = {**group["certs"][0], "subject": "MAA=", "subjectKeyId": "AB:CD", "isRoot": False}
        world.approved.add({**record, **self.fields})


for _name, _what, _fields in (
        ("h12-certificate", "a certificate that is not base64",
         {"pemCert": "-----BEGIN CERTIFICATE-----\n!!!\n-----END CERTIFICATE-----"}),
        ("h12-certificate-type", "a certificate whose isRoot is a text", {"isRoot": "no"}),
        ("h12-certificate-none", "a certificate record without certificate", {"pemCert": ""}),
        ("h27-certificate-large", "a certificate of 4 MB", {"pemCert": "A" * (4 << 20)}),
        ("h27-certificate-der", "a certificate that is not DER",
         {"pemCert": "-----BEGIN CERTIFICATE-----\n" + base64.b64encode(b"\x30\x80" * 90).decode()
                     + "\n-----END CERTIFICATE-----"})):
    scenario(type("OneCertificate", (OneCertificate,), {"name": _name, "__doc__": _what,
                                                        "fields": _fields}))


# ---- H20, H21: what was there before is not there now ----

@scenario
class PointWithheld(World):
    """the list of points lacks one that it had, and the total fits"""
    name = "h20-point"

    def change(self, world):
        world.points.remove(self.direct(world))


@scenario
class AnchorWithheld(World):
    """the list of roots lacks one that it had"""
    name = "h20-root"

    def change(self, world):
        world.root_ids = world.root_ids[1:]


@scenario
class CertificatesWithheld(Edit):
    """the last record of the list of certificates is not there, and the total fits"""
    name = "h20-certificate"
    path = CERTIFICATES

    def edit(self, value, request):
        value["approvedCertificates"] = value["approvedCertificates"][1:]
        value["pagination"]["total"] = str(len(value["approvedCertificates"]))
        return value


@scenario
class NoPoints(World):
    """no revocation point is left at all"""
    name = "h20-all-points"

    def change(self, world):
        world.points = []


@scenario
class NoRoots(World):
    """no root is left at all"""
    name = "h20-all-roots"

    def change(self, world):
        world.root_ids = []


class Block(Honest):
    """Every answer says another block height, and so does the latest block."""
    height = None

    def answer(self, request, ask):
        answer = ask(Request(request.method, request.target))  # whatever height was asked for
        if request.path.endswith("/blocks/latest"):
            value = json.loads(answer.body)
            for block in (value["block"], value["sdk_block"]):
                block["header"].update(height=str(self.height))
            answer = Answer(200, to_json(value), "application/json", answer.headers[1:])
        answer.headers = [(n, str(self.height) if n == "Grpc-Metadata-X-Cosmos-Block-Height" else v)
                          for n, v in answer.headers]
        return answer


@scenario
class HeightBack(Block):
    """the node stands at a block long before the one it stood at"""
    name, height = "h21-height-back", 5


@scenario
class HeightOver(Block):
    """the node claims the block 2^63 - 1"""
    name, height = "h22-height-over", 2 ** 63 - 1


# ---- H23: one vendor alone ----

@scenario
class Crowd(World):
    """one vendor registers 1 500 points"""
    name, count, hosts = "h23-points", 1500, 0

    def change(self, world):
        direct = self.direct(world)
        for i in range(self.count):
            host = "127.66.%d.%d" % (i // 250 + 1, i % 250 + 1) if self.hosts else None
            url = "http://%s:9/%d.crl" % (host, i) if host else "%s?%d" % (direct["dataURL"], i)
            world.points.append({**direct, "vid": 0xFFF3, "label": "%d" % i, "dataURL": url})


@scenario
class Hosts(Crowd):
    """one vendor registers points at 1 200 hosts"""
    name, count, hosts = "h23-hosts", 1200, 1


@scenario
class OwnHosts(Crowd):
    """a vendor with a certificate of its own registers 1 200 points for it at 1 200 hosts"""
    name, count, hosts = "h23-own-hosts", 1200, 1

    def change(self, world):
        super().change(world)
        for point in world.points:
            if point["vid"] == 0xFFF3:
                point["vid"] = 0xFFF1


@scenario
class Chain(World):
    """a thousand certificates, each of which names the next as its issuer"""
    name = "h23-chain"

    def change(self, world):
        group = world.approved.get(*next(iter(world.approved.by_id)))
        for i in range(1000):
            world.approved.add({**group["certs"][0], "isRoot": False,
                                "subject": base64.b64encode(b"0\x06%04d" % i).decode(),
                                "subjectKeyId": "AA:%02X:%02X" % (i >> 8, i & 255)})
