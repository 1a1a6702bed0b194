#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""What a mirror, a thief of the head key or a careless publisher can do with documents: each attack
through the program against a web server, beside the same pull without the attack."""
import fcntl
import glob
import hashlib
import json
import os
import shutil
import struct
import subprocess
import unittest

import vdh1
from pipeline import NOW, Pipeline, Web, tree
from support import PROGRAM, Folder, main, run, run_json

T = 1790000000            # NOW
DAY = 86400
LATER = "2026-09-22T00:00:00Z"
LATER_T = 1790035200


def settled(folder):
    """The files of a store that only a successful pull may change."""
    return {name: data for name, data in tree(folder).items()
            if name not in ("status.json", "poll", ".lock") and not name.startswith("t/")}


TEMPLATES = {}


class Attacks(Pipeline):
    """A store with snapshot 1; the web server has snapshot 2. Made once, copied for each test."""

    def setUp(self):
        kind = Divided if isinstance(self, Divided) else Attacks
        if kind not in TEMPLATES:
            template = kind()
            template.make()
            unittest.addModuleCleanup(template.doCleanups)
            TEMPLATES[kind] = template
        template = TEMPLATES[kind]
        Folder.setUp(self)
        shutil.copytree(template.tmp.name, self.tmp.name, dirs_exist_ok=True)
        for name in ("state", "repo", "store", "key", "root", "list"):
            setattr(self, name, self.path(name))
        self.ledger, self.old, self.new = template.ledger, template.old, template.new
        self.head = vdh1.Document(self.new["head"])
        self.server = self.web()

    def make(self):
        Pipeline.setUp(self)
        self.list = self.path("list")
        self.make_roles()
        self.installed()
        self.old = tree(self.repo)
        self.assertEqual(self.sync(at=LATER, accept=False)[0], 0)
        code, _, err = self.publish(at=LATER)
        self.assertEqual(code, 0, err)
        self.new = tree(self.repo)

    def runTest(self):
        """A template is no test of its own."""

    def make_roles(self):
        """One key for everything; a subclass divides them."""

    def refused(self, why, code=65, at=LATER, **kwargs):
        """Refused for this reason; what was installed stays, and answers as before."""
        before = settled(self.store)
        got, _, err = self.pull(self.server.url, at=at, **kwargs)
        self.assertEqual(got, code, err)
        self.one_line(err)
        self.assertIn(why, err)
        self.assertEqual(settled(self.store), before)
        with open(os.path.join(self.store, "status.json"), encoding="utf-8") as f:
            status = json.load(f)
        self.assertFalse(status["ok"])
        self.assertIn(why, status["reason"])
        _, result, err = self.verify("genuine", "--store", self.store, at=at)
        self.assertEqual(result["revocation"]["dac"]["status"], "good", err)

    def twin(self, at=LATER, **kwargs):
        """Without the attack the new snapshot is installed."""
        self.server.change = {}
        code, report, err = self.pull(self.server.url, at=at, **kwargs)
        self.assertEqual(code, 0, err)
        self.assertTrue(report["changed"])
        return report

    def forge(self, *keys, refs=None, files=(), **change):
        """A head signed by these keys (file names), with other values or files than the true one."""
        values = {"number": self.head.number, "created": self.head.created,
                  "expires": self.head.expires, "feed": self.head.feed, "epoch": self.head.epoch,
                  "root": self.head.versions()[0], "trust": self.head.versions()[1]}
        values.update(change)
        all_refs = dict(self.head.refs(), **{})
        all_refs.update(refs or {})
        all_refs = {k: v for k, v in all_refs.items() if v is not None}
        body = vdh1.head_body(values["created"] + 60, values["root"], values["trust"], all_refs)
        message = vdh1.frame(vdh1.HEAD, body, values["number"], values["created"],
                             values["expires"], feed=values["feed"], epoch=values["epoch"])
        self.server.change = {"/head": vdh1.sign(message, *(keys or [self.key]))}
        for folder, data in files:
            name = "/%s/%s" % (folder, hashlib.sha256(data).hexdigest())
            self.server.change[name] = data


class Heads(Attacks):
    def test_bits_and_lengths(self):
        head = self.new["head"]
        for at, why in ((0, "head: document-magic"), (4, "head: document-kind"), (8, "head: wrong-feed"),
                        (20, "head: document-feed"), (47, "head: document-time"),
                        (60, "head: document-zero"), (100, "head: head-reference"),
                        (len(head) - 70, ": signature-threshold"), (len(head) - 1, ": signature-wrong")):
            data = bytearray(head)
            data[at] ^= 1
            self.server.change = {"/head": bytes(data)}
            self.refused(why)
        for data, why in ((head[:-1], "document-size"), (head + b"x", "document-trailing"),
                          (b"", "document-magic"), (b"<html>", "document-magic")):
            self.server.change = {"/head": data}
            self.refused(why)
        self.server.change = {"/head": b"x" * 2000}
        self.refused("more than 1024 bytes", 74)
        self.twin()

    def test_wrong_signature(self):
        data = bytearray(self.new["head"])
        data[-1] ^= 1
        self.server.change = {"/head": bytes(data)}
        self.refused("signature-wrong")
        self.twin()

    def test_another_key(self):
        self.new_root(self.path("other"), self.path("other-root"))
        self.forge(self.path("other"))
        self.refused("signature-threshold")
        self.twin()

    def test_a_signature_twice(self):
        head = self.new["head"]
        block = head[-84:]
        self.server.change = {"/head": head[:-88] + struct.pack("<HH", 2, 0) + block + block}
        self.refused("signature-twice")
        self.twin()

    def test_rollback(self):
        self.twin()
        self.server.change = {"/head": self.old["head"]}
        self.refused("head-rollback")

    def test_the_same_sequence_twice(self):
        self.twin()
        self.forge(expires=self.head.expires + 1)
        self.refused("head-twice")

    def test_freeze(self):
        """The mirror goes on with what it has: at the last second it counts, then no more."""
        self.twin()
        last, after = "2026-09-25T00:00:00Z", "2026-09-25T00:00:01Z"
        self.assertEqual(self.pull(self.server.url, at=last)[0], 0)
        code, _, err = self.pull(self.server.url, at=after)
        self.assertEqual(code, 65)
        self.assertIn("head-expired", err)
        for at, want in ((last, "good"), (after, "unknown")):
            _, result, _ = self.verify("genuine", "--store", self.store, at=at)
            self.assertEqual(result["revocation"]["dac"]["status"], want)

    def test_wrong_feed(self):
        self.forge(feed=b"acme")
        self.refused("wrong-feed")
        other = self.path("acme-root")
        self.assertEqual(run("root", "init", "--key", self.key, "--network", "test", "--feed",
                             "acme", "--at", "2026-09-01T00:00:00Z", "--out", other)[0], 0)
        self.refused("wrong-feed", root=other)
        self.twin()

    def test_another_root_of_the_same_version(self):
        self.new_root(self.path("other"), self.path("other-root"))
        self.refused("root-other", root=self.path("other-root"))
        self.twin()

    def test_lives_longer_than_its_key(self):
        self.forge(expires=1788220800 + 90 * DAY + 1)  # the root's time and ninety days
        self.refused("head-outlives-key")
        self.twin()

    def test_of_another_epoch(self):
        self.forge(epoch=2)
        self.refused("wrong-epoch")
        self.twin()

    def test_roots_that_are_none(self):
        self.refused_root(self.write("bad", "no root"), 65)
        self.refused_root(self.path("none"), 74)
        self.refused_root(self.key + ".pub", 65)

    def refused_root(self, root, code):
        got, _, err = self.pull(self.server.url, root=root, at=LATER)
        self.assertEqual(got, code, err)
        self.one_line(err)


class Files(Attacks):
    def name_of(self, kind):
        return self.head.refs()[kind][1].hex()

    def test_mix_and_match(self):
        """The old bundle under the name of the new one."""
        old = vdh1.Document(self.old["head"]).refs()
        for kind in (vdh1.FULL, vdh1.HUB):
            name = "/s/" + self.name_of(kind)
            self.server.change = {name: self.old["s/" + old[kind][1].hex()],
                                  "/d/" + self.name_of(vdh1.INDEX_REF): b""}
            self.no_deltas()
            self.refused(name + ": file-hash", tier="full" if kind == vdh1.FULL else "hub")
        self.twin()

    def refused(self, why, code=65, tier=None, **kwargs):
        before = settled(self.store)
        got, _, err = self.pull(self.server.url, *(["--tier", tier] if tier else []),
                                at=LATER, **kwargs)
        self.assertIn(got, (65, 74), err)
        self.assertIn(why, err)
        self.assertEqual(settled(self.store), before)

    def no_deltas(self):
        for name in tree(self.repo):
            if name.startswith("d/"):
                self.server.change["/" + name] = b"none"

    def test_bytes_of_a_bundle(self):
        name = "/s/" + self.name_of(vdh1.FULL)
        data = self.new[name[1:]]
        for bad, why in ((data[:-1], "file-length"), (data + b"x", "more than"),
                         (bytes(len(data)), "file-hash"), (b"", "file-length")):
            self.server.change = {name: bad}
            self.no_deltas()
            self.refused(why)
        self.twin()

    def test_a_missing_bundle(self):
        os.unlink(os.path.join(self.repo, "s", self.name_of(vdh1.FULL)))
        self.no_deltas()
        self.refused("404")

    def test_bytes_of_the_trust_list(self):
        fresh, self.store = self.store, self.path("fresh")
        name = "/trust/" + self.name_of(vdh1.TRUST_LIST)
        data = self.new[name[1:]]
        bundle = self.new["s/" + self.name_of(vdh1.FULL)]
        for bad, code, why in ((data[:-1], 74, "file-length"), (bytes(len(data)), 65, "file-hash"),
                               (bundle, 74, "too-large"), (bundle[:len(data)], 65, "file-hash")):
            self.server.change = {name: bad}
            got, _, err = self.pull(self.server.url, at=LATER)
            self.assertEqual(got, code, err)
            self.assertIn("%s: %s" % (name, why), err)
            self.assertNotIn("head", tree(self.store))
            self.assertEqual(self.verify("genuine", "--store", self.store)[0], 65)
        self.server.change = {}
        self.assertEqual(self.pull(self.server.url, at=LATER)[0], 0)
        self.store = fresh

    def test_other_mirrors(self):
        """One that has nothing, one that lies, one that is good."""
        empty, liar = Web(self.path("world")), Web(self.repo)
        self.addCleanup(empty.close)
        self.addCleanup(liar.close)
        liar.change = {"/head": self.new["head"][:-1]}
        code, report, err = run_json("pull", "--from", empty.url, "--from", liar.url, "--from",
                                     self.server.url, "--root", self.root, "--store", self.store,
                                     "--at", LATER)
        self.assertEqual(code, 0, err)
        self.assertEqual(report["from"], self.server.url)

    def test_a_bundle_of_another_network(self):
        """Signed, whole, and not what the feed is about."""
        bundle = self.path("main.vdb")
        self.assertEqual(run("build", "--revocation-set", self.write("empty.csv",
                         "issuer_key_id,issuer_name,serial\n"), "--network", "main", "--at", NOW,
                         "--out", bundle)[0], 0)
        with open(bundle, "rb") as f:
            data = f.read()
        self.forge(refs={vdh1.FULL: data, vdh1.FULL_DELTA: None}, files=[("s", data)])
        self.refused("different networks")
        self.twin()


class Deltas(Attacks):
    """The whole file is not there, so that only deltas lead to the new bundle."""

    def forge_way(self, refs, files, why, **kwargs):
        whole = {"/s/" + self.head.refs()[k][1].hex(): b"gone" for k in (vdh1.HUB, vdh1.FULL)}
        self.forge(refs=refs, files=files)
        self.server.change.update(whole)
        self.refused(why, **kwargs)

    def index(self, entries, number=None, base=1):
        return vdh1.frame(vdh1.INDEX, vdh1.index_body(base, entries), number or self.head.number,
                          LATER_T, 0) + bytes(4)

    def refused(self, why, tier=None):
        before = settled(self.store)
        got, _, err = self.pull(self.server.url, *(["--tier", tier] if tier else []), at=LATER)
        self.assertIn(got, (65, 74), err)
        self.assertIn(why, err)
        self.assertEqual(settled(self.store), before)

    def test_loops_and_other_indexes(self):
        junk = b"VDD1" + bytes(200)
        rows = [(self.index([(2, 2, 2, junk)]), "index-loop"),
                (self.index([(2, 2, 1, junk)]), "index-loop"),
                (self.index([(2, 1, 9, junk)]), "index-range"),
                (self.index([(2, 1, 2, junk)], number=7), "index-of-another-head"),
                (self.index([(2, 1, 2, junk)])[:-4] + struct.pack("<HH", 1, 0), "document-size")]
        for data, why in rows:
            with self.subTest(why):
                self.forge_way({vdh1.INDEX_REF: data, vdh1.FULL_DELTA: None, vdh1.HUB_DELTA: None},
                               [("index", data)], why)
        self.twin()

    def test_deltas_that_are_none(self):
        for data, why in ((b"VDD1" + bytes(200), "delta: header values"), (b"x" * 100, "delta: not a delta")):
            self.forge_way({vdh1.FULL_DELTA: data}, [("d", data)], why, tier="full")
        self.twin()

    def test_deltas_that_expand(self):
        """A few octets that promise a gibibyte, or more issuers and keys than there can be; the twin is the
        delta that is true."""
        a, b = (self.path("a.vdb"), self.path("b.vdb"))
        rows = "issuer_key_id,issuer_name,serial\n" + "".join(
            "%s,MAwxCjAIBgNVBAMMAUE=,%030x\n" % ("AB" * 20, i * 7919) for i in range(1, 400))
        for at, out, text in ((NOW, a, rows), (LATER, b, rows + "%s,MAwxCjAIBgNVBAMMAUE=,01\n" % ("AB" * 20))):
            code, _, err = run("build", "--revocation-set", self.write("set.csv", text), "--network", "test",
                               "--at", at, "--bare", "--out", out, *(["--base", a, "--delta", self.path("d")]
                                                                    if out == b else []))
            self.assertEqual(code, 0, err)
        files = {}
        for name in ("a.vdb", "b.vdb", "d"):
            with open(self.path(name), "rb") as f:
                files[name] = f.read()
        self.forge(refs={vdh1.FULL: files["a.vdb"], vdh1.FULL_DELTA: None, vdh1.HUB_DELTA: None},
                   files=[("s", files["a.vdb"])])
        self.assertEqual(self.pull(self.server.url, "--tier", "full", at=LATER)[0], 0)
        true, number = files["d"], self.head.number + 1
        for bad, why in (
                (true[:16] + (1 << 30).to_bytes(8, "little") + true[24:], "the target is too large"),
                (true[:16] + (1 << 62).to_bytes(8, "little") + true[24:], "the target is too large"),
                (true[:120] + bytes(8) + b"\xff" * 16, "contents cut short or without sense"),
                (true + bytes(40), "something follows the contents")):
            self.forge(refs={vdh1.FULL: files["b.vdb"], vdh1.FULL_DELTA: bad, vdh1.HUB_DELTA: None},
                       files=[("d", bad)], number=number)
            self.server.change["/s/" + hashlib.sha256(files["b.vdb"]).hexdigest()] = b"gone"
            self.refused("delta: " + why, tier="full")
        self.forge(refs={vdh1.FULL: files["b.vdb"], vdh1.FULL_DELTA: true, vdh1.HUB_DELTA: None},
                   files=[("d", true)], number=number)
        code, report, err = self.pull(self.server.url, "--tier", "full", at=LATER)
        self.assertEqual((code, report and report["deltas"]), (0, 1), err)

    def test_a_delta_on_another_base(self):
        """The true delta of the true publisher, for a bundle that this client does not have."""
        other = self.path("other-repo")
        repo, self.repo = self.repo, other
        self.assertEqual(self.publish(at=LATER)[0], 0)
        self.assertEqual(self.sync(at="2026-09-22T06:00:00Z", accept=False)[0], 0)
        self.assertEqual(self.publish(at="2026-09-22T06:00:00Z")[0], 0)
        files, self.repo = tree(other), repo
        self.assertIn(vdh1.FULL_DELTA, vdh1.Document(files["head"]).refs())
        data = files["d/" + vdh1.Document(files["head"]).refs()[vdh1.FULL_DELTA][1].hex()]
        self.forge_way({vdh1.FULL_DELTA: data}, [("d", data)], "delta: on another base", tier="full")
        self.twin()


class Divided(Attacks):
    """Three keys: one for roots, one for the trust list, one for heads."""

    def make_roles(self):
        for name in ("root.key", "trust.key"):
            self.assertEqual(run("keygen", "--out", self.path(name))[0], 0)
        code, _, err = run("root", "init", "--network", "test", "--root-key",
                           self.path("root.key.pub"), "--trust-key", self.path("trust.key.pub"),
                           "--head-key", self.key + ".pub", "--key", self.path("root.key"), "--at",
                           "2026-09-01T00:00:00Z", "--out", self.root)
        self.assertEqual(code, 0, err)
        self.assertEqual(self.sync()[0], 0)
        self.make_list("--key", self.path("trust.key"), "--state", self.state, *self.cd_signers())

    def cd_signers(self):
        return ["--cd-signers", self.path("world", "cd-signers")]

    def make_list(self, *more):
        code, _, err = run("root", "trust", "--root", self.root, "--at", NOW, "--out", self.list,
                           *more)
        self.assertEqual(code, 0, err)
        with open(self.list, "rb") as f:
            return f.read()

    def publish(self, *more, at=NOW):
        return super().publish("--trust-list", self.list, *more, at=at)

    def one_more(self):
        """Entries of the true list and one PAA of somebody else's."""
        from pipeline import Ledger
        other = Ledger(self.path("world2"))
        other.close()
        folder = self.path("world2", "paa")
        with open(os.path.join(folder, sorted(os.listdir(folder))[0]), "rb") as f:
            der = f.read()
        entries = [(k, s, d) for k, _, s, d in vdh1.Document(self.new_list()).entries()]
        return entries + [(vdh1.PAA, vdh1.TRUSTED, b"\x30\x03\x02\x01\x00" if
                           (vdh1.PAA, vdh1.TRUSTED, der) in entries else der)]

    def new_list(self):
        return self.new["trust/" + self.head.refs()[vdh1.TRUST_LIST][1].hex()]

    def test_publish_alone_makes_no_list(self):
        code, _, err = run("publish", "--state", self.state, "--repo", self.path("empty"), "--root",
                           self.root, "--key", self.key, "--at", NOW)
        self.assertEqual(code, 65)
        self.assertIn("no trust list", err)
        self.one_line(err)

    def test_one_more_paa(self):
        """The true head key signs a head over a list with one more PAA, signed by itself."""
        body = vdh1.trust_body(self.one_more())
        message = vdh1.frame(vdh1.TRUST, body, 2, LATER_T, LATER_T + 300 * DAY)
        for keys, why in (([self.key], "signature-threshold"),
                          ([self.path("root.key")], "signature-threshold"), ([], "signature-threshold")):
            data = vdh1.sign(message, *keys)
            self.forge(refs={vdh1.TRUST_LIST: data}, trust=2, files=[("trust", data)])
            self.refused(why)
        data = vdh1.sign(message, self.path("trust.key"))  # the twin: who may, signs
        self.forge(refs={vdh1.TRUST_LIST: data}, trust=2, files=[("trust", data)])
        code, report, err = self.pull(self.server.url, at=LATER)
        self.assertEqual((code, report["trust_version"]), (0, 2), err)

    def test_a_bundle_that_says_trust(self):
        """Nothing but a trust document is a source of anchors: a bundle in its place is refused."""
        bundle = self.new["s/" + self.head.refs()[vdh1.FULL][1].hex()]
        self.forge(refs={vdh1.TRUST_LIST: bundle}, files=[("trust", bundle)])
        self.refused("document-magic")
        self.twin()

    def test_old_lists(self):
        old = self.new_list()
        self.make_list("--key", self.path("trust.key"), "--state", self.state, "--previous", self.list,
                       *self.cd_signers())
        self.assertEqual(self.publish(at="2026-09-22T01:00:00Z")[0], 0)
        self.new = tree(self.repo)
        self.head = vdh1.Document(self.new["head"])
        self.twin(at="2026-09-22T01:00:00Z")
        self.forge(refs={vdh1.TRUST_LIST: old}, files=[("trust", old)], trust=1,
                   number=self.head.number + 1)
        self.refused("trust-rollback", at="2026-09-22T01:00:00Z")
        self.forge(refs={vdh1.TRUST_LIST: old}, files=[("trust", old)], trust=2,
                   number=self.head.number + 1)
        self.refused("trust-version", at="2026-09-22T01:00:00Z")

    def test_expired_lists(self):
        entries = [(k, s, d) for k, _, s, d in vdh1.Document(self.new_list()).entries()]
        for expires, head, why in ((LATER_T - 1, LATER_T + 10, "trust-expired"),
                                   (LATER_T + 10, LATER_T + 120, "head-outlives-trust")):
            data = vdh1.sign(vdh1.frame(vdh1.TRUST, vdh1.trust_body(entries), 2, T, expires),
                             self.path("trust.key"))
            self.forge(refs={vdh1.TRUST_LIST: data}, trust=2, files=[("trust", data)],
                       expires=head + 60)
            self.refused(why)
        self.twin()

    def test_the_store_brings_its_trust(self):
        """Without --trust the signed list says who is trusted; a list without the PAA does not."""
        folder = self.path("world", "devices", "genuine")
        with open(os.path.join(folder, "device.txt"), encoding="ascii") as f:
            told = dict(line.rstrip("\n").split(": ", 1) for line in f if ": " in line)
        args = ["verify", "--dac", folder + "/dac.der", "--pai", folder + "/pai.der", "--vid",
                told["vid"], "--pid", told["pid"], "--elements", folder + "/elements.bin",
                "--signature", folder + "/signature.bin", "--challenge", told["challenge"],
                "--nonce", told["nonce"], "--network", "test", "--store", self.store, "--at", NOW]
        code, result, err = run_json(*args)
        self.assertEqual((code, result["verdict"]), (0, "accept"), err)
        issuer = run_json("show", folder + "/pai.der")[1]["authority_key_id"]
        rest = []
        for name in sorted(os.listdir(self.path("world", "paa"))):
            path = self.path("world", "paa", name)
            if run_json("show", path)[1]["subject_key_id"] != issuer:
                rest += ["--trust", path]
        self.make_list("--key", self.path("trust.key"), "--previous", self.list, *rest,
                       *self.cd_signers())
        self.assertEqual(self.publish(at="2026-09-22T01:00:00Z")[0], 0)
        self.server.change = {}
        self.assertEqual(self.pull(self.server.url, at="2026-09-22T01:00:00Z")[0], 0)
        code, result, _ = run_json(*args[:-1], "2026-09-22T01:00:00Z")
        self.assertEqual((code, result["verdict"]), (1, "reject"))


class Roots(Attacks):
    def rotate(self, out, *more, root=None, at="2026-09-22T00:00:00Z"):
        code, _, err = run("root", "rotate", "--root", root or self.root, "--at", at, "--out",
                           self.path(out), *more)
        self.assertEqual(code, 0, err)
        return self.path(out)

    def new_key(self, name):
        self.assertEqual(run("keygen", "--out", self.path(name))[0], 0)
        return self.path(name)

    def new_version(self):
        """Root 2: another key in place of the first, signed by both."""
        other = self.new_key("second")
        pub = other + ".pub"
        return other, self.rotate("root2", "--remove", self.key + ".pub", "--root-key", pub,
                                  "--trust-key", pub, "--head-key", pub, "--key", self.key, "--key",
                                  other)

    def test_rotation(self):
        """Clients with the first root follow; the old key signs nothing any more."""
        other, root2 = self.new_version()
        first, self.root = self.root, root2
        old, self.key = self.key, other
        code, report, err = self.publish(at="2026-09-22T02:00:00Z")
        self.assertEqual((code, report and report["root_version"]), (0, 2), err)
        code, report, err = self.pull(self.server.url, at="2026-09-22T02:00:00Z", root=first)
        self.assertEqual((code, report and report["root_version"]), (0, 2), err)
        self.new = tree(self.repo)
        self.head = vdh1.Document(self.new["head"])
        self.forge(old, number=self.head.number + 1)
        self.refused("signature-threshold", at="2026-09-22T02:00:00Z", root=first)
        self.forge(old, number=self.head.number + 1, root=1)
        self.refused("head-root-version", at="2026-09-22T02:00:00Z", root=first)

    def test_roots_that_do_not_follow(self):
        other, root2 = self.new_version()
        with open(root2, "rb") as f:
            good = vdh1.Document(f.read())
        keys = [(1, vdh1.public_octets(other)[1], 7)]
        def body(keys):
            return vdh1.root_body(keys, head_until=LATER_T + 80 * DAY)
        def frame(data, number=2, epoch=1, feed=b"test"):
            return vdh1.frame(vdh1.ROOT, data, number, LATER_T, LATER_T + 300 * DAY, epoch=epoch,
                              feed=feed)
        rows = [(vdh1.sign(good.message, other), "signature-threshold"),      # old key missing
                (vdh1.sign(good.message, self.key), "signature-threshold"),   # new key missing
                (vdh1.sign(frame(body(keys), number=3), self.key, other), "root-version"),
                (vdh1.sign(frame(body(keys), feed=b"acme"), self.key, other), "wrong-feed"),
                (vdh1.sign(frame(body(keys + keys)), self.key, other), "root-key-twice"),
                (b"", "document-magic")]
        for data, why in rows:
            with self.subTest(why):
                self.forge(other, root=2)
                self.server.change["/root" + "/2"] = data
                self.refused(why)
        self.forge(other, root=2)
        self.refused("404", 74)
        self.forge(other, root=4000)
        self.refused("root-version")
        self.forge(other, root=2)
        with open(root2, "rb") as f:  # the twin; the old list is not of the new trust key
            self.server.change["/root" + "/2"] = f.read()
        self.refused("trust list: signature-threshold")
        self.key, self.root = other, root2
        self.assertEqual(self.publish(at="2026-09-22T02:00:00Z")[0], 0)
        self.twin(at="2026-09-22T02:00:00Z")

    def test_fewer_than_the_threshold(self):
        """Two of three: with one signature nothing, with two everything."""
        keys = [self.new_key(n) for n in ("a", "b", "c")]
        pubs = [x for k in keys for x in ("--head-key", k + ".pub")]
        code, _, err = run("root", "add", "--root", self.root, *pubs, "--head-threshold", "2", "--key",
                           self.key, "--at", LATER, "--out", self.path("root2"))
        self.assertEqual(code, 0, err)
        code, _, err = run("publish", "--state", self.state, "--repo", self.repo, "--root",
                           self.path("root2"), "--key", keys[0], "--at", "2026-09-22T02:00:00Z")
        self.assertEqual(code, 65)
        self.assertIn("signature-threshold", err)
        code, _, err = run("publish", "--state", self.state, "--repo", self.repo, "--root",
                           self.path("root2"), "--key", keys[0], "--key", keys[1], "--key", self.key,
                           "--at", "2026-09-22T02:00:00Z")
        self.assertEqual(code, 0, err)
        self.head = vdh1.Document(tree(self.repo)["head"])
        self.forge(keys[0], number=self.head.number + 1)
        self.refused("signature-threshold", at="2026-09-22T02:00:00Z")
        self.forge(keys[1], keys[2], number=self.head.number + 1)
        code, _, err = self.pull(self.server.url, at="2026-09-22T02:00:00Z")
        self.assertEqual(code, 0, err)

    def test_expired(self):
        """A root has an end; the publisher is stopped there, and so is who pulls."""
        self.key, self.root, self.repo = (self.path(n) for n in ("short", "short-root", "short-repo"))
        self.store = self.path("short-store")
        self.new_root(self.key, self.root, "--lifetime", "22d")  # until 2026-09-23T00:00:00Z
        self.assertEqual(self.publish(at=LATER)[0], 0)
        server = Web(self.repo)
        self.addCleanup(server.close)
        self.assertEqual(self.pull(server.url, at="2026-09-23T00:00:00Z")[0], 0)
        code, _, err = self.pull(server.url, at="2026-09-23T00:00:01Z")
        self.assertEqual(code, 65)
        self.assertIn("root-expired", err)
        code, _, err = self.publish(at="2026-09-23T00:00:01Z")
        self.assertEqual(code, 65)
        self.assertIn("root-expired", err)

    def test_fast_forward(self):
        """A thief signs the last sequence of all; a new epoch brings the feed back."""
        self.forge(number=1 << 62)
        self.assertEqual(self.pull(self.server.url, at=LATER)[0], 0)
        self.server.change = {}
        code, _, err = self.pull(self.server.url, at=LATER)
        self.assertEqual(code, 65)
        self.assertIn("head-rollback", err)
        other = self.new_key("second")
        self.root = self.rotate("root2", "--new-epoch", "--remove", self.key + ".pub", "--root-key",
                                other + ".pub", "--trust-key", other + ".pub", "--head-key",
                                other + ".pub", "--key", self.key, "--key", other)
        self.key = other
        code, report, err = self.publish(at="2026-09-22T02:00:00Z")
        self.assertEqual((code, report and (report["epoch"], report["sequence"])), (0, (2, 1)), err)
        code, report, err = self.pull(self.server.url, at="2026-09-22T02:00:00Z")
        self.assertEqual((code, report and (report["epoch"], report["sequence"])), (0, (2, 1)), err)

    def test_sequences_end_before_they_overflow(self):
        self.forge(number=(1 << 62) + 1)
        self.refused("document-number")
        self.twin()


class Stores(Attacks):
    def test_a_store_that_was_changed_is_not_believed(self):
        files = tree(self.store)
        bundle = [n for n in files if n.startswith("s/")][0]
        for file, data in ((bundle, files[bundle][:-1]), (bundle, bytes(len(files[bundle]))),
                           ("head", files["head"][:-1]), ("root/1", b"x")):
            path = os.path.join(self.store, file)
            os.unlink(path)
            with open(path, "wb") as f:
                f.write(data)
            with self.subTest(file):
                code, _, err = self.verify("genuine", "--store", self.store)
                self.assertEqual(code, 65, err)
                self.one_line(err)
                self.assertEqual(run("store", "check", self.store)[0], 65)
            os.unlink(path)
            with open(path, "wb") as f:
                f.write(files[file])
        self.assertEqual(self.verify("genuine", "--store", self.store)[0], 0)
        self.assertEqual(run("store", "check", self.store)[0], 0)

    def test_a_pull_mends_what_was_damaged(self):
        """Of the same head, and of the same length: only the bytes differ."""
        self.twin()
        for name in sorted(n for n in tree(self.store) if n.startswith(("s/", "trust/"))):
            path = os.path.join(self.store, name)
            with open(path, "rb") as f:
                data = f.read()
            os.unlink(path)
            with open(path, "wb") as f:
                f.write(data[:-1] + bytes([data[-1] ^ 1]))
        self.assertEqual(run("store", "check", self.store)[0], 65)
        code, report, err = self.pull(self.server.url, at=LATER)
        self.assertEqual((code, report["changed"]), (0, False), err)
        self.assertEqual(run("store", "check", self.store)[0], 0)

    def test_the_snapshot_before_is_kept(self):
        old = tree(self.store)
        self.twin()
        now = tree(self.store)
        self.assertEqual(now["head.previous"], old["head"])
        for name in [n for n in old if n.startswith("s/")]:
            self.assertEqual(now[name], old[name])
        code, out, err = run("store", "list", self.store)
        self.assertEqual(code, 0, err)
        told = json.loads(out)
        self.assertEqual((told["installed"]["sequence"], told["previous"]["sequence"]), (2, 1))
        # by hand: the old one opens again, and is not offered a way back by any mirror
        os.replace(os.path.join(self.store, "head.previous"), os.path.join(self.store, "head"))
        self.assertEqual(self.verify("genuine", "--store", self.store, at=LATER)[0], 0)
        self.server.change = {"/head": old["head"]}
        code, _, err = self.pull(self.server.url, at=LATER)
        self.assertEqual(code, 65)
        self.assertIn("head-rollback", err)

    def test_gc_removes_what_nothing_names(self):
        self.twin()
        junk = os.path.join(self.store, "s", "ab" * 32)
        with open(junk, "wb") as f:
            f.write(b"123")
        before = settled(self.store)
        code, out, _ = run("store", "gc", self.store)
        self.assertEqual((code, json.loads(out)["removed"], json.loads(out)["bytes"]), (0, 1, 3))
        del before["s/" + "ab" * 32]
        self.assertEqual(settled(self.store), before)

    def test_another_network(self):
        code, _, err = run("verify", "--dac", self.path("world", "devices", "genuine", "dac.der"),
                           "--pai", self.path("world", "devices", "genuine", "pai.der"), "--store",
                           self.store, "--network", "main")
        self.assertEqual(code, 65, err)
        self.one_line(err)

    def test_if_due(self):
        before = self.server.requests
        code, report, _ = self.pull(self.server.url, "--if-due", at="2026-09-22T14:13:19Z")
        self.assertEqual((code, report["asked"], report["sequence"]), (0, False, 1))
        self.assertEqual(self.server.requests, before)
        code, report, _ = self.pull(self.server.url, "--if-due", at="2026-09-22T14:13:20Z")
        self.assertEqual((code, report["asked"], report["sequence"]), (0, True, 2))

    def test_tiers(self):
        for tier in ("hub", "full"):
            self.store = self.path("store-" + tier)
            code, report, err = self.pull(self.server.url, "--tier", tier, at=LATER)
            self.assertEqual((code, report and report["kind"]), (0, tier), err)

    def test_no_root_and_an_empty_store(self):
        code, _, err = run("pull", "--from", self.server.url, "--store", self.path("empty"))
        self.assertEqual(code, 65)
        self.one_line(err)

    def test_clocks(self):
        """A clock at 1970 and one ten years ahead: nobody is good, who is listed is revoked."""
        for at, reason, code in (("1970-01-01T00:00:00Z", "clock", 2),
                                 ("2036-09-21T00:00:00Z", "stale", 2),
                                 ("2026-09-21T14:08:20Z", None, 0),    # five minutes before
                                 ("2026-09-21T14:08:19Z", "clock", 2)):
            with self.subTest(at):
                got, result, err = self.verify("genuine", "--store", self.store, at=at)
                self.assertEqual(result["revocation"]["dac"]["reason"], reason, err)
                self.assertEqual(got, code)
                got, result, err = self.verify("revoked-dac", "--store", self.store, at=at)
                self.assertEqual((got, result["revocation"]["dac"]["status"]), (1, "revoked"), err)

    def test_the_last_time_seen_is_a_floor(self):
        """A pull at noon: a verification in the morning of the same day is the clock's fault."""
        noon = "2026-09-22T12:00:00Z"
        self.twin(at=noon)
        for at, reason in (("2026-09-22T11:55:00Z", None), ("2026-09-22T11:54:59Z", "clock")):
            _, result, err = self.verify("genuine", "--store", self.store, at=at)
            self.assertEqual(result["revocation"]["dac"]["reason"], reason, err)

    def test_head_expiry_and_max_age(self):
        for at, more, want in (("2026-09-24T14:13:20Z", [], "good"),
                               ("2026-09-24T14:13:21Z", [], "unknown"),
                               ("2026-09-24T14:13:21Z", ["--max-age", "7d"], "good"),
                               ("2026-09-21T14:13:21Z", ["--max-age", "1s"], "good"),
                               ("2026-09-21T14:13:22Z", ["--max-age", "1s"], "unknown")):
            with self.subTest((at, more)):
                code, result, _ = self.verify("genuine", "--store", self.store, *more, at=at)
                dac = result["revocation"]["dac"]
                self.assertEqual((dac["status"], dac["reason"]), (want, None if want == "good" else "stale"))
                self.assertEqual(code, 0 if want == "good" else 2)


class Signers(Attacks):
    """Keys elsewhere, and of the other algorithm."""

    def test_a_command_signs(self):
        for form, command in (("DER", "openssl dgst -sha256 -sign %s" % self.key),
                              ("raw", "/usr/bin/python3 -c 'import sys; sys.path.insert(0, \"%s\"); "
                                      "import vdh1; sys.stdout.buffer.write(vdh1.der_to_raw("
                                      "vdh1.openssl(\"dgst\", \"-sha256\", \"-sign\", \"%s\", "
                                      "stdin=sys.stdin.buffer.read())))'"
                                      % (os.path.dirname(vdh1.__file__), self.key))):
            with self.subTest(form):
                shutil.rmtree(self.repo)
                code, report, err = run_json("publish", "--state", self.state, "--repo", self.repo,
                                             "--root", self.root, "--key", self.key + ".pub",
                                             "--signer", command, "--at", LATER)
                self.assertEqual(code, 0, err)
                self.store = self.path("store-" + form)
                self.assertEqual(self.pull(self.server.url, at=LATER)[0], 0)

    def test_keygen_that_is_killed_between_its_two_files(self):
        """There is then a private key without its public one, or nothing; the next keygen says so and touches
        neither."""
        if subprocess.run(["strace", "-V"], stdout=subprocess.DEVNULL, check=False).returncode != 0:
            self.skipTest("no strace")
        out = self.path("half")
        p = subprocess.run(["strace", "-f", "-o", "/dev/null", "-e", "trace=openat", "-P", out + ".pub.tmp", "-P",
                            out + ".pub", "-e", "inject=openat:signal=SIGKILL:when=1", PROGRAM, "keygen", "--out",
                            out], stdout=subprocess.PIPE, stderr=subprocess.PIPE, check=False)
        self.assertNotEqual(p.returncode, 0)
        self.assertTrue(os.path.exists(out), p.stderr)
        self.assertFalse(os.path.exists(out + ".pub"))
        self.assertEqual(os.stat(out).st_mode & 0o777, 0o600)
        with open(out, "rb") as f:
            private = f.read()
        code, _, err = run("keygen", "--out", out)
        self.assertEqual(code, 74)
        self.one_line(err)
        with open(out, "rb") as f:
            self.assertEqual(f.read(), private)
        # what is there is a whole key: its public half can be had from it, and then it signs
        self.write("half.pub", vdh1.openssl("pkey", "-in", out, "-pubout"))
        self.assertEqual(run("root", "init", "--key", out, "--network", "test", "--at", "2026-09-01T00:00:00Z",
                             "--out", self.path("half-root"))[0], 0)

    def token(self):
        """A SoftHSM with one P-256 key; the words before a command that signs with it."""
        module = next(iter(glob.glob("/usr/lib/softhsm/libsofthsm2.so") +
                           glob.glob("/usr/lib/*/softhsm/libsofthsm2.so")), None)
        if module is None or not shutil.which("softhsm2-util") or not shutil.which("pkcs11-tool"):
            self.skipTest("skipped: no SoftHSM and pkcs11-tool (softhsm2, opensc)")
        os.mkdir(self.path("tokens"))
        conf = self.write("softhsm2.conf", "directories.tokendir = %s\nobjectstore.backend = file\n" %
                          self.path("tokens"))
        os.environ["SOFTHSM2_CONF"] = conf
        self.addCleanup(os.environ.pop, "SOFTHSM2_CONF")
        tool = ["pkcs11-tool", "--module", module, "--token-label", "veridac", "--login", "--pin", "1234"]
        for command in (["softhsm2-util", "--init-token", "--free", "--label", "veridac", "--pin", "1234",
                         "--so-pin", "123456"],
                        [*tool, "--keypairgen", "--key-type", "EC:prime256v1", "--id", "01"],
                        [*tool, "--read-object", "--type", "pubkey", "--id", "01", "--output-file",
                         self.path("token.der")]):
            subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, check=True)
        pem = vdh1.openssl("pkey", "-pubin", "-inform", "DER", "-in", self.path("token.der"))
        return self.write("token.pub", pem), " ".join([*tool, "--id", "01", "--sign", "-m", "ECDSA"])

    def test_a_token_signs(self):
        """Root, list and head by a key that never leaves its token."""
        public, signs = self.token()
        command = "openssl dgst -sha256 -binary | " + signs  # this token does not hash
        signer, root = ["--key", public, "--signer", command], self.path("token-root")
        code, _, err = run("root", "init", "--network", "test", "--at", "2026-09-01T00:00:00Z", "--out", root,
                           *signer)
        self.assertEqual(code, 0, err)
        self.repo, self.store = self.path("token-repo"), self.path("token-store")
        code, _, err = run("publish", "--state", self.state, "--repo", self.repo, "--root", root, "--at", LATER,
                           *signer)
        self.assertEqual(code, 0, err)
        server = Web(self.repo)
        self.addCleanup(server.close)
        self.assertEqual(self.pull(server.url, at=LATER, root=root)[0], 0)
        before = tree(self.repo)  # the twins: another hash, a mechanism that the token does not have
        for other, want in ((command.replace("sha256", "sha384"), 65), (signs + "-SHA256", 74)):
            code, _, err = run("publish", "--state", self.state, "--repo", self.repo, "--at",
                               "2026-09-22T03:00:00Z", "--key", public, "--signer", other)
            self.assertEqual(code, want, err)
            self.assertEqual(tree(self.repo), before)

    def test_commands_that_fail(self):
        other = self.path("other")
        self.assertEqual(run("keygen", "--out", other)[0], 0)
        before = tree(self.repo)
        for command, code in (("false", 74), ("cat >/dev/null; echo x", 65), ("true", 65),
                              ("no-such-command-here 2>/dev/null", 74), ("cat", 74),
                              ("openssl dgst -sha256 -sign " + other, 65)):
            with self.subTest(command):
                got, _, err = run("publish", "--state", self.state, "--repo", self.repo, "--key",
                                  self.key + ".pub", "--signer", command, "--at",
                                  "2026-09-22T03:00:00Z")
                self.assertEqual(got, code, err)
                self.assertEqual(tree(self.repo), before)

    def test_one_process_at_a_time(self):
        """While another one has the repository, the store or the state, nothing is written there."""
        self.assertEqual(self.pull(self.server.url, at=LATER)[0], 0)
        later = "2026-09-22T03:00:00Z"
        for folder, words in (
                (self.repo, ["publish", "--state", self.state, "--repo", self.repo, "--key", self.key, "--at", later]),
                (self.store, ["pull", "--from", self.server.url, "--store", self.store, "--at", later]),
                (self.state, ["state", "gc", "--state", self.state, "--keep", "1"])):
            with self.subTest(words[0]):
                before = tree(folder)
                with open(os.path.join(folder, ".lock"), "ab") as lock:
                    fcntl.flock(lock, fcntl.LOCK_EX)
                    code, _, err = run(*words)
                    self.assertEqual(code, 74, err)
                    self.assertIn("another process is working in this folder", err)
                    self.assertEqual(tree(folder), before)
                code, _, err = run(*words)  # the twin: it is free
                self.assertEqual(code, 0, err)

    def test_a_key_of_two_halves(self):
        """A file with the public half that the root lists and another private one: what it signs is not put
        into the repository."""
        other = self.path("other")
        self.assertEqual(run("keygen", "--out", other)[0], 0)
        mine, others = [vdh1.openssl("pkcs8", "-topk8", "-nocrypt", "-in", path, "-outform", "DER")
                        for path in (self.key, other)]
        before = tree(self.repo)
        for name, halves, want in (("mixed", others[:-65] + mine[-65:], 65), ("mine", mine, 0)):
            with self.subTest(name):
                text = vdh1.openssl("pkey", "-inform", "DER", stdin=halves)
                key = self.write(name, text)
                os.chmod(key, 0o600)
                code, _, err = run("publish", "--state", self.state, "--repo", self.repo, "--key", key, "--at",
                                   "2026-09-22T03:00:00Z")
                self.assertEqual(code, want, err)
                if want:
                    self.assertIn("the signature does not verify with the key", err)
                self.assertEqual(tree(self.repo) == before, want != 0)

    def test_ed25519(self):
        self.key, self.root = self.path("ed"), self.path("ed-root")
        self.assertEqual(run("keygen", "--algorithm", "ed25519", "--out", self.key)[0], 0)
        self.assertEqual(run("root", "init", "--key", self.key, "--network", "test", "--at",
                             "2026-09-01T00:00:00Z", "--out", self.root)[0], 0)
        self.repo, self.store = self.path("ed-repo"), self.path("ed-store")
        heads = []
        for _ in range(2):  # the same evidence and time: the same bytes, signatures included
            shutil.rmtree(self.repo, ignore_errors=True)
            self.assertEqual(self.publish(at=LATER)[0], 0)
            heads.append({n: d for n, d in tree(self.repo).items() if n != ".lock"})
        self.assertEqual(heads[0], heads[1])
        server = Web(self.repo)
        self.addCleanup(server.close)
        self.assertEqual(self.pull(server.url, at=LATER)[0], 0)
        data = bytearray(heads[0]["head"])
        data[-1] ^= 1
        server.change = {"/head": bytes(data)}
        code, _, err = self.pull(server.url, at=LATER)
        self.assertEqual(code, 65)
        self.assertIn("signature-wrong", err)

    def test_no_right_to_sign(self):
        other = self.path("other")
        self.assertEqual(run("keygen", "--out", other)[0], 0)
        code, _, err = run("root", "sign", self.root, "--key", other)
        self.assertEqual(code, 65)
        self.one_line(err)
        code, _, err = run("publish", "--state", self.state, "--repo", self.repo, "--key", other,
                           "--at", "2026-09-22T03:00:00Z")
        self.assertEqual(code, 65)
        self.assertIn("signature-threshold", err)


class Guards(Attacks):
    def test_dry_run(self):
        before = tree(self.repo)
        code, report, err = self.publish("--dry-run", at="2026-09-22T03:00:00Z")
        self.assertEqual((code, report["written"], report["sequence"]), (0, False, 3), err)
        self.assertGreater(report["bytes"], 0)
        self.assertEqual(report["revoked"], report["revoked_before"])
        self.assertEqual(tree(self.repo), before)

    def test_what_no_head_names_goes(self):
        for hour in range(3, 9):
            at = "2026-09-22T%02d:00:00Z" % hour
            self.assertEqual(self.sync(at=at, accept=False)[0], 0)
            self.assertEqual(self.publish(at=at)[0], 0)
        files = tree(self.repo)
        self.assertLessEqual(len([n for n in files if n.startswith("index/")]), 2)
        self.assertEqual(len([n for n in files if n.startswith("h/")]), 1)
        self.assertLessEqual(len([n for n in files if n.startswith("s/")]), 12)
        self.twin(at="2026-09-22T08:00:00Z")

    def vendors_before(self, more):
        """The history as it were if so many vendors more had had data at the publication before."""
        path = os.path.join(self.repo, "h", "2")
        with open(path, encoding="ascii") as f:
            history = json.load(f)
        there = [v for v in history["vids"] if v >= 0x8000]
        self.assertLess(len(there), 4 * more)
        history["vids"] = list(range(0x7000, 0x7000 + more)) + there
        os.unlink(path)
        self.write("repo/h/2", json.dumps(history))

    def test_fall_of_vids(self):
        at = "2026-09-22T03:00:00Z"
        self.vendors_before(2)  # the twin: two may always fall
        code, report, err = self.publish("--dry-run", at=at)
        self.assertEqual((code, report["vendors_fallen"]), (0, 2), err)
        self.vendors_before(3)
        before = tree(self.repo)
        for more in ([], ["--force", "anchors"], ["--force", "base"]):
            code, _, err = self.publish(*more, at=at)
            self.assertEqual(code, 65)
            self.assertIn("fall-of-vids: 3 of ", err)
            self.assertIn("--force vids", err)
            self.one_line(err)
            self.assertEqual(tree(self.repo), before)
        code, report, err = self.publish("--force", "vids", at=at)
        self.assertEqual((code, report["vendors_fallen"], report["anchors_gone"]), (0, 3, 0), err)
        self.assertEqual(self.publish(at="2026-09-22T04:00:00Z")[0], 0)  # nothing falls any more

    def test_the_history_is_lost(self):
        """Nobody knows who falls: then it is said, not published."""
        path = os.path.join(self.repo, "h", "2")
        with open(path, "rb") as f:
            whole = f.read()
        for data in (None, whole[:-2]):
            os.unlink(path)
            if data is not None:
                self.write("repo/h/2", data.decode())
            before = tree(self.repo)
            for more in ([], ["--force", "anchors"], ["--force", "base"]):
                code, _, err = self.publish(*more, at="2026-09-22T03:00:00Z")
                self.assertEqual(code, 65)
                self.assertIn("h/2 is missing or damaged", err)
                self.assertIn("--force vids", err)
                self.one_line(err)
                self.assertEqual(tree(self.repo), before)
            if data is None:
                self.write("repo/h/2", whole.decode())
        self.assertEqual(self.publish("--force", "vids", at="2026-09-22T03:00:00Z")[0], 0)
        self.assertEqual(self.publish(at="2026-09-22T04:00:00Z")[0], 0)

    def test_the_trust_list_is_lost(self):
        name = self.head.refs()[vdh1.TRUST_LIST][1].hex()
        whole, path = self.new["trust/" + name], os.path.join(self.repo, "trust", name)
        list_file = self.path("list")
        with open(list_file, "wb") as f:
            f.write(whole)
        for data in (None, whole[:-1] + bytes([whole[-1] ^ 1])):
            os.unlink(path)
            if data is not None:
                with open(path, "wb") as f:
                    f.write(data)
            before = tree(self.repo)
            for more, why in (([], "the trust list that its head names is missing or damaged; put it back"),
                              (["--force", "anchors"], "the trust list that its head names is missing"),
                              (["--trust-list", list_file], "--force anchors")):
                code, _, err = self.publish(*more, at="2026-09-22T03:00:00Z")
                self.assertEqual(code, 65, err)
                self.assertIn(why, err)
                self.one_line(err)
                self.assertEqual(tree(self.repo), before)
            if data is None:
                with open(path, "wb") as f:
                    f.write(whole)
        code, _, err = self.publish("--trust-list", list_file, "--force", "anchors", at="2026-09-22T03:00:00Z")
        self.assertEqual(code, 0, err)
        self.assertEqual(tree(self.repo)["trust/" + name], whole)
        self.assertEqual(self.publish(at="2026-09-22T04:00:00Z")[0], 0)

    def list_without(self, gone, at):
        """The signed list with so many anchors fewer than before, by who may sign it."""
        old = self.new["trust/" + self.head.refs()[vdh1.TRUST_LIST][1].hex()]
        entries = [(k, s, d) for k, _, s, d in vdh1.Document(old).entries()]
        extra = [(vdh1.CD_SIGNER, vdh1.TRUSTED, b"\x30\x03\x02\x01" + bytes([i])) for i in range(3)]
        lists = []
        for version, rows in ((2, entries + extra), (3, entries + extra[gone:])):
            data = vdh1.sign(vdh1.frame(vdh1.TRUST, vdh1.trust_body(rows), version, T, T + 300 * DAY),
                             self.key)
            lists.append(self.write("list-%d" % version, data))
        self.assertEqual(self.publish("--trust-list", lists[0], at=at)[0], 0)
        return lists[1]

    def test_fall_of_anchors(self):
        fewer = self.list_without(3, "2026-09-22T03:00:00Z")
        before, at = tree(self.repo), "2026-09-22T04:00:00Z"
        for more in ([], ["--force", "vids"], ["--force", "base"]):
            code, _, err = self.publish("--trust-list", fewer, *more, at=at)
            self.assertEqual(code, 65)
            self.assertIn("fall-of-anchors: 3 of ", err)
            self.assertIn("--force anchors", err)
            self.one_line(err)
            self.assertEqual(tree(self.repo), before)
        code, report, err = self.publish("--trust-list", fewer, "--force", "anchors", at=at)
        self.assertEqual((code, report["vendors_fallen"], report["anchors_gone"]), (0, 0, 3), err)

    def test_two_anchors_may_always_go(self):
        fewer = self.list_without(2, "2026-09-22T03:00:00Z")
        code, report, err = self.publish("--trust-list", fewer, at="2026-09-22T04:00:00Z")
        self.assertEqual((code, report["anchors_gone"]), (0, 2), err)

    def test_unknown_guards(self):
        code, _, err = self.publish("--force", "everything", at="2026-09-22T03:00:00Z")
        self.assertEqual(code, 64)
        self.one_line(err)


if __name__ == "__main__":
    main()
