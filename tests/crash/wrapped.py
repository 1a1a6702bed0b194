# SPDX-License-Identifier: Apache-2.0
"""Calls of the program into libcurl, libcrypto, zlib and the system that fail (wraps.c).

    wrapped.py SCENE...            a sample: VERIDAC_SEED (1), VERIDAC_SECONDS a scene (8)
    wrapped.py --whole SCENE...    every call, alone, and all from it on
    wrapped.py --canary            the harness finds what is wrong

After each fault: the program ended by itself, without a leak, with an exit code and a message that say
what failed; what is in force is the old or the new state, and the new one if it said 0; the same command
without a fault brings the new state."""
import collections
import os
import random
import shutil
import subprocess
import sys
import tempfile
import time

FAULTY = os.environ["VERIDAC_FAULTY"]
os.environ["VERIDAC"] = FAULTY  # without a fault it is the ordinary program

import campaign  # noqa: E402
import scenes  # noqa: E402

SEED = int(os.environ.get("VERIDAC_SEED", "1"))
SECONDS = float(os.environ.get("VERIDAC_SECONDS", "8"))
LEAST = 3
INTERNAL, IO = 70, 74

Fault = collections.namedtuple("Fault", "k name rest")
Outcome = collections.namedtuple("Outcome", "code err hung calls struck")


def out(text):
    print(text, flush=True)


def run(argv, fault, timeout=120):
    """Runs the command with a fault, or with None; what it called, in order, and the first that failed."""
    with tempfile.TemporaryDirectory(prefix="veridac-wrapped-") as folder:
        log = os.path.join(folder, "log")
        env = dict(os.environ, VERIDAC_FAULT_LOG=log)
        if fault is not None:
            env["VERIDAC_FAULT"] = str(fault.k)
        if fault is not None and fault.rest:
            env["VERIDAC_FAULT_REST"] = "1"
        try:
            p = subprocess.run(argv, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                               stderr=subprocess.PIPE, env=env, timeout=timeout, check=False)
            code, err, hung = p.returncode, p.stderr.decode(errors="replace"), False
        except subprocess.TimeoutExpired:
            code, err, hung = None, "", True
        with open(log, encoding="ascii") as f:
            lines = [line.split() for line in f]
    struck = [line[1] for line in lines if line[2:] == ["struck"]]
    return Outcome(code, err, hung, [line[1] for line in lines], struck[0] if struck else None)


def family(name):
    if name.startswith("curl_"):
        return "curl"
    return "crypto" if name[:2].isupper() else "system"


class Wrapped:
    """One scene; like campaign.Campaign, with faults of another kind."""

    def __init__(self, scene, work):
        self.scene, self.work, self.n = scene, work, 0
        self.template = os.path.join(work, "template")
        os.mkdir(self.template)
        scene.prepare(self.template)
        self.old = self.look_at(None)
        folder = self.copy()
        done = run(scene.argv(folder), None)
        if done.code != 0:
            raise RuntimeError("%s without a fault: exit code %s: %s" % (scene.name, done.code, done.err))
        self.calls, self.new = done.calls, scene.look(folder)
        shutil.rmtree(folder)
        if self.new == self.old:
            raise RuntimeError("%s: old and new look the same" % scene.name)

    def look_at(self, _):
        folder = self.copy()
        seen = self.scene.look(folder)
        shutil.rmtree(folder)
        return seen

    def copy(self):
        self.n += 1
        folder = os.path.join(self.work, "run-%d" % self.n)
        shutil.copytree(self.template, folder, symlinks=True)
        return folder

    def faults(self):
        return [Fault(k, name, rest) for k, name in enumerate(self.calls) for rest in (False, True)]

    @staticmethod
    def said(o):
        """What is wrong with how it ended."""
        if o.hung:
            return ["does not end"]
        said = []
        if "Sanitizer" in o.err or "runtime error" in o.err:
            said.append("sanitizer: " + o.err.strip()[:600])
        elif o.code not in (0, INTERNAL, IO):
            said.append("exit code %s: %s" % (o.code, o.err.strip()[:200]))
        if o.code in (INTERNAL, IO) and not o.err.startswith("veridac: "):
            said.append("no message: %r" % o.err[:200])
        return said

    def one(self, f):
        """Complaints, or None when the fault was not reached."""
        folder = self.copy()
        try:
            o = run(self.scene.argv(folder), f)
            if o.struck is None and not o.hung:
                return None
            said = self.said(o)
            seen = self.scene.look(folder)
            if seen != self.new and (o.code == 0 or seen != self.old):
                said.append("neither old nor new (exit code %s): %.200s" % (o.code, seen))
            again = run(self.scene.argv(folder), None)
            if again.code != 0:
                said.append("run again: exit code %s: %s" % (again.code, again.err.strip()[:200]))
            elif self.scene.look(folder) != self.new:
                said.append("run again: not the new state")
            return ["%s: %s %s %d (%s): %s" % (self.scene.name, f.name, "all from" if f.rest else "call",
                                               f.k, o.struck, what) for what in said]
        finally:
            shutil.rmtree(folder, ignore_errors=True)


def in_order(faults, seed):
    """In an order of the seed in which each kind of function has its turn early."""
    rng = random.Random(seed)
    rows = collections.defaultdict(list)
    for f in faults:
        rows[family(f.name)].append(f)
    for row in rows.values():
        rng.shuffle(row)
    return [row[i] for i in range(max(map(len, rows.values()))) for _, row in sorted(rows.items())
            if i < len(row)]


def go(scene, whole, say=out):
    with tempfile.TemporaryDirectory(prefix="veridac-wrapped-") as work:
        try:
            w = Wrapped(scene, work)
            start, runs, unreached, failed = time.monotonic(), 0, 0, []
            for f in in_order(w.faults(), SEED):
                if not whole and runs >= LEAST and time.monotonic() - start > SECONDS:
                    break
                said = w.one(f)
                runs += said is not None
                unreached += said is None
                for line in said or []:
                    say(line)
                failed += said or []
            say("%s: %d calls of %d functions, %d runs, %d faults not reached, %d complaints, %.0f s" % (
                scene.name, len(w.calls), len(set(w.calls)), runs, unreached, len(failed),
                time.monotonic() - start))
            # calls move a little with the network; more than that is a harness that tests nothing
            return failed + ([] if runs > 3 * unreached else ["%s: not reached" % scene.name])
        finally:
            scene.close()


def canary():
    """What a run would have to look like for each complaint."""
    def of(code, err="veridac: no\n", hung=False, struck="read"):
        return Wrapped.said(Outcome(code, err, hung, [], struck))
    assert of(0) == of(74) == of(70) == []
    assert of(None, hung=True) == ["does not end"]
    assert of(1)[0].startswith("exit code 1") and of(-11)[0].startswith("exit code -11")
    assert of(65)[0].startswith("exit code 65")
    assert of(23, "==1==ERROR: LeakSanitizer")[0].startswith("sanitizer")
    assert of(74, "")[0].startswith("no message")
    # and the faults are there: one that everybody has to notice
    with tempfile.TemporaryDirectory(prefix="veridac-wrapped-") as folder:
        argv = [FAULTY, "keygen", "--out", os.path.join(folder, "key")]
        calls = run(argv[:-1] + [os.path.join(folder, "other")], None).calls
        for k, name in enumerate(calls):
            if name == "write":
                o = run(argv, Fault(k, name, False))
                assert o.code == 74 and o.struck == "write", o
                break
        else:
            raise AssertionError("no write in %s" % calls)


def main():
    words = sys.argv[1:]
    if words == ["--canary"]:
        canary()
        return
    whole = words[:1] == ["--whole"]
    failed = [line for word in words[whole:] for line in go(scenes.ALL[word](), whole)]
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
