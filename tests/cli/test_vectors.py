#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""The commissioner vectors and the certificate chains of the vectors, through the program."""
import json
import os
import unittest

from support import SOURCE, Folder, main, needs_vectors, run, run_json, vector

TRUST = ["--trust", vector("paa", "development", "Chip-Test-PAA-FFF1-Cert.der"),
         "--trust", vector("paa", "development", "Chip-Test-PAA-NoVID-Cert.der"),
         "--cd-signers", vector("cd-signers"), "--network", "test", "--policy", "permissive"]


def expectations():
    rows = {}
    with open(os.path.join(SOURCE, "tests", "vectors", "commissioner.txt"), encoding="ascii") as f:
        for line in f:
            if line.strip() and not line.startswith("#"):
                name, verdict, slug, sdk = line.split()
                rows[name] = (verdict, slug, int(sdk))
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

    def check(self, file, row):
        path = vector("commissioner_dut", file)
        code, result, err = run_json("verify", "--case", path, *TRUST)
        if row is None:
            with open(path, encoding="utf-8") as f:
                success = json.load(f)["is_success_case"] == "true"
            self.assertEqual(code, 0 if success else 1, err)
            return
        verdict, slug, sdk = row
        self.assertEqual(result["verdict"], verdict, result["findings"])
        self.assertEqual(code, 0 if verdict == "accept" else 1, err)
        found = {f["id"]: f["sdk_code"] for f in result["findings"]}
        if slug != "-":
            self.assertIn(slug, found)
            self.assertEqual(found[slug], sdk)
        errors = [f for f in result["findings"] if f["severity"] == "error"]
        self.assertEqual(bool(errors), verdict == "reject")


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
    def test_every_listed_paa_is_read(self):
        for folder, count in (("production", 40), ("development", 114)):
            with self.subTest(folder):
                files = os.listdir(vector("paa", folder))
                self.assertEqual(len(files), count)
                code, _, err = run("verify", "--dac", "-", "--pai", "/dev/null", "--trust",
                                   vector("paa", folder))
                self.assertIn(code, (1, 2))
                self.assertNotIn("left out", err)
                self.assertIn("paa-is-cd-root", err)  # the CSA root: never a PAA, and said so

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
