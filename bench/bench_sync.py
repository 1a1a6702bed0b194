#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""sync against a ledger that takes 100 ms for each answer.

    bench_sync.py BUILD [--quick]

100 PAAs, 1 000 revocation points, 1 000 CRLs on 125 hosts (127.0.0.x); then nothing new; then every tenth
host silent. Each is a process of its own and is done once, in --quick, else three times."""
import asyncio
import hashlib
import json
import os
import subprocess
import sys
import tempfile
import threading
import time

import rows

sys.path.insert(0, os.path.join(rows.TOP, "tests", "ledger"))
sys.dont_write_bytecode = True

from ports import one_port  # noqa: E402
from rest import Request, Rest  # noqa: E402
from world import World  # noqa: E402

BUILD = os.path.abspath(sys.argv[1])
QUICK = "--quick" in sys.argv[2:]

PAAS, POINTS, LATENCY = 100, 1000, 0.1
HOSTS = ["127.0.0.%d" % (i + 1) for i in range(125)]  # the first is the node as well


class Server:
    """The node, and every CRL host: all at one port."""

    def __init__(self):
        self.sockets = one_port(HOSTS)
        self.port = self.sockets[0].getsockname()[1]
        self.answers, self.crls, self.silent, self.bodies = {}, {}, set(), 0
        self.most = self.now = 0

    def load(self, folder):
        rest = Rest(World(folder, ""))
        self.ask = rest.answer
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
        if body is not None:
            tag = '"%s"' % hashlib.sha256(body).hexdigest()[:16]
            if headers.get("if-none-match") == tag:
                return 304, [("ETag", tag)], b""
            self.bodies += 1
            return 200, [("ETag", tag)], body
        if target not in self.answers:
            a = self.ask(Request("GET", target, {}))
            self.answers[target] = a.status, a.headers, a.body
        return self.answers[target]

    async def talk(self, reader, writer):
        host = writer.get_extra_info("sockname")[0]
        try:
            while True:
                head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
                if host in self.silent:
                    await asyncio.sleep(3600)
                self.now += 1
                self.most = max(self.most, self.now)
                await asyncio.sleep(LATENCY)
                self.now -= 1
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


def measure(program, *args):
    start = time.monotonic()
    process = subprocess.Popen([program, *args, "--json"], stdout=subprocess.PIPE)
    out = process.stdout.read()
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = status
    return json.loads(out) if out else None, time.monotonic() - start, usage


MB = 1024


class Series:
    """The same run several times; what it has to bring each time."""

    def __init__(self):
        self.seconds, self.cpu, self.memory, self.right = [], [], [], []

    def add(self, found, right):
        _, seconds, usage = found
        self.seconds.append(seconds)
        self.cpu.append(usage.ru_utime + usage.ru_stime)
        self.memory.append(usage.ru_maxrss / MB)
        self.right.append(right)

    def rows(self, ident, what, seconds_most, memory_most=None):
        at = {"entries": POINTS * 20, "issuers": POINTS}
        rows.row("sync.%s.time" % ident, what, "s", self.seconds, most=seconds_most, at=at)
        rows.row("sync.%s.cpu" % ident, what + ": processor time", "s", self.cpu, at=at)
        rows.row("sync.%s.memory" % ident, what + ": peak RSS", "MiB", self.memory, most=memory_most,
                 at=at)
        rows.row("sync.%s.right" % ident, what + ": runs that brought all",
                 "of %d" % len(self.right), sum(self.right), least=len(self.right))


def hosts_that_are_silent():
    silent = set(HOSTS[5::10])  # not the node
    return silent, sum(1 for k in range(POINTS) if HOSTS[k % len(HOSTS)] not in silent)


def main():
    program = os.path.join(BUILD, "cli", "veridac")
    server = Server()
    first, again, silent = Series(), Series(), Series()
    times, deadline = (1, 12) if QUICK else (3, 60)
    with tempfile.TemporaryDirectory(prefix="veridac-bench-") as tmp:
        world = tmp + "/world"
        subprocess.run([os.path.join(BUILD, "bench", "sync_world"), world, str(PAAS), str(POINTS),
                        str(len(HOSTS)), str(server.port)], check=True)
        server.load(world)
        args = ["sync", "--dcl", "http://127.0.0.1:%d" % server.port, "--network", "test",
                "--allow-private", "--accept-anchors", world + "/anchors.txt", "--state"]
        for i in range(times):
            state = "%s/state%d" % (tmp, i)
            found = measure(program, *args, state)
            first.add(found, found[0]["crls_fetched"] == POINTS and
                      found[0]["crl_states"]["valid"] == POINTS)
            server.bodies = 0
            found = measure(program, *args, state)
            again.add(found, found[0]["crls_not_modified"] == POINTS and server.bodies == 0)
        first.rows("first", "sync of 1 000 points at 100 ms an answer", 20, 32)
        again.rows("nothing", "nothing new, no CRL is sent", 4, 32)
        rows.row("sync.parallel", "requests at once, at most", "requests", server.most)
        server.silent, want = hosts_that_are_silent()
        found = measure(program, *args, tmp + "/other", "--total-timeout", "%ds" % deadline)
        silent.add(found, found[0]["crls_fetched"] == want)
        silent.rows("silent", "%d of %d hosts never answer, all others in time; deadline %d s" %
                    (len(server.silent), len(HOSTS), deadline), deadline + 1)


if __name__ == "__main__":
    main()
