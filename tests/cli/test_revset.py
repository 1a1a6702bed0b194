#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""veridac revset and build over records and CRLs in files: the folders that veridac-testpki makes of
tests/revocation, as an operator has them, and as somebody sends them to an operator."""
import base64
import glob
import json
import os
import re
import subprocess

from support import PROGRAM, Folder, main, run, run_json

CASES = os.environ["VERIDAC_REVOCATION_CASES"]
AT = "2025-06-01T00:00:00Z"
LATER = "2025-07-15T00:00:00Z"   # the CRLs are good for thirty days
EARLIER = "2025-05-31T00:00:00Z"  # and of an hour before AT


def pem(der, label):
    return "-----BEGIN %s-----\n%s-----END %s-----\n" % (label, base64.encodebytes(der).decode(), label)


def inside(der):
    """What follows the first tag and length."""
    return der[2 + (der[1] & 0x7F if der[1] & 0x80 else 0):]


def record_of(path):
    """A point of a case as the ledger writes it."""
    with open(path, encoding="utf-8") as f:
        told = dict(line.rstrip("\n").split(": ", 1) for line in f if ": " in line)
    return {"vid": int(told["vid"]), "pid": int(told["pid"]), "isPAA": told["is-paa"] == "1",
            "label": told["label"], "issuerSubjectKeyID": told["key-id"], "dataURL": told["url"],
            "crlSignerCertificate": pem(bytes.fromhex(told["signer"]), "CERTIFICATE"),
            "crlSignerDelegator": pem(bytes.fromhex(told["delegator"]), "CERTIFICATE")
                                  if told.get("delegator") else "",
            "dataFileSize": "0", "dataDigest": "", "dataDigestType": 0,
            "revocationType": int(told["type"]), "schemaVersion": 0}


class Case(Folder):
    def take(self, name):
        self.folder = os.path.join(CASES, name)
        self.records = [record_of(p) for p in sorted(glob.glob(self.folder + "/point-*.txt"))]
        self.crls = {}
        for r in self.records:
            path = os.path.join(self.folder, "crl-" + r["dataURL"].rsplit("/", 1)[1])
            if os.path.exists(path):
                self.crls[r["dataURL"]] = [path]

    def inputs(self, at=AT, pagination=None):
        text = {"PkiRevocationDistributionPoint": self.records}
        if pagination is not None:
            text["pagination"] = pagination
        trust = [x for p in sorted(glob.glob(self.folder + "/trust-*.der")) for x in ("--trust", p)]
        return ["--points", self.write("points.json", json.dumps(text)), "--network", "test", *trust,
                "--at", at] + [x for url, files in self.crls.items() for f in files
                               for x in ("--crl", "%s=%s" % (url, f))]

    def reasons(self, report):
        return {p["label"]: [f["id"] for f in p["findings"]] for p in report["points"]}

    def status(self, *source, cert="dac-revoked", at=AT):
        """Of one certificate of the case: as the DAC, without a PAI."""
        der = os.path.join(self.folder, "cert-%s.der" % cert)
        _, result, err = run_json("verify", "--dac", der, "--pai", der, *source, "--network", "test",
                                  "--at", at)
        dac = result["revocation"]["dac"]
        return dac["reason"] if dac["status"] == "unknown" else dac["status"]

    def built(self, **kwargs):
        bundle = self.path("bundle")
        code, _, err = run("build", *self.inputs(**kwargs), "--out", bundle)
        self.assertEqual(code, 0, err)
        return "--snapshot", bundle


class ExitCodes(Case):
    def test_all_some_none(self):
        self.take("partitions")
        code, report, err = run_json("revset", *self.inputs())
        self.assertEqual((code, report["points_used"], self.reasons(report)),
                         (0, 2, {"part-1": [], "part-2": []}), err)
        gone = self.crls.popitem()
        code, report, _ = run_json("revset", *self.inputs())
        self.assertEqual((code, report["points_used"]), (2, 1))
        self.assertEqual(sorted(self.reasons(report).values()), [[], ["point-no-crl"]])
        self.crls = {"http://crl.example/typo": gone[1]}
        code, out, err = run("revset", *self.inputs())
        self.assertEqual((code, out), (65, ""))
        self.assertIn("http://crl.example/typo: no usable point names it", err)

    def test_stale_and_early_are_left_out(self):
        self.take("crl-direct")
        for at, slug, reason in ((AT, None, None), (LATER, "crl-stale", "stale"),
                                 (EARLIER, "crl-not-yet-valid", "clock")):
            with self.subTest(at):
                code, report, err = run_json("revset", *self.inputs(at=at))
                self.assertEqual(code, 0 if slug is None else 65, err)
                self.assertEqual(self.reasons(report), {"direct": [slug] if slug else []})
                mine = [i for i in report["issuers"] if i["revoked"]]
                self.assertEqual([i["reason"] for i in mine], [reason])

    def test_unusable_points_files(self):
        self.take("crl-direct")
        good = self.inputs()
        for text in ("", "[{]", "{}", "[]", '{"code":5,"message":"not found","details":[]}', "null"):
            with self.subTest(text):
                code, out, err = run("revset", "--points", self.write("bad", text), *good[2:])
                self.assertEqual((code, out), (65, ""))
                self.one_line(err)

    def test_a_page_is_not_the_list(self):
        """The partition on the next page would not be looked at."""
        self.take("partitions")
        for pages, code in ((None, 0), ({"next_key": None, "total": "2"}, 0),
                            ({"next_key": "", "total": "0"}, 0), ({"next_key": "b25l"}, 65),
                            ({"next_key": None, "total": "3"}, 65)):
            with self.subTest(pages):
                got, out, err = run("revset", *self.inputs(pagination=pages))
                self.assertEqual(got, code, err)
                if code:
                    self.assertEqual(out, "")
                    self.one_line(err)

    def test_usage(self):
        self.take("crl-direct")
        inputs = self.inputs()
        for extra in (["--crl", "no-file"], ["--crl", "=x"], ["--crl", "x="], ["--format", "xml"],
                      ["--at", "yesterday"]):
            with self.subTest(extra):
                code, out, err = run("revset", *inputs, *extra)
                self.assertEqual((code, out), (64, ""), err)
        code, _, _ = run("revset", *inputs[2:])
        self.assertEqual(code, 64)
        code, _, err = run("revset", *inputs, "--crl", "%s=/nowhere" % self.records[0]["dataURL"])
        self.assertEqual(code, 74, err)


class Records(Case):
    def test_a_record_that_cannot_be_read_is_missed(self):
        """Its CA has one list that nobody looked at; what the others list stays revoked."""
        self.take("crl-direct")
        self.assertEqual(self.status(*self.built(), cert="dac-genuine"), "good")
        for change, genuine in (({"label": "second", "dataURL": 7}, "incomplete"),
                                ({"label": "second", "dataURL": 7, "vid": 65522}, "good"),
                                ({"label": "second", "dataURL": 7, "issuerSubjectKeyID": "AB" * 20},
                                 "good")):
            with self.subTest(change):
                self.take("crl-direct")
                self.records.append({**self.records[0], **change})
                code, _, err = run("revset", *self.inputs())
                self.assertEqual(code, 2 if genuine == "good" else 65, err)
                source = self.built()
                self.assertEqual(self.status(*source, cert="dac-genuine"), genuine)
                self.assertEqual(self.status(*source), "revoked")

    def test_nothing_that_a_terminal_obeys(self):
        self.take("crl-direct")
        self.records[0]["label"] = "x\x1b[2J\x07\r\npoint y: used\u009b31m\x7f"
        code, _, err = run("revset", *self.inputs())
        self.assertEqual(code, 0, err)
        self.assertNotRegex(err, re.compile(r"[^\n -~]"))
        self.assertTrue(all(line.startswith("veridac: ") for line in err.splitlines()), err)
        self.assertIn("x\\x1B[2J\\x07\\x0D\\x0Apoint y: used", err)


class Crls(Case):
    def test_wrappings(self):
        """DER, PEM, hex and base64, from a file and from standard input: the same set."""
        self.take("crl-direct")
        url = self.records[0]["dataURL"]
        with open(self.crls[url][0], "rb") as f:
            der = f.read()
        code, want, err = run("revset", *self.inputs())
        self.assertEqual(code, 0, err)
        text = pem(der, "X509 CRL")
        for name, data in (("der", der), ("pem", text.encode()), ("hex", der.hex().encode()),
                           ("base64", base64.b64encode(der)), ("pem-crlf", text.replace("\n", "\r\n").encode()),
                           ("described", b"Certificate Revocation List (CRL):\n" + text.encode())):
            for stdin in (False, True):
                with self.subTest((name, stdin)):
                    self.crls[url] = ["-" if stdin else self.write("crl", data)]
                    self.assertEqual(run("revset", *self.inputs(), stdin=data if stdin else b"")[:2],
                                     (0, want))

    def peak(self, *args):
        """Exit code and peak memory (MiB) of a run."""
        with open(self.path("out"), "wb") as out:
            p = subprocess.Popen([PROGRAM, *args], stdout=out, stderr=subprocess.DEVNULL)
            _, status, usage = os.wait4(p.pid, 0)
            p.returncode = os.waitstatus_to_exitcode(status)
        return p.returncode, usage.ru_maxrss / 1024

    def test_hostile_files(self):
        """Sizes that lie, a prefix of 100 MB, nesting: a reason, bounded memory; what was good before
        stays in force, and another point's list too."""
        self.take("partitions")
        url = self.records[0]["dataURL"]
        good = self.crls[url][0]
        with open(good, "rb") as f:
            der = f.read()
        self.assertEqual(der[0:2], b"\x30\x82")
        entry = bytes.fromhex("3012020105170d") + b"250101000000Z"
        fields = inside(inside(der))  # of tbsCertList, up to nextUpdate
        fields = fields[:fields.index(b"\x17\x0d") + 30]
        hostile = {
            "four-gigabytes": (b"\x30\x84\xff\xff\xff\xff" + der[4:], b"", 0),
            "empty": (b"", b"", 0),
            "zeros": (b"", bytes(1024), 1024),
            "nested": (b"", b"\x30\x80", 1 << 19),
            "nested-definite": (b"".join(b"\x30\x83" + n.to_bytes(3, "big")
                                         for n in range(5 << 17, 5, -5)), b"", 0),
            "entries-without-end": (b"\x30\x84\x00\x4f\x00\x40\x30\x84\x00\x4f\x00\x00" + fields +
                                    b"\x30\x84\x00\x40\x00\x01", entry * 1000,
                                    100 * 1024 * 1024 // (1000 * len(entry))),
        }
        _, baseline = self.peak("revset", *self.inputs())
        for name, (first, piece, times) in hostile.items():
            with self.subTest(name):
                bad = self.path("bad")
                with open(bad, "wb") as f:
                    f.write(first)
                    for _ in range(times):
                        f.write(piece)
                self.crls[url] = [bad]
                code, report, err = run_json("revset", *self.inputs())
                self.assertEqual(code, 2, err)
                slugs = {s for v in self.reasons(report).values() for s in v}
                self.assertTrue(slugs and slugs <= {"crl-der", "crl-too-large"}, slugs)
                self.crls[url] = [good, bad]
                code, mib = self.peak("revset", *self.inputs())
                self.assertEqual(code, 0)
                self.assertLess(mib, baseline + 300)  # 64 MiB are kept, and the sanitizer keeps more
                for cert, want in (("dac-partition-1", "revoked"), ("dac-partition-2", "revoked"),
                                   ("dac-partitioned", "good")):
                    self.assertEqual(self.status(*self.built(), cert=cert), want)

    def test_histories(self):
        """Several CRLs of a URL, oldest first; the wrong way round takes nothing back."""
        self.take("history-newer")
        old, new = [os.path.join(self.folder, k + "-pai-direct.crl") for k in ("old", "crl")]
        url = self.records[0]["dataURL"]
        for files, revoked, slugs in (([new], "good", []), ([old], "revoked", []),
                                      ([old, new], "good", []), ([old, old], "revoked", []),
                                      ([new, old], "revoked", ["crl-number-back", "crl-kept"])):
            with self.subTest(files):
                self.crls[url] = files
                code, report, err = run_json("revset", *self.inputs())
                self.assertEqual((code, self.reasons(report)), (0, {"direct": slugs}), err)
                self.assertEqual(self.status(*self.built()), revoked)
        self.crls[url] = [old] * 16
        self.assertEqual(run("revset", *self.inputs())[0], 0)
        self.crls[url] = [old] * 17
        code, out, err = run("revset", *self.inputs())
        self.assertEqual((code, out), (64, ""))
        self.one_line(err)


class Formats(Case):
    def test_written_and_read(self):
        """Each form says the same, twice in the same bytes, and revokes when it is read again."""
        self.take("partitions")
        sets = {}
        for form in ("sdk", "matterjs", "csv"):
            with self.subTest(form):
                code, text, err = run("revset", *self.inputs(), "--format", form)
                self.assertEqual(code, 0, err)
                self.records.reverse()
                self.crls = dict(reversed(self.crls.items()))
                self.assertEqual(run("revset", *self.inputs(), "--format", form)[1], text)
                sets[form] = text
                source = "--revocation-set", self.write(form, text)
                self.assertEqual([self.status(*source, cert=c) for c in
                                  ("dac-partition-1", "dac-partition-2", "dac-partitioned")],
                                 ["revoked", "revoked", "not-covered"])
                code, out, err = run("build", "--revocation-set", source[1], "--network", "test",
                                     "--at", AT, "--out", self.path("b"))
                self.assertEqual(code, 0, err)
                self.assertIn("1 issuers, 0 of them covered, 2 revoked", out)
        sdk, = json.loads(sets["sdk"])
        matterjs, = json.loads(sets["matterjs"])
        rows = [line.split(",") for line in sets["csv"].split()[1:]]
        self.assertEqual(matterjs, {"authorityKeyIdentifier": sdk["issuer_subject_key_id"],
                                    "issuer": sdk["issuer_name"],
                                    "serialNumbers": sdk["revoked_serial_numbers"]})
        self.assertEqual(rows, [[sdk["issuer_subject_key_id"], sdk["issuer_name"], s]
                                for s in sdk["revoked_serial_numbers"]])
        self.assertNotIn("crl_signer_delegator", sdk)
        for serial in sdk["revoked_serial_numbers"]:
            self.assertRegex(serial, "^([0-9A-F]{2}){1,20}$")

    def test_covered_and_empty_is_written(self):
        self.take("crl-empty-ok")
        for form, member in (("sdk", "revoked_serial_numbers"), ("matterjs", "serialNumbers")):
            code, text, err = run("revset", *self.inputs(), "--format", form)
            self.assertEqual((code, [s[member] for s in json.loads(text)]), (0, [[]]), err)

    def test_matterjs_whole_or_not_at_all(self):
        good = {"authorityKeyIdentifier": "ab" * 20, "issuer": "MAwxCjAIBgNVBAMMAUE=",
                "serialNumbers": ["00ff"]}
        bad = [{**good, "authorityKeyIdentifier": "AB" * 19}, {**good, "issuer": "AAAA"},
               {**good, "serialNumbers": ["F"]}, {**good, "serialNumbers": "FF"},
               {**good, "type": "revocation_set"}, {k: v for k, v in good.items() if k != "issuer"}]
        for b in bad:
            with self.subTest(b):
                code, out, err = run("build", "--revocation-set", self.write("s", json.dumps([good, b])),
                                     "--network", "test", "--out", self.path("b"))
                self.assertEqual((code, out), (65, ""))
                self.one_line(err)
        code, out, err = run("build", "--revocation-set", self.write("s", json.dumps([good, good])),
                             "--network", "test", "--out", self.path("b"))
        self.assertEqual((code, err), (0, ""))
        self.assertIn("1 issuers, 0 of them covered, 1 revoked", out)

    def test_a_list_is_a_source_of_its_own(self):
        """Beside CRLs: it adds, what they cover stays covered, and the report says where from."""
        self.take("crl-direct")
        code, text, err = run("revset", *self.inputs(), "--format", "sdk")
        self.assertEqual(code, 0, err)
        one, = json.loads(text)
        one["revoked_serial_numbers"] = ["0A0B0C"]
        more = self.write("more", json.dumps([one]))
        code, report, err = run_json("build", *self.inputs(), "--revocation-set", more, "--out",
                                     self.path("b"))
        self.assertEqual(code, 0, err)
        mine = [i for i in report["issuers"] if i["revoked"]]
        self.assertEqual([(i["revoked"], i["coverage"], i["listed_by_others"]) for i in mine],
                         [(2, "complete", True)])
        self.assertEqual(self.status("--snapshot", self.path("b")), "revoked")
        self.assertEqual(self.status("--snapshot", self.path("b"), cert="dac-genuine"), "good")


if __name__ == "__main__":
    main()
