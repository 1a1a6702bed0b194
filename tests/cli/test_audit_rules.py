#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""veridac audit with local rules: what an inventory does not say keeps no rule from being felt."""
import base64
import shutil

from fleet_world import NOW, Fleet, der
from support import main, run

HIT, OPEN, VERSION, CLEAR = ((1, "hit", ["local-rule"]), (2, "open", ["local-rule-unasked"]),
                             (2, "open", ["local-rule-version"]), (0, "clear", []))


class Rules(Fleet):
    def setUp(self):
        super().setUp()
        self.d = d = self.devices["genuine"]
        self.pai = der.Certificate(d.pai)
        self.paa = self.pai.authority_key_id.hex().upper()
        self.paa_name = base64.b64encode(self.pai.issuer).decode()
        ids = "x,%s,%s" % (d.key_id, d.serial)
        names = "label,issuer_key_id,serial"
        self.lists = {
            "ids": self.csv([ids + "\n"], names, "ids"),
            "vid": self.csv([ids + ",0xFFF1\n"], names + ",vid", "vid"),
            "pid": self.csv([ids + ",32768\n"], names + ",pid", "pid"),
            "product": self.csv([ids + ",0xFFF1,32768\n"], names + ",vid,pid", "product"),
            "version": self.csv([ids + ",0xFFF1,32768,42\n"], names + ",vid,pid,software_version",
                                "version"),
            "dac": self.csv([self.row("genuine", False)], name="dac"),
            "chain": self.csv([self.row("genuine")], name="chain"),
        }

    def rules(self, *lines, name="rules"):
        return self.write(name, "veridac-rules 1 test\n" + "".join(line + "\n" for line in lines))

    def judged(self, which, *more, **how):
        code, lines, _ = self.audit(self.lists[which], *more, **how)
        (line,) = lines.values()
        return code, line["outcome"], line["reasons"]

    def assert_judged(self, rule, **want):
        rules = self.rules(rule)
        for which, how in want.items():
            self.assertEqual(self.judged(which, "--rules", rules), how, (rule, which))

    def test_vendors_and_products(self):
        self.assert_judged("vendor FFF1", ids=OPEN, pid=OPEN, vid=HIT, product=HIT, dac=HIT, chain=HIT)
        self.assert_judged("vendor FFF2", ids=OPEN, pid=OPEN, vid=CLEAR, product=CLEAR, dac=CLEAR,
                           chain=CLEAR)
        self.assert_judged("product FFF1 8000", ids=OPEN, pid=OPEN, vid=OPEN, product=HIT, dac=HIT,
                           chain=HIT)
        self.assert_judged("product FFF2 8000", ids=OPEN, pid=OPEN, vid=CLEAR, product=CLEAR, dac=CLEAR)
        self.assert_judged("version FFF1 8000 1 41", ids=OPEN, vid=OPEN, product=VERSION,
                           version=CLEAR, dac=VERSION, chain=VERSION)
        self.assert_judged("version FFF1 8000 1 42", version=HIT)
        self.assert_judged("version FFF2 8000 1 41", ids=OPEN, vid=CLEAR, product=CLEAR, dac=CLEAR)

    def test_keys(self):
        own = der.Certificate(self.d.dac).subject_key_id.hex().upper()
        self.assert_judged("skid " + own, ids=OPEN, dac=HIT, chain=HIT)
        self.assert_judged("skid " + "01" * 20, ids=OPEN, dac=OPEN, chain=CLEAR)
        self.assert_judged("skid " + self.d.key_id, chain=HIT)
        rules = self.rules("skid " + self.d.key_id) # the PAI's, which the DAC names
        for which in ("ids", "dac"):
            code, outcome, reasons = self.judged(which, "--rules", rules)
            self.assertEqual((code, outcome, reasons), HIT, which)
        self.assert_judged("paa " + self.paa, ids=OPEN, dac=OPEN, chain=HIT)
        self.assert_judged("paa " + "01" * 20, ids=OPEN, dac=OPEN, chain=CLEAR)

    def test_a_pai_of_another_device(self):
        other = self.devices["partition-revoked"]
        self.assertNotEqual(other.key_id, self.d.key_id)
        row = "x,%s,%s,0xFFF1,32768,%s\n" % (self.d.key_id, self.d.serial, other.pai.hex())
        names = "label,issuer_key_id,serial,vid,pid,pai"
        self.lists["other"] = self.csv([row], names, "other")
        self.lists["own"] = self.csv([row.replace(other.pai.hex(), self.d.pai.hex())], names, "own")
        self.assert_judged("paa " + "01" * 20, own=CLEAR, other=OPEN)
        self.assert_judged("vendor FFF3", own=CLEAR, other=CLEAR)
        code, outcome, reasons = self.judged("other", "--rules", self.rules("skid " + self.d.key_id))
        self.assertEqual((code, outcome, reasons), HIT)

    def test_what_a_paa_issued(self):
        for rule in ("issuer %s %s" % (self.paa, self.paa_name),
                     "certificate %s - %X" % (self.paa, 0x1000 + self.pai.serial % 0x1000)):
            self.assert_judged(rule, ids=OPEN, dac=OPEN, chain=HIT if rule[0] == "i" else CLEAR)
        self.assert_judged("certificate %s - 7F01" % self.d.key_id, ids=CLEAR, dac=CLEAR, chain=CLEAR)

    def test_a_name_that_is_not_given(self):
        u = self.devices["unknown-paa"] # no bundle has its issuer's Name
        inventory = self.csv(["u,%s,%s\n" % (u.key_id, u.serial)], "label,issuer_key_id,serial", "u")
        self.lists["u"] = inventory
        last = u.serial[:-1] + ("0" if u.serial[-1] != "0" else "1")
        for rule, code in (("issuer %s %s" % (u.key_id, u.name), 1),
                           ("certificate %s %s %s" % (u.key_id, u.name, u.serial), 1),
                           ("certificate %s %s %s" % (u.key_id, u.name, last), 2),
                           ("issuer %s %s" % (u.key_id[:-2] + "00", u.name), 2)):
            got = self.judged("u", "--rules", self.rules(rule, "vendor FFF3 effect=suspect"))
            want = (1, "hit", ["local-rule", "not-covered"]) if code == 1 else (2, "open", ["not-covered"])
            self.assertEqual(got, want, rule)
            # without Names in the store as well
            got = self.judged("u", "--rules", self.rules(rule), "--store", self.bare, store=False)
            self.assertEqual(got[0], code, rule)

    def test_only_what_counts_keeps_a_device_from_being_clear(self):
        for more in ("effect=suspect", "expires=2026-09-21T14:13:19Z"):
            for rule in ("vendor FFF2", "paa " + "01" * 20, "skid " + "01" * 20,
                         "product FFF1 8001", "issuer %s %s" % (self.paa, self.paa_name)):
                self.assert_judged("%s %s" % (rule, more), ids=CLEAR)
        self.assert_judged("vendor FFF2 effect=quarantine", ids=OPEN)
        self.assert_judged("vendor FFF2 expires=" + NOW, ids=OPEN)
        rules = self.rules("vendor FFF2")
        self.assertEqual(self.judged("ids", "--rules", rules, "--policy", "permissive"), OPEN)

    def test_a_suspicion_about_one_product_hides_no_refusal_of_the_other(self):
        told = self.csv([self.row("genuine", False).rstrip("\n") + ",0xFFF1,32769\n"],
                        "label,dac,pai,vid,pid", "told")
        self.lists["told"] = told
        suspect = "product FFF1 8001 effect=suspect"
        got = self.judged("told", "--rules", self.rules(suspect, "product FFF1 8000"))
        self.assertEqual((got[0], got[1], got[2][0]), (1, "hit", "local-rule"))
        self.assertEqual(self.judged("told", "--rules", self.rules(suspect)),
                         (0, "clear", ["local-suspect"]))

    def since(self, which, before, *rules):
        code, lines, summary = self.audit(self.lists[which], "--since", before, *rules)
        return code, [(x["outcome"], x["reasons"]) for x in lines.values()], summary["unchanged"]

    def test_since(self):
        refused = self.rules("vendor FFF1")
        for which in ("vid", "dac", "chain"):
            hit = (1, [("hit", ["local-rule"])], 0)
            self.assertEqual(self.since(which, self.store, "--rules", refused), hit)
            # a snapshot of before that has it
            self.assertEqual(self.since(which, refused, "--rules", refused), (0, [], 1))
            for was, now in (("product FFF2 8000", "vendor FFF1"),
                             ("vendor FFF1 effect=quarantine", "vendor FFF1"),
                             ("vendor FFF1 effect=suspect", "vendor FFF1"),
                             ("vendor FFF1 expires=2026-09-21T14:13:19Z", "vendor FFF1")):
                old, new = self.rules(was, name="old"), self.rules(now, name="new")
                self.assertEqual(self.since(which, old, "--rules", new), hit, was)
                self.assertEqual(self.since(which, new, "--rules", old)[:2], (0, []), was)
        unasked = (2, [("open", ["local-rule-unasked"])], 0)
        self.assertEqual(self.since("ids", refused, "--rules", refused), unasked)
        version = self.rules("version FFF1 8000 1 41", name="version")
        self.assertEqual(self.since("product", version, "--rules", version),
                         (2, [("open", ["local-rule-version"])], 0))

    def test_since_a_feed_has_rules(self):
        made, at, store = self.made, "2026-09-21T15:13:20Z", self.path("now")
        code, *_ = made.publish("--rules", self.rules("vendor FFF1", name="feed"), at=at)
        self.assertEqual(code, 0)
        shutil.copytree(self.store, store)
        code, _, err = run("pull", "--from", made.web().url, "--root", made.root, "--store", store, "--at", at)
        self.assertEqual(code, 0, err)
        for before, want in ((self.store, (1, [["local-rule"]])), (store, (0, []))):
            code, lines, _ = self.audit(self.lists["chain"], "--store", store, "--since", before, at=at,
                                        store=False)
            self.assertEqual((code, [x["reasons"] for x in lines.values()]), want, before)


if __name__ == "__main__":
    main()
