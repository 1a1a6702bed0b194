#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Adaptive revocation from the first signal to the ledger, each step through the program and with its receipt:
a device is set apart, a model is blocked, a leaked PAI is blocked before the ledger lists it, and then the
ledger lists it. In the end the trail is whole."""
import json
import os
import sys

from pipeline import AT, NOW, Pipeline
from support import SOURCE, main, run, run_json

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(SOURCE, "tests", "ledger"))
import der  # noqa: E402

LATER = "2026-09-22T14:13:20Z"
SCAN = {"port-scan": {"window": "1h", "keep": "7d", "min-score": 50, "suspect": 3, "quarantine": 10}}


class Scenario(Pipeline):
    def setUp(self):
        super().setUp()
        self.web_of_repo = self.installed()
        self.rules, self.trail = self.path("rules"), self.path("trail")
        self.policy = self.write("home.json", json.dumps(
            {"policy": 1, "name": "home", "base": "standard", "networks": ["test"], "signals": SCAN}))
        self.write("rules", "veridac-rules 1 test\n")
        self.assertEqual(run("keygen", "--out", self.path("audit-key"))[0], 0)
        self.entered = ("--trail", self.trail, "--trail-key", self.path("audit-key"))
        self.n = self.changes = 0

    def judge(self, wanted, *more, at=NOW, device="genuine"):
        """The verdict, its findings by local rules, and the receipt, checked with the public key alone."""
        self.n += 1
        receipt = self.path("receipt-%d" % self.n)
        code, told, err = self.verify(device, "--store", self.store, "--rules", self.rules, "--policy",
                                      self.policy, "--trail", self.trail, "--key", self.path("audit-key"),
                                      "--label", "lamp-1", "--receipt", receipt, *more, at=at)
        self.assertEqual(err, "")
        local = [f["id"] for f in told["findings"] if f["id"].startswith("local-")]
        self.assertEqual((code, told["verdict"], local), wanted)
        code, out, err = run("trail", "receipt", receipt, "--key", self.path("audit-key.pub"))
        self.assertEqual((code, err), (0, ""))
        statement = json.loads(out)
        self.assertEqual((statement["label"], statement["result"]["verdict"], statement["policy_id"]),
                         ("lamp-1", wanted[1], told["policy_id"]))
        return told

    def change(self, verb, *more):
        """A change of the rules, which the trail has as its last line."""
        code, out, err = run("rules", verb, self.rules, *more, *self.entered)
        self.assertEqual((code, err), (0, ""))
        self.changes += "--dry-run" not in more
        if "--dry-run" not in more:
            with open(self.trail, encoding="ascii") as f:
                last = json.loads(f.read().splitlines()[-1])
            self.assertEqual((last["kind"], last["body"]["diff"]), ("rules", out))
        return out

    def add(self, *rule):
        self.assertEqual(self.change("add", *rule, "--at", NOW)[:2], "+ ")

    def remove(self, name):
        self.assertEqual(self.change("remove", "--id", name)[:2], "- ")

    def text(self):
        with open(self.rules, encoding="ascii") as f:
            return f.read()

    def signals(self, n):
        with open(self.path("world", "devices", "genuine", "dac.der"), "rb") as f:
            skid = der.Certificate(f.read()).subject_key_id.hex()
        return self.write("signals", "".join(json.dumps(
            {"device": "lamp-1", "skid": skid, "signal": "port-scan", "score": 80, "time": NOW}) + "\n"
            for _ in range(n)))

    def ingest(self, n, *more):
        return self.change("ingest", "--policy", self.policy, "--signals", self.signals(n), "--at", NOW, *more)

    def test_from_the_first_signal_to_the_ledger(self):
        self.judge((0, "accept", []))

        # behaviour: suspected, then set apart; what would change can be looked at first
        self.assertEqual(self.ingest(2), "")
        self.ingest(3)
        self.judge((0, "accept", ["local-suspect"]))
        before = self.text()
        diff = self.ingest(12, "--dry-run")
        self.assertEqual((diff.count("\n- "), diff[:2], diff.count("effect=quarantine"), self.text()),
                         (0, "- ", 1, before))
        self.assertEqual(self.ingest(12), diff)
        self.judge((2, "undetermined", ["local-quarantine"]))
        self.assertEqual(self.ingest(3), "")  # fewer signals take nothing back
        entry = next(r for r in run_json("rules", "list", self.rules)[1]["rules"])
        self.remove(entry["id"])
        self.judge((0, "accept", []))

        # a compromised model, by its software versions, for the whole fleet
        self.add("version", "FFF1", "8000", "1", "41", "--id", "model-1", "--ticket", "INC-7", "--reason",
                 "firmware key leaked")
        self.judge((1, "reject", ["local-rule"]), "--software-version", "41")
        self.judge((0, "accept", []), "--software-version", "42")
        self.judge((2, "undetermined", ["local-rule-version"]))
        self.assertEqual(self.fleet()["hit"], 1)
        self.remove("model-1")
        self.assertEqual(self.fleet()["hit"], 0)

        # a leaked PAI: here at once, on the ledger a day later
        self.add("issuer", "--certificate", self.path("world", "devices", "genuine", "pai.der"), "--id", "pai-1",
                 "--reason", "PAI key leaked")
        told = self.judge((1, "reject", ["local-rule"]))
        self.assertEqual([told["revocation"][who]["status"] for who in ("dac", "pai")], ["good", "good"])
        self.revoke("pai-direct", crl="paa-fff1.crl", at=AT + 86400)
        self.assertEqual(self.sync(at=LATER)[0], 0)
        self.assertEqual(self.publish(at=LATER)[0], 0)
        self.assertEqual(self.pull(self.web_of_repo.url, at=LATER)[0], 0)
        told = self.judge((1, "reject", ["local-rule"]), at=LATER)
        self.assertEqual(told["revocation"]["pai"]["status"], "revoked")
        self.remove("pai-1")
        told = self.judge((1, "reject", []), at=LATER)
        self.assertIn("pai-revoked", [f["id"] for f in told["findings"]])

        self.whole_trail()

    def fleet(self):
        with open(self.path("world", "devices", "genuine", "dac.der"), "rb") as f:
            dac = f.read()
        with open(self.path("world", "devices", "genuine", "pai.der"), "rb") as f:
            pai = f.read()
        inventory = self.write("inventory", "".join(json.dumps(
            {"label": "lamp-%d" % i, "dac": dac.hex(), "pai": pai.hex(), "software_version": version}) + "\n"
            for i, version in ((1, 41), (2, 42))))
        code, out, _ = run("audit", inventory, "--store", self.store, "--trust", self.path("world", "paa"),
                           "--rules", self.rules, "--policy", self.policy, "--at", NOW, "--json", "--out",
                           self.path("lines"))
        self.assertIn(code, (0, 1, 2), out)
        return json.loads(out)

    def whole_trail(self):
        public = self.path("audit-key.pub")
        code, out, _ = run("trail", "verify", self.trail, "--key", public)
        self.assertEqual((code, json.loads(out)["fault"]["id"]), (1, "unsigned"))
        self.assertEqual(run("trail", "checkpoint", self.trail, "--key", self.path("audit-key"))[0], 0)
        code, out, err = run("trail", "verify", self.trail, "--key", public)
        self.assertEqual((code, json.loads(out)["whole"], err), (0, True, ""))
        with open(self.trail, encoding="ascii") as f:
            self.assertEqual(f.read().count('"kind":"rules"'), self.changes)
        code, out, _ = run("trail", "find", self.trail, "lamp-1")
        self.assertEqual((code, out.count('"kind":"verdict"')), (0, self.n), out)
        with open(self.trail, "r+", encoding="ascii") as f:
            text = f.read()
            f.seek(0)
            f.write(text.replace('"verdict":"reject"', '"verdict":"accept"', 1))
            f.truncate()
        code, out, _ = run("trail", "verify", self.trail, "--key", public)
        self.assertEqual((code, json.loads(out)["whole"]), (1, False))


if __name__ == "__main__":
    main()
