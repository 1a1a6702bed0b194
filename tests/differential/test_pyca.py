# SPDX-License-Identifier: Apache-2.0
"""Canaries of pyca.py: a rule less on the list, a check less in the judge, and the run fails.

    test_pyca.py PROGRAM certificates|crls
"""
import contextlib
import io
import json
import os
import subprocess
import sys

try:
    import pyca
    import pyca_judge
except SystemExit:
    sys.exit(77)

CASES = 470
LIST = os.path.join(os.path.dirname(os.path.abspath(__file__)), "explained.txt")


def run(family, rows, cases):
    one = pyca.Run(family, rows)
    with contextlib.redirect_stdout(io.StringIO()):
        for case in cases:
            one.one(case)
    return one


def test_each_rule(family, cases):
    """Whichever rule is taken off, if it was needed, something is unexplained."""
    rows = pyca.read_rows(LIST, family + "/pyca")
    whole = run(family, rows, cases)
    assert whole.unknown == 0, whole.unknown
    needed = [row for row in rows if row not in whole.idle()]
    assert len(needed) >= 4, [str(row) for row in needed]
    for row in needed:
        assert any(pyca.explains(rows, side, why, row) is None
                   for side, why in whole.disagreements), str(row)
    assert run(family, rows[:0], cases).unknown == whole.explained > 0


def test_each_check(family, cases):
    """A judge that does not look at signatures disagrees, and nothing explains that."""
    rows = pyca.read_rows(LIST, family + "/pyca")
    was, pyca_judge.signed_by = pyca_judge.signed_by, lambda thing, octets, key: True
    blind = run(family, rows, cases)
    pyca_judge.signed_by = was
    assert blind.unknown > 0
    assert all(side == "veridac" for side, _ in blind.shown)


def main():
    program, family = sys.argv[1:]
    made = subprocess.run([program, family, "--export", "--cases", str(CASES)], check=True,
                          stdout=subprocess.PIPE, text=True)
    cases = [json.loads(line) for line in made.stdout.splitlines()]
    assert len(cases) == CASES
    for test in (test_each_rule, test_each_check):
        test(family, cases)
        print("%s %s: passed" % (family, test.__name__))


if __name__ == "__main__":
    main()
