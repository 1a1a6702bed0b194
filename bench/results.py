# SPDX-License-Identifier: Apache-2.0
"""results.py - bench/results.json, as bench/run --json wrote it."""
import json
import os

import goals
import rows
from written import Broken


def load(root=rows.TOP):
    path = os.path.join(root, "bench", "results.json")
    try:
        with open(path, encoding="utf-8") as f:
            data = json.load(f)
    except (OSError, ValueError) as problem:
        raise Broken("%s: %s" % (path, problem)) from problem
    check(data, path)
    return data


def check(data, path):
    """The shape: rows with all fields, ids once, every goal there, commands that anyone can repeat."""
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
    for goal in goals.GOALS:
        for ident in goal.ids:
            if ident not in seen:
                raise Broken("%s: no row %s, which shows: %s" % (path, ident, goal.what))
    if [g["ids"] for g in data["goals"]] != [g.ids for g in goals.GOALS]:
        raise Broken("%s: made for other goals than those of bench/goals.py" % path)


def by_id(data):
    return {row["id"]: row for row in data["rows"]}
