#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Several ledger nodes that do not say the same: what is kept, what is not trusted, what is reported."""
import http.server
import json
import os
import shutil
import subprocess
import sys
import threading
import unittest

from pipeline import NOW, Pipeline
from support import SOURCE, TESTPKI, main, run, run_json

sys.path.insert(0, os.path.join(SOURCE, "tests", "ledger"))
sys.dont_write_bytecode = True

from rest import Request, Rest  # noqa: E402
from world import World  # noqa: E402

LATER = "2026-09-21T15:00:00Z"


class Node:
    """A second node of the same ledger: the records of a changed copy of its world."""

    def __init__(self, folder, crls):
        outer = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def log_message(self, *_):
                pass

            def do_GET(self):
                answer = outer.rest.answer(Request("GET", self.path, self.headers))
                body = answer.body
                if outer.height is not None:
                    body = body.replace(b'"height":"7654321"', b'"height":"%d"' % outer.height)
                if outer.chain is not None:
                    body = body.replace(b'"chain_id":"dclchain"', b'"chain_id":"%s"' % outer.chain)
                self.send_response(answer.status)
                for name, value in answer.headers:
                    if outer.height is not None and "height" in name.lower():
                        value = str(outer.answered or outer.height)
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

        self.height = self.answered = self.chain = None
        self.folder, self.crls = folder, crls
        self.reload()
        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = "http://127.0.0.1:%d" % self.server.server_port
        threading.Thread(target=self.server.serve_forever, args=(0.02,), daemon=True).start()

    def reload(self):
        self.rest = Rest(World(self.folder, self.crls), None, None)

    def change(self, **lists):
        """Each list of ledger.json through a function."""
        path = os.path.join(self.folder, "ledger.json")
        with open(path, encoding="utf-8") as f:
            told = json.load(f)
        for name, edit in lists.items():
            told[name] = edit(told.get(name, []))
        with open(path, "w", encoding="utf-8") as f:
            json.dump(told, f)
        self.reload()

    def close(self):
        self.server.shutdown()
        self.server.server_close()


class Nodes(Pipeline):
    def setUp(self):
        super().setUp()
        self.nodes = [self.node(i) for i in range(3)]

    def node(self, i):
        folder = self.path("node%d" % i)
        shutil.copytree(self.path("world"), folder, copy_function=os.link)
        os.unlink(os.path.join(folder, "ledger.json"))
        shutil.copy(self.path("world", "ledger.json"), folder)
        node = Node(folder, self.ledger.url)
        self.addCleanup(node.close)
        return node

    def sync_nodes(self, *more, nodes=None, at=NOW, state=None, network="test"):
        urls = []
        for node in self.nodes if nodes is None else nodes:
            urls += ["--dcl", node.url]
        return run_json("sync", *urls, "--state", state or self.state, "--network", network,
                        "--allow-private", "--at", at, *more)

    def findings(self, report):
        """{(id, index of the node)}; `subject` holds those of one id."""
        found = set()
        for f in report["findings"]:
            for url in f["nodes"]:
                found.add((f["id"], [n.url for n in self.nodes].index(url)))
        return found

    def build(self, at=LATER):
        code, _, err = run("build", "--state", self.state, "--at", at, "--out", self.path("b"))
        self.assertEqual(code, 0, err)
        return "--snapshot", self.path("b")

    def root_count(self):
        with open(self.path("world", "ledger.json"), encoding="utf-8") as f:
            return len(json.load(f)["root_certificates"])


class Agreeing(Nodes):
    def test_three_that_agree_are_enough_for_anchors(self):
        code, report, err = self.sync_nodes()
        self.assertEqual(code, 0, err)
        self.assertEqual(report["paas"]["accepted"], report["paas"]["listed"])
        self.assertEqual((report["quarantined"], report["findings"]), ([], []))
        self.assertEqual(report["crls_failed"], 0)
        _, result, _ = self.verify("genuine", *self.build(), at=LATER)
        self.assertEqual(result["verdict"], "accept")

    def test_one_alone_is_not(self):
        code, report, err = self.sync_nodes(nodes=self.nodes[:1])
        self.assertEqual((code, report["paas"]["accepted"]), (0, 0), err)
        one = report["quarantined"][0]["sha256"]
        code, report, _ = self.sync_nodes("--accept-anchor", one, nodes=self.nodes[:1], at=LATER)
        self.assertEqual((code, report["paas"]["accepted"]), (0, 1))

    def test_the_same_node_twice_is_refused(self):
        self.assertEqual(self.sync_nodes(nodes=[self.nodes[0]] * 2)[0], 64)

    def test_one_that_is_down_is_said_and_cannot_vouch(self):
        self.nodes[2].server.shutdown()
        self.nodes[2].server.server_close()
        code, report, err = self.sync_nodes("--timeout", "5s", "--max-wait", "1s")
        self.assertEqual((code, report["paas"]["accepted"]), (0, 0), err)
        self.assertIn(("node-failed", 2), self.findings(report))
        self.assertEqual([n["error"] is None for n in report["nodes"]], [True, True, False])

    def test_same_records_give_the_same_evidence(self):
        self.assertEqual(self.sync_nodes()[0], 0)
        self.assertEqual(self.sync_nodes(at=LATER)[0], 0)
        runs = []
        for name in ("00000001.json", "00000002.json"):
            with open(os.path.join(self.state, "runs", name), encoding="utf-8") as f:
                runs.append(json.load(f))
        a, b = runs
        for what in ("points", "adding", "certificates"):
            self.assertEqual(a[what], b[what])


class Equivocating(Nodes):
    """After a run in which all three agreed, one node lies in one thing."""

    def setUp(self):
        super().setUp()
        self.assertEqual(self.sync_nodes()[0], 0)

    def revocation(self, device, **more):
        _, result, _ = self.verify(device, *self.build(), at=LATER, **more)
        return result["revocation"]["dac"]["status"], result["revocation"]["dac"].get("reason")

    def test_a_hidden_point_keeps_its_revocations(self):
        self.nodes[1].change(revocation_points=lambda p: [x for x in p if "pai-direct" not in
                                                          x["url_path"]])
        code, report, err = self.sync_nodes(at=LATER)
        self.assertEqual(code, 0, err)
        self.assertEqual(self.findings(report), {("point-hidden", 1), ("list-shrunk", 1)})
        self.assertEqual(self.revocation("revoked-dac")[0], "revoked")
        self.assertEqual(self.revocation("genuine")[0], "good")

    def test_hidden_by_the_only_node(self):
        self.nodes[0].change(revocation_points=lambda p: [])
        code, report, err = self.sync_nodes(nodes=self.nodes[:1], at=LATER)
        self.assertEqual(code, 0, err)
        self.assertIn(("point-hidden", 0), self.findings(report))
        self.assertEqual(self.revocation("revoked-dac")[0], "revoked")

    def test_hidden_by_a_majority_is_gone(self):
        for node in self.nodes[:2]:
            node.change(revocation_points=lambda p: [x for x in p if "pai-direct" not in
                                                     x["url_path"]])
        code, report, err = self.sync_nodes(at=LATER)
        self.assertEqual(code, 0, err)
        # the third node still lists it: its revocations stay, and it covers nothing
        self.assertIn(("point-of-a-minority", 2), self.findings(report))
        self.assertEqual(self.revocation("revoked-dac")[0], "revoked")
        self.assertEqual(self.revocation("genuine")[0], "unknown")
        self.nodes[2].change(revocation_points=lambda p: [x for x in p if "pai-direct" not in
                                                          x["url_path"]])
        code, report, err = self.sync_nodes(at="2026-09-21T16:00:00Z")
        self.assertIn(("point-removed", 2), self.findings(report))

    def test_lists_that_have_lost_what_single_endpoints_have(self):
        """The same record by two ways: it counts as listed, and the report says so."""
        for node in self.nodes[:2]:
            world = node.rest.world
            rows = [r for r in world.point_rows() if "pai-direct" not in r[1]["dataURL"]]
            world.point_rows = lambda rows=rows: rows
        code, report, err = self.sync_nodes(at=LATER)
        self.assertEqual(code, 0, err)
        self.assertEqual(self.findings(report), {(f, i) for f in ("endpoints-differ", "list-shrunk")
                                                 for i in range(2)})
        self.assertEqual(self.revocation("genuine")[0], "good")

    def test_a_root_that_only_its_own_endpoint_has(self):
        world = self.nodes[2].rest.world
        gone = world.root_ids.pop(0)
        rows = [r for r in world.approved.rows() if r[1]["subject"] != gone["subject"]]
        world.approved.rows = lambda: rows
        code, report, err = self.sync_nodes(at=LATER)
        self.assertEqual(code, 0, err)
        self.assertTrue({("endpoints-differ", 2), ("anchor-hidden", 2)} <= self.findings(report))
        self.assertEqual(report["paas"]["accepted"], self.root_count())

    def test_a_majority_behind_the_last_height_removes_nothing(self):
        for node in self.nodes[:2]:
            node.height = 7654320
            node.change(revocation_points=lambda p: [])
        code, report, err = self.sync_nodes(at=LATER)
        self.assertEqual(code, 0, err)
        self.assertTrue({("node-behind", 0), ("node-behind", 1), ("point-hidden", 0)} <=
                        self.findings(report))
        self.assertEqual(self.revocation("genuine")[0], "good")

    def add_root(self, node):
        """A root of another world, with other keys."""
        subprocess.run([TESTPKI, "world", self.path("other"), "--url", self.ledger.url, "--seed",
                        "another"], check=True, stdout=subprocess.DEVNULL)
        with open(self.path("other", "ledger.json"), encoding="utf-8") as f:
            row = json.load(f)["root_certificates"][0]
        shutil.copy(self.path("other", row["file"]), os.path.join(node.folder, "new.der"))
        node.change(root_certificates=lambda r: r + [dict(row, file="new.der")])

    def test_an_added_root_is_not_trusted(self):
        self.add_root(self.nodes[1])
        code, report, err = self.sync_nodes(at=LATER)
        self.assertEqual(code, 0, err)
        self.assertEqual(self.findings(report), {("anchor-in-quarantine", 1)})
        self.assertEqual(report["paas"]["accepted"], self.root_count())
        self.assertEqual(len(report["quarantined"]), 1)
        sha = report["quarantined"][0]["sha256"]
        self.assertFalse(os.path.exists(os.path.join(self.state, "trust", "paa", sha + ".der")))
        code, report, _ = self.sync_nodes("--accept-anchor", sha, at="2026-09-21T16:00:00Z")
        self.assertEqual(report["paas"]["accepted"], self.root_count() + 1)

    def hide_root(self, node, i=0):
        node.change(root_certificates=lambda r: [x for x in r if x != r[i]])

    def test_a_hidden_root_stays(self):
        self.hide_root(self.nodes[2])
        code, report, err = self.sync_nodes(at=LATER)
        self.assertEqual(code, 0, err)
        self.assertTrue(("anchor-hidden", 2) in self.findings(report))
        self.assertEqual(report["paas"]["accepted"], self.root_count())

    def revoke_root(self, node):
        node.change(revoked_certificates=lambda r: r + [dict(self.first_root)],
                    root_certificates=lambda r: [x for x in r if x != self.first_root])

    @property
    def first_root(self):
        with open(self.path("world", "ledger.json"), encoding="utf-8") as f:
            return json.load(f)["root_certificates"][0]

    def test_one_that_lists_a_root_as_revoked(self):
        self.revoke_root(self.nodes[0])
        code, report, err = self.sync_nodes(at=LATER)
        self.assertEqual(code, 0, err)
        self.assertTrue({("anchor-said-revoked", 0), ("anchor-hidden", 0)} <= self.findings(report))
        self.assertEqual((report["paas"]["accepted"], report["paas"]["withdrawn"]),
                         (self.root_count(), 0))

    def test_two_that_list_a_root_as_revoked(self):
        for node in self.nodes[:2]:
            self.revoke_root(node)
        code, report, err = self.sync_nodes(at=LATER)
        self.assertEqual(code, 0, err)
        self.assertTrue({("anchor-withdrawn", 0), ("anchor-withdrawn", 1)} <= self.findings(report))
        self.assertEqual((report["paas"]["accepted"], report["paas"]["withdrawn"]),
                         (self.root_count() - 1, 1))

    @staticmethod
    def add_sibling(node):
        def add(points):
            row = next(p for p in points if "pai-direct" in p["url_path"])
            return points + [dict(row, label="sibling", url_path="/crl/nowhere.crl")]
        node.change(revocation_points=add)

    def test_an_added_sibling_point_only_adds(self):
        self.add_sibling(self.nodes[1])
        code, report, err = self.sync_nodes(at=LATER)
        self.assertEqual(code, 0, err)
        self.assertEqual(self.findings(report), {("point-of-a-minority", 1)})
        self.assertEqual(report["points_adding"], 1)
        self.assertEqual(self.revocation("revoked-dac")[0], "revoked")
        self.assertEqual(self.revocation("genuine")[0], "good")

    def test_its_twin_a_sibling_that_all_list_is_a_partition(self):
        for node in self.nodes:
            self.add_sibling(node)
        code, report, err = self.sync_nodes(at=LATER)
        self.assertEqual((code, report["findings"], report["points_adding"]), (0, [], 0), err)
        self.assertEqual(self.revocation("revoked-dac")[0], "revoked")
        self.assertEqual(self.revocation("genuine")[0], "unknown")

    def test_all_five_at_once(self):
        """One hides a point and lists a root as revoked, one adds a root and a point, one hides a root: each
        lie is told with the name of its node, and nothing comes of any of them."""
        self.nodes[0].change(revocation_points=lambda p: [x for x in p if "pai-direct" not in
                                                          x["url_path"]])
        self.revoke_root(self.nodes[0])
        self.add_root(self.nodes[1])
        self.add_sibling(self.nodes[1])
        self.hide_root(self.nodes[2], 1)
        code, report, err = self.sync_nodes(at=LATER)
        self.assertEqual(code, 0, err)
        self.assertEqual(self.findings(report), {
            ("point-hidden", 0), ("list-shrunk", 0), ("anchor-hidden", 0), ("anchor-said-revoked", 0),
            ("anchor-in-quarantine", 1), ("point-of-a-minority", 1), ("anchor-hidden", 2), ("list-shrunk", 2)})
        self.assertEqual((report["paas"]["accepted"], report["paas"]["withdrawn"], len(report["quarantined"])),
                         (self.root_count(), 0, 1))
        self.assertEqual(report["points_adding"], 1)
        self.assertEqual(self.revocation("revoked-dac")[0], "revoked")
        self.assertEqual(self.revocation("genuine")[0], "good")
        for node in self.nodes:  # the twin: honest again, and the next run finds nothing
            shutil.copy(self.path("world", "ledger.json"), node.folder)
            node.reload()
        self.sync_nodes(at="2026-09-21T16:00:00Z")
        code, report, err = self.sync_nodes(at="2026-09-21T17:00:00Z")
        self.assertEqual((code, report["findings"]), (0, []), err)

    def test_a_changed_point_keeps_the_old_revocations(self):
        def move(points):
            return [dict(p, url_path="/crl/nowhere.crl") if "pai-direct" in p["url_path"] else p
                    for p in points]
        self.nodes[0].change(revocation_points=move)
        code, report, err = self.sync_nodes(nodes=self.nodes[:1], at=LATER)
        self.assertEqual(code, 0, err)
        self.assertIn(("point-changed", 0), self.findings(report))
        self.assertEqual(self.revocation("revoked-dac")[0], "revoked")
        self.assertEqual(self.revocation("genuine")[0], "unknown")


class Heights(Nodes):
    def test_answers_of_two_heights_fail_the_node(self):
        self.nodes[1].height, self.nodes[1].answered = 7654320, 7654319
        code, report, err = self.sync_nodes()
        self.assertEqual(code, 0, err)
        self.assertIn(("node-failed", 1), self.findings(report))

    def test_a_height_that_the_node_itself_does_not_know(self):
        """Several machines behind one name: its records count, its height does not."""
        self.nodes[1].height = 7654399
        code, report, err = self.sync_nodes()
        self.assertEqual((code, report["findings"], report["height"]), (0, [], 7654321), err)
        self.assertEqual([n["height"] for n in report["nodes"]], [7654321, 0, 7654321])

    def test_chains(self):
        self.nodes[1].chain = b"another"
        self.assertEqual(self.sync_nodes()[0], 65)
        for node in self.nodes:
            node.chain = b"main-net"
        self.assertEqual(self.sync_nodes()[0], 65)
        for node in self.nodes:
            node.chain = b"testnet-2.0"
        self.assertEqual(self.sync_nodes()[0], 0)
        self.assertEqual(self.sync_nodes(network="main", state=self.path("s2"))[0], 65)


if __name__ == "__main__":
    main()
