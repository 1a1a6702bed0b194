#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Mirrors that attack on the wire. Each attack ends within its budget, with its reason and the exit code
of it; the old snapshot stays in force; and without the attack the new one is installed."""
import os
import shutil
import sys
import time
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "cli"))

import mirror as m  # noqa: E402
from pipeline import AT, NOW, Pipeline, tree  # noqa: E402
from support import main  # noqa: E402

LATER = "2026-09-22T14:13:20Z"
LONG, SEED = os.environ.get("VERIDAC_LONG") == "1", int(os.environ.get("VERIDAC_SEED", "1"))
BUDGET = 1      # seconds for one object
PATIENCE = 45   # for the whole command, on a loaded machine: nothing here goes on for ever

HEAD, BUNDLE = "head", "bundle"
ON = {HEAD: lambda path: path == "/head", BUNDLE: lambda path: path[:3] in ("/s/", "/d/")}

# the attack, on what, the exit code, one of these words in the message
IO, DATA = 74, 65
CUT = "cut-short|closed|remaining|transfer"
TIME = "timeout|timed out|deadline|slow|too long|Operation too slow"
SIZE = "too-large|more than|exceed|ceiling|larger"
FILE = "/s/[0-9a-f]{64}: "  # what is said of the bundle itself, not of the deltas to it
ROWS = [
    (m.truncated, (HEAD, BUNDLE), IO, CUT),
    (m.truncated_chunk, (HEAD, BUNDLE), IO, CUT),
    (m.no_last_chunk, (HEAD, BUNDLE), IO, CUT),
    (m.bad_chunk, (HEAD, BUNDLE), IO, "hunk|cut-short"),
    (m.huge_chunk, (HEAD, BUNDLE), IO, "hunk|cut-short"),
    (m.endless, (HEAD, BUNDLE), IO, SIZE),
    (m.endless_chunks, (HEAD, BUNDLE), IO, SIZE),
    (m.huge_length, (HEAD, BUNDLE), IO, SIZE),
    (m.negative_length, (HEAD, BUNDLE), IO, "Content-Length|cut-short|unreachable"),
    (m.length_that_overflows, (HEAD, BUNDLE), IO, SIZE + "|Content-Length|cut-short"),
    (m.part_unasked, (HEAD, BUNDLE), IO, "206|range"),
    (m.part_that_lies, (HEAD, BUNDLE), IO, "206|range"),
    (m.not_modified_unasked, (BUNDLE,), IO, "304"),
    (m.drip, (BUNDLE,), IO, TIME),
    (m.drip_headers, (HEAD, BUNDLE), IO, TIME),
    (m.silence, (HEAD, BUNDLE), IO, TIME),
    (m.silence_in_body, (HEAD, BUNDLE), IO, TIME),
    (m.goes_on_and_on, (HEAD,), IO, TIME + "|header"),
    (m.endless_headers, (HEAD, BUNDLE), IO, "eader|" + SIZE + "|" + TIME),
    (m.hang_up, (HEAD, BUNDLE), IO, "mpty reply|unreachable|cut-short"),
    (m.reset, (HEAD, BUNDLE), IO, "reset|unreachable|cut-short|mpty reply"),
    (m.no_http, (HEAD, BUNDLE), IO, "HTTP/0.9|HTTP|cut-short|unreachable"),
    (m.status(204), (HEAD, BUNDLE), IO, "204"),
    (m.status(404), (HEAD, BUNDLE), IO, "404"),
    (m.status(500), (HEAD, BUNDLE), IO, "500"),
    (m.status(503, b"Retry-After: 86400\r\n"), (HEAD, BUNDLE), IO, "503|down|" + TIME),
    (m.redirect(b"/head"), (HEAD,), IO, "edirect"),
    (m.redirect(b"file:///etc/passwd"), (HEAD, BUNDLE), IO, "edirect|rotocol|302|scheme"),
    (m.redirect(b"ftp://127.0.0.1/head"), (HEAD, BUNDLE), IO, "edirect|rotocol|302|scheme"),
    (m.redirect(b"gopher://127.0.0.1/x"), (HEAD,), IO, "edirect|rotocol|302|scheme"),
    (m.redirect(b"http://127.0.0.1:1/head"), (HEAD, BUNDLE), IO, "unreachable|onnect|edirect|down"),
    (m.redirect(b"x" * 9000), (HEAD,), IO, "URL|url|edirect|404|eader"),
    (m.two_lengths, (HEAD,), DATA, "/head: document-size"),
    (m.short_length, (HEAD,), DATA, "/head: document-size"),
    (m.short_length, (BUNDLE,), IO, FILE + "file-length"),
    (m.empty, (HEAD,), DATA, "/head: document-magic"),
    (m.empty, (BUNDLE,), IO, FILE + "file-length: 0 bytes"),
    (m.html, (HEAD,), DATA, "/head: document-magic"),
    (m.html, (BUNDLE,), IO, FILE + "file-length"),
    (m.longer, (BUNDLE,), IO, FILE + "too-large"),
    (m.swapped, (HEAD,), DATA, "/head: document-magic"),
    (m.swapped, (BUNDLE,), DATA, FILE + "file-hash"),
    (m.bomb, (HEAD,), IO, "/head: too-large"),
    (m.bomb, (BUNDLE,), IO, FILE + "too-large"),
    (m.small_bomb, (HEAD,), IO, "/head: too-large"),
    (m.small_bomb, (BUNDLE,), IO, FILE + "too-large"),
]


def name_of(attack):
    closed = [cell.cell_contents for cell in attack.__closure__ or ()]
    return attack.__qualname__.split(".")[0] + "".join(" %.40r" % (c,) for c in closed)


class Attacks(Pipeline):
    @classmethod
    def setUpClass(cls):
        cls.maxDiff = None

    def setUp(self):
        super().setUp()
        self.assertEqual(self.sync()[0], 0)
        self.assertEqual(self.publish()[0], 0)
        self.mirror = m.Mirror(self.repo)
        self.addCleanup(self.mirror.close)
        self.assertEqual(self.pull(self.mirror.url)[0], 0)
        self.assertEqual(self.genuine(), "good")
        self.revoke("dac-genuine", at=AT + 86400)
        self.assertEqual(self.sync(at=LATER)[0], 0)
        self.assertEqual(self.publish(at=LATER)[0], 0)

    def genuine(self, at=NOW):
        code, result, err = self.verify("genuine", "--store", self.store, at=at)
        self.assertIsNotNone(result, err)
        return result["revocation"]["dac"]["status"]

    def try_attack(self, attack, on, code, why):
        before = tree(self.store)["head"]
        self.mirror.attack, self.mirror.on, self.mirror.struck = attack, ON[on], 0
        start = time.monotonic()
        got, report, err = self.pull(self.mirror.url, "--timeout", "%ds" % BUDGET, at=LATER)
        took = time.monotonic() - start
        self.mirror.attack = None
        self.assertGreater(self.mirror.struck, 0, "the attack was never tried")
        self.assertEqual(got, code, err)
        self.assertIsNone(report)
        self.one_line(err)
        self.assertRegex(err, why)
        self.assertLess(took, PATIENCE)
        self.assertEqual(tree(self.store)["head"], before)
        self.assertEqual(self.genuine(), "good")

    def twin(self):
        """The same store, the same mirror, no attack."""
        kept = self.path("kept")
        shutil.copytree(self.store, kept, symlinks=True)
        code, report, err = self.pull(self.mirror.url, "--timeout", "20s", at=LATER)
        self.assertEqual((code, report["changed"]), (0, True), err)
        self.assertEqual(self.genuine(LATER), "revoked")
        shutil.rmtree(self.store)
        os.rename(kept, self.store)

    def all_of(self, on):
        """In the short mode each attack has one target; VERIDAC_SEED turns them, VERIDAC_LONG=1 is all."""
        for i, (attack, targets, code, why) in enumerate(ROWS):
            if on in targets and (LONG or targets[(i + SEED) % len(targets)] == on):
                with self.subTest((name_of(attack), on)):
                    self.try_attack(attack, on, code, why)
                    self.twin()

    def test_on_the_head(self):
        self.all_of(HEAD)

    def test_on_the_bundle(self):
        self.all_of(BUNDLE)

    def test_unasked_304_at_first(self):
        """A store with nothing in it cannot be told that nothing is new."""
        self.store = self.path("fresh")
        self.mirror.attack, self.mirror.on = m.not_modified_unasked, ON[HEAD]
        code, _, err = self.pull(self.mirror.url, "--timeout", "2s", at=LATER)
        self.assertEqual(code, IO, err)
        self.assertIn("304", err)
        self.mirror.attack = None
        self.assertEqual(self.pull(self.mirror.url, at=LATER)[0], 0)

    def test_redirected_to_another_host(self):
        """The bytes decide: what another host has is taken when it is right, and not when it is not."""
        other = m.Mirror(self.repo, "127.0.0.2")
        self.addCleanup(other.close)
        other.attack, other.on = m.html, ON[HEAD]
        self.mirror.attack, self.mirror.on = m.redirect(other.url.encode() + b"/head"), ON[HEAD]
        before = tree(self.store)["head"]
        code, _, err = self.pull(self.mirror.url, at=LATER)
        self.assertEqual(code, DATA, err)
        self.assertEqual(tree(self.store)["head"], before)
        other.attack = None
        code, report, err = self.pull(self.mirror.url, at=LATER)
        self.assertEqual((code, report["changed"]), (0, True), err)

    def test_the_next_mirror_is_tried(self):
        bad = m.Mirror(self.repo)
        self.addCleanup(bad.close)
        for attack in (m.truncated, m.html, m.silence, m.status(500)):
            bad.attack, bad.on, bad.struck = attack, ON[HEAD], 0
            with self.subTest(name_of(attack)):
                kept = self.path("kept")
                shutil.copytree(self.store, kept)
                code, report, err = self.pull(bad.url, "--from", self.mirror.url, "--timeout", "2s",
                                              at=LATER)
                self.assertEqual((code, report["changed"]), (0, True), err)
                self.assertEqual(bad.struck > 0, True)
                shutil.rmtree(self.store)
                os.rename(kept, self.store)


if __name__ == "__main__":
    main()
