#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""What a pull asks for and how much of it: conditional requests, deltas, broken transfers, budgets."""
import hashlib
import http.server
import os
import subprocess
import threading
import time

import vdh1
from pipeline import AT, NOW, Pipeline, tree
from support import PROGRAM, main, run


LATER = "2026-09-22T14:13:20Z"


class Ranged:
    """A web server that knows ETag and Range, counts octets, and breaks what it is told to break."""

    def __init__(self, folder):
        outer = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def log_message(self, *_):
                pass

            def do_GET(self):
                request = len(self.requestline) + 2 + sum(
                    len(k) + len(v) + 4 for k, v in self.headers.items()) + 2
                path = os.path.join(folder, self.path.lstrip("/"))
                start, status, extra = 0, 200, {}
                try:
                    with open(path, "rb") as f:
                        data = f.read()
                except OSError:
                    status, data = 404, b""
                tag = '"%s"' % hashlib.sha256(data).hexdigest()[:16]
                ranged = self.headers.get("Range")
                if status == 200 and self.headers.get("If-None-Match") == tag:
                    status, data = 304, b""
                elif status == 200 and ranged and outer.ranges:
                    start = int(ranged[len("bytes="):-1])
                    status = 206
                    extra["Content-Range"] = outer.content_range or "bytes %d-%d/%d" % (
                        start, len(data) - 1, len(data))
                    data = data[start:]
                outer.log.append((self.path, status, start, request))
                lines = ["HTTP/1.1 %d X" % status, "ETag: " + tag,
                         "Content-Length: %d" % len(data)]
                lines += ["%s: %s" % item for item in extra.items()]
                head = ("\r\n".join(lines) + "\r\n\r\n").encode()
                if status == 304:
                    head = ("HTTP/1.1 304 Not Modified\r\nETag: %s\r\n\r\n" % tag).encode()
                outer.octets += request + len(head) + len(data)
                self.wfile.write(head)
                stall = outer.stall.get(self.path)
                if stall is not None:
                    self.wfile.write(data[:stall])
                    self.wfile.flush()
                    self.connection.recv(1)  # until the client is gone
                    return
                limit = outer.cut.get(self.path)
                if limit is not None and limit > start:
                    self.wfile.write(data[:limit - start])
                    self.close_connection = True
                    self.wfile.flush()
                    self.connection.close()
                    return
                self.wfile.write(data)

        self.log, self.octets, self.cut, self.stall = [], 0, {}, {}
        self.ranges, self.content_range = True, None
        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.handle_error = lambda *_: None  # a client may end a transfer
        self.url = "http://127.0.0.1:%d" % self.server.server_port
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def clear(self):
        self.log.clear()
        self.octets = 0

    def close(self):
        self.server.shutdown()
        self.server.server_close()


class Served(Pipeline):
    def setUp(self):
        super().setUp()
        self.assertEqual(self.sync()[0], 0)
        self.assertEqual(self.publish()[0], 0)
        self.server = Ranged(self.repo)
        self.addCleanup(self.server.close)

    def asked(self):
        return [(path.split("/")[1], status) for path, status, _, _ in self.server.log]


class Conditional(Served):
    def test_nothing_new_is_one_conditional_request(self):
        self.assertEqual(self.pull(self.server.url)[0], 0)
        head = tree(self.repo)["head"]
        self.assertLessEqual(len(head), 1024)
        self.server.clear()
        code, report, err = self.pull(self.server.url)
        self.assertEqual((code, report["changed"], report["requests"]), (0, False, 1), err)
        self.assertEqual(self.asked(), [("head", 304)])
        # from another mirror the tag says nothing
        other = Ranged(self.repo)
        self.addCleanup(other.close)
        self.assertEqual(self.pull(other.url)[0], 0)
        self.assertEqual([status for _, status, _, _ in other.log], [200])

    def test_a_head_that_changes_twice_in_a_second(self):
        """A server without ETag, and its dates have seconds: the later head is not missed."""
        web = self.web()
        self.store = self.path("dated")
        self.assertEqual(self.pull(web.url)[0], 0)
        head = os.path.join(self.repo, "head")
        when = os.stat(head).st_mtime
        self.revoke("dac-genuine", at=AT + 86400)
        self.assertEqual(self.sync(at=LATER)[0], 0)
        self.assertEqual(self.publish(at=LATER)[0], 0)
        os.utime(head, (when, when))
        code, report, err = self.pull(web.url, at=LATER)
        self.assertEqual((code, report["changed"]), (0, True), err)

    def test_a_mirror_that_says_not_modified_unasked(self):
        """304 without a condition is no answer."""
        self.store = self.path("fresh")
        real = self.server.server.RequestHandlerClass.do_GET
        self.addCleanup(setattr, self.server.server.RequestHandlerClass, "do_GET", real)
        self.server.server.RequestHandlerClass.do_GET = lambda h: h.wfile.write(
            b"HTTP/1.1 304 Not Modified\r\nETag: \"x\"\r\n\r\n")
        code, _, err = self.pull(self.server.url)
        self.assertEqual(code, 74)
        self.assertIn("304", err)
        self.assertNotIn("head", tree(self.store))


class Broken(Served):
    """A big file, so that its beginning is worth keeping."""

    def setUp(self):
        super().setUp()
        # the bundle of another world would do; a list of 40 000 revocations is simply big
        csv = "issuer_key_id,issuer_name,serial\n" + "".join(
            "%s,MAwxCjAIBgNVBAMMAUE=,%030x\n" % ("AB" * 20, i * 7919) for i in range(1, 40001))
        bundle = self.path("big.vdb")
        self.assertEqual(run("build", "--revocation-set", self.write("big.csv", csv), "--network",
                             "test", "--at", NOW, "--out", bundle)[0], 0)
        with open(bundle, "rb") as f:
            self.big = f.read()
        head = vdh1.Document(tree(self.repo)["head"])
        refs = head.refs()
        refs[vdh1.FULL] = (len(self.big), hashlib.sha256(self.big).digest())
        body = vdh1.head_body(head.created + 60, *head.versions(), refs)
        data = vdh1.sign(vdh1.frame(vdh1.HEAD, body, head.number + 1, head.created, head.expires),
                         self.key)
        os.unlink(os.path.join(self.repo, "head"))
        self.write("repo/head", data)
        self.name = hashlib.sha256(self.big).hexdigest()
        self.write("repo/s/" + self.name, self.big)
        self.file = "/s/" + self.name
        self.assertGreater(len(self.big), 200000)

    def broken(self, octets):
        self.server.cut = {self.file: octets}
        code, _, err = self.pull(self.server.url)
        self.assertEqual(code, 74, err)
        self.assertNotIn("head", tree(self.store))
        self.server.cut = {}
        self.server.clear()

    def test_goes_on_where_it_broke_off(self):
        self.broken(150000)
        code, report, err = self.pull(self.server.url)
        self.assertEqual(code, 0, err)
        self.assertIn((self.file, 206, 150000), [x[:3] for x in self.server.log])
        self.assertLess(report["bytes"], len(self.big) - 140000)
        self.assertEqual(tree(self.store)["s/" + self.name], self.big)
        self.assertFalse([n for n in tree(self.store) if n.startswith("t/")])

    def test_a_pull_that_is_killed(self):
        """What had come is on the disk, and the next pull asks for the rest."""
        self.server.stall = {self.file: 150000}
        killed = subprocess.Popen([PROGRAM, *self.pull_args(self.server.url)], stderr=subprocess.DEVNULL)
        part, stop = os.path.join(self.store, "t", self.name), time.monotonic() + 60
        while not (os.path.exists(part) and os.path.getsize(part) >= 150000) and time.monotonic() < stop:
            time.sleep(0.02)
        killed.kill()
        killed.wait()
        self.server.stall = {}
        self.server.clear()
        self.assertNotIn("head", tree(self.store))
        code, report, err = self.pull(self.server.url)
        self.assertEqual(code, 0, err)
        self.assertIn((self.file, 206, 150000), [x[:3] for x in self.server.log])
        self.assertEqual(tree(self.store)["s/" + self.name], self.big)
        self.assertFalse([n for n in tree(self.store) if n.startswith("t/")])

    def test_a_server_without_ranges(self):
        self.broken(150000)
        self.server.ranges = False
        self.assertEqual(self.pull(self.server.url)[0], 0)
        self.assertEqual(tree(self.store)["s/" + self.name], self.big)

    def test_a_beginning_that_is_a_lie(self):
        """What one mirror sent wrongly does not spoil what the next one sends rightly."""
        self.broken(150000)
        part = os.path.join(self.store, "t", self.name)
        with open(part, "r+b") as f:
            f.write(b"lie")
        code, _, err = self.pull(self.server.url)
        self.assertEqual(code, 0, err)
        self.assertEqual(tree(self.store)["s/" + self.name], self.big)

    def test_another_range_than_asked_for(self):
        self.broken(150000)
        for text in ("bytes 0-%d/%d" % (len(self.big) - 1, len(self.big)),
                     "bytes 150000-%d/*" % (len(self.big) - 1), "bytes 150000-200000/200001", "x"):
            self.server.content_range = text
            code, _, err = self.pull(self.server.url)
            self.assertEqual(code, 74, err)
            self.assertIn("range-wrong", err)
            self.assertNotIn("head", tree(self.store))
        self.server.content_range = None
        self.assertEqual(self.pull(self.server.url)[0], 0)

    def test_budget(self):
        code, _, err = self.pull(self.server.url, "--max-bytes", "100000")
        self.assertEqual(code, 74, err)
        self.assertNotIn("head", tree(self.store))
        self.assertEqual(self.pull(self.server.url, "--max-bytes", "1000000")[0], 0)


if __name__ == "__main__":
    main()
