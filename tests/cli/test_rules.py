#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Local rules: what an operator names is refused or set apart, and never called revoked; and the list
itself: who may write it, how it changes, what is said about it."""
import base64
import datetime
import json
import os
import sys

from pipeline import NOW, Pipeline
from support import SOURCE, Folder, main, run, run_json

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(SOURCE, "tests", "ledger"))
import der  # noqa: E402

HEAD = "veridac-rules 1 test\n"
PAA_FFF1 = "paa/paa-fff1.der"
SAME_ID = (0xE96AEC, 0x10B06C1)  # their entries for "scan" have one id: a hash has 2^48 of them


def even(number):
    text = "%X" % number
    return text.zfill(len(text) + len(text) % 2)


class Rules(Folder):
    """One world and one store for all of them."""

    @classmethod
    def setUpClass(cls):
        cls.p = Pipeline("setUp")
        cls.addClassCleanup(cls.p.doCleanups)
        cls.p.setUp()
        cls.p.installed()
        folder = cls.p.path("world", "devices", "genuine")
        cls.dac, cls.pai = (cls.certificate(folder, name) for name in ("dac.der", "pai.der"))
        cls.paa = cls.certificate(cls.p.path("world"), PAA_FFF1)

    @staticmethod
    def certificate(*path):
        with open(os.path.join(*path), "rb") as f:
            return der.Certificate(f.read())

    def judge(self, rules, *more, device="genuine", **kwargs):
        code, told, err = self.p.verify(device, "--store", self.p.store, "--rules",
                                        self.write("list", HEAD + rules), *more, **kwargs)
        self.assertEqual(err, "")
        return code, told

    def issuer(self):
        return "%s %s" % (self.dac.authority_key_id.hex(), base64.b64encode(self.dac.issuer).decode())

    def local(self, told):
        return [(f["id"], f["subject"]) for f in told["findings"] if f["id"].startswith("local-")]

    def pairs(self):
        """A rule that hits, its twin that differs in one thing, and what the hit is on."""
        key, other = self.dac.authority_key_id.hex(), "00" + self.dac.authority_key_id.hex()[2:]
        serial, wrong = even(self.dac.serial), even(self.dac.serial ^ 1)
        skid, no_skid = self.dac.subject_key_id.hex(), "00" + self.dac.subject_key_id.hex()[2:]
        paa = self.paa.subject_key_id.hex()
        return (("certificate %s %s" % (self.issuer(), serial),
                 "certificate %s %s" % (self.issuer(), wrong), "dac"),
                ("certificate %s - %s" % (key, serial), "certificate %s - %s" % (other, serial), "dac"),
                ("issuer %s" % self.issuer(), "issuer 00%s" % self.issuer(), "dac"),
                ("skid %s" % skid, "skid %s" % no_skid, "dac"),
                ("skid %s" % self.pai.subject_key_id.hex(), "skid %s" % key[:-2], "pai"),
                ("skid %s" % paa, "skid %s00" % paa, "paa"),
                ("paa %s" % paa, "paa %s" % self.pai.subject_key_id.hex(), "paa"),
                ("vendor FFF1", "vendor FFF2", "pid"),
                ("product FFF1 8000", "product FFF1 8001", "pid"),
                ("version FFF1 8000 3 5", "version FFF1 8000 4 5", "pid"))

    def test_each_kind_refuses_and_its_twin_does_not(self):
        for rule, twin, subject in self.pairs():
            more = ("--software-version", "3", "--policy", "permissive")
            code, told = self.judge("# a remark\n%s id=R1 source=soc ticket=INC-7 stolen\n" % rule, *more)
            self.assertEqual((code, told["verdict"], self.local(told)),
                             (1, "reject", [("local-rule", subject)]), rule)
            found = next(f["found"] for f in told["findings"] if f["id"] == "local-rule")
            for part in ("rule R1 (line 3 of ", "source soc", "ticket INC-7", ": stolen"):
                self.assertIn(part, found)
            self.assertEqual(told["revocation"]["dac"]["status"], "good")
            code, told = self.judge(twin + " stolen\n", *more)
            self.assertEqual((code, self.local(told)), (0, []), twin)

    def test_effects(self):
        for effect, policy, code, slug in (
                ("suspect", "strict", 0, "local-suspect"), ("quarantine", "strict", 2, "local-quarantine"),
                ("quarantine", "permissive", 2, "local-quarantine"), ("refuse", "permissive", 1, "local-rule"),
                ("refuse", "audit", 0, "local-rule")):
            got, told = self.judge("product FFF1 8000 effect=%s\n" % effect, "--policy", policy)
            self.assertEqual((got, self.local(told)), (code, [(slug, "pid")]), (effect, policy))
            self.assertEqual(told["revocation"]["dac"]["status"], "good")
        self.assertEqual(told["verdict"], "reject")  # of audit
        # of several the strongest speaks
        _, told = self.judge("product FFF1 8000 effect=suspect\nproduct FFF1 8000\n")
        self.assertEqual(self.local(told), [("local-rule", "pid")])

    def test_a_weak_rule_hides_no_strong_one(self):
        """The DAC is one product, Basic Information says another: rules on both count."""
        folder = self.p.path("world", "devices", "genuine")
        args = ["verify", "--dac", folder + "/dac.der", "--pai", folder + "/pai.der", "--vid", "0xFFF2", "--pid",
                "0x8001", "--trust", self.p.path("world", "paa"), "--network", "test", "--at", NOW, "--store",
                self.p.store, "--rules"]
        for weak in ("", "product FFF2 8001 effect=suspect\n", "product FFF2 8001 effect=quarantine\n"):
            _, told, _ = run_json(*args, self.write("list", HEAD + weak + "product FFF1 8000\n"))
            self.assertIn(("local-rule", "dac"), self.local(told), weak)
            self.assertEqual(told["verdict"], "reject")
            self.assertEqual(len(self.local(told)), 2 if weak else 1)

    def test_expires_to_the_second(self):
        rule = "product FFF1 8000 id=R1 expires=2026-09-21T15:00:00Z\n"
        code, told = self.judge(rule, at="2026-09-21T15:00:00Z")
        self.assertEqual((code, self.local(told)), (1, [("local-rule", "pid")]))
        code, told = self.judge(rule, at="2026-09-21T15:00:01Z")
        self.assertEqual((code, self.local(told)), (0, [("local-rule-expired", "pid")]))

    def test_versions_that_are_not_known(self):
        code, told = self.judge("version FFF1 8000 1 5\n", "--policy", "permissive")
        self.assertEqual((code, self.local(told)), (2, [("local-rule-version", "pid")]))
        self.assertEqual(self.judge("version FFF1 8001 1 5\n")[0], 0)
        self.assertEqual(self.judge("version FFF1 8000 1 5\n", "--software-version", "6")[0], 0)

    def test_what_the_ledger_revoked_stays_revoked(self):
        for rule in ("vendor FFF2", "product FFF1 8000 effect=suspect", "product FFF1 8000"):
            code, told = self.judge(rule + "\n", "--policy", "permissive", device="revoked-dac")
            self.assertEqual((code, told["verdict"], told["revocation"]["dac"]["status"]),
                             (1, "reject", "revoked"))

    def test_files_that_are_not_rules(self):
        for text, why in ((HEAD + "\nexception FFF1 8000\n", "bad:3:1: "), ("", "bad:1:1: empty"),
                          (HEAD + "vendor FFF1 effect=accept\n", "bad:2:13: "),
                          ("product FFF1 8000\n", "bad:1:1: ")):
            code, _, err = self.p.verify("genuine", "--store", self.p.store, "--rules",
                                         self.write("bad", text))
            self.assertEqual(code, 65)
            self.one_line(err)
            self.assertIn(why, err)
        code, _, err = self.p.verify("genuine", "--store", self.p.store, "--rules",
                                     self.write("main", "veridac-rules 1 main\n"))
        self.assertEqual(code, 65)
        self.one_line(err)

    def test_what_others_may_write_is_not_trusted(self):
        folder = self.path("drop")
        os.mkdir(folder)
        rules = os.path.join(folder, "rules")
        with open(rules, "w", encoding="ascii") as f:
            f.write(HEAD)
        for mode, folder_mode, why in ((0o600, 0o700, None), (0o644, 0o755, None),
                                       (0o664, 0o755, "others may write it"),
                                       (0o646, 0o755, "others may write it"),
                                       (0o644, 0o775, "others may write its folder"),
                                       (0o644, 0o757, "others may write its folder"),
                                       (0o644, 0o1777, None)):
            os.chmod(rules, mode)
            os.chmod(folder, folder_mode)
            code, _, err = run("rules", "list", rules)
            self.assertEqual(code, 65 if why else 0, (mode, folder_mode, err))
            if why:
                self.one_line(err)
                self.assertIn("%s: not trusted: %s" % (rules, why), err)
        os.chmod(rules, 0o646)
        code, _, err = self.p.verify("genuine", "--store", self.p.store, "--rules", rules)
        self.assertEqual(code, 65)
        self.assertIn("others may write it", err)

    def test_rules_of_certificates(self):
        folder = self.p.path("world", "devices", "genuine")
        for word, file, subject in (("certificate", folder + "/dac.der", "dac"),
                                    ("skid", folder + "/dac.der", "dac"),
                                    ("issuer", folder + "/pai.der", "dac"),
                                    ("paa", self.p.path("world", PAA_FFF1), "paa")):
            rules = self.path("rules-" + word)
            code, out, err = run("rules", "add", rules, word, "--network", "test", "--certificate", file,
                                 "--reason", "leaked", "--at", NOW)
            self.assertEqual((code, err, out[:2]), (0, "", "+ "), err)
            code, told, _ = self.p.verify("genuine", "--store", self.p.store, "--rules", rules)
            self.assertEqual((code, self.local(told)), (1, [("local-rule", subject)]), word)


class Lists(Folder):
    """The commands that change a list and look at it."""

    def add(self, *rule, code=0):
        got, out, err = run("rules", "add", self.path("rules"), *rule, "--at", NOW)
        self.assertEqual(got, code, err)
        return out if code == 0 else err

    def text(self):
        with open(self.path("rules"), encoding="utf-8") as f:
            return f.read()

    def test_add_list_remove(self):
        self.assertIn("no such file", self.add("vendor", "FFF1", code=74))
        out = self.add("vendor", "FFF1", "--network", "test", "--id", "a", "--source", "soc", "--ticket",
                       "INC-1", "--reason", "two words", "--expires", "2026-10-01T00:00:00Z")
        line = ("vendor FFF1 id=a source=soc ticket=INC-1 time=%s expires=2026-10-01T00:00:00Z two words\n"
                % NOW)
        self.assertEqual((out, self.text()), ("+ " + line, HEAD + line))
        with open(self.path("rules"), "a", encoding="ascii") as f:
            f.write("# a remark\n\n")
        self.add("version", "FFF1", "8000", "1", "5", "--effect", "quarantine", "--id", "b", "--for", "1h")
        before = self.text()
        self.assertEqual(before, HEAD + line + "# a remark\n\nversion FFF1 8000 1 5 id=b effect=quarantine "
                         "time=%s expires=2026-09-21T15:13:20Z\n" % NOW)
        code, told, _ = run_json("rules", "list", self.path("rules"), "--at", "2026-09-21T15:13:21Z")
        self.assertEqual(code, 0)
        self.assertEqual([(r["id"], r["kind"], r["subject"], r["effect"], r["expired"], r["line"])
                          for r in told["rules"]],
                         [("a", "vendor", "FFF1", "refuse", False, 2),
                          ("b", "version", "FFF1 8000 1 5", "quarantine", True, 5)])
        code, out, err = run("rules", "remove", self.path("rules"), "--id", "a", "--dry-run")
        self.assertEqual((code, out, self.text()), (0, "- " + line, before))
        self.assertEqual(run("rules", "remove", self.path("rules"), "--id", "a")[0], 0)
        self.assertEqual(self.text(), before.replace(line, ""))
        code, _, err = run("rules", "remove", self.path("rules"), "--id", "a")
        self.assertEqual(code, 65)
        self.assertIn("no rule has the id a", err)
        self.assertEqual(run("rules", "remove", self.path("rules"), "--expired", "--at",
                             "2026-09-21T15:13:20Z")[1], "")
        self.assertEqual(run("rules", "remove", self.path("rules"), "--expired", "--at",
                             "2026-09-21T15:13:21Z")[0], 0)
        self.assertEqual(self.text(), HEAD + "# a remark\n\n")

    def test_what_cannot_be_added_changes_nothing(self):
        self.add("vendor", "FFF1", "--network", "test", "--id", "a")
        before = self.text()
        for rule, why in ((("vendor", "FFF2", "--id", "a"), "the id a is taken"),
                          (("vendor", "FFF"), "column 8: expected a vendor id"),
                          (("vendor", "FFF2", "effect=suspect"), "nothing behind them"),
                          (("vendor", "FFF2", "--effect", "accept"), "not 'accept'"),
                          (("vendor", "FFF2", "--reason", "x\nvendor FFF3"), "one short line"),
                          (("vendor", "FFF2", "--reason", "effect=suspect"), "one short line"),
                          (("vendor", "FFF2", "--source", "two words"), "words of at most"),
                          (("vendor", "FFF2", "--expires", "2026-09-21T14:13:19Z"), "has expired before")):
            self.assertIn(why, self.add(*rule, code=65))
            self.assertEqual(self.text(), before, rule)
        self.assertEqual(sorted(os.listdir(self.tmp.name)), [".lock", "rules"])
        os.symlink("rules", self.path("link"))
        code, _, err = run("rules", "add", self.path("link"), "vendor", "FFF2", "--network", "test")
        self.assertEqual((code, self.text()), (74, before), err)

    def test_check_reports_conflicts_and_what_has_expired(self):
        rules = self.write("rules", HEAD + """vendor FFF1 id=a
product FFF1 8000 id=b
product FFF2 8000 id=c
product FFF2 8000 id=c effect=suspect
version FFF3 8000 1 5
version FFF3 8000 5 6
version FFF3 8000 7 8
certificate 0102 MA4xDDAKBgNVBAMMA0FBQQ== 0A
issuer 0102 MA4xDDAKBgNVBAMMA0FBQQ==
product FFF4 8000 expires=2026-01-01T00:00:00Z id=old
product FFF4 8000
""")
        code, told, err = run_json("rules", "check", rules, "--at", NOW)
        self.assertEqual((code, err), (2, ""))
        self.assertEqual(sorted((c["conflict"], *c["lines"]) for c in told["conflicts"]),
                         [("covered", 2, 3), ("covered", 9, 10), ("duplicate", 4, 5), ("id", 4, 5),
                          ("overlap", 6, 7)])
        self.assertEqual((told["n_conflicts"], told["n_expired"]), (5, 1))
        code, out, _ = run("rules", "check", rules, "--at", NOW)
        self.assertEqual((code, out.count("conflict lines "), out.count("(expired)"), out.count("\n")),
                         (2, 5, 1, 6))
        rules = self.write("rules", HEAD + "vendor FFF1 id=a\nproduct FFF2 8000 id=b\n")
        self.assertEqual(run("rules", "check", rules, "--at", NOW)[:2], (0, ""))

    def test_signed_lists(self):
        for name in ("key", "other"):
            self.assertEqual(run("keygen", "--out", self.path(name))[0], 0)
        self.add("vendor", "FFF1", "--network", "test", "--key", self.path("key"))
        self.assertEqual(self.text().count("\nsignature p256 "), 1)
        os.chmod(self.path("rules"), 0o666)  # the signature speaks, whoever may write it
        key, other = self.path("key.pub"), self.path("other.pub")

        def listed(*keys):
            return run("rules", "list", self.path("rules"),
                       *[word for name in keys for word in ("--rules-key", name)])
        self.assertEqual(listed(key)[0], 0)
        self.assertEqual(listed(other, key)[0], 0)
        self.assertIn("no signature by a key", listed(other)[2])
        self.assertEqual(listed()[0], 65)
        signed = self.text()
        for old, new in (("FFF1", "FFF2"), ("vendor FFF1", "# none"), ("veridac-rules 1 test\n", HEAD + "#\n"),
                         ("\nsignature", "\nvendor FFF2\nsignature")):
            self.write("rules", signed.replace(old, new, 1))
            self.assertEqual(listed(key)[0], 65, new)
        self.write("rules", signed[:signed.index("signature")])
        self.assertIn("it is not signed", listed(key)[2])
        # a second signature, and a change, which takes them all away or signs anew
        self.write("rules", signed)
        self.assertEqual(run("rules", "sign", self.path("rules"), "--rules-key", key, "--key",
                             self.path("other"))[0], 0)
        self.assertEqual((listed(key)[0], listed(other)[0], self.text().count("signature p256")), (0, 0, 2))
        code, _, err = run("rules", "add", self.path("rules"), "vendor", "FFF2", "--rules-key", key)
        self.assertEqual(code, 0)
        self.assertIn("not signed any more", err)
        self.assertEqual(listed(key)[0], 65)
        os.chmod(self.path("rules"), 0o644)
        self.assertEqual(run("rules", "sign", self.path("rules"), "--key", self.path("key"))[0], 0)
        self.assertEqual(listed(key)[0], 0)

    def test_usage(self):
        for words in ((), ("list",), ("sign", "f"), ("remove", "f"), ("add", "f"), ("frob", "f"),
                      ("sign", "f", "--key", "k", "--id", "a")):
            code, _, err = run("rules", *words)
            self.assertEqual(code, 64, words)
            self.one_line(err)


class Signals(Folder):
    """rules ingest: lines of a monitoring system against thresholds."""
    AT = 1790000000
    SKID = "0102030405060708090A0B0C0D0E0F1011121314"

    def setUp(self):
        super().setUp()
        self.rules = self.write("rules", HEAD)
        self.policy = self.write("policy", json.dumps({"policy": 1, "base": "standard", "signals": {
            "scan": {"window": "1h", "keep": "2h", "suspect": 2, "quarantine": 3, "refuse": 4, "min-score": 50},
            "flood": {"window": "10s", "keep": "1d", "quarantine": 1}}}))

    def line(self, signal="scan", ago=0, score=50, device="lamp-1", **subject):
        time = datetime.datetime.fromtimestamp(self.AT - ago, datetime.timezone.utc)
        told = {"device": device, "signal": signal, "score": score, "time": time.strftime("%Y-%m-%dT%H:%M:%SZ")}
        return json.dumps(dict(told, **(subject or {"skid": self.SKID})))

    def ingest(self, lines, *more, code=0, at=NOW):
        got, told, err = run_json("rules", "ingest", self.rules, "--policy", self.policy, "--signals",
                                  self.write("signals", "\n".join(lines)), "--at", at, *more)
        self.assertEqual(got, code, err)
        return told

    def effects(self, lines):
        """What a new list has after these lines."""
        self.write("rules", HEAD)
        self.ingest(lines)
        return [(r["effect"], r["subject"]) for r in run_json("rules", "list", self.rules)[1]["rules"]]

    def test_thresholds(self):
        for n, effect in ((1, None), (2, "suspect"), (3, "quarantine"), (4, "refuse"), (9, "refuse")):
            wanted = [] if effect is None else [(effect, self.SKID)]
            self.assertEqual(self.effects([self.line()] * n), wanted, n)
        self.assertEqual(self.effects([self.line()] * 3 + [self.line(score=49)]), [("quarantine", self.SKID)])
        # nothing is refused by a signal alone unless the policy says so
        self.assertEqual(self.effects([self.line("flood")] * 1000), [("quarantine", self.SKID)])
        # other devices and other signals are counted for themselves
        self.assertEqual(self.effects([self.line(), self.line(skid="AA"), self.line("flood", ago=99),
                                       self.line("other")]), [])
        self.assertEqual(self.effects([self.line(serial="0A", issuer_key_id="0102")] * 2 +
                                      [self.line(serial="000a", issuer_key_id="0102")]),
                         [("quarantine", "0102 - 0A")])

    def test_windows_to_the_second(self):
        for ago, wanted in ((3599, 1), (3600, 0), (0, 1), (-1, 0)):
            told = self.ingest([self.line(ago=ago)], "--dry-run")
            self.assertEqual((told["n_counted"], told["n_outside"]), (wanted, 1 - wanted), ago)

    def test_what_is_there_is_not_taken_back(self):
        self.ingest([self.line()] * 3)
        with open(self.rules, encoding="ascii") as f:
            text = f.read()
        self.assertIn("effect=quarantine source=signals time=%s expires=2026-09-21T16:13:20Z device lamp-1: scan 3 "
                      "times in 3600 s\n" % NOW, text)
        self.assertEqual(self.ingest([self.line()] * 3)["diff"], "")
        self.assertEqual(self.ingest([self.line()] * 2)["diff"], "")
        diff = self.ingest([self.line()] * 4, "--dry-run")["diff"]
        self.assertEqual((diff[:2], diff.count("\n+ "), self.ingest([self.line()] * 4)["diff"]), ("- ", 1, diff))
        later = self.ingest([self.line()] * 4, at="2026-09-21T14:14:20Z")["diff"]  # as strong, for longer
        self.assertEqual(later.count("expires=2026-09-21T16:14:20Z"), 1)

    def test_every_certificate_and_signal_has_an_entry_of_its_own(self):
        """Where a key id ends and a signal's name begins is no matter of how the two are joined."""
        signals = {name: {"window": "1h", "keep": "2h", "suspect": 1, "refuse": 2} for name in ("s", "11s", "1111s")}
        self.write("policy", json.dumps({"policy": 1, "base": "standard", "signals": signals}))
        self.ingest([self.line("s", skid="AA1111")])
        lines = [self.line("s", skid="AA1111"), self.line("11s", skid="AA11"), self.line("1111s", skid="AA")]
        told = self.ingest(lines * 2)
        self.assertEqual((told["diff"].count("- skid"), told["diff"].count("+ skid")), (1, 3), told["diff"])
        rules = run_json("rules", "list", self.rules)[1]["rules"]
        self.assertEqual(sorted((r["effect"], r["subject"]) for r in rules),
                         [("refuse", "AA"), ("refuse", "AA11"), ("refuse", "AA1111")])
        self.assertEqual(len({r["id"] for r in rules}), 3)
        self.assertEqual(self.ingest(lines * 2)["diff"], "")

    def test_an_id_that_two_certificates_share(self):
        """Ids are short enough that somebody can make two key ids with the same one: neither stands for both."""
        first, second = ({"skid": "%040X" % n} for n in SAME_ID)
        self.ingest([self.line(**first)] * 4)  # refused: stronger than what comes
        told = self.ingest([self.line(**first)] * 3 + [self.line(**second)] * 3)
        self.assertEqual((told["diff"].count("- skid"), told["diff"].count("+ skid")), (0, 1))
        rules = run_json("rules", "list", self.rules)[1]["rules"]
        self.assertEqual(len({r["id"] for r in rules}), 1)
        self.assertEqual(sorted((r["effect"], r["subject"]) for r in rules),
                         sorted([("refuse", first["skid"]), ("quarantine", second["skid"])]))
        told = self.ingest([self.line(**second)] * 4)  # replaces its own, and not the other's
        self.assertEqual((told["diff"].count("- skid"), told["diff"].count(second["skid"])), (1, 2))

    def test_an_entry_that_stands_there_twice(self):
        """All of what is weaker goes, so that the same signals change the list once."""
        self.ingest([self.line()] * 2)
        with open(self.rules, encoding="ascii") as f:
            entry = f.read().splitlines()[1]
        with open(self.rules, "a", encoding="ascii") as f:
            f.write(entry + "\n")
        told = self.ingest([self.line()] * 3)["diff"]
        self.assertEqual((told.count("- skid"), told.count("+ skid")), (2, 1), told)
        self.assertEqual(self.ingest([self.line()] * 3)["diff"], "")
        with open(self.rules, "a", encoding="ascii") as f:
            f.write(entry.replace("effect=suspect ", "") + "\n")
        self.assertEqual(self.ingest([self.line()] * 3)["diff"], "", "the stronger one stands behind")

    def test_as_many_as_somebody_likes(self):
        """A list that is written is shown, however long it became, and a second run replaces all of it."""
        n, signal = 30000, "s" * 64
        self.write("policy", json.dumps({"policy": 1, "base": "standard", "signals": {
            signal: {"window": "1h", "keep": "2h", "suspect": 1}}}))
        lines = "\n".join(self.line(signal, device="d" * 64, skid="%040X" % i) for i in range(n))
        for at, wanted in ((NOW, (0, n)), ("2026-09-21T14:14:20Z", (n, n))):
            code, out, err = run("rules", "ingest", self.rules, "--policy", self.policy, "--signals",
                                 self.write("signals", lines), "--at", at)
            self.assertEqual((code, err), (0, ""))
            self.assertEqual((out.count("- skid "), out.count("+ skid ")), wanted)
            self.assertGreater(len(out), 8 << 20)
            with open(self.rules, encoding="ascii") as f:
                self.assertEqual(f.read().count("\nskid "), n)

    def test_lines_that_are_none_stop_nothing(self):
        bad = ['{"device": "x"', "[]", "7", "{}", self.line(device="two words"), self.line(device="a\\nvendor"),
               self.line(device="x" * 65), self.line(skid="xyz"), self.line(skid=""), self.line(serial="0A"),
               self.line(skid=self.SKID, serial="0A", issuer_key_id="01"), self.line(score=-1),
               self.line(score=0.5), self.line(score="80"), self.line(serial="00" * 22, issuer_key_id="01"),
               self.line().replace("2026-", "26-")]
        told = self.ingest(bad + [self.line()] * 3 + [""], code=2)
        self.assertEqual((told["n_lines"], told["n_bad"], told["n_counted"]), (len(bad) + 3, len(bad), 3))
        self.assertEqual([b["line"] for b in told["bad"]], list(range(1, len(bad) + 1)))
        self.assertEqual(told["diff"].count("\n"), 1)

    def test_what_is_needed(self):
        code, _, err = run("rules", "ingest", self.rules, "--policy", "standard", "--signals", self.rules)
        self.assertEqual(code, 64)
        self.policy = self.write("none", '{"policy": 1, "base": "standard"}')
        code, _, err = run("rules", "ingest", self.rules, "--policy", self.policy, "--signals", self.rules)
        self.assertEqual(code, 65)
        self.assertIn("has no signals", err)


if __name__ == "__main__":
    main()
