#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Statements of revocation by several ledger nodes: of CAs, and of certifications. A majority makes them
so; a minority is not believed, and not overheard: the verdict is open."""
import hashlib
import json
import os

from pipeline import NOW
from support import main, run, run_json
from test_nodes import LATER, Nodes

LAST = "2026-09-21T16:00:00Z"
PRODUCT = (0xFFF1, 0x8000)


class Said(Nodes):
    def judge(self, device="genuine", at=LATER, *more):
        """(verdict, findings beside notes, why the revocation of DAC and PAI is not known)"""
        code, result, err = self.verify(device, *self.build(at), *more, at=at)
        self.assertEqual(err, "")
        self.assertEqual(code, {"accept": 0, "reject": 1, "undetermined": 2}[result["verdict"]])
        reasons = [result["revocation"][c].get("reason") for c in ("dac", "pai")]
        return (result["verdict"],
                sorted(f["id"] for f in result["findings"] if f["severity"] != "note"), reasons)

    def some(self, n):
        return self.nodes[:n]

    def file_hash(self, name):
        with open(self.path("world", name), "rb") as f:
            return hashlib.sha256(f.read()).hexdigest()

    def said(self, report, slug):
        """{subject: indices of nodes}"""
        urls = [n.url for n in self.nodes]
        return {f["subject"]: [urls.index(u) for u in f["nodes"]] for f in report["findings"]
                if f["id"] == slug}


class Authorities(Said):
    """The PAA of the genuine device, and its PAI."""
    GOOD = ("accept", [], [None, None])

    def setUp(self):
        super().setUp()
        self.assertEqual(self.sync_nodes()[0], 0)

    @staticmethod
    def revoke(node, name, kind):
        row = {"file": name}
        node.change(**{kind: lambda rows: [r for r in rows if r["file"] != name],
                       "revoked_certificates": lambda rows: rows + [row]})

    def revoke_root(self, node):
        self.revoke(node, "paa/paa-fff1.der", "root_certificates")

    def revoke_pai(self, node):
        self.revoke(node, "pai/pai-direct.der", "certificates")

    def test_a_root_that_one_of_three_calls_revoked(self):
        self.revoke_root(self.nodes[1])
        code, report, err = self.sync_nodes(at=LATER)
        self.assertEqual(code, 0, err)
        self.assertEqual(self.said(report, "anchor-said-revoked"),
                         {self.file_hash("paa/paa-fff1.der"): [1]})
        self.assertEqual(self.judge(), ("undetermined", ["pai-revocation-unknown"], [None, "held"]))
        # below another root nothing has changed
        self.assertEqual(self.judge("genuine-partitioned"), self.GOOD)
        # what is revoked stays revoked
        self.assertEqual(self.judge("revoked-pai")[0], "reject")

    def test_no_policy_takes_it_for_not_published(self):
        self.revoke_root(self.nodes[1])
        self.assertEqual(self.sync_nodes(at=LATER)[0], 0)
        self.assertEqual(self.judge("genuine", LATER, "--accept-unknown", "not-published")[0],
                         "undetermined")

    def test_its_twin_two_of_three(self):
        for node in self.some(2):
            self.revoke_root(node)
        self.assertEqual(self.sync_nodes(at=LATER)[0], 0)
        self.assertNotIn(self.file_hash("paa/paa-fff1.der") + ".der",
                         os.listdir(os.path.join(self.state, "trust", "paa")))

    def test_a_root_that_the_only_node_calls_revoked(self):
        self.revoke_root(self.nodes[0])
        code, report, err = self.sync_nodes(at=LATER, nodes=self.some(1))
        self.assertEqual((code, report["paas"]["withdrawn"]), (0, 0), err)
        self.assertEqual(self.judge()[0], "undetermined")

    def test_only_the_list_of_ids_calls_it_revoked(self):
        world = self.nodes[1].rest.world
        world.revoked_root_ids.append(world.root_ids[0])
        code, report, err = self.sync_nodes(at=LATER)
        self.assertEqual(code, 0, err)
        self.assertTrue({("anchor-said-revoked", 1), ("counts-differ", 1)} <= self.findings(report))
        self.assertEqual(self.judge()[0], "undetermined")

    def test_a_node_that_is_down_does_not_take_back_what_it_said(self):
        self.revoke_root(self.nodes[2])
        self.assertEqual(self.sync_nodes(at=LATER)[0], 0)
        self.nodes[2].close()
        code, _, err = self.sync_nodes("--timeout", "5s", "--max-wait", "1s", at=LAST)
        self.assertEqual(code, 0, err)
        self.assertEqual(self.judge(at=LAST)[0], "undetermined")

    def test_its_twin_a_node_that_takes_it_back(self):
        self.revoke_root(self.nodes[2])
        self.assertEqual(self.sync_nodes(at=LATER)[0], 0)
        self.nodes[2].change(root_certificates=lambda r: [{"file": "paa/paa-fff1.der"}] + r,
                             revoked_certificates=lambda r: [])
        self.assertEqual(self.sync_nodes(at=LAST)[0], 0)
        self.assertEqual(self.judge(at=LAST), self.GOOD)

    def test_a_pai_that_one_of_three_calls_revoked(self):
        self.revoke_pai(self.nodes[0])
        code, report, err = self.sync_nodes(at=LATER)
        self.assertEqual(code, 0, err)
        self.assertEqual(self.said(report, "authority-said-revoked"),
                         {self.file_hash("pai/pai-direct.der"): [0]})
        self.assertEqual(self.judge(), ("undetermined", ["dac-revocation-unknown"], ["held", None]))
        self.assertEqual(self.judge("revoked-dac")[0], "reject")

    def test_a_pai_that_two_of_three_call_revoked(self):
        for node in self.some(2):
            self.revoke_pai(node)
        code, report, err = self.sync_nodes(at=LATER)
        self.assertEqual(code, 0, err)
        self.assertEqual(self.said(report, "authority-revoked"),
                         {self.file_hash("pai/pai-direct.der"): [0, 1]})
        self.assertEqual(self.judge()[:2], ("reject", ["pai-revoked"]))
        self.assertEqual(self.judge("genuine-partitioned"), self.GOOD)
        # and it stays so when one of them hides it
        self.nodes[0].change(revoked_certificates=lambda r: [])
        code, report, _ = self.sync_nodes(at=LAST)
        self.assertIn(("authority-revocation-hidden", 0), self.findings(report))
        self.assertEqual(self.judge(at=LAST)[0], "reject")

    def test_a_pai_stays_revoked_until_most_nodes_list_it_again(self):
        """That nobody says it any more is no word that it holds."""
        for node in self.nodes:
            self.revoke_pai(node)
        self.assertEqual(self.sync_nodes(at=LATER)[0], 0)
        for node in self.nodes:
            node.change(revoked_certificates=lambda r: [])
        back = [("reject", None), ("reject", self.nodes[0]), ("accept", self.nodes[1])]
        for hour, (verdict, node) in enumerate(back, 16):
            if node is not None:
                node.change(certificates=lambda r: [{"file": "pai/pai-direct.der"}] + r)
            at = "2026-09-21T%d:00:00Z" % hour
            code, report, err = self.sync_nodes(at=at)
            self.assertEqual(code, 0, err)
            self.assertEqual(self.judge(at=at)[0], verdict)
            self.assertEqual(("authority-revocation-hidden", 0) in self.findings(report), verdict == "reject")

    def test_majorities_of_no_height(self):
        """Two that stand below the last run's height are no majority."""
        for node in self.some(2):
            node.height = 7654320
            self.revoke_pai(node)
        self.assertEqual(self.sync_nodes(at=LATER)[0], 0)
        self.assertEqual(self.judge()[0], "undetermined")


class Certifications(Said):
    """What is said of one software version, in the state and in verify."""

    def setUp(self):
        super().setUp()
        elements = self.path("world", "devices", "genuine", "elements.bin")
        cd = run_json("show", elements)[1]["certification_declaration"]
        self.good = {"vid": PRODUCT[0], "pid": PRODUCT[1], "softwareVersion": 7,
                     "cDVersionNumber": cd["version_number"], "cDCertificateId": cd["certificate_id"]}
        self.models = [{"vid": PRODUCT[0], "pid": PRODUCT[1], "deviceTypeId": cd["device_type_id"]}]
        for node in self.nodes:
            self.tell(node, self.good)

    def tell(self, node, *records, models=None):
        node.change(compliance=lambda _: list(records),
                    models=lambda _: self.models if models is None else models)

    @property
    def revoked(self):
        return dict(self.good, softwareVersionCertificationStatus=3, date="2026-01-01T00:00:00Z")

    def judged(self, at=LATER):
        verdict, findings, _ = self.judge("genuine", at, "--software-version", "7")
        return verdict, findings

    def synced(self, at=LATER, nodes=None):
        """Which of the nodes the report names, by finding."""
        code, report, err = self.sync_nodes(at=at, nodes=nodes)
        self.assertEqual(code, 0, err)
        return self.findings(report)

    def one_of(self, state):
        """The one record of the state's bundle."""
        return run_json("show", self.build()[1])[1]["compliance"][state]

    def test_certified(self):
        self.assertEqual(self.synced(NOW), set())
        self.assertEqual(self.judged(NOW), ("accept", []))
        self.assertEqual(run_json("show", self.build(NOW)[1])[1]["compliance"]["certified"], 1)

    def test_what_differs_from_the_declaration(self):
        for node in self.nodes:
            self.tell(node, dict(self.good, cDCertificateId="CSA00000SWC99999-99"))
        self.synced()
        self.assertEqual(self.judged(), ("accept", ["compliance-certificate-id"]))
        for node in self.nodes:
            self.tell(node, self.good, models=[dict(self.models[0], deviceTypeId=9999)])
        self.synced(LAST)
        self.assertEqual(self.judged(LAST), ("accept", ["compliance-device-type"]))

    def test_revoked_by_two_of_three(self):
        self.synced(NOW)
        for node in self.some(2):
            self.tell(node, self.revoked)
        self.assertEqual(self.synced(), {("certification-revocation-hidden", 2)})
        self.assertEqual(self.judged(), ("reject", ["compliance-revoked"]))
        # one of them takes it back, and then hides it
        self.tell(self.nodes[0], self.good)
        self.assertEqual(self.synced("2026-09-21T15:30:00Z"),
                         {("certification-said-revoked", 1)})
        self.assertEqual(self.judged("2026-09-21T15:30:00Z")[0], "undetermined")

    def test_revoked_stays_until_a_majority_says_otherwise(self):
        for node in self.nodes:
            self.tell(node, self.revoked)
        self.assertEqual(self.synced(NOW), set())
        for change in ((), (self.good,)):
            self.tell(self.nodes[0], *change)
            self.assertIn(("certification-revocation-hidden", 0), self.synced(nodes=self.some(1)))
            self.assertEqual(self.judged(), ("reject", ["compliance-revoked"]))
        for node in self.nodes:
            self.tell(node, self.good)
        self.assertEqual(self.synced(LAST), set())
        self.assertEqual(self.judged(LAST), ("accept", []))

    def test_said_by_one_of_three(self):
        self.synced(NOW)
        self.tell(self.nodes[1], self.revoked)
        self.assertEqual(self.synced(), {("certification-said-revoked", 1)})
        self.assertEqual(self.judged(), ("undetermined", ["compliance-said-revoked"]))
        self.assertEqual(self.one_of("said-revoked"), 1)
        self.tell(self.nodes[1], self.good)
        self.assertEqual(self.synced(LAST), set())
        self.assertEqual(self.judged(LAST), ("accept", []))

    def test_said_by_the_only_node(self):
        self.synced(NOW, self.some(1) + [self.nodes[1]])
        self.tell(self.nodes[0], self.revoked)
        self.assertEqual(self.synced(nodes=self.some(1)), {("certification-said-revoked", 0)})
        self.assertEqual(self.judged()[0], "undetermined")
        # hiding the record altogether does not take it back
        self.tell(self.nodes[0])
        self.synced(LAST, self.some(1))
        self.assertEqual(self.judged(LAST)[0], "undetermined")

    def test_hidden_and_removed(self):
        self.synced(NOW)
        self.tell(self.nodes[2])
        self.assertEqual(self.synced() - {("list-shrunk", 2)}, {("certification-hidden", 2)})
        self.assertEqual(self.one_of("certified"), 1)
        for node in self.nodes:
            self.tell(node)
        self.assertTrue({("certification-removed", i) for i in range(3)} <= self.synced(LAST))
        code, told, _ = run_json("show", self.build(LAST)[1])
        self.assertEqual((code, told.get("compliance")), (0, None))

    def test_a_record_that_one_of_three_adds(self):
        other = dict(self.good, softwareVersion=8)
        self.tell(self.nodes[0], self.good, other)
        self.assertEqual(self.synced(), {("certification-of-a-minority", 0)})
        self.assertEqual(self.one_of("records"), 1)
        self.tell(self.nodes[1], self.good, other)
        self.assertEqual(self.synced(LAST), {("certification-hidden", 2)})

    def test_contents_that_differ(self):
        self.tell(self.nodes[2], dict(self.good, cDVersionNumber=9))
        self.assertEqual(self.synced(), {("certification-differs", 2)})
        self.assertEqual(self.judged(), ("accept", []))

    def test_endpoints_that_do_not_agree(self):
        """A node that withholds a record, and forgets the other lists it is in."""
        other = dict(self.good, softwareVersion=8)
        for node in self.nodes:
            self.tell(node, self.good, other)
        told = self.nodes[1].rest.world.compliance
        told.infos, whole = told.infos[:1], told.infos
        told.software = lambda: [{"cDCertificateId": self.good["cDCertificateId"],
                                  "complianceInfo": whole, "schemaVersion": 0}]
        told.states = lambda status: [dict(r, value=True) for r in whole] if status == 2 else []
        code, report, err = self.sync_nodes()
        self.assertEqual(code, 0, err)
        self.assertEqual(self.said(report, "counts-differ"), {
            "2 models are certified, 1 compliance records say so": [1],
            "2 certified models under certificate ids, 1 compliance records say so": [1]})

    def test_published_and_pulled(self):
        """The same verdicts from a store: the records travel as a part that the head names."""
        for node, at in ((self.nodes[0], NOW), (self.nodes[1], LATER)):
            self.tell(node, self.revoked)
            self.synced(at)
            code, _, err = self.publish(at=at)
            self.assertEqual(code, 0, err)
        web = self.web()
        code, _, err = self.pull(web.url, "--parts", "compliance", at=LATER)
        self.assertEqual(code, 0, err)
        code, result, _ = self.verify("genuine", "--store", self.store, "--software-version", "7",
                                      at=LATER)
        self.assertIn("compliance-revoked", [f["id"] for f in result["findings"]])
        self.assertEqual((code, result["verdict"]), (1, "reject"))

    def test_offline_and_past(self):
        """The part is evidence: with the run of its time a bundle of its time is rebuilt."""
        self.synced(NOW)
        for node in self.nodes:
            self.tell(node, self.revoked)
        self.synced(LATER)
        self.assertEqual(self.judged(NOW), ("accept", []))
        self.assertEqual(self.judged(LATER)[0], "reject")
        code, report, _ = run_json("sync", "--offline", "--state", self.state, "--at", LAST)
        self.assertEqual((code, report["compliance"]), (0, 1))
        runs = os.path.join(self.state, "runs")
        with open(os.path.join(runs, sorted(os.listdir(runs))[-1]), encoding="utf-8") as f:
            part = json.load(f)["compliance"]
        path = os.path.join(self.state, "objects", part)
        os.chmod(path, 0o644)
        with open(path, "ab") as f:
            f.write(b"x")
        code, _, err = run("build", "--state", self.state, "--at", LAST, "--out", self.path("n"))
        self.assertEqual(code, 74)
        self.assertIn("is not what its name says", err)


if __name__ == "__main__":
    main()
