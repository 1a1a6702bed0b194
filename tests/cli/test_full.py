#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Standard output that cannot be written: whatever a command did, it ends with 74 and says so."""
import os
import re
import subprocess
import unittest
import urllib.request

from pipeline import NOW, Pipeline
from support import PROGRAM, main, run


class FullOutput(Pipeline):
    def words(self):
        """A command line for each command that has something to print."""
        self.assertEqual(self.sync()[0], 0)
        self.assertEqual(self.publish()[0], 0)
        web = self.web()
        dac = self.path("world", "devices", "genuine", "dac.der")
        with urllib.request.urlopen(self.ledger.url + "/dcl/pki/revocation-points") as answer:
            points = self.write("points.json", answer.read())
        return {
            "verify": self.verify_args("genuine"),
            "sync": self.sync_args(), "publish": self.publish_args(), "pull": self.pull_args(web.url),
            "revset": ["revset", "--points", points, "--trust", self.path("world", "paa"), "--crl",
                       self.ledger.url + "/crl/paa-fff1.crl=" + self.path("world/crl/paa-fff1.crl"),
                       "--network", "test", "--at", NOW],
            "build": ["build", "--state", self.state, "--at", NOW, "--out", self.path("bundle")],
            "show": ["show", dac], "keygen": ["keygen", "--out", self.path("new-key")],
            "root": ["root", "--help"], "store": ["store", "list", self.store],
            "state": ["state", "--help"],
            "audit": ["audit", self.write("inventory", "label,dac\nx,00\n"), "--store", self.store,
                      "--network", "test", "--at", NOW],
            "fleet": ["fleet", "horizon", "--store", self.store, "--at", NOW],
            "trail": ["trail", "find", self.write("trail", "{}\n"), "x"],
            "rules": ["rules", "list", self.write("rules", "veridac-rules 1 test\nvendor FFF2\n")],
            "serve": ["serve", "--help"],  # the rest of it in tests/snapshots/test_serve.py
        }

    def full(self, *words):
        with open("/dev/full", "wb") as out:
            p = subprocess.run([PROGRAM, *words], stdin=subprocess.DEVNULL, stdout=out,
                               stderr=subprocess.PIPE, check=False, timeout=60)
        self.assertEqual(p.returncode, 74, (words, p.stderr))
        self.assertIn("standard output", p.stderr.decode())

    @unittest.skipUnless(os.path.exists("/dev/full"), "there is no /dev/full")
    def test_every_command(self):
        commands = re.findall(r"^  ([a-z]+) +\S", run("--help")[1], re.M)
        words = self.words()
        self.assertEqual(sorted(words), sorted(commands), "a command without its row here")
        for name in words:
            for line in (words[name], words[name] + ["--json"], [name, "--help"]):
                if line[-1] == "--json" and name in ("keygen", "build", "serve", "root", "state",
                                                    "store"):
                    continue
                with self.subTest(line):
                    if name == "keygen" and line[-1] != "--help":
                        self.assertFalse(os.path.exists(line[-1]))
                    self.full(*line)
        self.full("--help")
        self.full("help")


if __name__ == "__main__":
    main()
