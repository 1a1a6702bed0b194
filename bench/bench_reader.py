#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""The freestanding reader on a Cortex-M: octets of code, and of stack along the deepest path of calls.

    bench_reader.py [--quick]

Needs arm-none-eabi-gcc (sh scripts/reader.sh installs it); measured on the compiler's output, so it is
the same on each machine with that compiler."""
import os
import shutil
import sys

import rows

sys.path.insert(0, os.path.join(rows.TOP, "tests", "reader"))
sys.dont_write_bytecode = True

import test_reader  # noqa: E402


def main():
    for cpu in test_reader.CPUS:
        ids = ["reader.%s.%s" % (what, cpu) for what in ("code", "proof", "stack")]
        if shutil.which("arm-none-eabi-gcc") is None:
            for ident in ids:
                rows.show(rows.not_measured(ident, ident, "no arm-none-eabi-gcc here"))
            continue
        code, proof, stack, function = test_reader.measure(cpu)
        rows.row(ids[0], "reader: open and look up, code, " + cpu, "octets", code, most=2048)
        rows.row(ids[1], "reader: with confirmation, code, " + cpu, "octets", proof)
        rows.row(ids[2], "reader: stack from %s down, SHA-256 apart, %s" % (function, cpu), "octets",
                 stack, most=512)


main()
