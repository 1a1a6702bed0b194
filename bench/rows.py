# SPDX-License-Identifier: Apache-2.0
"""rows.py - one row of a benchmark; bench.h writes the same from C.

A row is one line of JSON, and ends in the word SHORT when it is below its goal; nothing else prints
that word.

    id        for other programs: the same in every run, whatever the counts
    what      in words
    command   the command line that measured it, from the top of the source tree
    goal      null, or {"most" or "least": number, "of": "measured" or "ratio"}
    measured  the median; null when it could not be measured, and then `why` says why
    unit, samples, low, high      how often; the 10th and the 90th percentile
    baseline  null, or {"what", "measured"}: something else in the same run, in the same unit
    ratio     measured / baseline
    limit     null, or {"what", "measured"}: what nobody gets beyond, in the same run
    at        {"entries", "issuers", "threads"}: of what size the thing was, where that matters
    met       whether the goal was reached; true without a goal, null when not measured
"""
import json
import os
import sys

FIELDS = ["id", "what", "command", "goal", "measured", "unit", "samples", "low", "high", "baseline",
          "ratio", "limit", "at", "met"]
TOP = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
MARK = "SHORT"


def command_line():
    """This program as it was called, from the top of the source tree."""
    words = [os.path.relpath(w, TOP) if os.path.isabs(w) and w.startswith(TOP + os.sep) else w
             for w in sys.argv]
    return " ".join(words)


def short(number):
    """Six digits, as printf has them; None stays None."""
    return None if number is None else float("%.6g" % number)


def middle(values):
    return sorted(values)[len(values) // 2]


def beside(what):
    """("name", one value or several) as it stands in a row."""
    if what is None:
        return None
    name, values = what
    return {"what": name, "measured": short(middle(values) if isinstance(values, list) else values)}


def make(ident, what, unit, values, most=None, least=None, of="measured", baseline=None, limit=None,
         at=None, command=None):
    """The row of these samples; `values` is a list, or one figure that is the same each time."""
    values = sorted(values) if isinstance(values, list) else [values]
    n = len(values)
    base = beside(baseline)
    measured = short(values[n // 2])
    ratio = short(measured / base["measured"]) if base and base["measured"] else None
    goal, met = None, True
    if most is not None or least is not None:
        judged = measured if of == "measured" else ratio
        goal = {"most": most, "of": of} if least is None else {"least": least, "of": of}
        met = judged is not None and (judged <= most if least is None else judged >= least)
    return {"id": ident, "what": what, "command": command or command_line(), "goal": goal,
            "measured": measured, "unit": unit, "samples": n, "low": short(values[n // 10]),
            "high": short(values[n - 1 - n // 10]), "baseline": base, "ratio": ratio,
            "limit": beside(limit), "at": at or {}, "met": met}


def not_measured(ident, what, why, command=None):
    ret = make(ident, what, "", 0, command=command)
    ret.update(measured=None, samples=0, low=None, high=None, met=None, why=why)
    return ret


def show(row):
    print(json.dumps(row) + (" " + MARK if row["met"] is False else ""), flush=True)
    return row


def row(*args, **kwargs):
    """Makes the row and prints it."""
    return show(make(*args, **kwargs))


def read(line):
    """The row of a line, or None when it is none."""
    line = line.strip()
    if line.endswith("} " + MARK):
        line = line[:-len(MARK) - 1]
    if not line.startswith("{"):
        return None
    found = json.loads(line)
    missing = [name for name in FIELDS if name not in found]
    if missing:
        raise ValueError("a row without %s: %s" % (", ".join(missing), line))
    return found
