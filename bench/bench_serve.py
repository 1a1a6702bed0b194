#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""veridac serve on loopback: conditional GETs of the head a second, and memory over a million of them.

    bench_serve.py BUILD

The client is wrk on the same cores. Beside it, as baseline, a stock nginx with the same file, when there
is one. Prints JSON rows; a row below its goal ends in SHORT."""
import hashlib
import json
import os
import re
import subprocess
import sys
import tempfile
import shutil

BUILD = os.path.abspath(sys.argv[1])
SOURCE = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
os.environ["VERIDAC"] = os.path.join(BUILD, "cli", "veridac")
sys.path.insert(0, os.path.join(SOURCE, "tests", "snapshots"))

from servers import Nginx, Serve, as_nobody, get, readable  # noqa: E402

HEAD = bytes(range(256)) * 3  # as long as a head is
SAMPLES, SECONDS = 5, 2
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


def per_cpu_second(server):
    """What a core of its own would give: hardly moved by what else the machine does."""
    etag = get(server.port, "/head").fields["etag"]
    found = []
    for _ in range(SAMPLES):
        before = cpu(server)
        n = wrk(server.url + "/head", etag, SECONDS)[0]
        found.append(n / max(cpu(server) - before, 0.01))
    return sorted(found)


def rates(server):
    etag = get(server.port, "/head").fields["etag"]
    if get(server.port, "/head", "If-None-Match: " + etag).status != 304:
        raise RuntimeError("no 304")
    wrk(server.url + "/head", etag, 1)
    return sorted(wrk(server.url + "/head", etag, SECONDS)[1] for _ in range(SAMPLES))


def row(what, unit, values, goal, good, **more):
    line = json.dumps({"what": what, "median": round(values[len(values) // 2], 1), "unit": unit,
                       "samples": len(values), "least": round(values[0], 1),
                       "most": round(values[-1], 1), "goal": goal, **more})
    print(line if good else line + " SHORT", flush=True)


def memory(server):
    """KiB after 10^4 requests, KiB after 10^6 more."""
    etag = '"%s"' % hashlib.sha256(HEAD).hexdigest()
    n = 0
    while n < 10 ** 4:
        n += wrk(server.url + "/head", etag, 1)[0]
    first, n = server.rss(), 0
    while n < 10 ** 6:
        n += wrk(server.url + "/head", etag, 5)[0]
    return first, server.rss(), n


def main():
    if shutil.which("wrk") is None or as_nobody() is None:
        print("skipped: bench_serve needs wrk, and a user that is not root")
        return
    with tempfile.TemporaryDirectory(prefix="veridac-bench-") as folder:
        os.chmod(folder, 0o755)
        repo = os.path.join(folder, "repo")
        os.mkdir(repo)
        with open(os.path.join(repo, "head"), "wb") as f:
            f.write(HEAD)
        readable(repo)
        base = []
        if Nginx.program() is not None:
            nginx = Nginx(repo, os.path.join(folder, "nginx"))
            base = rates(nginx)
            base_cpu = per_cpu_second(nginx)
            nginx.close()
        server = Serve(repo, "--connections", "64")
        found = rates(server)
        middle = found[SAMPLES // 2]
        beside = {"nginx, one worker": round(base[SAMPLES // 2], 1)} if base else {}
        row("conditional GETs, wrk on the same cores", "1/s", found, ">= 60000", middle >= 60000,
            command="bench/bench_serve.py build/release", cores=os.cpu_count(), **beside)
        found = per_cpu_second(server)
        beside = {"nginx": round(base_cpu[SAMPLES // 2], 1)} if base else {}
        row("conditional GETs a second of one core's time", "1/s", found, "none", True, **beside)
        first, last, n = memory(server)
        row("memory gained over %d requests" % n, "KiB", [last - first], "<= 256", last - first <= 256,
            before=first, after=last)
        server.close()


main()
