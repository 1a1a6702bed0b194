#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""The evidence store: what is kept of each object, what is said of each source, budgets, moving, collecting."""
import hashlib
import json
import os
import subprocess
import unittest

from pipeline import AT, NOW, Pipeline, tree
from support import main, run, run_json

import support

LATER, STILL_LATER = "2026-09-21T15:00:00Z", "2026-09-21T16:00:00Z"


class State(Pipeline):
    def record(self, number=1, state=None):
        path = os.path.join(state or self.state, "runs", "%08d.json" % number)
        with open(path, encoding="utf-8") as f:
            return json.load(f)

    def build(self, out, at=NOW, state=None):
        return run("build", "--state", state or self.state, "--at", at, "--out", self.path(out))[0]

    def objects(self, state=None):
        return set(os.listdir(os.path.join(state or self.state, "objects")))


class Evidence(State):
    def test_every_answer_is_kept_under_its_hash(self):
        self.assertEqual(self.sync()[0], 0)
        asked = [r for r in json.loads(self.ledger.control("requests"))]
        run_record = self.record()
        pages = run_record["pages"]
        self.assertEqual({p["path"].split("?")[0].split("/")[-1] for p in pages if "/pki/" in p["path"]}
                         - {"97:E4:69:D0:C5:04:14:C2:6F:C7:01:F7:7E:94:77:39:09:8D:F6:A5"},
                         {"root-certificates", "revoked-root-certificates", "certificates",
                          "revoked-certificates", "revocation-points"})
        for page in pages:
            with open(os.path.join(self.state, "objects", page["sha256"]), "rb") as f:
                data = f.read()
            self.assertEqual((hashlib.sha256(data).hexdigest(), len(data)),
                             (page["sha256"], page["size"]))
            if page["status"] == 200 and "/blocks/" not in page["path"]:
                self.assertEqual(page["height"], 7654321)
        self.assertEqual(len(pages) + len(run_record["crls"]), len(asked))
        for crl in run_record["crls"]:
            size = os.path.getsize(os.path.join(self.state, "objects", crl["sha256"]))
            self.assertEqual((crl["size"], crl["status"], crl["reason"]), (size, 200, ""))

    def test_names_are_hashes(self):
        self.assertEqual(self.sync()[0], 0)
        for name, data in tree(os.path.join(self.state, "objects")).items():
            self.assertEqual(hashlib.sha256(data).hexdigest(), name)

    def test_leftovers_of_a_killed_run_are_removed(self):
        self.assertEqual(self.sync()[0], 0)
        left = os.path.join(self.state, "objects", ".3.tmp")
        with open(left, "wb") as f:
            f.write(b"half")
        self.assertEqual(self.sync(at=LATER)[0], 0)
        self.assertFalse(os.path.exists(left))


class Status(State):
    def status(self):
        with open(os.path.join(self.state, "status.json"), encoding="utf-8") as f:
            return json.load(f)

    def crl(self, report):
        return next(c for c in report["crls"] if c["url"].endswith("/pai-direct.crl"))

    def test_of_sources(self):
        self.assertEqual(self.sync()[0], 0)
        told = self.status()
        self.assertEqual(told["crl_states"], {"valid": len(told["crls"]), "invalid": 0, "stale": 0,
                                              "unreachable": 0})
        node = told["nodes"][0]
        self.assertEqual((node["url"], node["last_attempt"], node["last_success"], node["error"]),
                         (self.ledger.url, NOW, NOW, None))
        self.assertEqual((self.crl(told)["age_s"], self.crl(told)["state"]), (0, "valid"))

    def test_unreachable_then_stale(self):
        self.assertEqual(self.sync()[0], 0)
        self.ledger.control("stop-crl", path="/crl/pai-direct.crl")
        self.assertEqual(self.sync(at="2026-09-21T15:13:20Z")[0], 0)
        crl = self.crl(self.status())
        self.assertEqual((crl["state"], crl["reason"], crl["age_s"], crl["last_ok"], crl["status"]),
                         ("unreachable", "http-status", 3600, NOW, 503))
        self.assertEqual(self.sync(at="2026-09-29T14:13:20Z")[0], 0)
        self.assertEqual(self.crl(self.status())["state"], "stale")

    def test_invalid(self):
        self.write("world/crl/pai-direct.crl", b"no CRL")
        self.assertEqual(self.sync()[0], 0)
        crl = self.crl(self.status())
        self.assertEqual((crl["state"], crl["reason"]), ("invalid", "crl-der"))


class Budgets(State):
    def crl(self, report, name="pai-direct.crl"):
        return next(c for c in report["crls"] if c["url"].endswith("/" + name))

    def test_addresses(self):
        """Without the switch a CRL host on loopback is not asked."""
        options = [o for o in self.sync_args() if o != "--allow-private"]
        code, report, err = run_json(*options)
        self.assertEqual(code, 0, err)
        self.assertEqual({c["reason"] for c in report["crls"]}, {"private-address"})
        self.assertEqual(report["crls_fetched"], 0)
        paths = [r["path"] for r in json.loads(self.ledger.control("requests"))]
        self.assertFalse([p for p in paths if p.startswith("/crl/")])
        self.assertEqual(self.sync(at=LATER)[1]["crls_failed"], 0)

    def test_bytes(self):
        for option, size, reason in (("--max-crl", "100", "too-large"),
                                     ("--max-run", "3000", None), ("--max-host", "3000", None)):
            with self.subTest(option):
                code, report, err = self.sync(option, size)
                if reason is None: # not even the lists fit
                    self.assertEqual(code, 74, err)
                else:
                    self.assertEqual({c["reason"] for c in report["crls"]}, {reason})
        self.assertEqual(self.sync("--max-crl", "64M", at=LATER)[1]["crls_failed"], 0)

    def test_disk(self):
        """Over the quota nothing new is kept, the last good one stays, and the run says so."""
        self.assertEqual(self.sync()[0], 0)
        before = self.objects()
        used = sum(os.path.getsize(os.path.join(self.state, "objects", n)) for n in before)
        path = self.path("world", "crl", "pai-direct.crl")
        with open(path, "rb") as f:
            data = f.read()
        self.write("world/crl/pai-direct.crl", data + bytes(5000))
        code, report, err = self.sync("--disk-quota", str(used + 100), at=LATER)
        self.assertEqual(code, 0, err)
        self.assertIn("disk-quota", {f["id"] for f in report["findings"]})
        self.assertEqual(self.crl(report)["reason"], "disk-quota")
        self.assertEqual(self.objects() & before, before)
        self.assertEqual(self.build("b", at=LATER), 0)
        _, result, _ = self.verify("revoked-dac", "--snapshot", self.path("b"), at=LATER)
        self.assertEqual(result["revocation"]["dac"]["status"], "revoked")
        self.assertEqual(self.sync("--disk-quota", "1G", at=STILL_LATER)[1]["crls_failed"], 0)

    def test_dry_run(self):
        code, report, err = self.sync("--dry-run")
        self.assertEqual((code, report["dry_run"], report["crls_fetched"]), (0, True, 0), err)
        self.assertGreater(report["paas"]["listed"], 0)
        self.assertFalse(os.path.exists(self.state))
        self.assertEqual(self.sync()[0], 0)
        before = tree(self.state)
        self.assertEqual(self.sync("--dry-run", at=LATER)[0], 0)
        self.assertEqual(tree(self.state), before)


class Offline(State):
    def test_no_socket(self):
        """In an empty network namespace, under strace: not one call on a socket."""
        if subprocess.run(["unshare", "-n", "true"], check=False,
                          stderr=subprocess.DEVNULL).returncode:
            self.skipTest("unshare -n is not possible here")
        if subprocess.run(["strace", "-V"], check=False, stdout=subprocess.DEVNULL).returncode:
            self.skipTest("no strace")
        self.installed()
        trace = self.path("trace")
        program = support.PROGRAM
        wrapper = self.write("traced", "#!/bin/sh\nexec unshare -n -- strace -f -o %s -e trace=%%network"
                             " %s \"$@\"\n" % (trace, program))
        os.chmod(wrapper, 0o755)
        support.PROGRAM = wrapper
        self.addCleanup(setattr, support, "PROGRAM", program)
        plain = {"ASAN_OPTIONS": "detect_leaks=0"}  # its tracer cannot be traced
        os.environ.update(plain)
        self.addCleanup(os.environ.pop, "ASAN_OPTIONS")

        def calls():
            with open(trace, encoding="utf-8") as f:
                return [line for line in f if "(" in line and "+++" not in line]
        code, report, err = run_json("sync", "--offline", "--state", self.state, "--at", NOW)
        self.assertEqual((code, report["offline"], report["run"]), (0, True, 1), err)
        self.assertEqual(calls(), [])
        code, result, err = self.verify("genuine", "--store", self.store)
        self.assertEqual((code, result["verdict"]), (0, "accept"), err)
        self.assertEqual(calls(), [])
        code, _, err = self.sync()
        self.assertEqual(code, 74, err)
        self.assertTrue(calls())  # this trace shows sockets

    def test_needs_a_state(self):
        code, _, err = run("sync", "--offline", "--state", self.path("nothing"))
        self.assertEqual(code, 74)
        self.one_line(err)
        self.assertEqual(run("sync", "--offline", "--dcl", self.ledger.url, "--state",
                             self.state)[0], 64)


class Switch(State):
    """STATE/trust says which run is in force. Where it is lost, nothing is made up and nothing overwritten."""

    def refused(self, why):
        runs = tree(os.path.join(self.state, "runs"))
        for args in (self.sync_args(at=STILL_LATER),
                     ["build", "--state", self.state, "--at", LATER, "--out", self.path("out")],
                     self.publish_args(at=LATER),
                     ["state", "export", "--state", self.state, "--out", self.path("x")],
                     ["state", "gc", "--state", self.state, "--keep", "1"]):
            with self.subTest(args[:2]):
                code, _, err = run(*args)
                self.assertEqual(code, 65, err)
                self.assertIn(why, err)
                self.one_line(err)
        self.assertEqual(tree(os.path.join(self.state, "runs")), runs)
        self.assertFalse(os.path.exists(self.path("out")))
        self.assertFalse(os.path.exists(self.repo))

    def goes_on(self, number):
        code, report, err = self.sync(at=STILL_LATER)
        self.assertEqual((code, report and report["run"]), (0, number), err)

    def two_runs(self):
        self.assertEqual(self.sync()[0], 0)
        self.assertEqual(self.sync(at=LATER)[0], 0)
        self.assertEqual(os.readlink(self.link()), "trust.2")

    def link(self):
        return os.path.join(self.state, "trust")

    def test_a_copy_without_links(self):
        self.two_runs()
        os.unlink(self.link())
        self.refused("trust is missing")
        os.symlink("trust.0", self.link())
        self.refused("trust is missing")
        os.unlink(self.link())
        os.symlink("trust.2", self.link())
        self.goes_on(3)

    def test_after_collecting(self):
        """One record, of a higher number, is no first run either."""
        self.two_runs()
        self.assertEqual(run("state", "gc", "--keep", "1", "--state", self.state)[0], 0)
        os.unlink(self.link())
        self.refused("trust is missing")
        os.symlink("trust.2", self.link())
        self.goes_on(3)

    def test_a_copy_of_one_run(self):
        self.assertEqual(self.sync()[0], 0)
        os.unlink(self.link())
        self.refused("trust is missing")
        os.symlink("trust.1", self.link())
        self.goes_on(2)

    def test_a_first_run_that_did_not_end(self):
        self.assertEqual(self.sync()[0], 0)
        os.unlink(self.link())
        os.unlink(os.path.join(self.state, "status.json"))
        self.goes_on(1)

    def test_the_record_is_gone(self):
        self.two_runs()
        path = os.path.join(self.state, "runs", "00000002.json")
        os.rename(path, self.path("aside"))
        self.refused("00000002.json is missing")
        os.rename(self.path("aside"), path)
        self.goes_on(3)

    def test_a_run_that_did_not_end(self):
        """Its record is there, and the link is still of the one before."""
        self.two_runs()
        os.unlink(self.link())
        os.symlink("trust.1", self.link())
        self.goes_on(2)


class Moving(State):
    def two_runs(self):
        self.assertEqual(self.sync()[0], 0)
        self.revoke("dac-genuine", at=AT + 1800)
        self.assertEqual(self.sync(at=LATER)[0], 0)
        self.assertEqual(self.build("first"), 0)
        self.assertEqual(self.build("second", at=LATER), 0)

    def move(self, word, where, **kwargs):
        return run_json("state", word, "--out" if word == "export" else "--in", where, "--state",
                        kwargs.get("state", self.state))

    def same(self, state):
        for out, like, at in (("a", "first", NOW), ("b", "second", LATER)):
            self.assertEqual(self.build(out, at=at, state=state), 0)
            files = tree(self.tmp.name)
            self.assertEqual(files[out], files[like])

    def test_export_and_import(self):
        self.two_runs()
        code, report, err = self.move("export", self.path("x"))
        self.assertEqual(code, 0, err)
        self.assertEqual(report["bytes"], os.path.getsize(self.path("x")))
        code, report, err = self.move("import", self.path("x"), state=self.path("s2"))
        self.assertEqual((code, report["runs_added"], report["run"]), (0, 2, 2), err)
        self.same(self.path("s2"))
        for what in ("objects", "runs", "trust"):
            self.assertEqual(tree(os.path.join(self.state, what)),
                             tree(os.path.join(self.path("s2"), what)))
        self.assertEqual(self.move("import", self.path("x"), state=self.path("s2"))[1]["runs_added"],
                         0)

    def test_nothing_is_taken_from_a_changed_file(self):
        self.assertEqual(self.sync()[0], 0)
        self.assertEqual(self.move("export", self.path("x"))[0], 0)
        with open(self.path("x"), "rb") as f:
            data = f.read()
        for bad in (data[:-1], data + b"x", data[:1000], b"", b"VDE1", data[:5] + b"\1" + data[6:],
                    data[:len(data) // 2] + bytes([data[len(data) // 2] ^ 1])
                    + data[len(data) // 2 + 1:]):
            code, _, err = self.move("import", self.write("bad", bad), state=self.path("s3"))
            self.assertEqual(code, 65, err)
            self.one_line(err)
            self.assertFalse(os.path.exists(self.path("s3")))

    def test_another_network(self):
        self.assertEqual(self.sync()[0], 0)
        self.assertEqual(self.move("export", self.path("x"))[0], 0)
        os.makedirs(self.path("s4", "runs"))
        os.makedirs(self.path("s4", "objects"))
        os.makedirs(self.path("s4", "trust"))  # a folder, as older versions had it
        with open(os.path.join(self.state, "runs", "00000001.json"), encoding="utf-8") as f:
            text = f.read()
        with open(self.path("s4", "runs", "00000001.json"), "w", encoding="utf-8") as f:
            f.write(text.replace('"network":2', '"network":1'))
        self.assertEqual(self.move("import", self.path("x"), state=self.path("s4"))[0], 65)

    def test_collecting(self):
        self.two_runs()
        code, report, err = run_json("state", "gc", "--keep", "2", "--state", self.state)
        self.assertEqual((code, report["runs_removed"], report["objects_removed"]), (0, 0, 0), err)
        self.same(self.state)
        before = self.objects()
        code, report, err = run_json("state", "gc", "--keep", "1", "--state", self.state)
        self.assertEqual((code, report["runs_removed"]), (0, 1), err)
        self.assertEqual(report["objects_removed"], len(before - self.objects()))
        self.assertGreater(report["objects_removed"], 0)
        self.assertEqual(self.build("b", at=LATER), 0)
        files = tree(self.tmp.name)
        self.assertEqual(files["b"], files["second"])
        self.assertEqual(self.build("a"), 65)  # its time is forgotten, not made up
        self.assertEqual(self.sync(at=STILL_LATER)[0], 0)
        self.assertEqual(self.record(3)["time"] > self.record(2)["time"], True)

    def test_words(self):
        for words in ([], ["frobnicate"], ["gc"], ["gc", "--keep", "0"], ["export"],
                      ["import", "--out", "x"]):
            self.assertEqual(run("state", *words, "--state", self.state)[0], 64)


if __name__ == "__main__":
    main()
