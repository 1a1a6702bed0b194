# SPDX-License-Identifier: Apache-2.0
"""written.py - the part of a document that a script writes, between two markers."""


class Broken(Exception):
    """Document and measurement do not fit."""


def markers(script):
    return "<!-- written by %s, from bench/results.json -->\n" % script, "<!-- end of what it wrote -->\n"


def parts(text, script, name):
    """What stands before, between and after the markers."""
    begin, end = markers(script)
    if text.count(begin) != 1 or text.count(end) != 1 or text.index(begin) > text.index(end):
        raise Broken("%s: not one pair of markers of %s" % (name, script))
    before, rest = text.split(begin)
    between, after = rest.split(end)
    return before + begin, between, end + after


def put(path, script, new, check):
    """Writes `new` between the markers; with `check` it only says whether it stands there already."""
    with open(path, encoding="utf-8") as f:
        before, old, after = parts(f.read(), script, path)
    if check:
        if old != new:
            at = next((i for i, (a, b) in enumerate(zip(old.splitlines(), new.splitlines())) if a != b),
                      min(len(old.splitlines()), len(new.splitlines())))
            raise Broken("%s: not what %s writes, from its line %d on: run bench/refresh --from-json" %
                         (path, script, at + 1))
        return
    with open(path, "w", encoding="utf-8") as f:
        f.write(before + new + after)
