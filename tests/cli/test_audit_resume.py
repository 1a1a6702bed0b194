#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""veridac audit --resume: a run goes on only with what it began with."""
import json
import os
import resource
import shutil

from fleet_world import Fleet
from support import main, run

LATER = "2026-09-21T15:13:20Z"
OTHER = "of a run with another inventory, policy, anchors, store or options"


class Resume(Fleet):
    LINES = 10000

    def setUp(self):
        super().setUp()
        d, note = self.devices["genuine"], "n" * 1200
        rows = ["d%05d,%s,%s,%s,0xFFF2\n" % (i, note, d.key_id, d.serial) for i in range(self.LINES)]
        self.csv(rows, "label,note,issuer_key_id,serial,vid", "long.csv")
        self.put_policy(["FFF1", "FFF3"])
        paas = self.made.path("world", "paa")
        self.paas = [os.path.join(paas, name) for name in sorted(os.listdir(paas))]
        self.assertGreater(len(self.paas), 1)
        os.mkdir(self.path("anchors"))
        self.put_anchor(0)
        shutil.copytree(self.store, self.path("now"))

    def put_anchor(self, i):
        """As many, and as old."""
        shutil.copy(self.paas[i], self.path("anchors", "paa.der"))
        os.utime(self.path("anchors", "paa.der"), (1790000000, 1790000000))

    def put_policy(self, deny):
        policy = {"policy": 1, "base": "standard", "networks": ["test"], "vendors": {"deny": deny},
                  "max-age": {"snapshot": "9d"}}
        self.write("policy.json", json.dumps(policy))

    def go(self, out, *more, most=None):
        def limit():
            resource.setrlimit(resource.RLIMIT_FSIZE, (most, most))
        return run("audit", self.path("long.csv"), "--at", LATER, "--store", self.path("now"), "--policy",
                   self.path("policy.json"), "--trust", self.path("anchors"), "--out", self.path(out), *more,
                   preexec_fn=limit if most else None)

    def assert_refused(self, what):
        code, out, err = self.go("part", "--resume", self.path("notes"))
        self.assertEqual((code, out), (65, ""), what)
        self.one_line(err)
        self.assertIn(OTHER, err, what)

    def swap(self, path, other):
        """Puts `other` in the place of a folder; the way back."""
        os.rename(path, path + ".was")
        shutil.copytree(other, path)

        def back():
            shutil.rmtree(path)
            os.rename(path + ".was", path)
        return back

    def later_head(self):
        """A store with a new head and the very same bundle."""
        code, *_, err = self.made.publish(at=LATER)
        self.assertEqual(code, 0, err)
        shutil.copytree(self.store, self.path("later"))
        code, _, err = run("pull", "--from", self.made.web().url, "--root", self.made.root, "--store",
                           self.path("later"), "--at", LATER)
        self.assertEqual(code, 0, err)
        heads, bundles = [], []
        for store in (self.store, self.path("later")):
            with open(os.path.join(store, "head"), "rb") as f:
                heads.append(f.read())
            bundles.append(sorted(os.listdir(os.path.join(store, "s"))))
        self.assertEqual(bundles[0], bundles[1])
        self.assertNotEqual(heads[0], heads[1])
        return self.path("later")

    def test_what_it_began_with(self):
        code, told, err = self.go("whole")
        self.assertEqual((code, err), (0, ""))
        most = os.stat(self.path("whole")).st_size * 85 // 100
        code, _, err = self.go("part", "--resume", self.path("notes"), most=most)
        self.assertEqual(code, 74)
        self.one_line(err)
        self.assertTrue(os.path.exists(self.path("notes")))

        self.put_anchor(1)
        self.assert_refused("anchors")
        self.put_anchor(0)
        for what, other in (("names", self.bare), ("head", self.later_head())):
            back = self.swap(self.path("now"), other)
            self.assert_refused(what)
            back()
        self.put_policy(["FFF1", "FFF2"]) # as many
        self.assert_refused("policy")
        self.put_policy(["FFF1", "FFF3"])

        shutil.copy(self.path("notes"), self.path("kept"))
        code, again, err = self.go("part", "--resume", self.path("notes"))
        self.assertEqual((code, again, err), (0, told, ""))
        with open(self.path("whole"), "rb") as f, open(self.path("part"), "rb") as g:
            self.assertTrue(f.read() == g.read())

        shutil.copy(self.path("kept"), self.path("notes"))
        was = os.stat(self.path("long.csv"))
        with open(self.path("long.csv"), "r+b") as f:
            f.seek(100000)
            f.write(b"m")
        os.utime(self.path("long.csv"), ns=(was.st_atime_ns, was.st_mtime_ns))
        self.assertEqual(os.stat(self.path("long.csv")).st_size, was.st_size)
        self.assert_refused("inventory")


if __name__ == "__main__":
    main()
