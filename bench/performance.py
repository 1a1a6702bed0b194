#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""performance.py - the rows that miss their goal, in docs/performance.md, from bench/results.json.

    bench/performance.py [--check] [ROOT]
"""
import os
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

import readme  # noqa: E402
import results  # noqa: E402
import rows  # noqa: E402
import table  # noqa: E402
import written  # noqa: E402

SCRIPT = "bench/performance.py"


def off_by(row):
    """How far from its goal, as a factor or the words that there is none."""
    kind, goal = next((k, row["goal"][k]) for k in ("most", "least") if k in row["goal"])
    seen = row["ratio"] if row["goal"]["of"] == "ratio" else row["measured"]
    if seen is None:
        return ""
    if goal == 0 or seen == 0:
        return "one is too many"
    factor = seen / goal if kind == "most" else goal / seen
    return "%.2f times" % factor


def line(row):
    return "| `%s` | %s | %s | %s | %s |\n" % (row["id"], readme.cell(row["what"]), table.goal_of(row),
                                              table.measured_of(row), off_by(row))


def text(data):
    missed = [row for row in results.by_id(data).values() if row["met"] is False]
    if not missed:
        return "Every row reaches its goal.\n"
    return ("| row | what | goal | measured | off by |\n|---|---|---|---|---|\n" +
            "".join(line(row) for row in missed))


def write(root, check):
    written.put(os.path.join(root, "docs", "performance.md"), SCRIPT, text(results.load(root)), check)


def main():
    words = [w for w in sys.argv[1:] if w != "--check"]
    try:
        write(words[0] if words else rows.TOP, "--check" in sys.argv)
    except written.Broken as broken:
        print(broken)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
