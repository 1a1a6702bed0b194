#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""publish: 1 M revoked in 300 CRLs on disk, as the program does it, from its start to its end.

    bench_publish.py BUILD [--quick]

First into an empty repository, then on top of a day before with 1 000 more, deltas included. The limit
beside them is reading and hashing the same CRLs, which is what every byte of evidence costs at least."""
import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
import time

import rows
from feed import Feed

BUILD = os.path.abspath(sys.argv[1])
QUICK = "--quick" in sys.argv[2:]
PAIS, ENTRIES, COME = 300, 3334, 1000
TIMES = 3 if QUICK else 7
NAMES = ("publish.time", "publish.memory")


class Cost:
    def __init__(self):
        self.seconds, self.processor, self.memory = [], [], []

    def add(self, command):
        started = time.monotonic()
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = status
        if status != 0:
            raise RuntimeError("publish: %d" % status)
        self.seconds.append(time.monotonic() - started)
        self.processor.append(used.ru_utime + used.ru_stime)
        self.memory.append(used.ru_maxrss / 1024)


def hashing(state):
    """Seconds to read and hash the objects of the evidence."""
    folder, found = os.path.join(state, "objects"), []
    for _ in range(TIMES):
        started = time.monotonic()
        for name in os.listdir(folder):
            with open(os.path.join(folder, name), "rb") as f:
                hashlib.sha256(f.read())
        found.append(time.monotonic() - started)
    return found


def publish(feed, repo, keep=None):
    cost = Cost()
    for i in range(TIMES):
        to = feed.path("%s-%d" % (repo, i))
        if keep is not None:
            shutil.copytree(keep, to)
        cost.add([feed.program, "publish", "--state", feed.path("state"), "--repo", to, "--root", feed.root,
                  "--key", feed.key, "--at", feed.at(), "--json"])
        shutil.rmtree(to)
    return cost


def show(feed, ident, what, cost, time_most=None, memory_most=None):
    at = {"entries": feed.revoked(), "issuers": PAIS}
    limit = hashing(feed.path("state"))
    rows.row(ident + ".time", what, "s", cost.seconds, most=time_most, at=at,
             limit=("reading and hashing the same evidence", sorted(limit)[len(limit) // 2]))
    rows.row(ident + ".processor", what + ": processor time", "s", cost.processor, at=at)
    rows.row(ident + ".memory", what + ": peak RSS", "MiB", cost.memory, most=memory_most, at=at)


def main():
    with tempfile.TemporaryDirectory(prefix="veridac-bench-") as folder:
        feed = Feed(BUILD, folder, PAIS, ENTRIES)
        try:
            feed.sync()
            show(feed, "publish", "publish of 300 CRLs into an empty repository",
                 publish(feed, "first"), 0.5, 100 * 1e6 / 2 ** 20)
            feed.publish()
            feed.pass_day(COME)
            feed.sync()
            show(feed, "publish.again", "publish a day later, 1 000 more, deltas included",
                 publish(feed, "again", feed.repo))
        finally:
            feed.close()


main()
