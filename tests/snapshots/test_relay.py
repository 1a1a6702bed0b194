#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""One repository, many servers: serve, nginx, relays of relays. The signature decides, not the server."""
import gzip
import os
import re
import shutil
import subprocess
import unittest

from servers import Nginx, Serve, as_nobody, get, readable  # first: it finds the tests of the program

from pipeline import AT, NOW, Pipeline, tree  # noqa: E402
from support import main, run  # noqa: E402

LATER = "2026-09-22T14:13:20Z"
NAME = re.compile(r"head|(index|trust|s|d|p)/[0-9a-f]{64}(\.gz)?|root/[1-9][0-9]*")


@unittest.skipIf(as_nobody() is None, "this root cannot become another user")
class Relays(Pipeline):
    def setUp(self):
        super().setUp()
        self.assertEqual(self.sync()[0], 0)
        self.assertEqual(self.publish()[0], 0)
        readable(self.repo)

    def relay(self, folder):
        server = Serve(folder)
        self.addCleanup(server.close)
        return server

    def nginx(self, folder):
        if Nginx.program() is None:
            self.skipTest("nginx is not installed")
        server = Nginx(folder, self.path("nginx-" + os.path.basename(folder)))
        self.addCleanup(server.close)
        return server

    def store_of(self, url, name, at=NOW):
        """Pulls into a store of its own; what verify says with it."""
        self.store = self.path(name)
        code, report, err = self.pull(url, at=at)
        self.assertEqual(code, 0, err)
        self.assertTrue(report["changed"])
        return self.said(at)

    def said(self, at=NOW):
        rows = []
        for device in ("genuine", "revoked-dac", "genuine-partitioned", "no-crl"):
            code, result, err = self.verify(device, "--store", self.store, at=at)
            self.assertIsNotNone(result, err)
            rows.append((device, code, result["verdict"], result["revocation"]["dac"]["status"],
                         result["snapshot"]["sha256"]))
        return rows

    def second_snapshot(self):
        self.revoke("dac-genuine", at=AT + 86400)
        self.assertEqual(self.sync(at=LATER)[0], 0)
        self.assertEqual(self.publish(at=LATER)[0], 0)
        readable(self.repo)


class Same(Relays):
    def test_nginx_and_serve_give_the_same_bytes(self):
        self.second_snapshot()
        nginx, serve = self.nginx(self.repo), self.relay(self.repo)
        names = [n for n in tree(self.repo) if NAME.fullmatch(n)]
        self.assertIn("head", names)
        for name in names:
            with self.subTest(name):
                a, b = get(nginx.port, "/" + name), get(serve.port, "/" + name)
                self.assertEqual((a.status, a.body), (b.status, b.body))
                self.assertEqual(b.body, tree(self.repo)[name])
                n = len(b.body)
                for field in ("bytes=0-0", "bytes=1-", "bytes=-7", "bytes=%d-" % n, "bytes=3-%d" % (2 * n)):
                    a, b = (get(p, "/" + name, "Range: " + field) for p in (nginx.port, serve.port))
                    self.assertEqual(a.status, b.status)
                    if a.status == 206:
                        self.assertEqual((a.body, a.fields["content-range"]),
                                         (b.body, b.fields["content-range"]))
                for port in (nginx.port, serve.port):
                    tag = get(port, "/" + name).fields["etag"]
                    self.assertEqual(get(port, "/" + name, "If-None-Match: " + tag).status, 304)
        for name in ("none", "s/none", ".lock.x", "s/" + "0" * 64):
            self.assertEqual(get(nginx.port, "/" + name).status, 404)
            self.assertEqual(get(serve.port, "/" + name).status, 404)

    def test_pull_behaves_the_same(self):
        nginx, serve = self.nginx(self.repo), self.relay(self.repo)
        self.assertEqual(self.store_of(nginx.url, "a"), self.store_of(serve.url, "b"))
        self.second_snapshot()
        serve = self.relay(self.repo)
        reports = []
        for url, name in ((nginx.url, "a"), (serve.url, "b")):
            self.store = self.path(name)
            for changed in (True, False):
                code, report, err = self.pull(url, at=LATER)
                self.assertEqual((code, report["changed"]), (0, changed), err)
                report.pop("from")
                reports.append(report)
        self.assertEqual(reports[:2], reports[2:])
        self.assertEqual(dict((d, s) for d, _, _, s, _ in self.said(LATER))["genuine"], "revoked")


class Compressed(Relays):
    """FILE.gz beside FILE, where it pays."""

    def packed(self):
        return sorted(n for n in tree(self.repo) if n.endswith(".gz"))

    def bytes_of_a_pull(self, url, name):
        self.store = self.path(name)
        code, report, err = self.pull(url)
        self.assertEqual(code, 0, err)
        return report["bytes"]

    def test_publish_writes_it_and_pull_takes_it(self):
        files = tree(self.repo)
        self.assertNotIn("head.gz", files)
        for name in self.packed():
            self.assertEqual(gzip.decompress(files[name]), files[name[:-3]])
            self.assertLessEqual(len(files[name]), 0.9 * len(files[name[:-3]]))
        name = next(n for n in self.packed() if n.startswith("trust/"))
        saved = len(files[name[:-3]]) - len(files[name])
        bare = self.path("bare")  # the twin without that one file
        shutil.copytree(self.repo, bare)
        os.unlink(os.path.join(bare, name))
        for start in (self.nginx, self.relay):
            server, twin = start(self.repo), start(bare)
            a = get(server.port, "/" + name[:-3], "Accept-Encoding: gzip")
            self.assertEqual((a.fields["content-encoding"], a.body), ("gzip", files[name]))
            self.assertEqual(self.bytes_of_a_pull(twin.url, "bare-%d" % twin.port) -
                             self.bytes_of_a_pull(server.url, "with-%d" % server.port), saved)

    def test_it_goes_with_its_file(self):
        for hour in range(1, 4):
            at = "2026-09-22T%02d:00:00Z" % hour
            self.revoke("dac-genuine", at=AT + 36000 + 3600 * hour)
            self.assertEqual(self.sync(at=at)[0], 0)
            self.assertEqual(self.publish(at=at)[0], 0)
        files = tree(self.repo)
        self.assertEqual([n for n in self.packed() if n[:-3] not in files], [])
        self.assertEqual(len([n for n in files if n.startswith("p/")]),
                         len({n[:66] for n in files if n.startswith("p/")}) +
                         len([n for n in self.packed() if n.startswith("p/")]))

    def test_one_that_lies_costs_a_request(self):
        """Bombs, other bytes, junk: the file itself is asked for then."""
        nginx = self.nginx(self.repo)
        name = next(n for n in self.packed() if n.startswith("trust/"))
        path = os.path.join(self.repo, name)
        plain = tree(self.repo)[name[:-3]]
        rows = [gzip.compress(bytes(1 << 20)), gzip.compress(plain[::-1]), gzip.compress(plain)[:-9],
                gzip.compress(plain) + b"x", b"junk" * 9, b""]
        for i, data in enumerate(rows):
            os.unlink(path)
            with open(path, "wb") as f:
                f.write(data)
            readable(self.repo)
            self.store = self.path("lied-%d" % i)
            code, report, err = self.pull(nginx.url)
            self.assertEqual((code, report and report["requests"]), (0, 4), err)
            self.assertEqual(tree(self.store)[name[:-3]], plain)


class Chain(Relays):
    def test_a_relay_of_a_relay(self):
        """Publisher -> hub -> hub of the hub -> client, each a store that is served on."""
        first = self.relay(self.repo)
        told = self.store_of(first.url, "hub-1")
        second = self.relay(self.path("hub-1"))
        self.assertEqual(self.store_of(second.url, "hub-2"), told)
        third = self.relay(self.path("hub-2"))
        self.assertEqual(self.store_of(third.url, "client"), told)
        # what nobody but the client has to see is not given out
        for name in set(os.listdir(self.path("hub-1"))) - {"head"}:
            self.assertEqual(get(second.port, "/" + name).status, 404, name)

        # the next snapshot takes the same way, while the hubs serve
        self.second_snapshot()
        for server, name in ((first, "hub-1"), (second, "hub-2"), (third, "client")):
            self.store = self.path(name)
            self.wait_for_new_head(server)
            code, report, err = self.pull(server.url, at=LATER)
            self.assertEqual((code, report["changed"]), (0, True), err)
        self.assertEqual(dict((d, s) for d, _, _, s, _ in self.said(LATER))["genuine"], "revoked")

    def wait_for_new_head(self, server):
        with open(os.path.join(self.repo, "head"), "rb") as f:
            want = f.read()
        for _ in range(100):
            if get(server.port, "/head").body == want:
                return
            subprocess.run(["sleep", "0.2"], check=True)
        self.fail("the new head is not served")

    def test_a_relay_that_alters_one_byte(self):
        """Each file of the repository, a bit of it: serve leaves it out, nginx gives it, and pull takes
        it from neither; beside it, the unaltered one is installed."""
        self.assertTrue(self.store_of(self.relay(self.repo).url, "honest"))
        needed = []
        for name in sorted(n for n in tree(self.repo) if NAME.fullmatch(n)):
            with self.subTest(name):
                folder = self.path("altered")
                shutil.copytree(self.repo, folder)
                data = bytearray(tree(self.repo)[name])
                data[len(data) // 2] ^= 1
                os.unlink(os.path.join(folder, name))
                with open(os.path.join(folder, name), "wb") as f:
                    f.write(data)
                readable(folder)
                for kind in (Serve, Nginx):
                    if kind is Nginx and Nginx.program() is None:
                        continue
                    server = kind(folder) if kind is Serve else self.nginx(folder)
                    self.store = self.path("never")
                    code, _, err = self.pull(server.url)
                    server.close()
                    if code == 0:  # a file that this pull does not need: then it was not taken either
                        self.assertNotIn(bytes(data), tree(self.store).values())
                    else:
                        self.assertIn(code, (65, 74), err)
                        self.one_line(err)
                        code, _, err = run(*self.verify_args("genuine", "--store", self.store))
                        self.assertEqual(code, 65, err)
                        needed.append((name, kind))
                    shutil.rmtree(self.store, ignore_errors=True)
                shutil.rmtree(folder)
        self.assertGreaterEqual(len(needed), 2)
        self.assertIn("head", [name for name, _ in needed])


if __name__ == "__main__":
    main()
