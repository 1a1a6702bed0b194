#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Readers in other processes verify in a loop while pulls swap the snapshot under them: no answer fails,
no answer mixes two snapshots, and none goes back.

VERIDAC_PULLS (20; the long mode is 200) says how many swaps."""
import json
import os
import subprocess
import threading
import unittest

from servers import PROGRAM  # first: it finds the tests of the program

from mirror import Mirror  # noqa: E402
from pipeline import AT, Pipeline  # noqa: E402
from support import main  # noqa: E402

PULLS = int(os.environ.get("VERIDAC_PULLS", "20"))
READERS = 3
LATER = "2026-09-22T14:13:20Z"
DEVICES = {"genuine": "in turn", "revoked-dac": "revoked", "genuine-partitioned": "good"}


class Reader(threading.Thread):
    """Runs verify again and again; each run is a process."""

    def __init__(self, lines, stop):
        super().__init__(daemon=True)
        self.lines, self.stop, self.seen, self.wrong = lines, stop, [], []

    def run(self):
        while not self.stop.is_set():
            for device, words in self.lines.items():
                p = subprocess.run([PROGRAM, *words, "--json"], stdin=subprocess.DEVNULL,
                                   stdout=subprocess.PIPE, stderr=subprocess.PIPE, check=False)
                if p.returncode not in (0, 1):
                    self.wrong.append((device, p.returncode, p.stderr.decode()))
                    continue
                result = json.loads(p.stdout)
                self.seen.append((device, result["snapshot"]["sha256"], result["snapshot"]["sequence"],
                                  result["revocation"]["dac"]["status"],
                                  {0: "accept", 1: "reject"}[p.returncode] == result["verdict"]))


class Readers(Pipeline):
    def first_snapshot(self):
        self.assertEqual(self.sync()[0], 0)
        self.assertEqual(self.publish()[0], 0)
        self.mirror = Mirror(self.repo)
        self.addCleanup(self.mirror.close)
        self.assertEqual(self.pull(self.mirror.url)[0], 0)

    def test_no_answer_fails_or_mixes(self):
        self.first_snapshot()
        lines = {d: self.verify_args(d, "--store", self.store, at=LATER) for d in DEVICES}
        stop = threading.Event()
        readers = [Reader(lines, stop) for _ in range(READERS)]
        sha, result = self.now("genuine")
        self.assertEqual(result["revocation"]["dac"]["status"], "good")
        should = {sha: "good"}  # bundle: what it says about the device that is revoked in turn
        for r in readers:
            r.start()
        try:
            for i in range(PULLS):
                self.swap(i, should)
        finally:
            stop.set()
            for r in readers:
                r.join(60)
        self.judge(readers, should)

    def now(self, device):
        _, result, err = self.verify(device, "--store", self.store, at=LATER)
        self.assertIsNotNone(result, err)
        return result["snapshot"]["sha256"], result

    def swap(self, i, should):
        """In every second snapshot one device more is revoked."""
        at = AT + 60 * (i + 1)
        minutes = 13 + i + 1
        stamp = "2026-09-21T%02d:%02d:20Z" % (14 + minutes // 60, minutes % 60)
        if i % 2 == 0:
            self.revoke("dac-genuine", at=at)
        else:
            with open(os.path.join(self.world_at(at), "crl", "pai-direct.crl"), "rb") as f:
                self.serve("pai-direct.crl", f.read())
        self.assertEqual(self.sync("--accept-shrink", self.direct_key(), at=stamp)[0], 0)
        self.assertEqual(self.publish(at=stamp)[0], 0)
        code, report, err = self.pull(self.mirror.url, at=stamp)
        self.assertEqual((code, report["changed"]), (0, True), err)
        sha, result = self.now("genuine")
        self.assertEqual(result["revocation"]["dac"]["status"], ("revoked", "good")[i % 2])
        should[sha] = ("revoked", "good")[i % 2]

    def direct_key(self):
        if not hasattr(self, "key_id"):
            out = subprocess.run([PROGRAM, "show", "--json",
                                  self.path("world", "devices", "genuine", "dac.der")],
                                 stdout=subprocess.PIPE, check=True).stdout
            self.key_id = json.loads(out)["authority_key_id"]
        return self.key_id

    def judge(self, readers, should):
        for r in readers:
            self.assertEqual(r.wrong, [])
            last = 0
            for device, sha, sequence, status, agrees in r.seen:
                self.assertTrue(agrees)
                self.assertIn(sha, should, "a snapshot that was never installed")
                want = should[sha] if device == "genuine" else DEVICES[device]
                self.assertEqual(status, want, (device, sha))
                self.assertGreaterEqual(sequence, last, "it went back")
                last = sequence
        answers = sum(len(r.seen) for r in readers)
        swaps = {sha for r in readers for _, sha, *_ in r.seen}
        print("%d pulls, %d answers of %d readers, %d snapshots seen by them" % (
            PULLS, answers, READERS, len(swaps)))
        self.assertGreater(len(swaps), 2, "the readers saw no swap")


if __name__ == "__main__":
    main()
