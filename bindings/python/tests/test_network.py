# SPDX-License-Identifier: Apache-2.0
"""test_network.py - stores and evidence, against servers on loopback that the caller starts; or, without
VERIDAC_MIRROR, what a build without network calls says."""
import json
import os
import signal
import tempfile
import threading
import time
import unittest

import veridac
from support import TEST, read

MIRROR = os.environ.get("VERIDAC_MIRROR")
NOW = int(os.environ.get("VERIDAC_NOW", "0"))
WORLD = os.environ.get("VERIDAC_WORLD", "")


class Folder(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()  # pylint: disable=consider-using-with
        self.addCleanup(folder.cleanup)
        self.folder = folder.name

    def path(self, *parts):
        return os.path.join(self.folder, *parts)

    def quick(self, call, error):
        """Raises `error` within a second."""
        start = time.monotonic()
        with self.assertRaises(error) as raised:
            call()
        self.assertLess(time.monotonic() - start, 1.5)
        return str(raised.exception)


@unittest.skipUnless(MIRROR is None, "this build has network calls")
class Without(Folder):
    def test_a_typed_error(self):
        store = veridac.Store(self.path("store"))
        for call in (lambda: store.pull("http://127.0.0.1:1", at=NOW), store.snapshot, store.trust,
                     store.report,
                     lambda: veridac.Sync("http://127.0.0.1:1", self.path("state"), TEST).run(at=1)):
            self.assertIn("libveridac-dcl", self.quick(call, NotImplementedError))
        self.assertEqual(os.listdir(self.folder), [])


@unittest.skipIf(MIRROR is None, "needs servers")
class Stores(Folder):
    def setUp(self):
        super().setUp()
        self.store = veridac.Store(self.path("store"))
        self.root = read(os.environ["VERIDAC_ROOT"])

    def pull(self, urls=MIRROR, **more):
        return self.store.pull(urls, **dict({"at": NOW, "root": self.root}, **more))

    def test_pull_and_judge(self):
        steps = []
        report = self.pull(progress=lambda done, total: steps.append((done, total)))
        self.assertEqual((report.changed, report.asked, report.kind, report.source),
                         (True, True, "full", MIRROR))
        self.assertGreater(report.next_poll, NOW)
        self.assertTrue(steps and steps[-1][0] == steps[-1][1])
        self.assertTrue(json.loads(report.json)["changed"])
        again = self.pull(["http://127.0.0.1:1", MIRROR], root=None)
        self.assertEqual((again.changed, again.sha256), (False, report.sha256))
        self.assertFalse(self.pull(if_due=True, root=None).asked)
        self.assertTrue(self.store.report(check=True)["whole"])
        policy = veridac.Policy(veridac.Preset.STANDARD, TEST)
        with self.store.snapshot() as snapshot, self.store.trust() as trust:
            self.assertEqual(snapshot.info().sha256, report.sha256)
            self.assertTrue(snapshot.info().has_head)
            verifier = veridac.Verifier(trust, [snapshot], policy)
            for name, verdict in (("genuine", "ACCEPT"), ("revoked-dac", "REJECT")):
                result = verifier.verify(self.device(name), at=NOW)
                self.assertEqual(result.verdict.name, verdict, result.text())

    @staticmethod
    def device(name):
        folder = os.path.join(WORLD, "devices", name)
        told = dict(line.split(": ", 1)
                    for line in read(folder, "device.txt").decode().splitlines() if ": " in line)
        return veridac.Device(
            dac=read(folder, "dac.der"), pai=read(folder, "pai.der"),
            elements=read(folder, "elements.bin"), signature=read(folder, "signature.bin"),
            challenge=bytes.fromhex(told["challenge"]), nonce=bytes.fromhex(told["nonce"]),
            vid=int(told["vid"], 0), pid=int(told["pid"], 0))

    def test_stopped(self):
        self.pull()
        before = self.store.snapshot().info()
        silent, event = os.environ["VERIDAC_SILENT"], threading.Event()
        self.quick(lambda: self.pull(silent, timeout=0.3), veridac.StoppedError)
        self.quick(lambda: self.pull(silent, timeout=0), veridac.StoppedError)
        threading.Timer(0.3, event.set).start()
        self.quick(lambda: self.pull(silent, cancel=event), veridac.StoppedError)
        # not the next mirror either
        self.quick(lambda: self.pull([silent, MIRROR], timeout=0.3), veridac.StoppedError)
        self.assertEqual(self.store.snapshot().info(), before)
        self.assertFalse(self.pull(cancel=threading.Event(), timeout=30).changed)

    def test_an_interrupt_ends_it(self):
        def interrupted():
            threading.Timer(0.3, signal.raise_signal, [signal.SIGINT]).start()
            self.pull(os.environ["VERIDAC_SILENT"])
        self.quick(interrupted, KeyboardInterrupt)

    def test_functions_that_raise(self):
        class Broken:
            def is_set(self):
                raise LookupError("mine")

        def broken(done, total):
            raise LookupError("mine")
        self.assertEqual(self.quick(lambda: self.pull(cancel=Broken()), LookupError), "mine")
        self.assertEqual(self.quick(lambda: self.pull(progress=broken), LookupError), "mine")

    def test_others_go_on_meanwhile(self):
        """The GIL is free while a call waits."""
        counted = []
        def count():
            end = time.monotonic() + 0.5
            while time.monotonic() < end:
                counted.append(None)
        thread = threading.Thread(target=count)
        thread.start()
        self.quick(lambda: self.pull(os.environ["VERIDAC_SILENT"], timeout=0.6),
                   veridac.StoppedError)
        thread.join()
        self.assertGreater(len(counted), 10000)

    def test_what_cannot_be(self):
        for call, error in ((lambda: self.pull(kind="other"), ValueError),
                            (lambda: self.pull("nul\0within"), ValueError),
                            (lambda: self.pull("\ud800"), ValueError),
                            (lambda: self.pull([b"bytes"]), AttributeError),
                            (lambda: self.pull([MIRROR] * 65), ValueError),
                            (lambda: self.pull([]), veridac.MisuseError),
                            (lambda: self.pull("ftp://127.0.0.1/"), veridac.MisuseError),
                            (lambda: self.pull(timeout=-1), ValueError),
                            (lambda: self.pull(timeout=float("nan")), ValueError),
                            (lambda: self.pull(object_timeout=-1), ValueError),
                            (lambda: self.pull(object_timeout=-0.5), ValueError),
                            (lambda: self.pull(max_bytes=-1), ValueError),
                            (lambda: self.pull(max_bytes="1"), TypeError),
                            (lambda: self.pull(progress=5), TypeError),
                            (lambda: self.pull(max_bytes=10), veridac.InputOutputError),
                            (lambda: self.pull(root="text"), TypeError),
                            (lambda: self.pull(root=b"junk"), veridac.DataError),
                            (lambda: self.pull(root=None), veridac.DataError),
                            (lambda: self.pull(at=2 ** 63), OverflowError),
                            (lambda: self.pull(at=-1), veridac.MisuseError),
                            (lambda: veridac.Store("nul\0within").pull(MIRROR, at=NOW), ValueError),
                            (lambda: veridac.Store(5), TypeError),
                            (self.store.snapshot, veridac.VeridacError)):
            self.quick(call, error)
        capsule = __import__("veridac._dcl")._dcl
        self.pull()
        handle = capsule.store_open(self.store.path)
        with self.assertRaises(ValueError):
            veridac.Trust._adopt(handle)
        veridac.Snapshot._adopt(handle).close()
        for wrong in (handle, None, b"junk"):  # each handle has one owner
            with self.assertRaises((ValueError, TypeError)):
                veridac.Snapshot._adopt(wrong)

    def test_two_at_once(self):
        """One pulls, the other is told so; both leave the store whole."""
        results = []
        def work():
            for _ in range(10):
                try:
                    results.append(self.pull().sequence)
                except veridac.InputOutputError as error:
                    results.append(str(error))
        threads = [threading.Thread(target=work) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.assertIn(1, results)
        self.assertTrue(self.store.report(check=True)["whole"])


@unittest.skipIf(MIRROR is None, "needs servers")
class Parts(Folder):
    """A feed whose head names rules, opened without a store."""

    def setUp(self):
        super().setUp()
        self.repo = os.environ["VERIDAC_RULED"]
        self.head = read(self.repo, "head")
        files = json.loads(veridac.show(self.head, json=True))["files"]
        self.sha256 = {file["name"]: file["sha256"].lower() for file in files}
        self.rules = read(self.repo, "p", self.sha256["rules"])
        self.bundle = os.path.join(self.repo, "s", self.sha256["full"])

    def both_ways(self, **more):
        """Out of memory and out of a file."""
        more.update(head=self.head, root=read(os.environ["VERIDAC_ROOT"]))
        return (lambda: veridac.Snapshot(read(self.bundle), **more),
                lambda: veridac.Snapshot.from_file(self.bundle, **more))

    def test_rules_that_the_head_names(self):
        policy = veridac.Policy(veridac.Preset.STANDARD, TEST)
        store = veridac.Store(self.path("store"))
        store.pull(MIRROR, at=NOW, root=read(os.environ["VERIDAC_ROOT"]))
        for parts in ([self.rules], (bytearray(self.rules),), iter([memoryview(self.rules)])):
            for opened in self.both_ways(parts=tuple(parts)):
                with opened() as snapshot, store.trust() as trust, store.snapshot() as other:
                    for which, ids in ((snapshot, ["local-rule"]), (other, [])):
                        result = veridac.Verifier(trust, [which], policy).verify(
                            Stores.device("genuine"), at=NOW)
                        self.assertEqual([f.id for f in result.findings if f.severity == "error"], ids)

    def test_parts_that_cannot_be(self):
        rows = (((), veridac.DataError, "the rules that the head names are not given"),
                ((self.rules + b"\n",), veridac.SignatureError, "the head names no such part"),
                ((self.rules, b""), veridac.SignatureError, "the head names no such part"),
                ((self.rules, None), TypeError, "a part is None"), ((self.rules, "text"), TypeError, "str"),
                (self.rules[:4], TypeError, "int"), ((self.rules,) * 5, ValueError, "at most 4 parts"))
        for parts, error, text in rows:
            for opened in self.both_ways(parts=parts):
                with self.assertRaisesRegex(error, text):
                    opened()
        with self.assertRaises(veridac.MisuseError):  # nobody names them
            veridac.Snapshot(read(self.bundle), parts=[self.rules])


@unittest.skipIf(MIRROR is None, "needs servers")
class Evidence(Folder):
    def sync(self, nodes, **more):
        anchors = [line.split()[0] for line in read(WORLD, "anchors.txt").decode().splitlines()
                   if line.strip() and not line.startswith("#")]
        return veridac.Sync(nodes, self.path("state"), TEST, accept=anchors, allow_private=True,
                            **more)

    def test_sync(self):
        ledger = os.environ["VERIDAC_LEDGER"]
        self.assertTrue(self.sync(ledger).run(at=NOW, dry_run=True).data())
        self.assertFalse(os.path.exists(self.path("state")))
        report = self.sync(ledger).run(at=NOW, timeout=60, cancel=threading.Event())
        self.assertIn("schema_version", report.data())
        self.assertTrue(self.sync([]).run(at=NOW, offline=True).data())

    def test_stopped(self):
        silent, event = os.environ["VERIDAC_SILENT"], threading.Event()
        self.quick(lambda: self.sync(silent).run(at=NOW, timeout=0.3), veridac.StoppedError)
        threading.Timer(0.3, event.set).start()
        self.quick(lambda: self.sync(silent).run(at=NOW, cancel=event), veridac.StoppedError)
        self.assertFalse(os.path.exists(self.path("state")))

    def test_what_cannot_be(self):
        self.quick(lambda: self.sync("http://example.invalid").run(at=NOW), veridac.MisuseError)
        self.quick(lambda: self.sync([]).run(at=NOW), veridac.MisuseError)
        self.quick(lambda: self.sync(os.environ["VERIDAC_LEDGER"]).run(at=NOW, object_timeout=-1), ValueError)
        self.quick(lambda: veridac.Sync("x", self.path("state"), 7), ValueError)
        with self.assertRaises(veridac.InputOutputError):
            self.sync("http://127.0.0.1:1").run(at=NOW, timeout=20)


if __name__ == "__main__":
    unittest.main(verbosity=2)
