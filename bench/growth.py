# SPDX-License-Identifier: Apache-2.0
"""growth.py - how each cost grows with entries, issuers and threads: the exponent between neighbours.

A cost that grows with n^1 doubles when n doubles; 0 means that it does not grow. Rates (so many a
second) are turned into costs first.
"""
import math

import goals
import rows
import table


def measure(only, run, place):
    """Rows of all programs of goals.GROWTH; entries vary at 300 issuers, issuers at 1 M entries."""
    points = [(n, 300) for n in goals.GROWTH_ENTRIES] + [(1000000, i) for i in goals.GROWTH_ISSUERS]
    found, seen = [], set()
    for name, command in goals.GROWTH.items():
        if only and name not in only:
            continue
        for n, issuers in points:
            line = [place(w).replace("{N}", str(n)).replace("{ISSUERS}", str(issuers))
                    for w in command]
            if tuple(line) not in seen:
                seen.add(tuple(line))
                found += run("%s, %d entries, %d issuers" % (name, n, issuers), line)
    return found


def series(found):
    """{id without its size: rows}, in the order of measuring."""
    ret = {}
    for row in found:
        name = row["id"].replace(".%d" % row["at"].get("entries", -1), "")
        ret.setdefault(name, []).append(row)
    return ret


def cost(row):
    """What grows: seconds, octets; of a rate, the time for all entries."""
    if row["measured"] is None:
        return None
    if row["unit"].endswith("/s"):
        return row["at"]["entries"] / row["measured"] if row["measured"] else None
    return row["measured"]


def exponent(a, b, what):
    """d log cost / d log n between two rows."""
    first, second = cost(a), cost(b)
    if not first or not second or first < 0 or second < 0:
        return None
    return math.log(second / first) / math.log(b["at"][what] / a["at"][what])


def about(row, name, value):
    """Entries are dealt out, so there may be a few less than were asked for."""
    return name not in row["at"] or abs(row["at"][name] - value) <= value / 100


def along(group, what, fixed):
    """The rows of a series where only `what` varies."""
    same = [r for r in group if what in r["at"] and
            all(about(r, name, value) for name, value in fixed.items())]
    same = list({r["at"][what]: r for r in same}.values())
    return sorted(same, key=lambda r: r["at"][what])


AXES = [("entries", {"issuers": 300, "threads": 1}), ("issuers", {"entries": 1000000, "threads": 1}),
        ("threads", {"entries": 1000000, "issuers": 300})]


def lines(found):
    """(series, axis, [(n, row, exponent from the one before)])"""
    for name, group in series(found).items():
        for what, fixed in AXES:
            same = along(group, what, fixed)
            if len(same) > 1:
                yield name, what, [(r["at"][what], r, exponent(same[i - 1], r, what) if i else None)
                                   for i, r in enumerate(same)]


def show(found, out):
    for name, what, steps in lines(found):
        print("\n== %s, by %s" % (name, what), file=out)
        for n, row, power in steps:
            print("%12s  %-24s %-30s %s" % (
                table.number(n), table.measured_of(row), table.spread_of(row),
                "" if power is None else "grows with n^%.2f" % power), file=out)
    for row in found:
        if row["measured"] is None:
            print("not measured: %s: %s" % (row["what"], row["why"]), file=out)
