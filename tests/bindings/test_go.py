#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""test_go.py - the Go module: its own tests, and a program that gets it from a module proxy.

    test_go.py BUILD SOURCE CASES RUN_CASES TESTPKI [unittest options]

Only Debian's go is used, over the installed tree, with an emptied environment and no network; of the
environment VERIDAC_CYCLES and VERIDAC_THREAD_TIME are kept. `Go` is for a build without sanitizers,
`Sanitized` for one with them; `Others` is for the programs called go in VERIDAC_GOS, and `Newest` for
the newest of them, or of those that are found: 77 when Debian's is as new.
"""
import hashlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
import unittest
import zipfile

import newer
from network import Network

sys.dont_write_bytecode = True
BUILD, SOURCE, CASES, RUN_CASES, TESTPKI = sys.argv[1:6]
MODULE = os.path.join(SOURCE, "bindings/go")
KEPT = {name: os.environ[name] for name in ("VERIDAC_CYCLES", "VERIDAC_THREAD_TIME")
        if name in os.environ}
NAME, VERSION = "github.com/veridac/veridac/bindings/go", "v0.1.0"

PROGRAM = """
package main

import (
	"bytes"
	"encoding/hex"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"time"

	veridac "%s"
)

func must(err error) {
	if err != nil {
		panic(err)
	}
}

func main() {
	folder := os.Args[1]
	file := func(name string) []byte {
		data, err := os.ReadFile(filepath.Join(folder, name))
		must(err)
		return data
	}
	octets := func(text string) []byte {
		data, err := hex.DecodeString(text)
		must(err)
		return data
	}
	trust, err := veridac.NewTrust()
	must(err)
	_, err = trust.AddPAA(bytes.NewReader(file("trust/0-paa.der")), veridac.Source{Network: veridac.Test})
	must(err)
	_, err = trust.AddCDSigner(bytes.NewReader(file("cd-signers/0-cdsigner.der")), veridac.Source{Network: veridac.Test})
	must(err)
	v, err := veridac.NewVerifier(trust, nil, veridac.Policy{Preset: veridac.Permissive, Network: veridac.Test})
	must(err)
	at, err := strconv.ParseInt(os.Args[2], 10, 64)
	must(err)
	vid, pid := uint16(0xFFF1), uint16(0x8000)
	r, err := v.Verify(&veridac.Device{DAC: file("dac.der"), PAI: file("pai.der"), Elements: file("elements.bin"),
		Signature: file("signature.bin"), Challenge: octets(os.Args[3]), Nonce: octets(os.Args[4]),
		VID: &vid, PID: &pid}, time.Unix(at, 0))
	must(err)
	fmt.Println(r.Verdict)
}
""" % NAME


def run(*command, env=None, cwd=None, code=0):
    done = subprocess.run([str(word) for word in command], cwd=cwd, stdin=subprocess.DEVNULL,
                          env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=290,
                          check=False, text=True)
    if done.returncode != code:
        raise AssertionError("%s: %d\n%s" % (" ".join(map(str, command)), done.returncode,
                                             done.stdout[-6000:]))
    return done.stdout


def module_files(module):
    for at, folders, names in os.walk(module):
        folders[:] = [name for name in folders if not name.startswith(".")]
        for name in sorted(names):
            yield os.path.relpath(os.path.join(at, name), module)


class Base(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        # pylint: disable=consider-using-with
        cls.folder = tempfile.TemporaryDirectory(prefix="veridac-go-")
        cls.addClassCleanup(cls.remove)
        stage = cls.path("stage")
        os.mkdir(cls.path("json"))
        run("cmake", "--install", BUILD, "--prefix", stage, env={"PATH": "/usr/bin:/bin"})
        run(RUN_CASES, CASES, cls.path("json"), env={})
        lib = os.path.join(stage, "lib")
        cls.network = Network(cls.path("network"), SOURCE, stage, TESTPKI)
        cls.addClassCleanup(cls.network.close)
        header = hashlib.sha256(stage.encode())  # where the library is, go forgets as well
        for name in ("veridac.h", "dcl.h"):
            with open(os.path.join(stage, "include/veridac", name), "rb") as file:
                header.update(file.read())
        cls.env = {
            **KEPT,
            "PATH": "/usr/bin:/bin", "HOME": cls.path("home"), "LC_ALL": "C.UTF-8",
            "PKG_CONFIG_PATH": os.path.join(lib, "pkgconfig"), "LD_LIBRARY_PATH": lib,
            "GOCACHE": os.path.join(BUILD, "go-cache"), "GOPATH": cls.path("gopath"),
            "GOPROXY": "off", "GOSUMDB": "off", "GOTOOLCHAIN": "local", "GOFLAGS": "-mod=mod",
            # go does not see that an installed header has changed
            "CGO_CFLAGS": "-O2 -g -DVERIDAC_HEADER=0x" + header.hexdigest()[:16],
            "VERIDAC_CASES": CASES, "VERIDAC_CASES_JSON": cls.path("json"),
            "VERIDAC_GOLDEN": os.path.join(SOURCE, "tests/golden"), **cls.network.env}

    @classmethod
    def remove(cls):
        run("chmod", "-R", "u+w", cls.folder.name)  # go makes its module cache read-only
        cls.folder.cleanup()

    @classmethod
    def path(cls, *parts):
        return os.path.join(cls.folder.name, *parts)

    def go(self, *args, cwd=MODULE, program="/usr/bin/go", **env):
        return run(program, *args, cwd=cwd, env=dict(self.env, **env))


class Go(Base):
    def test_module(self):
        self.assertEqual(run("/usr/bin/gofmt", "-l", MODULE), "")
        self.go("vet", "./...")
        out = self.go("test", "-count=1", "-race", "-v", "./...")
        print("\n".join(line for line in out.splitlines() if line.startswith(("---", "ok"))))
        for name in ("TestAllCasesSayWhatCSays", "TestPullAndJudge", "TestContexts", "TestFollow"):
            self.assertIn("--- PASS: " + name, out)

    def test_lookup_without_cgo(self):
        self.assertIn("ok ", self.go("test", "-count=1", "./lookup", "./repository",
                                     CGO_ENABLED="0"))

    def proxy(self, name, module):
        """A module proxy with one version of the module, as it would be published."""
        at = self.path(name, NAME, "@v")
        os.makedirs(at)
        with open(os.path.join(at, VERSION + ".info"), "w", encoding="utf-8") as file:
            json.dump({"Version": VERSION}, file)
        shutil.copy(os.path.join(module, "go.mod"), os.path.join(at, VERSION + ".mod"))
        with zipfile.ZipFile(os.path.join(at, VERSION + ".zip"), "w") as archive:
            for file in module_files(module):
                archive.write(os.path.join(module, file), "%s@%s/%s" % (NAME, VERSION, file))
        return "file://" + self.path(name)

    def program(self, name, proxy, *options, **env):
        """A program in an empty folder that requires the module."""
        user = self.path(name)
        os.makedirs(user)
        with open(os.path.join(user, "go.mod"), "w", encoding="utf-8") as file:
            file.write("module user\n\ngo 1.19\n\nrequire %s %s\n" % (NAME, VERSION))
        with open(os.path.join(user, "main.go"), "w", encoding="utf-8") as file:
            file.write(PROGRAM)
        self.go("build", *options, "-o", self.path(name, "judge"), ".", cwd=user, GOPROXY=proxy,
                GOPATH=self.path(name, "gopath"), **env)
        run("chmod", "-R", "u+w", self.path(name, "gopath"))
        return self.path(name, "judge")

    def judges(self, program, env):
        """Accepts the good device -> which libveridac was opened."""
        folder, trace = os.path.join(CASES, "good"), self.path("trace")
        with open(os.path.join(folder, "case.txt"), encoding="utf-8") as file:
            told = dict(line.rstrip("\n").split(": ", 1) for line in file if ": " in line)
        out = run("strace", "-f", "-e", "trace=openat", "-o", trace, program, folder, told["at"],
                  told["challenge"], told["nonce"], env=env, cwd=os.path.dirname(program))
        self.assertEqual(out, "accept\n")
        with open(trace, encoding="utf-8", errors="replace") as file:
            return [line.split('"')[1] for line in file if "libveridac" in line
                    and " = -1 " not in line]

    def test_from_a_proxy(self):
        program = self.program("user", self.proxy("proxy", MODULE))
        self.assertEqual(self.judges(program, self.env),
                         [os.path.join(self.env["LD_LIBRARY_PATH"], "libveridac.so.0")])
        run(program, env={}, code=127)  # without the library there is nothing to load

    def test_bundled(self):
        """Without an installed library: nothing that pkg-config, compiler or loader could find."""
        copy = self.path("bundled-module")
        shutil.copytree(MODULE, copy)
        run("sh", os.path.join(SOURCE, "scripts/vendor.sh"), copy, env={"PATH": "/usr/bin:/bin"})
        nothing = {"PKG_CONFIG_PATH": "", "PKG_CONFIG_LIBDIR": self.folder.name,
                   "LD_LIBRARY_PATH": "", "CGO_CFLAGS": "-O1"}
        program = self.program("bundled-user", self.proxy("bundled-proxy", copy), "-tags",
                               "veridac_bundled", **nothing)
        self.assertEqual(self.judges(program, {}), [])
        self.assertIn("TestAllCasesSayWhatCSays", self.go(
            "test", "-count=1", "-v", "-tags", "veridac_bundled", "-run", "Cases|Lookups|Errors",
            ".", cwd=copy, **nothing))


class Sanitized(Base):
    def test_asan(self):
        print(self.go("test", "-count=1", "-asan", "-v", "./...", VERIDAC_ASAN="1", CC="gcc",
                      ASAN_OPTIONS="detect_leaks=0")[-1500:])


class Others(Base):
    def test_newer(self):
        for program in os.environ["VERIDAC_GOS"].split():
            cache = self.path("cache-" + str(abs(hash(program))))
            print(self.go("version", program=program, GOCACHE=cache), flush=True)
            self.go("vet", "./...", program=program, GOCACHE=cache)
            print(self.go("test", "-count=1", "-race", "./...", program=program, GOCACHE=cache))


class Newest(Base):
    """Without the race detector, and with what was compiled the last time."""

    @staticmethod
    def program():
        return newer.newest("VERIDAC_GOS", newer.GOS, "/usr/bin/go", "version")

    def test_newest(self):
        env = {"program": self.program(), "GOCACHE": os.path.join(BUILD, "go-cache-newest")}
        print(self.go("version", **env), flush=True)
        out = self.go("test", "-count=1", "-v", "./...", **env)
        print("\n".join(line for line in out.splitlines() if line.startswith("ok")))
        for name in ("TestAllCasesSayWhatCSays", "TestPullAndJudge", "TestFollow"):
            self.assertIn("--- PASS: " + name, out)


if __name__ == "__main__":
    if sys.argv[6:] == ["Newest"] and Newest.program() is None:
        print("no Go that is newer than Debian's is here: the tests of the module ran with that one")
        sys.exit(newer.SKIPPED)
    unittest.main(argv=sys.argv[:1] + sys.argv[6:], verbosity=2)
