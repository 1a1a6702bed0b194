#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""tests/mutants/auto on a small project whose tests are known, and on survivors.txt."""
import os
import re
import subprocess
import sys
import tempfile
import unittest

sys.dont_write_bytecode = True
HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, HERE)
import sites  # noqa: E402

SOURCE = r"""
/* if (a < 1) is no site here */
#include <stdio.h>
#include <stdlib.h>

#ifdef NEVER
int never(int a) { return a < 7 ? 1 : 0; }
#endif

static void note(int *n)
{
    ++*n;
}

int inside(int a)
{
    static const int table[] = { 40, 41 };
    if (a < 10) // if (b > 2)
        return 11;
    return table[sizeof table / sizeof table[0] - 1] + a;
}

int noted(void)
{
    int n = 12;
    note(&n);
    (void)printf("%d\n", 13);
    return n;
}

int loops(int to)
{
    int i = 14;
    while (i != to)
        note(&i);
    return i;
}

int alone(int a)
{
    return a > 15 ? 16 : 17;
}

int same(int a)
{
    if (a == 18 && a > 5)
        return a;
    return 18;
}
"""

CHECK = r"""
int inside(int a);
int noted(void);
int loops(int to);
int same(int a);
int main(void)
{
    return !(inside(9) == 11 && inside(10) == 51 && noted() == 13 && loops(16) == 16 && same(18) == 18);
}
"""

BUILD = """
cmake_minimum_required(VERSION 3.25)
project(sample LANGUAGES C)
enable_testing()
add_executable(check check.c code/code.c)
add_test(NAME unit.check COMMAND check)
"""


def found(text):
    return sites.sites_of("f.c", text)


class SitesTest(unittest.TestCase):
    """What is a site, and what is made of it."""

    def made(self, body, kind):
        text = "int f(int a)\n{\n    " + body + "\n}\n"
        out = []
        for s in found(text):
            if s.kind == kind:
                whole = sites.mutate(text, [(1, s)])
                out.append(" ".join(whole.split("{", 1)[1].rsplit("}", 1)[0].split()))
        return out

    def test_conditions(self):
        self.assertEqual(self.made("if (a) g();", "negate"), ["if ((!(a) == vd_mutant_on(1))) g();"])
        self.assertEqual(self.made("return a && h(a);", "negate"),
                         ["return (!(a) == vd_mutant_on(1)) && h(a);", "return a && (!(h(a)) == vd_mutant_on(1));"])
        self.assertEqual(self.made("return a ? b : c;", "negate"), ["return (!(a) == vd_mutant_on(1)) ? b : c;"])

    def test_an_endless_loop_has_no_condition(self):
        self.assertEqual(self.made("while (1) g(); do g(); while (0); for (;;) g();", "negate"), [])

    def test_comparisons(self):
        self.assertEqual(self.made("return x + a < b * y;", "shift"),
                         ["return (vd_mutant_on(1) ? (x + a <= b * y) : (x + a < b * y));"])
        self.assertEqual(self.made("return h(a)[b] >= c && d;", "shift"),
                         ["return (vd_mutant_on(1) ? (h(a)[b] > c) : (h(a)[b] >= c)) && d;"])

    def test_constants(self):
        self.assertEqual(self.made("a += 0x10u;", "shift"), ["a += (0x10u + vd_mutant_on(1));"])

    def test_no_constants(self):
        for body in ("switch (a) { case 3: g(); }", "static const int t[] = { a, 3 };", "g(sizeof t[3]);",
                     "g('3', \"3\");", "g(3.5);", "int v[] = { 3 };"):
            self.assertEqual(self.made(body, "shift"), [], body)

    def test_calls(self):
        self.assertEqual(self.made("if (a) g(b); else h();", "drop"),
                         ["if (a) { if (!vd_mutant_on(1)) g(b); } else h();",
                          "if (a) g(b); else { if (!vd_mutant_on(1)) h(); }"])
        self.assertEqual(self.made("st = g();", "drop"), ["st = (vd_mutant_on(1) ? VERIDAC_OK : g());"])
        self.assertEqual(self.made('printf("1"); int b = g(); return g();', "drop"), [])

    def test_what_succeeds(self):
        self.assertEqual([s.new for s in found("static bool f(void)\n{ return g(); }")],
                         ["({on} ? true : {old})"])

    def test_names_stay_when_lines_move(self):
        names = [s.name for s in found(SOURCE)]
        self.assertEqual(names, [s.name for s in found("\n\n" + SOURCE)])
        self.assertEqual(len(names), len(set(names)))

    def test_the_seed_decides(self):
        one, other = (sites.shuffled(seed, found(SOURCE)) for seed in ("a", "b"))
        self.assertEqual(one, sites.shuffled("a", found(SOURCE)))
        self.assertNotEqual(one, other)

    def test_files_give_by_their_lines(self):
        self.assertEqual(sites.quotas({"a.c": 300, "b.c": 90, "c.c": 10}, 8), {"a.c": 6, "b.c": 2, "c.c": 0})


class RunTest(unittest.TestCase):
    """The whole of it: killed, survived, not covered, and what that means."""

    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory()
        cls.root = os.path.join(cls.folder.name, "sample")
        os.makedirs(os.path.join(cls.root, "code"))
        for name, text in (("code/code.c", SOURCE), ("check.c", CHECK), ("CMakeLists.txt", BUILD)):
            with open(os.path.join(cls.root, name), "w", encoding="utf-8") as f:
                f.write(text)
        cls.all = cls.auto(cls, "--sites", "500")

    @classmethod
    def tearDownClass(cls):
        cls.folder.cleanup()

    def auto(self, *words, reasons=""):
        path = os.path.join(self.folder.name, "survivors.txt")
        with open(path, "w", encoding="utf-8") as f:
            f.write(reasons)
        return subprocess.run([sys.executable, os.path.join(HERE, "auto"), "--root", self.root,
                               "--folders", "code", "--work", os.path.join(self.folder.name, "work"),
                               "--survivors", path, "--patience", "1", *words],
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)

    def of(self, part):
        return [line for line in self.all.stdout.splitlines() if line.startswith("code/code.c: ") and part in line]

    def test_killed(self):
        lines = self.of(": inside: ") + self.of(": noted: ")
        self.assertGreater(len(lines), 4)
        for line in lines:
            self.assertIn("killed by unit.check (", line)

    def test_a_loop_that_does_not_end(self):
        self.assertIn("killed by unit.check, too long (", "".join(self.of(": loops: drop: note(&i);")))

    def test_not_covered(self):
        lines = self.of(": alone: ")
        self.assertTrue(lines)
        for line in lines:
            self.assertIn("NOT COVERED", line)

    def test_nothing_that_is_not_compiled_or_only_prints(self):
        self.assertEqual(self.of(": never: "), [])
        self.assertEqual(self.of("drop: printf"), [])

    def test_a_survivor_without_a_reason_fails(self):
        self.assertIn("survived: code/code.c: same: shift: a > 5", self.all.stdout)
        self.assertEqual(self.all.returncode, 1, self.all.stdout)

    def only(self, reason):
        name = re.search(r"survived: (code/code.c: same: shift: a > 5.*?): >= instead of >", self.all.stdout)[1]
        return name, self.auto("--only", name, reasons=reason.format(name))

    def test_a_survivor_with_a_reason_passes(self):
        _, done = self.only("{}\n    a is 18 here\n")
        self.assertEqual(done.returncode, 0, done.stdout)
        self.assertIn(">= instead of >: a is 18 here", done.stdout)

    def test_and_without_it_fails(self):
        _, done = self.only("")
        self.assertEqual(done.returncode, 1)
        self.assertIn("NO REASON", done.stdout)

    def test_a_reason_for_what_is_gone_fails(self):
        done = self.auto("--check", reasons="code/code.c: gone: drop: note();\n    once\n")
        self.assertEqual(done.returncode, 1)
        self.assertIn("no such site", done.stdout)

    def test_too_few_killed_fails(self):
        """With a reason for each."""
        names = re.findall(r"(?m)^(?:survived|not covered): (code/.*?): [^:]*: NO REASON$", self.all.stdout)
        self.assertGreater(len(names), 3)
        done = self.auto("--sites", "500", reasons="".join(f"{n}\n    because\n" for n in names))
        self.assertIn(" 0 without a reason", done.stdout)
        self.assertEqual(done.returncode, 1, done.stdout)

    def test_what_is_known_is_not_run_again(self):
        done = self.auto("--sites", "500")
        self.assertNotIn("killed by", done.stdout)
        self.assertEqual(done.stdout.splitlines()[-1], self.all.stdout.splitlines()[-1])


class ListTest(unittest.TestCase):
    def test_survivors(self):
        done = subprocess.run([sys.executable, os.path.join(HERE, "auto"), "--check"], stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, text=True, check=False)
        self.assertEqual((done.returncode, done.stdout), (0, ""))


if __name__ == "__main__":
    unittest.main()
