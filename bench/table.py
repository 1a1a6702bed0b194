# SPDX-License-Identifier: Apache-2.0
"""table.py - rows as a table for people."""
import rows


def number(x):
    """Three digits, without noughts that say nothing."""
    if x is None:
        return "-"
    if x == 0:
        return "0"
    if abs(x) >= 1000:
        return "{:,}".format(int(float("%.3g" % x) if abs(x) >= 10000 else round(x))).replace(",", " ")
    return "%.3g" % x


def goal_of(row):
    goal = row["goal"]
    if goal is None:
        return ""
    sense = "most" if "most" in goal else "least"
    if goal["of"] == "ratio":
        return "at %s %s x" % (sense, number(goal[sense]))
    return "at %s %s" % (sense, number(goal[sense]))


def measured_of(row):
    if row["measured"] is None:
        return "not measured"
    return "%s %s" % (number(row["measured"]), row["unit"])


def spread_of(row):
    if row["samples"] < 2:
        return "once" if row["measured"] is not None else ""
    return "%s .. %s, n=%d" % (number(row["low"]), number(row["high"]), row["samples"])


def second_line(row):
    """What it stands beside, in words."""
    found = []
    for name in ("baseline", "limit"):
        if row[name] is not None:
            found.append("%s: %s, %s" % ("beside" if name == "baseline" else "limit",
                                         row[name]["what"], number(row[name]["measured"])))
    return "; ".join(found)


def short(words, room=48):
    return words if words is None or len(words) <= room else words[:room - 3] + "..."


def cells(row, commands):
    ratio = "" if row["ratio"] is None else "x " + number(row["ratio"])
    return [row["what"], goal_of(row), measured_of(row), short(row.get("why")) or spread_of(row), ratio,
            "[%d]" % (commands.index(row["command"]) + 1)]


HEAD = ["what", "goal", "measured", "low .. high, samples", "ratio", "command"]


def show(groups, out):
    """groups: [(title, rows)]. A row below its goal ends in the word SHORT; what it stands beside, in the
    same run, is in a line of its own."""
    commands = list(dict.fromkeys(r["command"] for _, found in groups for r in found))
    lines = [cells(r, commands) for _, found in groups for r in found]
    width = [max(len(c[i]) for c in [HEAD] + lines) for i in range(len(HEAD))]

    def text(line):
        return "  ".join(c.ljust(w) for c, w in zip(line, width)).rstrip()

    print(text(HEAD), file=out)
    for title, found in groups:
        print("\n== " + title, file=out)
        for row in found:
            print(text(cells(row, commands)) + (" " + rows.MARK if row["met"] is False else ""), file=out)
            if second_line(row):
                print("      " + second_line(row), file=out)
    print("\nfrom the top of the source tree:", file=out)
    for i, command in enumerate(commands):
        print("[%d] %s" % (i + 1, command), file=out)
