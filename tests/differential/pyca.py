# SPDX-License-Identifier: Apache-2.0
"""pyca.py - a third opinion about mutants: veridac against pyca/cryptography.

    pyca.py PROGRAM certificates|crls --cases N [--seed TEXT] [--explained FILE] [--full]

PROGRAM is veridac-differential: it makes the cases and says what veridac thinks (export.h). Every
disagreement has to be on the list, in the rows of FAMILY/pyca; README.md says how. Ends with 1 when
one is not, with 77 when pyca/cryptography is not installed.
"""
import argparse
import fnmatch
import json
import os
import subprocess
import sys

try:
    import cryptography
    import pyca_judge
except ImportError as error:
    print("skipped: %s (Debian: python3-cryptography)" % error)
    sys.exit(77)

MAX_SHOWN = 60
HERE = os.path.dirname(os.path.abspath(__file__))


class Row:
    def __init__(self, side, reason, line):
        self.side, self.reason, self.line = side, reason, line
        self.met = 0

    def __str__(self):
        return "%s refuses: %s" % (self.side, self.reason)


def read_rows(path, family):
    rows = []
    with open(path, encoding="utf-8") as file:
        for number, line in enumerate(file, 1):
            part = [p.strip() for p in line.split("|", 4)]
            if part[0] != family:
                continue
            if len(part) != 5 or not all(part) or part[1] not in ("veridac", "pyca"):
                sys.exit("%s:%d: not FAMILY | veridac or pyca | REASON | CLAUSE | SENTENCE" %
                         (path, number))
            rows.append(Row(part[1], part[2], number))
    return rows


def explains(rows, side, why, left_out=None):
    """The rows that explain every single reason; None when one is not explained."""
    used = set()
    for reason in why:
        for row in rows:
            if row is not left_out and row.side == side and \
                    fnmatch.fnmatchcase(reason, row.reason):
                used.add(row)
                break
        else:
            return None
    return used


def judge(family, case):
    """(veridac's reasons, pyca's); both empty: both accept, and nothing differs."""
    files = {name: bytes.fromhex(text) for name, text in case["files"].items()}
    ours = case["veridac"]
    if family == "certificates":
        return ours, pyca_judge.chain(files).why
    view, serials = pyca_judge.crl(files)
    if not ours and not view.why and case["serials"].split() != serials:
        return ours, ["serials-differ"]
    return ours, view.why


class Run:
    def __init__(self, family, rows):
        self.family, self.rows = family, rows
        self.total = self.agree = self.accepted = self.explained = self.unknown = 0
        self.shown = set()
        self.disagreements = set()  # (side, reasons): each kind once

    def one(self, case):
        ours, theirs = judge(self.family, case)
        self.total += 1
        self.accepted += not ours
        if bool(ours) == bool(theirs):
            self.agree += 1
            return
        side, why = ("veridac", tuple(ours)) if ours else ("pyca", tuple(theirs))
        used = explains(self.rows, side, why)
        if used is None:
            self.unknown += 1
            self.show(case, side, why)
            return
        self.explained += 1
        self.disagreements.add((side, why))
        for row in used:
            row.met += 1

    def show(self, case, side, why):
        if (side, why) in self.shown or len(self.shown) == MAX_SHOWN:
            return
        self.shown.add((side, why))
        print("UNEXPLAINED case %d, %s, %s: %s refuses, %s accepts: %s" %
              (case["case"], case["op"], case["where"], side,
               "pyca" if side == "veridac" else "veridac", " ".join(why)))

    def idle(self):
        """Rows whose loss nobody would notice: every disagreement is explained without them."""
        return [row for row in self.rows
                if all(explains(self.rows, side, why, row) is not None
                       for side, why in self.disagreements)]


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("program")
    parser.add_argument("family", choices=["certificates", "crls"])
    parser.add_argument("--cases", type=int, default=2000)
    parser.add_argument("--seed", default="veridac")
    parser.add_argument("--explained", default=os.path.join(HERE, "explained.txt"))
    parser.add_argument("--full", action="store_true",
                        help="an explanation that is never needed counts as well")
    take = parser.parse_args()

    rows = read_rows(take.explained, take.family + "/pyca")
    run = Run(take.family, rows)
    with subprocess.Popen([take.program, take.family, "--export", "--cases", str(take.cases),
                           "--seed", take.seed], stdout=subprocess.PIPE, text=True) as made:
        for line in made.stdout:
            run.one(json.loads(line))
    ok = made.returncode == 0 and run.total == take.cases
    if not ok:
        print("THE PROGRAM ENDED EARLY")
    print("%s: seed \"%s\", pyca/cryptography %s: %d cases, veridac accepts %d, agree %d, "
          "explained %d, unexplained %d" % (take.family, take.seed, cryptography.__version__,
                                            run.total, run.accepted, run.agree, run.explained,
                                            run.unknown))
    idle = run.idle()
    for row in rows:
        needless = take.full and row in idle
        print("%8d  %s%s" % (row.met, row, "  NOT NEEDED: TAKE IT OFF THE LIST" if needless else ""))
        ok = ok and not needless
    sys.exit(0 if ok and run.unknown == 0 else 1)


if __name__ == "__main__":
    main()
