#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""test_scripts.py - that scripts/setup.sh installs nothing unasked, and that the report of
scripts/test.sh hides neither a failure nor a skipped test."""
import os
import pty
import subprocess
import tempfile
import unittest

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))

FAKES = {
    # everything is installed but what the file `missing` names
    "dpkg-query": 'for p; do :; done; grep -qx "$p" "$FAKE/missing" && exit 1; echo installed\n',
    "apt-get": 'printf "%s\\n" "$*" >>"$FAKE/apt"\n',
    "sudo": 'echo "sudo" >>"$FAKE/apt"; exec "$@"\n',
}


class NeedTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.fake = folder.name
        for name, body in FAKES.items():
            self.program(name, body)
        self.program("id", "echo 0\n")
        self.missing("g++", "cmake")

    def program(self, name, body):
        with open(os.path.join(self.fake, name), "w") as file:
            file.write("#!/bin/sh\n" + body)
        os.chmod(file.name, 0o755)

    def missing(self, *packages):
        with open(os.path.join(self.fake, "missing"), "w") as file:
            file.write("\n".join(packages) + "\n")

    def need(self, who, yes, terminal=None, ci=""):
        """Runs need WHO YES; `terminal` is what a person types. -> (status, output, apt calls)"""
        script = '. scripts/setup.sh; PATH=$FAKE:$PATH; need %s %d; echo done' % (who, yes)
        environment = dict(os.environ, FAKE=self.fake, CI=ci)
        arguments = dict(cwd=ROOT, env=environment, stdout=subprocess.PIPE,
                         stderr=subprocess.STDOUT, text=True, timeout=20)
        if terminal is None:
            done = subprocess.run(["/bin/sh", "-ec", script], stdin=subprocess.DEVNULL, **arguments)
        else:
            master, slave = pty.openpty()
            os.write(master, terminal.encode())
            done = subprocess.run(["/bin/sh", "-ec", script], stdin=slave, **arguments)
            os.close(master)
            os.close(slave)
        try:
            with open(os.path.join(self.fake, "apt")) as file:
                calls = file.read().splitlines()
        except FileNotFoundError:
            calls = []
        return done.returncode, done.stdout, calls

    INSTALL = "install -y -qq --no-install-recommends "

    def test_nothing_when_all_is_there(self):
        self.missing()
        status, output, calls = self.need("test", 0)
        self.assertEqual((status, calls), (0, []), output)
        self.assertIn("libssl-dev", output)
        self.assertTrue(output.endswith("done\n"), output)

    def test_no_terminal_and_not_told(self):
        status, output, calls = self.need("test", 0)
        self.assertEqual((status, calls), (1, []), output)
        self.assertIn("apt-get install --no-install-recommends cmake g++", output)

    def test_yes_and_ci(self):
        for yes, ci in ((1, ""), (0, "1")):
            self.assertEqual(self.need("test", yes, ci=ci)[::2],
                             (0, ["update -qq", self.INSTALL + "cmake g++"]))
            os.remove(os.path.join(self.fake, "apt"))

    def test_demo_needs_less(self):
        self.assertEqual(self.need("demo", 1)[::2],
                         (0, ["update -qq", self.INSTALL + "cmake"]))

    def test_sudo(self):
        self.program("id", "echo 1000\n")
        self.assertEqual(self.need("demo", 1)[2],
                         ["sudo", "update -qq", "sudo", self.INSTALL + "cmake"])

    def test_a_person_decides(self):
        self.assertEqual(self.need("demo", 0, "n\n")[::2], (1, []))
        self.assertEqual(self.need("demo", 0, "\n")[::2], (1, []))
        self.assertEqual(self.need("demo", 0, "y\n")[::2],
                         (0, ["update -qq", self.INSTALL + "cmake"]))


class ReportTest(unittest.TestCase):
    PASSED = '<testcase name="a" status="run"><system-out>fine</system-out></testcase>'
    SKIPPED = ('<testcase name="b" status="notrun"><skipped message="SKIP_RETURN_CODE=77"/>'
               '<system-out>start\nskipped: no vectors\nbye\n</system-out></testcase>')
    FAILED = '<testcase name="c" status="fail"><failure message=""/></testcase>'
    MISSING = ('<testcase name="d" status="notrun"><skipped message="Unable to find executable"/>'
               '</testcase>')
    CMOCKA = ('<testcase name="e" status="run"><system-out>[       OK ] x\n[  SKIPPED ] vectors\n'
              '[  SKIPPED ] 1 test(s).\n[  SKIPPED ] vectors\n</system-out></testcase>')

    UNITTEST = ('<testcase name="f" status="run"><system-out>test_x (X.test_x) ... skipped '
                "'no vectors'\ntest_y (X.test_y) ... skipped 'no vectors'\n\nOK (skipped=2)\n</system-out></testcase>")
    QUIET = ('<testcase name="g" status="run"><system-out>..s\n\nOK (skipped=3)\n</system-out>'
             '</testcase>')

    def report(self, *runs):
        with tempfile.TemporaryDirectory() as folder:
            index = os.path.join(folder, "index")
            with open(index, "w") as file:
                file.write("build debug 12 -\n")
                for n, cases in enumerate(runs):
                    name = os.path.join(folder, "%d.xml" % n)
                    with open(name, "w") as xml:
                        xml.write("<testsuite>%s</testsuite>" % "".join(cases))
                    file.write("group%d debug %d %s\n" % (n, n, name))
            done = subprocess.run(["/usr/bin/python3", ROOT + "/scripts/test_report.py", index],
                                  capture_output=True, text=True, timeout=20)
        return done.returncode, done.stdout.splitlines()

    def test_last_line_is_the_sum(self):
        rows = [([[self.PASSED]], 0, "100% tests passed, 0 tests failed out of 1"),
                ([[self.PASSED, self.SKIPPED], [self.PASSED]], 0,
                 "100% tests passed, 0 tests failed out of 3"),
                ([[self.PASSED, self.FAILED], [self.PASSED]], 1,
                 "66% tests passed, 1 tests failed out of 3"),
                ([[self.PASSED] * 999 + [self.FAILED]], 1,
                 "99% tests passed, 1 tests failed out of 1000"),
                ([[self.MISSING]], 1, "0% tests passed, 1 tests failed out of 1"),
                ([], 1, "0% tests passed, 0 tests failed out of 0")]
        for runs, status, line in rows:
            got, lines = self.report(*runs)
            self.assertEqual((got, lines[-1]), (status, line))

    def test_skips_are_shown_with_their_reason(self):
        lines = self.report([self.SKIPPED, self.CMOCKA], [self.PASSED, self.UNITTEST, self.QUIET])[1]
        start = lines.index("7 skipped:")
        self.assertEqual(lines[start + 1:start + 5], [
            "    b: skipped: no vectors (debug)", "    e, in part: vectors (debug)",
            "    f, in part: no vectors, 2 times (debug)",
            "    g, in part: no reason printed, 3 times (debug)"])

    def test_failures_are_named(self):
        lines = self.report([self.FAILED, self.MISSING])[1]
        self.assertIn("2 failed:", lines)
        self.assertIn("    c (debug)", lines)


if __name__ == "__main__":
    unittest.main()
