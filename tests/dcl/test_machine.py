#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""test_machine.py - the machine itself as the enemy of `sync`: its clock (H28), its disk and its file
descriptors (H29), a second process (H30). The ledger is honest. Memory and disk are bounded as they are in
test_hostile.py."""
import os
import resource
import subprocess
import sys
import threading
import time
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "cli"))

import support
from pipeline import NOW, Pipeline, tree
from support import main, run
from test_hostile import used

LATER = "2026-09-22T14:13:20Z"
RSS = 160   # MiB, of any process that was started here
DISK = 320  # KiB, of a state: after one run it has some 200


class Machine(Pipeline):
    def tearDown(self):
        self.assertLess(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024, RSS)
        super().tearDown()

    def status(self, device, at):
        code, _, err = run("build", "--state", self.state, "--at", at, "--out", self.path("b"))
        self.assertEqual(code, 0, err)
        _, result, err = self.verify(device, "--snapshot", self.path("b"), at=at)
        answer = result["revocation"]["dac"]
        return answer["reason"] or answer["status"]

    def both(self, at):
        self.assertLess(used(self.state), DISK)
        return self.status("revoked-dac", at), self.status("genuine", at)


class Clock(Machine):
    """H28. The time of a run is one number, given once; it is never read in between."""

    def test_a_first_run_at_an_implausible_time(self):
        rows = [("1970-01-01T00:00:00Z", ("revoked", "clock")),  # every CRL is from the future
                ("2026-09-21T12:00:00Z", ("revoked", "clock")),
                (NOW, ("revoked", "good")),                      # the twin
                ("2036-09-21T14:13:20Z", ("revoked", "stale")),  # everything is over
                ("2038-01-19T03:14:08Z", ("revoked", "stale")),
                ("2106-02-07T06:28:16Z", ("revoked", "stale"))]
        for at, statuses in rows:
            with self.subTest(at):
                self.state = self.path("state-" + at)
                code, _, err = self.sync(at=at)
                self.assertEqual(code, 0, err)
                self.assertEqual(self.both(at), statuses)

    def test_a_jump_back(self):
        self.assertEqual(self.sync(at=LATER)[0], 0)
        before = tree(self.state)
        for at in (NOW, "1970-01-01T00:00:00Z"):
            code, _, err = self.sync(at=at)
            self.assertEqual(code, 65, err)
            self.one_line(err)
            self.assertEqual(tree(self.state), before)
        self.assertEqual(self.sync(at=LATER)[0], 0)  # the same second is no jump

    def test_a_jump_ahead_is_no_trap(self):
        """A run with a clock ten years ahead: what it says is stale, and the data are as they were."""
        self.assertEqual(self.sync()[0], 0)
        self.assertEqual(self.sync(at="2036-09-21T14:13:20Z")[0], 0)
        self.assertEqual(self.both("2036-09-21T14:13:20Z"), ("revoked", "stale"))
        self.assertEqual(self.both(NOW), ("revoked", "good"))


class Disk(Machine):
    """H29. Whatever fails while a run writes: an exit code, one line, the old state in force."""

    def setUp(self):
        super().setUp()
        self.assertEqual(self.sync()[0], 0)
        self.crl = os.path.join(self.path("world", "crl"), "pai-direct.crl")
        self.before = tree(self.state)
        self.revoke("dac-genuine")  # something new that has to be written

    def limited(self, name, limit):
        def limit_it():
            resource.setrlimit(name, (limit, limit))
        return run(*self.sync_args(at=LATER), preexec_fn=limit_it)

    def old_is_in_force(self, code, err):
        self.assertEqual(code, 74, err)
        self.one_line(err)
        self.assertEqual({n: d for n, d in tree(self.state).items() if n in self.before}, self.before)
        self.assertEqual(self.both(NOW), ("revoked", "good"))

    def then_all_is_well(self):
        self.assertEqual(self.sync(at=LATER)[0], 0)
        self.assertEqual(self.both(LATER), ("revoked", "revoked"))

    def test_files_cannot_grow(self):
        for limit in (0, 100, 700, 2000):
            with self.subTest(limit):
                code, _, err = self.limited(resource.RLIMIT_FSIZE, limit)
                self.old_is_in_force(code, err)
        self.then_all_is_well()

    def test_no_file_descriptor_is_left(self):
        for limit in (3, 4, 5, 6, 7):
            with self.subTest(limit):
                code, _, err = self.limited(resource.RLIMIT_NOFILE, limit)
                if code == 0:
                    break  # so many suffice
                if limit > 3:  # with three the loader itself fails
                    self.old_is_in_force(code, err)
        self.assertEqual(self.both(NOW), ("revoked", "good"))
        self.then_all_is_well()

    def mounted(self, options, between):
        """Runs sync on a copy of the state on a small file system of its own; what is left of it
        afterwards is in `left`."""
        if subprocess.run(["unshare", "-m", "true"], check=False,
                          stderr=subprocess.DEVNULL).returncode:
            self.skipTest("unshare -m is not possible here")
        args = self.sync_args(at=LATER)
        script = ("set -e; mkdir -p '%(d)s' '%(left)s'; mount -t tmpfs -o %(o)s tmpfs '%(d)s'; "
                  "cp -r '%(state)s/.' '%(d)s'; %(between)s; code=0; \"$@\" || code=$?; "
                  "rm -f '%(d)s/filler'; cp -r '%(d)s/.' '%(left)s'; exit $code" % {
                      "d": self.path("small"), "left": self.path("left"), "state": self.state,
                      "o": options, "between": between % {"d": self.path("small")}})
        args[args.index("--state") + 1] = self.path("small")
        done = subprocess.run(["unshare", "-m", "sh", "-c", script, "sh", support.PROGRAM, *args],
                              stdin=subprocess.DEVNULL, capture_output=True, timeout=120,
                              check=False)
        self.state = self.path("left")
        return done.returncode, done.stderr.decode()

    def test_the_disk_is_full(self):
        code, err = self.mounted("size=512k", "cat /dev/zero >'%(d)s/filler' 2>/dev/null || true")
        self.old_is_in_force(code, err)
        self.then_all_is_well()

    def test_no_inode_is_left(self):
        code, err = self.mounted(
            "size=4m,nr_inodes=%d" % (len(self.before) + 12),
            "i=0; while ( : >'%(d)s/filler'$i ) 2>/dev/null; do i=$((i+1)); done; rm -f '%(d)s/filler0'")
        self.old_is_in_force(code, err)

    def test_read_only(self):
        code, err = self.mounted("size=4m", "mount -o remount,ro '%(d)s'")
        self.old_is_in_force(code, err)

    def test_room_enough(self):
        """The twin: the same way, and nothing in it."""
        code, err = self.mounted("size=4m", "true")
        self.assertEqual(code, 0, err)
        self.assertEqual(self.both(LATER), ("revoked", "revoked"))


class Two(Machine):
    """H30. While one run waits for a slow CRL host, a second is told so, and readers read."""

    def test_two_runs_and_a_reader(self):
        self.assertEqual(self.sync()[0], 0)
        before = tree(self.state)
        self.ledger.control("scenario", name="h03-drip")
        first = {}
        thread = threading.Thread(target=lambda: first.update(
            done=run(*self.sync_args("--timeout", "4s", at=LATER))))
        self.ledger.control("clear-requests")
        thread.start()
        try:
            while b"/crl/pai-direct.crl" not in self.ledger.control("requests"):
                time.sleep(0.02)
            second = run(*self.sync_args(at=LATER))
            self.assertEqual(second[0], 74, second[2])
            self.one_line(second[2])
            self.assertEqual(self.both(NOW), ("revoked", "good"))
            self.assertTrue(thread.is_alive(), "the first run ended too early for this test")
        finally:
            thread.join()
        self.assertEqual(first["done"][0], 0, first["done"][2])
        after = tree(self.state)
        self.assertEqual({name: data for name, data in before.items() if name != "status.json"},
                         {name: after.get(name) for name in before if name != "status.json"})
        self.ledger.control("scenario", name="honest")
        self.assertEqual(self.sync(at="2026-09-22T15:00:00Z")[0], 0)


if __name__ == "__main__":
    unittest.TestCase.maxDiff = None
    main()
