#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""veridac audit under a policy file: what it asks for holds without a chain as well."""
import json

from fleet_world import NOW, Fleet
from support import main

CLEAR, STALE = (0, "clear", []), (2, "open", ["stale"])
DENIED, UNASKED = (1, "hit", ["policy-vendor"]), (2, "open", ["policy-vendor-unasked"])
LATER = "2026-09-24T14:13:20Z" # three days


class Policies(Fleet):
    def setUp(self):
        super().setUp()
        d = self.devices["genuine"]
        ids, names = "x,%s,%s" % (d.key_id, d.serial), "label,issuer_key_id,serial"
        other = self.row("genuine", False).rstrip("\n")
        self.lists = {
            "ids": self.csv([ids + "\n"], names, "ids"),
            "FFF1": self.csv([ids + ",0xFFF1\n"], names + ",vid", "fff1"),
            "FFF2": self.csv([ids + ",0xFFF2\n"], names + ",vid", "fff2"),
            "dac": self.csv([self.row("genuine", False)], name="dac"),
            "said": self.csv([other + ",0xFFF2\n"], "label,dac,pai,vid", "said"),
            "chain": self.csv([self.row("genuine")], name="chain"),
        }

    def policy(self, **members):
        return self.write("policy.json", json.dumps({"policy": 1, "base": "standard", **members}))

    def assert_judged(self, policy, at=NOW, more=(), **want):
        for which, how in want.items():
            code, lines, _ = self.audit(self.lists[which], "--policy", policy, *more, at=at)
            got = [(code, x["outcome"], x["reasons"]) for x in lines.values()]
            self.assertEqual(got, [how] if how else [], which)

    def test_vendors(self):
        for members in ({"deny": ["FFF1"]}, {"allow": ["FFF2"]}):
            self.assert_judged(self.policy(vendors=members), ids=UNASKED, FFF1=DENIED, FFF2=CLEAR, dac=DENIED,
                               said=DENIED, chain=DENIED)
        for members in ({"deny": ["FFF2"]}, {"allow": ["FFF1"]}):
            self.assert_judged(self.policy(vendors=members), ids=UNASKED, FFF1=CLEAR, FFF2=DENIED, dac=CLEAR,
                               said=DENIED, chain=CLEAR)
        self.assert_judged(self.policy(), ids=CLEAR, FFF1=CLEAR, FFF2=CLEAR, dac=CLEAR, chain=CLEAR)
        for base, code in (("strict", 1), ("permissive", 1), ("audit", 0)):
            self.assert_judged(self.policy(base=base, vendors={"deny": ["FFF1"]}), dac=(code, *DENIED[1:]))

    def test_a_pai_of_another_device_says_no_vendor(self):
        other = self.devices["partition-revoked"] # no issuer of this device
        d = self.devices["genuine"]
        self.lists["pai"] = self.csv(["x,%s,%s,%s\n" % (d.key_id, d.serial, other.pai.hex())],
                                     "label,issuer_key_id,serial,pai", "pai")
        self.assert_judged(self.policy(vendors={"deny": ["FFF3"]}), pai=UNASKED)

    def test_ages(self):
        def ages(**vendors):
            return self.policy(**{"max-age": {"snapshot": "90d", "crl": "7d", "vendors": vendors}})

        self.assert_judged(ages(FFF1="2d"), at=LATER, ids=STALE, FFF1=STALE, FFF2=CLEAR, dac=STALE, said=STALE,
                           chain=STALE)
        self.assert_judged(ages(FFF2="2d"), at=LATER, ids=STALE, FFF1=CLEAR, FFF2=STALE, dac=CLEAR, said=CLEAR,
                           chain=CLEAR)
        self.assert_judged(ages(FFF1="4d", FFF2="4d"), at=LATER, ids=CLEAR, FFF1=CLEAR, dac=CLEAR)
        key = self.devices["genuine"].key_id
        for age, how in (("2d", STALE), ("4d", CLEAR)): # the issuer's own goes first
            policy = self.policy(**{"max-age": {"snapshot": "90d", "vendors": {"FFF1": "3d"},
                                                "issuers": {key: age}}})
            self.assert_judged(policy, at=LATER, ids=how, FFF1=how, FFF2=how, dac=how)
        self.assert_judged(ages(FFF1="2d"), at=LATER, more=("--since", self.store), dac=STALE, FFF2=None)


if __name__ == "__main__":
    main()
