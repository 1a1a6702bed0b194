#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""verify --rules: what an operator names is refused with local-rule, and never called revoked."""
import base64
import os
import sys

from pipeline import Pipeline
from support import SOURCE, main

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(SOURCE, "tests", "ledger"))
import der  # noqa: E402

HEAD = "veridac-rules 1 test\n"


class Rules(Pipeline):
    def setUp(self):
        super().setUp()
        self.installed()
        folder = self.path("world", "devices", "genuine")
        with open(folder + "/dac.der", "rb") as f:
            self.dac = der.Certificate(f.read())

    def judge(self, device, rules, *more):
        code, told, err = self.verify(device, "--store", self.store, "--rules",
                                      self.write("rules", HEAD + rules), *more)
        self.assertEqual(err, "")
        return code, told

    def issuer(self):
        return "%s %s" % (self.dac.authority_key_id.hex(), base64.b64encode(self.dac.issuer).decode())

    def assert_refused(self, answer, subject, found):
        code, told = answer
        self.assertEqual((code, told["verdict"]), (1, "reject"))
        errors = [f for f in told["findings"] if f["severity"] == "error"]
        self.assertEqual([(f["id"], f["subject"]) for f in errors], [("local-rule", subject)])
        self.assertIn(found, errors[0]["found"])
        self.assertEqual(told["revocation"]["dac"]["status"], "good")

    def test_each_kind_refuses_and_its_twin_does_not(self):
        serial = "%X" % self.dac.serial
        serial = serial.zfill(len(serial) + len(serial) % 2)
        other = "%X" % (self.dac.serial ^ 1)
        other = other.zfill(len(other) + len(other) % 2)
        for rule, twin, subject in (
                ("certificate %s %s stolen" % (self.issuer(), serial),
                 "certificate %s %s stolen" % (self.issuer(), other), "dac"),
                ("issuer %s stolen" % self.issuer(), "issuer 00%s stolen" % self.issuer(), "dac"),
                ("product FFF1 8000 stolen", "product FFF1 8001 stolen", "pid"),
                ("product FFF1 0000 stolen", "product FFF2 0000 stolen", "pid")):
            refused = self.judge("genuine", "# a remark\n" + rule + "\n", "--policy", "permissive")
            self.assert_refused(refused, subject, "line 3")
            self.assertIn("stolen", refused[1]["findings"][0]["found"])
            self.assertEqual(self.judge("genuine", twin + "\n")[0], 0, twin)

    def test_what_the_ledger_revoked_stays_revoked(self):
        code, told = self.judge("revoked-dac", "product FFF1 8000\n")
        self.assertEqual((code, told["revocation"]["dac"]["status"]), (1, "revoked"))

    def test_files_that_are_not_rules(self):
        for text, why in ((HEAD + "\nexception FFF1 8000\n", "bad:3: "), ("", "bad:1: empty"),
                          ("product FFF1 8000\n", "")):
            code, _, err = self.verify("genuine", "--store", self.store, "--rules",
                                       self.write("bad", text))
            self.assertEqual(code, 65)
            self.one_line(err)
            self.assertIn(why, err)
        code, _, err = self.verify("genuine", "--store", self.store, "--rules",
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
            code, _, err = self.verify("genuine", "--store", self.store, "--rules", rules)
            self.assertEqual(code, 65 if why else 0, (mode, folder_mode, err))
            if why:
                self.one_line(err)
                self.assertIn("%s: not trusted: %s" % (rules, why), err)


if __name__ == "__main__":
    main()
