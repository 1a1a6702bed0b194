#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""What a head names beside the bundle: local rules, which hold wherever the feed is pulled, and names,
provenance and compliance records, which come when somebody asks for them."""
import hashlib
import json
import os

import test_documents as documents
import vdh1
from pipeline import tree
from support import main, run, run_json

LATER = documents.LATER
RULES = "veridac-rules 1 test\nproduct FFF1 8000 recalled\n"
OTHER = "veridac-rules 1 test\nproduct FFF1 8001 recalled\n"
NO_RULES = "veridac-rules 1 test\n"


class Parts(documents.Attacks):
    def at_hour(self, hour):
        return "2026-09-22T%02d:00:00Z" % hour

    def publish_at(self, hour, *more):
        code, report, err = self.publish(*more, at=self.at_hour(hour))
        self.assertEqual(code, 0, err)
        return report["files"]

    def pull_at(self, hour, *more):
        code, report, err = self.pull(self.server.url, *more, at=self.at_hour(hour))
        self.assertEqual(code, 0, err)
        return report

    def judge(self, hour, *more, device="genuine"):
        code, told, err = self.verify(device, "--store", self.store, *more, at=self.at_hour(hour))
        return code, [f["id"] for f in told["findings"] if f["severity"] == "error"] if told else err

    def in_store(self):
        return sorted(name for name in tree(self.store) if name.startswith("p/"))


class Rules(Parts):
    def test_they_hold_where_the_feed_is_pulled(self):
        file = self.publish_at(1, "--rules", self.write("rules", RULES))["rules"]
        self.assertEqual(file["sha256"], hashlib.sha256(RULES.encode()).hexdigest())
        self.pull_at(1)
        self.assertEqual(self.judge(1), (1, ["local-rule"]))
        self.assertEqual(self.publish_at(2)["rules"], file, "they stay in force")
        self.pull_at(2)
        self.assertEqual(self.judge(2), (1, ["local-rule"]))
        self.assertEqual(run_json("show", os.path.join(self.store, "head"))[1]["files"][-1]["name"], "rules")
        self.publish_at(3, "--rules", self.write("other", OTHER))  # the twin: of another product
        self.pull_at(3)
        self.assertEqual(self.judge(3), (0, []))
        self.publish_at(4, "--rules", self.write("none", NO_RULES))
        self.pull_at(4)
        self.assertEqual(self.judge(4), (0, []))

    def test_no_snapshot_without_them(self):
        self.publish_at(1, "--rules", self.write("rules", RULES))
        self.pull_at(1)
        name, = self.in_store()
        path = os.path.join(self.store, name)
        for data, why in ((None, "rules that the head names are missing"),
                          (OTHER.encode(), "damaged (rules)")):
            if os.path.exists(path):
                os.unlink(path)
            if data is not None:
                with open(path, "wb") as f:
                    f.write(data)
            code, why_not = self.judge(1)
            self.assertEqual(code, 65)
            self.assertIn(why, why_not)
            self.assertEqual(run("store", "check", self.store)[0], 65)
        self.pull_at(1)  # brings them again
        self.assertEqual(self.judge(1), (1, ["local-rule"]))
        self.assertEqual(run("store", "check", self.store)[0], 0)

    def test_a_mirror_that_withholds_or_changes_them(self):
        name = "/p/" + self.publish_at(1, "--rules", self.write("rules", RULES))["rules"]["sha256"]
        for bad, why in ((OTHER.encode(), "file-hash"), (NO_RULES.encode(), "file-length"), (b"", "file-length")):
            self.server.change = {name: bad}
            self.refused(why, code=65 if why == "file-hash" else 74, at=self.at_hour(1))
        os.rename(self.repo + name, self.path("aside"))
        self.server.change = {}
        self.refused(name, code=74, at=self.at_hour(1))
        os.rename(self.path("aside"), self.repo + name)
        self.twin(at=self.at_hour(1))

    def test_rules_that_are_none(self):
        """Signed, whole, and of no use: publish writes none of them, and pull takes none."""
        rows = (("veridac-rules 1 test\nproduct FFF1\n", "line 2: ", "line 2: "),
                ("veridac-rules 1 main\n", "of another network", "of different networks"), ("", "line ", None))
        before = tree(self.repo)
        for text, why, pulled in rows:
            with self.subTest(text):
                code, _, err = self.publish("--rules", self.write("bad", text), at=self.at_hour(1))
                self.assertEqual(code, 65)
                self.assertIn(why, err)
                self.one_line(err)
                self.assertEqual(tree(self.repo), before)
                if pulled is not None:
                    data = text.encode()
                    self.forge(refs={vdh1.RULES: data}, files=[("p", data)])
                    self.refused(pulled)
        good = OTHER.encode()
        self.forge(refs={vdh1.RULES: good}, files=[("p", good)])
        self.assertEqual(self.pull(self.server.url, at=LATER)[0], 0)

    def test_a_repository_that_lost_them(self):
        name = self.publish_at(1, "--rules", self.write("rules", RULES))["rules"]["sha256"]
        os.unlink(os.path.join(self.repo, "p", name))
        before = tree(self.repo)
        code, _, err = self.publish(at=self.at_hour(2))
        self.assertEqual(code, 65)
        self.assertIn("rules that its head names are missing or damaged", err)
        self.assertEqual(tree(self.repo), before)
        self.publish_at(2, "--rules", self.write("rules", RULES))


class Asked(Parts):
    """Names, provenance and compliance records."""

    def test_a_repository_that_lost_the_records(self):
        """What they refuse is not accepted again because a file is gone."""
        name = self.publish_at(1, "--compliance", self.records(3))["compliance"]["sha256"]
        path = os.path.join(self.repo, "p", name)
        with open(path, "rb") as f:
            whole = f.read()
        for data in (None, whole[:-1], whole[:-1] + bytes([whole[-1] ^ 1])):
            os.unlink(path)
            if data is not None:
                with open(path, "wb") as f:
                    f.write(data)
            before = tree(self.repo)
            code, _, err = self.publish(at=self.at_hour(2))
            self.assertEqual(code, 65, err)
            self.assertIn("compliance records that its head names are missing or damaged; give them anew", err)
            self.one_line(err)
            self.assertEqual(tree(self.repo), before)
            if data is None:
                with open(path, "wb") as f:
                    f.write(whole)
        self.assertEqual(self.publish_at(2, "--compliance", self.records(3))["compliance"]["sha256"], name)
        self.assertEqual(self.publish_at(3)["compliance"]["sha256"], name, "the twin: they are kept")

    def records(self, status, name="records"):
        return self.write(name, json.dumps({"complianceInfo": [{
            "vid": 0xFFF1, "pid": 0x8000, "softwareVersion": 7, "certificationType": "matter",
            "softwareVersionCertificationStatus": status, "date": "2025-01-02T03:04:05Z",
            "cDVersionNumber": 1, "cDCertificateId": "CSA00000SWC00000-01"}]}))

    def test_only_when_asked_for_and_then_always(self):
        files = self.publish_at(1, "--compliance", self.records(3))
        self.assertTrue({"names", "provenance", "compliance"} <= set(files))
        self.pull_at(1)
        self.assertEqual(self.in_store(), [])
        self.assertNotIn("compliance-revoked", self.judge(1, "--software-version", "7")[1])
        self.pull_at(1, "--parts", "compliance")  # the head is the same; the part comes
        self.assertEqual(self.in_store(), ["p/" + files["compliance"]["sha256"]])
        self.assertEqual(self.judge(1, "--software-version", "7"), (1, ["compliance-revoked"]))
        self.assertEqual(self.judge(1, "--software-version", "8"), (0, []))
        self.assertEqual(self.publish_at(2)["compliance"], files["compliance"], "as before")
        self.pull_at(2)
        self.assertEqual(self.judge(2, "--software-version", "7"), (1, ["compliance-revoked"]))
        self.publish_at(3, "--compliance", self.records(2))
        self.pull_at(3)  # nobody asks again
        self.assertEqual(self.judge(3, "--software-version", "7")[0], 0)
        self.assertEqual(json.loads(run("store", "list", self.store)[1])["installed"]["parts"], ["compliance"])

    def test_wanted_before_there_are_any(self):
        """Asked for once; the head that names the part comes later."""
        self.publish_at(1)
        asked = self.store
        self.pull_at(1, "--parts", "compliance")
        self.store = self.path("not-asked")
        self.pull_at(1)
        name = self.publish_at(2, "--compliance", self.records(3))["compliance"]["sha256"]
        for store, there in ((asked, True), (self.store, False)):
            self.store = store
            self.pull_at(2)
            self.assertEqual("p/" + name in self.in_store(), there)
            self.assertEqual("compliance-revoked" in self.judge(2, "--software-version", "7")[1], there)

    def test_wanted_and_lost(self):
        name = self.publish_at(1, "--compliance", self.records(3))["compliance"]["sha256"]
        self.pull_at(1, "--parts", "compliance")
        path = os.path.join(self.store, "p", name)
        for hour in (1, 2):  # the same head, the next one
            os.unlink(path)
            code, why = self.judge(hour, "--software-version", "7")
            self.assertEqual(code, 65)
            self.assertIn("the compliance records that the head names are missing; pull brings them again", why)
            self.one_line(why)
            self.assertEqual(run("store", "check", self.store)[0], 65)
            if hour == 2:
                self.publish_at(2)
            self.pull_at(hour)  # nobody asks again
            self.assertEqual(self.judge(hour, "--software-version", "7"), (1, ["compliance-revoked"]))
            self.assertEqual(run("store", "check", self.store)[0], 0)

    def test_wanted_since_the_head_before(self):
        """A head that was put back by hand opens with what was wanted with it."""
        self.publish_at(1, "--compliance", self.records(3))
        self.pull_at(1)
        self.publish_at(2)
        self.pull_at(2, "--parts", "compliance")
        name, = self.in_store()
        os.unlink(os.path.join(self.store, name))
        self.assertEqual(self.judge(2)[0], 65)
        os.replace(os.path.join(self.store, "head.previous"), os.path.join(self.store, "head"))
        self.assertEqual(self.judge(2), (0, []))

    def test_wanted_is_due(self):
        name = self.publish_at(1, "--compliance", self.records(3))["compliance"]["sha256"]
        self.pull_at(1)
        for asked in (True, False):  # only the first time
            report = self.pull_at(1, "--if-due", "--parts", "compliance")
            self.assertEqual((report["asked"], self.in_store()), (asked, ["p/" + name]))

    def test_what_is_in_them(self):
        files = self.publish_at(1)
        self.assertNotIn("compliance", files)  # nobody gave any
        self.pull_at(1, "--parts", "names,provenance,compliance")
        names = run_json("show", os.path.join(self.store, "p", files["names"]["sha256"]))[1]
        bundle = run_json("show", os.path.join(self.store, "s", files["full"]["sha256"]))[1]
        self.assertEqual([i["issuer_id"] for i in names["issuers"]],
                         [i["issuer_id"] for i in bundle["coverage"]])
        self.assertNotIn("issuer", bundle["coverage"][0])
        self.assertNotIn("names", [s["name"] for s in bundle["sections"]])
        crls = run_json("show", os.path.join(self.store, "p", files["provenance"]["sha256"]))[1]["crls"]
        self.assertGreater(len(crls), 3)
        for crl in crls:
            name = os.path.basename(crl["url"])
            with open(self.path("world", "crl", name), "rb") as f:
                self.assertEqual(crl["sha256"].lower(), hashlib.sha256(f.read()).hexdigest())

    def test_parts_of_something_else(self):
        """The head key signs a head with parts that do not belong to its bundle."""
        files = {n: d for n, d in tree(self.repo).items() if n.startswith("p/")}
        names = next(d for d in files.values() if d[:4] == b"VDN1")
        provenance = next(d for d in files.values() if d[:4] == b"VDP1")
        main_net = provenance[:4] + b"\1" + provenance[5:]
        empty = b"VDN1" + bytes([2, 0, 0, 0]) + bytes(12)
        for ref, data, why in ((vdh1.PROVENANCE, main_net, "different networks"),
                               (vdh1.PROVENANCE, names, "magic"), (vdh1.NAMES, provenance, "magic"),
                               (vdh1.NAMES, empty, "another bundle"), (vdh1.NAMES, names[:-1], "entries"),
                               (vdh1.COMPLIANCE, b"VDC1", "header")):
            self.forge(refs={ref: data}, files=[("p", data)])
            code, _, err = self.pull(self.server.url, "--parts", "names,provenance,compliance", at=LATER)
            self.assertEqual(code, 65)
            self.assertIn(why, err)
            self.one_line(err)
        self.server.change = {}
        self.assertEqual(self.pull(self.server.url, "--parts", "names,provenance,compliance", at=LATER)[0], 0)
        self.assertEqual(len(self.in_store()), 2)

    def test_options(self):
        for words in ("everything", "names,", ",", "names,rules", ""):
            code, _, err = self.pull(self.server.url, "--parts", words)
            self.assertEqual(code, 64)
            self.one_line(err)
        for text in ("", "{}", "VDC1"):
            code, _, err = self.publish("--compliance", self.write("bad", text), at=self.at_hour(1))
            self.assertEqual(code, 65)
            self.one_line(err)


if __name__ == "__main__":
    main()
