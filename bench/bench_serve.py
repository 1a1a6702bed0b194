#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""veridac serve on loopback: conditional GETs of the head a second, and memory over a million of them.

    bench_serve.py BUILD [--quick]

The client is wrk on the same cores. Beside it, as baseline, a stock nginx with the same file, when there
is one."""
import hashlib
import os
import re
import subprocess
import sys
import tempfile
import shutil

import rows

BUILD = os.path.abspath(sys.argv[1])
os.environ["VERIDAC"] = os.path.join(BUILD, "cli", "veridac")
sys.path.insert(0, os.path.join(rows.TOP, "tests", "snapshots"))

from servers import Nginx, Serve, as_nobody, get, readable  # noqa: E402

HEAD = bytes(range(256)) * 3  # as long as a head is
QUICK = "--quick" in sys.argv[2:]
SAMPLES, SECONDS = (3, 1) if QUICK else (5, 2)
MANY = 10 ** 5 if QUICK else 10 ** 6  # requests over which memory is watched
WRK = re.compile(r"(\d+) requests in .*?Requests/sec: +([0-9.]+)", re.S)


def wrk(url, etag, seconds):
    """(requests, requests a second), every one answered with 304."""
    command = ["wrk", "-t1", "-c32", "-d%ds" % seconds, "-H", "If-None-Match: " + etag, url]
    out = subprocess.run(command, stdout=subprocess.PIPE, check=True).stdout.decode()
    if "Non-2xx or 3xx" in out:
        raise RuntimeError(out)
    n, rate = WRK.search(out).groups()
    return int(n), float(rate)


def cpu(server):
    """Seconds of a core that it has used."""
    with open("/proc/%d/stat" % server.process.pid, encoding="ascii") as f:
        words = f.read().rsplit(")", 1)[1].split()
    return (int(words[11]) + int(words[12])) / os.sysconf("SC_CLK_TCK")


def rates(server):
    """(requests a second, requests a second of one core's time: hardly moved by what else runs)"""
    etag = get(server.port, "/head").fields["etag"]
    if get(server.port, "/head", "If-None-Match: " + etag).status != 304:
        raise RuntimeError("no 304")
    wrk(server.url + "/head", etag, 1)
    wall, core = [], []
    for _ in range(SAMPLES):
        before = cpu(server)
        n, rate = wrk(server.url + "/head", etag, SECONDS)
        wall.append(rate)
        core.append(n / max(cpu(server) - before, 0.01))
    return wall, core


def memory(server):
    """KiB after 10^4 requests, KiB after MANY more."""
    etag = '"%s"' % hashlib.sha256(HEAD).hexdigest()
    n = 0
    while n < 10 ** 4:
        n += wrk(server.url + "/head", etag, 1)[0]
    first, n = server.rss(), 0
    while n < MANY:
        n += wrk(server.url + "/head", etag, SECONDS)[0]
    return first, server.rss(), n


NAMES = ["serve.rate", "serve.rate.core", "serve.memory"]


def measure(folder, repo):
    base = base_core = None
    if Nginx.program() is not None:
        nginx = Nginx(repo, os.path.join(folder, "nginx"))
        wall, core = rates(nginx)
        base, base_core = ("nginx, one worker", wall), ("nginx", core)
        nginx.close()
    server = Serve(repo, "--connections", "64")
    wall, core = rates(server)
    rows.row("serve.rate", "conditional GETs, wrk on the same %d cores" % os.cpu_count(), "1/s", wall,
             least=60000, baseline=base)
    rows.row("serve.rate.core", "conditional GETs a second of one core's time", "1/s", core,
             baseline=base_core)
    first, last, n = memory(server)
    rows.row("serve.memory", "memory gained over %d requests" % n, "KiB", last - first, most=256)
    rows.row("serve.memory.all", "memory that the server holds then", "KiB", last)
    server.close()


def main():
    if shutil.which("wrk") is None or as_nobody() is None:
        for name in NAMES:
            rows.show(rows.not_measured(name, name, "needs wrk, and a user that is not root"))
        return
    with tempfile.TemporaryDirectory(prefix="veridac-bench-") as folder:
        os.chmod(folder, 0o755)
        repo = os.path.join(folder, "repo")
        os.mkdir(repo)
        with open(os.path.join(repo, "head"), "wb") as f:
            f.write(HEAD)
        readable(repo)
        measure(folder, repo)


main()
