#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""figures.py - the figures in README.md, docs/scale.md and docs/performance.md are those of bench/results.json, and that has
a row for every goal.

    figures.py [ROOT]
    figures.py --canary    plants each violation in a copy and expects it to be found
"""
import json
import os
import shutil
import sys
import tempfile
import xml.etree.ElementTree

sys.dont_write_bytecode = True
ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
sys.path.insert(0, os.path.join(ROOT, "bench"))

import performance  # noqa: E402
import plot  # noqa: E402
import readme  # noqa: E402
import rows  # noqa: E402
import scale  # noqa: E402
import written  # noqa: E402

FILES = ["README.md", "docs/scale.md", "docs/performance.md", "bench/results.json"]


def check(root):
    """What is wrong, or None."""
    try:
        readme.write(root, True)
        scale.write(root, True)
        performance.write(root, True)
        with tempfile.TemporaryDirectory(prefix="veridac-figures-") as folder:
            for name in plot.draw(os.path.join(root, "bench", "results.json"), folder):
                xml.etree.ElementTree.parse(os.path.join(folder, name))
    except written.Broken as broken:
        return str(broken)
    return None


def edit(path, change):
    with open(path, encoding="utf-8") as f:
        text = f.read()
    new = change(text)
    if new == text:
        raise RuntimeError("nothing to change in " + path)
    with open(path, "w", encoding="utf-8") as f:
        f.write(new)


def of_rows(change):
    """A change to the parsed results."""
    def both(text):
        data = json.loads(text)
        change(data)
        return json.dumps(data, indent=1) + "\n"
    return both


def row(data, ident):
    return next(r for r in data["rows"] if r["id"] == ident)


def remove(ident):
    return of_rows(lambda d: d["rows"].remove(row(d, ident)))


def twice(data):
    data["rows"].append(dict(data["rows"][0]))


MARKED = written.markers(readme.SCRIPT)[0]
# (file, what is done to it, what has to be said)
PLANTED = [
    ("bench/results.json", remove("attestation.cold"), "no row attestation.cold"),
    ("bench/results.json", remove("crl.set"), "no row crl.set"),
    ("bench/results.json", of_rows(lambda d: row(d, "attestation.cold").pop("samples")), "has no samples"),
    ("bench/results.json", of_rows(lambda d: d["goals"][0].update(what="easy")), "other goals"),
    ("bench/results.json", of_rows(lambda d: d["goals"].clear()), "other goals"),
    ("bench/results.json", of_rows(lambda d: d["goals"].pop()), "other goals"),
    ("bench/results.json", of_rows(lambda d: d["goals"][0].update(goal="some")), "other goals"),
    ("bench/results.json", of_rows(lambda d: d["goals"][1]["ids"].pop()), "other goals"),
    ("bench/results.json", of_rows(lambda d: d["goals"].append(dict(d["goals"][0]))), "other goals"),
    ("bench/results.json", of_rows(twice), "there twice"),
    ("bench/results.json", of_rows(lambda d: row(d, "crl.set").update(command="/opt/x --quick")),
     "a folder of one machine"),
    ("bench/results.json", of_rows(lambda d: row(d, "attestation.cold").update(measured=1.5)),
     "README.md: not what bench/readme.py writes"),
    ("bench/results.json", of_rows(lambda d: row(d, "build.speed").update(measured=1.5)),
     "scale.md: not what bench/scale.py writes"),
    ("bench/results.json", lambda text: text[:len(text) // 2], "results.json"),
    ("README.md", lambda text: text.replace("full attestation, nothing cached", "full attestation", 1),
     "README.md: not what bench/readme.py writes"),
    ("README.md", lambda text: text.replace(MARKED, ""), "not one pair of markers"),
    ("docs/performance.md", lambda text: text.replace("| `reader.code.cortex-m4` |", "| `reader` |", 1),
     "performance.md: not what bench/performance.py writes"),
    ("docs/scale.md", lambda text: text.replace("writing the bundle |", "writing the bundle |\n|", 1),
     "scale.md: not what bench/scale.py writes"),
]


def copy_to(folder):
    for name in FILES:
        os.makedirs(os.path.dirname(os.path.join(folder, name)), exist_ok=True)
        shutil.copy(os.path.join(ROOT, name), os.path.join(folder, name))


def canary():
    failed = 0
    for name, change, wanted in [(None, None, None)] + PLANTED:
        with tempfile.TemporaryDirectory(prefix="veridac-figures-") as folder:
            copy_to(folder)
            if name is not None:
                edit(os.path.join(folder, name), change)
            said = check(folder)
        if (said is None) != (wanted is None) or (wanted and wanted not in said):
            print("canary: wanted %r, got %r" % (wanted, said))
            failed = 1
    return failed or marks()


def marks():
    """The word of a row below its goal, at the end of this row and of no other."""
    kept = [rows.make("a", "a", "s", [1, 2, 3], most=2), rows.make("b", "b", "s", 1, least=1),
            rows.make("c", "c", "s", [4, 5], most=2, of="ratio", baseline=("d", [2, 3])),
            rows.not_measured("e", "e", "why")]
    missed = [rows.make("a", "a", "s", [1, 3, 3], most=2), rows.make("b", "b", "s", 1, least=2),
              rows.make("c", "c", "s", [4, 7], most=2, of="ratio", baseline=("d", [2, 3])),
              rows.make("d", "d", "s", 1, most=2, of="ratio")]
    wrong = [r for r in kept if r["met"] is False] + [r for r in missed if r["met"] is not False]
    for r in kept + missed:
        line = json.dumps(r) + (" " + rows.MARK if r["met"] is False else "")
        if rows.read(line) != r:
            wrong.append(r)
    for r in wrong:
        print("canary: wrongly judged, or not read back: %s" % r)
    return 1 if wrong else 0


def main():
    if sys.argv[1:] == ["--canary"]:
        return canary()
    said = check(sys.argv[1] if len(sys.argv) > 1 else ROOT)
    if said is not None:
        print(said)
    return 0 if said is None else 1


if __name__ == "__main__":
    sys.exit(main())
