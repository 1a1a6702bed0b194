#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""One vendor misbehaves with what is its own: its CRLs and its records on the ledger. Another vendor's
revocation of the same day arrives all the same, and none of before is lost: sync, publish, pull, verify."""
import json
import os
import sys
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "cli"))

from mirror import Mirror  # noqa: E402
from pipeline import AT, Pipeline  # noqa: E402
from support import main  # noqa: E402

DAY = 86400
LATER = "2026-09-22T14:13:20Z"
HOSTILE = ("pai-partitioned-1", "pai-partitioned-2", "pai-delegates")  # CRLs of FFF2
ITS_OWN = ("partition-revoked", "delegated-revoked", "delegated-revoked-sticky")


class Vendors(Pipeline):
    def setUp(self):
        super().setUp()
        self.assertEqual(self.sync()[0], 0)
        self.assertEqual(self.publish()[0], 0)
        self.good, self.days, self.tier = {}, 0, []
        self.mirror = Mirror(self.repo)
        self.addCleanup(self.mirror.close)
        self.assertEqual(self.pull(self.mirror.url)[0], 0)
        self.assertEqual(self.status("genuine"), "good")
        for device in ITS_OWN + ("revoked-dac",):
            self.assertEqual(self.status(device), "revoked")

    def status(self, device, at=LATER):
        _, result, err = self.verify(device, "--store", self.store, at=at)
        self.assertIsNotNone(result, err)
        return result["revocation"]["dac"]["status"]

    def next_day(self, *more):
        """The other vendor revokes one device; then everything from the ledger to verify."""
        self.days += 1
        at = "2026-09-22T%02d:13:20Z" % (13 + self.days)
        self.revoke("dac-genuine", at=AT + DAY)
        code, report, err = self.sync(*more, at=at)
        self.assertEqual(code, 0, err)
        self.assertEqual(self.publish(at=at)[0], 0)
        code, pulled, err = self.pull(self.mirror.url, *self.tier, at=at)
        self.assertEqual((code, pulled["changed"]), (0, True), err)
        self.assertEqual(self.status("genuine"), "revoked")
        self.assertEqual(self.status("revoked-dac"), "revoked")
        return report

    def hostile_world(self, option):
        for crl in HOSTILE:
            with open(os.path.join(self.world_at(AT + DAY, option, crl), "crl", crl + ".crl"), "rb") as f:
                self.serve(crl + ".crl", f.read())

    def nothing_lost(self):
        for device in ITS_OWN:
            self.assertEqual(self.status(device), "revoked", device)

    def test_honest(self):
        self.assertEqual(self.next_day()["crls_failed"], 0)
        self.nothing_lost()
        self.assertEqual(self.status("genuine-partitioned"), "good")

    def test_empties_its_crls(self):
        self.hostile_world("--empty")  # its own certificates are its own business
        self.next_day()

    def test_floods_its_crls(self):
        self.hostile_world("--flood")
        self.next_day()  # the bundle grows: without a wish, the filters are pulled
        for device in ITS_OWN:
            self.assertIn(self.status(device), ("revoked", "unknown"), device)
        self.tier = ["--tier", "full"]
        self.assertEqual(self.pull(self.mirror.url, *self.tier, at=LATER)[0], 0)
        self.nothing_lost()

    def test_breaks_its_crls(self):
        for rows in ({"junk": lambda crl: b"junk" * 1000, "cut": lambda crl: crl[:-1],
                      "nothing": lambda crl: b""},
                     {"forged": lambda crl: crl[:-1] + bytes([crl[-1] ^ 1]), "HTML": lambda crl: b"<html>" * 9,
                      "zeros": lambda crl: bytes(70 << 20)}):
            for change, name in zip(rows.values(), HOSTILE):
                with open(self.path("world", "crl", name + ".crl"), "rb") as f:
                    good = self.good.setdefault(name, f.read())
                self.serve(name + ".crl", change(good))
            report = self.next_day()
            self.assertEqual({c["url"].rsplit("/", 1)[1] for c in report["crls"] if c["error"]},
                             {name + ".crl" for name in HOSTILE})
            self.nothing_lost()

    def test_stops_answering(self):
        for name in HOSTILE:
            self.ledger.control("stop-crl", path="/crl/%s.crl" % name)
        self.next_day()
        self.nothing_lost()

    def test_floods_the_ledger(self):
        """More points than one vendor may have, each with another URL."""
        path = self.path("world", "ledger.json")
        with open(path, encoding="utf-8") as f:
            ledger = json.load(f)
        mine = [p for p in ledger["revocation_points"] if p["vid"] == 0xFFF2]
        flood = [dict(mine[0], label="flood-%d" % i, url_path="/crl/flood-%d.crl" % i)
                 for i in range(1200)]
        ledger["revocation_points"] = flood + ledger["revocation_points"]
        self.write("world/ledger.json", json.dumps(ledger))
        self.ledger.control("reload")
        self.next_day()

    def test_takes_its_points_back(self):
        path = self.path("world", "ledger.json")
        with open(path, encoding="utf-8") as f:
            ledger = json.load(f)
        ledger["revocation_points"] = [p for p in ledger["revocation_points"] if p["vid"] != 0xFFF2]
        self.write("world/ledger.json", json.dumps(ledger))
        self.ledger.control("reload")
        self.next_day()


if __name__ == "__main__":
    main()
