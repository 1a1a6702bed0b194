#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""What a hub pays: pull against veridac serve, every octet of HTTP counted between the two.

    bench_pull.py BUILD [--quick]

A feed of 1 M revoked certificates of 300 issuers: the first pull of each kind, nothing new, a day of 1 000
more with all CRLs new, and opening the store. Without --quick as well a client that was away for 30 such
days, counted from a base: who is away while a new base is made fetches the whole bundle."""
import os
import shutil
import subprocess
import sys
import tempfile
import time

import rows

BUILD = os.path.abspath(sys.argv[1])
os.environ["VERIDAC"] = os.path.join(BUILD, "cli", "veridac")
sys.path.insert(0, os.path.join(rows.TOP, "tests", "snapshots"))
sys.dont_write_bytecode = True

from feed import Feed, Wire  # noqa: E402
from servers import Serve, as_nobody, get, readable  # noqa: E402

PAIS, ENTRIES, COME, DAYS = 300, 3334, 1000, 30
KINDS = ("hub", "full")
QUICK = "--quick" in sys.argv[2:]
NAMES = ["pull.first.hub", "pull.first.full", "pull.nothing.requests", "pull.nothing.octets",
         "pull.nothing.time", "pull.head", "pull.thousand.hub", "pull.thousand.full", "open.store"]


class Clients:
    """One store of each kind, over a wire."""

    def __init__(self, feed, wire, folder):
        self.feed, self.wire, self.folder = feed, wire, folder
        self.who = ""
        self.at = {"entries": feed.revoked(), "issuers": PAIS}

    def store(self, kind):
        return os.path.join(self.folder, kind + self.who)

    def pull(self, kind):
        """(octets down, requests, report, seconds, octets both ways)"""
        self.wire.reset()
        report, seconds = self.feed.pull(self.wire.url, self.store(kind), "--tier", kind)
        return (self.wire.down, self.wire.requests, report, seconds,
                self.wire.down + self.wire.up)

    def first(self):
        for kind in KINDS:
            down, requests, _, seconds, _ = self.pull(kind)
            rows.row("pull.first." + kind, "the first pull, %s, %d requests, octets that come" %
                     (kind, requests), "octets", down, at=self.at)
            rows.row("pull.first.%s.time" % kind, "the first pull, %s, time" % kind, "s", seconds, at=self.at)

    def nothing(self):
        found = [self.pull("hub") for _ in range(5 if QUICK else 15)]
        requests = [f[1] for f in found]
        octets = [f[4] for f in found]
        rows.row("pull.nothing.requests", "nothing new: conditional GETs", "requests", requests, most=1)
        rows.row("pull.nothing.octets", "nothing new: octets both ways, header fields included", "octets",
                 octets, most=300)
        rows.row("pull.nothing.time", "nothing new: time of the whole program", "ms",
                 [f[3] * 1e3 for f in found])
        rows.row("pull.head", "the signed head", "octets",
                 os.path.getsize(os.path.join(self.feed.repo, "head")), most=1024)

    def wait_for_head(self):
        """The server looks at its folder now and then."""
        with open(os.path.join(self.feed.repo, "head"), "rb") as f:
            head = f.read()
        while get(self.wire.to, "/head").body != head:
            time.sleep(0.1)

    def day(self, ident, what, goals):
        self.wait_for_head()
        for kind in KINDS:
            whole = max(os.path.getsize(os.path.join(at, name))
                        for at, _, names in os.walk(self.store(kind)) for name in names)
            down, requests, report, seconds, _ = self.pull(kind)
            if not report["changed"]:
                raise RuntimeError("nothing was installed")
            rows.row("%s.%s" % (ident, kind), "%s, %s, octets that come, %d requests" %
                     (what, kind, requests), "octets", down, most=goals.get(kind), at=self.at,
                     baseline=("the largest file of the store", whole))
            rows.row("%s.%s.time" % (ident, kind), "%s, %s, time" % (what, kind), "s", seconds, at=self.at)


def open_store(clients):
    issuer, serial = clients.feed.one()
    done = subprocess.run([os.path.join(BUILD, "bench", "bench_store"), *["--quick"] * QUICK,
                           clients.store("full"), issuer, serial, str(clients.feed.revoked())],
                          check=True, stdout=subprocess.PIPE)
    row = rows.read(done.stdout.decode())
    row["command"] = rows.command_line()  # its own names folders that are gone
    rows.show(row)


def measure(folder):
    feed = Feed(BUILD, folder, PAIS, ENTRIES)
    feed.sync()
    feed.publish()
    readable(folder)
    server = Serve(feed.repo)
    wire = Wire(server.port)
    clients = Clients(feed, wire, folder)
    try:
        clients.first()
        for kind in KINDS:
            shutil.copytree(clients.store(kind), clients.store(kind) + "-away")
        open_store(clients)
        clients.nothing()
        feed.pass_day(COME)
        feed.sync()
        feed.publish()
        # a head, at most 1 KB, the fields of two answers, and the delta
        clients.day("pull.thousand", "1 000 more, all CRLs new", {"hub": 7500, "full": 10000})
        if not QUICK:
            for _ in range(DAYS - 1):
                feed.pass_day(COME)
                feed.sync()
                feed.publish()
            clients.who = "-away"
            clients.day("pull.month", "30 days away, 1 000 more each", {k: 250000 for k in KINDS})
    finally:
        wire.close()
        server.close()
        feed.close()


def main():
    if as_nobody() is None:
        for name in NAMES:
            rows.show(rows.not_measured(name, name, "serve needs a user that is not root"))
        return
    with tempfile.TemporaryDirectory(prefix="veridac-bench-") as folder:
        measure(folder)


main()
