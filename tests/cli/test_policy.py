#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Policies: the table of docs/policy.md cell by cell, files and what is wrong with them, ages to the second.

Bundles are written by tests/golden/vdb1.py, so that each reason of UNKNOWN is somebody else's."""
import datetime
import hashlib
import json
import os
import re
import subprocess
import sys

from pipeline import Pipeline
from support import SOURCE, TESTPKI, Folder, main, run, run_json

sys.dont_write_bytecode = True
sys.path[:0] = [os.path.join(SOURCE, "tests", "golden"), os.path.join(SOURCE, "tests", "ledger")]
import der  # noqa: E402
import vdb1  # noqa: E402

AT = 1790000000
POLICIES = ("strict", "standard", "permissive", "audit")
REASONS = ("no-data", "not-covered", "not-published", "invalid", "incomplete", "unreachable", "stale", "held",
           "too-large", "unconfirmed", "clock", "algorithm-unsupported")
FRESH = (AT - 3600, AT + 86400, AT)


def stamp(seconds):
    return datetime.datetime.fromtimestamp(seconds, datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")


def table():
    """what is found -> policy -> (verdict, exit code)"""
    with open(os.path.join(SOURCE, "docs", "policy.md"), encoding="utf-8") as f:
        rows = re.findall(r"^\| (.+?) \| (\w+ \d) \| (\w+ \d) \| (\w+ \d) \| (\w+ \d) \|$", f.read(), re.M)
    return {row[0].strip("`"): {p: (cell.split()[0], int(cell.split()[1]))
                                for p, cell in zip(POLICIES, row[1:])} for row in rows}


class World(Folder):
    @classmethod
    def setUpClass(cls):
        cls.home = Folder("setUp")
        cls.addClassCleanup(cls.home.doCleanups)
        cls.home.setUp()
        cls.world = cls.home.path("world")
        subprocess.run([TESTPKI, "world", cls.world, "--url", "http://127.0.0.1:9", "--at", str(AT), "--seed",
                        "policy"], check=True, stdout=subprocess.DEVNULL)
        cls.folder = os.path.join(cls.world, "devices", "genuine")
        with open(cls.folder + "/device.txt", encoding="ascii") as f:
            cls.told = dict(line.rstrip("\n").split(": ", 1) for line in f if ": " in line)
        cls.certs = {}
        for name in ("dac", "pai"):
            with open("%s/%s.der" % (cls.folder, name), "rb") as f:
                cls.certs[name] = der.Certificate(f.read())

    def issuer(self, which, **kwargs):
        cert = self.certs[which]
        kwargs.setdefault("times", FRESH)
        if kwargs.pop("listed", False):
            kwargs["serials"] = [cert.serial.to_bytes(20, "big").lstrip(b"\0")]
        return vdb1.Issuer(cert.issuer, cert.authority_key_id, **kwargs)

    def bundle(self, *issuers, time=AT, kind=vdb1.FULL):
        return self.write("bundle", vdb1.encode(issuers, kind, 2, time))

    def verify(self, *more, at=AT, without=(), cwd=None, **files):
        options = {"dac": self.folder + "/dac.der", "pai": self.folder + "/pai.der",
                   "elements": self.folder + "/elements.bin", "signature": self.folder + "/signature.bin",
                   "challenge": self.told["challenge"], "nonce": self.told["nonce"], "vid": self.told["vid"],
                   "pid": self.told["pid"], "trust": os.path.join(self.world, "paa"),
                   "cd-signers": os.path.join(self.world, "cd-signers"), "at": stamp(at)}
        options.update(files)
        words = [word for k, v in options.items() if k not in without for word in ("--" + k, v)]
        return run_json("verify", *words, *more, cwd=cwd)

    def policy(self, **members):
        told = {"policy": 1, "base": "standard", "networks": ["test"]}
        told.update({k.replace("_", "-"): v for k, v in members.items()})
        return self.write("policy.json", json.dumps(told))


class Table(World):
    def make(self, what, which):
        """Options that make the program find this of the DAC or the PAI."""
        other = "pai" if which == "dac" else "dac"
        good = self.issuer(other)
        if what == "no-data":
            return []
        if what == "not-covered":
            return ["--snapshot", self.bundle(good)]
        if what == "unconfirmed":
            key = vdb1.key_of(self.issuer(which).id,
                              self.certs[which].serial.to_bytes(20, "big").lstrip(b"\0"))
            return ["--snapshot", self.bundle(self.issuer(which, keys=[key, *range(1, 500)]), good,
                                              kind=vdb1.HUB)]
        if what == "clock":
            return ["--snapshot", self.bundle(self.issuer(which, times=(AT + 301, AT + 86400, AT)), good)]
        if what == "stale":
            return ["--snapshot", self.bundle(self.issuer(which, times=(AT - 9, AT - 1, AT)), good)]
        return ["--snapshot", self.bundle(self.issuer(which, listed=what == "revoked", reason=REASONS.index(what)
                                                      if what in REASONS else 0), good)]

    def run_cell(self, cell, policy, *more, **kwargs):
        code, told, err = self.verify("--network", "test", "--policy", policy, *more, **kwargs)
        self.assertEqual(err, "")
        self.assertEqual((told["verdict"], code), cell)
        self.assertEqual((told["policy"], told["enforced"]), (policy, policy != "audit"))
        return told

    def test_every_status(self):
        cells = table()
        self.assertEqual(len(cells), 21)
        for what in ("good", "revoked", *REASONS):
            row = cells.pop(what)
            for which in ("dac", "pai"):
                if (what, which) == ("no-data", "pai"):
                    continue  # without a snapshot it is of both
                options = self.make(what, which)
                for policy in POLICIES if which == "dac" else ("permissive",):
                    with self.subTest(what=what, which=which, policy=policy):
                        told = self.run_cell(row[policy], policy, *options)["revocation"][which]
                        self.assertEqual((told["status"], told["reason"]),
                                         ("unknown", what) if what in REASONS else (what, None))
        self.others(cells)
        self.assertEqual(cells, {}, "rows of the table that nothing checks")

    def others(self, cells):
        good = ["--snapshot", self.write("good", vdb1.encode([self.issuer("dac"), self.issuer("pai")],
                                                             vdb1.FULL, 2, AT))]
        revoked = self.make("revoked", "dac")
        with open(self.folder + "/signature.bin", "rb") as f:
            signature = f.read()
        forged = self.write("forged", signature[:-1] + bytes([signature[-1] ^ 1]))
        with open(self.folder + "/dac.der", "rb") as f:
            malformed = self.write("malformed", f.read()[:-3])
        rules = {effect: ["--rules", self.write(effect, "veridac-rules 1 test\nvendor FFF1 effect=%s\n" % effect)]
                 for effect in ("refuse", "quarantine", "suspect")}
        for policy in POLICIES:
            self.run_cell(cells["revoked and a local rule"][policy], policy, *revoked, *rules["suspect"])
            self.run_cell(cells["forged signature"][policy], policy, *good, signature=forged)
            self.run_cell(cells["malformed certificate"][policy], policy, *good, dac=malformed)
            self.run_cell(cells["no nonce"][policy], policy, *good, without=["nonce"])
            self.run_cell(cells["local-rule"][policy], policy, *good, *rules["refuse"])
            self.run_cell(cells["local-quarantine"][policy], policy, *good, *rules["quarantine"])
            self.run_cell(cells["local-suspect"][policy], policy, *good, *rules["suspect"])
        for what in ("revoked and a local rule", "forged signature", "malformed certificate", "no nonce",
                     "local-rule", "local-quarantine", "local-suspect"):
            del cells[what]

    def test_unknown_of_a_file_goes_before_its_base(self):
        for base in ("strict", "permissive"):
            for leads, code in (("accept", 0), ("undetermined", 2), ("reject", 1)):
                policy = self.policy(base=base, unknown={"stale": leads})
                self.assertEqual(self.verify("--policy", policy, *self.make("stale", "dac"))[0], code)
                revoked = self.verify("--policy", policy, *self.make("revoked", "dac"))
                self.assertEqual((revoked[0], revoked[1]["verdict"]), (1, "reject"))
        policy = self.policy(base="strict", unknown={"stale": "reject"})
        self.assertEqual(self.verify("--policy", policy, "--accept-unknown", "stale",
                                     *self.make("stale", "dac"))[0], 0)


class Members(World):
    def good(self):
        return ["--snapshot", self.bundle(self.issuer("dac"), self.issuer("pai"))]

    def errors(self, told):
        return [(f["id"], f["subject"]) for f in told["findings"] if f["severity"] == "error"]

    def test_vendors_and_types(self):
        for members, wanted in (
                ({"vendors": {"allow": ["FFF1"]}}, []),
                ({"vendors": {"allow": ["FFF2"]}}, [("policy-vendor", "vid")]),
                ({"vendors": {"deny": ["FFF1"]}}, [("policy-vendor", "vid")]),
                ({"vendors": {"deny": ["FFF2"], "allow": ["fff1", "FFF3"]}}, []),
                ({"certification-types": ["test", "provisional", "official"]}, []),
                ({"certification-types": ["official"]}, [("policy-certification-type", "declaration")])):
            code, told, err = self.verify("--policy", self.policy(base="permissive", **members), *self.good())
            self.assertEqual((code, err), (1 if wanted else 0, ""), members)
            self.assertEqual([e[0] for e in self.errors(told)], [w[0] for w in wanted], members)

    def test_networks(self):
        policy = self.policy()
        self.assertEqual(self.verify("--policy", policy, *self.good())[0], 0)  # test, unasked
        code, _, err = self.verify("--policy", policy, "--network", "main", *self.good())
        self.assertEqual(code, 65)
        self.assertIn("does not allow the network main", err)
        policy = self.policy(networks=["main", "test"])
        self.assertEqual(self.verify("--policy", policy, "--network", "test", *self.good())[0], 0)

    def reason(self, at, policy, times=FRESH, time=AT):
        code, told, err = self.verify("--policy", policy, "--snapshot",
                                      self.bundle(self.issuer("dac", times=times),
                                                  self.issuer("pai", times=(AT - 9999, AT + 10**8, time)),
                                                  time=time), at=at)
        self.assertEqual(err, "")
        status = told["revocation"]["dac"]
        self.assertEqual(status["status"] == "good", status["reason"] is None)
        return status["reason"]

    def test_ages_to_the_second(self):
        key = self.certs["dac"].authority_key_id.hex().upper()
        day, week = 86400, 7 * 86400
        for members, age in (({}, week), ({"max-age": {"crl": "1d"}}, day),
                             ({"max-age": {"crl": "1d", "vendors": {"FFF1": "2d"}}}, 2 * day),
                             ({"max-age": {"crl": "1d", "vendors": {"FFF2": "2d"}}}, day),
                             ({"max-age": {"issuers": {key: "90s"}, "vendors": {"FFF1": "2d"}}}, 90),
                             ({"max-age": {"issuers": {key: "30d"}}}, 30 * day)):
            policy = self.policy(**members)
            times = (AT - 3600, AT + 100 * day, AT)
            self.assertEqual([self.reason(AT + age + s, policy, times) for s in (0, 1)], [None, "stale"], members)
        # nextUpdate, whatever the age may be
        times = (AT - 3600, AT + 100, AT)
        policy = self.policy(**{"max-age": {"issuers": {key: "30d"}}})
        self.assertEqual([self.reason(AT + s, policy, times) for s in (100, 101)], [None, "stale"])

    def test_clocks_to_the_second(self):
        for members, most in (({}, 300), ({"clock-tolerance": "1s"}, 1), ({"clock-tolerance": "24h"}, 86400)):
            policy = self.policy(**members)
            # the CRL's thisUpdate, and the evidence as a whole
            for times, time in (((AT, AT + 10**6, AT - 3600), AT - 3600), ((AT - 3600, AT + 10**6, AT), AT)):
                self.assertEqual([self.reason(AT - most - s, policy, times, time) for s in (0, 1)],
                                 [None, "clock"], members)

    def test_the_id_is_that_of_the_documented_form(self):
        key = "00" * 19 + "aa"
        policy = self.policy(
            unknown={"not-published": "accept", "stale": "reject", "held": "undetermined"},
            **{"max-age": {"snapshot": "72h", "crl": "1d", "issuers": {key.upper(): "3d"},
                           "vendors": {"FFF2": "2d", "FFF1": "14d"}}},
            certification_types=["test", "official"], vendors={"allow": ["FFF2", "FFF1"], "deny": ["0001"]},
            clock_tolerance="10m", short_lived={"bb" * 32: "48h"}, name="of the test")
        lists = ("allow FFF1\nallow FFF2\ndeny 0001\nmax-crl-age vendor FFF1 1209600\n"
                 "max-crl-age vendor FFF2 172800\nmax-crl-age issuer %s 259200\nshort-lived %s 172800\n"
                 % (key, "bb" * 32))
        form = ("veridac-policy 1\npreset standard\nnetwork test\naccept 004\nhold 080\nreject 040\nsdk-compat 0\n"
                "max-crl-age 86400\nmax-head-age 259200\nclock-tolerance 600\nnetworks 4\n"
                "certification-types 5\nlists %s\n" % hashlib.sha256(lists.encode()).hexdigest())
        told = self.verify("--policy", policy)[1]
        self.assertEqual(told["policy_id"], hashlib.sha256(form.encode()).hexdigest())
        form = ("veridac-policy 1\npreset audit\nnetwork test\naccept 000\nhold 000\nreject 000\nsdk-compat 0\n"
                "max-crl-age 604800\nmax-head-age 0\nclock-tolerance 300\nnetworks 0\ncertification-types 0\n"
                "lists -\n")
        told = self.verify("--policy", "audit", "--network", "test")[1]
        self.assertEqual(told["policy_id"], hashlib.sha256(form.encode()).hexdigest())


class Files(World):
    HEAD = '{"policy": 1, "base": "standard", "networks": ["test"],\n '

    BROKEN = (
        ('', ":1:1: empty"), ('{"policy": 1,', ":1:"), ('[]', ":1:1: expected an object"),
        ('{"base": "standard"}', ":1:1: \"policy\": 1 is missing"),
        ('{"policy": 1}', ":1:1: \"base\" is missing"),
        ('{"policy": 2, "base": "standard"}', ":1:12: expected version 1"),
        ('{"policy": 1, "base": "lenient"}', ":1:24: expected strict, standard"),
        ('{"policy": 1, "base": "audit",\n\n  "maxage": {}}', ":3:4: no policy has this member"),
        (HEAD + '"unknown": {"rotten": "accept"}}', ":2:15: not a reason of unknown"),
        (HEAD + '"unknown": {"stale": "ignore"}}', ":2:24: expected accept, undetermined or reject"),
        (HEAD + '"unknown": {"unconfirmed": "accept"}}', ":2:30: what may be revoked is never accepted"),
        (HEAD + '"unknown": {"revoked": "accept"}}', ":2:15: not a reason of unknown"),
        (HEAD + '"max-age": {"crl": "0s"}}', ":2:22: expected a duration from 1s"),
        (HEAD + '"max-age": {"crl": 7}}', ":2:21: expected a duration"),
        (HEAD + '"max-age": {"issuers": {"0x01": "1d"}}}', ":2:27: expected the key id"),
        (HEAD + '"max-age": {"issuers": {"AA": "1d", "aa": "1d"}}}', ":2:39: said twice"),
        (HEAD + '"max-age": {"vendors": {"FFF": "1d"}}}', ":2:27: expected a vendor id"),
        (HEAD + '"certification-types": ["beta"]}', ":2:27: expected test, provisional or official"),
        (HEAD + '"certification-types": ["test", "test"]}', ":2:35: said twice"),
        (HEAD + '"certification-types": []}', ":2:25: expected a list"),
        (HEAD + '"vendors": {"allow": ["FFF1", "fff1"]}}', ":2:33: said twice"),
        (HEAD + '"vendors": {"allow": []}}', ":2:23: expected a list of vendor ids"),
        (HEAD + '"vendors": {"allow": ["0000"]}}', ":2:25: expected a vendor id"),
        (HEAD + '"clock-tolerance": "25h"}', ":2:22: expected a duration from 1s to 86400s"),
        (HEAD + '"short-lived": {"aa": "48h"}}', ":2:19: expected the SHA-256"),
        (HEAD + '"short-lived": {"%s": "23h"}}' % ("aa" * 32), ":2:87: expected a duration from 86400s to 259200s"),
        (HEAD + '"short-lived": {"%s": "73h"}}' % ("aa" * 32), ":2:87: expected a duration from 86400s to 259200s"),
        (HEAD + '"sdk-compat": 1}', ":2:16: expected true or false"),
        (HEAD + '"name": ""}', ":2:11: expected a name"),
        (HEAD + '"networks": ["test"]}', ":2:"),  # a name twice
        (HEAD + '"signals": {"Scan": {}}}', ":2:15: expected a name of lower-case"),
        (HEAD + '"signals": {"scan": {"window": "1h", "keep": "1d"}}}', ":2:22: one of \"suspect\""),
        (HEAD + '"signals": {"scan": {"window": "1h", "suspect": 1}}}', ":2:22: \"window\" and \"keep\""),
        (HEAD + '"signals": {"scan": {"revoke": 1}}}', ":2:24: no signal has this member"),
        (HEAD + '"signals": {"scan": {"suspect": 0}}}', ":2:34: expected a number"),
    )

    def test_what_is_wrong_and_where(self):
        for text, why in self.BROKEN:
            policy = self.write("bad.json", text)
            code, told, err = self.verify("--policy", policy)
            self.assertEqual((code, told), (65, None), text)
            self.one_line(err)
            self.assertIn("bad.json" + why, err, text)

    def test_what_others_may_write(self):
        policy = self.policy()
        os.chmod(policy, 0o666)
        code, _, err = self.verify("--policy", policy)
        self.assertEqual(code, 65)
        self.assertIn("not trusted: others may write it", err)
        code, _, err = self.verify("--policy", "lenient")
        self.assertEqual(code, 64)
        self.assertIn("expected strict, standard, permissive, audit or a file", err)

    def test_a_link_speaks_for_no_folder(self):
        for folder, mode in (("own", 0o755), ("open", 0o777), ("sticky", 0o1777)):
            os.mkdir(self.path(folder))
            os.chmod(self.path(folder), mode)
        text = json.dumps({"policy": 1, "base": "standard", "networks": ["test"]})
        for folder in ("own", "open", "sticky"):
            os.chmod(self.write(folder + "/policy", text), 0o644)
        links = {"straight": "own/policy", "absolute": self.path("own", "policy"), "shared": "sticky/policy",
                 "chain": "straight", "out": "open/policy", "sticky/out": self.path("open", "policy"),
                 "open/back": "../own/policy", "far": "open/back", "round": "round", "gone": "none"}
        for name, to in links.items():
            os.symlink(to, self.path(name))
        for name in ("own/policy", "straight", "absolute", "shared", "chain", "sticky/policy"):
            code, told, err = self.verify("--policy", self.path(name))
            self.assertEqual((told["policy"], err), ("standard", ""), name)
        away = "not trusted: it is a link, and not everything on its way is yours alone"
        for name, why in (("open/policy", "not trusted: others may write its folder"), ("out", away),
                          ("sticky/out", away), ("far", away),
                          ("open/back", "not trusted: others may write its folder")):
            code, told, err = self.verify("--policy", self.path(name))
            self.assertEqual((code, told), (65, None), name)
            self.one_line(err)
            self.assertIn(why, err, name)
        for name in ("round", "gone"):
            self.assertEqual(self.verify("--policy", self.path(name))[0], 74, name)
        rules = self.write("open/rules", "veridac-rules 1 test\n")
        os.chmod(rules, 0o644)
        os.symlink(rules, self.path("rules"))
        code, _, err = run("rules", "list", self.path("rules"))
        self.assertEqual(code, 65)
        self.assertIn(away, err)

    def test_the_last_valid_one_only_when_told(self):
        kept, rules = self.path("kept"), self.write("rules", "veridac-rules 1 test\nproduct FFF1 8000\n")
        policy = self.policy(base="permissive")
        words = ("--policy", policy, "--rules", rules, "--last-valid", kept)
        code, told, err = self.verify(*words)
        self.assertEqual((code, told["policy"], err), (1, "permissive", ""))
        for broken in (policy, rules):
            with open(broken, encoding="ascii") as f:
                text = f.read()
            for wrong in ("{", None):
                if wrong is None:
                    os.remove(broken)
                else:
                    self.write(os.path.basename(broken), wrong)
                code, told, err = self.verify(*words)
                self.assertEqual((code, told["policy"]), (1, "permissive"))
                self.assertEqual([f["id"] for f in told["findings"] if f["severity"] == "error"], ["local-rule"])
                self.one_line(err)
                self.assertIn("the last valid one is used", err)
                self.assertEqual(self.verify(*words[:4])[0], 74 if wrong is None else 65)
            self.write(os.path.basename(broken), text)
        code, _, err = self.verify("--policy", self.write("never", "{"), "--last-valid", kept)
        self.assertEqual(code, 65)
        self.assertIn("there is no last valid one", err)

    def test_the_last_valid_one_is_of_that_very_file(self):
        kept = ("--last-valid", self.path("kept"))
        for folder, base in (("one", "permissive"), ("two", "strict")):
            os.mkdir(self.path(folder))
            self.write(folder + "/home.json", json.dumps({"policy": 1, "base": base, "networks": ["test"]}))

        def judged(folder, name="home.json"):
            code, told, err = self.verify("--policy", name, *kept, cwd=self.path(folder))
            return code, told and told["policy"], err
        self.assertEqual(judged("one")[1:], ("permissive", ""))
        self.write("two/home.json", "{")
        code, told, err = judged("two")
        self.assertEqual((code, told), (65, None))
        self.assertIn("there is no last valid one", err)
        self.write("one/home.json", "{")
        for name in ("home.json", os.path.realpath(self.path("one", "home.json"))):  # the same one, by whatever words
            code, told, err = judged("one", name)
            self.assertEqual(told, "permissive", err)
            self.assertIn("the last valid one is used", err)
        self.assertEqual(len([n for n in os.listdir(self.path("kept")) if n.startswith("policy-")]), 1)


class ShortLived(Folder):
    """A private PAI whose DACs live for two days."""
    BEGIN = int(datetime.datetime(2026, 9, 1, tzinfo=datetime.timezone.utc).timestamp())

    def case(self, name, not_before, not_after):
        os.makedirs(self.path("cases"), exist_ok=True)
        self.write("cases/one.cases", "case good\n  expect accept\n\ncase %s\n  facts A.1\n"
                   "  dac.not-before = 17{\"%s\"}\n  dac.not-after = 17{\"%s\"}\n  expect accept\n"
                   % (name, not_before, not_after))
        subprocess.run([TESTPKI, "cases", self.path("cases"), self.path("made")], check=True,
                       stdout=subprocess.DEVNULL)
        return self.path("made", name)

    def judge(self, folder, policy, at, *more):
        told = {}
        with open(folder + "/case.txt", encoding="ascii") as f:
            for line in f:
                key, _, value = line.rstrip("\n").partition(": ")
                told[key] = value
        code, out, err = run_json(
            "verify", "--dac", folder + "/dac.der", "--pai", folder + "/pai.der", "--elements",
            folder + "/elements.bin", "--signature", folder + "/signature.bin", "--challenge", told["challenge"],
            "--nonce", told["nonce"], "--vid", "0xFFF1", "--pid", "0x8000", "--trust", folder + "/trust",
            "--cd-signers", folder + "/cd-signers", "--policy", policy, "--at", stamp(at), *more)
        self.assertEqual(err, "")
        return code, out["revocation"]["dac"]["status"], out["revocation"]["dac"]["reason"]

    def test_to_the_second(self):
        folder = self.case("short", "260901000000Z", "260902235959Z")
        with open(folder + "/pai.der", "rb") as f:
            pai = f.read()
        policy = self.write("p", json.dumps({
            "policy": 1, "base": "standard", "networks": ["test"], "unknown": {"no-data": "accept"},
            "short-lived": {hashlib.sha256(pai).hexdigest(): "48h"}}))
        end = self.BEGIN + 48 * 3600 - 1
        for at, wanted in ((self.BEGIN, (0, "good", None)), (end, (0, "good", None)),
                           (end + 1, (2, "unknown", "stale")), (self.BEGIN - 1, (2, "unknown", "clock"))):
            self.assertEqual(self.judge(folder, policy, at), wanted, at - self.BEGIN)
        # whoever is known is not private: a listed revocation, and what is said otherwise, go before it
        with open(folder + "/dac.der", "rb") as f:
            dac = der.Certificate(f.read())
        for serials, wanted in (([dac.serial.to_bytes(20, "big").lstrip(b"\0")], (1, "revoked", None)),
                                ([], (2, "unknown", "held"))):
            known = vdb1.Issuer(dac.issuer, dac.authority_key_id, serials, reason=REASONS.index("held"))
            bundle = self.write("known", vdb1.encode([known], vdb1.FULL, 2, self.BEGIN))
            self.assertEqual(self.judge(folder, policy, self.BEGIN, "--snapshot", bundle, "--accept-unknown",
                                        "not-covered"), wanted)


class Heads(Pipeline):
    def test_the_age_of_a_snapshot_to_the_second(self):
        self.installed()
        policy = self.write("p", json.dumps({"policy": 1, "base": "standard", "networks": ["test"],
                                             "max-age": {"snapshot": "2h"}}))
        for words, age in ((("--policy", policy), 7200), ((), 72 * 3600), (("--policy", policy, "--max-age", "1h"),
                                                                         3600)):
            seen = []
            for at in (AT + age, AT + age + 1):
                _, told, _ = self.verify("genuine", "--store", self.store, *words, at=stamp(at))
                seen.append(told["revocation"]["dac"]["reason"])
            self.assertEqual(seen, [None, "stale"], words)


if __name__ == "__main__":
    main()
