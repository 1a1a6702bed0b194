#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""readme.py - the table "What it costs" of README.md, from bench/results.json.

    bench/readme.py [--check] [ROOT]
"""
import os
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

import results  # noqa: E402
import rows  # noqa: E402
import table  # noqa: E402
import written  # noqa: E402

SCRIPT = "bench/readme.py"
# What the README shows; the whole table is what bench/run prints.
SHOWN = ["vectors.commissioner", "attestation.cold", "attestation.cold.imports", "attestation.cold.paas",
         "attestation.warm", "attestation.warm.allocations", "attestation.memory", "attestation.slowest",
         "certificate.read", "certificate.chain", "lookup.other", "lookup.listed", "lookup.json",
         "open.store", "open.private", "crl.speed.1000000", "crl.memory.1000000", "size.exact.uniform",
         "size.bloom.uniform", "size.bloom.rate.uniform", "delta.thousand.hub.uniform",
         "delta.thousand.full.uniform", "pull.nothing.octets", "pull.thousand.hub",
         "reader.code.cortex-m4", "publish.time", "publish.memory", "audit.rate", "serve.rate.core",
         "sync.first.time"]


def cell(text):
    return text.replace("|", "/")


def line(row):
    goal = table.goal_of(row)
    if row["met"] is False:
        goal += ", **not met**"
    beside = row["baseline"] or row["limit"]
    words = "" if beside is None else "%s: %s" % (beside["what"], table.number(beside["measured"]))
    ratio = "" if row["ratio"] is None else table.number(row["ratio"])
    return "| %s |\n" % " | ".join(cell(c) for c in (row["what"], table.measured_of(row), words, ratio,
                                                     goal))


def text(data):
    found = results.by_id(data)
    about = data["about"]
    short = [g for g in data["goals"] if any(found[i]["met"] is not True for i in g["ids"])]
    out = ["`%s` measured these on %s, on %d cores of %s, in %d s; what stands\nbeside a figure ran in the "
           "same run. Ratios are stable, times are those of that machine.\nA goal with x is one for the "
           "ratio.\n\n" % (about["command"], about["date"], about["cores"], about["processor"],
                        about["seconds"]),
           "| what | measured | beside | ratio | goal |\n|---|---|---|---|---|\n"]
    out += [line(found[ident]) for ident in SHOWN if ident in found]
    out.append("\nOf %d goals %d are reached%s\n" % (
        len(data["goals"]), len(data["goals"]) - len(short),
        "." if not short else "; not, or not measured:\n" +
        "\n".join("- %s (%s)" % (g["what"], g["goal"]) for g in short)))
    return "".join(out)


def write(root, check):
    written.put(os.path.join(root, "README.md"), SCRIPT, text(results.load(root)), check)


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
