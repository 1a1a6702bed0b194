#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""test_hosts.py - `sync` over many CRL hosts (127.0.0.x): some never answer; some know only when a CRL was
changed last."""
import asyncio
import email.utils
import hashlib
import json
import os
import subprocess
import sys
import tempfile
import threading
import time
import unittest

HERE = os.path.dirname(os.path.abspath(__file__))
sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(HERE, "..", "ledger"))

from ports import one_port  # noqa: E402
from rest import Request, Rest  # noqa: E402
from world import World  # noqa: E402

HOSTS, POINTS = 20, 60
SILENT = ["127.0.0.15", "127.0.0.5"]


class Server:
    """The node, and every CRL host: all at one port."""

    def __init__(self):
        self.sockets = one_port(["127.0.0.%d" % (i + 1) for i in range(HOSTS)], 256)
        self.port = self.sockets[0].getsockname()[1]
        self.crls, self.silent, self.bodies = {}, set(), 0

    def load(self, folder):
        self.ask = Rest(World(folder, "")).answer
        for name in os.listdir(folder):
            if name.startswith("crl"):
                with open(os.path.join(folder, name), "rb") as f:
                    self.crls["/crl/" + name[3:]] = f.read()
        threading.Thread(target=lambda: asyncio.run(self.serve()), daemon=True).start()

    async def serve(self):
        servers = [await asyncio.start_server(self.talk, sock=s) for s in self.sockets]
        await asyncio.gather(*(server.serve_forever() for server in servers))

    def answer(self, target, headers):
        body = self.crls.get(target)
        if body is None:
            a = self.ask(Request("GET", target, {}))
            return a.status, a.headers, a.body
        tag = '"%s"' % hashlib.sha256(body).hexdigest()[:16]
        if headers.get("if-none-match") == tag:
            return 304, [("ETag", tag)], b""
        self.bodies += 1
        return 200, [("ETag", tag)], body

    async def talk(self, reader, writer):
        host = writer.get_extra_info("sockname")[0]
        try:
            while True:
                head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
                if host in self.silent:
                    await asyncio.sleep(3600)
                headers = dict(line.lower().split(": ", 1) for line in head[1:] if ": " in line)
                status, more, body = self.answer(head[0].split(" ")[1], headers)
                lines = ["HTTP/1.1 %d X" % status] + ["%s: %s" % h for h in more]
                lines.append("Content-Length: %d" % len(body))
                writer.write(("\r\n".join(lines) + "\r\n\r\n").encode() + body)
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()


class Dated(Server):
    """No entity tags: Last-Modified, `age` seconds before the answer."""
    age, date = 0, True

    def answer(self, target, headers):
        body = self.crls.get(target)
        if body is None:
            return super().answer(target, headers)
        if "if-modified-since" in headers:
            return 304, [], b""
        self.bodies += 1
        now = time.time()
        dates = [("Last-Modified", email.utils.formatdate(now - self.age, usegmt=True))]
        dates += [("Date", email.utils.formatdate(now, usegmt=True))] if self.date else []
        return 200, dates, body


class Hosts(unittest.TestCase):
    def start(self, kind):
        tmp = tempfile.TemporaryDirectory(prefix="veridac-hosts-")
        self.addCleanup(tmp.cleanup)
        self.world, self.state = tmp.name + "/world", tmp.name + "/state"
        server = kind()
        for s in server.sockets:
            self.addCleanup(s.close)
        subprocess.run([os.environ["SYNC_WORLD"], self.world, "4", str(POINTS), str(HOSTS),
                        str(server.port)], check=True)
        server.load(self.world)
        self.node = "http://127.0.0.1:%d" % server.port
        return server

    def sync(self, *more):
        start = time.monotonic()
        done = subprocess.run([os.environ["VERIDAC"], "sync", "--dcl", self.node, "--network", "test",
                               "--state", self.state, "--allow-private", "--accept-anchors",
                               self.world + "/anchors.txt", "--json", *more],
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=110, check=False)
        self.seconds = time.monotonic() - start
        self.assertEqual(done.returncode, 0, done.stderr.decode())
        return json.loads(done.stdout)

    def unreachable(self, report):
        return sorted({c["url"].split("/")[2].split(":")[0] for c in report["crls"] if c["error"]})

    def test_a_tenth_is_silent(self):
        """It ends within its total deadline, and has what the others serve."""
        server = self.start(Server)
        server.silent = set(SILENT)
        report = self.sync("--total-timeout", "6s")  # a silent host alone may take 20 s
        self.assertLess(self.seconds, 6)
        self.assertEqual(self.unreachable(report), SILENT)
        self.assertEqual(report["crls_fetched"], POINTS * (HOSTS - len(SILENT)) // HOSTS)
        self.assertEqual({c["reason"] for c in report["crls"] if c["error"]}, {"deadline"})

    def test_silent_hosts_do_not_hold_all_slots(self):
        """Eight transfers at once, and two hosts that would take eight each: the others come first."""
        server = self.start(Server)
        server.silent = set(SILENT)
        report = self.sync("--parallel", "8", "--total-timeout", "6s")
        self.assertEqual(self.unreachable(report), SILENT)

    def test_the_twin(self):
        self.start(Server)
        report = self.sync("--total-timeout", "6s")
        self.assertEqual((self.unreachable(report), report["crls_fetched"]), ([], POINTS))

    def test_times_of_change(self):
        """Only one that was settled when it was answered proves that nothing has changed since."""
        server = self.start(Dated)
        for age, date, bodies in ((0, True, POINTS), (1, True, POINTS), (100, False, POINTS),
                                  (100, True, 0)):
            server.age, server.date = age, date
            subprocess.run(["rm", "-rf", self.state], check=True)
            self.sync()
            server.bodies = 0
            report = self.sync()
            with self.subTest((age, date)):
                self.assertEqual((server.bodies, report["crls_not_modified"]),
                                 (bodies, POINTS - bodies))


if __name__ == "__main__":
    unittest.main(verbosity=2)
