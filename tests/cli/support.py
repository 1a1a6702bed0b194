# SPDX-License-Identifier: Apache-2.0
"""What the tests of the program share: running it, finding the vectors, small checks."""
import json
import os
import subprocess
import tempfile
import unittest

SOURCE = os.path.abspath(os.path.join(os.path.dirname(__file__), "..", ".."))
PROGRAM = os.environ.get("VERIDAC", "veridac")
TESTPKI = os.environ.get("VERIDAC_TESTPKI", "veridac-testpki")
VECTORS = os.environ.get("VERIDAC_VECTORS") or os.path.join(SOURCE, "..", "shared", "vectors")


def run(*args, stdin=b"", **kwargs):
    """Runs the program; returns (exit code, standard output, standard error)."""
    p = subprocess.run([PROGRAM, *map(str, args)], input=stdin, stdout=subprocess.PIPE,
                       stderr=subprocess.PIPE, timeout=120, check=False, **kwargs)
    return p.returncode, p.stdout.decode(), p.stderr.decode()


def run_json(*args, **kwargs):
    """Runs the program with --json; returns (exit code, parsed object, standard error)."""
    code, out, err = run(*args, "--json", **kwargs)
    return code, json.loads(out) if out else None, err


def vector(*parts):
    return os.path.join(VECTORS, *parts)


def needs_vectors(test):
    return unittest.skipUnless(os.path.isdir(VECTORS), "no vectors: set VERIDAC_VECTORS")(test)


class Folder(unittest.TestCase):
    """A test with a temporary folder of its own."""

    def setUp(self):
        self.tmp = tempfile.TemporaryDirectory(prefix="veridac-test-")
        self.addCleanup(self.tmp.cleanup)

    def path(self, *parts):
        return os.path.join(self.tmp.name, *parts)

    def write(self, name, data):
        path = self.path(name)
        with open(path, "wb") as f:
            f.write(data if isinstance(data, bytes) else data.encode())
        return path

    def one_line(self, err):
        """Every complaint about an operator's input is one line that names it."""
        self.assertEqual(err.count("\n"), 1, err)
        self.assertTrue(err.startswith("veridac: "), err)


def main():
    unittest.main(verbosity=2)
