#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""What judging a fleet costs: a store of 1 M revoked certificates of 300 issuers, inventories beside it.

    bench_audit.py BUILD CASE-FOLDER PAA-FOLDER [--quick]

Rates are lines for each second of processor time of the whole program, start, reading and output included;
so they are those of one core, whatever else the machine does. The two folders are for bench_attestation,
which says in the same run what a verification costs."""
import functools
import hashlib
import http.server
import os
import shutil
import subprocess
import sys
import tempfile
import threading
import time

import rows

BUILD = os.path.abspath(sys.argv[1])
sys.dont_write_bytecode = True

from feed import Feed  # noqa: E402

QUICK = "--quick" in sys.argv[2:]
PAIS, ENTRIES, COME = 300, 3334, 1000
FEW = 30  # PAIs of a fleet
LINES = 200000 if QUICK else 1000000
MANY = 2000000 if QUICK else 10000000
CHAINS = 10000 if QUICK else 40000
SAMPLES = 3
ENTRY = b"\x30\x21\x02\x10"  # of a CRL, before its serial number


class Files(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_):
        pass


class Fleet:
    def __init__(self, folder):
        self.folder = folder
        self.feed = Feed(BUILD, folder, PAIS, ENTRIES)
        self.server = None

    def path(self, name):
        return os.path.join(self.folder, name)

    def publish(self):
        self.feed.sync()
        self.feed.publish()

    def pull(self, store):
        if self.server is None:
            self.server = http.server.ThreadingHTTPServer(
                ("127.0.0.1", 0), functools.partial(Files, directory=self.feed.repo))
            threading.Thread(target=self.server.serve_forever, daemon=True).start()
        self.feed.pull("http://127.0.0.1:%d" % self.server.server_port, store, "--tier", "full",
                       "--parts", "names")

    def close(self):
        self.feed.close()
        if self.server is not None:
            self.server.shutdown()
            self.server.server_close()

    def issuers(self):
        """[(key id in hex, [serials that it revoked])]"""
        found = []
        for k in range(PAIS):
            with open(os.path.join(self.feed.world, "pai%d.der" % k), "rb") as f:
                der = f.read()
            at = der.index(b"\x06\x03\x55\x1d\x0e") + 5  # subjectKeyIdentifier
            with open(os.path.join(self.feed.world, "crl%d" % k), "rb") as f:
                crl = f.read()
            serials, place = [], crl.find(ENTRY)
            while place >= 0 and len(serials) < 500:
                serials.append(crl[place + 4:place + 20].hex())
                place = crl.find(ENTRY, place + 35)
            found.append((der[at + 4:at + 24].hex(), serials))
        return found

    def inventory(self, name, n, revoked=2):
        """Issuer key id and serial number; one of so many is revoked."""
        issuers = self.issuers()
        with open(self.path(name), "w", encoding="ascii") as f:
            f.write("label,issuer_key_id,serial\n")
            for i in range(n):
                key_id, serials = issuers[i * 7919 % PAIS]
                serial = serials[i % len(serials)] if i % revoked == 0 else \
                    hashlib.md5(b"%d" % i).hexdigest()
                f.write("device-%d,%s,%s\n" % (i, key_id, serial))
        return self.path(name)

    def chains(self, pais):
        name = self.path("chains-%d.csv" % pais)
        with open(name, "wb") as out:
            subprocess.run([os.path.join(BUILD, "bench", "audit_world"), self.feed.world, str(pais),
                            str(CHAINS)], check=True, stdout=out)
        return name

    def dacs(self, chains):
        """The same without PAIs: certificates that are only looked up."""
        with open(chains, encoding="ascii") as f, open(self.path("dacs.csv"), "w", encoding="ascii") as to:
            for line in f:
                to.write(line.rsplit(",", 1)[0] + "\n")
        return self.path("dacs.csv")

    def audit(self, inventory, store, *more):
        """Seconds of processor time, seconds, bytes of memory, summary line."""
        started = time.monotonic()
        process = subprocess.Popen(
            [os.path.join(BUILD, "cli", "veridac"), "audit", inventory, "--store", store, "--network",
             "test", "--at", self.feed.at(), "--out", self.path("out"), *more],
            stdout=subprocess.PIPE)
        text = process.stdout.read().decode()
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode not in (0, 1, 2):
            raise RuntimeError("audit ended with %d" % process.returncode)
        return used.ru_utime + used.ru_stime, time.monotonic() - started, used.ru_maxrss * 1024, text


def attestation():
    """Microseconds of a verification with PAI and declaration seen before."""
    done = subprocess.run([os.path.join(BUILD, "bench", "bench_attestation"), *["--quick"] * QUICK,
                           *sys.argv[2:4]], check=True, stdout=subprocess.PIPE)
    for line in done.stdout.decode().splitlines():
        row = rows.read(line)
        if row is not None and row["id"] == "attestation.warm":
            return row["measured"]
    raise RuntimeError("no row of bench_attestation")


def expect(text, n):
    if not text.startswith("%d devices" % n) or " 0 malformed" not in text:
        raise RuntimeError("not every line was judged: " + text)


def measure(fleet):
    before, now = fleet.path("before"), fleet.path("now")
    fleet.publish()
    fleet.pull(before)
    at = {"entries": fleet.feed.revoked(), "issuers": PAIS}

    ids = fleet.inventory("ids.csv", LINES)
    found = [fleet.audit(ids, before, "--jobs", "1") for _ in range(SAMPLES)]
    expect(found[0][3], LINES)
    rows.row("audit.rate", "issuer key id and serial, half of them revoked: lines a second of a core",
             "lines/s", [LINES / f[0] for f in found], least=100000, at=at)

    chains = fleet.chains(FEW)
    dacs = fleet.dacs(chains)
    found = [fleet.audit(dacs, before, "--jobs", "1", "--json") for _ in range(SAMPLES)]
    expect_json(found[0][3], CHAINS)
    rows.row("audit.certificates", "DACs in base64, looked up only: certificates a second of a core",
             "lines/s", [CHAINS / f[0] for f in found], least=100000, at=at)
    warm = 1e6 / attestation()
    for ident, inventory, pais, goal in (("audit.chain", chains, FEW, {"least": 0.9, "of": "ratio"}),
                                         ("audit.chain.many", fleet.chains(PAIS), PAIS, {})):
        # their PAAs publish no CRL; a context remembers 256 checks, so 300 PAIs in turn are new each time
        found = [fleet.audit(inventory, before, "--jobs", "1", "--accept-unknown", "not-published")
                 for _ in range(SAMPLES)]
        if " %d clear" % CHAINS not in found[0][3]:
            raise RuntimeError("the chains do not hold: " + found[0][3])
        rows.row(ident, "whole chains of %d PAIs in turn verified: devices a second of a core" % pais,
                 "lines/s", [CHAINS / f[0] for f in found], at=at, **goal,
                 baseline=("attestations a second, PAI and declaration seen before", warm))

    many = fleet.inventory("many.csv", MANY, 100)
    _, seconds, memory, text = fleet.audit(many, before)
    expect(text, MANY)
    rows.row("audit.memory", "%d M lines, a thread for each processor: memory" % (MANY // 1000000), "MB",
             memory / 1e6, most=64, at=at)
    rows.row("audit.time", "%d M lines, a thread for each processor: time" % (MANY // 1000000), "s", seconds,
             at=at)
    os.remove(many)

    shutil.copytree(before, now)
    fleet.feed.pass_day(COME)
    fleet.publish()
    fleet.pull(now)
    devices = fleet.inventory("million.csv", 1000000, 1000)
    found = [fleet.audit(devices, now, "--since", before) for _ in range(SAMPLES)]
    if "devices: " not in found[0][3] or "unchanged" not in found[0][3]:
        raise RuntimeError(found[0][3])
    rows.row("audit.since", "1 M devices: what is newly hit since yesterday's store", "s",
             [f[1] for f in found], most=3, at={"entries": fleet.feed.revoked(), "issuers": PAIS})


def expect_json(text, n):
    if '"devices":%d,' % n not in text or '"malformed":0' not in text:
        raise RuntimeError("not every line was judged: " + text[:200])


def main():
    with tempfile.TemporaryDirectory(prefix="veridac-bench-") as folder:
        fleet = Fleet(folder)
        try:
            measure(fleet)
        finally:
            fleet.close()


main()
