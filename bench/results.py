#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""results.py - bench/results.json, as bench/run --json wrote it.

    bench/results.py       puts the goals of bench/goals.py into it; no figure is changed
"""
import json
import os
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

import goals  # noqa: E402
import rows  # noqa: E402
from written import Broken  # noqa: E402


def path_in(root):
    return os.path.join(root, "bench", "results.json")


def read(path):
    try:
        with open(path, encoding="utf-8") as f:
            return json.load(f)
    except (OSError, ValueError) as problem:
        raise Broken("%s: %s" % (path, problem)) from problem


def load(root=rows.TOP):
    data = read(path_in(root))
    check(data, path_in(root))
    return data


def put(path, data):
    with open(path, "w", encoding="utf-8") as f:
        json.dump(data, f, indent=1)
        f.write("\n")


def goals_now():
    """The goals, as they stand in the file."""
    return [{"what": g.what, "goal": g.goal, "ids": g.ids} for g in goals.GOALS]


def check(data, path):
    """The shape: rows with all fields, ids once, a row for every goal that there was, commands that anyone
    can repeat."""
    seen = set()
    for row in data["rows"]:
        missing = [name for name in rows.FIELDS if name not in row]
        if missing:
            raise Broken("%s: %s has no %s" % (path, row.get("id"), ", ".join(missing)))
        if row["id"] in seen:
            raise Broken("%s: %s is there twice" % (path, row["id"]))
        if row["command"].startswith("/") or " /" in row["command"]:
            raise Broken("%s: %s names a folder of one machine" % (path, row["id"]))
        seen.add(row["id"])
    for goal in data["goals"]:
        for ident in goal["ids"]:
            if ident not in seen:
                raise Broken("%s: no row %s, which shows: %s" % (path, ident, goal["what"]))
    now = goals_now()
    if data["goals"] != now:
        differ = next((i for i, (a, b) in enumerate(zip(data["goals"], now)) if a != b),
                      min(len(data["goals"]), len(now)))
        raise Broken("%s: made for other goals than those of bench/goals.py, from the one numbered %d on: run "
                     "bench/refresh --from-json" % (path, differ + 1))


def by_id(data):
    return {row["id"]: row for row in data["rows"]}


def main():
    path = path_in(rows.TOP)
    try:
        data = read(path)
        data["goals"] = goals_now()
        check(data, path)
    except Broken as broken:
        print(broken)
        return 1
    put(path, data)
    return 0


if __name__ == "__main__":
    sys.exit(main())
