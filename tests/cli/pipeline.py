# SPDX-License-Identifier: Apache-2.0
"""The way of the data as a fixture: a ledger, its state, a repository, a web server, a store."""
import functools
import http.server
import json
import os
import subprocess
import threading
import urllib.parse
import urllib.request

from support import SOURCE, TESTPKI, Folder, run, run_json

AT = 1790000000  # 2026-09-21
NOW = "2026-09-21T14:13:20Z"


class Ledger:
    """The test ledger as a process of its own."""

    def __init__(self, world, *more):
        self.process = subprocess.Popen(
            [os.path.join(SOURCE, "tests", "ledger", "ledger.py"), "--world", world, "--pki",
             TESTPKI, "--seed", "pipeline", "--at", str(AT), *more], stdin=subprocess.PIPE,
            stdout=subprocess.PIPE)
        self.url = json.loads(self.process.stdout.readline())["url"]

    def control(self, what, **query):
        url = "%s/__test__/%s?%s" % (self.url, what, urllib.parse.urlencode(query))
        method = "GET" if what == "requests" else "POST"
        with urllib.request.urlopen(urllib.request.Request(url, method=method)) as answer:
            return answer.read()

    def close(self):
        self.process.stdin.close()
        self.process.wait(timeout=10)
        self.process.stdout.close()


class Web:
    """A static web server for one folder; `change` may alter what it sends."""

    def __init__(self, folder):
        outer = self

        class Handler(http.server.SimpleHTTPRequestHandler):
            def log_message(self, *_):
                outer.requests += 1

            def do_GET(self):
                body = outer.change.get(self.path)
                if body is None:
                    super().do_GET()
                    return
                self.send_response(200)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

        self.change, self.requests = {}, 0
        self.server = http.server.ThreadingHTTPServer(
            ("127.0.0.1", 0), functools.partial(Handler, directory=folder))
        self.url = "http://127.0.0.1:%d" % self.server.server_port
        threading.Thread(target=self.server.serve_forever, args=(0.02,), daemon=True).start()

    def close(self):
        self.server.shutdown()
        self.server.server_close()


def tree(folder):
    """Names and contents of all files below a folder."""
    found = {}
    for at, _, files in os.walk(folder):
        for file in files:
            with open(os.path.join(at, file), "rb") as f:
                found[os.path.relpath(os.path.join(at, file), folder)] = f.read()
    return found


class Pipeline(Folder):
    def setUp(self):
        super().setUp()
        self.ledger = Ledger(self.path("world"))
        self.addCleanup(self.ledger.close)
        self.state, self.repo, self.store = map(self.path, ("state", "repo", "store"))
        self.key = self.path("key")
        self.root = self.path("root")
        self.new_root(self.key, self.root)

    def new_root(self, key, root, *more):
        """A new key, and the root document that lets it sign everything."""
        self.assertEqual(run("keygen", "--out", key)[0], 0)
        code, _, err = run("root", "init", "--key", key, "--network", "test", "--at",
                           "2026-09-01T00:00:00Z", "--out", root, *more)
        self.assertEqual(code, 0, err)

    # What stands on the command line, for tests that start the program in their own way.

    def sync_args(self, *more, at=NOW, accept=True):
        anchors = ["--accept-anchors", self.path("world", "anchors.txt")] if accept else []
        return ["sync", "--dcl", self.ledger.url, "--state", self.state, "--network", "test",
                "--allow-private",
                "--at", at, *anchors, *more]

    def publish_args(self, *more, at=NOW):
        return ["publish", "--state", self.state, "--repo", self.repo, "--root", self.root,
                "--key", self.key, "--at", at, *more]

    def pull_args(self, url, *more, at=NOW, root=None):
        return ["pull", "--from", url, "--root", root or self.root, "--store", self.store, "--at",
                at, *more]

    def sync(self, *more, **kwargs):
        return run_json(*self.sync_args(*more, **kwargs))

    def publish(self, *more, **kwargs):
        return run_json(*self.publish_args(*more, **kwargs))

    def pull(self, url, *more, **kwargs):
        return run_json(*self.pull_args(url, *more, **kwargs))

    def web(self):
        web = Web(self.repo)
        self.addCleanup(web.close)
        return web

    def verify_args(self, device, *more, at=NOW):
        folder = self.path("world", "devices", device)
        with open(os.path.join(folder, "device.txt"), encoding="ascii") as f:
            told = dict(line.rstrip("\n").split(": ", 1) for line in f if ": " in line)
        options = ["--dac", folder + "/dac.der", "--pai", folder + "/pai.der", "--vid",
                   told["vid"], "--pid", told["pid"]]
        if "challenge" in told:
            options += ["--elements", folder + "/elements.bin", "--signature",
                        folder + "/signature.bin", "--challenge", told["challenge"], "--nonce",
                        told["nonce"]]
        return ["verify", *options, "--trust", self.path("world", "paa"), "--cd-signers",
                self.path("world", "cd-signers"), "--network", "test", "--at", at, *more]

    def verify(self, device, *more, **kwargs):
        return run_json(*self.verify_args(device, *more, **kwargs))

    def world_at(self, at, *more):
        """The same world, with the same keys, as it was or will be at another time."""
        folder = self.path("-".join(["world", str(at), *more]))
        subprocess.run([TESTPKI, "world", folder, "--url", self.ledger.url, "--at", str(at),
                        "--seed", "pipeline", *more], check=True, stdout=subprocess.DEVNULL)
        return folder

    def serve(self, name, data):
        """The bytes of a CRL that its host serves from now on."""
        with open(self.path("world", "crl", name), "wb") as f:
            f.write(data)

    def revoke(self, dac, crl="pai-direct.crl", at=AT):
        """The CRL as its CA publishes it at that time, with one more certificate in it."""
        with open(os.path.join(self.world_at(at, "--revoke", dac), "crl", crl), "rb") as f:
            self.serve(crl, f.read())

    def installed(self):
        """Everything up to an installed snapshot."""
        self.assertEqual(self.sync()[0], 0)
        self.assertEqual(self.publish()[0], 0)
        web = self.web()
        code, report, err = self.pull(web.url)
        self.assertEqual(code, 0, err)
        self.assertTrue(report["changed"])
        return web
