# SPDX-License-Identifier: Apache-2.0
"""publish, pull and sync as scenes: the first time, and over what is there already.

Old and new differ in an answer: a device that was good is revoked. The formats are nobody's business
here: what is in force is what `verify` says about it."""
import copy
import hashlib
import os
import subprocess
import sys
import tempfile
import types

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "cli"))

from campaign import Scene  # noqa: E402
from pipeline import AT, NOW, Pipeline, Web  # noqa: E402
from support import PROGRAM, run  # noqa: E402

DAY = 86400
LATER = "2026-09-22T14:13:20Z"
DEVICES = ("genuine",)  # the one whose answer differs; the hash of the bundle says that it is whole


def moved(pipeline, folder):
    """The same pipeline in a copy of its folder."""
    twin, before = copy.copy(pipeline), pipeline.tmp.name
    for name, value in vars(pipeline).items():
        if isinstance(value, str) and value.startswith(before + os.sep):
            setattr(twin, name, folder + value[len(before):])
    twin.tmp = types.SimpleNamespace(name=folder)
    return twin


def answers(pipeline, *source):
    """What verify says about some devices, whatever the name of the source is."""
    seen = []
    for device in DEVICES:
        code, result, _ = pipeline.verify(device, *source, at=LATER)
        if result is None:
            seen.append((device, code))
            continue
        seen.append((device, code, result["verdict"], result["snapshot"]["sha256"],
                     *((who, result["revocation"][who]["status"], result["revocation"][who]["reason"])
                       for who in ("dac", "pai"))))
    return seen


class PipelineScene(Scene):
    """Keeps one ledger and one PKI for all copies."""

    def prepare(self, template):
        self.pipeline = Pipeline("setUp")
        self.pipeline.setUp()
        self.steps(self.pipeline)
        home = self.pipeline.tmp.name
        for name in os.listdir(home):
            if name.startswith("world"):
                os.symlink(os.path.join(home, name), os.path.join(template, name))
            else:
                subprocess.run(["cp", "-a", os.path.join(home, name), template], check=True)

    def close(self):
        self.pipeline.doCleanups()

    def steps(self, p):
        raise NotImplementedError

    def at(self, folder):
        return moved(self.pipeline, folder)


def ok(result):
    if result[0] != 0:
        raise RuntimeError("exit code %d: %s" % (result[0], result[2]))


class Sync(PipelineScene):
    changes = ("state",)

    def __init__(self, first):
        self.first, self.name = first, "sync, the first" if first else "sync"

    def steps(self, p):
        """The second run accepts what the first did not: trust and evidence change together."""
        if not self.first:
            with open(p.path("world", "paa", "paa-fff1.der"), "rb") as f:
                one = hashlib.sha256(f.read()).hexdigest()
            ok(p.sync("--accept-anchor", one, accept=False))
            p.revoke("dac-genuine", at=AT + DAY)

    def argv(self, folder):
        return [PROGRAM, *self.at(folder).sync_args(at=LATER)]

    def look(self, folder):
        p = self.at(folder)
        with tempfile.TemporaryDirectory(prefix="veridac-look-") as out:
            bundle = os.path.join(out, "bundle")
            if run("build", "--state", p.state, "--at", LATER, "--out", bundle)[0] != 0:
                return "nothing to build from"
            with open(bundle, "rb") as f:
                digest = hashlib.sha256(f.read()).hexdigest()
            return [digest, answers(p, "--snapshot", bundle), self.trust(p)]

    @staticmethod
    def trust(p):
        found = {}
        for kind in ("paa", "cd-signers"):
            folder = os.path.join(p.state, "trust", kind)
            for name in sorted(os.listdir(folder)):
                with open(os.path.join(folder, name), "rb") as f:
                    found[kind + "/" + name] = hashlib.sha256(f.read()).hexdigest()
        return found

    def is_switch(self, folder, path):
        return path == os.path.join(folder, "state", "trust")


class Build(PipelineScene):
    name, changes = "build", ("out",)

    def steps(self, p):
        os.mkdir(p.path("out"))
        ok(p.sync())
        ok(run("build", "--state", p.state, "--at", NOW, "--out", p.path("out", "bundle")))
        p.revoke("dac-genuine", at=AT + DAY)
        ok(p.sync(at=LATER))

    def argv(self, folder):
        p = self.at(folder)
        return [PROGRAM, "build", "--state", p.state, "--at", LATER, "--out", p.path("out", "bundle")]

    def look(self, folder):
        p = self.at(folder)
        return answers(p, "--snapshot", p.path("out", "bundle"))

    def is_switch(self, folder, path):
        return path.endswith("/bundle")


class Publish(PipelineScene):
    changes = ("repo",)

    def __init__(self, first):
        self.first, self.name = first, "publish, the first" if first else "publish"

    def steps(self, p):
        ok(p.sync())
        if not self.first:
            ok(p.publish())
        p.revoke("dac-genuine", at=AT + DAY)
        ok(p.sync(at=LATER))

    def argv(self, folder):
        return [PROGRAM, *self.at(folder).publish_args(at=LATER)]

    def look(self, folder):
        """What somebody sees who pulls from it."""
        p = self.at(folder)
        if not os.path.isdir(p.repo):
            return "nothing to pull"
        web = Web(p.repo)
        try:
            with tempfile.TemporaryDirectory(prefix="veridac-look-") as out:
                p.store = os.path.join(out, "store")
                if p.pull(web.url, at=LATER)[0] != 0:
                    return "nothing to pull" if self.first else "cannot be pulled"
                return answers(p, "--store", p.store)
        finally:
            web.close()

    def is_switch(self, folder, path):
        return os.path.dirname(path) == os.path.join(folder, "repo")


class Pull(PipelineScene):
    changes = ("store",)

    def __init__(self, first):
        self.first, self.name = first, "pull, the first" if first else "pull"

    def steps(self, p):
        ok(p.sync())
        ok(p.publish())
        self.web = Web(p.repo)
        if not self.first:
            ok(p.pull(self.web.url))
        p.revoke("dac-genuine", at=AT + DAY)
        ok(p.sync(at=LATER))
        ok(p.publish(at=LATER))

    def close(self):
        self.web.close()
        super().close()

    def argv(self, folder):
        return [PROGRAM, *self.at(folder).pull_args(self.web.url, at=LATER)]

    def look(self, folder):
        p = self.at(folder)
        return answers(p, "--store", p.store)

    def is_switch(self, folder, path):
        return os.path.dirname(path) == os.path.join(folder, "store")


ALL = {"sync-first": lambda: Sync(True), "sync": lambda: Sync(False),
       "publish-first": lambda: Publish(True), "publish": lambda: Publish(False),
       "pull-first": lambda: Pull(True), "pull": lambda: Pull(False), "build": Build}
