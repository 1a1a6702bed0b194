#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""The program's manners: options, streams, exit codes, bad input of an operator and of a device."""
import json
import os
import pty
import stat
import subprocess
import unittest

import schema
from support import PROGRAM, TESTPKI, Folder, main, run, run_json


def make_case(folder, name="good"):
    subprocess.run([TESTPKI, "cases", os.path.join(os.path.dirname(__file__), "..", "cases"),
                    folder, "--only", name, "--seed", "cli"], check=True,
                   stdout=subprocess.DEVNULL)
    return os.path.join(folder, name)


class WithDevice(Folder):
    @classmethod
    def setUpClass(cls):
        import tempfile
        cls.made = tempfile.TemporaryDirectory(prefix="veridac-case-")
        cls.case = make_case(cls.made.name)
        with open(os.path.join(cls.case, "case.txt"), encoding="ascii") as f:
            cls.told = dict(line.rstrip("\n").split(": ", 1) for line in f if ": " in line)

    @classmethod
    def tearDownClass(cls):
        cls.made.cleanup()

    def options(self, **change):
        c = self.case
        o = {"dac": c + "/dac.der", "pai": c + "/pai.der", "elements": c + "/elements.bin",
             "signature": c + "/signature.bin", "challenge": self.told["challenge"],
             "nonce": self.told["nonce"], "vid": self.told["vid"], "pid": self.told["pid"],
             "trust": c + "/trust", "cd-signers": c + "/cd-signers", "network": "test",
             "policy": "permissive", "at": "2026-01-01T00:00:00Z"}
        o.update({k.replace("_", "-"): v for k, v in change.items()})
        return [x for k, v in o.items() if v is not None for x in ("--" + k, v)]


class Usage(WithDevice):
    def test_help_and_version(self):
        code, out, _ = run("--help")
        self.assertEqual(code, 0)
        for command in "verify sync revset build publish pull show keygen store".split():
            self.assertIn(command, out)
            code, text, err = run(command, "--help")
            self.assertEqual((code, err), (0, ""))
            self.assertIn("usage: veridac " + command, text)
        self.assertEqual(run("--version")[0], 0)

    def test_wrong_words(self):
        rows = [([], None), (["vrify"], "vrify"), (["verify", "--dca", "x"], "--dac"),
                (["verify", "--vid"], "--vid"), (["verify", "--json=1"], "--json"),
                (["verify", "extra"], "extra"),
                (["verify", "--dac", "a", "--dac", "b"], "twice"),
                (["verify"], "--dac"), (["show"], "file"), (["keygen"], "--out"),
                (["sync"], "--dcl"), (["publish"], "--state"), (["pull"], "--from"),
                (["revset"], "--points"), (["build"], "--out")]
        for words, named in rows:
            with self.subTest(words):
                code, out, err = run(*words)
                self.assertEqual((code, out), (64, ""))
                if named:
                    self.one_line(err)
                    self.assertIn(named, err)

    def test_malformed_values(self):
        rows = [("vid", "0x10000"), ("vid", "FFF1"), ("vid", ""), ("pid", "-1"),
                ("at", "yesterday"), ("at", "2026-02-30T00:00:00Z"), ("network", "both"),
                ("policy", "lenient"), ("accept-unknown", "stale,"), ("accept-unknown", "rotten"),
                ("max-age", "7"), ("max-age", "0d"), ("challenge", "00" * 15),
                ("challenge", "zz" * 16), ("nonce", "00" * 33), ("nonce", "")]
        for name, value in rows:
            with self.subTest((name, value)):
                code, out, err = run("verify", *self.options(**{name: value}))
                self.assertEqual((code, out), (64, ""))
                self.one_line(err)
                self.assertIn("--" + name, err)

    def test_conflicts(self):
        for more in (["--case", "x"], ["--store", "a", "--snapshot", "b"]):
            with self.subTest(more):
                code, _, err = run("verify", *self.options(), *more)
                self.assertEqual(code, 64)
                self.one_line(err)

    def test_full_output(self):
        """Standard output that cannot be written is an error, not a success."""
        with open("/dev/full", "wb") as full:
            p = subprocess.run([PROGRAM, "--help"], stdout=full, stderr=subprocess.PIPE, check=False)
        self.assertEqual(p.returncode, 74)


class Verify(WithDevice):
    def test_accepts(self):
        code, out, err = run("verify", *self.options())
        self.assertEqual(code, 0, err)
        self.assertTrue(out.startswith("accept\n"), out)
        self.assertNotIn("\x1b", out)  # no colour when it is not a terminal

    def test_json_is_the_same_twice(self):
        first = run("verify", *self.options(), "--json")
        self.assertEqual(first, run("verify", *self.options(), "--json"))
        result = json.loads(first[1])
        self.assertEqual(result["verdict"], "accept")
        self.assertEqual(result["revocation"]["dac"]["status"], "unknown")
        self.assertEqual(result["revocation"]["dac"]["reason"], "no-data")
        self.assertIsNone(result["snapshot"])

    def test_json_is_what_the_schema_says(self):
        rules = schema.of("verify")
        rows = [{}, {"policy": "audit"}, {"policy": "strict"}, {"dac": self.write("junk", b"\0")},
                {"elements": None, "nonce": None, "vid": None}, {"trust": None, "cd_signers": None},
                {"network": None, "cd_signers": None}]
        for row in rows:
            with self.subTest(row):
                result = run_json("verify", *self.options(**row))[1]
                self.assertEqual(schema.faults(result, rules), [])
        # and the schema is not content with anything
        good = run_json("verify", *self.options())[1]
        for change in ({"verdict": "maybe"}, {"verdict": None}, {"more": 1}, {"findings": {}},
                       {"enforced": 1}, {"schema_version": True}, {"revocation": {}},
                       {"snapshot": {}}, {"findings": [{**good["findings"][0], "sdk_code": "1"}]}):
            with self.subTest(change):
                self.assertNotEqual(schema.faults({**good, **change}, rules), [])
        self.assertNotEqual(schema.faults({k: v for k, v in good.items() if k != "verdict"}, rules),
                            [])

    def on_a_terminal(self, **environment):
        """What the program writes when its standard output is a terminal."""
        master, slave = pty.openpty()
        env = {k: v for k, v in os.environ.items() if k not in ("NO_COLOR", "TERM")}
        p = subprocess.Popen([PROGRAM, "verify", *self.options()], stdin=subprocess.DEVNULL,
                             stdout=slave, env={**env, "TERM": "xterm", **environment})
        os.close(slave)
        out = b""
        try:
            while part := os.read(master, 65536):
                out += part
        except OSError:  # the other end is closed
            pass
        os.close(master)
        self.assertEqual(p.wait(timeout=60), 0)
        self.assertIn(b"accept", out)
        return out

    def test_colour_only_on_a_terminal_that_wants_it(self):
        self.assertIn(b"\x1b[", self.on_a_terminal())
        self.assertIn(b"\x1b[", self.on_a_terminal(NO_COLOR=""))
        self.assertNotIn(b"\x1b", self.on_a_terminal(NO_COLOR="1"))
        self.assertNotIn(b"\x1b", self.on_a_terminal(TERM="dumb"))

    def test_policies_without_revocation_data(self):
        for policy, code, verdict in (("strict", 1, "reject"), ("standard", 2, "undetermined"),
                                      ("permissive", 0, "accept"), ("audit", 0, "undetermined")):
            with self.subTest(policy):
                got, result, err = run_json("verify", *self.options(policy=policy))
                self.assertEqual((got, result["verdict"]), (code, verdict), err)
                self.assertEqual(result["enforced"], policy != "audit")
        got, result, _ = run_json("verify", *self.options(policy=None))
        self.assertEqual((got, result["policy"]), (2, "standard"))

    def test_accept_unknown(self):
        for policy in ("strict", "standard"):
            got, _, err = run("verify", *self.options(policy=policy, accept_unknown="no-data"))
            self.assertEqual(got, 0, err)
            got, _, err = run("verify", *self.options(policy=policy, accept_unknown="stale"))
            self.assertEqual(got, 1 if policy == "strict" else 2, err)

    def test_every_input_left_out(self):
        rows = {"elements": "no-proof-of-possession", "signature": "no-proof-of-possession",
                "challenge": "no-proof-of-possession", "nonce": "no-nonce",
                "vid": "no-basic-information", "pid": "no-basic-information"}
        for name, slug in rows.items():
            with self.subTest(name):
                code, result, err = run_json("verify", *self.options(**{name: None}))
                self.assertEqual((code, result["verdict"]), (2, "undetermined"), err)
                found = [(f["id"], f["subject"]) for f in result["findings"]
                         if f["severity"] == "incomplete"]
                self.assertEqual(found, [(slug, name)])

    def test_each_store_left_out(self):
        for name, verdict, slug in (("trust", "undetermined", "no-trust-anchors"),
                                    ("cd_signers", "reject", "cd-signer-unknown")):
            with self.subTest(name):
                _, result, err = run_json("verify", *self.options(**{name: None}))
                found = [f["id"] for f in result["findings"]
                         if f["severity"] in ("error", "incomplete", "warning")]
                self.assertEqual((result["verdict"], found), (verdict, [slug]), err)

    def test_a_certificate_left_out(self):
        for name in ("dac", "pai"):
            with self.subTest(name):
                code, result, err = run_json("verify", *self.options(**{name: None}))
                self.assertEqual((code, result["verdict"]), (2, "undetermined"), err)
                found = [f["id"] for f in result["findings"] if f["severity"] == "incomplete"]
                self.assertEqual(found, ["no-" + name])
        code, out, err = run("verify", *self.options(dac=None, pai=None))
        self.assertEqual((code, out), (64, ""))
        self.one_line(err)

    def test_pem_hex_base64_and_standard_input(self):
        import base64
        with open(self.case + "/dac.der", "rb") as f:
            der = f.read()
        b64 = base64.encodebytes(der)
        forms = {"pem": b"-----BEGIN CERTIFICATE-----\n" + b64 + b"-----END CERTIFICATE-----\n",
                 "hex": der.hex().encode(), "base64": b64}
        for form, text in forms.items():
            with self.subTest(form):
                path = self.write("dac." + form, text)
                self.assertEqual(run("verify", *self.options(dac=path))[0], 0)
                self.assertEqual(run("verify", *self.options(dac="-"), stdin=text)[0], 0)

    def log(self, *names):
        """Lines of a commissioner: octet strings as lists of bytes, others in between."""
        lines = ["[1650000000.100][42:43] CHIP:CTL: Sending Certificate Chain request"]
        for name in names:
            with open(os.path.join(self.case, name), "rb") as f:
                der = f.read()
            lines.append("[1650000000.123][42:43] CHIP:DMG:   0x0 = [")
            for i in range(0, len(der), 12):
                lines.append("[1650000000.124][42:43] CHIP:DMG:     "
                             + " ".join(f"0x{x:x}," for x in der[i:i + 12]))
                if i == 24:
                    lines.append("[1650000000.125][42:44] CHIP:EM: Rxd Ack; exchange 1234")
            lines.append(f"[1650000000.126][42:43] CHIP:DMG:   ] ({len(der)} bytes)")
        return "\n".join(lines).encode()

    def test_a_pasted_log(self):
        log = self.log("dac.der", "pai.der")
        path = self.write("log.txt", log)
        for options, stdin in ((self.options(dac=path, pai=path), b""),
                               (self.options(dac="-", pai="-"), log)):
            code, out, err = run("verify", *options, stdin=stdin)
            self.assertEqual((code, err), (0, ""), out)
        # the PAI alone is not a DAC, and is not taken for one in silence
        path = self.write("pai.txt", self.log("pai.der"))
        code, result, err = run_json("verify", *self.options(dac=path))
        self.assertEqual(code, 1, err)
        self.assertIn("dac-basic-constraints", [f["id"] for f in result["findings"]])
        # a log that ends early brings nothing
        path = self.write("cut.txt", log[:600])
        code, result, err = run_json("verify", *self.options(dac=path))
        self.assertEqual((code, result["findings"][0]["id"]), (1, "dac-der"), err)

    def test_standard_input_is_shared_by_certificates_only(self):
        code, _, err = run("verify", *self.options(dac="-", elements="-"), stdin=self.log("dac.der"))
        self.assertEqual(code, 64)
        self.one_line(err)

    def test_what_a_device_sent_is_evidence(self):
        """Any bytes in place of a certificate: findings and exit 1, never a complaint."""
        for name, data in (("empty", b""), ("zeros", bytes(100)), ("text", b"hello, world"),
                           ("large", os.urandom(200000)), ("half", b"\x30\x82\x01")):
            path = self.write(name, data)
            for option in ("dac", "pai", "elements", "signature"):
                with self.subTest((name, option)):
                    code, result, err = run_json("verify", *self.options(**{option: path}))
                    self.assertEqual((code, result["verdict"]), (1, "reject"), err)
                    self.assertEqual(err, "")
                    self.assertTrue(any(f["severity"] == "error" for f in result["findings"]))

    def test_operator_files_that_cannot_be_used(self):
        bad = self.write("bad", b"not a certificate at all")
        empty = self.path("empty")
        os.mkdir(empty)
        rows = [("trust", bad, 65), ("trust", empty, 65), ("trust", self.path("none"), 74),
                ("cd-signers", bad, 65), ("cd-signers", empty, 65), ("snapshot", bad, 65),
                ("snapshot", self.path("none"), 74), ("snapshot", empty, 74), ("store", empty, 65),
                ("store", self.path("none"), 65), ("dac", self.path("none"), 74),
                ("dac", empty, 65), ("case", bad, 65)]
        for name, path, want in rows:
            with self.subTest((name, path)):
                args = (["--case", path] if name == "case" else self.options(**{name: path}))
                code, out, err = run("verify", *args)
                self.assertEqual((code, out), (want, ""), err)
                self.one_line(err)
                self.assertIn(os.path.basename(path), err)

    def test_a_bad_file_in_a_folder_is_left_out_and_said(self):
        folder = self.path("trust")
        os.mkdir(folder)
        for file in os.listdir(self.case + "/trust"):
            with open(os.path.join(self.case, "trust", file), "rb") as f:
                self.write("trust/" + file, f.read())
        self.write("trust/zzz.der", b"junk")
        code, _, err = run("verify", *self.options(trust=folder))
        self.assertEqual(code, 0, err)
        self.assertIn("zzz.der", err)
        self.assertIn("left out", err)

    def test_without_trust_nothing_is_accepted(self):
        code, result, _ = run_json("verify", *self.options(trust=None, cd_signers=None))
        self.assertEqual(code, 1)  # the declaration's signer is unknown as well
        code, result, _ = run_json("verify", "--dac", self.case + "/dac.der", "--pai",
                                   self.case + "/pai.der", "--policy", "permissive")
        self.assertEqual((code, result["verdict"]), (2, "undetermined"))
        self.assertIn("no-trust-anchors", [f["id"] for f in result["findings"]])

    def test_paa_not_found_says_what_is_wanted_and_what_is_there(self):
        only = self.path("store")
        os.mkdir(only)
        with open(self.case + "/trust/0-paa.der", "rb") as f:
            paa = f.read()
        with open(self.case + "/trust/1-spare.der", "rb") as f:
            spare = f.read()
        path = self.write("store/spare.der", spare)
        os.utime(path, (1764547200, 1764547200))  # 2025-12-01, a month before --at
        shown = run_json("show", self.write("paa.der", paa))[1]

        def finding(**options):
            code, result, err = run_json("verify", *self.options(**options))
            self.assertEqual(code, 1, err)
            return result["findings"][0]

        f = finding(trust=only)
        self.assertEqual(f["id"], "paa-not-found")
        self.assertIn(shown["subject_key_id"], f["wanted"])
        self.assertIn(shown["subject"], f["wanted"])
        self.assertIn("vendor id FFF1", f["wanted"])
        self.assertEqual(f["found"], "1 PAAs of network test, 0 of network main, "
                                     "as of 2025-12-01T00:00:00Z (31 days old)")
        # it is there, and broken: the reason is said where it is looked for
        self.write("store/paa.der", paa[:-1] + bytes([paa[-1] ^ 1]))
        os.utime(path, (1764547200, 1764547200))
        f = finding(trust=only)
        self.assertEqual(f["id"], "paa-not-found")
        self.assertTrue(f["found"].endswith("refused: paa-self-signature"), f["found"])
        # it is known, and withdrawn
        f = finding(withdrawn=self.path("paa.der"))
        self.assertEqual((f["id"], f["found"]),
                         ("paa-withdrawn", "subject key id " + shown["subject_key_id"]))
        # another one was withdrawn
        code, _, err = run("verify", *self.options(withdrawn=path))
        self.assertEqual((code, err), (0, ""))

    def test_network_is_not_chosen_for_anyone(self):
        code, result, _ = run_json("verify", *self.options(network=None, cd_signers=None))
        self.assertEqual(code, 1)
        self.assertIn("paa-other-network", [f["id"] for f in result["findings"]])


class MlDsa(WithDevice):
    def findings(self, name, verdict):
        c = make_case(self.path(name), name)
        _, result, err = run_json("verify", *self.options(
            dac=c + "/dac.der", pai=c + "/pai.der", trust=c + "/trust"))
        self.assertEqual(result["verdict"], verdict, err)
        return {(f["id"], f["subject"], f["found"]) for f in result["findings"]}

    def test_what_was_seen_is_said(self):
        found = self.findings("mldsa-65-44-p", "undetermined")
        self.assertIn(("algorithm-unsupported", "pai", "ML-DSA-44"), found)
        self.assertIn(("algorithm-unsupported", "pai", "signed with id-ml-dsa-65"), found)
        self.assertNotIn("chain-algorithms", {f[0] for f in found})

    def test_what_is_forbidden_is_said(self):
        self.assertIn(("chain-algorithms", "pai", "key ML-DSA-65, signed with id-ml-dsa-44"),
                      self.findings("mldsa-44-65-p", "reject"))
        self.assertIn(("dac-public-key", "dac", "ML-DSA-65, 1952 octets"),
                      self.findings("mldsa-65-65-65", "reject"))


class Nocsr(WithDevice):
    """The answer to a CSRRequest is judged when any part of it is given."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.case = make_case(cls.made.name, "nocsr-good")
        with open(os.path.join(cls.case, "case.txt"), encoding="ascii") as f:
            cls.told = dict(line.rstrip("\n").split(": ", 1) for line in f if ": " in line)

    def with_nocsr(self, **change):
        o = {"nocsr": self.case + "/nocsr.bin", "nocsr_signature": self.case + "/nocsr-signature.bin",
             "csr_nonce": self.told["csr-nonce"]}
        o.update(change)
        return self.options(**o)

    def test_accepts(self):
        code, out, err = run("verify", *self.with_nocsr())
        self.assertEqual((code, err), (0, ""), out)

    def test_parts_left_out(self):
        for part, slug in (("csr_nonce", "no-csr-nonce"), ("nocsr_signature", "no-csr-proof"),
                           ("nocsr", "no-csr-proof")):
            code, result, err = run_json("verify", *self.with_nocsr(**{part: None}))
            self.assertEqual((code, result["verdict"]), (2, "undetermined"), err)
            self.assertIn(slug, [f["id"] for f in result["findings"]])

    def test_another_nonce(self):
        code, result, _ = run_json("verify", *self.with_nocsr(csr_nonce="00" * 32))
        self.assertEqual(code, 1)
        self.assertIn("csr-nonce-mismatch", [f["id"] for f in result["findings"]])
        self.assertEqual(run("verify", *self.with_nocsr(csr_nonce="00" * 31))[0], 64)


class Case(WithDevice):
    """A commissioner vector, and the same thing as separate options."""

    def vector(self, **change):
        def hexed(name):
            with open(os.path.join(self.case, name), "rb") as f:
                return f.read().hex()
        v = {"description": "x", "is_success_case": "true", "basic_info_pid": 32768,
             "dac_cert": hexed("dac.der"), "pai_cert": hexed("pai.der"),
             "certification_declaration": "00", "dac_private_key": "01" * 32}
        v.update(change)
        return self.write("case.json", json.dumps({k: x for k, x in v.items() if x is not None}))

    def test_bad_cases(self):
        rows = [{"dac_cert": "0g"}, {"pai_cert": None}, {"basic_info_pid": 65536},
                {"dac_private_key": "00" * 32}, {"dac_private_key": "01"}, {"basic_info_pid": "x"}]
        for change in rows:
            with self.subTest(change):
                code, out, err = run("verify", "--case", self.vector(**change))
                self.assertEqual((code, out), (65, ""))
                self.one_line(err)
                self.assertIn(next(iter(change)), err)

    def test_forms_of_the_text(self):
        """A byte order mark, lines of Windows, upper-case hex, numbers as text, more members."""
        with open(self.vector(), "rb") as f:
            text = f.read()
        case = json.loads(text)
        forms = {"mark": b"\xef\xbb\xbf" + text, "lines": text.replace(b",", b",\r\n"),
                 "upper": json.dumps({**case, "dac_cert": case["dac_cert"].upper()}).encode(),
                 "number": json.dumps({**case, "basic_info_pid": "32768"}).encode(),
                 "more": json.dumps({**case, "more": [{}]}).encode()}
        options = ("--network", "test", "--policy", "permissive", "--trust", self.case + "/trust")
        want = run_json("verify", "--case", self.write("plain", text), *options)
        self.assertEqual(want[0], 1)  # its declaration is one byte
        for name, form in forms.items():
            with self.subTest(name):
                self.assertEqual(run_json("verify", "--case", self.write(name, form), *options), want)

    def test_names_and_expectations_are_not_looked_at(self):
        for success in ("true", "false", None):
            code, _, _ = run("verify", "--case", self.vector(is_success_case=success), "--network",
                             "test", "--policy", "permissive", "--trust", self.case + "/trust")
            self.assertEqual(code, 1)

    def test_certificates_are_evidence(self):
        for cert in ("", "00", "30" * 300):
            code, result, err = run_json("verify", "--case", self.vector(dac_cert=cert))
            self.assertEqual((code, result["verdict"]), (1, "reject"), err)


class Compliance(WithDevice):
    """What the ledger says of the product, against its declaration."""

    @staticmethod
    def record(**change):
        r = {"vid": 0xFFF1, "pid": 0x8000, "softwareVersion": 7, "certificationType": "matter",
             "softwareVersionCertificationStatus": 2, "date": "2025-01-02T03:04:05Z",
             "cDVersionNumber": None, "cDCertificateId": None, "schemaVersion": 0}
        r.update(change)
        return r

    def setUp(self):
        super().setUp()
        cd = run_json("show", self.case + "/elements.bin")[1]["certification_declaration"]
        self.told_by_cd = {"cDVersionNumber": cd["version_number"],
                           "cDCertificateId": cd["certificate_id"]}
        self.device_type = cd["device_type_id"]

    def judge(self, records, models=(), version="7", **options):
        path = self.write("records.json", json.dumps({"complianceInfo": records,
                                                      "model": list(models)}))
        code, result, err = run_json("verify", *self.options(
            compliance=path, software_version=version, **options))
        found = [f["id"] for f in result["findings"] if not f["id"].endswith("revocation-unknown")]
        self.assertEqual(schema.faults(result, schema.of("verify")), [])
        return code, found, err

    def test_pairs(self):
        good = {**self.told_by_cd}
        model = {"vid": 0xFFF1, "pid": 0x8000, "deviceTypeId": self.device_type}
        rows = [  # records, models, exit code, findings
            ([self.record(**good)], [model], 0, []),
            ([self.record(**good, softwareVersionCertificationStatus=3)], [model], 1,
             ["compliance-revoked"]),
            ([self.record(**{**good, "cDCertificateId": "CSA00000SWC00000-01"})], [], 0,
             ["compliance-certificate-id"]),
            ([self.record(**{**good, "cDVersionNumber": 77})], [], 0, ["compliance-version"]),
            ([self.record(**good)], [{**model, "deviceTypeId": self.device_type + 1}], 0,
             ["compliance-device-type"]),
            ([self.record(**good, softwareVersion=8)], [], 0, ["compliance-no-record"]),
            ([self.record(**{**good, "pid": 0x8001})], [], 0, ["compliance-no-record"]),
            ([self.record(**good, softwareVersion=8, softwareVersionCertificationStatus=3),
              self.record(**good)], [], 0, []),
            ([self.record(**good), self.record(**{**good, "cDCertificateId": "A" * 19})], [], 0, []),
            ([self.record(**good, certificationType="zigbee",
                          softwareVersionCertificationStatus=3)], [], 0, ["compliance-no-record"]),
        ]
        for records, models, code, findings in rows:
            with self.subTest(records):
                self.assertEqual(self.judge(records, models), (code, findings, ""))

    def test_strict_does_not_accept_what_the_ledger_contradicts(self):
        options = {"policy": "strict", "accept_unknown": "no-data"}
        good = self.record(**self.told_by_cd)
        self.assertEqual(self.judge([good], **options), (0, [], ""))
        self.assertEqual(self.judge([{**good, "cDVersionNumber": 77}], **options),
                         (2, ["compliance-version"], ""))

    def test_without_the_software_version_only_the_id_counts(self):
        good = self.record(**self.told_by_cd)
        self.assertEqual(self.judge([good], version=None), (0, ["software-version-not-given"], ""))
        other = {**good, "cDCertificateId": "A" * 19, "cDVersionNumber": 77}
        self.assertEqual(self.judge([other], version=None),
                         (0, ["software-version-not-given", "compliance-certificate-id"], ""))

    def test_records_that_cannot_be_read(self):
        good = self.record(**self.told_by_cd)
        for change in ({"cDCertificateId": "short"}, {"vid": 0}, {"softwareVersion": "x"},
                       {"softwareVersionCertificationStatus": 4}, {"date": "today"},
                       {"certificationType": 1}):
            code, found, err = self.judge([{**good, **change}, good])
            self.assertEqual((code, found), (0, []))
            self.assertIn("1 records left out: record 0: " + next(iter(change)), err)
        for text in ("", "[]", "{}", '{"complianceInfo":{}}', '{"complianceInfo":[]'):
            code, _, err = run("verify", *self.options(compliance=self.write("bad.json", text)))
            self.assertEqual(code, 65, text)
            self.one_line(err)
        self.assertEqual(self.judge_twice(good), 65)

    def judge_twice(self, record):
        path = self.write("twice.json", json.dumps({"complianceInfo": [record, record]}))
        return run("verify", *self.options(compliance=path))[0]


class Keys(Folder):
    def test_keygen_writes_a_pair_once(self):
        key = self.path("k")
        code, _, err = run("keygen", "--out", key)
        self.assertEqual(code, 0, err)
        self.assertEqual(stat.S_IMODE(os.stat(key).st_mode), 0o600)
        with open(key, encoding="ascii") as f:
            before = f.read()
        self.assertIn("BEGIN PRIVATE KEY", before)
        with open(key + ".pub", encoding="ascii") as f:
            self.assertIn("BEGIN PUBLIC KEY", f.read())
        code, _, err = run("keygen", "--out", key)
        self.assertEqual(code, 74)
        self.one_line(err)
        with open(key, encoding="ascii") as f:
            self.assertEqual(f.read(), before)
        self.assertEqual(run("keygen", "--out", self.path("no", "k"))[0], 74)


class Show(WithDevice):
    def test_kinds(self):
        for file, kind in (("dac.der", "certificate"), ("pai.der", "certificate"),
                           ("elements.bin", "attestation elements")):
            code, shown, err = run_json("show", os.path.join(self.case, file))
            self.assertEqual((code, shown["kind"]), (0, kind), err)
            code, text, _ = run("show", os.path.join(self.case, file))
            self.assertIn("kind: " + kind, text)

    def test_deviations_stand_beside_their_fields(self):
        """(case, file, field whose line comes first, slug), each with a good twin without it"""
        rows = [("dac-ku-extra-bit", "dac.der", "key_usage", "dac-key-usage"),
                ("dac-version-v2", "dac.der", "version", "dac-version"),
                ("dac-skid-missing", "dac.der", "subject_key_id", "dac-subject-key-id"),
                ("csr-version-1", "nocsr.bin", "version", "csr-version"),
                ("elements-firmware", "elements.bin", "firmware_information", "elements-firmware")]
        for case, file, field, slug in rows:
            with self.subTest(case):
                path = os.path.join(make_case(self.tmp.name, case), file)
                code, text, err = run("show", path)
                lines = [line.strip() for line in text.splitlines()]
                at = [i for i, line in enumerate(lines) if line.startswith("! ") and slug in line]
                self.assertEqual((code, len(at)), (0, 1), text + err)
                self.assertTrue(lines[at[0] - 1].startswith(field + ":"), text)
                code, shown, err = run_json("show", path)
                self.assertIn((slug, field), [(f["id"], f["field"]) for f in shown["findings"]])
        for file in ("dac.der", "pai.der", "elements.bin"):
            self.assertNotIn("!", run("show", os.path.join(self.case, file))[1])

    def test_every_extension_is_shown(self):
        """Also the unknown ones, and one that stands there twice."""
        folder = make_case(self.tmp.name, "dac-ext-unknown-twice")
        shown = run_json("show", folder + "/dac.der")[1]
        names = [e["name"] for e in shown["extensions"]]
        self.assertEqual(names[0], "basicConstraints")
        self.assertEqual(len([n for n in names if n.startswith("OID ")]), 2, names)
        self.assertTrue(all(e["value"] for e in shown["extensions"]))

    def test_a_broken_certificate_is_shown_as_far_as_it_goes(self):
        folder = make_case(self.tmp.name, "dac-tbs-extra-field")
        code, shown, err = run_json("show", folder + "/dac.der")
        self.assertEqual((code, err), (0, ""))
        self.assertIn("dac-der", [f["id"] for f in shown["findings"]])
        self.assertTrue(shown["subject"].startswith("CN=Test DAC"), shown["subject"])

    def test_nocsr_and_request(self):
        folder = make_case(self.tmp.name, "nocsr-good")
        code, shown, err = run_json("show", folder + "/nocsr.bin")
        self.assertEqual((code, shown["kind"], shown["findings"]), (0, "NOCSR elements", []), err)
        with open(folder + "/nocsr.bin", "rb") as f:
            nocsr = f.read()
        start = nocsr.index(b"\x30\x81")
        request = nocsr[start:start + 3 + nocsr[start + 2]]
        code, shown, err = run_json("show", self.write("csr", request))
        self.assertEqual((code, shown["kind"], shown["findings"]),
                         (0, "certification request", []), err)
        broken = request[:-1] + bytes([request[-1] ^ 1])
        shown = run_json("show", self.write("csr2", broken))[1]
        self.assertEqual([f["id"] for f in shown["findings"]], ["csr-signature"])

    def test_nothing_known(self):
        for data in (b"", b"x", bytes(1000), b"VDB1" + bytes(100)):
            code, out, err = run("show", self.write("f", data))
            self.assertEqual((code, out), (65, ""))
            self.one_line(err)


if __name__ == "__main__":
    main()
