# SPDX-License-Identifier: Apache-2.0
"""A campaign: one scene, many faults, and after each of them the same four questions.

1. Did it end by itself, with the exit code and the message of what happened?
2. Is what it works on the old or the new state, whole?  (Only the new one when it said "done".)
3. Does the same command, run again without a fault, bring the new state?
4. Did the fault leave anything lying about that the second run does not clear away?"""
import collections
import os
import random
import shutil
import time

import durable
import faults

Verdict = collections.namedtuple("Verdict", "complaints reached")


class Scene:
    """A command that changes a folder. A scene makes a template of what is there before; each run
    works on a copy of it."""
    name = "?"
    changes = ()          # names of the folders that the command changes, for leftovers
    io_codes = (74,)      # how the command ends when the system refuses something
    speaks = "veridac: "  # how its messages begin

    def prepare(self, template):
        """Fills the template folder; starts what has to run beside it."""

    def close(self):
        pass

    def argv(self, folder):
        raise NotImplementedError

    def look(self, folder):
        """What is in force: comparable, and the same for the same state in whatever folder."""
        raise NotImplementedError

    def is_switch(self, folder, path):
        """Is this the name whose replacement makes the new state the current one?"""
        return False


def files_of(folder, names):
    return [os.path.join(at, f) for n in names for at, _, files in os.walk(os.path.join(folder, n))
            for f in files]


def is_temporary(path):
    name = os.path.basename(path)
    return name != ".lock" and (name.startswith(".") or ".tmp" in name)


class Campaign:
    def __init__(self, scene, work):
        self.scene, self.work = scene, work
        self.template = os.path.join(work, "template")
        self.n = 0
        os.mkdir(self.template)
        scene.prepare(self.template)
        self.old = self._look_at_copy()
        folder = self.copy()
        self.calls, done = faults.calls(scene.argv(folder))
        if done.code != 0:
            raise RuntimeError("%s without a fault: exit code %d: %s" % (scene.name, done.code,
                                                                         done.err))
        self.unsafe = [c for name in scene.changes for c in durable.complaints(
            self.calls, os.path.join(folder, name), lambda p: scene.is_switch(folder, p))]
        self.new = scene.look(folder)
        if self.new == self.old:
            raise RuntimeError("%s: old and new look the same" % scene.name)
        for _ in range(2):  # a fault may strike behind the switch; then all three runs of a pair count
            faults.calls(scene.argv(folder))
        self.most_files = len(files_of(folder, scene.changes))
        self.drop(folder)

    def _look_at_copy(self):
        folder = self.copy()
        seen = self.scene.look(folder)
        self.drop(folder)
        return seen

    def copy(self):
        self.n += 1
        folder = os.path.join(self.work, "run-%d" % self.n)
        shutil.copytree(self.template, folder, symlinks=True)
        return folder

    @staticmethod
    def drop(folder):
        shutil.rmtree(folder, ignore_errors=True)

    def faults(self, modes=tuple(faults.MODES)):
        return faults.faults_of(self.calls, modes)

    def _ended_well(self, f, o):
        if o.hung:
            return ["does not end"]
        said = []
        if "Sanitizer" in o.err or "runtime error" in o.err:
            said.append("sanitizer: " + o.err.strip().splitlines()[0])
        if f.mode == "kill":
            return said + ([] if o.code == -9 else ["exit code %d, expected a kill" % o.code])
        if o.code not in (0, *self.scene.io_codes):
            said.append("exit code %d: %s" % (o.code, o.err.strip()[:200]))
        if o.code != 0 and not o.err.startswith(self.scene.speaks):
            said.append("no message: %r" % o.err[:200])
        return said

    def state_after(self, folder, code):
        seen = self.scene.look(folder)
        if seen != self.new and (code == 0 or seen != self.old):
            return ["neither old nor new (exit code %d): %.300s" % (code, seen)]
        return []

    def run(self, f, again=None):
        """One fault; `again`: a second one in the run that should mend it."""
        folder = self.copy()
        try:
            o = faults.fault(self.scene.argv(folder), f)
            if not o.reached:
                return Verdict([], False)
            said = self._ended_well(f, o) + self.state_after(folder, o.code)
            if again is not None:
                o = faults.fault(self.scene.argv(folder), again)
                said += self.state_after(folder, o.code)
            return Verdict(said + self.mended(folder), True)
        finally:
            self.drop(folder)

    def mended(self, folder):
        _, o = faults.calls(self.scene.argv(folder))
        if o.code != 0:
            return ["run again: exit code %d: %s" % (o.code, o.err.strip()[:200])]
        said = [] if self.scene.look(folder) == self.new else ["run again: not the new state"]
        left = files_of(folder, self.scene.changes)
        said += ["left behind: " + os.path.relpath(p, folder) for p in left if is_temporary(p)]
        if len(left) > self.most_files:
            said.append("%d files, %d without the fault" % (len(left), self.most_files))
        return said


Report = collections.namedtuple("Report", "runs unreached failed seconds")


def sample(campaign, seed, least, seconds, modes=tuple(faults.MODES), say=print):
    """Faults in an order of the seed: at least `least`, then as many as the time allows. Every mode
    has its turn early."""
    rng = random.Random(seed)
    rows = {mode: campaign.faults((mode,)) for mode in modes}
    for row in rows.values():
        rng.shuffle(row)
    order = [row[i] for i in range(max(map(len, rows.values()))) for row in rows.values()
             if i < len(row)]
    return _go(campaign, [(f, None) for f in order], least, seconds, say)


def whole(campaign, seed, runs, say=print):
    """Every fault of every mode; then pairs, a second fault in the mending run, until `runs`."""
    rng = random.Random(seed)
    singles = campaign.faults()
    jobs = [(f, None) for f in singles]
    while len(jobs) < runs:
        jobs.append((rng.choice(singles), rng.choice(singles)))
    return _go(campaign, jobs, len(jobs), 0, say)


def _go(campaign, jobs, least, seconds, say):
    start, runs, unreached, failed = time.monotonic(), 0, 0, []
    for f, again in jobs:
        if runs >= least and time.monotonic() - start > seconds:
            break
        verdict = campaign.run(f, again)
        runs += verdict.reached
        unreached += not verdict.reached
        for complaint in verdict.complaints:
            failed.append("%s: %s at %s %d%s: %s; %s" % (
                campaign.scene.name, f.mode, f.call.name, f.call.n,
                " and %s at %s %d" % (again.mode, again.call.name, again.call.n) if again else "",
                complaint, f.call.line[:120]))
            say(failed[-1])
    return Report(runs, unreached, failed, time.monotonic() - start)
