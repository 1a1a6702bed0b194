#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""test_allocator.py - libveridac compiled in with an allocator of one's own: it takes all of its memory from
there, and gives all of it back. Compiles the library; scripts/bindings.sh runs it.

    test_allocator.py BUILD SOURCE CASES [unittest options]
"""
import glob
import os
import re
import subprocess
import sys
import tempfile
import unittest

sys.dont_write_bytecode = True
SOURCE, CASES = sys.argv[2:4]
HERE = os.path.join(SOURCE, "tests/bindings")


def run(*command, **more):
    return subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True, **more).stdout


class Allocator(unittest.TestCase):
    def test_all_memory_comes_from_there(self):
        with tempfile.TemporaryDirectory(prefix="veridac-allocator-") as folder:
            flags = ["-std=c11", "-D_POSIX_C_SOURCE=200809L", "-DVERIDAC_STATIC", "-iquote",
                     os.path.join(SOURCE, "verifier"), "-I",
                     os.path.join(SOURCE, "verifier/include")]
            sources = glob.glob(os.path.join(SOURCE, "verifier/*.c")) + glob.glob(
                os.path.join(SOURCE, "verifier/lookup/*.c"))
            self.assertGreater(len(sources), 50)
            run("gcc", "-c", "-include", os.path.join(HERE, "own_allocator.h"), *flags, *sources,
                cwd=folder)
            objects = glob.glob(os.path.join(folder, "*.o"))
            undefined = set(re.findall(r"(?m)^ +U (\S+)", run("nm", *objects)))
            self.assertIn("own_calloc", undefined)
            self.assertFalse(undefined & {"malloc", "calloc", "realloc", "free", "strdup",
                                          "strndup", "asprintf", "getline"})
            program = os.path.join(folder, "program")
            run("gcc", *flags, os.path.join(HERE, "own_allocator.c"), *objects, "-o", program,
                "-lcrypto")
            case = os.path.join(CASES, "good")
            with open(os.path.join(case, "case.txt"), encoding="utf-8") as file:
                at = re.search(r"(?m)^at: (\d+)$", file.read()).group(1)
            said = run(program, case, at, os.path.join(SOURCE, "tests/golden/vdb1-full.bundle"))
            self.assertRegex(said, r"^undetermined, \d+ allocations\n$")


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1] + sys.argv[4:], verbosity=2)
