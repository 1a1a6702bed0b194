#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""test_report.py - the sum of several ctest runs: seconds per group, what was skipped and why.

    test_report.py INDEX

Each line of INDEX is "GROUP PRESET SECONDS FILE": a run, with its results in JUnit form, or "-" for
a build. Ends with 1 if a test failed or none ran. The last line is ctest's own, over all runs.
"""
import collections
import re
import sys
import xml.etree.ElementTree

# cmocka names each test that skipped itself, twice; its sum has a number in the same place
CMOCKA_SKIP = re.compile(r"^\[  SKIPPED \] (?!\d+ test)(.+)$", re.MULTILINE)
# Python's unittest gives the reason of each when it is verbose, and always the number
UNITTEST_SKIP = re.compile(r"\.\.\. skipped ['\"](.*)['\"]$", re.MULTILINE)
UNITTEST_SUM = re.compile(r"^(?:OK|FAILED) \(.*?\bskipped=(\d+)", re.MULTILINE)


def partial_skips(output):
    """[(what, how many)] of the tests that skipped themselves inside a program that passed."""
    named = dict.fromkeys(CMOCKA_SKIP.findall(output), 1)
    named.update(collections.Counter(UNITTEST_SKIP.findall(output)))
    silent = sum(map(int, UNITTEST_SUM.findall(output))) - sum(named.values())
    return list(named.items()) + ([("no reason printed", silent)] if silent > 0 else [])


class Run:
    def __init__(self, group, preset, seconds, path):
        self.group, self.preset, self.seconds = group, preset, int(seconds)
        self.total, self.failed, self.skipped = 0, [], []
        if path != "-":
            for case in xml.etree.ElementTree.parse(path).getroot().iter("testcase"):
                self._add(case)

    def _add(self, case):
        name, output = case.get("name"), case.findtext("system-out") or ""
        self.total += 1
        if case.get("status") == "run":
            self.skipped += [("%s, in part: %s" % (name, what), n)
                             for what, n in partial_skips(output)]
        elif case.find("skipped") is not None and "SKIP_" in case.find("skipped").get("message"):
            self.skipped.append(("%s: %s" % (name, reason(output)), 1))
        else:  # failed, timed out, or could not be started
            self.failed.append((name, 1))


def reason(output):
    lines = [line.strip() for line in output.splitlines() if line.strip()]
    said = [line for line in lines if line.startswith("skipped")]
    return (said or lines or ["says not why"])[-1]


def count(rows):
    return sum(n for _, n in rows)


def summary(total, failed):
    percent = 100 * (total - failed) // total if total else 0
    return "%d%% tests passed, %d tests failed out of %d" % (percent, failed, total)


def main():
    with open(sys.argv[1], encoding="utf-8") as file:
        runs = [Run(*line.split()) for line in file]
    print("\n%-10s %-8s %8s %6s %7s %8s" % ("group", "preset", "seconds", "tests", "failed",
                                            "skipped"))
    for run in runs:
        print("%-10s %-8s %8d %6d %7d %8d" % (run.group, run.preset, run.seconds, run.total,
                                              count(run.failed), count(run.skipped)))
    print("%-10s %-8s %8d" % ("all", "", sum(run.seconds for run in runs)))
    for word in ("skipped", "failed"):
        rows = [(run.preset, row) for run in runs for row in getattr(run, word)]
        if rows:
            print("\n%d %s:" % (count(row for _, row in rows), word))
            for preset, (text, n) in rows:
                print("    %s%s (%s)" % (text, ", %d times" % n if n > 1 else "", preset))
    total, failed = sum(run.total for run in runs), sum(count(run.failed) for run in runs)
    print("\n" + summary(total, failed))
    return 0 if total and not failed else 1


if __name__ == "__main__":
    sys.exit(main())
