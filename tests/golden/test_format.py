#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""docs/FORMAT.md, its example, the golden bundles and the program say the same about bytes."""
import json
import os
import re
import subprocess
import tempfile
import unittest

import make
import vdb1
import vdd1

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))


def examples_of_the_document():
    """The bundle and the delta."""
    with open(os.path.join(ROOT, "docs", "FORMAT.md"), encoding="utf-8") as f:
        lines = re.findall(r"^    ([0-9a-f]{4})  ((?:[0-9a-f]{2} ?)+)$", f.read(), re.M)
    data = []
    for at, octets in lines:
        if int(at, 16) == 0:
            data.append(b"")
        assert int(at, 16) == len(data[-1]), at
        data[-1] += bytes.fromhex(octets)
    bundle, delta = data
    return bundle, delta


def read_golden(name):
    with open(os.path.join(HERE, name), "rb") as f:
        return f.read()


def golden(name):
    return read_golden("vdb1-%s.bundle" % name)


def show(data, *options):
    with tempfile.NamedTemporaryFile() as f:
        f.write(data)
        f.flush()
        done = subprocess.run([os.environ["VERIDAC"], "show", *options, f.name],
                              capture_output=True, text=True, check=False)
    return done.returncode, done.stdout, done.stderr


class Example(unittest.TestCase):
    def setUp(self):
        self.data, self.delta = examples_of_the_document()

    def test_is_what_the_text_says(self):
        bundle = vdb1.Bundle(self.data)
        self.assertEqual((bundle.kind, bundle.network), (vdb1.HUB, 2))
        rows = {row["id"]: row for row in bundle.rows}
        one = rows[vdb1.issuer_id(bytes.fromhex("300e310c300a06035504030c03414141"), bytes(range(20)))]
        two = rows[vdb1.issuer_id(bytes.fromhex("300e310c300a06035504030c03424242"),
                                  bytes(range(20, 40)))]
        self.assertEqual((one["n"], one["complete"], one["width"]), (3, 1, 42))
        keys = sorted(vdb1.key_of(one["id"], bytes([k])) >> 22 for k in (1, 2, 3))
        self.assertEqual(bundle.values(one), keys)
        self.assertEqual((two["n"], two["complete"], two["reason"]), (0, 0, 2))

    def test_is_what_the_writer_writes(self):
        self.assertEqual(self.data, make.example())

    def test_program_reads_it(self):
        code, out, err = show(self.data, "--check", "--json")
        self.assertEqual((code, err), (0, ""))
        told = json.loads(out)
        self.assertEqual((told["contents"], told["issuers"], told["revoked"]), ("hub", 2, 3))
        self.assertTrue(told["codes_checked"])
        self.assertEqual({i["issuer"]: i["coverage"] for i in told["coverage"]},
                         {"CN=AAA": "complete", "CN=BBB": "unknown (not-published)"})


class DeltaExample(unittest.TestCase):
    def setUp(self):
        self.bundle, self.delta = examples_of_the_document()

    def test_is_what_the_text_says(self):
        delta = vdd1.Delta(self.bundle, self.delta)
        rows = {row["base_n"]: row for row in delta.rows}
        one = rows[3]
        keys = sorted(vdb1.key_of(one["id"], bytes([k])) >> 22 for k in (1, 2, 4))
        self.assertEqual((one["less"], one["more"], one["values"]), (1, 1, keys))
        self.assertEqual((rows[0]["less"], rows[0]["more"]), (0, 0))
        self.assertEqual(delta.evidence_time, make.LATER)

    def test_is_what_the_writer_writes(self):
        self.assertEqual(self.delta, vdd1.make(make.example(), make.example_next()))

    def test_program_reads_it(self):
        code, out, err = show(self.delta, "--json")
        self.assertEqual((code, err), (0, ""))
        told = json.loads(out)
        self.assertEqual((told["kind"], told["contents"]), ("delta (VDD1)", "hub"))
        self.assertEqual((told["issuers_before"], told["issuers_gone"], told["issuers_new"]), (2, 0, 0))
        self.assertEqual((told["revoked_more"], told["revoked_less"]), (1, 1))
        self.assertEqual((told["this_update_changed"], told["coverage_changed"]), (1, 0))
        self.assertEqual(told["from"].lower(), vdb1.header_hash(self.bundle).hex())
        self.assertEqual(len(told["changes"]), 1)
        code, _, err = show(self.delta[:130])
        self.assertEqual(code, 65)
        self.assertIn("not a usable delta", err)

    def test_leads_to_the_bundle_it_names(self):
        self.assertEqual(vdd1.apply(self.bundle, self.delta), make.example_next())


class Golden(unittest.TestCase):
    def test_files_are_what_the_writer_writes(self):
        for name, data in make.files().items():
            self.assertEqual(read_golden(name), data, name)

    def test_program_reads_deltas(self):
        for name in ("hub", "full"):
            code, out, err = show(read_golden("vdd1-%s.delta" % name), "--json")
            self.assertEqual((code, err), (0, ""))
            told = json.loads(out)
            self.assertEqual((told["contents"], told["issuers_gone"], told["issuers_new"]), (name, 1, 1))
            self.assertEqual(told["target_size"], len(golden("next-" + name)))
            self.assertEqual([i["revoked"] for i in told["new_issuers"]], [70])
            self.assertEqual(told["issuers_with_new_parameters"], 3)

    def test_deltas_lead_from_one_to_the_next(self):
        for name in ("hub", "full"):
            self.assertEqual(vdd1.apply(golden(name), read_golden("vdd1-%s.delta" % name)),
                             golden("next-" + name))

    def test_every_key_is_found(self):
        bundle = vdb1.Bundle(golden("full"))
        issuers = {i.id: i for i in make.golden_issuers()}
        self.assertEqual(sorted(r["n"] for r in bundle.rows), sorted(make.COUNTS))
        for row in bundle.rows:
            issuer = issuers[row["id"]]
            self.assertEqual(bundle.values(row), [k >> 64 - row["width"] for k in issuer.keys])
            self.assertTrue(row["base_n"] < 64 or
                            all(bundle.filter_says(row, k) for k in issuer.keys))

    def test_program_reads_them(self):
        for name in ("hub", "full"):
            code, out, err = show(golden(name), "--check", "--json")
            self.assertEqual((code, err), (0, ""))
            told = json.loads(out)
            self.assertEqual((told["contents"], told["revoked"]), (name, sum(make.COUNTS)))
            self.assertEqual([s["size"] for s in told["sections"]],
                             [len(s) for s in vdb1.Bundle(golden(name)).sections.values()])

    def test_program_reads_parts(self):
        code, out, err = show(golden("parts"), "--check", "--json")
        self.assertEqual((code, err), (0, ""))
        told = json.loads(out)
        self.assertEqual([crl["url"] for crl in told["crls"]],
                         ["http://crl.example/", "https://crl.example/0", "https://crl.example/1",
                          "https://crl.example/2"])
        self.assertEqual([crl.get("number") for crl in told["crls"]],
                         ["80", "01", None, "7F" + 19 * "FF"])
        self.assertEqual([crl.get("height") for crl in told["crls"]],
                         [None, 1000000, 1000001, 1000002])
        self.assertEqual(told["compliance"], {"records": 5, "development": 2, "provisional": 1,
                                              "certified": 1, "revoked": 1, "said-revoked": 0})

    def test_program_reads_parts_as_files(self):
        for number, data in make.golden_parts():
            code, out, err = show(data, "--json")
            self.assertEqual((code, err), (0, ""))
            told = json.loads(out)
            self.assertEqual((told["network"], told["size"]), ("test", len(data)))
            if number == vdb1.PROVENANCE:
                self.assertEqual(len(told["crls"]), 4)
            else:
                self.assertEqual([r["product_id"] for r in told["records"]],
                                 ["8000", "8000", "8000", "8001", "8001"])
            self.assertEqual(show(data[:-1])[0], 65)


if __name__ == "__main__":
    unittest.main()
