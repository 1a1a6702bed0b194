# SPDX-License-Identifier: Apache-2.0
"""network.py - what the bindings' network tests talk to, on loopback: a ledger, a repository on a web
server, and a server that never answers. Made through the installed program."""
import functools
import http.server
import json
import os
import socket
import subprocess
import threading
import time


class Silent:
    """Takes connections and says nothing."""

    def __init__(self):
        self.socket = socket.create_server(("127.0.0.1", 0), backlog=64)
        self.url = "http://127.0.0.1:%d" % self.socket.getsockname()[1]
        self.taken = []
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        try:
            while True:
                self.taken.append(self.socket.accept())
        except OSError:
            pass

    def close(self):
        self.socket.close()
        for connection, _ in self.taken:
            connection.close()


class Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_):
        pass


class Network:
    """`env` tells the tests where everything is. Today: examples and programs read the clock."""

    def __init__(self, folder, source, stage, testpki):
        self.folder, self.closing, self.testpki = folder, [], testpki
        self.at = int(time.time())
        self.program = os.path.join(stage, "bin/veridac")
        self.lib = os.path.join(stage, "lib")
        os.mkdir(folder)
        world, repo = self.path("world"), self.path("repo")
        ledger = subprocess.Popen(  # pylint: disable=consider-using-with
            [os.path.join(source, "tests/ledger/ledger.py"), "--world", world, "--pki", testpki,
             "--seed", "bindings", "--at", str(self.at)], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        self.closing.append(functools.partial(self.end, ledger))
        url = json.loads(ledger.stdout.readline())["url"]
        self.run("keygen", "--out", self.path("key"))
        self.run("root", "init", "--key", self.path("key"), "--network", "test", "--out",
                 self.path("root"))
        self.url = url
        self.publish()
        with open(self.path("rules"), "w", encoding="ascii") as file:
            file.write("veridac-rules 1 test\nproduct FFF1 8000 recalled\n")
        self.publish("ruled", "--rules", self.path("rules"))
        web = http.server.ThreadingHTTPServer(("127.0.0.1", 0),
                                              functools.partial(Quiet, directory=repo))
        threading.Thread(target=web.serve_forever, daemon=True).start()
        self.closing += [web.shutdown, web.server_close]
        silent = Silent()
        self.closing.append(silent.close)
        self.env = {"VERIDAC_LEDGER": url, "VERIDAC_SILENT": silent.url,
                    "VERIDAC_MIRROR": "http://127.0.0.1:%d" % web.server_port,
                    "VERIDAC_REPOSITORY": repo, "VERIDAC_RULED": self.path("ruled"),
                    "VERIDAC_ROOT": self.path("root"),
                    "VERIDAC_WORLD": world, "VERIDAC_NOW": str(self.at)}

    def path(self, *parts):
        return os.path.join(self.folder, *parts)

    def run(self, *args):
        done = subprocess.run([self.program, *args], env={"LD_LIBRARY_PATH": self.lib},
                              stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, timeout=60, check=False, text=True)
        if done.returncode != 0:
            raise AssertionError("%s: %d\n%s" % (args, done.returncode, done.stdout))

    def publish(self, repo="repo", *more):
        self.run("sync", "--dcl", self.url, "--state", self.path("state"), "--network", "test",
                 "--allow-private", "--accept-anchors", self.path("world/anchors.txt"))
        self.run("publish", "--state", self.path("state"), "--repo", self.path(repo), "--root",
                 self.path("root"), "--key", self.path("key"), "--cd-signers",
                 self.path("world/cd-signers"), *more)

    def revoke(self, device):
        """Its CA lists one certificate more, and that is published."""
        later = self.path("later")
        subprocess.run([self.testpki, "world", later, "--url", self.url, "--at", str(self.at + 1),
                        "--seed", "bindings", "--revoke", "dac-" + device], check=True,
                       stdout=subprocess.DEVNULL)
        os.replace(os.path.join(later, "crl/pai-direct.crl"),
                   self.path("world/crl/pai-direct.crl"))
        self.publish()

    @staticmethod
    def end(ledger):
        ledger.stdin.close()
        ledger.wait(timeout=10)
        ledger.stdout.close()

    def close(self):
        while self.closing:
            self.closing.pop()()
