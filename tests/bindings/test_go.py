#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""test_go.py - the Go module: its own tests, and a program that gets it from a module proxy.

    test_go.py BUILD SOURCE CASES RUN_CASES TESTPKI [unittest options]

Only Debian's go is used, over the installed tree, with an emptied environment and no network.
"""
import hashlib
import json
import os
import subprocess
import sys
import tempfile
import unittest
import zipfile

from network import Network

sys.dont_write_bytecode = True
BUILD, SOURCE, CASES, RUN_CASES, TESTPKI = sys.argv[1:6]
MODULE = os.path.join(SOURCE, "bindings/go")
NAME, VERSION = "github.com/veridac/veridac/bindings/go", "v0.1.0"

PROGRAM = """
package main

import (
	"fmt"
	"os"
	"time"

	veridac "%s"
)

func main() {
	dac, _ := os.ReadFile(os.Args[1])
	trust, err := veridac.NewTrust()
	if err != nil {
		panic(err)
	}
	v, err := veridac.NewVerifier(trust, nil, veridac.Policy{Preset: veridac.Standard, Network: veridac.Test})
	if err != nil {
		panic(err)
	}
	r, err := v.Verify(&veridac.Device{DAC: dac}, time.Now())
	if err != nil {
		panic(err)
	}
	fmt.Println(r.Verdict, len(r.Findings) > 0)
}
""" % NAME


def run(*command, env=None, cwd=None):
    done = subprocess.run([str(word) for word in command], cwd=cwd, stdin=subprocess.DEVNULL,
                          env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=290,
                          check=False, text=True)
    if done.returncode != 0:
        raise AssertionError("%s: %d\n%s" % (" ".join(map(str, command)), done.returncode,
                                             done.stdout[-6000:]))
    return done.stdout


def module_files():
    for at, folders, names in os.walk(MODULE):
        folders[:] = [name for name in folders if not name.startswith(".")]
        for name in sorted(names):
            yield os.path.relpath(os.path.join(at, name), MODULE)


class Go(unittest.TestCase):
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
        header = hashlib.sha256()
        for name in ("veridac.h", "dcl.h"):
            with open(os.path.join(stage, "include/veridac", name), "rb") as file:
                header.update(file.read())
        cls.env = {
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

    def go(self, *args, cwd=MODULE, **env):
        return run("/usr/bin/go", *args, cwd=cwd, env=dict(self.env, **env))

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

    def test_from_a_proxy(self):
        """A program in an empty folder that requires the module as it would be published."""
        at = self.path("proxy", NAME, "@v")
        os.makedirs(at)
        with open(os.path.join(at, VERSION + ".info"), "w", encoding="utf-8") as file:
            json.dump({"Version": VERSION}, file)
        with open(os.path.join(MODULE, "go.mod"), encoding="utf-8") as file:
            mod = file.read()
        with open(os.path.join(at, VERSION + ".mod"), "w", encoding="utf-8") as file:
            file.write(mod)
        with zipfile.ZipFile(os.path.join(at, VERSION + ".zip"), "w") as archive:
            for name in module_files():
                archive.write(os.path.join(MODULE, name), "%s@%s/%s" % (NAME, VERSION, name))
        user = self.path("user")
        os.makedirs(user)
        with open(os.path.join(user, "go.mod"), "w", encoding="utf-8") as file:
            file.write("module user\n\ngo 1.19\n\nrequire %s %s\n" % (NAME, VERSION))
        with open(os.path.join(user, "main.go"), "w", encoding="utf-8") as file:
            file.write(PROGRAM)
        self.go("build", "-o", self.path("judge"), ".", cwd=user,
                GOPROXY="file://" + self.path("proxy"))
        trace = self.path("trace")
        out = run("strace", "-f", "-e", "trace=openat", "-o", trace, self.path("judge"),
                  os.path.join(CASES, "good/dac.der"), env=self.env, cwd=user)
        self.assertEqual(out, "undetermined true\n")
        with open(trace, encoding="utf-8", errors="replace") as file:
            opened = [line.split('"')[1] for line in file if "libveridac" in line
                      and " = -1 " not in line]
        self.assertEqual(opened, [os.path.join(self.env["LD_LIBRARY_PATH"], "libveridac.so.0")])


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1] + sys.argv[6:], verbosity=2)
