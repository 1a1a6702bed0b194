#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""ledger.py - the test ledger: a DCL node's REST port and the CRL hosts of one world, on loopback.

Prints one line of JSON, {"port": N, "url": "http://127.0.0.1:N"}, and serves until its standard
input closes or it gets SIGTERM. README.md has the routes and the scenarios.
"""
import argparse
import email.utils
import functools
import hashlib
import json
import os
import secrets
import signal
import subprocess
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

sys.dont_write_bytecode = True  # the source folder stays as it is

import hostile_crls
import hostile_http
import hostile_lists
from rest import Answer, Request, Rest, json_answer
from scenarios import SCENARIOS
from world import World

CONTROL = "/__test__/"


class Ledger(ThreadingHTTPServer):
    """The server's state. Handlers run in threads; what they change is guarded by `lock`."""
    daemon_threads = True
    request_queue_size = 128

    def __init__(self, port, page_limit=None, now=None):
        super().__init__(("127.0.0.1", port), Handler)
        self.url = "http://127.0.0.1:%d" % self.server_port
        self.page_limit, self.now = page_limit, now
        self.lock = threading.Lock()
        self.requests, self.stopped = [], set()
        self.choose("honest")
        self.make, self.made_at = None, 0  # makes worlds: set by whoever has the program for it

    def load(self, folder):
        self.world = World(folder, self.url)
        self.rest = Rest(self.world, self.page_limit, self.now)

    def choose(self, name):
        self.scenario = SCENARIOS[name](self)

    def ask(self, request):
        """The honest answer."""
        for path in (request.target, request.path):
            if path in self.world.crls:
                return self.crl(request, path)
        return self.rest.answer(request)

    def crl(self, request, path):
        if path in self.stopped:
            return Answer(503, b"stopped by the test\n", "text/plain")
        if request.method not in ("GET", "HEAD"):
            return Answer(405, b"", "text/plain", [("Allow", "GET, HEAD")])
        name = self.world.path(self.world.crls[path])
        try:
            with open(name, "rb") as file:
                body, modified = file.read(), int(os.fstat(file.fileno()).st_mtime)
        except FileNotFoundError:
            return Answer(404, b"no such file\n", "text/plain")
        return self.bytes_answer(request, body, modified)

    @staticmethod
    def bytes_answer(request, body, modified):
        """A file as a good host serves it."""
        etag = '"%s"' % hashlib.sha256(body).hexdigest()[:32]
        headers = [("ETag", etag),
                   ("Last-Modified", email.utils.formatdate(modified, usegmt=True))]
        if not_modified(request.headers, etag, modified):
            return Answer(304, b"", "application/pkix-crl", headers)
        return Answer(200, body, "application/pkix-crl", headers)

    def control(self, request):
        """What a test may do to the server. None of it exists on a real ledger."""
        what = request.method + " " + request.path[len(CONTROL):]
        path = request.parameter("path")
        if what == "GET requests":
            with self.lock:
                return json_answer(list(self.requests))
        if what == "POST clear-requests":
            with self.lock:
                self.requests.clear()
            return json_answer({})
        if what in ("POST stop-crl", "POST start-crl") and path in self.world.crls:
            change = self.stopped.add if what == "POST stop-crl" else self.stopped.discard
            change(path)
            return json_answer({})
        if what == "POST scenario" and request.parameter("name") in SCENARIOS:
            self.choose(request.parameter("name"))
            return json_answer({})
        if what == "POST reload":
            self.load(self.world.folder)
            return json_answer({})
        return json_answer({"error": "no such control, CRL or scenario: " + what}, 404)


def not_modified(headers, etag, modified):
    """RFC 9110 13.2.2: If-None-Match decides; If-Modified-Since only without it."""
    tags = headers.get("If-None-Match")
    if tags is not None:
        return tags.strip() == "*" or etag in [t.strip().removeprefix("W/")
                                               for t in tags.split(",")]
    since = headers.get("If-Modified-Since")
    try:
        return since is not None and modified <= email.utils.parsedate_to_datetime(since).timestamp()
    except (TypeError, ValueError):
        return False


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server_version = "veridac-test-ledger"
    sys_version = ""
    disable_nagle_algorithm = True  # head and body are two writes: do not wait for an ACK between

    def serve(self):
        self.rfile.read(int(self.headers.get("Content-Length") or 0))
        request = Request(self.command, self.path, self.headers)
        if request.path.startswith(CONTROL):
            self.send_answer(self.server.control(request))
            return
        scenario = self.server.scenario
        answer = scenario.answer(request, self.server.ask)
        self.note(request, answer)
        scenario.send(self, answer)

    do_GET = do_HEAD = do_POST = do_PUT = do_DELETE = serve

    def note(self, request, answer):
        with self.server.lock:
            self.server.requests.append({
                "method": request.method, "path": request.path, "query": request.query,
                "status": answer.status, "bytes": len(self.body_of(answer)),
                "headers": {name.lower(): value for name, value in request.headers.items()}})

    def send_head(self, answer):
        self.send_response(answer.status)
        for name, value in answer.headers:
            self.send_header(name, value)
        if answer.status != 304 and "Content-Length" not in dict(answer.headers):
            self.send_header("Content-Length", str(len(answer.body)))
        self.end_headers()

    def body_of(self, answer):
        return b"" if self.command == "HEAD" or answer.status == 304 else answer.body

    def send_answer(self, answer):
        self.send_head(answer)
        self.wfile.write(self.body_of(answer))

    def log_message(self, *_):
        """Quiet: /__test__/requests is the log."""

    def handle(self):
        try:
            super().handle()
        except (BrokenPipeError, ConnectionResetError):
            self.close_connection = True


def make_world(options, url, folder, settings=(), at=None):
    """With `settings`, the same world with single elements changed."""
    command = [options.pki, "world", folder, "--url", url, "--seed", options.seed]
    if at is not None or options.at is not None:
        command += ["--at", str(options.at if at is None else at)]
    for setting in settings:
        command += ["--set", setting]
    # standard output is one line of JSON and nothing else
    subprocess.run(command, check=True, stdin=subprocess.DEVNULL, stdout=sys.stderr)


def read_arguments():
    parser = argparse.ArgumentParser(description="the test ledger; see README.md beside this file")
    parser.add_argument("--world", required=True, metavar="DIR", help="folder with ledger.json")
    parser.add_argument("--port", type=int, default=0, help="0, the default: any free port")
    parser.add_argument("--pki", metavar="PROGRAM", help="veridac-testpki: makes the world first")
    parser.add_argument("--seed", metavar="TEXT", help="given to PROGRAM: the same keys again")
    parser.add_argument("--at", type=int, metavar="UNIX",
                        help="given to PROGRAM, and the time of the latest block")
    parser.add_argument("--page-limit", type=int, metavar="N", help="no page is longer than N")
    parser.add_argument("--scenario", default="honest", choices=sorted(SCENARIOS))
    return parser.parse_args()


def end_event():
    """Set when standard input closes, on SIGTERM and on SIGINT."""
    end = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: end.set())
    signal.signal(signal.SIGINT, lambda *_: end.set())

    def watch_input():
        while os.read(0, 4096):
            pass
        end.set()

    threading.Thread(target=watch_input, daemon=True).start()
    return end


def main():
    options = read_arguments()
    try:
        ledger = Ledger(options.port, options.page_limit, options.at)
        if options.pki:
            # a scenario makes single objects of this world anew: with the same keys, at the same time
            options.seed = options.seed or secrets.token_hex(16)
            options.at = options.at if options.at is not None else int(time.time())
            ledger.make = functools.partial(make_world, options, ledger.url)
            ledger.made_at = options.at
            ledger.make(options.world)
        ledger.load(options.world)
    except (OSError, ValueError, KeyError, subprocess.CalledProcessError) as error:
        print("ledger.py: %s" % error, file=sys.stderr)
        return 1
    ledger.choose(options.scenario)
    end = end_event()  # before anybody knows the port, and could want it to end
    threading.Thread(target=ledger.serve_forever, daemon=True).start()
    print(json.dumps({"port": ledger.server_port, "url": ledger.url}), flush=True)
    end.wait()
    return 0


if __name__ == "__main__":
    sys.exit(main())
