#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""bench_sync.py VERIDAC SYNC_WORLD - sync against a ledger that takes 100 ms for each answer.

100 PAAs, 1 000 revocation points, 1 000 CRLs on 125 hosts (127.0.x.y). Prints a row per measurement: what,
seconds, CRL bodies sent, peak RSS, goal; a row below its goal ends in the word SHORT.
"""
import asyncio
import hashlib
import json
import os
import socket
import subprocess
import sys
import tempfile
import threading
import time

SOURCE = os.path.abspath(os.path.join(os.path.dirname(__file__), ".."))
sys.path.insert(0, os.path.join(SOURCE, "tests", "ledger"))
sys.dont_write_bytecode = True

from rest import Request, Rest  # noqa: E402
from world import World  # noqa: E402

PAAS, POINTS, HOSTS, LATENCY = 100, 1000, 125, 0.1


class Server:
    """All of 127.0.0.0/8 at one port: the node, and every CRL host."""

    def __init__(self):
        self.socket = socket.create_server(("0.0.0.0", 0), backlog=1024)
        self.port = self.socket.getsockname()[1]
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
        server = await asyncio.start_server(self.talk, sock=self.socket)
        await server.serve_forever()

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


def row(what, seconds, bodies, usage, goal, good):
    print("%-34s %6.2f s  user %5.2f s  %5d bodies  %5.1f MB  goal: %s%s" %
          (what, seconds, usage.ru_utime, bodies, usage.ru_maxrss / 1024, goal,
           "" if good else "  SHORT"), flush=True)


def main():
    program, maker = sys.argv[1:3]
    server = Server()
    with tempfile.TemporaryDirectory(prefix="veridac-bench-") as tmp:
        world, state = tmp + "/world", tmp + "/state"
        subprocess.run([maker, world, str(PAAS), str(POINTS), str(HOSTS), str(server.port)],
                       check=True)
        server.load(world)
        args = ["sync", "--dcl", "http://127.0.0.1:%d" % server.port, "--network", "test",
                "--allow-private", "--accept-anchors", world + "/anchors.txt", "--state"]
        print("%d PAAs, %d points, %d CRLs on %d hosts, %d ms an answer" %
              (PAAS, POINTS, len(server.crls), HOSTS, LATENCY * 1000))
        report, seconds, usage = measure(program, *args, state)
        good = report["crls_fetched"] == POINTS and report["crl_states"]["valid"] == POINTS
        row("the first sync", seconds, server.bodies, usage, "20 s, 32 MB",
            good and seconds <= 20 and usage.ru_maxrss <= 32 * 1024)
        server.bodies = 0
        report, seconds, usage = measure(program, *args, state)
        row("nothing new", seconds, server.bodies, usage, "4 s, 0 bodies, 32 MB",
            report["crls_not_modified"] == POINTS and server.bodies == 0 and seconds <= 4 and
            usage.ru_maxrss <= 32 * 1024)
        print("at most %d requests at once" % server.most)
        hosts = ["127.0.%d.%d" % (i // 250, i % 250 + 1) for i in range(HOSTS)]
        # the node itself is 127.0.0.1, and every tenth of the others is silent
        server.silent = set(hosts[5::10])
        deadline = 60
        report, seconds, usage = measure(program, *args, tmp + "/other", "--total-timeout",
                                         "%ds" % deadline)
        want = sum(1 for k in range(POINTS) if hosts[k % HOSTS] not in server.silent)
        row("%d hosts never answer" % len(server.silent), seconds, report["crls_fetched"], usage,
            "%d CRLs, %d s" % (want, deadline), report["crls_fetched"] == want and
            seconds <= deadline + 1)


if __name__ == "__main__":
    main()
