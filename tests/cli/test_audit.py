#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""veridac audit and veridac fleet horizon: every device gets its line, whatever the list looks like."""
import json
import os
import shutil
import signal
import subprocess

from fleet_world import AT, NOW, Fleet, der, pem
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

    def test_no_device_is_no_good_news(self):
        one = self.row("genuine")
        for rows, code, devices in (([], 2, 0), (["\n", "\n"], 2, 0), ([one], 0, 1), (["\n", one], 0, 1)):
            inventory = self.csv(rows)
            for more, want in (((), code), (("--since", self.store), code), (("--policy", "audit"), 0)):
                got, _, summary = self.audit(inventory, *more)
                self.assertEqual((got, summary["devices"], summary["malformed"]), (want, devices, 0), rows)

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

    def test_results_never_take_the_place_of_an_inventory(self):
        path = self.write("own.csv", "label,dac\nx,AA==\n")
        os.link(path, self.path("other-name"))
        with open(path, "rb") as f:
            before = f.read()
        for more in (("--out", path), ("--out", self.path("other-name")),
                     ("--out", self.path("out"), "--resume", path),
                     ("--out", self.path("out"), "--resume", self.path("out"))):
            code, _, err = run("audit", path, "--store", self.store, "--network", "test", *more)
            self.assertEqual(code, 65, err)
            self.assertIn("one file", err)
            with open(path, "rb") as f:
                self.assertEqual(f.read(), before)
        self.assertEqual(run("audit", path, "--store", self.store, "--network", "test", "--out",
                             self.path("out"), "--resume", self.path("notes"))[0], 1)

    def test_lines_go_to_a_file_of_ones_own(self):
        text = self.csv([self.row("genuine")])
        words = ("--store", self.store, "--network", "test", "--at", NOW, "--out", self.path("out"))
        with open(text, "rb") as f:
            before = f.read()
        for more in ((), ("--resume", self.path("notes"))):
            shutil.copy(text, self.path("out.tmp"))
            code, _, err = run("audit", self.path("out.tmp"), *words, *more)
            self.assertEqual(code, 65, err)
            self.assertIn("one file", err)
            os.unlink(self.path("out.tmp"))
            os.link(text, self.path("out.tmp"))
            code, _, err = run("audit", text, *words, *more)
            self.assertEqual(code, 65, err)
            os.unlink(self.path("out.tmp"))
        code, _, err = run("audit", text, *words, "--resume", self.path("out.tmp"))
        self.assertEqual(code, 65, err)
        self.assertIn("one file", err)
        other = self.write("other", "mine\n")
        for make in (lambda to: os.link(other, to), lambda to: os.symlink(other, to), os.mkfifo, os.mkdir):
            make(self.path("out.tmp"))
            code, _, err = run("audit", text, *words)
            self.assertEqual(code, 74, err)
            self.one_line(err)
            self.assertIn("out.tmp: not a file that an earlier run left", err)
            (os.rmdir if make is os.mkdir else os.unlink)(self.path("out.tmp"))
        with open(text, "rb") as f, open(other, encoding="ascii") as g:
            self.assertEqual((f.read(), g.read()), (before, "mine\n"))
        self.write("out.tmp", "of a run that was killed\n")
        code, _, err = run("audit", text, *words)
        self.assertEqual((code, err, os.path.exists(self.path("out.tmp"))), (0, "", False))

    def test_local_rules(self):
        d = self.devices["genuine"]
        ids = self.csv(["x,%s,%s\n" % (d.key_id, d.serial)], "label,issuer_key_id,serial", "ids.csv")
        product = self.csv(["x,%s,%s,0xFFF1,32768\n" % (d.key_id, d.serial)],
                           "label,issuer_key_id,serial,vid,pid", "product.csv")
        chain = self.csv([self.row("genuine")])
        dac = self.csv([self.row("genuine", False)], name="dac.csv")
        certificate = "certificate %s %s %s" % (d.key_id, d.name, d.serial)
        for rule, lists in ((certificate, (ids, product, chain, dac)),
                            ("issuer %s %s" % (d.key_id, d.name), (ids, product, chain, dac)),
                            ("product FFF1 8000", (product, chain, dac))):
            rules = self.write("rules", "veridac-rules 1 test\n%s\n" % rule)
            for inventory in lists:
                code, lines, _ = self.audit(inventory, "--rules", rules)
                got = [(x["outcome"], x["reasons"], x["dac"]) for x in lines.values()]
                self.assertEqual((code, got), (1, [("hit", ["local-rule"], "good")]), (rule, inventory))
        rules = self.write("rules", "veridac-rules 1 test\n%s\nproduct FFF1 8001\n"
                           % certificate.replace(d.serial, d.serial[:-2] + "00"))
        for inventory in (product, chain, dac):
            self.assertEqual(self.audit(inventory, "--rules", rules)[0], 0, inventory)
        code, lines, _ = self.audit(ids, "--rules", rules) # which product it is nobody said
        self.assertEqual((code, lines[2]["reasons"]), (2, ["local-rule-unasked"]))
        # what the ledger revoked stays revoked
        rules = self.write("rules", "veridac-rules 1 test\nproduct FFF1 8000\n")
        code, lines, _ = self.audit(self.csv([self.row("revoked-dac")]), "--rules", rules)
        self.assertEqual((code, lines[2]["reasons"]), (1, ["dac-revoked", "local-rule"]))

    def test_since(self):
        before = self.path("before")
        shutil.copytree(self.store, before)
        inventory = self.csv([self.row(n) for n in self.devices])
        code, lines, summary = self.audit(inventory, "--since", before)
        unknown = {"no-crl": "not-published", "unknown-paa": "not-covered"}
        self.assertEqual((code, {x["label"]: x["reasons"][0] for x in lines.values()}), (2, unknown))
        self.assertEqual({x["outcome"] for x in lines.values()}, {"open"})
        self.assertEqual((summary["hit"], summary["open"], summary["unchanged"]),
                         (0, 2, len(self.devices) - 2))
        known = self.csv([self.row(n) for n in self.devices if n not in unknown], name="known.csv")
        code, lines, summary = self.audit(known, "--since", before)
        self.assertEqual((code, lines, summary["open"], summary["unchanged"]),
                         (0, {}, 0, len(self.devices) - 2))
        made = self.made
        later, at = AT + 3600, "2026-09-21T15:13:20Z"
        made.revoke("dac-genuine", at=later)
        self.assertEqual(made.sync(at=at)[0], 0)
        self.assertEqual(made.publish(at=at)[0], 0)
        store = self.path("now")
        shutil.copytree(self.store, store)
        code, _, err = run("pull", "--from", made.web().url, "--root", made.root, "--store", store,
                           "--at", at)
        self.assertEqual(code, 0, err)
        ids = self.csv(["%s,%s,%s\n" % (n, d.key_id, d.serial) for n, d in self.devices.items()],
                       "label,issuer_key_id,serial", "ids.csv")
        for file in (inventory, ids):
            code, out, _ = run("audit", file, "--network", "test", "--at", at, "--store", store, "--since",
                               before, "--json")
            lines = [json.loads(line) for line in out.splitlines()]
            self.assertEqual((code, [(x["label"], x["reasons"]) for x in lines[:-1] if x["outcome"] == "hit"]),
                             (1, [("genuine", ["dac-revoked"])]))
            self.assertEqual({x["label"] for x in lines[:-1] if x["outcome"] == "open"}, set(unknown))
            self.assertEqual([lines[-1]["summary"][k] for k in ("hit", "open", "unchanged")],
                             [1, 2, len(self.devices) - 3])

    def test_since_a_paa_has_left(self):
        made, at, state, now = self.made, "2026-09-21T15:13:20Z", self.path("state"), self.path("now")
        with open(made.path("world", "anchors.txt"), encoding="ascii") as f:
            kept = [line for line in f if not line.startswith("#")][1:]  # all but the one of FFF1
        code, _, err = run("sync", "--dcl", made.ledger.url, "--state", state, "--network", "test",
                           "--allow-private", "--at", at, "--accept-anchors", self.write("anchors", "".join(kept)))
        self.assertEqual(code, 0, err)
        code, _, err = run("publish", "--state", state, "--repo", made.repo, "--root", made.root, "--key",
                           made.key, "--at", at)
        self.assertEqual(code, 0, err)
        shutil.copytree(self.store, now)
        code, _, err = run("pull", "--from", made.web().url, "--root", made.root, "--store", now, "--at", at)
        self.assertEqual(code, 0, err)
        d, o = self.devices["genuine"], self.devices["partition-revoked"]
        own, other = (der.Certificate(x.pai).authority_key_id for x in (d, o))
        self.assertNotEqual(own, other)
        names, ids = "label,issuer_key_id,serial", "x,%s,%s" % (d.key_id, d.serial)
        # without it there are no data on what it issued either
        left, unknown = ("hit", ["paa-withdrawn", "not-covered"]), ("open", ["not-covered"])
        for rows, header, want in (
                ([self.row("genuine")], "label,dac,pai", (1, [left])),
                ([self.row("partition-revoked")], "label,dac,pai", (0, [])),
                ([self.row("genuine", False)], "label,dac,pai", (2, [unknown])),
                ([ids + "\n"], names, (2, [unknown])), ([ids + ",%s\n" % d.pai.hex()], names + ",pai", (1, [left]))):
            inventory = self.csv(rows, header)
            code, lines, _ = self.audit(inventory, "--store", now, "--since", self.store, at=at, store=False)
            self.assertEqual((code, [(x["outcome"], x["reasons"]) for x in lines.values()]), want, rows)
            code, lines, _ = self.audit(inventory, "--store", now, "--since", now, at=at, store=False)
            self.assertNotIn("paa-withdrawn", str(lines), rows)

    def test_since_says_unchanged_only_of_what_is_known(self):
        d = self.devices["genuine"]
        ids = self.csv(["x,%s,%s\n" % (d.key_id, d.serial)], "label,issuer_key_id,serial", "ids.csv")
        chain = self.csv([self.row("genuine")])
        akid = bytes.fromhex("0603551D23")  # becomes an extension that nobody knows
        none = d.dac.replace(akid, akid[:-1] + b"\x7f")
        self.assertNotEqual(none, d.dac)
        nameless = self.csv(["x,%s,\n" % none.hex()], name="none.csv")
        junk = self.csv(["x,AAAA,\n", 'y,"%s",AAAA\n' % pem(d.dac)], name="junk.csv")
        stale, year = "2027-09-21T14:13:20Z", ("--max-age", "900d")
        for inventory, store, at, more, want in (
                (ids, self.store, NOW, (), (0, [])), (chain, self.store, NOW, (), (0, [])),
                (ids, self.bare, NOW, (), (2, [("open", ["unconfirmed"])])),
                (ids, self.bare, NOW, ("--policy", "strict"), (1, [("hit", ["unconfirmed"])])),
                (ids, self.bare, NOW, ("--policy", "audit"), (0, [("open", ["unconfirmed"])])),
                (chain, self.store, stale, (), (2, [("open", ["stale"])])),
                (chain, self.store, stale, year, (2, [("open", ["stale"])])),
                (nameless, self.store, NOW, (), (2, [("open", ["not-covered"])])),
                (junk, self.store, NOW, (), (1, [("hit", ["dac-der"]), ("hit", ["pai-der"])]))):
            code, lines, _ = self.audit(inventory, "--store", store, "--since", self.store, *more, at=at,
                                        store=False)
            self.assertEqual((code, [(x["outcome"], x["reasons"]) for x in lines.values()]), want,
                             (inventory, at, more))

    def test_horizon(self):
        inventory = self.csv([self.row("genuine"), self.row("genuine"), "x,,\n",
                              self.row("revoked-dac").replace("MII", "AAA")])
        code, out, err = run("fleet", "horizon", inventory, "--store", self.store, "--at", NOW, "--json")
        self.assertEqual((code, err), (2, ""))
        told = json.loads(out)
        self.assertEqual((told["dac"]["never"], told["pai"]["never"], told["paa"]["never"]), (2, 1, 2))
        self.assertEqual((told["unreadable"], told["malformed"]), (2, 1))
        self.assertEqual((told["crl"]["30d"], told["crl"]["soonest"]), (8, "2026-10-21T14:13:20Z"))
        for at, bucket in (("2026-10-14T14:13:20Z", "7d"), ("2026-10-14T14:13:19Z", "30d"),
                           ("2026-10-21T14:13:20Z", "7d"), ("2026-10-21T14:13:21Z", "expired")):
            told = json.loads(run("fleet", "horizon", "--store", self.store, "--at", at, "--json")[1])
            self.assertEqual({k: v for k, v in told["crl"].items() if v and k != "soonest"}, {bucket: 8}, at)
        code, out, _ = run("fleet", "horizon", "--trust", self.made.path("world", "paa"), "--at", NOW)
        self.assertEqual((code, out.splitlines()[3].split()[:11]), (0, ["paa"] + ["0"] * 9 + ["2"]))

    def test_horizon_says_what_it_could_not_count(self):
        d = self.devices["genuine"]
        ids = self.csv(["x,%s,%s\n" % (d.key_id, d.serial)], "label,issuer_key_id,serial", "ids.csv")
        junk = self.csv([self.row("genuine").replace("MII", "AAA")], name="junk.csv")
        short = self.csv(["x,,\n"], name="short.csv")
        whole = self.csv([self.row("genuine")])
        for file, code, lines in (
                (whole, 0, []), (ids, 0, ["1 devices of which the inventory has no certificate"]),
                (junk, 2, ["2 certificates that cannot be read"]),
                (short, 2, ["1 devices of the inventory that cannot be read"])):
            got, out, err = run("fleet", "horizon", file, "--at", NOW)
            self.assertEqual((got, out.splitlines()[6:], err), (code, lines, ""))
            self.assertEqual(run("fleet", "horizon", file, "--at", NOW, "--json")[0], code)

    def paas(self):
        paas = []
        for name in ("paa-fff1.der", "paa-novid.der"):
            with open(self.made.path("world", "paa", name), "rb") as f:
                paas.append(f.read())
        return paas

    def test_a_list_of_trust_takes_all_that_are_in_one_file(self):
        """One that is withdrawn must not stay trusted because another stands in front of it."""
        several = self.write("several", "".join(map(pem, self.paas())))
        for option, want in (("--trust", "2 PAAs, 0 declaration signers, 0 withdrawn"),
                             ("--withdrawn", "0 PAAs, 0 declaration signers, 2 withdrawn")):
            code, out, err = run("root", "trust", "--root", self.made.root, "--key", self.key, "--at", NOW, "--out",
                                 self.path("list"), option, several)
            self.assertEqual((code, err), (0, ""))
            self.assertIn(want, out)

    def test_certificates_under_other_names(self):
        """None is passed over in silence because its block is called otherwise."""
        first, second = map(pem, self.paas())
        for name, want in (("CERTIFICATE", None), ("X509 CERTIFICATE", None), ("X.509 CERTIFICATE", None),
                           ("TRUSTED CERTIFICATE", "a certificate in a form that is not read: TRUSTED CERTIFICATE")):
            with self.subTest(name):
                several = self.write("several", first + second.replace(" CERTIFICATE", " " + name))
                code, out, err = run("root", "trust", "--root", self.made.root, "--key", self.key, "--at", NOW,
                                     "--out", self.path("list"), "--withdrawn", several)
                self.assertEqual(code, 65 if want else 0, err)
                self.assertIn(want or "2 withdrawn", err if want else out)

    def test_horizon_of_several_in_one_file(self):
        paas = self.paas()
        broken = "-----BEGIN CERTIFICATE-----\n!\n-----END CERTIFICATE-----\n"
        key = "-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n"
        for text, n in (("".join(map(pem, paas)), 2), (key + pem(paas[1]) + pem(paas[1]) + "text\n", 1)):
            for option, row in (("--trust", 3), ("--cd-signers", 5)):
                code, out, _ = run("fleet", "horizon", option, self.write("several", text), "--at", NOW)
                self.assertEqual((code, out.splitlines()[row].split()[10:11], out.splitlines()[6:]), (0, [str(n)], []))
        for text, why in ((pem(paas[0]) + broken + pem(paas[1]), "a broken PEM block"), (key, "no certificate in it")):
            code, out, err = run("fleet", "horizon", "--trust", self.write("several", text), "--at", NOW)
            self.assertEqual((code, out), (65, ""))
            self.assertIn("several: %s\n" % why, err)
        code, out, _ = run("fleet", "horizon", "--trust", self.write("junk", "hi"), "--at", NOW)
        self.assertEqual((code, out.splitlines()[6:]), (2, ["1 certificates that cannot be read"]))

    # Known hits in many lines: 20 000, or as many as VERIDAC_FLEET_LINES says (scripts/fleet.sh).
    LINES = int(os.environ.get("VERIDAC_FLEET_LINES", "20000"))
    WORD = {"genuine": "clear", "revoked-dac": "hit", "no-crl": "open", "bad": "malformed"}

    def kind(self, i):
        return ("revoked-dac" if i % 97 == 5 else "no-crl" if i % 101 == 7 else
                "bad" if i % 1009 == 11 else "genuine")

    def make(self):
        """The inventory; a column of no use makes it long enough for several notes."""
        rows = {n: ("%s,%s" % (d.key_id, d.serial)) for n, d in self.devices.items()}
        rows["bad"] = "zz,01"
        note, counts = "n" * (1200 if self.LINES < 100000 else 40), {}
        with open(self.path("long.csv"), "w", encoding="ascii") as f:
            f.write("label,note,issuer_key_id,serial\n")
            for i in range(self.LINES):
                kind = self.kind(i)
                counts[self.WORD[kind]] = counts.get(self.WORD[kind], 0) + 1
                f.write("d%d,%s,%s\n" % (i, note, rows[kind]))
        return counts

    def words(self, out, jobs):
        return [PROGRAM, "audit", self.path("long.csv"), "--network", "test", "--at", NOW, "--store",
                self.store, "--json", "--jobs", str(jobs), "--out", self.path(out)]

    def kill_and_go_on(self, wait):
        """Killed as soon as it has noted `wait` times where it is; its output torn. Then the same command."""
        words = self.words("killed", 2) + ["--resume", self.path("notes")]
        p = subprocess.Popen(words, stdout=subprocess.PIPE)
        seen, last = 0, None
        while p.poll() is None and seen < wait:
            try:
                now = os.stat(self.path("notes")).st_ino
            except FileNotFoundError:
                now = last
            seen += now != last
            last = now
        p.send_signal(signal.SIGKILL)
        p.communicate()
        self.assertEqual(p.returncode, -signal.SIGKILL, "it was over before it could be killed")
        self.assertFalse(os.path.exists(self.path("killed")))
        with open(self.path("killed.tmp"), "ab") as f:
            f.write(b'{"line":7,"outc')
        p = subprocess.run(words, stdout=subprocess.PIPE, check=False)
        self.assertFalse(os.path.exists(self.path("notes")))
        return p.returncode, p.stdout

    def test_counts_and_going_on(self):
        counts = self.make()
        p = subprocess.run(self.words("whole", 1), stdout=subprocess.PIPE, check=False)
        self.assertEqual(p.returncode, 1)
        told = json.loads(p.stdout)
        self.assertEqual({k: told[k] for k in counts}, counts)
        self.assertEqual(told["malformed_lines"][:3], [13, 1022, 2031])
        with open(self.path("whole"), "rb") as f:
            whole = f.read()
        for i, line in enumerate(whole.splitlines()):
            self.assertIn(b'"outcome":"%s"' % self.WORD[self.kind(i)].encode(), line)
        for wait in (1, 2) if self.LINES < 100000 else (1, 3, 7):
            code, out = self.kill_and_go_on(wait)
            self.assertEqual((code, out), (1, p.stdout))
            with open(self.path("killed"), "rb") as f:
                self.assertTrue(f.read() == whole, "the output is not what a whole run writes")
            os.unlink(self.path("killed"))

    def test_notes_of_another_run(self):
        self.write("long.csv", "label,dac\n" + "x" * 100)
        words = self.words("out", 1)[1:] + ["--resume", self.path("notes")]
        for data in (b"", b"VDA1" + b"\0" * 500):
            self.write("notes", data)
            code, out, err = run(*words)
            self.assertEqual((code, out), (65, ""))
            self.one_line(err)


if __name__ == "__main__":
    main()
