# SPDX-License-Identifier: Apache-2.0
"""feed.py - a made feed of any size on loopback: a ledger with PAIs and CRLs, what the program makes of it,
and a wire that counts."""
import http.server
import json
import os
import socket
import subprocess
import sys
import threading
import time

import rows

sys.path.insert(0, os.path.join(rows.TOP, "tests", "ledger"))
sys.dont_write_bytecode = True

from rest import Request, Rest  # noqa: E402
from world import World  # noqa: E402


class Node:
    """A ledger node and the host of all CRLs, which are files of `folder`."""

    def __init__(self):
        outer = self
        self.folder = self.rest = None

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def log_message(self, *_):
                pass

            def do_GET(self):
                if self.path.startswith("/crl/"):
                    with open(os.path.join(outer.folder, "crl" + self.path[5:]), "rb") as f:
                        status, fields, body = 200, [], f.read()
                else:
                    answer = outer.rest.answer(Request("GET", self.path, {}))
                    status, fields, body = answer.status, answer.headers, answer.body
                self.send_response(status)
                for name, value in fields:
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.port = self.server.server_port
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def load(self, folder):
        self.folder, self.rest = folder, Rest(World(folder, ""))

    def close(self):
        self.server.shutdown()
        self.server.server_close()


class Wire:
    """Passes connections on to a port, and counts what goes over it: HTTP, every octet of it."""

    def __init__(self, port):
        self.to, self.up, self.down, self.requests = port, 0, 0, 0
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.url = "http://127.0.0.1:%d" % self.socket.getsockname()[1]
        threading.Thread(target=self.accept, daemon=True).start()

    def reset(self):
        self.up = self.down = self.requests = 0

    def accept(self):
        while True:
            try:
                near = self.socket.accept()[0]
            except OSError:
                return
            far = socket.create_connection(("127.0.0.1", self.to))
            for a, b, up in ((near, far, True), (far, near, False)):
                threading.Thread(target=self.copy, args=(a, b, up), daemon=True).start()

    def copy(self, a, b, up):
        try:
            while True:
                data = a.recv(65536)
                if not data:
                    break
                if up:
                    self.up += len(data)
                    self.requests += data.count(b" HTTP/1.1\r\n")
                else:
                    self.down += len(data)
                b.sendall(data)
            b.shutdown(socket.SHUT_WR)
        except OSError:
            pass

    def close(self):
        self.socket.close()


class Feed:
    """A publisher whose ledger lists so many PAIs, each with a CRL of so many entries."""

    def __init__(self, build, folder, pais, entries):
        self.program = os.path.join(build, "cli", "veridac")
        self.maker = os.path.join(build, "bench", "sync_world")
        self.folder, self.pais, self.entries, self.more = folder, pais, entries, 0
        self.start = int(time.time())
        self.days = 0
        self.node = Node()
        self.world = self.path("world")
        subprocess.run([self.maker, self.world, "10", str(pais), "1", str(self.node.port),
                        str(entries)], check=True)
        self.node.load(self.world)
        self.repo, self.root, self.key = self.path("repo"), self.path("root"), self.path("key")
        self.call("keygen", "--out", self.key)
        self.call("root", "init", "--key", self.key, "--network", "test", "--out", self.root)

    def path(self, name):
        return os.path.join(self.folder, name)

    def at(self):
        return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(self.start + self.days * 86400))

    def call(self, *args):
        """Standard output, seconds, resources."""
        started = time.monotonic()
        process = subprocess.Popen([self.program, *args], stdout=subprocess.PIPE,
                                   stderr=subprocess.PIPE)
        out, err = process.communicate()
        if process.returncode != 0:
            raise RuntimeError("%s: %s" % (" ".join(args[:2]), err.decode().strip()))
        return out, time.monotonic() - started

    def sync(self):
        return self.call("sync", "--dcl", "http://127.0.0.1:%d" % self.node.port, "--network", "test",
                         "--allow-private", "--accept-anchors", self.path("world/anchors.txt"),
                         "--state", self.path("state"), "--at", self.at(), "--json")

    def publish(self, *more):
        return self.call("publish", "--state", self.path("state"), "--repo", self.repo, "--root",
                         self.root, "--key", self.key, "--at", self.at(), "--json", *more)

    def pull(self, url, store, *more):
        out, seconds = self.call("pull", "--from", url, "--root", self.root, "--store", store, "--at",
                                 self.at(), "--json", *more)
        return json.loads(out), seconds

    def pass_day(self, come):
        """A day later every CRL is new, and so many more are revoked."""
        self.days += 1
        self.more += come
        subprocess.run([self.maker, "again", self.world, str(self.pais), str(self.entries),
                        str(self.more), str(self.days)], check=True)

    def revoked(self):
        return self.pais * self.entries + self.more

    def one(self):
        """(certificate of the issuer, serial in hexadecimal) of one that is revoked."""
        with open(os.path.join(self.world, "crl0"), "rb") as f:
            data = f.read()
        at = data.index(b"\x30\x21\x02\x10") + 4
        return os.path.join(self.world, "pai0.der"), data[at:at + 16].hex()

    def close(self):
        self.node.close()
