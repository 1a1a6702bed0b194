#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""The commissioner vectors through the program: how many are decided right, with the expected reason.

    bench_vectors.py BUILD [--quick]

The expectations are those of the tests (tests/vectors/commissioner.txt, written before the first run);
a vector that has no line there is only a success or a failure, as it says of itself. VERIDAC_VECTORS
names the folder of the vectors."""
import json
import os
import sys
import time

import rows

os.environ["VERIDAC"] = os.path.join(rows.TOP, sys.argv[1], "cli", "veridac")
sys.path.insert(0, os.path.join(rows.TOP, "tests", "cli"))
sys.dont_write_bytecode = True

from support import VECTORS, run_json, vector  # noqa: E402
from test_vectors import TRUST, expectations  # noqa: E402


def right(file, row):
    """Is it decided as it should be, for the reason that was expected?"""
    path = vector("commissioner_dut", file)
    code, result, _ = run_json("verify", "--case", path, *TRUST)
    if result is None:
        return False
    if row is None:
        with open(path, encoding="utf-8") as f:
            return (code == 0) == (json.load(f)["is_success_case"] == "true")
    verdict, slug, sdk, others = row
    errors = {f["id"]: f["sdk_code"] for f in result["findings"] if f["severity"] == "error"}
    found = {f["id"]: f["sdk_code"] for f in result["findings"]}
    return (result["verdict"] == verdict and code == (0 if verdict == "accept" else 1) and
            (slug == "-" or found.get(slug) == sdk) and bool(errors) == (verdict == "reject") and
            (others is None or set(errors) == {slug, *others} - {"-"}))


def main():
    if not os.path.isdir(VECTORS):
        rows.show(rows.not_measured("vectors.commissioner", "commissioner vectors decided right",
                                    "no vectors here: set VERIDAC_VECTORS"))
        return
    expected = expectations()
    files = sorted(os.listdir(vector("commissioner_dut")))
    good, seconds = 0, []
    for file in files:
        started = time.monotonic()
        good += right(file, expected.get(os.path.splitext(file)[0]))
        seconds.append((time.monotonic() - started) * 1e3)
    rows.row("vectors.commissioner", "commissioner vectors decided right, with the expected reason",
             "of %d" % len(files), good, least=len(files), limit=("all", len(files)))
    rows.row("vectors.process", "one of them as a process of its own, certificates to JSON", "ms",
             seconds)


main()
