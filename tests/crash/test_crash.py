#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Crashes and faults at the writing system calls of the program.

    test_crash.py SCENE...            a sample: VERIDAC_SEED (1), VERIDAC_SECONDS a scene (10)
    test_crash.py --whole N SCENE...  every fault of every call, then pairs, at least N runs a scene
    test_crash.py --full SCENE...     full disks
    test_crash.py --canary            the harness finds planted mistakes

Ends with 77 and a line `skipped: why` where the system does not let it work."""
import os
import sys
import tempfile

import campaign
import faults
import full

SEED = int(os.environ.get("VERIDAC_SEED", "1"))
SECONDS = float(os.environ.get("VERIDAC_SECONDS", "10"))
LEAST = 14  # twice each mode


def out(text):
    print(text, flush=True)


def skip(why):
    out("skipped: " + why)
    sys.exit(77)


def with_campaign(scene, work):
    """Opens a scene, does the work and cleans up; the complaints."""
    with tempfile.TemporaryDirectory(prefix="veridac-crash-") as folder:
        try:
            c = campaign.Campaign(scene, folder)
            for line in c.unsafe:
                out("%s: %s" % (scene.name, line))
            return c.unsafe + work(c)
        finally:
            scene.close()


def report(scene, r, c):
    out("%s: %d writing calls, %d runs, %d faults not reached, %d complaints, %.0f s" % (
        scene.name, len(c.calls), r.runs, r.unreached, len(r.failed), r.seconds))
    # calls move a little with the network; more than that is a harness that tests nothing
    few = [] if r.runs > 3 * r.unreached else ["%s: most faults were not reached" % scene.name]
    return r.failed + few


def sampled(scene):
    return lambda c: report(scene, campaign.sample(c, SEED, LEAST, SECONDS, say=out), c)


def whole(scene, runs):
    return lambda c: report(scene, campaign.whole(c, SEED, runs, say=out), c)


def filled(scene):
    def work(c):
        runs, failed = full.sweep(c, say=out)
        out("%s: %d full disks, %d complaints" % (scene.name, runs, len(failed)))
        return failed
    return work


# ---- the canary ----

class Planted(campaign.Scene):
    changes = ("here",)
    speaks = "planted: "

    def __init__(self, mistake):
        self.name = self.mistake = mistake

    def prepare(self, template):
        os.mkdir(os.path.join(template, "here"))
        with open(os.path.join(template, "here", "head"), "w", encoding="ascii") as f:
            f.write("old " * 9)

    def argv(self, folder):
        return [os.environ["VERIDAC_PLANTED"], self.mistake, os.path.join(folder, "here"), "new " * 12]

    def look(self, folder):
        try:
            with open(os.path.join(folder, "here", "head"), encoding="ascii") as f:
                return f.read()
        except FileNotFoundError:
            return "no head"

    def is_switch(self, folder, path):
        return path.endswith("/head")


MISTAKES = {  # a complaint that each has to raise: how it begins, and what stands in it
    "in-place": ("in-place: kill at write 2", "neither old nor new"),
    "gap": ("gap: kill at rename 1", "neither old nor new"),
    "names": ("names: kill at ", "left behind: here/head."),
    "deaf": ("deaf: ENOSPC at write 2", "neither old nor new (exit code 0)"),
    "endless": ("endless: nothing-written at write 1", "does not end"),
    "short": ("short: short at ", "neither old nor new (exit code 0)"),
    "no-sync": ("renamed before its bytes are synced", "/head"),
    "no-folder-sync": ("said done before ", "/head is synced"),
    "mute": ("mute: EIO at fsync 1", "no message"),
    "code": ("code: EIO at fsync 1", "exit code 1"),
    "none": None}


def canary():
    failed, quiet = [], [].append
    for mistake, wanted in MISTAKES.items():
        with tempfile.TemporaryDirectory(prefix="veridac-crash-") as folder:
            c = campaign.Campaign(Planted(mistake), folder)
            said = c.unsafe + campaign.whole(c, SEED, 0, say=quiet).failed
            if full.own_namespace() is None and mistake in ("none", "deaf"):
                on_disk = full.sweep(c, say=quiet)[1]
                if (mistake == "deaf") != any("neither old nor new" in line for line in on_disk):
                    failed.append("%s: full disks: %r" % (mistake, on_disk))
        if wanted is None:
            failed += ["nothing is wrong with it: " + line for line in said]
        elif not any(line.startswith(wanted[0]) and wanted[1] in line for line in said):
            failed.append("%s: nobody said %r" % (mistake, wanted))
        out("canary %s: %d complaints" % (mistake, len(said)))
    for line in failed:
        out(line)
    return failed


def main():
    words = sys.argv[1:]
    if faults.why_not():
        skip(faults.why_not())
    why_not_full = full.own_namespace()
    if words == ["--canary"]:
        failed = canary()
    else:
        import scenes
        if words[:1] == ["--full"]:
            if why_not_full:
                skip(why_not_full)
            jobs = [(s, filled(s)) for s in (scenes.ALL[w]() for w in words[1:])]
        elif words[:1] == ["--whole"]:
            jobs = [(s, whole(s, int(words[1]))) for s in (scenes.ALL[w]() for w in words[2:])]
        else:
            jobs = [(s, sampled(s)) for s in (scenes.ALL[w]() for w in words)]
        failed = [line for scene, work in jobs for line in with_campaign(scene, work)]
    sys.exit(1 if failed else 0)


main()
