#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Ledger -> sync -> publish -> web server -> pull -> verify, and each link of it when it breaks."""
import gzip
import hashlib
import json
import os
import resource
import shutil
import subprocess
import unittest
import urllib.request

from pipeline import AT, NOW, Ledger, Pipeline, Web, tree
from support import main, run, run_json


class Good(Pipeline):
    def test_pull_says_what_is_in_the_store(self):
        self.assertEqual(self.sync()[0], 0)
        self.assertEqual(self.publish()[0], 0)
        for want in ("installed", "is the newest"):
            code, out, err = run("pull", "--from", self.web().url, "--root", self.root,
                                 "--store", self.store, "--at", NOW)
            self.assertEqual((code, err), (0, ""))
            self.assertIn("snapshot 1 %s, expires 20" % want, out)

    def test_verdicts(self):
        self.installed()
        rows = {"genuine": ("accept", None), "revoked-dac": ("reject", "dac-revoked"),
                "revoked-pai": ("reject", "pai-revoked"),
                "no-crl": ("undetermined", "dac-revocation-unknown"),
                "delegated-revoked": ("reject", "dac-revoked"),
                "partition-revoked": ("reject", "dac-revoked"),
                "genuine-partitioned": ("accept", None)}
        for device, (verdict, slug) in rows.items():
            with self.subTest(device):
                _, result, err = self.verify(device, "--store", self.store)
                self.assertEqual(result["verdict"], verdict, err)
                if slug:
                    self.assertIn(slug, [f["id"] for f in result["findings"]])
                self.assertEqual(result["snapshot"]["label"], self.store)

    def test_a_revoked_pai_condemns_a_dac_that_is_not_listed(self):
        self.installed()
        _, result, _ = self.verify("revoked-pai", "--store", self.store)
        self.assertEqual(result["revocation"]["pai"]["status"], "revoked")
        self.assertEqual(result["revocation"]["dac"]["status"], "good")

    def test_second_sync_downloads_no_crl(self):
        self.assertEqual(self.sync()[0], 0)
        self.ledger.control("clear-requests")
        code, report, err = self.sync(at="2026-09-21T15:00:00Z", accept=False)
        self.assertEqual(code, 0, err)
        self.assertEqual((report["crls_fetched"], report["crls_failed"]), (0, 0))
        self.assertGreater(report["crls_not_modified"], 5)
        for request in json.loads(self.ledger.control("requests")):
            if request["path"].startswith("/crl/"):
                self.assertEqual(request["status"], 304)

    def test_small_pages_give_the_same(self):
        self.assertEqual(self.sync()[0], 0)
        small = Ledger(self.path("world2"), "--page-limit", "1")
        self.addCleanup(small.close)
        code, report, err = run_json("sync", "--dcl", small.url, "--state", self.path("state2"),
                                     "--network", "test", "--at", NOW, "--allow-private",
                                     "--accept-anchors",
                                     self.path("world2", "anchors.txt"))
        self.assertEqual(code, 0, err)
        self.assertEqual(report["points"], 9)
        self.assertEqual(report["crls_failed"], 0)

    def test_a_bundle_is_the_same_bytes_from_the_same_evidence(self):
        self.assertEqual(self.sync()[0], 0)
        for out in ("a", "b"):
            self.assertEqual(run("build", "--state", self.state, "--at", NOW, "--bare", "--out",
                                 self.path(out))[0], 0)
        self.assertEqual(tree(self.tmp.name)["a"], tree(self.tmp.name)["b"])
        self.publish()
        name = hashlib.sha256(tree(self.tmp.name)["a"]).hexdigest()
        self.assertIn(os.path.join("s", name), tree(self.repo))

    def test_a_bundle_says_where_its_crls_came_from(self):
        self.assertEqual(self.sync()[0], 0)
        records = [{"vid": 65521, "pid": 32768, "softwareVersion": 1, "certificationType": "matter",
                    "cDVersionNumber": 1, "softwareVersionCertificationStatus": 2,
                    "date": "2024-01-01T00:00:00Z", "cDCertificateId": "CSA00000SWC00000-01"}]
        ledger = self.write("records.json", json.dumps({"complianceInfo": records}))
        self.assertEqual(run("build", "--state", self.state, "--at", NOW, "--network", "test",
                             "--compliance", ledger, "--out", self.path("b"))[0], 0)
        code, told, err = run_json("show", "--check", self.path("b"))
        self.assertEqual(code, 0, err)
        crls = {crl["url"]: crl for crl in told["crls"]}
        files = {hashlib.sha256(data).hexdigest().upper(): name
                 for name, data in tree(self.path("world", "crl")).items()}
        self.assertEqual(len(crls), len({crl["sha256"] for crl in crls.values()}))
        for url, crl in crls.items():
            self.assertEqual(os.path.basename(url), files[crl["sha256"].upper()])
            self.assertEqual((crl["confirmed"], crl["node"].rstrip("/")), (NOW, self.ledger.url))
            self.assertIn("number", crl)
        self.assertEqual(told["compliance"]["certified"], 1)
        self.assertEqual([s["name"] for s in told["sections"]],
                         ["coverage", "lists", "lines", "pages", "codes", "tree", "names",
                          "provenance", "compliance"])
        # a bundle of another network than its records is not written
        code, _, err = run("build", "--state", self.state, "--at", NOW, "--network", "main",
                           "--compliance", ledger, "--out", self.path("c"))
        self.assertEqual(code, 65)
        self.one_line(err)

    def test_past_bundles_are_rebuilt_from_evidence(self):
        self.assertEqual(self.sync()[0], 0)
        self.assertEqual(run("build", "--state", self.state, "--at", NOW, "--out",
                             self.path("before"))[0], 0)
        self.ledger.control("stop-crl", path="/crl/pai-direct.crl")
        self.assertEqual(self.sync(at="2026-09-22T15:00:00Z")[0], 0)
        self.assertEqual(run("build", "--state", self.state, "--at", NOW, "--out",
                             self.path("again"))[0], 0)
        self.assertEqual(run("build", "--state", self.state, "--at", "2026-09-22T15:00:00Z",
                             "--out", self.path("after"))[0], 0)
        files = tree(self.tmp.name)
        self.assertEqual(files["before"], files["again"])
        self.assertNotEqual(files["before"], files["after"])
        code, _, err = run("build", "--state", self.state, "--at", "2020-01-01T00:00:00Z", "--out",
                           self.path("never"))
        self.assertEqual(code, 65)
        self.one_line(err)

    def test_trust_files_of_the_state(self):
        self.assertEqual(self.sync()[0], 0)
        with open(self.path("world", "anchors.txt"), encoding="ascii") as f:
            hashes = {line.split()[0] for line in f if line.strip() and line[0] != "#"}
        files = tree(os.path.join(self.state, "trust", "paa"))
        self.assertEqual({name[:-4] for name in files}, hashes)
        for name, data in files.items():
            self.assertEqual(hashlib.sha256(data).hexdigest() + ".der", name)

    def test_no_network(self):
        """In an empty network namespace: verify works on the last snapshot, sync fails and leaves
        the state as it was."""
        if subprocess.run(["unshare", "-n", "true"], check=False, stderr=subprocess.DEVNULL).returncode:
            self.skipTest("unshare -n is not possible here")
        self.installed()
        state, store = tree(self.state), tree(self.store)
        import support
        program = support.PROGRAM
        wrapper = self.write("offline", "#!/bin/sh\nexec unshare -n -- %s \"$@\"\n" % program)
        os.chmod(wrapper, 0o755)
        support.PROGRAM = wrapper
        try:
            code, result, err = self.verify("genuine", "--store", self.store)
            self.assertEqual((code, result["verdict"]), (0, "accept"), err)
            code, _, err = self.sync()
            self.assertEqual(code, 74)
            self.one_line(err)
        finally:
            support.PROGRAM = program
        self.assertEqual(tree(self.state), state)
        self.assertEqual(tree(self.store), store)


class Anchors(Pipeline):
    def test_nothing_is_trusted_unasked(self):
        code, report, err = self.sync(accept=False)
        self.assertEqual(code, 0, err)
        self.assertEqual(report["paas"]["accepted"], 0)
        self.assertEqual(len(report["quarantined"]), report["paas"]["listed"])
        self.assertEqual(report["crls_fetched"], 0)
        code, _, err = self.publish()
        self.assertEqual(code, 65)
        self.one_line(err)
        self.assertFalse(os.path.exists(self.repo))
        code, _, err = run("build", "--state", self.state, "--out", self.path("b"), "--at", NOW)
        self.assertEqual(code, 65)
        self.assertFalse(os.path.exists(self.path("b")))

    def test_accepted_ones_stay(self):
        one = self.sync(accept=False)[1]["quarantined"][0]["sha256"]
        code, report, _ = self.sync("--accept-anchor", one.upper(), at="2026-09-21T15:00:00Z",
                                    accept=False)
        self.assertEqual((code, report["paas"]["accepted"]), (0, 1))
        code, report, _ = self.sync(at="2026-09-21T16:00:00Z", accept=False)
        self.assertEqual((code, report["paas"]["accepted"]), (0, 1))

    def test_a_vanished_anchor_stays_and_is_said(self):
        self.assertEqual(self.sync()[1]["paas"]["vanished"], 0)
        path = self.path("world", "ledger.json")
        with open(path, encoding="utf-8") as f:
            ledger = json.load(f)
        ledger["root_certificates"] = ledger["root_certificates"][1:]
        self.write("world/ledger.json", json.dumps(ledger))
        self.ledger.control("reload")
        code, report, err = self.sync(at="2026-09-21T15:00:00Z", accept=False)
        self.assertEqual(code, 0, err)
        self.assertEqual(report["paas"]["vanished"], 1)
        self.assertEqual(report["paas"]["accepted"], report["paas"]["listed"] + 1)

    def test_bad_anchor_lists(self):
        self.assertEqual(self.sync("--accept-anchor", "abc")[0], 64)
        bad = self.write("bad", "# comment\nxyz\n")
        code, _, err = self.sync("--accept-anchors", bad, accept=False)
        self.assertEqual(code, 65)
        self.assertIn("bad:2", err)
        self.assertFalse(os.path.exists(self.state))


class BadLedger(Pipeline):
    def test_scenarios_leave_the_state_as_it_was(self):
        self.assertEqual(self.sync()[0], 0)
        before = tree(self.state)
        for scenario in ("html", "empty", "loop", "truncated", "down"):
            with self.subTest(scenario):
                self.ledger.control("scenario", name=scenario)
                code, _, err = self.sync(at="2026-09-21T15:00:00Z")
                self.assertEqual(code, 74, err)
                self.one_line(err)
                self.assertEqual(tree(self.state), before)
        self.ledger.control("scenario", name="slow")
        code, _, err = self.sync("--timeout", "2s", at="2026-09-21T15:00:00Z")
        self.assertEqual(code, 74, err)
        self.assertEqual(tree(self.state), before)
        self.ledger.control("scenario", name="honest")
        self.assertEqual(self.sync(at="2026-09-21T15:00:00Z")[0], 0)

    def test_a_first_sync_that_fails_leaves_nothing(self):
        self.ledger.control("scenario", name="html")
        self.assertEqual(self.sync()[0], 74)
        self.assertFalse(os.path.exists(self.state))

    def test_a_crl_that_cannot_be_had_keeps_its_last_good_bytes(self):
        self.assertEqual(self.sync()[0], 0)
        self.ledger.control("stop-crl", path="/crl/pai-direct.crl")
        code, report, err = self.sync(at="2026-09-23T00:00:00Z")
        self.assertEqual((code, report["crls_failed"]), (0, 1), err)
        self.assertEqual(run("build", "--state", self.state, "--at", "2026-09-23T00:00:00Z",
                             "--out", self.path("b"))[0], 0)
        # still good within seven days of the last confirmation, stale after it
        for at, want in (("2026-09-28T14:13:20Z", "good"), ("2026-09-28T14:13:21Z", "unknown")):
            _, result, _ = self.verify("genuine", "--snapshot", self.path("b"), at=at)
            self.assertEqual(result["revocation"]["dac"]["status"], want, result["revocation"])
        _, result, _ = self.verify("revoked-dac", "--snapshot", self.path("b"),
                                   at="2026-09-29T00:00:00Z")
        self.assertEqual(result["revocation"]["dac"]["status"], "revoked")

    def status(self, device, at):
        code, _, err = run("build", "--state", self.state, "--at", at, "--out", self.path("b"))
        self.assertEqual(code, 0, err)
        answer = self.verify(device, "--snapshot", self.path("b"), at=at)[1]["revocation"]["dac"]
        return answer["reason"] or answer["status"]

    def fault(self, report, name):
        return [c["error"] for c in report["crls"] if c["url"].endswith("/" + name)][0]

    def test_a_bad_crl_leaves_the_last_good_one_in_force(self):
        """Broken, forged, older: today's CRL of the host, after a good one."""
        later = "2026-09-22T14:13:20Z"
        with open(self.path("world", "crl", "pai-direct.crl"), "rb") as f:
            good = f.read()
        with open(os.path.join(self.world_at(AT - 86400), "crl", "pai-direct.crl"), "rb") as f:
            older = f.read()
        rows = [("broken", good[:-1], "crl-der"),
                ("forged", good[:-1] + bytes([good[-1] ^ 1]), "crl-signature"),
                ("older", older, "crl-number-back")]
        for name, data, slug in rows:
            with self.subTest(name):
                shutil.rmtree(self.state, ignore_errors=True)
                self.serve("pai-direct.crl", good)
                self.assertEqual(self.sync()[0], 0)
                self.serve("pai-direct.crl", data)
                code, report, err = self.sync(at=later)
                self.assertEqual((code, self.fault(report, "pai-direct.crl")), (0, slug), err)
                self.assertEqual(self.status("revoked-dac", later), "revoked")
                self.assertEqual(self.status("genuine", later), "good")
                # the good one ages: seven days after it was last seen nobody is good any more
                code, report, _ = self.sync(at="2026-09-28T14:13:21Z")
                self.assertEqual(self.fault(report, "pai-direct.crl"), slug)
                self.assertEqual(self.status("revoked-dac", "2026-09-28T14:13:21Z"), "revoked")
                self.assertEqual(self.status("genuine", "2026-09-28T14:13:21Z"), "stale")
                # and what it was on the first day can still be rebuilt
                self.assertEqual(self.status("genuine", NOW), "good")

    def test_a_bad_crl_at_first_is_no_use(self):
        self.serve("pai-direct.crl", b"not a CRL")
        self.assertEqual(self.sync()[0], 0)
        self.assertEqual(self.status("genuine", NOW), "invalid")
        self.assertEqual(self.status("revoked-dac", NOW), "invalid")

    def test_sets_of_others_only_add(self):
        """What revset exports can be taken in again: it revokes, and makes nobody good."""
        records = self.path("points.json")
        with urllib.request.urlopen(self.ledger.url + "/dcl/pki/revocation-points?"
                                    "pagination.limit=100") as answer, open(records, "wb") as f:
            f.write(answer.read())
        crls = [x for n in os.listdir(self.path("world", "crl")) for x in
                ("--crl", "%s/crl/%s=%s" % (self.ledger.url, n, self.path("world", "crl", n)))]
        sets = {}
        for form in ("sdk", "csv"):
            sets[form] = self.path("set." + form)
            code, _, err = run("revset", "--points", records, *crls, "--trust",
                               self.path("world", "paa"), "--network", "test", "--at", NOW,
                               "--format", form, "--out", sets[form])
            self.assertEqual(code, 0, err)
        rows = [("revoked-dac", "dac", "revoked", None), ("genuine", "dac", "unknown", "not-covered"),
                ("revoked-pai", "pai", "revoked", None)]
        for form, path in sets.items():
            code, _, err = run("build", "--revocation-set", path, "--network", "test", "--at", NOW,
                               "--out", self.path("bundle"))
            self.assertEqual(code, 0, err)
            for source in (["--revocation-set", path], ["--snapshot", self.path("bundle")]):
                for device, who, status, reason in rows:
                    with self.subTest((form, source[0], device)):
                        _, result, err = self.verify(device, *source)
                        self.assertEqual((result["revocation"][who]["status"],
                                          result["revocation"][who]["reason"]), (status, reason), err)
        # beside a bundle that covers: what is good stays good, what is listed is revoked
        self.assertEqual(self.sync()[0], 0)
        self.assertEqual(self.status("genuine", NOW), "good")
        with open(sets["sdk"], encoding="ascii") as f:
            listed = json.load(f)
        serial = run_json("show", self.path("world", "devices", "genuine", "dac.der"))[1]
        for one in listed:
            if one["issuer_subject_key_id"] == serial["authority_key_id"]:
                one["revoked_serial_numbers"].append(serial["serial"].lower())
        more = self.write("more.json", json.dumps(listed))
        both = ["--snapshot", self.path("b"), "--revocation-set"]
        _, result, _ = self.verify("genuine", *both, sets["sdk"])
        self.assertEqual(result["revocation"]["dac"]["status"], "good")
        _, result, _ = self.verify("genuine", *both, more)
        self.assertEqual(result["revocation"]["dac"]["status"], "revoked")

    def test_sets_of_others_are_read_whole_or_not_at_all(self):
        good = {"type": "revocation_set", "issuer_subject_key_id": "AB" * 20,
                "issuer_name": "MAwxCjAIBgNVBAMMAUE=", "revoked_serial_numbers": ["01"]}
        head = "issuer_key_id,issuer_name,serial\n"
        line = "AB" * 20 + ",MAwxCjAIBgNVBAMMAUE=,"
        bad = [{**good, "type": "other"}, {**good, "issuer_subject_key_id": "AB" * 19},
               {**good, "issuer_name": "?"}, {**good, "issuer_name": "AAAA"},
               {**good, "revoked_serial_numbers": ["1"]}, {**good, "revoked_serial_numbers": [1]},
               {**good, "revoked_serial_numbers": ["00" * 21]},
               {**good, "revoked_serial_numbers": [""]}, {**good, "revoked_serial_numbers": None}]
        texts = [json.dumps([good, b]) for b in bad] + [
            "", "{}", json.dumps([good])[:-1], json.dumps([good]).replace("type", "Type"),
            head + line + "0", head + line, head + "x", head + line + "01\n" + line + "zz"]
        for text in texts:
            with self.subTest(text):
                code, out, err = run("build", "--revocation-set", self.write("set", text),
                                     "--network", "test", "--out", self.path("b"))
                self.assertEqual((code, out), (65, ""))
                self.one_line(err)
        for text in (json.dumps([good]), json.dumps([{**good, "crl_signer_delegator": None}]),
                     head + line + "00FF\r\n" + line + "ff\n"):
            code, out, err = run("build", "--revocation-set", self.write("set", text), "--network",
                                 "test", "--out", self.path("b"))
            self.assertEqual((code, err), (0, ""))
            self.assertIn("1 issuers, 0 of them covered, 1 revoked", out)

    def test_hostile_bodies_leave_the_last_good_crl(self):
        """Sizes that lie, prefixes that go on, nesting: bounded memory, a reason, nothing lost."""
        def tlv(tag, content):
            n = len(content)
            return bytes([tag, 0x84]) + n.to_bytes(4, "big") + content if n > 127 else \
                bytes([tag, n]) + content

        with open(self.path("world", "crl", "pai-direct.crl"), "rb") as f:
            good = f.read()
        self.assertEqual(self.sync()[0], 0)
        entry = bytes.fromhex("30210210") + b"%s" + bytes.fromhex("170d") + b"250101000000Z"
        entries = b"".join(entry % i.to_bytes(16, "big") for i in range(1 << 120, (1 << 120) + 1700000))
        head = good[good.index(b"\x02\x01\x01\x30"):good.index(b"\x17\x0d")] + \
            b"\x17\x0d260921130000Z\x17\x0d261021130000Z"
        tail = good[good.rindex(b"\x30\x0a\x06\x08\x2a"):]
        rows = [("4 GB are announced", b"\x30\x84\xff\xff\xff\xff" + good[4:], "crl-too-large"),
                ("100 MB and no end", b"\x30\x84\x06\x40\x00\x00" + good[4:] + bytes(100 << 20),
                 "more than 67108864 bytes"),
                ("1.7 million entries", tlv(0x30, tlv(0x30, head + tlv(0x30, entries)) + tail),
                 "crl-number"),  # well-formed, without extensions, signed by nobody
                ("nesting without length", b"\x30\x80" * 30000, "crl-der"),
                ("nesting", b"\x30\x82\xff\xf0" * 16000, "crl-der"),
                ("a CRL twice", good + good, "crl-der"), ("HTML", b"<html>" * 10, "crl-der")]
        later = "2026-09-22T14:13:20Z"
        for name, data, why in rows:
            with self.subTest(name):
                self.serve("pai-direct.crl", data)
                before = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
                code, report, err = self.sync(at=later)
                after = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
                self.assertEqual(code, 0, err)
                self.assertIn(why, self.fault(report, "pai-direct.crl"))
                self.assertLess(max(after, before) >> 10, 700)  # MiB, the sanitizer's included
                self.assertEqual(self.status("genuine", later), "good")
                self.assertEqual(self.status("revoked-dac", later), "revoked")

    def test_compressed_crls(self):
        """As files of a host that compresses; bombs and broken streams leave the last good one."""
        with open(self.path("world", "crl", "pai-direct.crl"), "rb") as f:
            good = f.read()
        self.serve("pai-direct.crl", gzip.compress(good))
        self.assertEqual(self.sync()[0], 0)
        self.assertEqual(self.status("revoked-dac", NOW), "revoked")
        self.assertEqual(self.status("genuine", NOW), "good")
        packed = gzip.compress(good)
        rows = [("bomb", gzip.compress(bytes(200 << 20)), "inflates to more than the ceiling allows"),
                ("ratio", gzip.compress(bytes(200000)), "inflates to more than the ceiling allows"),
                ("cut", packed[:-1], "the gzip stream ends early"),
                ("checksum", packed[:-5] + bytes([packed[-5] ^ 1]) + packed[-4:], "not a gzip stream"),
                ("behind", packed + b"x", "bytes after the gzip stream"),
                ("twice", packed + packed, "bytes after the gzip stream")]
        for name, data, why in rows:
            with self.subTest(name):
                self.serve("pai-direct.crl", data)
                code, report, err = self.sync(at="2026-09-22T14:13:20Z")
                self.assertEqual((code, self.fault(report, "pai-direct.crl")), (0, why), err)
                self.assertEqual(self.status("genuine", "2026-09-22T14:13:20Z"), "good")
                self.assertEqual(self.status("revoked-dac", "2026-09-22T14:13:20Z"), "revoked")

    def test_a_newer_crl_replaces(self):
        self.assertEqual(self.sync()[0], 0)
        folder = self.world_at(AT + 86400)
        with open(os.path.join(folder, "crl", "pai-direct.crl"), "rb") as f:
            self.serve("pai-direct.crl", f.read())
        code, report, err = self.sync(at="2026-09-22T14:13:20Z")
        self.assertEqual((code, self.fault(report, "pai-direct.crl")), (0, None), err)
        runs = sorted(os.listdir(os.path.join(self.state, "runs")))
        with open(os.path.join(self.state, "runs", runs[-1]), encoding="utf-8") as f:
            self.assertEqual([c["kept"] for c in json.load(f)["crls"]], [[]] * 8)

    def test_a_newer_crl_revokes(self):
        self.assertEqual(self.sync()[0], 0)
        self.assertEqual(self.status("genuine", NOW), "good")
        self.revoke("dac-genuine", at=AT + 86400)
        self.assertEqual(self.sync(at="2026-09-22T14:13:20Z")[0], 0)
        self.assertEqual(self.status("genuine", "2026-09-22T14:13:20Z"), "revoked")
        self.assertEqual(self.status("revoked-dac", "2026-09-22T14:13:20Z"), "revoked")

    def test_a_crl_never_had_is_unreachable(self):
        self.ledger.control("stop-crl", path="/crl/pai-direct.crl")
        self.assertEqual(self.sync()[0], 0)
        self.assertEqual(run("build", "--state", self.state, "--at", NOW, "--out",
                             self.path("b"))[0], 0)
        code, result, _ = self.verify("genuine", "--snapshot", self.path("b"))
        self.assertEqual((code, result["verdict"]), (2, "undetermined"))
        self.assertEqual(result["revocation"]["dac"]["reason"], "unreachable")

    def test_urls_of_nodes(self):
        for url in ("http://192.0.2.1:1317", "ftp://127.0.0.1", "127.0.0.1", "http://127.example",
                    "file:///etc/passwd"):
            with self.subTest(url):
                code, _, err = run("sync", "--dcl", url, "--state", self.state)
                self.assertEqual(code, 64, err)
                self.one_line(err)
        self.assertFalse(os.path.exists(self.state))

    def test_states_of_another_network_or_time(self):
        self.assertEqual(self.sync()[0], 0)
        before = tree(self.state)
        self.assertEqual(run("sync", "--dcl", self.ledger.url, "--state", self.state, "--at",
                             "2026-09-22T00:00:00Z")[0], 65)
        self.assertEqual(self.sync(at="2026-09-20T00:00:00Z")[0], 65)
        self.assertEqual(tree(self.state), before)


class BadEvidence(Pipeline):
    def test_objects_are_hashed_again(self):
        self.assertEqual(self.sync()[0], 0)
        folder = os.path.join(self.state, "objects")
        with open(os.path.join(self.state, "runs", "00000001.json"), encoding="utf-8") as f:
            pages = {page["sha256"] for page in json.load(f)["pages"]}
        # the ledger's answers are evidence for people: what follows from them are objects too
        for name in sorted(set(os.listdir(folder)) - pages):
            path = os.path.join(folder, name)
            with open(path, "rb") as f:
                data = f.read()
            os.unlink(path)
            with open(path, "wb") as f:
                f.write(data + b"\n")
            with self.subTest(name):
                code, _, err = self.publish()
                self.assertEqual(code, 74, err)
                self.one_line(err)
            os.unlink(path)
            self.assertEqual(self.publish()[0], 74)  # missing
            with open(path, "wb") as f:
                f.write(data)
        self.assertEqual(self.publish()[0], 0)

    def test_broken_run_records(self):
        self.assertEqual(self.sync()[0], 0)
        path = os.path.join(self.state, "runs", "00000001.json")
        with open(path, "rb") as f:
            good = f.read()
        os.unlink(path)
        for bad in (b"", b"{}", good[:-3], good.replace(b'"network":2', b'"network":3')):
            with open(path, "wb") as f:
                f.write(bad)
            code, _, err = self.publish()
            self.assertEqual(code, 65, err)
            self.one_line(err)
            os.unlink(path)

    def test_publish_without_evidence(self):
        code, _, err = self.publish()
        self.assertIn(code, (65, 74))
        self.one_line(err)
        self.assertFalse(os.path.exists(self.repo))

    def test_publish_keys(self):
        self.assertEqual(self.sync()[0], 0)
        bad = self.write("bad", "-----BEGIN PRIVATE KEY-----\nZm9v\n-----END PRIVATE KEY-----\n")
        for key, want in ((bad, 65), (self.key + ".pub", 65), (self.path("none"), 74)):
            code, _, err = run("publish", "--state", self.state, "--repo", self.repo, "--root",
                               self.root, "--key", key, "--at", NOW)
            self.assertEqual(code, want, err)
            self.one_line(err)
            self.assertNotIn("head", tree(self.repo))

    def test_dry_run_writes_nothing(self):
        self.assertEqual(self.sync()[0], 0)
        code, report, err = self.publish("--dry-run")
        self.assertEqual((code, report["written"]), (0, False), err)
        self.assertFalse(os.path.exists(self.repo))
        self.assertEqual(self.publish()[1]["sequence"], 1)
        self.assertEqual(self.publish("--dry-run")[1]["sequence"], 2)
        self.assertEqual(self.publish()[1]["sequence"], 2)


class Locks(Pipeline):
    def test_two_at_once(self):
        import fcntl
        self.installed()
        for folder, command in ((self.state, self.sync), (self.repo, self.publish)):
            with open(os.path.join(folder, ".lock"), "w", encoding="ascii") as lock:
                fcntl.flock(lock, fcntl.LOCK_EX)
                code, _, err = command()
                self.assertEqual(code, 74, err)
                self.one_line(err)


if __name__ == "__main__":
    main()
