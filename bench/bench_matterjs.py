#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""matter.js on the same certificates and CRLs, when it is installed (bench/peers/matterjs/install).

    bench_matterjs.py BUILD WORLD [--quick]

Its rows stand beside what veridac does with the same bytes in the same run."""
import json
import os
import subprocess
import sys
import tempfile

import rows

BUILD, WORLD = (os.path.abspath(a) for a in sys.argv[1:3])
QUICK = "--quick" in sys.argv[3:]
PEER = os.path.join(rows.TOP, "bench", "peers", "matterjs")
IDS = ["matterjs.attestation", "matterjs.crl", "matterjs.crl.memory", "matterjs.lookup"]
ENTRIES = 100000 if QUICK else 1000000  # it takes a minute and gigabytes for 1 M
NAME = "matter.js"


def ours(name, ident, *args):
    """The row of one of veridac's programs, and its median."""
    done = subprocess.run([os.path.join(BUILD, "bench", name), *["--quick"] * QUICK, *args],
                          stdout=subprocess.PIPE, check=True)
    found = [rows.read(line) for line in done.stdout.decode().splitlines()]
    return next(r["measured"] for r in found if r["id"] == ident)


def theirs(crl):
    done = subprocess.run(["node", "--max-old-space-size=4096", os.path.join(PEER, "measure.mjs"),
                           os.path.join(WORLD, "good"), crl, "6" if QUICK else "21"], cwd=PEER,
                          stdout=subprocess.PIPE, check=True)
    return json.loads(done.stdout.decode().splitlines()[-1])


def measure(folder):
    crl = os.path.join(folder, "crl")
    subprocess.run([os.path.join(BUILD, "bench", "bench_crl"), "--write", crl, str(ENTRIES)],
                   check=True)
    peer = theirs(crl)
    if peer["entries"] != ENTRIES:
        raise RuntimeError("matter.js reads %d entries" % peer["entries"])
    rows.row(IDS[0], "full attestation, nothing cached: matter.js, its trust store in memory", "us",
             [s * 1e6 for s in peer["attestation"]],
             baseline=("veridac", ours("bench_attestation", "attestation.cold",
                                       os.path.join(WORLD, "good"), os.path.join(WORLD, "paas"))))
    speed = "crl.speed.%d" % ENTRIES
    at = {"entries": ENTRIES}
    rows.row(IDS[1], "CRL of %d entries, read by matter.js, signature not looked at" % ENTRIES,
             "M entries/s", [ENTRIES / s / 1e6 for s in peer["ingest"]], at=at,
             baseline=("veridac, signature verified",
                       ours("bench_crl", speed, "--entries", str(ENTRIES))))
    rows.row(IDS[2], "the memory that takes matter.js, the CRL itself apart", "MiB", peer["peak"], at=at)
    rows.row(IDS[3], "lookup, half listed: matter.js, its set in memory", "ns",
             [s * 1e9 for s in peer["lookup"]], at=at,
             baseline=("veridac", ours("bench_lookup", "lookup.half", "--entries", str(ENTRIES),
                                       "--issuers", "1")))


def main():
    if not os.path.isdir(os.path.join(PEER, "node_modules")):
        for name in IDS:
            rows.show(rows.not_measured(name, name, "not installed: bench/peers/matterjs/install"))
        return
    with tempfile.TemporaryDirectory(prefix="veridac-bench-") as folder:
        measure(folder)


main()
