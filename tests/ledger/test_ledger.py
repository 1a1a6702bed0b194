#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""test_ledger.py - tests of the test ledger. Its certificates are made by the openssl program.

    /usr/bin/python3 tests/ledger/test_ledger.py [CLASS...]
"""
import http.client
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import unittest

sys.dont_write_bytecode = True

from compliance import Compliance
from der import Certificate, colons, name_text, name_vid
from rest import Request, Rest, integer, Refusal, to_json
from scenarios import SCENARIOS
from world import World

HERE = os.path.dirname(os.path.abspath(__file__))

# Published by the ledger's own tests: the subjects of the SDK's two test roots.
SUBJECT_NO_VID = "MBoxGDAWBgNVBAMMD01hdHRlciBUZXN0IFBBQQ=="
SUBJECT_FFF1 = "MDAxGDAWBgNVBAMMD01hdHRlciBUZXN0IFBBQTEUMBIGCisGAQQBgqJ8AgEMBEZGRjE="


def openssl(*arguments):
    done = subprocess.run(("/usr/bin/openssl",) + arguments, check=True, capture_output=True)
    return done.stdout.decode()


OPENSSL_CONFIG = """\
oid_section = oids
[oids]
matterVid = 1.3.6.1.4.1.37244.2.1
[req]
distinguished_name = none
x509_extensions = ca
[none]
[ca]
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid:always
"""


class Fixture:
    """Two PAAs, two PAIs, one revoked PAI, three points, two CRLs. Made once."""
    folder = None

    @classmethod
    def make(cls):
        if cls.folder is None:
            cls.folder = tempfile.mkdtemp(prefix="veridac-ledger.")
            with open(cls.file("openssl.cnf"), "w") as file:
                file.write(OPENSSL_CONFIG)
            cls.root("novid", "/CN=Matter Test PAA")
            cls.root("fff1", "/CN=Matter Test PAA/matterVid=FFF1")
            cls.child("pai1", "/CN=A & B PAI/matterVid=FFF1", "fff1")
            cls.child("pai2", "/CN=PAI Mvid:FFF2 Mpid:8004/O=O\u00fcr", "novid")
            cls.child("gone", "/CN=gone/matterVid=FFF1", "fff1")
            cls.write_ledger()
        return cls.folder

    @classmethod
    def file(cls, name):
        return os.path.join(cls.folder, name)

    @classmethod
    def root(cls, name, subject):
        openssl("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
                "-utf8", "-config", cls.file("openssl.cnf"), "-keyout", cls.file(name + ".key"),
                "-out", cls.file(name + ".der"), "-outform", "DER", "-subj", subject, "-days", "30")

    @classmethod
    def child(cls, name, subject, issuer):
        openssl("req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-utf8",
                "-config", cls.file("openssl.cnf"), "-keyout", cls.file(name + ".key"),
                "-out", cls.file(name + ".csr"), "-subj", subject)
        openssl("x509", "-req", "-in", cls.file(name + ".csr"), "-CA", cls.file(issuer + ".der"),
                "-CAkey", cls.file(issuer + ".key"), "-outform", "DER", "-days", "30",
                "-out", cls.file(name + ".der"), "-extfile", cls.file("openssl.cnf"),
                "-extensions", "ca")

    @classmethod
    def write_ledger(cls):
        skid = cls.cert("pai1").subject_key_id.hex().upper()
        point = {"vid": 65521, "pid": 0, "is_paa": False, "issuer_key_id": skid,
                 "signer_file": "pai1.der", "delegator_file": None}
        ledger = {
            "root_certificates": [{"file": "novid.der", "vid": 65522},
                                  {"file": "fff1.der", "vid": 65521}],
            "certificates": [{"file": "pai1.der"}, {"file": "pai2.der"}],
            "revoked_certificates": [{"file": "gone.der"}],
            "revocation_points": [
                dict(point, label="b", url_path="/crl/b.crl?part=1&of=2"),
                dict(point, label="a", url_path="/crl/a.crl", delegator_file="fff1.der"),
                dict(point, label="\u00fc \u007f?", url_path="/crl/c.crl", issuer_key_id="AB"),
            ],
            "crls": {"/crl/b.crl?part=1&of=2": "b.crl", "/crl/a.crl": "a.crl"},
        }
        for name, content in (("a.crl", b"bytes of a"), ("b.crl", b"bytes of b")):
            with open(cls.file(name), "wb") as file:
                file.write(content)
        with open(cls.file("ledger.json"), "w", encoding="utf-8") as file:
            json.dump(ledger, file)

    @classmethod
    def cert(cls, name):
        with open(cls.file(name + ".der"), "rb") as file:
            return Certificate(file.read())


def tearDownModule():
    if Fixture.folder:
        shutil.rmtree(Fixture.folder)


class DerTest(unittest.TestCase):
    def setUp(self):
        Fixture.make()

    def test_says_what_openssl_says(self):
        for name in ("novid", "fff1", "pai1", "pai2", "gone"):
            cert = Fixture.cert(name)
            text = openssl("x509", "-in", Fixture.file(name + ".der"), "-noout", "-serial",
                           "-ext", "subjectKeyIdentifier,authorityKeyIdentifier")
            self.assertEqual(cert.serial, int(re.search("serial=(.*)", text).group(1), 16), name)
            key_ids = re.findall("(?:[0-9A-F]{2}:){19}[0-9A-F]{2}", text)
            self.assertEqual({colons(cert.subject_key_id), colons(cert.authority_key_id)},
                             set(key_ids), name)

    def test_pem_is_the_same_certificate(self):
        cert, file = Fixture.cert("pai2"), Fixture.file("again.pem")
        with open(file, "w") as out:
            out.write(cert.pem())
        openssl("x509", "-in", file, "-outform", "DER", "-out", Fixture.file("again.der"))
        self.assertEqual(Fixture.cert("again").der, cert.der)

    def test_names(self):
        rows = [("novid", "CN=Matter Test PAA", 0),
                ("fff1", "vid=0xFFF1,CN=Matter Test PAA", 0xFFF1),
                ("pai1", "vid=0xFFF1,CN=A & B PAI", 0xFFF1),
                ("pai2", "O=O\u00fcr,CN=PAI Mvid:FFF2 Mpid:8004", 0xFFF2)]
        for name, text, vid in rows:
            subject = Fixture.cert(name).subject
            self.assertEqual((name_text(subject), name_vid(subject)), (text, vid), name)

    def test_cut_short_is_an_error_everywhere(self):
        der = Fixture.cert("pai1").der
        for n in range(len(der)):
            with self.assertRaises((ValueError, IndexError), msg="%d octets" % n):
                Certificate(der[:n])


class RestTest(unittest.TestCase):
    def setUp(self):
        self.world = World(Fixture.make(), "http://127.0.0.1:1")
        self.rest = Rest(self.world)
        self.skid = {name: colons(Fixture.cert(name).subject_key_id)
                     for name in ("novid", "fff1", "pai1", "pai2", "gone")}

    def get(self, target, headers=None):
        answer = self.rest.answer(Request("GET", target, headers))
        return answer.status, json.loads(answer.body)

    def pki(self, target):
        status, value = self.get("/dcl/pki/" + target)
        self.assertEqual(status, 200, value)
        return value

    def test_root_certificates(self):
        self.assertEqual(self.pki("root-certificates"), {"approvedRootCertificates": {
            "certs": [{"subject": SUBJECT_NO_VID, "subjectKeyId": self.skid["novid"]},
                      {"subject": SUBJECT_FFF1, "subjectKeyId": self.skid["fff1"]}],
            "schemaVersion": 0}})
        self.assertEqual(self.pki("revoked-root-certificates"),
                         {"revokedRootCertificates": {"certs": [], "schemaVersion": 0}})

    def test_root_record(self):
        group = self.pki("certificates/%s/%s" % (SUBJECT_NO_VID.replace("=", "%3D"),
                                                 self.skid["novid"]))["approvedCertificates"]
        record = group["certs"][0]
        self.assertEqual(list(record), [
            "pemCert", "serialNumber", "issuer", "authorityKeyId", "rootSubject",
            "rootSubjectKeyId", "isRoot", "owner", "subject", "subjectKeyId", "approvals",
            "subjectAsText", "rejects", "vid", "certificateType", "schemaVersion"])
        self.assertEqual(record["serialNumber"], str(Fixture.cert("novid").serial))
        self.assertEqual((record["issuer"], record["rootSubject"], record["isRoot"],
                          record["vid"], len(record["approvals"])), ("", "", True, 65522, 2))
        self.assertIsInstance(record["approvals"][0]["time"], str)

    def test_child_record_names_issuer_and_root(self):
        record = self.pki("certificates?subjectKeyId=" + self.skid["pai2"])[
            "approvedCertificates"][0]["certs"][0]
        self.assertEqual((record["issuer"], record["authorityKeyId"]),
                         (SUBJECT_NO_VID, self.skid["novid"]))
        self.assertEqual((record["rootSubject"], record["rootSubjectKeyId"]),
                         (SUBJECT_NO_VID, self.skid["novid"]))
        self.assertEqual((record["isRoot"], record["vid"]), (False, 0xFFF2))

    def test_by_key_id(self):
        one = self.pki("certificates?subjectKeyId=" + self.skid["fff1"])
        self.assertEqual((one["approvedCertificates"][0]["subject"], one["pagination"]),
                         ("", {"next_key": None, "total": "1"}))
        for path, key, total in (("certificates", "approvedCertificates", "0"),
                                 ("all-certificates", "certificates", "1")):
            self.assertEqual(self.pki(path + "?subjectKeyId=AA:BB"),
                             {key: [], "pagination": {"next_key": None, "total": total}})

    def test_all_and_by_subject(self):
        self.assertEqual(
            self.pki("all-certificates/%s/%s" % (SUBJECT_FFF1, self.skid["fff1"]))["certificates"],
            self.pki("certificates/%s/%s" % (SUBJECT_FFF1, self.skid["fff1"]))[
                "approvedCertificates"])
        for path, key in (("certificates", "approvedCertificatesBySubject"),
                          ("all-certificates", "allCertificatesBySubject")):
            self.assertEqual(self.pki("%s/%s" % (path, SUBJECT_FFF1)), {key: {
                "subject": SUBJECT_FFF1, "subjectKeyIds": [self.skid["fff1"]],
                "schemaVersion": 0}})

    def test_children(self):
        children = self.pki("child-certificates/%s/%s" % (SUBJECT_FFF1, self.skid["fff1"]))
        self.assertEqual([c["subjectKeyId"] for c in children["childCertificates"]["certIds"]],
                         [self.skid["pai1"]])

    def test_revoked(self):
        revoked = self.pki("revoked-certificates")["revokedCertificates"]
        self.assertEqual([g["subjectKeyId"] for g in revoked], [self.skid["gone"]])
        listed = self.pki("certificates")["approvedCertificates"]
        self.assertNotIn(self.skid["gone"], [g["subjectKeyId"] for g in listed])

    def test_point(self):
        skid = self.skid["pai1"].replace(":", "")
        point = self.pki("revocation-points/%s/0xFFF1/b" % skid)["PkiRevocationDistributionPoint"]
        self.assertEqual(point, {
            "vid": 65521, "label": "b", "issuerSubjectKeyID": skid, "pid": 0, "isPAA": False,
            "crlSignerCertificate": Fixture.cert("pai1").pem(),
            "dataURL": "http://127.0.0.1:1/crl/b.crl?part=1&of=2", "dataFileSize": "0",
            "dataDigest": "", "dataDigestType": 0, "revocationType": 1, "schemaVersion": 0,
            "crlSignerDelegator": ""})
        by_issuer = self.pki("revocation-points/" + skid)[
            "pkiRevocationDistributionPointsByIssuerSubjectKeyID"]
        self.assertEqual(by_issuer["issuerSubjectKeyID"], skid)
        # registered in this order; the list of all has the order of the store
        self.assertEqual([p["label"] for p in by_issuer["points"]], ["b", "a"])
        self.assertEqual([p["label"] for p in self.pki("revocation-points")[
            "PkiRevocationDistributionPoint"]], ["a", "b", "\u00fc \u007f?"])

    def test_json_dialect(self):
        body = self.rest.answer(Request("GET", "/dcl/pki/revocation-points")).body
        self.assertIn(b"part=1\\u0026of=2", body)
        self.assertNotIn(b"&", body)
        self.assertNotIn(b"\n", body)
        self.assertIn("\u00fc \u007f?".encode(), body)
        self.assertEqual(to_json({"a": "<\u2028>"}), b'{"a":"\\u003c\\u2028\\u003e"}')

    def test_compliance(self):
        """The same fields as in the shapes, and states that moved on."""
        told = {"vid": 0xFFF1, "pid": 0x8000, "softwareVersion": 7}
        past = {"softwareVersionCertificationStatus": 2, "date": "2024-01-02T03:04:05Z"}
        self.world.compliance = Compliance({
            "compliance": [told, {**told, "softwareVersion": 8, "history": [past],
                                  "softwareVersionCertificationStatus": 3}],
            "models": [{"vid": 0xFFF1, "pid": 0x8000, "deviceTypeId": 22}]})
        key = "/0xFFF1/32768/%d/matter"
        for path, shape, name in (
                ("compliance/compliance-info", "compliance-info", "complianceInfo"),
                ("compliance/compliance-info" + key % 7, "compliance-info-one", "complianceInfo"),
                ("compliance/certified-models", "certified-models", "certifiedModel"),
                ("compliance/certified-models" + key % 7, "certified-model", "certifiedModel"),
                ("compliance/revoked-models" + key % 8, "revoked-model", "revokedModel"),
                ("compliance/device-software-compliance", "device-software-compliance",
                 "deviceSoftwareCompliance"),
                ("model/models", "models", "model"),
                ("model/models/65521/32768", "model", "model"),
                ("model/versions/65521/32768", "model-versions", "modelVersions")):
            with open(os.path.join(HERE, "shapes", shape + ".json"), encoding="utf-8") as file:
                wanted = json.load(file)[name]
            status, value = self.get("/dcl/" + path)
            self.assertEqual(status, 200, path)
            first = lambda v: list(v[0] if isinstance(v, list) else v)
            self.assertEqual((first(value[name]), type(value[name])),
                             (first(wanted), type(wanted)), path)
        states = self.get("/dcl/compliance/certified-models")[1]["certifiedModel"]
        self.assertEqual([s["softwareVersion"] for s in states], [7])
        for which, version, want in (("certified", 8, False), ("revoked", 8, True)):
            one = self.get("/dcl/compliance/%s-models%s" % (which, key % version))[1]
            self.assertIs(one[which + "Model"]["value"], want)
        for path, status in (("compliance/certified-models" + key % 9, 404),
                             ("compliance/revoked-models" + key % 7, 404),
                             ("compliance/what-models", 501), ("model/models/1/1", 404),
                             ("compliance/compliance-info/x/1/1/matter", 400)):
            self.assertEqual(self.get("/dcl/" + path)[0], status, path)

    def test_errors(self):
        slash = "/dcl/pki/certificates/AB%2FCD/" + self.skid["pai1"]
        rows = [
            ("/dcl/pki/certificates/AAAA", 404, 5), ("/dcl/pki/certificates/AAAA/AA:BB", 404, 5),
            ("/dcl/pki/certificates/%s/%s" % (SUBJECT_FFF1, self.skid["fff1"].lower()), 404, 5),
            ("/dcl/pki/revocation-points/CD", 404, 5),
            ("/dcl/pki/revocation-points/AB/1/a", 404, 5),
            ("/dcl/pki/revocation-points/AB/vid/a", 400, 3),
            ("/dcl/pki/child-certificates/AAAA/AA", 404, 5),
            (slash, 501, 12), ("/dcl/pki", 501, 12), ("/dcl/pki/root-certificates/", 501, 12),
            ("/", 501, 12), ("/favicon.ico", 501, 12),
            ("/dcl/pki/certificates?pagination.key=%21", 400, 3),
            ("/dcl/pki/certificates?pagination.key=AA", 400, 3),
            ("/dcl/pki/certificates?pagination.key=AAAA&pagination.offset=1", 400, 3),
            ("/dcl/pki/certificates?pagination.limit=-1", 400, 3),
            ("/dcl/pki/certificates?pagination.limit=many", 400, 3),
            ("/dcl/pki/certificates?pagination.count_total=yes", 400, 3),
        ]
        for target, status, code in rows:
            got, value = self.get(target)
            self.assertEqual((got, value["code"], list(value)),
                             (status, code, ["code", "message", "details"]), target)
        self.assertEqual(self.get("/dcl/pki/certificates/AAAA")[1],
                         {"code": 5, "message": "not found", "details": []})
        self.assertEqual(self.rest.answer(Request("GET", "/dcl/pki//x")).status, 301)
        self.assertEqual(self.rest.answer(Request("POST", "/dcl/pki/certificates")).status, 501)

    def test_height(self):
        for asked, status in (("1", 200), ("99999999999", 500), ("x", 500)):
            self.assertEqual(self.get("/dcl/pki/root-certificates",
                                      {"x-cosmos-block-height": asked})[0], status, asked)

    def test_cosmos(self):
        base = "/cosmos/base/tendermint/v1beta1/"
        info = self.get(base + "node_info")[1]
        header = self.get(base + "blocks/latest")[1]["block"]["header"]
        self.assertEqual(info["default_node_info"]["network"], header["chain_id"])
        self.assertIsInstance(header["height"], str)
        pinned = Rest(self.world, now=86400).answer(Request("GET", base + "blocks/latest"))
        self.assertIn(b'"time":"1970-01-02T00:00:00Z"', pinned.body)

    def test_integers_like_go(self):
        for text, value in (("65521", 65521), ("0xFFF1", 65521), ("010", 8), ("0o10", 8),
                            ("0b11", 3), ("-1", -1), ("+7", 7), ("0", 0)):
            self.assertEqual(integer(text, "vid", "ParseInt", -2 ** 31, 2 ** 31 - 1), value, text)
        for text in ("", " 1", "08", "1x", "0x", "2147483648", "1.0"):
            with self.assertRaises(Refusal, msg=text):
                integer(text, "vid", "ParseInt", -2 ** 31, 2 ** 31 - 1)


class PagingTest(unittest.TestCase):
    def setUp(self):
        self.world = World(Fixture.make(), "http://127.0.0.1:1")
        self.labels = ["a", "b", "\u00fc \u007f?"]

    def page(self, query, page_limit=None):
        answer = Rest(self.world, page_limit).answer(
            Request("GET", "/dcl/pki/revocation-points?" + query))
        self.assertEqual(answer.status, 200, answer.body)
        value = json.loads(answer.body)
        return ([p["label"] for p in value["PkiRevocationDistributionPoint"]],
                value["pagination"]["next_key"], value["pagination"]["total"])

    def test_total(self):
        rows = [("", self.labels, "3"), ("pagination.limit=0", self.labels, "3"),
                ("pagination.limit=10000", self.labels, "0"),
                ("pagination.limit=3&pagination.count_total=true", self.labels, "3"),
                ("pagination.offset=1", self.labels[1:], "3"),
                ("pagination.offset=9", [], "3"), ("limit=1", self.labels, "3"),
                ("pagination.key=", self.labels, "3"),
                ("pagination.reverse=true", self.labels[::-1], "3")]
        for query, labels, total in rows:
            self.assertEqual(self.page(query), (labels, None, total), query)

    def test_walk(self):
        for page_limit, limit in ((None, "1"), (None, "2"), (2, "0"), (1, "100")):
            seen, key = [], ""
            while key is not None:
                labels, key, total = self.page("pagination.limit=%s&pagination.key=%s" % (
                    limit, key.replace("+", "%2B").replace("/", "%2F").replace("=", "%3D")),
                    page_limit)
                self.assertTrue(labels)
                if seen:
                    self.assertEqual(total, "0")
                seen += labels
            self.assertEqual(seen, self.labels)

    def test_next_key_needs_escaping(self):
        key = self.page("pagination.limit=2")[1]
        self.assertTrue(set(key) & set("+/="), key)
        url_safe = key.replace("+", "-").replace("/", "_")
        self.assertEqual(self.page("pagination.key=" + url_safe)[0], self.labels[2:])

    def test_plus_that_was_not_escaped_is_refused(self):
        answer = Rest(self.world).answer(
            Request("GET", "/dcl/pki/revocation-points?pagination.key=AA+B"))
        self.assertEqual(answer.status, 400)


class Server:
    """A ledger of its own, as a test of a client would start it."""

    def __init__(self, *options, world=None):
        self.process = subprocess.Popen(
            [os.path.join(HERE, "ledger.py"), "--world", world or Fixture.make(), *options],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        line = self.process.stdout.readline()
        self.told = json.loads(line) if line else None

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.communicate(timeout=10)

    def connect(self):
        return http.client.HTTPConnection("127.0.0.1", self.told["port"], timeout=10)

    def ask(self, target, method="GET", headers=None):
        connection = self.connect()
        try:
            connection.request(method, target, headers=headers or {})
            response = connection.getresponse()
            return response, response.read()
        finally:
            connection.close()


class ServerTest(unittest.TestCase):
    def test_crl_and_conditional_get(self):
        with Server() as server:
            first, body = server.ask("/crl/a.crl")
            self.assertEqual((first.status, body), (200, b"bytes of a"))
            self.assertEqual(first.headers["Content-Type"], "application/pkix-crl")
            etag, modified = first.headers["ETag"], first.headers["Last-Modified"]
            rows = [({"If-None-Match": etag}, 304), ({"If-None-Match": "W/" + etag}, 304),
                    ({"If-None-Match": '"x", ' + etag}, 304), ({"If-None-Match": "*"}, 304),
                    ({"If-None-Match": '"x"'}, 200),
                    ({"If-None-Match": '"x"', "If-Modified-Since": modified}, 200),
                    ({"If-Modified-Since": modified}, 304),
                    ({"If-Modified-Since": "Sat, 01 Jan 2000 00:00:00 GMT"}, 200),
                    ({"If-Modified-Since": "yesterday"}, 200)]
            for headers, status in rows:
                response, body = server.ask("/crl/a.crl", headers=headers)
                self.assertEqual((response.status, len(body)),
                                 (status, 10 if status == 200 else 0), headers)
            head, body = server.ask("/crl/a.crl", "HEAD")
            self.assertEqual((head.status, head.headers["Content-Length"], body), (200, "10", b""))
            self.assertEqual(server.ask("/crl/b.crl?part=1&of=2")[1], b"bytes of b")
            self.assertEqual(server.ask("/crl/none.crl")[0].status, 501)

    def test_requests_are_logged(self):
        with Server() as server:
            etag = server.ask("/crl/a.crl?x=1")[0].headers["ETag"]
            server.ask("/crl/a.crl", headers={"If-None-Match": etag})
            log = json.loads(server.ask("/__test__/requests")[1])
            self.assertEqual([(r["method"], r["path"], r["query"], r["status"], r["bytes"])
                              for r in log],
                             [("GET", "/crl/a.crl", "x=1", 200, 10),
                              ("GET", "/crl/a.crl", "", 304, 0)])
            self.assertEqual(log[1]["headers"]["if-none-match"], etag)
            server.ask("/__test__/clear-requests", "POST")
            self.assertEqual(server.ask("/__test__/requests")[1], b"[]")

    def test_control(self):
        with Server() as server:
            self.assertEqual(server.ask("/__test__/stop-crl?path=/crl/a.crl", "POST")[0].status,
                             200)
            self.assertEqual(server.ask("/crl/a.crl")[0].status, 503)
            server.ask("/__test__/start-crl?path=%2Fcrl%2Fa.crl", "POST")
            self.assertEqual(server.ask("/crl/a.crl")[0].status, 200)
            for target in ("/__test__/stop-crl?path=/none", "/__test__/scenario?name=none",
                           "/__test__/none", "/__test__/requests"):
                self.assertEqual(server.ask(target, "POST")[0].status, 404, target)
            self.assertEqual(server.ask("/__test__/scenario?name=html", "POST")[0].status, 200)
            self.assertIn(b"<html>", server.ask("/dcl/pki/root-certificates")[1])
            self.assertEqual(server.ask("/__test__/reload", "POST")[0].status, 200)

    def test_keep_alive(self):
        with Server() as server:
            connection = server.connect()
            connection.connect()
            port = connection.sock.getsockname()
            for _ in range(3):
                connection.request("GET", "/dcl/pki/root-certificates")
                self.assertEqual(connection.getresponse().read()[:1], b"{")
                self.assertEqual(connection.sock.getsockname(), port)
            connection.close()

    def test_ends_when_its_input_closes(self):
        server = Server()
        self.assertEqual(server.told["url"], "http://127.0.0.1:%d" % server.told["port"])
        server.process.stdin.close()
        self.assertEqual(server.process.wait(timeout=5), 0)
        self.assertEqual(server.process.stdout.read(), b"")
        server.process.stdout.close()
        server.process.stderr.close()

    def test_ends_on_sigterm(self):
        with Server() as server:
            server.process.send_signal(signal.SIGTERM)
            self.assertEqual(server.process.wait(timeout=5), 0)

    def test_bad_world_is_one_line(self):
        bad = tempfile.mkdtemp(prefix="veridac-ledger.")
        try:
            for text in ("", "{}x", '{"root_certificates":[{"file":"ledger.json"}]}',
                         '{"root_certificates":[{"file":"none.der"}]}'):
                with open(os.path.join(bad, "ledger.json"), "w") as file:
                    file.write(text)
                done = subprocess.run([os.path.join(HERE, "ledger.py"), "--world", bad],
                                      stdin=subprocess.DEVNULL, capture_output=True, timeout=10)
                self.assertEqual((done.returncode, done.stdout, done.stderr.count(b"\n")),
                                 (1, b"", 1), (text, done.stderr))
        finally:
            shutil.rmtree(bad)

    def test_pki_program_gets_the_url(self):
        """--pki: the port is known first, then the world is made for it."""
        folder = tempfile.mkdtemp(prefix="veridac-ledger.")
        try:
            program = os.path.join(folder, "pki")
            with open(program, "w") as file:
                file.write("#!/bin/sh\necho chatter; printf '%s\\n' \"$*\" >\"$2/arguments\"\n"
                           "printf '{}' >\"$2/ledger.json\"\n")
            os.chmod(program, 0o755)
            done = subprocess.run([os.path.join(HERE, "ledger.py"), "--world", folder, "--pki",
                                   program, "--seed", "s 1", "--at", "7"],
                                  stdin=subprocess.DEVNULL, capture_output=True, timeout=10)
            url = json.loads(done.stdout)["url"]
            with open(os.path.join(folder, "arguments")) as file:
                self.assertEqual(file.read(),
                                 "world %s --url %s --seed s 1 --at 7\n" % (folder, url))
        finally:
            shutil.rmtree(folder)


class WorldTest(unittest.TestCase):
    """The world that veridac-testpki makes, walked as a client would; VERIDAC_TESTPKI names it."""

    def test_everything_that_the_ledger_names_is_there(self):
        program = os.environ.get("VERIDAC_TESTPKI")
        if not program:
            self.skipTest("VERIDAC_TESTPKI is not set")
        with tempfile.TemporaryDirectory(prefix="veridac-ledger.") as folder:
            with Server("--pki", program, "--page-limit", "1", world=folder) as server:
                self.walk(server)

    def walk(self, server):
        get = lambda path: json.loads(server.ask("/dcl/pki/" + path)[1])
        for root in get("root-certificates")["approvedRootCertificates"]["certs"]:
            one = get("certificates/%s/%s" % (root["subject"].replace("=", "%3D"),
                                              root["subjectKeyId"]))
            self.assertTrue(one["approvedCertificates"]["certs"][0]["isRoot"])
        points, key = [], ""
        while key is not None:
            page = get("revocation-points?pagination.key=" + key)
            points += page["PkiRevocationDistributionPoint"]
            key = page["pagination"]["next_key"]
            key = key and key.replace("+", "%2B").replace("/", "%2F").replace("=", "%3D")
        self.assertGreater(len(points), 5)
        for point in points:
            self.assertTrue(point["dataURL"].startswith(server.told["url"] + "/"))
            response, body = server.ask(point["dataURL"][len(server.told["url"]):])
            self.assertEqual((response.status, body[:1]), (200, b"\x30"), point["dataURL"])


class ScenarioTest(unittest.TestCase):
    POINTS = "/dcl/pki/revocation-points"

    def test_html(self):
        with Server("--scenario", "html") as server:
            for target in (self.POINTS, "/crl/a.crl"):
                response, body = server.ask(target)
                self.assertEqual((response.status, response.headers["Content-Type"], body[:2]),
                                 (200, "text/html; charset=utf-8", b"<!"), target)

    def test_empty(self):
        with Server("--scenario", "empty") as server:
            for path, name in (("root-certificates", "certs"), ("certificates", "approvedC")):
                self.assertIn(b'"%s' % name.encode(), server.ask("/dcl/pki/" + path)[1])
                self.assertIn(b"[]", server.ask("/dcl/pki/" + path)[1])
            self.assertEqual(json.loads(server.ask(self.POINTS)[1]), {
                "PkiRevocationDistributionPoint": [],
                "pagination": {"next_key": None, "total": "0"}})
            self.assertEqual(server.ask(self.POINTS + "/AB")[0].status, 404)

    def test_loop(self):
        with Server("--scenario", "loop", "--page-limit", "2") as server:
            first = json.loads(server.ask(self.POINTS)[1])
            key = first["pagination"]["next_key"].replace("=", "%3D").replace("+", "%2B")
            again = json.loads(server.ask(self.POINTS + "?pagination.key=" + key)[1])
            self.assertEqual(again["PkiRevocationDistributionPoint"],
                             first["PkiRevocationDistributionPoint"])
            self.assertEqual(again["pagination"]["next_key"], first["pagination"]["next_key"])

    def test_truncated(self):
        with Server("--scenario", "truncated") as server:
            for target in (self.POINTS, "/crl/a.crl"):
                with self.assertRaises(http.client.IncompleteRead, msg=target):
                    server.ask(target)

    def test_slow(self):
        with Server("--scenario", "slow") as server:
            with socket.create_connection(("127.0.0.1", server.told["port"])) as client:
                client.sendall(b"GET /crl/a.crl HTTP/1.1\r\nHost: x\r\n\r\n")
                received, started = b"", time.monotonic()
                while not received.endswith(b"byt"):
                    received += client.recv(4096)
                self.assertEqual(received.split(b"\r\n\r\n", 1)[1], b"byt")
                self.assertGreater(time.monotonic() - started, 1.9)

    def test_down(self):
        with Server("--scenario", "down") as server:
            with self.assertRaises(http.client.RemoteDisconnected):
                server.ask(self.POINTS)

    def test_readme_lists_every_scenario(self):
        with open(os.path.join(HERE, "README.md"), encoding="utf-8") as file:
            readme = file.read()
        for name in SCENARIOS:
            self.assertIn("| `%s` |" % name, readme)


if __name__ == "__main__":
    unittest.main()
