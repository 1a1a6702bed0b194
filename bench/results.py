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
    now = {g.what for g in goals.GOALS}
    gone = [g["what"] for g in data["goals"] if g["what"] not in now]
    if gone or not data["goals"]:
        raise Broken("%s: made for other goals than those of bench/goals.py: %s" % (path, "; ".join(gone)))


def by_id(data):
    return {row["id"]: row for row in data["rows"]}
