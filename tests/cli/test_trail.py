#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""verify --trail, --receipt and veridac trail: what was written stays what it is, or it shows where not.

Each attack is made on a copy of one trail that is whole: that is its twin."""
import fcntl
import hashlib
import json
import os
import resource
import shutil
import subprocess

from fleet_world import NOW, Fleet
from support import PROGRAM, main, run

ZERO = "0" * 64


def digest(line):
    return hashlib.sha256(line).hexdigest()


def open_and_read(path):
    with open(path, "rb") as f:
        return f.read()


class Trail(Fleet):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.whole = cls.made.path("trail")
        genuine = cls.devices["genuine"]
        rows = "".join("lamp-%d,%s,%s\n" % (i, genuine.key_id, genuine.serial) for i in range(2400))
        inventory = cls.made.write("many.csv", "label,issuer_key_id,serial\n" + rows)
        code, out, err = run("audit", inventory, "--network", "test", "--at", NOW, "--store", cls.store,
                             "--trail", cls.whole, "--key", cls.key)
        assert (code, err) == (0, ""), (out, err)
        run("keygen", "--out", cls.made.path("other"))
        cls.other = cls.made.path("other")

    def setUp(self):
        super().setUp()
        self.trail = self.path("trail")
        shutil.copy(self.whole, self.trail)

    def lines(self):
        with open(self.trail, "rb") as f:
            return f.read().split(b"\n")[:-1]

    def put(self, lines):
        with open(self.trail, "wb") as f:
            f.write(b"".join(line + b"\n" for line in lines))

    def verify(self, *more, key=None):
        code, out, err = run("trail", "verify", self.trail, "--key", key or self.public, *more)
        self.assertEqual(err, "")
        return code, json.loads(out)

    def assert_fault(self, fault, first, last=None, *more, **kwargs):
        code, report = self.verify(*more, **kwargs)
        self.assertEqual((code, report["whole"]), (1, False))
        got = report["fault"]
        self.assertEqual((got["id"], got["from"], got["to"]), (fault, first, last or first))

    def rechain(self, lines, at):
        """What somebody without the key can do: hashes that fit again, from line index `at` on."""
        for i in range(at, len(lines)):
            told = json.loads(lines[i])
            lines[i] = lines[i].replace(told["prev"].encode(), digest(lines[i - 1]).encode())
        return lines

    def test_a_whole_trail(self):
        code, report = self.verify()
        self.assertEqual(code, 0)
        # begin, the run, 2400 devices, two checkpoints
        self.assertEqual((report["lines"], report["checkpoints"], report["last_checkpoint"],
                          report["behind_checkpoint"], report["fault"]), (2404, 2, 2000, 404, None))
        lines = self.lines()
        self.assertEqual(report["head"], digest(lines[-1]))
        for i, line in enumerate(lines):
            told = json.loads(line)
            self.assertEqual((told["n"], told["prev"]), (i + 1, digest(lines[i - 1]) if i else ZERO))
        self.assertEqual([json.loads(lines[i])["kind"] for i in (0, 1, 2, 999, 1999)],
                         ["begin", "audit", "device", "checkpoint", "checkpoint"])

    def test_edits(self):
        lines = self.lines()
        for at in (0, 499, 1500, 2402):
            changed = lines[:]
            changed[at] = changed[at].replace(b'"time":"2', b'"time":"1')
            self.put(changed)
            self.assert_fault("edited", at + 1)
        changed = lines[:]  # the hash of the line before, in the line itself
        changed[499] = changed[499].replace(json.loads(lines[499])["prev"].encode(), b"a" * 64)
        self.put(changed)
        self.assert_fault("edited", 500)
        changed[499] = b"{}"
        self.put(changed)
        self.assert_fault("not-a-line", 500)
        # the last line: nothing names it yet but the head that somebody noted
        head = digest(lines[-1])
        changed = lines[:-1] + [lines[-1].replace(b'"time":"2', b'"time":"1')]
        self.put(changed)
        self.assertEqual(self.verify()[0], 0)
        self.assert_fault("cut", 2405, None, "--expect", head)

    def test_edits_with_new_hashes_end_at_a_checkpoint(self):
        lines = self.lines()
        lines[499] = lines[499].replace(b'"clear"', b'"hit"')
        self.put(self.rechain(lines, 500))
        self.assert_fault("checkpoint-forged", 1, 1000)
        lines = self.lines()  # behind the last checkpoint only --expect helps
        shutil.copy(self.whole, self.trail)
        lines = self.lines()
        head = digest(lines[-1])
        lines[2100] = lines[2100].replace(b'"clear"', b'"hit"')
        self.put(self.rechain(lines, 2101))
        self.assertEqual(self.verify()[0], 0)
        self.assert_fault("cut", 2405, None, "--expect", head)

    def test_removals(self):
        lines = self.lines()
        for first, last in ((1, 1), (500, 500), (500, 510), (1000, 1000), (2403, 2403)):
            self.put(lines[:first - 1] + lines[last:])
            self.assert_fault("removed", first, last)
        # with new numbers and hashes: the thousandth line is no checkpoint then
        kept = lines[:499] + lines[500:]
        for i in range(499, len(kept)):
            kept[i] = kept[i].replace(b'{"n":%d,' % (i + 2), b'{"n":%d,' % (i + 1))
        self.put(self.rechain(kept, 499))
        self.assert_fault("checkpoint-forged", 1, 999)

    def test_reorder_and_repeat(self):
        lines = self.lines()
        self.put(lines[:499] + [lines[500], lines[499]] + lines[501:])
        self.assert_fault("reordered", 500)
        self.put(lines[:10] + lines[20:30] + lines[10:20] + lines[30:])
        self.assert_fault("reordered", 11, 20)
        self.put(lines[:500] + lines[499:])
        self.assert_fault("repeated", 500)

    def test_cuts(self):
        lines = self.lines()
        head = digest(lines[-1])
        self.assertEqual(self.verify("--expect", head)[0], 0)
        self.assertEqual(self.verify("--expect", digest(lines[1234]))[0], 0, "it grew since")
        for n in (2403, 1500, 1):
            self.put(lines[:n])
            if n > 1000:
                self.assertEqual(self.verify()[0], 0)
            else:
                self.assert_fault("unsigned", 1, n)
            self.assert_fault("cut", n + 1, None, "--expect", head)
        self.put([])
        self.assert_fault("empty", 0)

    def test_nothing_that_speaks_for_it(self):
        """Without one signature that holds, and without a head that was noted, a trail is anybody's."""
        lines = self.lines()
        self.put(lines[:1000])
        self.assertEqual(self.verify()[0], 0)
        for n in (1, 999):
            self.put(lines[:n])
            self.assert_fault("unsigned", 1, n)
            self.assertEqual(self.verify("--expect", digest(lines[n - 1]))[0], 0, "a head speaks for it")
            self.assert_fault("cut", n + 1, None, "--expect", digest(lines[1000]))
        forged = [json.dumps({"n": 1, "prev": ZERO, "time": NOW, "kind": "begin", "body": {"trail": 1}},
                             separators=(",", ":")).encode()]
        self.put(forged)
        self.assert_fault("unsigned", 1)
        self.assertEqual(run("trail", "checkpoint", self.trail, "--key", self.key)[0], 0)
        self.assertEqual(self.verify()[0], 0, "what the key signs is the key's")

    def test_forged_checkpoints_and_other_keys(self):
        lines = self.lines()
        self.assert_fault("checkpoint-other-key", 1, 1000, key=self.other + ".pub")
        self.assertEqual(self.verify("--key", self.other + ".pub")[0], 0, "one of several keys")
        told = json.loads(lines[999])
        forged = told["signature"][:-2] + ("00" if told["signature"][-2:] != "00" else "01")
        changed = lines[:]
        changed[999] = lines[999].replace(told["signature"].encode(), forged.encode())
        self.put(self.rechain(changed, 1000))
        self.assert_fault("checkpoint-forged", 1, 1000)
        changed = lines[:]  # the signature of the second checkpoint in place of the first one's
        changed[999] = lines[999].replace(told["signature"].encode(),
                                          json.loads(lines[1999])["signature"].encode())
        self.put(self.rechain(changed, 1000))
        self.assert_fault("checkpoint-forged", 1, 1000)
        changed = lines[:]  # no checkpoint at all
        changed[999] = changed[998].replace(b'{"n":999', b'{"n":1000')
        self.put(self.rechain(changed, 999))
        self.assert_fault("checkpoint-missing", 1000)

    def append(self, *more, device="genuine", trail=None):
        return run(*self.device_args(device), "--trail", trail or self.trail, "--key", self.key, *more)

    def test_a_torn_line_is_taken_away_and_said(self):
        with open(self.trail, "rb") as f:
            data = f.read()
        with open(self.trail, "wb") as f:
            f.write(data[:-40])
        code, report = self.verify()
        self.assertEqual((code, report["lines"]), (0, 2403))
        self.assertGreater(report["torn_octets"], 0)
        self.assertEqual(self.append()[0], 0)
        code, report = self.verify()
        self.assertEqual((code, report["torn_octets"]), (0, 0))
        torn, verdict = [json.loads(line) for line in self.lines()[-2:]]
        self.assertEqual((torn["kind"], torn["n"], verdict["kind"]), ("torn", 2404, "verdict"))
        self.assertEqual(torn["body"]["sha256"], digest(data[:-40].rsplit(b"\n", 1)[1]))

    def append_within(self, size):
        """No file may become longer: writing fails at this octet, as on a full disk."""
        def limit():
            resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))
        p = subprocess.run([PROGRAM, *self.device_args("genuine"), "--trail", self.trail, "--key", self.key],
                           stdout=subprocess.PIPE, stderr=subprocess.PIPE, preexec_fn=limit, check=False,
                           restore_signals=False)  # Python ignores SIGXFSZ, and so does what it starts
        return p.returncode, p.stdout, p.stderr.decode()

    def test_a_torn_line_is_not_taken_away_untold(self):
        """Whatever is cut short while it is mended: a torn line is there, or the line that tells of one."""
        data = open_and_read(self.trail)
        whole, last = data[:-1].rsplit(b"\n", 1)
        whole += b"\n"
        for torn in (last, last * 20, last[:5]):
            for room in (0, 1, 100, 200):
                with open(self.trail, "wb") as f:
                    f.write(whole + torn)
                code, out, err = self.append_within(len(whole) + room)
                self.assertEqual((code, out), (74, b""), (len(torn), room, err))
                self.assertIn("cannot write", err)
                left = open_and_read(self.trail)
                self.assertTrue(left.startswith(whole))
                rest = left[len(whole):]
                self.assertGreater(len(rest), 0)
                self.assertEqual(self.verify()[1]["torn_octets"], len(rest))
                self.assertEqual(self.append()[0], 0)
                note, verdict = [json.loads(line) for line in self.lines()[-2:]]
                self.assertEqual((note["kind"], verdict["kind"]), ("torn", "verdict"))
                self.assertEqual((note["body"]["octets"], note["body"]["sha256"]), (len(rest), digest(rest)))
                self.assertEqual(self.verify()[0], 0)
                if room == 0:
                    self.assertEqual(rest, torn)
        # the line that tells is there, and not yet cut off what is left behind it
        lines = self.lines()[:-1]
        with open(self.trail, "wb") as f:
            f.write(b"".join(line + b"\n" for line in lines) + b"left")
        self.assertEqual(self.append()[0], 0)
        self.assertEqual([json.loads(line)["kind"] for line in self.lines()[-3:]], ["torn", "torn", "verdict"])
        self.assertEqual(self.verify()[0], 0)

    def test_a_torn_first_line(self):
        for text in (b"{", b"x" * 1000):
            with open(self.trail, "wb") as f:
                f.write(text)
            self.assertEqual(self.append()[0], 0)
            self.assertEqual([json.loads(line)["kind"] for line in self.lines()], ["begin", "torn", "verdict"])
            self.assertEqual(json.loads(self.lines()[1])["body"]["sha256"], digest(text))
            self.assertEqual(self.verify("--expect", digest(self.lines()[-1]))[0], 0)

    def test_what_is_no_trail_is_not_appended_to(self):
        for data in (b"hello\n", b"x" * 70000, b'{"n":1}\n'):
            path = self.write("no", data)
            code, out, err = self.append(trail=path)
            self.assertEqual((code, out), (65, ""), "no verdict is given that could not be kept")
            self.one_line(err)
            with open(path, "rb") as f:
                self.assertEqual(f.read(), data)

    def parts(self):
        return [p for p in ("1", "2", "3", "4", "5", "6") if os.path.exists(self.trail + "." + p)]

    def test_parts(self):
        os.unlink(self.trail)
        d = self.devices["genuine"]
        rows = "".join("lamp-%d,%s,%s\n" % (i, d.key_id, d.serial) for i in range(700))
        inventory = self.write("some.csv", "label,issuer_key_id,serial\n" + rows)
        words = ["audit", inventory, "--network", "test", "--at", NOW, "--store", self.store, "--trail",
                 self.trail, "--key", self.key, "--trail-part", "64K"]
        self.assertEqual(run(*words)[0], 0)
        self.assertEqual(self.parts(), ["1", "2", "3"])
        code, whole = self.verify()
        self.assertEqual((code, whole["parts"], whole["checkpoints"]), (0, 4, 3))
        self.assertEqual(len(run("trail", "find", self.trail, "lamp-7")[1].splitlines()), 2)

        def attack(fault, change, *more):
            kept = {p: open_and_read(p) for p in [self.trail + x for x in ("", ".1", ".2", ".3")]}
            change()
            code, report = self.verify(*more)
            self.assertEqual((code, report["fault"]["id"]), (1, fault))
            for path, data in kept.items():
                with open(path, "wb") as f:
                    f.write(data)
            self.assertEqual(self.verify()[0], 0)

        def swap():
            os.rename(self.trail + ".1", self.path("x"))
            os.rename(self.trail + ".2", self.trail + ".1")
            os.rename(self.path("x"), self.trail + ".2")
        attack("reordered", swap)
        attack("removed", lambda: os.unlink(self.trail + ".1"))
        attack("removed", lambda: os.unlink(self.trail + ".2"))
        attack("cut", lambda: os.unlink(self.trail), "--expect", whole["head"])

        def unended():
            os.truncate(self.trail + ".2", os.path.getsize(self.trail + ".2") - 1)
        last = json.loads(open_and_read(self.trail + ".2").splitlines()[-1])["n"]
        attack("edited", unended)
        attack("edited", unended, "--expect", whole["head"])
        unended()
        self.assert_fault("edited", last)
        with open(self.trail + ".2", "ab") as f:
            f.write(b"\n")
        self.assertEqual(self.verify()[0], 0)
        # a crash between the checkpoint that ends a part and its new name
        os.unlink(self.trail)
        os.rename(self.trail + ".3", self.trail)
        self.assertEqual(self.append()[0], 0)
        self.assertEqual(self.parts(), ["1", "2", "3"])
        code, report = self.verify()
        self.assertEqual((code, len(self.lines())), (0, 1))
        # and behind it, before the next part was there
        os.unlink(self.trail)
        self.assertEqual(self.append()[0], 0)
        self.assertEqual((self.verify()[0], len(self.lines())), (0, 1))

    def test_two_writers(self):
        with open(self.trail + ".lock", "w", encoding="ascii") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX) # as a writer does while it has the trail open
            code, out, err = self.append()
            self.assertEqual((code, out), (74, ""), "no verdict is given that could not be kept")
            self.assertIn("another process", err)
            self.one_line(err)
            self.assertEqual(self.verify()[0], 0, "readers need no lock")
        self.assertEqual(self.append()[0], 0)
        self.assertEqual(self.verify()[0], 0)

    def test_find_goes_both_ways(self):
        os.unlink(self.trail)
        for label, device in (("lamp", "genuine"), ("lamp", "revoked-dac"), ("plug", "genuine"),
                              ("it's \"odd\"", "no-crl")):
            self.append("--label", label, device=device)
        d = self.devices

        def pairs(what):
            code, out, _ = run("trail", "find", self.trail, what, "--json")
            self.assertEqual(code, 0)
            return sorted((p["label"], p["serial"]) for p in json.loads(out)["pairs"])
        lamp = sorted([("lamp", d["genuine"].serial), ("lamp", d["revoked-dac"].serial)])
        self.assertEqual(pairs("lamp"), lamp)
        for name in (d["genuine"].serial, d["genuine"].serial.lower(),
                     hashlib.sha256(d["genuine"].dac).hexdigest()):
            self.assertEqual(pairs(name), [("lamp", d["genuine"].serial), ("plug", d["genuine"].serial)])
        self.assertEqual(pairs('it\'s "odd"'), [('it\'s "odd"', d["no-crl"].serial)])
        self.assertEqual(pairs("Lamp"), [])
        code, out, _ = run("trail", "find", self.trail, "plug")
        told = json.loads(out.splitlines()[0])
        self.assertEqual((told["kind"], told["body"]["result"]["verdict"]), ("verdict", "accept"))

    def test_receipts(self):
        path = self.path("receipt")
        code, out, _ = run(*self.device_args("revoked-dac"), "--json", "--receipt", path, "--key",
                           self.key, "--label", "lamp 7")
        self.assertEqual(code, 1)
        code, told, err = run("trail", "receipt", path, "--key", self.public)
        self.assertEqual((code, err), (0, ""))
        statement = json.loads(told)
        self.assertEqual(statement["result"], json.loads(out))
        self.assertEqual((statement["label"], statement["dac_sha256"]),
                         ("lamp 7", hashlib.sha256(self.devices["revoked-dac"].dac).hexdigest()))
        with open(path, "rb") as f:
            data = f.read()
        # by the public key alone, with what any machine has
        self.check_with_openssl(data)
        for change, want, why in ((data.replace(b"reject", b"accept"), 1, "signature"),
                                  (data.replace(b"lamp 7", b"lamp 8"), 1, "signature"),
                                  (data[:-6] + b'00"}\n', 1, "signature"),
                                  (data[:100], 1, "not-signed"), (b"{}", 65, "not a receipt"),
                                  (data + b"x", 1, "not-signed")):
            code, out, err = run("trail", "receipt", self.write("changed", change), "--key", self.public)
            self.assertEqual((code, out), (want, ""), change[-30:])
            self.assertIn(why, err)
            self.one_line(err)
        code, _, err = run("trail", "receipt", path, "--key", self.other + ".pub")
        self.assertEqual(code, 1)
        self.assertIn("other-key", err)
        # a checkpoint of a trail by the same key is no receipt
        code, _, err = run("trail", "receipt", self.write("line", self.lines()[999]), "--key", self.public)
        self.assertEqual(code, 65)

    def check_with_openssl(self, data):
        text, signature = data.rstrip(b"\n").rsplit(b'","signature":"', 1)
        raw = bytes.fromhex(signature[:128].decode())
        der = b"".join(b"\x02" + bytes([len(v)]) + v for v in (
            (b"\0" if p[0] & 0x80 else b"") + p for p in (
                raw[:32].lstrip(b"\0") or b"\0", raw[32:].lstrip(b"\0") or b"\0")))
        sig = self.write("sig", b"\x30" + bytes([len(der)]) + der)
        subprocess.run(["openssl", "dgst", "-sha256", "-verify", self.public, "-signature", sig,
                        self.write("message", b"veridac-receipt 1\n" + text)], check=True,
                       stdout=subprocess.DEVNULL)

    def test_changes_of_rules(self):
        rules = self.path("rules")
        words = ["rules", "add", rules, "product", "FFF1", "8001", "--network", "test", "--id", "R1"]
        code, _, err = run(*words, "--trail", self.trail, "--trail-key", self.key)
        self.assertEqual((code, err), (0, ""))
        told = json.loads(self.lines()[-1])
        self.assertEqual(told["kind"], "rules")
        self.assertIn("R1", told["body"]["diff"])
        self.assertEqual(run("rules", "add", rules, "vendor", "FFF2", "--trail", self.trail, "--trail-key",
                             self.key, "--dry-run")[0], 0)
        self.assertEqual(json.loads(self.lines()[-1]), told)
        # a change that could not be kept is not made
        with open(rules, "rb") as f:
            before = f.read()
        code, _, err = run("rules", "add", rules, "vendor", "FFF2", "--trail", self.write("no", "x\n"),
                           "--trail-key", self.key)
        self.assertEqual(code, 65)
        self.one_line(err)
        with open(rules, "rb") as f:
            self.assertEqual(f.read(), before)

    def test_rules_that_signals_made(self):
        rules = self.path("rules")
        policy = self.write("policy", json.dumps({"policy": 1, "base": "standard", "signals": {
            "scan": {"window": "1h", "keep": "2h", "suspect": 1}}}))

        def ingest(first, n, *more, code=0, trail=self.trail):
            signals = self.write("signals", "".join(json.dumps(
                {"device": "lamp-1", "skid": "%040X" % i, "signal": "scan", "time": NOW}) + "\n"
                for i in range(first, first + n)))
            got, out, err = run("rules", "ingest", rules, "--network", "test", "--policy", policy, "--signals",
                                signals, "--at", NOW, "--json", "--trail", trail, "--trail-key", self.key, *more)
            self.assertEqual(got, code, err)
            return out
        told = ingest(1, 1)
        last = json.loads(self.lines()[-1])
        self.assertEqual((last["kind"], last["body"]), ("rules", json.loads(told)))
        self.assertEqual(last["body"]["diff"].count("+ skid"), 1)
        ingest(2, 1, "--dry-run")
        self.assertEqual(json.loads(self.lines()[-1]), last)
        # a change that could not be kept is not made
        before = open_and_read(rules)
        ingest(2, 1, code=65, trail=self.write("no", "x\n"))
        self.assertEqual(open_and_read(rules), before)
        # one that is longer than a line is entered in several
        n = len(self.lines())
        told = json.loads(ingest(2, 600))["diff"]
        self.assertGreater(len(told), 65536)
        entered = [json.loads(line) for line in self.lines()[n:]]
        self.assertEqual({line["kind"] for line in entered}, {"rules"})
        self.assertEqual("".join(line["body"]["diff"] for line in entered), told)
        self.assertEqual([line["body"]["more"] for line in entered], [True] * (len(entered) - 1) + [False])
        self.assertEqual(self.verify()[0], 0)

    def test_usage(self):
        for args, want in ((["trail"], 64), (["trail", "verify", self.trail], 64),
                           (["trail", "verify", self.trail, "--key", self.public, "--expect", "zz"], 64),
                           (["trail", "verify", self.path("none"), "--key", self.public], 74),
                           (["trail", "verify", self.trail, "--key", self.trail], 65),
                           ([*self.device_args("genuine"), "--trail", self.trail], 64),
                           ([*self.device_args("genuine"), "--key", self.key], 64)):
            code, _, err = run(*args)
            self.assertEqual(code, want, args)
            self.one_line(err)
        code, out, _ = run("trail", "checkpoint", self.trail, "--key", self.key)
        self.assertEqual((code, self.verify()[1]["behind_checkpoint"]), (0, 0))
        self.assertEqual(self.verify("--expect", out.strip())[0], 0)


if __name__ == "__main__":
    main()
