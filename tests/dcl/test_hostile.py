#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""test_hostile.py - the program against each scenario of the hostile ledger (H01 to H32).

    test_hostile.py HTTP|LISTS|CRLS|WITHHELD|ADDRESSES [SCENARIO-REGEX]

Each scenario is met twice: by a state that holds the honest world, and by none. Time, memory (peak
resident set) and disk are bounded; what was good stays in force; the report says what was wrong. Then
the same server turns honest, and the same run succeeds: the twin.
"""
import concurrent.futures
import json
import os
import queue
import re
import shutil
import subprocess
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(HERE, "..", "cli"))

import hostile_rows
from pipeline import AT, NOW, Ledger, tree
from support import PROGRAM

LATER, TWIN = "2026-09-22T14:13:20Z", "2026-09-22T15:13:20Z"
FAMILIES = ("HTTP", "LISTS", "CRLS", "WITHHELD", "ADDRESSES")
WORKERS = 3
MARK = "/tmp/veridac-was-here"  # where the path traversals of the server point


class Failed(Exception):
    pass


def want(what, got, expected):
    if got != expected:
        raise Failed("%s: %r, wanted %r" % (what, got, expected))


def want_match(what, text, pattern):
    if not re.search(pattern, text or ""):
        raise Failed("%s: %r does not match %r" % (what, text, pattern))


def used(folder):
    """KiB on disk below a folder."""
    if not os.path.exists(folder):
        return 0
    out = subprocess.run(["du", "-sk", folder], stdout=subprocess.PIPE, check=True)
    return int(out.stdout.split()[0])


class Run:
    """One run of the program, with what it cost."""

    def __init__(self, *args):
        env = {**os.environ, "ASAN_OPTIONS": "quarantine_size_mb=1:" + os.environ.get("ASAN_OPTIONS", "")}
        with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
            started = time.monotonic()
            process = subprocess.Popen([PROGRAM, *map(str, args)], stdin=subprocess.DEVNULL,
                                       stdout=out, stderr=err, env=env)
            _, status, cost = os.wait4(process.pid, 0)
            process.returncode = self.code = os.waitstatus_to_exitcode(status)
            self.seconds, self.rss = time.monotonic() - started, cost.ru_maxrss / 1024
            out.seek(0)
            err.seek(0)
            self.out, self.err = out.read().decode(), err.read().decode()

    def json(self):
        return json.loads(self.out)


class Place:
    """One ledger with its world, and the state of an honest run: a worker's own."""

    def __init__(self, folder):
        self.folder = folder
        self.ledger = Ledger(self.path("world"))
        self.state = self.path("state")
        shutil.rmtree(self.state, ignore_errors=True)
        done = self.sync(NOW, "60s")
        want("the honest run: " + done.err, (done.code, done.json()["crls_failed"]), (0, 0))
        shutil.copytree(self.state, self.path("honest"))

    def path(self, *parts):
        return os.path.join(self.folder, *parts)

    def sync(self, at, timeout, private=True, ca=None):
        more = ["--allow-private"] if private else []
        more += ["--ca-file", self.path("world", ca)] if ca else []
        return Run("sync", "--dcl", self.ledger.url, "--state", self.state, "--network", "test",
                   "--at", at, "--timeout", timeout, "--max-wait", "1s", "--json",
                   *more, "--accept-anchors", self.path("world", "anchors.txt"))

    def begin(self, scenario, honest):
        shutil.rmtree(self.state, ignore_errors=True)
        if honest:
            shutil.copytree(self.path("honest"), self.state)
        self.ledger.control("scenario", name=scenario)

    def status(self, device, at):
        """The reason or the status of the device's DAC by the state's evidence."""
        folder = self.path("world", "devices", device)
        built = Run("build", "--state", self.state, "--at", at, "--out", self.path("bundle"))
        want("build: " + built.err, built.code, 0)
        done = Run("verify", "--dac", folder + "/dac.der", "--pai", folder + "/pai.der", "--trust",
                   self.path("world", "paa"), "--network", "test", "--at", at, "--snapshot",
                   self.path("bundle"), "--json")
        answer = done.json()["revocation"]["dac"]
        return answer["reason"] or answer["status"]

    def close(self):
        self.ledger.close()


def faults(report):
    return {c["url"].rsplit("/", 1)[1]: c["error"] for c in report["crls"] if c["error"]}


def bounded(row, done, cost, disk_before, place):
    cost.append(done)
    if done.seconds > row.seconds:
        raise Failed("took %.1f s, more than %d" % (done.seconds, row.seconds))
    if done.rss > row.rss:
        raise Failed("held %.0f MiB, more than %d" % (done.rss, row.rss))
    if used(place.state) > disk_before + row.disk:
        raise Failed("%d KiB on disk, more than %d + %d" % (used(place.state), disk_before, row.disk))


def in_force(place, row, at, expected=("revoked", "good")):
    want("the revoked one, the genuine one", tuple(place.status(d, at) for d in row.devices), expected)


def no_trace(place, row):
    want("a file outside the state", os.path.lexists(MARK), False)
    if row.forbidden:
        asked = json.loads(place.ledger.control("requests"))
        want("asked for", [r["path"] for r in asked if r["path"] in row.forbidden], [])


def found_of(report):
    """What was found, but for the age of the newest block: the ledger's own time stands still."""
    return sorted({f["id"] for f in report["findings"]} - {"node-stale"})


def twin(place, row):
    """The same server, honest again."""
    place.ledger.control("scenario", name="honest")
    done = place.sync(TWIN, "60s")
    want("the twin: " + done.err, done.code, 0)
    if row.twin_findings:
        want("findings of the twin", found_of(done.json()), sorted(row.twin_findings))
        want("findings after the twin", found_of(place.sync(TWIN, "60s").json()), [])
    if not row.faults_of_others:
        want("faults of the twin", faults(done.json()), row.twin_faults)
    in_force(place, row, TWIN, row.twin)


def meet_crl(place, row, cost):
    place.begin(row.name, honest=True)
    before = used(place.state)
    done = place.sync(LATER, row.timeout, ca=row.ca)
    want(done.err or "exit code", done.code, 0)
    bounded(row, done, cost, before, place)
    found = faults(done.json())
    if row.fault is None:
        want("faults", found, {})
    else:
        at = row.at if row.at in found else next(iter(found), "")  # some move it to another URL
        want_match("fault", found.pop(at, ""), row.fault)
        if row.reasons:
            want("slugs", {c["reason"] for c in done.json()["crls"] if c["error"]}, set(row.reasons))
        want("faults of others", {} if row.faults_of_others else found, {})
    in_force(place, row, LATER, row.after)
    no_trace(place, row)
    twin(place, row)
    place.begin(row.name, honest=False)
    done = place.sync(LATER, row.timeout, ca=row.ca)
    want(done.err or "exit code", done.code, 0)
    bounded(row, done, cost, before, place)
    for device, pattern in zip(row.devices, row.first):
        want_match(device + " at first", place.status(device, LATER), "^(%s)$" % pattern)
    if not row.good_first and place.status(row.devices[1], LATER) == "good":
        raise Failed("good without evidence")


def meet_ledger(place, row, cost):
    place.begin(row.name, honest=True)
    before, disk = tree(place.state), used(place.state)
    done = place.sync(LATER, row.timeout, ca=row.ca)
    want("exit code: " + done.out, done.code, 74)
    want("lines of the complaint: " + done.err, done.err.count("\n"), 1)
    want_match("complaint", done.err, row.fault)
    bounded(row, done, cost, disk, place)
    want("the state", tree(place.state) == before, True)
    in_force(place, row, NOW)
    no_trace(place, row)
    twin(place, row)
    place.begin(row.name, honest=False)
    done = place.sync(LATER, row.timeout, ca=row.ca)
    want("exit code at first", done.code, 74)
    want("a state at first", os.path.exists(place.state), False)


def meet_record(place, row, cost):
    place.begin(row.name, honest=True)
    before = used(place.state)
    done = place.sync(LATER, row.timeout, ca=row.ca)
    want(done.err or "exit code", done.code, 0)
    bounded(row, done, cost, before, place)
    report = done.json()
    want("report", {name: report[name] for name in row.report}, row.report)
    want("findings", found_of(report), sorted(row.findings))
    want("faults", row.faults_of_others or faults(report), row.faults_of_others or {})
    in_force(place, row, LATER, row.after)
    no_trace(place, row)
    twin(place, row)
    place.begin(row.name, honest=False)
    done = place.sync(LATER, row.timeout, ca=row.ca)
    want(done.err or "exit code at first", done.code, 0)
    in_force(place, row, LATER, row.first)


def meet_address(place, row, cost):
    """The twin of these is every other row: there, private addresses are allowed."""
    place.begin(row.name, honest=True)
    before = used(place.state)
    place.ledger.control("clear-requests")
    done = place.sync(LATER, row.timeout, private=False)
    want(done.err or "exit code", done.code, 0)
    bounded(row, done, cost, before, place)
    crls = done.json()["crls"]
    want("CRLs", len(crls) > 5, True)
    for crl in crls:  # not one of them was fetched, and each says why
        here = crl["url"].startswith(place.ledger.url)
        want_match(crl["url"], crl["error"], hostile_rows.PRIVATE if here else row.fault)
        want("its slug", crl["reason"] in (("private-address",) if here else row.reasons), True)
    asked = [r["path"] for r in json.loads(place.ledger.control("requests"))]
    want("asked for", [path for path in asked if path == "/inside" or "/crl/" in path], [])
    in_force(place, row, NOW)


MEET = {"crl": meet_crl, "ledger": meet_ledger, "record": meet_record, "address": meet_address}


def meet(row, places):
    """(row, what went wrong or None, what it cost)"""
    place, cost = places.get(), []
    try:
        MEET[row.kind](place, row, cost)
        wrong = None
    except (Failed, KeyError, ValueError, OSError, subprocess.SubprocessError) as error:
        wrong = "%s: %s" % (type(error).__name__, error)
    finally:
        places.put(place)
    return row, wrong, cost


def undocumented():
    """The names of one side that the other one lacks: the README's tables, and the rows of all families."""
    with open(os.path.join(HERE, "../ledger/README.md"), encoding="utf-8") as file:
        told = set(re.findall(r"^\| `(h\d\d-[^`]+)`", file.read(), re.MULTILINE))
    rows = {row.name for family in FAMILIES for row in getattr(hostile_rows, family)}
    return sorted(told ^ {name for name in rows if re.match(r"h\d\d-", name)})


def main():
    if undocumented():
        print("scenarios in the README without a row, or the other way round:", *undocumented())
        return 1
    rows = [r for r in getattr(hostile_rows, sys.argv[1])
            if len(sys.argv) < 3 or re.search(sys.argv[2], r.name)]
    failed = 0
    with tempfile.TemporaryDirectory(prefix="veridac-hostile-") as folder:
        places = queue.Queue()
        made = [Place(os.path.join(folder, str(i))) for i in range(min(WORKERS, len(rows)))]
        try:
            for place in made:
                places.put(place)
            with concurrent.futures.ThreadPoolExecutor(WORKERS) as pool:
                for row, wrong, cost in pool.map(lambda r: meet(r, places), rows):
                    failed += wrong is not None
                    print("%-6s %-26s %5.1f s %5.0f MiB  %s" % (
                        "FAILED" if wrong else "ok", row.name, max([c.seconds for c in cost] or [0]),
                        max([c.rss for c in cost] or [0]), wrong or ""), flush=True)
        finally:
            for place in made:
                place.close()
    print("%d scenarios, %d failed" % (len(rows), failed))
    return 1 if failed or not rows else 0


if __name__ == "__main__":
    sys.exit(main())
