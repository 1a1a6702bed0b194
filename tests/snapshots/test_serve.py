#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""veridac serve from outside: which bytes it gives, to whom, and to whom not."""
import gzip
import hashlib
import os
import signal
import socket
import subprocess
import time
import unittest

from servers import Answer, Serve, as_nobody, get, send  # first: it finds the tests of the program

from support import PROGRAM, Folder, main, run  # noqa: E402


def sha(data):
    return hashlib.sha256(data).hexdigest()


BIG = bytes(range(256)) * 1024  # larger than what the server keeps in memory
SMALL = b"one bundle " * 30
R = "root"  # a folder of the layout; written out it looks like one of a machine
PACKED = b"".join(b"compresses well %d " % i for i in range(500))


@unittest.skipIf(as_nobody() is None, "this root cannot become another user")
class Served(Folder):
    """A folder in the shape of a repository; its files need not mean anything."""

    def setUp(self):
        super().setUp()
        self.repo = self.path("repo")
        self.files = {"head": b"signed", "index/" + sha(b"index"): b"index", "root/1": b"root",
                      "root/12": b"root 12", "trust/" + sha(b"trust"): b"trust",
                      "s/" + sha(SMALL): SMALL, "s/" + sha(BIG): BIG, "d/" + sha(b"d"): b"d",
                      "p/" + sha(PACKED): PACKED, "p/" + sha(PACKED) + ".gz": gzip.compress(PACKED),
                      "s/" + sha(b""): b""}
        for name, data in self.files.items():
            self.put(name, data)

    def put(self, name, data):
        path = os.path.join(self.repo, name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path + ".new", "wb") as f:
            f.write(data)
        os.rename(path + ".new", path)

    def serve(self, *more):
        server = Serve(self.repo, *more)
        self.addCleanup(server.close)
        return server

    def well(self, server):
        """An honest client is answered, now."""
        start = time.monotonic()
        self.assertEqual(get(server.port, "/head").body, self.files["head"])
        self.assertLess(time.monotonic() - start, 30)


class Files(Served):
    def test_every_file(self):
        port = self.serve().port
        for name, data in self.files.items():
            with self.subTest(name):
                a = get(port, "/" + name)
                self.assertEqual((a.status, a.body), (200, data))
                self.assertEqual(a.fields["etag"], '"%.16s"' % sha(data))
                self.assertEqual(a.fields["content-length"], str(len(data)))
                self.assertEqual("immutable" in a.fields["cache-control"], name != "head")
                h = get(port, "/" + name, method="HEAD")
                self.assertEqual((h.status, h.body), (200, b""))
                self.assertEqual(h.fields["content-length"], str(len(data)))

    def test_nothing_else(self):
        for name in (".lock", "head.tmp", "readme", "s/x", "s/" + sha(b"x")[:-1], "floor", "s/.hidden",
                     "root/01", "root/x", "root/0", "status.json", "q/" + sha(b"q"), "s/deep/x",
                     "s/" + sha(b"up").upper(), "s/" + sha(b"t") + ".tmp"):
            self.put(name, b"up")
        os.symlink("/etc/passwd", os.path.join(self.repo, "s", sha(b"link")))
        port = self.serve().port
        with_s = "/s/" + sha(SMALL)
        for path in ("/.lock", "/head.tmp", "/readme", "/s/x", "/", "//head", "/./head", "/s/../head",
                     "/s", "/s/", "/head/", "/head/..", "/HEAD", "/%68ead", "/head%00", "/head%00.gz",
                     "/%2e%2e/head", "/s/%2e%2e/head", "/..%2fhead", "/floor", "/%s/01" % R, "/%s/x" % R,
                     "/%s/0" % R, "/status.json", "/q/" + sha(b"q"), "/s/deep/x", "/s/.hidden",
                     with_s.upper(), with_s + ".gz", with_s + "/", "/s/" + sha(b"link"), "\\head",
                     "/s/" + sha(b"up").upper(), "/head\\", "/../../etc/passwd", "/s\\" + sha(SMALL),
                     "/%s/%s" % (R, "1" * 60), "/" + "s" * 5000, "/s/" + sha(b"t") + ".tmp"):
            with self.subTest(path):
                self.assertIn(get(port, path).status, (404, 414, 400))
        self.assertEqual(get(port, "/%s/1" % R).status, 200)

    def test_targets(self):
        server = self.serve()
        self.assertEqual(get(server.port, "/head?x=1").body, b"signed")
        self.assertEqual(get(server.port, "http://example.com/head").body, b"signed")
        for target in ("http://example.com", "https://example.com/head", "ftp://x/head", "head", "*",
                       "file:///etc/passwd", "x:/head"):
            self.assertIn(get(server.port, target).status, (400, 404), target)
        # a NUL ends the target; what stands before it is looked up like anything else
        raw = b"GET /\x00head HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
        self.assertNotIn(b"signed", send(server.port, raw))
        raw = b"GET /s/../\x00head HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
        self.assertNotIn(b"signed", send(server.port, raw))
        self.well(server)

    def test_files_that_lie_are_left_out(self):
        self.put("s/" + sha(b"a"), b"b")
        self.put("p/" + sha(b"c") + ".gz", gzip.compress(b"not c"))
        self.put("p/" + sha(b"e") + ".gz", b"no gzip")
        self.put("d/" + sha(b"c"), b"c")
        server = self.serve()
        for name, status in (("s/" + sha(b"a"), 404), ("p/" + sha(b"c") + ".gz", 404),
                             ("p/" + sha(b"e") + ".gz", 404), ("d/" + sha(b"c"), 200)):
            self.assertEqual(get(server.port, "/" + name).status, status, name)
        code, err = server.close()
        self.assertEqual(code, 0)
        self.assertIn("3 files are left out", err)

    def test_what_changes_on_disk(self):
        server = self.serve()
        big = "/s/" + sha(BIG)
        with open(self.repo + big, "r+b") as f:
            f.write(b"altered in place")
        self.assertEqual(get(server.port, big).status, 404)
        self.put("s/" + sha(b"new"), b"new")
        self.put("head", b"signed again")
        for _ in range(60):
            if get(server.port, "/head").body == b"signed again":
                break
            time.sleep(0.2)
        a = get(server.port, "/head")
        self.assertEqual((a.body, a.fields["etag"]), (b"signed again", '"%.16s"' % sha(b"signed again")))
        self.assertEqual(get(server.port, "/s/" + sha(b"new")).body, b"new")
        self.assertEqual(get(server.port, "/s/" + sha(SMALL)).body, SMALL)
        os.unlink(os.path.join(self.repo, "head"))  # broken: what was read stays
        time.sleep(2.5)
        self.assertEqual(get(server.port, "/head").body, b"signed again")


class Conditions(Served):
    def test_if_none_match(self):
        port = self.serve().port
        for name in ("head", "s/" + sha(BIG)):
            tag = '"%.16s"' % sha(self.files[name])
            rows = [(tag, 304), ("W/" + tag, 304), ("*", 304), ('"a", ' + tag, 304), (tag + ',"b"', 304),
                    ('"a" , W/"b",, ' + tag + " ,", 304), ('"a"', 200), ("", 200), (tag[1:-1], 200),
                    (tag[:-1], 200), ('"a" ' + tag, 200), ("w/" + tag, 200), ("*, " + tag, 200),
                    (tag.upper(), 200), ('"a,' + tag, 200), (",", 200), ("\t" + tag, 304)]
            for value, status in rows:
                with self.subTest((name, value)):
                    a = get(port, "/" + name, "If-None-Match: " + value)
                    self.assertEqual(a.status, status)
                    self.assertEqual(a.fields["etag"], tag)
                    self.assertIn("cache-control", a.fields)
                    self.assertEqual(a.body, b"" if status == 304 else self.files[name])

    def test_ranges(self):
        port = self.serve().port
        huge = "9" * 40
        for data in (BIG, SMALL):
            n, path = len(data), "/s/" + sha(data)
            rows = [("0-0", 0, 1), ("0-", 0, n), ("5-9", 5, 5), ("%d-" % (n - 1), n - 1, 1),
                    ("-1", n - 1, 1), ("-%d" % n, 0, n), ("-%d" % (n + 1), 0, n), ("-" + huge, 0, n),
                    ("0-" + huge, 0, n), ("7-%d" % n, 7, n - 7), ("007-0009", 7, 3), (" 1-2", 1, 2)]
            for text, first, length in rows:
                with self.subTest((n, text)):
                    a = get(port, path, "Range: bytes=" + text)
                    self.assertEqual((a.status, a.body), (206, data[first:first + length]))
                    self.assertEqual(a.fields["content-range"],
                                     "bytes %d-%d/%d" % (first, first + length - 1, n))
                    self.assertEqual(a.fields["content-length"], str(length))
                    h = get(port, path, "Range: bytes=" + text, method="HEAD")
                    self.assertEqual((h.status, h.fields["content-length"]), (200, str(n)))
            for text in ("%d-" % n, "%d-%d" % (n, n + 5), "-0", huge + "-", huge + "-" + huge):
                with self.subTest((n, text)):
                    a = get(port, path, "Range: bytes=" + text)
                    self.assertEqual((a.status, a.body), (416, b""))
                    self.assertEqual(a.fields["content-range"], "bytes */%d" % n)
            for field in ("bytes=", "bytes=-", "bytes=a-b", "bytes=1-0", "bytes=0-1,3-4", "bytes=1",
                          "bytes=0-1x", "items=0-1", "bytes 0-1", "bytes=--1", "bytes=0x0-1",
                          "bytes=+1-2", "bytes=0-0" + ",1-1" * 500):
                with self.subTest((n, field)):
                    a = get(port, path, "Range: " + field)
                    self.assertEqual((a.status, a.body), (200, data))
        a = get(port, "/s/" + sha(b""), "Range: bytes=0-")
        self.assertEqual((a.status, a.fields["content-range"]), (416, "bytes */0"))

    def test_if_range(self):
        port = self.serve().port
        tag = '"%.16s"' % sha(SMALL)
        for value, status in ((tag, 206), ("W/" + tag, 200), ('"x"', 200),
                              ("Sat, 01 Jan 2000 00:00:00 GMT", 200)):
            a = get(port, "/s/" + sha(SMALL), "Range: bytes=1-2", "If-Range: " + value)
            self.assertEqual(a.status, status, value)
        a = get(port, "/s/" + sha(SMALL), "Range: bytes=1-2", "If-None-Match: " + tag)
        self.assertEqual(a.status, 304)

    def test_gzip(self):
        port = self.serve().port
        path, tag = "/p/" + sha(PACKED), '"%.16s"' % sha(gzip.compress(PACKED))
        packed = self.files["p/" + sha(PACKED) + ".gz"]
        rows = [("gzip", True), ("GZIP", True), ("deflate, gzip", True), ("gzip;q=0.5", True), ("*", True),
                ("br, *;q=0.1", True), ("gzip ; q=1", True), ("gzip;q=0", False), ("gzip;q=0.000", False),
                ("identity", False), ("", False), ("*;q=0", False), ("gzip;q=0, *", False),
                ("xgzip", False), ("gzip2", False), ("gzip;x=1", False), ("identity;q=1, *;q=0", False)]
        for value, wanted in rows:
            with self.subTest(value):
                a = get(port, path, "Accept-Encoding: " + value)
                self.assertEqual(a.body, packed if wanted else PACKED)
                self.assertEqual(a.fields.get("content-encoding"), "gzip" if wanted else None)
                self.assertEqual(a.fields["vary"], "Accept-Encoding")
        packed_tag = get(port, path, "Accept-Encoding: gzip").fields["etag"]
        self.assertEqual(packed_tag, '"%.16s"' % sha(packed))
        self.assertNotEqual(packed_tag, get(port, path).fields["etag"])
        self.assertEqual(get(port, path, "If-None-Match: " + packed_tag).status, 304)
        a = get(port, path, "Accept-Encoding: gzip", "Range: bytes=1-3")
        self.assertEqual((a.status, a.body), (206, PACKED[1:4]))
        self.assertNotIn("vary", get(port, "/s/" + sha(SMALL), "Accept-Encoding: gzip").fields)
        self.assertTrue(tag)

    def test_methods(self):
        server = self.serve()
        for method in ("POST", "PUT", "DELETE", "OPTIONS", "TRACE", "PATCH", "CONNECT", "get", "BREW",
                       "PROPFIND", "M" * 1000):
            with self.subTest(method):
                a = get(server.port, "/head", method=method)
                self.assertEqual((a.status, a.fields["allow"]), (405, "GET, HEAD"))
        a = get(server.port, "/head", "Content-Length: 5", "", "12345")
        self.assertEqual(a.status, 200)
        a = get(server.port, "/head", "Content-Length: 99999999999999999999999")
        self.assertNotEqual(a.status, 200)
        self.well(server)


class Refused(Served):
    """Why it does not start; beside each, that it starts without that."""

    def refuses(self, code, why, *more):
        p = subprocess.run([*as_nobody(), PROGRAM, "serve", self.repo, *more], stdin=subprocess.DEVNULL,
                           stdout=subprocess.PIPE, stderr=subprocess.PIPE, check=False, timeout=30)
        self.assertEqual((p.returncode, p.stdout), (code, b""), p.stderr)
        self.assertIn(why, p.stderr.decode())
        self.one_line(p.stderr.decode())

    def test_private_keys(self):
        self.serve().close()
        self.assertEqual(run("keygen", "--out", self.path("key"))[0], 0)
        with open(self.path("key"), "rb") as f:
            pem = f.read()
        pkcs8 = subprocess.run(["openssl", "pkcs8", "-topk8", "-nocrypt", "-outform", "DER"], input=pem,
                               stdout=subprocess.PIPE, check=True).stdout
        sec1 = subprocess.run(["openssl", "ec", "-outform", "DER"], input=pem, stdout=subprocess.PIPE,
                              stderr=subprocess.DEVNULL, check=True).stdout
        old = subprocess.run(["openssl", "ec"], input=pem, stdout=subprocess.PIPE,
                             stderr=subprocess.DEVNULL, check=True).stdout
        locked = subprocess.run(["openssl", "pkcs8", "-topk8", "-passout", "pass:x"], input=pem,
                                stdout=subprocess.PIPE, check=True).stdout
        rows = [("key", pem), (".hidden", pem), ("a/b/c/key.der", pkcs8), ("key.sec1", sec1),
                ("s/" + sha(pem), pem), ("old.pem", old), ("locked.pem", locked),
                ("notes", b"# backup\n" * 100 + pem)]
        for name, data in rows:
            with self.subTest(name):
                self.put(name, data)
                os.chmod(os.path.join(self.repo, name), 0o644)
                for at, _, _ in os.walk(self.repo):
                    os.chmod(at, 0o755)
                os.chmod(self.tmp.name, 0o755)
                self.refuses(65, "private key")
                os.unlink(os.path.join(self.repo, name))
        with open(self.path("key.pub"), "rb") as f:
            self.put("key.pub", f.read())
        self.serve().close()

    def test_no_head(self):
        os.unlink(os.path.join(self.repo, "head"))
        self.serve_readable()
        self.refuses(65, "there is no head")

    def serve_readable(self):
        for at in (self.tmp.name, self.repo):
            os.chmod(at, 0o755)

    def test_no_folder(self):
        self.repo = self.path("none")
        self.serve_readable_tmp()
        self.refuses(74, "none")

    def serve_readable_tmp(self):
        os.chmod(self.tmp.name, 0o755)

    def test_listen(self):
        server = self.serve()
        self.refuses(74, "cannot listen", "--listen", "127.0.0.1:%d" % server.port)
        for bad in ("localhost", "127.0.0.1:", "127.0.0.1:65536", "127.0.0.1:-1", "[::1", "[::1]x", ":80",
                    "1.2.3", "127.0.0.1:80:80", "x" * 100):
            self.refuses(64, "expected", "--listen", bad)
        other = self.serve("--listen", "127.0.0.2:0")
        self.assertTrue(other.url.startswith("http://127.0.0.2:"))

    @unittest.skipUnless(os.geteuid() == 0, "only root can be refused as root")
    def test_root(self):
        code, out, err = run("serve", self.repo)
        self.assertEqual((code, out), (64, ""))
        self.assertIn("as root", err)
        self.one_line(err)

    def test_options(self):
        self.assertEqual(run("serve")[0], 64)
        self.assertEqual(run("serve", self.repo, self.repo)[0], 64)

    def test_output_that_cannot_be_written(self):
        self.serve_readable()
        for at, _, _ in os.walk(self.repo):
            os.chmod(at, 0o755)
        with open("/dev/full", "wb") as full:
            p = subprocess.run([*as_nobody(), PROGRAM, "serve", self.repo], stdout=full, check=False,
                               stderr=subprocess.PIPE, timeout=30)
        self.assertEqual(p.returncode, 74, p.stderr)


class Hostile(Served):
    """Clients that want to harm; afterwards, and meanwhile, an honest one is answered."""

    def test_slow_headers(self):
        """A byte a second, for ever: the time for a header is over."""
        server = self.serve("--header-timeout", "2s")
        start = time.monotonic()
        with socket.create_connection(("127.0.0.1", server.port)) as s:
            s.settimeout(1.0)
            over = False
            while not over and time.monotonic() - start < 60:
                try:
                    s.sendall(b"G")
                    over = s.recv(100) == b""
                except (ConnectionResetError, BrokenPipeError):
                    over = True
                except socket.timeout:
                    self.well(server)
            self.assertTrue(over)
        self.assertLess(time.monotonic() - start, 60)
        with socket.create_connection(("127.0.0.1", server.port)) as s:  # silence
            s.settimeout(60)
            self.assertEqual(s.recv(100), b"")

    def test_huge_headers(self):
        server = self.serve()
        for raw in (b"GET /head HTTP/1.1\r\nHost: x\r\nX: " + b"y" * 200000 + b"\r\n\r\n",
                    b"GET /head HTTP/1.1\r\nHost: x\r\n" + b"X: y\r\n" * 100000 + b"\r\n",
                    b"GET /" + b"a" * 200000 + b" HTTP/1.1\r\nHost: x\r\n\r\n",
                    b"G" * 200000, b"\r\n" * 100000):
            got = Answer(send(server.port, raw))
            self.assertNotEqual(got.status, 200, raw[:40])
            self.well(server)

    def test_bad_requests(self):
        server = self.serve("--header-timeout", "2s")
        for raw in (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", bytes(range(256)) * 10, b"GET\r\n\r\n",
                    b"GET /head\r\n\r\n", b"GET  /head  HTTP/1.1\r\n\r\n", b"GET /head HTTP/9.9\r\n\r\n",
                    b"GET /head HTTP/1.1\r\n\r\n", b"GET /head HTTP/1.1\r\nHost\r\n\r\n",
                    b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"):
            with socket.create_connection(("127.0.0.1", server.port), timeout=10) as s:
                s.sendall(raw)
                s.shutdown(socket.SHUT_WR)
                try:
                    while s.recv(65536):
                        pass
                except ConnectionResetError:
                    pass
            self.well(server)

    def test_pipelining(self):
        server = self.serve()
        one = b"GET /head HTTP/1.1\r\nHost: x\r\n\r\n"
        last = b"GET /s/%s HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n" % sha(BIG).encode()
        got = send(server.port, one * 500 + last)
        self.assertEqual(got.count(b"HTTP/1.1 200 OK"), 501)
        self.assertEqual(got.count(b"\r\n\r\nsigned"), 500)
        self.assertTrue(got.endswith(BIG))

    def test_many_connections(self):
        """Ten thousand from one address, opened and kept: a few are served, memory stays flat, and an
        honest client elsewhere gets its answer."""
        server = self.serve("--connections", "200", "--connections-per-address", "20")
        before = server.rss()
        kept = []
        for i in range(10000):
            s = socket.socket()
            s.settimeout(2)
            try:
                s.connect(("127.0.0.1", server.port))
                s.sendall(b"GET /head HT")
            except OSError:
                pass
            kept.append(s)
            if len(kept) > 300:  # our own descriptors end, too
                kept.pop(0).close()
            if i % 2500 == 2499:
                with socket.socket() as honest:
                    honest.settimeout(10)
                    honest.bind(("127.0.0.9", 0))
                    honest.connect(("127.0.0.1", server.port))
                    honest.sendall(b"GET /head HTTP/1.0\r\n\r\n")
                    self.assertIn(b"signed", honest.recv(4096))
        self.assertLess(server.rss() - before, 32 << 10)
        for s in kept:
            s.close()
        for _ in range(300):  # until it has seen that they are gone, which takes a sanitized one seconds
            if get(server.port, "/head").status == 200:
                break
            time.sleep(0.1)
        self.well(server)

    def test_clients_that_do_not_read(self):
        server = self.serve()
        kept = []
        for _ in range(40):
            s = socket.create_connection(("127.0.0.1", server.port))
            s.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            s.sendall(b"GET /s/%s HTTP/1.1\r\nHost: x\r\n\r\n" % sha(BIG).encode() * 20)
            kept.append(s)
        self.well(server)
        for s in kept:
            s.close()
        self.well(server)

    def test_rate(self):
        server = self.serve("--rate", "5")
        statuses = [get(server.port, "/head").status for _ in range(40)]
        self.assertIn(200, statuses)
        self.assertIn(429, statuses)
        with socket.socket() as other:  # another address has its own count
            other.bind(("127.0.0.77", 0))
            other.connect(("127.0.0.1", server.port))
            other.sendall(b"GET /head HTTP/1.0\r\n\r\n")
            self.assertIn(b"signed", other.recv(4096))
        time.sleep(2.1)
        self.assertEqual(get(server.port, "/head").status, 200)
        self.assertNotIn(429, [get(self.serve().port, "/head").status for _ in range(3)])


class Ends(Served):
    def test_signals(self):
        for how in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            server = Serve(self.repo)
            idle = socket.create_connection(("127.0.0.1", server.port))
            busy = socket.create_connection(("127.0.0.1", server.port))
            busy.sendall(b"GET /s/%s HTTP/1.1\r\nHost: x\r\n\r\n" % sha(BIG).encode() * 50)
            time.sleep(0.2)
            start = time.monotonic()
            self.assertEqual(server.close(how), (0, ""))
            self.assertLess(time.monotonic() - start, 30)
            idle.close()
            busy.close()
            with socket.socket() as s:
                self.assertNotEqual(s.connect_ex(("127.0.0.1", server.port)), 0)


if __name__ == "__main__":
    main()
