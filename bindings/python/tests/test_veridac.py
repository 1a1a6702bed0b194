# SPDX-License-Identifier: Apache-2.0
"""test_veridac.py - the installed package: the shared cases, values, errors, life times, threads."""
import base64
import dataclasses
import gc
import mmap
import os
import tempfile
import threading
import time
import unittest

import veridac
from support import CASES, CASES_JSON, EVIDENCE, GOLDEN, STANDARD, TEST, Case, golden, issuer, read
from veridac import Reason, Revocation, Verdict

SECONDS = float(os.environ.get("VERIDAC_THREAD_SECONDS", "1"))
CYCLES = int(os.environ.get("VERIDAC_CYCLES", "1000"))
ASAN = "VERIDAC_ASAN" in os.environ


class Cases(unittest.TestCase):
    def test_all_cases_say_what_c_says(self):
        names = [name for name in sorted(os.listdir(CASES)) if not name.startswith(".")]
        self.assertGreater(len(names), 500)
        for name in names:
            with self.subTest(name):
                case = Case(name)
                result = case.judge()
                self.assertEqual(result.verdict.name.lower(), case.told["expect"])
                self.assertEqual(sorted({f.id for f in result.findings if f.severity in
                                         ("error", "incomplete", "warning")}),
                                 case.told["slugs"].split())
                self.assertEqual(result.json(), read(CASES_JSON, name + ".json").decode())


class Values(unittest.TestCase):
    def test_lookups(self):
        name, key_id = issuer(6)
        with golden(label="mine") as s:
            self.assertIs(s.check(name, key_id, b"\x04", STANDARD, EVIDENCE).revocation,
                          Revocation.REVOKED)
            good = s.lookup(name, key_id, b"\x03", policy=STANDARD, at=EVIDENCE)
            self.assertEqual(good, veridac.Answer(Revocation.GOOD, None, "mine", EVIDENCE - 3600,
                                                  EVIDENCE + 86400, EVIDENCE - 360))
            late = s.lookup(name, key_id, b"\x03", policy=STANDARD, at=EVIDENCE + 86401)
            self.assertEqual((late.revocation, late.reason), (Revocation.UNKNOWN, Reason.STALE))
            stranger = s.check(b"nobody", key_id, b"\x03", STANDARD, EVIDENCE)
            self.assertIs(stranger.reason, Reason.NOT_COVERED)
            self.assertIs(stranger, s.check(b"nobody", key_id, b"\x04", STANDARD, EVIDENCE))
        with golden("hub") as s:
            self.assertIs(s.check(name, key_id, b"\x04", STANDARD, EVIDENCE).reason,
                          Reason.UNCONFIRMED)

    def test_ages(self):
        """The CRLs of this issuer were confirmed 360 s before the evidence."""
        with golden() as s:
            for age, at, want in ((60, EVIDENCE - 300, Revocation.GOOD), (59, EVIDENCE - 300, None),
                                  (1, EVIDENCE, None), (360, EVIDENCE, Revocation.GOOD), (359, EVIDENCE, None),
                                  (None, EVIDENCE, Revocation.GOOD)):
                policy = veridac.Policy(veridac.Preset.STANDARD, TEST, max_crl_age_s=age)
                got = s.check(*issuer(6), b"\x03", policy, at)
                self.assertEqual(got, veridac.Status(Revocation.UNKNOWN, Reason.STALE) if want is None
                                 else veridac.Status(want, None), (age, at))

    def test_batches(self):
        name, key_id = issuer(6)
        serials = [bytes([0, i]) for i in range(256)] + [b"\x04", b"\0\0\x05"]
        block = b"".join(serials[:256])
        with golden() as s:
            want = [s.check(name, key_id, serial, STANDARD, EVIDENCE) for serial in serials]
            got = s.check_many(name, key_id, serials, policy=STANDARD, at=EVIDENCE)
            self.assertEqual(list(got), want)
            self.assertEqual([got[i] for i in range(len(got))], want)
            self.assertEqual(got.where(Revocation.REVOKED),
                             [i * i for i in range(1, 16)] + [256])
            self.assertIs(got[-1], want[-1])
            self.assertEqual(got[1:5], want[1:5])
            for form in (bytes, bytearray, memoryview):
                even = s.check_block(name, key_id, form(block), 2, policy=STANDARD, at=EVIDENCE)
                self.assertEqual(list(even), want[:256])
            self.assertEqual(len(s.check_many(name, key_id, [], policy=STANDARD, at=EVIDENCE)), 0)

    def test_a_status_is_not_a_truth_value(self):
        with golden() as s:
            for value in (s.check(*issuer(6), b"\x03", STANDARD, EVIDENCE),
                          s.lookup(*issuer(6), b"\x03", policy=STANDARD, at=EVIDENCE),
                          veridac.Verifier(veridac.Trust(), [s], STANDARD).verify(
                              veridac.Device(), at=EVIDENCE)):
                with self.assertRaises(TypeError):
                    bool(value)

    def test_frozen(self):
        case = Case("good")
        result = case.judge()
        self.assertIs(result.verdict, Verdict.ACCEPT)
        self.assertIs(result.dac.reason, Reason.NO_DATA)
        with self.assertRaises(dataclasses.FrozenInstanceError):
            result.verdict = Verdict.REJECT
        with self.assertRaises(dataclasses.FrozenInstanceError):
            result.findings[0].id = "other"
        with self.assertRaises(AttributeError):
            STANDARD.preset = veridac.Preset.PERMISSIVE
        self.assertIn("accept", result.text())
        self.assertIn("\x1b[", result.text(colour=True))

    def test_each(self):
        case = Case("good")
        verifier = veridac.Verifier(case.trust(), [], case.policy())
        devices = [case.device(), veridac.Device(), dataclasses.replace(case.device(), pid=1)]
        self.assertEqual([r.verdict for r in verifier.verify_each(iter(devices), at=case.number("at"))],
                         [Verdict.ACCEPT, Verdict.UNDETERMINED, Verdict.REJECT])

    def test_small_things(self):
        der = Case("good").device().dac
        pem = b"-----BEGIN CERTIFICATE-----\n%s-----END CERTIFICATE-----\n" % __import__(
            "base64").encodebytes(der)
        self.assertEqual(veridac.unwrap(pem, veridac.Meant.DAC), der)
        self.assertIn("subject", veridac.show(der))
        self.assertTrue(veridac.show(der, json=True).startswith("{"))
        self.assertIn(veridac.Feature.ED25519, veridac.features())
        self.assertEqual(veridac.__version__, veridac.version())
        trust = veridac.Trust()
        self.assertEqual(trust.info(), veridac.TrustInfo(0, 0, 0, 0, None))


class Errors(unittest.TestCase):
    def test_the_tree(self):
        for error, also in ((veridac.MisuseError, ValueError), (veridac.DataError, ValueError),
                            (veridac.TooLargeError, ValueError),
                            (veridac.SignatureError, ValueError),
                            (veridac.OtherNetworkError, ValueError),
                            (veridac.InputOutputError, OSError),
                            (veridac.InternalError, Exception)):
            self.assertTrue(issubclass(error, veridac.VeridacError) and issubclass(error, also))

    def test_what_is_no_bundle(self):
        data = read(GOLDEN, "vdb1-full.bundle")
        for broken in (b"", data[:-1], data + b"\0", data[:100] + b"\xff" + data[101:]):
            with self.assertRaises(veridac.DataError):
                veridac.Snapshot(broken)
        with self.assertRaises(veridac.InputOutputError):
            veridac.Snapshot.from_file("/nonexistent/snapshot")
        with self.assertRaises(ValueError):
            veridac.Snapshot.from_file("nul\0within")
        with self.assertRaises(veridac.InputOutputError):
            veridac.Snapshot.from_file("surrogate\udc80within")
        for label in ("nul\0within", "\ud800"):
            with self.assertRaises(ValueError):
                veridac.Snapshot(data, label=label)

    def test_types(self):
        name, key_id = issuer(6)
        with golden() as s:
            for args, error in (
                    ((name, key_id, "text", STANDARD, EVIDENCE), TypeError),
                    ((name, key_id, 5, STANDARD, EVIDENCE), TypeError),
                    ((name, key_id, b"\x03", None, EVIDENCE), TypeError),
                    ((name, key_id, b"\x03", STANDARD, "now"), TypeError),
                    ((name, key_id, b"\x03", STANDARD, 1.5), TypeError),
                    ((name, key_id, b"\x03", STANDARD, 2 ** 63), OverflowError),
                    ((name, key_id, memoryview(b"\x03\x03\x03")[::2], STANDARD, EVIDENCE), BufferError),
                    ((name, key_id, b"\x03", STANDARD), TypeError)):
                with self.assertRaises(error):
                    s.check(*args)
            with self.assertRaises(TypeError):
                s.check(name, key_id, b"\x03", policy=STANDARD, at=EVIDENCE)
            for serials in ([b""], [b"\x01", b""]):
                with self.assertRaises(ValueError):
                    s.check_many(name, key_id, serials, policy=STANDARD, at=EVIDENCE)
            for width in (0, -1, 3, 2 ** 31):
                with self.assertRaises(ValueError):
                    s.check_block(name, key_id, b"\0" * 8, width, policy=STANDARD, at=EVIDENCE)
            for n in (2 ** 31, 2 ** 62, -1):
                with self.assertRaises(ValueError):
                    s._check_block(name, key_id, b"\x01" * 8, STANDARD, EVIDENCE, None, n)
            with self.assertRaises(ValueError):
                s._check_block(name, key_id, b"\x01" * 8, STANDARD, EVIDENCE, b"\0\0\0\0", 2)
            # a serial that no certificate can have is not an error, and never good
            for serial in (b"", None, b"\x80", b"\x01" * 64):
                answer = s.check(name, key_id, serial, STANDARD, EVIDENCE)
                self.assertIs(answer.revocation, Revocation.UNKNOWN, serial)

    def test_policies_and_networks(self):
        main = veridac.Policy(veridac.Preset.STANDARD, veridac.Network.MAIN)
        with golden() as s:
            with self.assertRaises(veridac.OtherNetworkError):
                s.check(*issuer(6), b"\x03", main, EVIDENCE)
            with self.assertRaises(veridac.OtherNetworkError):
                veridac.Verifier(veridac.Trust(), [s], main).verify(veridac.Device(), at=EVIDENCE)
        for age in ("max_crl_age_s", "max_head_age_s"):  # 0 is the C library's word for the default
            for seconds in (0, -1, False, -2 ** 63):
                with self.assertRaisesRegex(ValueError, "an age is more than 0 seconds"):
                    veridac.Policy(veridac.Preset.STANDARD, TEST, **{age: seconds})
            with self.assertRaises(TypeError):
                veridac.Policy(veridac.Preset.STANDARD, TEST, **{age: 0.5})
        for wrong in ((0, TEST), (5, TEST), (veridac.Preset.STRICT, 3)):
            with self.assertRaises(ValueError):
                veridac.Policy(*wrong)
        with self.assertRaises(TypeError):
            veridac.Policy(veridac.Preset.STRICT)  # pylint: disable=no-value-for-parameter

    def test_devices(self):
        verifier = veridac.Verifier(veridac.Trust(), [], STANDARD)
        for wrong, error in (({"vid": 65536}, ValueError), ({"pid": -1}, ValueError),
                             ({"software_version": 2 ** 32}, ValueError), ({"vid": "x"}, TypeError),
                             ({"dac": "text"}, TypeError), ({"dac": b"\0" * 2 ** 21}, ValueError)):
            with self.assertRaises(error):
                verifier.verify(veridac.Device(**wrong), at=EVIDENCE)
        with self.assertRaises(TypeError):
            veridac.Verifier(None, [], STANDARD)
        with self.assertRaises(TypeError):
            veridac.Verifier(veridac.Trust(), [None], STANDARD)
        with golden() as s, self.assertRaises(ValueError):
            veridac.Verifier(veridac.Trust(), [s] * 17, STANDARD)

    def test_trust(self):
        trust = veridac.Trust()
        with self.assertRaises(veridac.DataError) as raised:
            trust.add_paa(b"junk", TEST)
        self.assertIn("error", str(raised.exception))
        paa = read(Case("good").folder, "trust/0-paa.der")
        for add in (trust.add_paa, trust.add_cd_signer):
            for network in (7, 0, 2 ** 32 + 1, 2 ** 32 + 2, 2 ** 64, -1):
                with self.assertRaisesRegex(ValueError, "is not a valid Network"):
                    add(paa, network)
        self.assertEqual(trust.info(), veridac.TrustInfo(0, 0, 0, 0, None))
        self.assertEqual(trust.add_paa(paa, 2).accepted, 1)
        veridac.Verifier(trust, [], STANDARD)
        with self.assertRaises(ValueError):
            trust.add_paa(b"junk", TEST)

    def test_closed(self):
        s, trust = golden(), veridac.Trust()
        verifier = veridac.Verifier(trust, [s], STANDARD)
        s.close()
        s.close()
        with self.assertRaises(ValueError):
            s.check(*issuer(6), b"\x03", STANDARD, EVIDENCE)
        with self.assertRaises(ValueError):
            s.info()
        with self.assertRaises(ValueError):
            verifier.verify(veridac.Device(), at=EVIDENCE)
        trust.close()
        for call in (trust.info, lambda: trust.add_paa(b"", TEST),
                     lambda: veridac.Verifier(trust, [], STANDARD).verify(veridac.Device(), at=0)):
            with self.assertRaises(ValueError):
                call()


class Buffers(unittest.TestCase):
    def test_forms(self):
        case = Case("good")
        verifier = veridac.Verifier(case.trust(), [], case.policy())
        plain = case.device()
        with tempfile.TemporaryFile() as file:
            file.write(plain.dac)
            file.flush()
            with mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as mapped:
                for dac in (bytearray(plain.dac), memoryview(plain.dac), mapped):
                    device = dataclasses.replace(plain, dac=dac)
                    self.assertIs(verifier.verify(device, at=case.number("at")).verdict,
                                  Verdict.ACCEPT)
        with self.assertRaises(BufferError):
            verifier.verify(dataclasses.replace(plain, dac=memoryview(plain.dac * 2)[::2]), at=0)

    def changes_during_calls(self, call, one, other):
        """While another thread puts one in place of the other: what was there when a call began counts, all
        of it, and no call stands in the way of the thread."""
        def said(data):
            try:
                return call(data)
            except veridac.VeridacError as error:
                return str(error)

        buffer, stop, failed = bytearray(one), threading.Event(), []

        def spoil():
            try:
                while not stop.is_set():
                    buffer[:] = other
                    buffer[:] = one
            except BufferError as error:
                failed.append(error)

        want, calls = (said(one), said(other)), 0
        self.assertNotEqual(*want)
        thread = threading.Thread(target=spoil)
        thread.start()
        try:
            end = time.monotonic() + SECONDS / 4
            while time.monotonic() < end or calls < 3:
                self.assertIn(said(buffer), want)
                calls += 1
        finally:
            stop.set()
            thread.join()
        self.assertEqual(failed, [])

    def test_a_buffer_that_changes_during_calls(self):
        case, full = Case("good"), read(GOLDEN, "vdb1-full.bundle")
        verifier = veridac.Verifier(case.trust(), [], case.policy())
        device, at = case.device(), case.number("at")
        head, root = read(GOLDEN, "vdh1.head"), read(GOLDEN, "vdh1.root")
        hub, paa = read(GOLDEN, "vdb1-hub.bundle"), read(case.folder, "trust/0-paa.der")
        pem = [b"-----BEGIN CERTIFICATE-----\n%s-----END CERTIFICATE-----\n" % base64.encodebytes(der)
               for der in (device.dac, device.pai)]

        def add(data):
            with veridac.Trust() as trust:
                return trust.add_paa(data, TEST)

        def opened(data, **documents):
            with veridac.Snapshot(data, **documents) as s:
                return s.info()

        for what, call, one, other in (
                ("verify", lambda data: verifier.verify(dataclasses.replace(device, dac=data),
                                                        at=at).verdict, device.dac, device.pai),
                ("show", lambda data: veridac.show(data, check=True), full, hub),
                ("unwrap", veridac.unwrap, *pem),
                ("add_paa", add, paa, device.dac),
                ("bundle", opened, full, hub),
                ("head", lambda data: opened(full, head=data, root=root), head, head[:-1]),
                ("root", lambda data: opened(full, head=head, root=data), root, root[:-1])):
            with self.subTest(what):
                self.changes_during_calls(call, one, other)
        with golden() as s:
            self.changes_during_calls(
                lambda data: len(s.check_block(*issuer(6), data, 1, policy=STANDARD,
                                               at=EVIDENCE).where(Revocation.REVOKED)),
                b"\x03" * 10000, b"\x04" * 10000)


class Lives(unittest.TestCase):
    def test_close_during_calls_of_8_threads(self):
        case = Case("good")
        device, at = case.device(), case.number("at")
        data = read(GOLDEN, "vdb1-full.bundle")
        end = time.monotonic() + SECONDS
        shared, failed = [None, None], []

        def renew():
            s = veridac.Snapshot(data)
            shared[:] = [s, veridac.Verifier(case.trust(), [s], STANDARD)]

        def use():
            while time.monotonic() < end:
                s, verifier = shared
                try:
                    s.check(*issuer(6), b"\x04", STANDARD, EVIDENCE)
                    s.check_block(*issuer(6), bytes(2000), 2, policy=STANDARD, at=EVIDENCE)
                    verifier.verify(device, at=at)
                except ValueError as error:
                    if "closed" not in str(error):
                        failed.append(error)
                except Exception as error:  # pylint: disable=broad-exception-caught
                    failed.append(error)

        renew()
        threads = [threading.Thread(target=use) for _ in range(8)]
        for thread in threads:
            thread.start()
        while time.monotonic() < end:
            old = shared[0]
            renew()
            old.close()
        for thread in threads:
            thread.join()
        self.assertEqual(failed, [])

    def test_nothing_is_left(self):
        def memory():
            gc.collect()
            with open("/proc/self/statm", encoding="ascii") as file:
                return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")

        case = Case("good")
        device, at, path = case.device(), case.number("at"), os.path.join(GOLDEN, "vdb1-hub.bundle")

        def cycle():
            with veridac.Snapshot.from_file(path) as s, case.trust() as trust:
                veridac.Verifier(trust, [s], STANDARD).verify(device, at=at)
                try:
                    veridac.Snapshot(b"no bundle")
                except veridac.DataError:
                    pass

        for _ in range(CYCLES // 5):
            cycle()
        files, before = len(os.listdir("/proc/self/fd")), memory()
        for _ in range(CYCLES):
            cycle()
        self.assertEqual(len(os.listdir("/proc/self/fd")), files)
        if not ASAN:  # its quarantine grows
            self.assertLess(memory() - before, 4 << 20)


if __name__ == "__main__":
    unittest.main(verbosity=2)
