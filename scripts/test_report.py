#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""test_report.py - the sum of several ctest runs: seconds per group, what was skipped and why.

    test_report.py INDEX

Each line of INDEX is "GROUP PRESET SECONDS FILE": a run, with its results in JUnit form, or "-" for
a build. Ends with 1 if a test failed or none ran. The last line is ctest's own, over all runs.
"""
import re
import sys
import xml.etree.ElementTree

# A program that passes may have skipped some of its tests. cmocka names each (its sum has a number
# there instead), Python's unittest gives each with its reason when it is verbose, else the number.
PARTIAL_SKIPS = (
    re.compile(r"^\[  SKIPPED \] (?!\d+ test)(.+)$", re.MULTILINE),
    re.compile(r"\.\.\. skipped (['\"].*['\"])$", re.MULTILINE),
    re.compile(r"^OK \((?:.*, )?(skipped=\d+)(?:, .*)?\)$", re.MULTILINE),
)


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
            told = [pattern.findall(output) for pattern in PARTIAL_SKIPS]
            parts = next((found for found in told if found), [])
            self.skipped += ["%s, in part: %s" % (name, part) for part in parts]
        elif case.find("skipped") is not None and "SKIP_" in case.find("skipped").get("message"):
            self.skipped.append("%s: %s" % (name, reason(output)))
        else:  # failed, timed out, or could not be started
            self.failed.append(name)


def reason(output):
    lines = [line.strip() for line in output.splitlines() if line.strip()]
    said = [line for line in lines if line.startswith("skipped")]
    return (said or lines or ["says not why"])[-1]


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
                                              len(run.failed), len(run.skipped)))
    print("%-10s %-8s %8d" % ("all", "", sum(run.seconds for run in runs)))
    for word in ("skipped", "failed"):
        rows = [(run.preset, text) for run in runs for text in getattr(run, word)]
        if rows:
            print("\n%d %s:" % (len(rows), word))
            for preset, text in rows:
                print("    %s (%s)" % (text, preset))
    total, failed = sum(run.total for run in runs), sum(len(run.failed) for run in runs)
    print("\n" + summary(total, failed))
    return 0 if total and not failed else 1


if __name__ == "__main__":
    sys.exit(main())
