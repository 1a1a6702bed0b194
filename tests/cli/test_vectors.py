#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""The commissioner vectors and the certificate chains of the vectors, through the program."""
import base64
import hashlib
import json
import os
import secrets
import unittest

import schema
from support import SOURCE, Folder, main, needs_vectors, run, run_json, vector

TRUST = ["--trust", vector("paa", "development", "Chip-Test-PAA-FFF1-Cert.der"),
         "--trust", vector("paa", "development", "Chip-Test-PAA-NoVID-Cert.der"),
         "--cd-signers", vector("cd-signers"), "--network", "test", "--policy", "permissive"]


def expectations():
    rows = {}
    with open(os.path.join(SOURCE, "tests", "vectors", "commissioner.txt"), encoding="ascii") as f:
        for line in f:
            if line.strip() and not line.startswith("#"):
                name, verdict, slug, sdk, *others = line.split()
                rows[name] = (verdict, slug, int(sdk),
                              None if others == ["*"] else others)
    return rows


@needs_vectors
class Commissioner(unittest.TestCase):
    def test_every_case(self):
        rows = expectations()
        files = sorted(os.listdir(vector("commissioner_dut")))
        self.assertGreater(len(files), 100)
        for file in files:
            with self.subTest(file):
                self.check(file, rows.get(os.path.splitext(file)[0]))
        print("commissioner vectors: %d" % len(files))

    def test_by_the_clock(self):
        """facts B.6.2: all four refused without a clock; with one, the SDK's number is 300."""
        for name in ("dac_valid_in_past", "dac_valid_in_future", "pai_valid_in_past",
                     "pai_valid_in_future"):
            path = vector("commissioner_dut", "struct_%s.json" % name)
            if not os.path.exists(path):
                continue
            with self.subTest(name):
                _, result, _ = run_json("verify", "--case", path, *TRUST, "--sdk-compat", "--at",
                                        "2026-09-01T00:00:00Z")
                self.assertIn(("dac-expired-now", 300),
                              [(f["id"], f["sdk_code"]) for f in result["findings"]])

    def check(self, file, row):
        path = vector("commissioner_dut", file)
        code, result, err = run_json("verify", "--case", path, *TRUST)
        if row is None:
            with open(path, encoding="utf-8") as f:
                success = json.load(f)["is_success_case"] == "true"
            self.assertEqual(code, 0 if success else 1, err)
            return
        verdict, slug, sdk, others = row
        self.assertEqual(result["verdict"], verdict, result["findings"])
        self.assertEqual(code, 0 if verdict == "accept" else 1, err)
        found = {f["id"]: f["sdk_code"] for f in result["findings"]}
        if slug != "-":
            self.assertIn(slug, found)
            self.assertEqual(found[slug], sdk)
        errors = [f["id"] for f in result["findings"] if f["severity"] == "error"]
        self.assertEqual(bool(errors), verdict == "reject")
        if others is not None:
            self.assertEqual(set(errors), {slug, *others} - {"-"})


@needs_vectors
class Compliance(Folder):
    """Fields that a commissioner does not judge by themselves: accepted without the ledger's records,
    named when records contradict them. The ledger has no security level or information; there the
    record differs in the certificate id."""

    KNOWN = {"cDVersionNumber": 0x9876, "cDCertificateId": "ZIG20141ZB330001-24"}
    ROWS = {"struct_cd_device_type_id_mismatch": ({}, "compliance-device-type"),
            "struct_cd_version_number_wrong": ({}, "compliance-version"),
            "struct_cd_cert_id_mismatch": ({}, "compliance-certificate-id"),
            "struct_cd_security_level_wrong": ({"cDCertificateId": "CSA00000SWC00000-01"},
                                               "compliance-certificate-id"),
            "struct_cd_security_info_wrong": ({"cDCertificateId": "CSA00000SWC00000-01"},
                                              "compliance-certificate-id")}

    def test_both_ways(self):
        for name, (change, slug) in self.ROWS.items():
            with self.subTest(name):
                case = vector("commissioner_dut", name + ".json")
                if not os.path.exists(case):
                    self.skipTest("not among the given vectors")
                code, result, err = run_json("verify", "--case", case, *TRUST)
                self.assertEqual(code, 0, err)
                self.assertNotIn("compliance", json.dumps([f["id"] for f in result["findings"]]))
                record = {"vid": 0xFFF1, "pid": 0x8000, "softwareVersion": 1, "schemaVersion": 0,
                          "certificationType": "matter", "softwareVersionCertificationStatus": 2,
                          "date": "2024-01-01T00:00:00Z", **self.KNOWN, **change}
                path = self.write("records.json", json.dumps(
                    {"complianceInfo": [record],
                     "model": [{"vid": 0xFFF1, "pid": 0x8000, "deviceTypeId": 0x1234}]}))
                code, result, err = run_json("verify", "--case", case, *TRUST, "--compliance", path,
                                             "--software-version", "1")
                self.assertEqual(code, 0, err)
                self.assertIn(slug, [f["id"] for f in result["findings"]])


class P256:
    """ECDSA on P-256 in a few lines: the device's side of a vector, written independently."""
    P = 0xFFFFFFFF00000001000000000000000000000000FFFFFFFFFFFFFFFFFFFFFFFF
    N = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
    G = (0x6B17D1F2E12C4247F8BCE6E563A440F277037D812DEB33A0F4A13945D898C296,
         0x4FE342E2FE1A7F9B8EE7EB4A7C0F9E162BCE33576B315ECECBB6406837BF51F5)

    @classmethod
    def add(cls, a, b):
        if a is None or b is None:
            return a or b
        if a[0] == b[0]:
            if (a[1] + b[1]) % cls.P == 0:
                return None
            slope = (3 * a[0] * a[0] - 3) * pow(2 * a[1], -1, cls.P)
        else:
            slope = (b[1] - a[1]) * pow(b[0] - a[0], -1, cls.P)
        x = (slope * slope - a[0] - b[0]) % cls.P
        return x, (slope * (a[0] - x) - a[1]) % cls.P

    @classmethod
    def times(cls, k, point):
        total = None
        while k:
            if k & 1:
                total = cls.add(total, point)
            point = cls.add(point, point)
            k >>= 1
        return total

    @classmethod
    def sign(cls, scalar, message):
        k = secrets.randbelow(cls.N - 1) + 1
        r = cls.times(k, cls.G)[0] % cls.N
        e = int.from_bytes(hashlib.sha256(message).digest(), "big")
        s = pow(k, -1, cls.N) * (e + r * scalar) % cls.N
        return r.to_bytes(32, "big") + s.to_bytes(32, "big")


@needs_vectors
class SeparateOptions(Folder):
    """A case as --case and as separate options: the same JSON and the same exit code."""

    def elements(self, declaration, nonce):
        n = len(declaration)
        head = b"\x31\x01" + n.to_bytes(2, "little") if n > 255 else b"\x30\x01" + bytes([n])
        return b"\x15" + head + declaration + b"\x30\x02\x20" + nonce + b"\x24\x03\x00\x18"

    def test_every_case(self):
        for file in sorted(os.listdir(vector("commissioner_dut"))):
            with self.subTest(file):
                path = vector("commissioner_dut", file)
                with open(path, encoding="utf-8") as f:
                    case = json.load(f)
                nonce, challenge = os.urandom(32), os.urandom(16)
                elements = self.elements(bytes.fromhex(case["certification_declaration"]), nonce)
                signature = P256.sign(int(case["dac_private_key"], 16), elements + challenge)
                options = ["--nonce", nonce.hex(), "--challenge", challenge.hex(),
                           "--vid", "0xFFF1", "--pid", str(case["basic_info_pid"]),
                           "--elements", self.write("elements", elements),
                           "--signature", self.write("signature", signature)]
                for name in ("dac", "pai"):
                    options += ["--" + name, self.write(name, bytes.fromhex(case[name + "_cert"]))]
                self.assertEqual(run("verify", *options, *TRUST, "--json"),
                                 run("verify", "--case", path, *TRUST, "--json"))


@needs_vectors
class Revocation(Folder):
    """The revocation devices of the vectors, from CRLs and points, through the program."""

    PAA = "6AFD22771F511FECBF1641976710DCDC31A1717E"
    POINTS = {  # label: key id of the CA, signer, delegator, URL, CRL, is it a PAA's
        "paa": (PAA, "Chip-Test-PAA-FFF1-Cert", None, "https://example.com/paa.crl",
                "Chip-Test-PAA-FFF1-CRL", True),
        "dev": ("63540E47F64B1C38D13884A462D16C195D8FFB3C", "Matter-Development-PAI-FFF1-noPID-Cert",
                None, "https://example.com/dev.crl", "Matter-Development-PAI-FFF1-noPID-CRL", False),
        "rev": (None, "Chip-Test-PAI-FFF1-noPID-Revoked-Cert", None,
                "https://example.com/rev.crl", "Chip-Test-PAI-FFF1-noPID-Revoked-CRL", False),
        "paa-delegate": (PAA, "indirect/Chip-Test-PAA-Delegate-FFF1-Cert", None,
                         "https://example.com/paa-delegated-crl.der",
                         "indirect/Chip-Test-PAA-FFF1-Delegated-CRL", True),
        "pai-01": (None, "indirect/Chip-Test-PAI-Delegate-FFF1-01-Cert",
                   "indirect/Chip-Test-PAI-FFF1-01-Cert",
                   "https://example.com/pai-delegated-crl.der",
                   "indirect/Chip-Test-PAI-FFF1-Delegated-CRL", False),
        "pai-02": (None, "indirect/Chip-Test-PAI-Delegate-FFF1-02-Cert",
                   "indirect/Chip-Test-PAI-FFF1-02-Cert",
                   "https://example.com/pai-delegated-crl.der",
                   "indirect/Chip-Test-PAI-FFF1-Delegated-CRL", False),
    }
    DEV, REV = "Matter-Development-PAI-FFF1-noPID-Cert", "Chip-Test-PAI-FFF1-noPID-Revoked-Cert"
    DEVICES = [  # points, DAC, PAI, status of the DAC, status of the PAI
        ("paa dev", "Matter-Development-DAC-FFF1-8001-Revoked-01-Cert", DEV, "revoked", "good"),
        ("paa dev", "Matter-Development-DAC-FFF1-8001-Revoked-02-Cert", DEV, "revoked", "good"),
        ("paa dev", "Matter-Development-DAC-FFF1-8001-Revoked-03-Cert", DEV, "revoked", "good"),
        ("paa rev", "Chip-Test-DAC-FFF1-8001-Signed-By-Revoked-PAI-Cert", REV, "good", "revoked"),
        ("paa rev", "Chip-Test-DAC-FFF1-8001-Revoked-Signed-By-Revoked-PAI-Cert", REV, "revoked",
         "revoked"),
        ("paa-delegate pai-01 pai-02", "indirect/Chip-Test-DAC-FFF1-8001-Signed-By-Test-PAI-01-Cert",
         "indirect/Chip-Test-PAI-FFF1-01-Cert", "revoked", "good"),
        ("paa-delegate pai-01 pai-02",
         "indirect/Chip-Test-DAC-02-FFF1-8001-Signed-By-Test-PAI-02-Cert",
         "indirect/Chip-Test-PAI-FFF1-02-Cert", "good", "good"),
        ("paa-delegate pai-01 pai-02", "indirect/Chip-Test-DAC-FFF1-8001-Signed-By-Test-PAI-02-Cert",
         "indirect/Chip-Test-PAI-FFF1-02-Cert", "revoked", "good"),
        ("paa-delegate", "indirect/Chip-Test-DAC-01-FFF1-8001-Signed-By-Test-PAI-03-Cert",
         "indirect/Chip-Test-PAI-FFF1-03-Cert", "unknown", "revoked"),
        ("paa-delegate", "indirect/Chip-Test-DAC-02-FFF1-8001-Signed-By-Test-PAI-03-Cert",
         "indirect/Chip-Test-PAI-FFF1-03-Cert", "unknown", "revoked"),
    ]

    LISTED = [  # DAC, PAI, who is listed: in the SDK's set, in ours from the same CRLs
        ("Matter-Development-DAC-FFF1-8001-Revoked-01-Cert", DEV, "d", "d"),
        ("Matter-Development-DAC-FFF1-8001-Revoked-02-Cert", DEV, "d", "d"),
        ("Matter-Development-DAC-FFF1-8001-Revoked-03-Cert", DEV, "d", "d"),
        ("Chip-Test-DAC-FFF1-8001-Signed-By-Revoked-PAI-Cert", REV, "p", "p"),
        ("Chip-Test-DAC-FFF1-8001-Revoked-Signed-By-Revoked-PAI-Cert", REV, "dp", "dp"),
        ("indirect/Chip-Test-DAC-FFF1-8001-Signed-By-Test-PAI-01-Cert",
         "indirect/Chip-Test-PAI-FFF1-01-Cert", "d", "d"),
        ("indirect/Chip-Test-DAC-02-FFF1-8001-Signed-By-Test-PAI-02-Cert",
         "indirect/Chip-Test-PAI-FFF1-02-Cert", "", ""),
        ("indirect/Chip-Test-DAC-FFF1-8001-Signed-By-Test-PAI-02-Cert",
         "indirect/Chip-Test-PAI-FFF1-02-Cert", "d", "d"),
        ("indirect/Chip-Test-DAC-01-FFF1-8001-Signed-By-Test-PAI-03-Cert",
         "indirect/Chip-Test-PAI-FFF1-03-Cert", "dp", "p"),  # set 6 lists the first, facts G.5.4
        ("indirect/Chip-Test-DAC-02-FFF1-8001-Signed-By-Test-PAI-03-Cert",
         "indirect/Chip-Test-PAI-FFF1-03-Cert", "p", "p"),
    ]

    def pem(self, name):
        with open(vector("revocation", name + ".der"), "rb") as f:
            text = base64.encodebytes(f.read()).decode()
        return "-----BEGIN CERTIFICATE-----\n%s-----END CERTIFICATE-----\n" % text

    def key_id(self, name):
        _, shown, _ = run_json("show", vector("revocation", name + ".der"))
        return shown["subject_key_id"]

    def inputs(self, labels):
        points, crls = [], {}
        for label in labels.split():
            key, signer, delegator, url, crl, is_paa = self.POINTS[label]
            points.append({
                "vid": 0xFFF1, "pid": 0, "isPAA": is_paa, "label": label,
                "crlSignerCertificate": self.pem(signer),
                "crlSignerDelegator": self.pem(delegator) if delegator else "",
                "issuerSubjectKeyID": key or self.key_id(delegator or signer), "dataURL": url,
                "dataFileSize": "0", "dataDigest": "", "dataDigestType": 0, "revocationType": 1,
                "schemaVersion": 0})
            crls[url] = vector("revocation", crl + ".der")
        listed = json.dumps({"PkiRevocationDistributionPoint": points,
                             "pagination": {"next_key": None, "total": str(len(points))}})
        return (["--points", self.write("points.json", listed), "--network", "test", "--trust",
                 vector("revocation", "Chip-Test-PAA-FFF1-Cert.der"), "--at",
                 "2026-09-01T00:00:00Z"] +
                [x for url, file in crls.items() for x in ("--crl", "%s=%s" % (url, file))])

    def test_devices(self):
        for labels, dac, pai, dac_status, pai_status in self.DEVICES:
            with self.subTest((labels, dac)):
                bundle = self.path("bundle")
                code, _, err = run("build", *self.inputs(labels), "--out", bundle)
                self.assertEqual(code, 0, err)
                _, result, err = run_json(
                    "verify", "--dac", vector("revocation", dac + ".der"), "--pai",
                    vector("revocation", pai + ".der"), "--snapshot", bundle, "--network", "test",
                    "--trust", vector("revocation", "Chip-Test-PAA-FFF1-Cert.der"), "--at",
                    "2026-09-01T00:00:00Z")
                self.assertEqual(schema.faults(result, schema.of("verify")), [])
                self.assertEqual((result["revocation"]["dac"]["status"],
                                  result["revocation"]["pai"]["status"]),
                                 (dac_status, pai_status), err)

    def test_sets_are_those_of_the_sdk(self):
        with open(vector("revocation", "revocation-set.json"), encoding="utf-8") as f:
            wanted = json.load(f)
        rebuilt = []
        for labels in ("paa", "dev", "rev", "paa-delegate", "pai-01", "pai-02"):
            code, out, err = run("revset", *self.inputs(labels))
            self.assertEqual(code, 0, err)
            rebuilt += [s for s in json.loads(out) if s["revoked_serial_numbers"]]
        self.assertEqual(len(rebuilt), 6)
        for want, got in zip(wanted[:6], rebuilt):
            for field in ("type", "issuer_subject_key_id", "issuer_name", "crl_signer_cert",
                          "crl_signer_delegator"):
                self.assertEqual(got.get(field), want.get(field))
            self.assertEqual(set(got["revoked_serial_numbers"]),
                             set(want["revoked_serial_numbers"]))

    def test_all_sets_at_once(self):
        """One set per issuer: those of a PAA and of its delegate are one. Not all points are used,
        because the two CRLs of the PAA do not both name their URL."""
        with open(vector("revocation", "revocation-set.json"), encoding="utf-8") as f:
            wanted = {}
            for one in json.load(f)[:6]:
                key = one["issuer_subject_key_id"], one["issuer_name"]
                wanted.setdefault(key, set()).update(one["revoked_serial_numbers"])
        inputs = self.inputs("paa dev rev paa-delegate pai-01 pai-02")
        code, out, err = run("revset", *inputs)
        self.assertEqual(code, 2, err)
        got = {(s["issuer_subject_key_id"], s["issuer_name"]): set(s["revoked_serial_numbers"])
               for s in json.loads(out)}
        self.assertEqual(got, wanted)
        self.assertEqual(run("revset", *inputs)[1], out)

    def test_set_six_is_refused(self):
        """Its delegate on disk says that PAI 02 issued it, and PAI 03 signed it (facts G.5.2)."""
        for delegator, found in (("02", "the signature does not verify with the delegator's key"),
                                 ("03", "it names another issuer")):
            with self.subTest(delegator):
                label = "pai-0x"
                self.POINTS = {label: (None, "indirect/Chip-Test-PAI-Delegate-FFF1-03-Cert",
                                       "indirect/Chip-Test-PAI-FFF1-%s-Cert" % delegator,
                                       "https://example.com/pai-delegated-crl.der",
                                       "indirect/Chip-Test-PAI-FFF1-Delegated-CRL", False)}
                code, report, _ = run_json("revset", *self.inputs(label))
                self.assertEqual((code, report["revoked"]), (65, 0))
                self.assertEqual([(f["id"], f["found"]) for f in report["points"][0]["findings"]],
                                 [("point-authority", found)])

    def test_devices_by_the_sdk_set(self):
        """TC-DA-1.9: what the SDK's own set says of its devices, codes included. It never says good."""
        given = vector("revocation", "revocation-set.json")
        for form in (None, "sdk", "matterjs", "csv"):
            path = given
            if form is not None:
                code, text, err = run("revset", *self.inputs(
                    "paa dev rev paa-delegate pai-01 pai-02"), "--format", form)
                self.assertEqual(code, 2, err)
                path = self.write("set", text)
            for dac, pai, in_given, in_ours in self.LISTED:
                with self.subTest((form, dac)):
                    wanted = in_given if form is None else in_ours
                    code, result, err = run_json(
                        "verify", "--dac", vector("revocation", dac + ".der"), "--pai",
                        vector("revocation", pai + ".der"), "--revocation-set", path, "--network",
                        "test", "--trust", vector("revocation", "Chip-Test-PAA-FFF1-Cert.der"))
                    told = [result["revocation"][k] for k in ("dac", "pai")]
                    self.assertEqual([t["status"] if t["status"] == "revoked" else t["reason"]
                                      for t in told],
                                     ["revoked" if k in wanted else "not-covered" for k in "dp"], err)
                    codes = {f["sdk_code"] for f in result["findings"]} & {202, 208, 302}
                    self.assertEqual(codes, {"": set(), "d": {302}, "p": {202},
                                             "dp": {302, 202, 208}}[wanted])
                    self.assertEqual(code, 1 if wanted else 2)

    def test_exit_codes_of_revset(self):
        everything = self.inputs("paa dev rev")
        code, report, err = run_json("revset", *everything)
        self.assertEqual((code, report["points_used"]), (0, 3), err)
        code, report, _ = run_json("revset", *everything[:-2])  # the last CRL is missing
        self.assertEqual((code, report["points_used"]), (2, 2))
        left_out = [p for p in report["points"] if not p["used"]]
        self.assertEqual([f["id"] for f in left_out[0]["findings"]], ["point-no-crl"])
        code, _, _ = run("revset", *everything[:-6])
        self.assertEqual(code, 65)
        code, _, err = run("revset", "--points", self.write("bad", "[{]"), *everything[2:])
        self.assertEqual(code, 65)
        self.one_line(err)


@needs_vectors
class Chains(Folder):
    """facts B.6: validity at the DAC's notBefore, and what the SDK makes of it by the clock."""

    ROWS = [  # DAC, PAI, PAA, findings in default mode, findings with --sdk-compat in 2026
        ("FFF2-8004-0020-ValInPast", "FFF2-8004-FB", "NoVID", set(), {"dac-expired-now"}),
        ("FFF2-8004-0021-ValInFuture", "FFF2-8004-FB", "NoVID", set(), {"dac-expired-now"}),
        ("FFF2-8005-0022-ValInPast", "FFF2-8005-ValInPast", "NoVID", set(), {"dac-expired-now"}),
        ("FFF2-8005-0023-ValInFuture", "FFF2-8005-ValInFuture", "NoVID", set(),
         {"dac-expired-now"}),
        ("FFF2-8006-0024-ValInPast", "FFF2-8006-ValInPast", "FFF2-ValInPast", set(), set()),
        ("FFF2-8006-0025-ValInFuture", "FFF2-8006-ValInFuture", "FFF2-ValInFuture", set(),
         {"dac-expired-now"}),
        ("FFF2-8004-0030-Val1SecBefore", "FFF2-8004-FB", "NoVID",
         {"pai-validity", "paa-validity"}, {"pai-validity", "paa-validity", "dac-expired-now"}),
        ("FFF2-8005-0032-Val1SecBefore", "FFF2-8005-Val1SecBefore", "NoVID", {"paa-validity"},
         {"paa-validity", "dac-expired-now"}),
        ("FFF2-8005-0033-Val1SecBefore", "FFF2-8005-ValInFuture", "NoVID", {"pai-validity"},
         {"pai-validity", "dac-expired-now"}),
        ("FFF2-8006-0034-ValInFuture", "FFF2-8006-ValInPast", "FFF2-ValInPast",
         {"pai-validity", "paa-validity"}, {"pai-validity", "paa-validity", "dac-expired-now"}),
        ("FFF2-8006-0035-Val1SecBefore", "FFF2-8006-ValInFuture", "FFF2-ValInFuture",
         {"pai-validity", "paa-validity"}, {"pai-validity", "paa-validity", "dac-expired-now"}),
        ("FFF1-8000-0000", "FFF1-8000", "FFF1", set(), set()),
        ("FFF2-8002-0017", "FFF2-NoPID", "NoVID", set(), set()),
        ("FFF2-8003-0019-FB", "FFF2-NoPID-FB", "NoVID", set(), set()),
        ("FFF2-8004-001C-FB", "FFF2-8004-FB", "NoVID", set(), set()),
    ]
    CHAIN = {"pai-validity", "paa-validity", "dac-expired-now", "dac-signature", "pai-signature",
             "dac-issuer-name", "dac-key-id-mismatch", "paa-not-found", "chain-shape",
             "pai-issuer-name"}

    def chain_findings(self, dac, pai, paa, *more):
        code, result, err = run_json(
            "verify", "--dac", vector("attestation", "Chip-Test-DAC-%s-Cert.der" % dac),
            "--pai", vector("attestation", "Chip-Test-PAI-%s-Cert.der" % pai),
            "--trust", vector("attestation", "Chip-Test-PAA-%s-Cert.der" % paa),
            "--network", "test", "--at", "2026-09-01T00:00:00Z", *more)
        self.assertIn(code, (1, 2), err)  # no attestation response: never accepted
        return {f["id"] for f in result["findings"]} & self.CHAIN

    def test_time_boundaries(self):
        for dac, pai, paa, plain, compat in self.ROWS:
            with self.subTest(dac):
                self.assertEqual(self.chain_findings(dac, pai, paa), plain)
                self.assertEqual(self.chain_findings(dac, pai, paa, "--sdk-compat"), compat)

    def show(self, name):
        return run_json("show", vector("attestation", name))[1]

    def test_every_chain(self):
        """facts G.4: all verify, but those of B.6, those with an extension twice, and long ones."""
        names = sorted(os.listdir(vector("attestation")))
        paas = [x for n in names if n.startswith("Chip-Test-PAA-")
                for x in ("--trust", vector("attestation", n))]
        pais = {n: self.show(n) for n in names if n.startswith("Chip-Test-PAI-")}
        early = {"Chip-Test-DAC-%s-Cert.der" % dac: plain for dac, _, _, plain, _ in self.ROWS}
        n_dacs = 0
        for name in names:
            if not name.startswith("Chip-Test-DAC-"):
                continue
            with self.subTest(name):
                dac = self.show(name)
                fits = [n for n, pai in pais.items() if pai["subject"] == dac["issuer"] and
                        pai["subject_key_id"] == dac["authority_key_id"]]
                self.assertTrue(fits)
                want = set(early.get(name, set()))
                if "-0000-2CDPs-" in name and "PAI-FFF2-8004" not in name:
                    want.add("dac-duplicate-extension")
                if dac["size"] > 600:
                    want.add("dac-size")
                for pai in fits:
                    args = ["verify", "--dac", vector("attestation", name), "--pai",
                            vector("attestation", pai), *paas, "--network", "test", "--at",
                            "2026-09-01T00:00:00Z"]
                    for more in ([], ["--sdk-compat"])[:2 if want else 1]:
                        result = run_json(*args, *more)[1]
                        got = {f["id"] for f in result["findings"] if f["severity"] == "error"}
                        self.assertEqual(got - {"dac-expired-now"},
                                         want - ({"dac-size"} if more else set()), pai)
                n_dacs += 1
        self.assertEqual(n_dacs, 58)

    def test_one_certificate_in_the_place_of_another(self):
        """facts B.7: foreign issuers, roles exchanged, garbage."""
        dac, pai, paa = ("Chip-Test-DAC-FFF1-8000-0000-Cert.der", "Chip-Test-PAI-FFF1-8000-Cert.der",
                         "Chip-Test-PAA-FFF1-Cert.der")
        rows = [(dac, paa, "chain-shape", 1), (dac, dac, "pai-basic-constraints", 1),
                (pai, pai, "dac-basic-constraints", 1), (paa, pai, "dac-basic-constraints", 1),
                (pai, paa, "dac-basic-constraints", 1)]
        for leaf, middle, slug, code in rows:
            with self.subTest((leaf, middle)):
                got, result, _ = run_json("verify", "--dac", vector("attestation", leaf), "--pai",
                                          vector("attestation", middle), "--trust",
                                          vector("attestation", paa), "--network", "test")
                self.assertEqual(got, code)
                self.assertIn(slug, [f["id"] for f in result["findings"]])
        for root in (dac, pai):  # no anchor is made of them
            code, _, err = run("verify", "--dac", vector("attestation", dac), "--pai",
                               vector("attestation", pai), "--trust", vector("attestation", root),
                               "--network", "test")
            self.assertEqual(code, 65, err)
            self.one_line(err)

    def test_wrong_chains(self):
        rows = [("FFF1-8000-0000", "FFF2-8001", "NoVID", "dac-signature"),
                ("FFF2-8001-0008", "FFF2-8001", "FFF1", "paa-not-found"),
                ("FFF2-8001-0008", "FFF2-8001-Resigned", "NoVID", "pai-issuer-name")]
        for dac, pai, paa, slug in rows:
            with self.subTest(pai):
                self.assertIn(slug, self.chain_findings(dac, pai, paa))

    def test_reissued_pai(self):
        """Same subject and key, another issuer: chains to the other PAA with the same key id."""
        paas = "NoVID-ToResignPAIs"
        self.assertEqual(self.chain_findings("FFF2-8001-0008", "FFF2-8001-Resigned", paas), set())
        both = ["--trust", vector("attestation", "Chip-Test-PAA-NoVID-Cert.der")]
        self.assertEqual(self.chain_findings("FFF2-8001-0008", "FFF2-8001-Resigned", paas, *both),
                         set())
        self.assertEqual(self.chain_findings("FFF2-8001-0008", "FFF2-8001", paas, *both), set())


@needs_vectors
class Trust(Folder):
    # facts A.8 and A.2.3: what is tolerated in the files of the two networks
    TOLERATED = [
        ("CN_Matter_Certification_and_Testing_CA_O_CSA_vid_0xC5A0", "paa-is-cd-root"),
        ("SERIALNUMBER_63709330400001_CN_NXP_Matter_PAA_O_NXP_Semiconductors_NV_C_NL",
         "paa-signature-null"),
        ("SERIALNUMBER_63709380400001_CN_NXP_Matter_Test_PAA_O_NXP_Semiconductors_NV_C_NL",
         "paa-signature-null"),
        ("CN_Midea_Group_Matter_PAA_G1_Prod_vid_0x118C", "paa-id-string"),
    ]

    @staticmethod
    def file(name):
        return "dcld_mirror_%s.der" % name

    def test_roles_are_known_by_their_keys(self):
        for file in os.listdir(vector("cd-signers")):
            with self.subTest(file):
                shown = run_json("show", vector("cd-signers", file))[1]
                self.assertEqual((shown["role"], shown["findings"]), ("declaration signer", []))
        shown = run_json("show", vector("attestation", "Chip-Test-PAA-FFF1-Cert.der"))[1]
        self.assertEqual((shown["role"], shown["findings"]), ("PAA", []))

    def test_every_listed_paa_is_read(self):
        for folder, count in (("production", 40), ("development", 114)):
            with self.subTest(folder):
                files = os.listdir(vector("paa", folder))
                self.assertEqual(len(files), count)
                code, _, err = run("verify", "--dac", "-", "--pai", "/dev/null", "--trust",
                                   vector("paa", folder))
                self.assertIn(code, (1, 2))
                self.assertNotIn("left out", err)
                # the CSA root: never a PAA, and said so; NULL parameters and a PrintableString
                said = {(line.split(": ")[1].rsplit("/", 1)[1], line.split(": ")[2])
                        for line in err.splitlines()}
                self.assertEqual(said, {(self.file(file), "note " + slug)
                                        for file, slug in self.TOLERATED
                                        if self.file(file) in files})

    def test_declarations_are_all_shown(self):
        for file in sorted(os.listdir(vector("cd"))):
            if not file.endswith(".der"):
                continue
            with self.subTest(file):
                code, shown, err = run_json("show", vector("cd", file))
                self.assertEqual(code, 0, err)
                self.assertEqual(shown["kind"], "certification declaration")
                self.assertEqual([f for f in shown["findings"] if f["severity"] == "error"], [])


if __name__ == "__main__":
    main()
