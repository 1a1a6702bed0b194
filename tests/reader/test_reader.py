#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""The freestanding reader on other machines: the same answers to the same 10 000 questions.

The host, an i686, a big-endian s390x, a Cortex-M4 and a Cortex-M0 build the same source files and ask
the golden bundles. What is listed there is known (squares, tests/golden/make.py); every machine must
say exactly what the host says. Machines whose compiler or emulator is not there are skipped aloud;
scripts/reader.sh installs them. bench/bench_reader.py takes the sizes from here.
"""
import os
import re
import shutil
import subprocess
import sys
import tempfile
import unittest

sys.dont_write_bytecode = True
HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
LOOKUP = os.path.join(ROOT, "verifier", "lookup")
GOLDEN = os.path.join(ROOT, "tests", "golden")
sys.path.insert(0, GOLDEN)
import make  # noqa: E402
import vdb1  # noqa: E402

READER = ("reader.c", "reader_open.c", "reader_proof.c")
COMMON = ["-std=c99", "-Wall", "-Wextra", "-Werror", "-I", LOOKUP, "-I", HERE]
BARE = ["-Os", "-ffreestanding", "-nostdlib", "-mthumb", "-T", os.path.join(HERE, "bare.ld")]
MACHINES = {
    "host": (["gcc"], ["-O2", "hosted.c"], []),
    "host, small code": (["gcc"], ["-Os", "hosted.c"], []),
    "i686": (["i686-linux-gnu-gcc"], ["-O2", "-static", "hosted.c"], ["qemu-i386"]),
    "s390x, big-endian": (["s390x-linux-gnu-gcc"], ["-O2", "-static", "hosted.c"], ["qemu-s390x"]),
    "Cortex-M4": (["arm-none-eabi-gcc"], [*BARE, "-mcpu=cortex-m4", "bare.c"],
                  ["qemu-system-arm", "-M", "mps2-an386"]),
    "Cortex-M0": (["arm-none-eabi-gcc"], [*BARE, "-mcpu=cortex-m0", "bare.c"],
                  ["qemu-system-arm", "-M", "mps2-an385"]),
}
SEMIHOSTING = ["-nographic", "-monitor", "none", "-serial", "none", "-semihosting-config",
               "enable=on,target=native", "-kernel"]


def c_array(name, kind, values):
    return "static const %s %s[] = {%s};\n" % (kind, name, ",".join(map(str, values)))


def golden(name):
    with open(os.path.join(GOLDEN, name), "rb") as f:
        return f.read()


def data():
    """data.h: the golden bundles and proofs"""
    n = vdb1.Bundle(golden("vdb1-full.bundle")).n_pages
    proofs = [golden("vdb1-page-%d.proof" % page) for page in range(n)]
    ends = [0]
    for proof in proofs:
        ends.append(ends[-1] + len(proof))
    return ("#include <stdint.h>\n" + c_array("full", "uint8_t", golden("vdb1-full.bundle")) +
            c_array("hub", "uint8_t", golden("vdb1-hub.bundle")) +
            c_array("proofs", "uint8_t", b"".join(proofs)) + c_array("ends", "uint32_t", ends))


def truth():
    """What is listed, and how many questions there are."""
    issuers = sorted(make.golden_issuers(), key=lambda i: i.id)
    listed = []
    for i in range(10000):
        k, number = i % (len(issuers) + 1), i // (len(issuers) + 1) + 1
        if k == len(issuers):
            listed.append("n")
            continue
        key = vdb1.key_of(issuers[k].id, number.to_bytes(2, "big").lstrip(b"\0"))
        listed.append("R" if key in issuers[k].keys else ".")
    return listed


def why_not(compiler, runner):
    missing = [tool for tool in (*compiler, *runner[:1]) if shutil.which(tool) is None]
    return "no " + ", ".join(missing) if missing else ""


class Reader(unittest.TestCase):
    def setUp(self):
        self.tmp = tempfile.TemporaryDirectory(prefix="veridac-reader-")
        self.addCleanup(self.tmp.cleanup)
        with open(self.path("data.h"), "w", encoding="ascii") as f:
            f.write(data())

    def path(self, name):
        return os.path.join(self.tmp.name, name)

    def answers(self, compiler, flags, runner):
        sources = [os.path.join(LOOKUP, name) for name in READER]
        sources += [os.path.join(HERE, name) for name in ("ask.c", "sha256.c")]
        flags = [os.path.join(HERE, f) if f in ("hosted.c", "bare.c") else f for f in flags]
        libgcc = ["-lgcc"] if "-nostdlib" in flags else []
        subprocess.run([*compiler, *COMMON, "-I", self.tmp.name, "-o", self.path("ask"), *flags,
                        *sources, *libgcc], check=True)
        if runner[:1] == ["qemu-system-arm"]:
            runner = runner + SEMIHOSTING
        done = subprocess.run([*runner, self.path("ask")], capture_output=True, check=False,
                              timeout=120)
        self.assertEqual(done.returncode, 0, done)
        return re.findall("...", (done.stdout + done.stderr).decode().replace("\n", ""))

    def test_every_machine_says_the_same(self):
        expected = None
        for name, (compiler, flags, runner) in MACHINES.items():
            missing = why_not(compiler, runner)
            if missing:
                print("skipped: %s: %s (sh scripts/reader.sh installs it)" % (name, missing))
                continue
            seen = self.answers(compiler, flags, runner)
            self.assertEqual(len(seen), 10000, name)
            if expected is None:
                expected = seen
                self.assertEqual([s[0] for s in seen], truth())
                self.assertEqual([s[2] for s in seen], truth())
                self.assertTrue(all(s[1] in ("?", s[0]) for s in seen))
                self.assertGreater(sum(s[1] == "?" for s in seen), 100)
                self.assertTrue(any(s == ".?." for s in seen), "no false hit among them")
            self.assertEqual(seen, expected, name)
            print("%s: 10000 answers as on the host" % name)


# ---- sizes ----

def size_of(path):
    out = subprocess.run(["arm-none-eabi-size", path], capture_output=True, text=True, check=True)
    return int(out.stdout.splitlines()[1].split()[0])


def deepest(folder):
    """Octets of stack along the deepest path of calls, and its first function."""
    own, calls = {}, {}
    for name in os.listdir(folder):
        if not name.endswith(".ci"):
            continue
        with open(os.path.join(folder, name), encoding="ascii") as f:
            text = f.read()
        for function, octets in re.findall(r'node: \{ title: "(?:[^":]*:)?(\w+)" label: "[^"]*?'
                                           r'(\d+) bytes \(static\)', text):
            own[function] = int(octets)
        for a, b in re.findall(r'edge: \{ sourcename: "(?:[^":]*:)?(\w+)" targetname: "'
                               r'(?:[^":]*:)?(\w+)"', text):
            calls.setdefault(a, set()).add(b)

    def depth(function, above=()):
        assert function not in above, "recursion"
        return own.get(function, 0) + max([depth(b, (*above, function))
                                           for b in calls.get(function, ())], default=0)

    return max((depth(f), f) for f in own)


CPUS = ("cortex-m4", "cortex-m0plus")


def measure(cpu):
    """Octets of code to open and look up, of code with confirmation, of stack; and where that begins."""
    with tempfile.TemporaryDirectory(prefix="veridac-reader-") as folder:
        sizes = []
        for name in READER:
            to = os.path.join(folder, name[:-2] + ".o")
            subprocess.run(["arm-none-eabi-gcc", *COMMON, "-Os", "-ffreestanding", "-mthumb",
                            "-mcpu=" + cpu, "-fcallgraph-info=su", "-c", "-o", to,
                            os.path.join(LOOKUP, name)], check=True, cwd=folder)
            sizes.append(size_of(to))
        stack, function = deepest(folder)
    return sizes[0] + sizes[1], sum(sizes), stack, function


if __name__ == "__main__":
    unittest.main(verbosity=2)
