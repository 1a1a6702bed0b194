#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Bundles are the same bytes for everybody; deltas through the program."""
import hashlib
import json
import os
import random
import sys
import urllib.request

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "golden"))
import vdd1  # noqa: E402  (written from docs/FORMAT.md alone)

from pipeline import NOW, Pipeline
from support import Folder, main, run, run_json

HEAD = "issuer_key_id,issuer_name,serial\n"
NAMES = ["MAwxCjAIBgNVBAMMA%s=" % end for end in ("UE", "UI", "UM")]  # CN=A, CN=B, CN=C


class Same(Pipeline):
    """From points and CRLs in another order, with one processor or all, in another locale."""

    def test_order_processors_and_locale_change_nothing(self):
        with urllib.request.urlopen(self.ledger.url + "/dcl/pki/revocation-points?"
                                    "pagination.limit=100") as answer:
            listed = json.load(answer)
        crls = ["%s/crl/%s=%s" % (self.ledger.url, name, self.path("world", "crl", name))
                for name in sorted(os.listdir(self.path("world", "crl")))]
        paas = [self.path("world", "paa", n) for n in sorted(os.listdir(self.path("world", "paa")))]
        built = {}
        for number, (locale, zone, processors) in enumerate([
                ("C", "UTC", None), ("tr_TR.UTF-8", "Asia/Kathmandu", 1), ("de_DE.UTF-8", "", None),
                ("C.UTF-8", "America/St_Johns", 1)]):
            order = random.Random(number)
            if number > 0:
                for what in (listed["PkiRevocationDistributionPoint"], crls, paas):
                    order.shuffle(what)
            options = [x for crl in crls for x in ("--crl", crl)] + [
                x for paa in paas for x in ("--trust", paa)]
            points = self.write("points-%d" % number, json.dumps(listed))
            for kind in ("hub", "full"):
                out = self.path("out")
                code, _, err = run(
                    "build", "--points", points, *options, "--network", "test", "--at", NOW,
                    "--kind", kind, "--out", out, env={**os.environ, "LC_ALL": locale, "TZ": zone},
                    preexec_fn=(lambda: os.sched_setaffinity(0, {min(os.sched_getaffinity(0))}))
                    if processors else None)
                self.assertEqual(code, 0, err)
                with open(out, "rb") as f:
                    data = f.read()
                with self.subTest((kind, locale, zone, processors)):
                    self.assertEqual(built.setdefault(kind, data), data)
        self.assertGreater(len(built["full"]), 1000)


def serial(issuer, k):
    return hashlib.sha256(b"%d/%d" % (issuer, k)).hexdigest()[:16].upper().replace("0", "1")


class Deltas(Folder):
    """Sets of three issuers in CSV, in any order of lines."""

    def build(self, name, at, keys, *more, shuffle=0):
        lines = ["%s,%s,%s\n" % (("%02X" % (i + 1)) * 20, NAMES[i], serial(i, k))
                 for i, numbers in enumerate(keys) for k in numbers]
        random.Random(shuffle).shuffle(lines)
        csv = self.write(name + ".csv", HEAD + "".join(lines))
        return run("build", "--revocation-set", csv, "--network", "test", "--at",
                   "2026-09-%02dT00:00:00Z" % at, "--out", self.path(name), *more)

    def read(self, name):
        with open(self.path(name), "rb") as f:
            return f.read()

    def test_chains_and_skips_lead_to_the_same_bytes(self):
        days = [(range(100), range(3), range(500)), (range(2, 104), range(3), range(10, 520)),
                (range(2, 110), range(2), range(400)), (range(5, 135), range(5), range(540))]
        for kind in ("hub", "full"):
            options = ["--kind", kind]
            for day, keys in enumerate(days):
                step = ["--base", self.path(str(day - 1)), "--delta",
                        self.path("%dto%d" % (day - 1, day))]
                code, _, err = self.build(str(day), day + 1, keys, *options, *(step if day else []))
                self.assertEqual((code, err), (0, ""))
                # other lines first: the same file and the same delta
                code, _, err = self.build("again", day + 1, keys, *options,
                                          *(step[:3] + [self.path("again.delta")] if day else []),
                                          shuffle=1)
                self.assertEqual((code, err, self.read("again")), (0, "", self.read(str(day))))
                if day:
                    self.assertEqual(self.read("again.delta"), self.read("%dto%d" % (day - 1, day)))
                if day == 3:
                    self.assertEqual(self.read("again.delta"),
                                     vdd1.make(self.read("2"), self.read("3")))
                    self.assertLess(len(self.read("again.delta")), len(self.read(str(day))) // 2)
            self.assertEqual(run("build", "--base", self.path("0"), "--apply", self.path("0to1"),
                                 "--out", self.path("at"))[0], 0)
            for day in (1, 2, 3):
                self.assertEqual(self.read("at"), self.read(str(day)))
                if day < 3:
                    code, _, err = run("build", "--base", self.path("at"), "--apply",
                                       self.path("%dto%d" % (day, day + 1)), "--out", self.path("at"))
                    self.assertEqual((code, err), (0, ""))
            code, shown, err = run_json("show", "--check", self.path("at"))
            self.assertEqual((code, shown["base"], shown["revoked"]), (0, False, 130 + 5 + 540), err)
            code, shown, err = run_json("show", self.path("0to1"))
            self.assertEqual((code, shown["kind"], shown["contents"]), (0, "delta (VDD1)", kind), err)
            self.assertEqual(shown["target_size"], len(self.read("1")))

    def refused(self, base, delta, why, code=65):
        out = self.path("not-written")
        got, _, err = run("build", "--base", base, "--apply", delta, "--out", out)
        self.assertEqual((got, os.path.exists(out)), (code, False), err)
        self.assertIn(why, err)
        self.one_line(err)

    def test_what_does_not_fit_is_refused(self):
        keys = (range(100), range(3), range(70))
        for kind in ("hub", "full"):
            self.assertEqual(self.build("a" + kind, 1, keys, "--kind", kind)[0], 0)
            self.assertEqual(self.build("b" + kind, 2, keys, "--kind", kind, "--base",
                                        self.path("a" + kind), "--delta", self.path("d" + kind))[0], 0)
        self.assertEqual(self.build("c", 1, (range(99), [], []))[0], 0)
        a, b, d = self.path("afull"), self.path("bfull"), self.path("dfull")
        self.assertEqual(run("build", "--base", a, "--apply", d, "--out", self.path("fine"))[0], 0)
        self.assertEqual(self.read("fine"), self.read("bfull"))
        self.refused(b, d, "made for another bundle")
        self.refused(self.path("ahub"), d, "of another kind")
        self.refused(self.path("c"), d, "on another base")
        self.refused(a, a, "not a delta")
        self.refused(d, d, "the bundle it starts from cannot be read")
        delta = self.read("dfull")
        self.refused(a, self.write("cut", delta[:-1]), "contents cut short")
        self.refused(a, self.write("longer", delta + b"\0"), "something follows")
        self.refused(a, self.write("loop", delta[:88] + delta[56:88] + delta[120:]),
                     "leads to where it starts")
        self.refused(a, self.write("main", delta[:4] + b"\1" + delta[5:]), "of another network")
        self.refused(a, self.write("small", delta[:16] + b"\0\1\0\0\0\0\0\0" + delta[24:]),
                     "too large")
        self.refused(a, self.write("early", delta[:8] + bytes(8) + delta[16:]), "to an earlier time")

    def test_the_bundle_before_has_to_fit(self):
        keys = (range(100), range(3), range(70))
        self.assertEqual(self.build("a", 3, keys)[0], 0)
        out = self.path("never")
        for name, day, more, why in (("a", 2, [], "of a later time"),
                                     ("a", 4, ["--kind", "hub"], "of the other kind"),
                                     ("a.csv", 4, [], "magic")):
            code, _, err = self.build("never", day, keys, *more, "--base", self.path(name))
            self.assertEqual((code, os.path.exists(out)), (65, False))
            self.assertIn(why, err)
        code, _, err = run("build", "--revocation-set", self.path("a.csv"), "--at",
                           "2026-09-04T00:00:00Z", "--out", out, "--base", self.path("a"))
        self.assertEqual((code, os.path.exists(out)), (65, False), err)
        self.assertIn("of the network test", err)
        for options in (["--delta", "x"], ["--apply", "x"], ["--base", "a", "--apply", "x", "--kind",
                                                             "hub"]):
            self.assertEqual(run("build", "--out", out, *options)[0], 64)


if __name__ == "__main__":
    main()
