#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Publish is stopped: at each question in turn, and only that one is answered with yes."""
import json
import os
import shutil
import subprocess
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "cli"))
from pipeline import AT, Pipeline, tree  # pylint: disable=wrong-import-position
from support import main  # pylint: disable=wrong-import-position

PROBE = os.environ["PUBLISH_PROBE"]
OK, STOPPED = 0, 9


class Stopped(Pipeline):
    def probe(self, repo, yes_at):
        told = subprocess.run([PROBE, self.state, repo, self.key, str(AT + 3600), str(yes_at)], check=True,
                              stdout=subprocess.PIPE, timeout=60).stdout
        return json.loads(told)

    def test_at_every_question(self):
        self.assertEqual(self.sync()[0], 0)
        self.assertEqual(self.publish()[0], 0)
        before = tree(self.repo)
        self.assertGreater(len(before["head"]), 0)
        yes_at, ended = 0, None
        while ended is None:
            yes_at += 1
            repo = self.path("repo-%d" % yes_at)
            shutil.copytree(self.repo, repo)
            told = self.probe(repo, yes_at)
            if told["asked"] < yes_at:  # no such question: it came to its end
                ended = told, tree(repo)
            else:
                self.assertEqual((told["status"], told["report"], told["error"]), (STOPPED, False, "stopped"),
                                 yes_at)
                self.assertEqual(tree(repo), before, yes_at)
            shutil.rmtree(repo)
        self.assertGreater(yes_at, 3)
        told, after = ended  # the twin: nobody says yes
        self.assertEqual((told["status"], told["report"]), (OK, True))
        self.assertNotIn(after["head"], (before["head"], b""))


if __name__ == "__main__":
    main()
