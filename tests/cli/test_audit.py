#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""veridac audit and veridac fleet horizon: every device gets its line, whatever the list looks like."""
import json
import os
import signal
import subprocess
import time

from fleet_world import NOW, Fleet, pem
from support import PROGRAM, main, run

HIT = {"delegated-revoked": "dac-revoked", "delegated-revoked-pai": "pai-revoked",
       "delegated-revoked-sticky": "dac-revoked", "partition-revoked": "dac-revoked",
       "revoked-dac": "dac-revoked", "revoked-pai": "pai-revoked", "unknown-paa": "paa-not-found"}
OPEN = {"no-crl": "not-published"}


class Audit(Fleet):
    def expected(self, name, chain=True):
        """Outcome and first reason of a device of the world."""
        if name in HIT and (chain or HIT[name] == "dac-revoked"):
            return "hit", HIT[name]
        if name in OPEN:
            return "open", OPEN[name]
        return ("open", "not-covered") if name == "unknown-paa" else ("clear", None)

    def assert_lines(self, lines, chain=True):
        for line in lines.values():
            got = line["outcome"], (line["reasons"] or [None])[0]
            self.assertEqual(got, self.expected(line["label"], chain), line["label"])
            self.assertEqual(line["checked"], "chain" if chain else "revocation")

    def test_every_form_of_a_device(self):
        names = list(self.devices)
        inventories = {
            "pem": (self.csv([self.row(n) for n in names]), True),
            "dac alone": (self.csv([self.row(n, False) for n in names], name="dac.csv"), False),
        }
        rows = ["%s,%s,%s\n" % (n, d.dac.hex(), d.pai.hex()) for n, d in self.devices.items()]
        inventories["hex"] = self.csv(rows, name="hex.csv"), True
        lines = [{"label": n, "dac": pem(d.dac), "pai": pem(d.pai), "other": [1]}
                 for n, d in self.devices.items()]
        inventories["json"] = self.write("lines", "\n".join(map(json.dumps, lines))), True
        rows = ["%s,%s,%s,%s\n" % (n, d.key_id, d.serial, d.name) for n, d in self.devices.items()]
        inventories["ids"] = self.csv(rows, "label,issuer_key_id,serial,issuer_name", "ids.csv"), False
        summaries = []
        for what, (inventory, chain) in inventories.items():
            with self.subTest(what):
                code, lines, summary = self.audit(inventory)
                self.assertEqual((code, len(lines)), (1, len(names)))
                self.assert_lines(lines, chain)
                self.assertEqual(summary["devices"], len(names))
                self.assertEqual(summary["malformed"], 0)
                if chain:
                    summaries.append(summary)
        self.assertEqual(summaries, summaries[:1] * 3)
        by = {r["reason"]: r["hit"] for r in summaries[0]["by_reason"]}
        self.assertEqual(by, {"dac-revoked": 4, "pai-revoked": 2, "paa-not-found": 1,
                              "not-published": 0})
        self.assertEqual([(r["product"], r["hit"]) for r in summaries[0]["by_product"]],
                         [("FFF18000", 2), ("FFF28001", 5)])

    def test_exit_codes_and_policies(self):
        clear = self.csv([self.row("genuine")])
        unknown = self.csv([self.row("genuine"), self.row("no-crl")], name="open.csv")
        hit = self.csv([self.row("no-crl"), self.row("revoked-dac")], name="hit.csv")
        bad = self.csv([self.row("genuine"), "x,,\n"], name="bad.csv")
        for inventory, more, want in (
                (clear, [], 0), (unknown, [], 2), (hit, [], 1), (bad, [], 2),
                (unknown, ["--policy", "strict"], 1), (unknown, ["--policy", "permissive"], 0),
                (unknown, ["--accept-unknown", "not-published"], 0),
                (unknown, ["--accept-unknown", "stale"], 2), (hit, ["--policy", "audit"], 0)):
            self.assertEqual(self.audit(inventory, *more)[0], want, (inventory, more))
        self.assertFalse(self.audit(hit, "--policy", "audit")[2]["enforced"])
        # the second after the CRLs end, nothing is good any more
        self.assertEqual(self.audit(clear, "--max-age", "365d", at="2026-09-28T13:13:20Z")[0], 0)
        code, lines, _ = self.audit(clear, at="2026-10-21T14:13:21Z")
        self.assertEqual((code, lines[2]["reasons"]), (2, ["stale"]))

    def test_evidence_is_never_the_operators_fault(self):
        rows = ["a,AAAA,\n", "b,%s00,\n" % self.devices["genuine"].dac.hex(), "c,zz zz,\n",
                'd,"%s",AAAA\n' % pem(self.devices["genuine"].dac)]
        code, lines, _ = self.audit(self.csv(rows))
        self.assertEqual(code, 1)
        found = {line["label"]: line["reasons"][0] for line in lines.values()}
        self.assertEqual([found[x] for x in "abc"], ["dac-der"] * 3)
        self.assertEqual(found["d"], "pai-der")

    def test_malformed_lines_are_named_and_end_nothing(self):
        d = self.devices["genuine"]
        good = "good,%s,%s\n" % (d.key_id, d.serial)
        bad = (("x,%s\n" % d.key_id, "columns"), ("x,%s,1,2\n" % d.key_id, "columns"),
               ("x,%s,\n" % d.key_id, "no-device"), ("x,zz,01\n", "issuer-key-id"),
               ("x,%s,%s\n" % (d.key_id, "FF" * 21), "serial"), ('x,"%s"y,1\n' % d.key_id, "quote"),
               ('x,%s,0"1\n' % d.key_id, "quote"), ("x\0,%s,01\n" % d.key_id, "nul"),
               ("%s,%s,01\n" % ("l" * 257, d.key_id), "label"),
               ("%s,%s,01\n" % ("l" * 40000, d.key_id), "too-long"),
               ("%s,%s,01\n" % ("l" * 900000, d.key_id), "too-long"),
               ('x,"%s,01\n' % d.key_id, "open-quote"))
        code, lines, summary = self.audit(self.csv([row + good for row, _ in bad],
                                                   "label,issuer_key_id,serial"))
        self.assertEqual((code, list(lines)), (2, list(range(2, 2 + 2 * len(bad)))))
        for i, (row, why) in enumerate(bad):
            self.assertEqual((lines[2 + 2 * i]["outcome"], lines[2 + 2 * i]["reasons"]),
                             ("malformed", [why]), row[:60])
            self.assertEqual(lines[3 + 2 * i]["outcome"], "clear", row[:60])
        self.assertEqual((summary["malformed"], summary["malformed_lines"]),
                         (len(bad), list(range(2, 2 + 2 * len(bad), 2))))
        data = b"label,issuer_key_id,serial\n\xff\xfe,%s,01\n" % d.key_id.encode()
        code, lines, _ = self.audit(self.write("latin", data))
        self.assertEqual((code, lines[2]["reasons"]), (2, ["utf-8"]))
        bad = (("{", "json"), ("[]", "json"), ('{"dac":1}', "json"), ("{}", "no-device"),
               ('{"dac":"","dac":""}', "json"),
               ('{"issuer_key_id":"%s","serial":"1","vid":"x"}' % d.key_id, "vid"))
        one = json.dumps({"issuer_key_id": d.key_id, "serial": d.serial})
        text = "%s\n\n" % one + "\n".join(row for row, _ in bad) + "\n" + one
        _, lines, _ = self.audit(self.write("lines", text))
        self.assertEqual([(n, line["outcome"]) for n, line in lines.items() if n not in range(3, 9)],
                         [(1, "clear"), (9, "clear")])
        self.assertEqual([lines[n]["reasons"] for n in range(3, 9)], [[why] for _, why in bad])

    def test_a_query_without_a_name(self):
        d = self.devices
        rows = ["%s,%s,%s\n" % (n, d[n].key_id, d[n].serial) for n in d]
        inventory = self.csv(rows, "label,issuer_key_id,serial")
        code, lines, _ = self.audit(inventory)
        self.assertEqual(code, 1)
        # PAI Delegating 1 and 2 share a key: their serials are looked up under both Names
        self.assert_lines(lines, False)
        code, out, _ = run("audit", inventory, "--network", "test", "--at", NOW, "--store", self.bare)
        self.assertEqual(code, 2, "without Names nothing is good, and nothing is revoked")
        self.assertEqual({line.split("\t")[2] for line in out.splitlines()[:-1]}, {"unconfirmed"})

    def test_quoting(self):
        d = self.devices["genuine"]
        text = ('\ufefflabel,other,"serial",issuer_key_id\r\n"a ""b"", c",,%s,%s\r\n"two\nlines",x,%s,%s'
                % (d.serial, d.key_id, ":".join(d.serial[i:i + 2] for i in range(0, 16, 2)),
                   d.key_id.lower()))
        code, lines, _ = self.audit(self.write("quoted", text))
        self.assertEqual((code, {n: x["label"] for n, x in lines.items()}),
                         (0, {2: 'a "b", c', 3: "two\nlines"}))

    def test_inventories_that_cannot_be_used(self):
        for data, why in (("", "header"), ("a,b\n1,2\n", "header"), ("dac,dac\n", "twice"),
                          ("issuer_key_id\n", "header"), ('"dac\n', "CSV"), ("x" * 100000, "header")):
            code, out, err = run("audit", self.write("bad", data), "--store", self.store, "--network",
                                 "test")
            self.assertEqual((code, out), (65, ""), data[:20])
            self.one_line(err)
            self.assertIn(why, err)
        for args, want in ((["missing", "--store", self.store, "--network", "test"], 74), (["x"], 64),
                           ([self.csv([]), "--store", self.store, "--resume", "r"], 64),
                           ([self.csv([]), "--store", self.store], 65),  # the network is main
                           ([self.csv([]), "--store", self.path("none"), "--network", "test"], 65)):
            code, _, err = run("audit", *args)
            self.assertEqual(code, want, args)
            self.one_line(err)


if __name__ == "__main__":
    main()
