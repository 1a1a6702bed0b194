#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""test_install.py - the installed tree, as somebody else's program uses it.

    test_install.py BUILD SOURCE TESTPKI [unittest options]

Nothing here looks into the build tree but `cmake --install`.
"""
import json
import os
import subprocess
import sys
import tempfile
import threading
import unittest

sys.path.insert(0, os.path.join(sys.argv[2], "tests/bindings"))
from network import Network  # pylint: disable=wrong-import-position

sys.dont_write_bytecode = True
BUILD, SOURCE, TESTPKI = sys.argv[1:4]
PLAIN = {"PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8", "HOME": "/nonexistent"}

CONSUMER = """
cmake_minimum_required(VERSION 3.16)
project(consumer C)
find_package(veridac %(version)s REQUIRED)
find_package(Threads REQUIRED)
add_executable(commissioner %(source)s/examples/commissioner.c)
target_link_libraries(commissioner veridac::veridac)
add_executable(controller %(source)s/examples/controller.c)
target_link_libraries(controller veridac::veridac-dcl Threads::Threads)
get_target_property(fleet veridac::veridac-fleet TYPE)
"""


def run(*command, env=None, **kwargs):
    return subprocess.run([str(word) for word in command], env=dict(PLAIN, **(env or {})),
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=120,
                          check=False, text=True, stdin=subprocess.DEVNULL, **kwargs)


def files_below(folder):
    return sorted(os.path.relpath(os.path.join(at, name), folder)
                  for at, _, names in os.walk(folder) for name in names)


class Installed(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        # pylint: disable=consider-using-with
        cls.folder = tempfile.TemporaryDirectory(prefix="veridac-install-")
        cls.addClassCleanup(cls.folder.cleanup)
        first = os.path.join(cls.folder.name, "first")
        done = run("cmake", "--install", BUILD, "--prefix", first)
        assert done.returncode == 0, done.stdout
        # what is used is not where it was installed to: nothing may remember the first place
        cls.stage = os.path.join(cls.folder.name, "moved")
        os.rename(first, cls.stage)
        cls.lib = os.path.dirname(next(os.path.join(cls.stage, name)
                                       for name in files_below(cls.stage)
                                       if name.endswith("libveridac.so")))
        cls.env = {"PKG_CONFIG_PATH": os.path.join(cls.lib, "pkgconfig"),
                   "LD_LIBRARY_PATH": cls.lib}
        cls.make_snapshot()

    @classmethod
    def make_snapshot(cls):
        """A world of the test PKI, through the installed program."""
        cls.world = os.path.join(cls.folder.name, "world")
        with subprocess.Popen([os.path.join(SOURCE, "tests/ledger/ledger.py"), "--world", cls.world,
                               "--pki", TESTPKI], stdin=subprocess.PIPE,
                              stdout=subprocess.PIPE) as ledger:
            url = json.loads(ledger.stdout.readline())["url"]
            program = os.path.join(cls.stage, "bin/veridac")
            state, cls.snapshot = cls.path("state"), cls.path("snapshot")
            for command in (("sync", "--dcl", url, "--state", state, "--network", "test",
                             "--allow-private",
                             "--accept-anchors", os.path.join(cls.world, "anchors.txt")),
                            ("build", "--state", state, "--out", cls.snapshot)):
                done = run(program, *command, env=cls.env)
                assert done.returncode == 0, done.stdout
            ledger.stdin.close()

    @classmethod
    def path(cls, *parts):
        return os.path.join(cls.folder.name, *parts)

    def judge(self, program, name):
        device, told = os.path.join(self.world, "devices", name), {}
        with open(os.path.join(device, "device.txt"), encoding="utf-8") as file:
            told.update(line.rstrip("\n").split(": ", 1) for line in file if ": " in line)
        for key in ("challenge", "nonce"):
            with open(self.path(key), "wb") as file:
                file.write(bytes.fromhex(told[key]))
        return run(program, os.path.join(self.world, "paa/paa-fff1.der"),
                   os.path.join(self.world, "cd-signers/cd-signer.der"), self.snapshot, device,
                   "challenge", "nonce", "0xFFF1", "0x8000", env=self.env, cwd=self.path())

    def judges(self, program):
        done = self.judge(program, "genuine")
        self.assertEqual(done.returncode, 0, done.stdout)
        self.assertIn("accept", done.stdout)
        done = self.judge(program, "revoked-dac")
        self.assertEqual(done.returncode, 1, done.stdout)
        self.assertIn("dac-revoked", done.stdout)

    def test_pkg_config(self):
        flags = run("pkg-config", "--cflags", "--libs", "libveridac", env=self.env)
        self.assertEqual(flags.returncode, 0, flags.stdout)
        self.judges(self.build("commissioner", *flags.stdout.split()))

    def test_pkg_config_of_the_network(self):
        flags = run("pkg-config", "--cflags", "--libs", "libveridac-dcl", env=self.env)
        self.assertEqual(flags.returncode, 0, flags.stdout)
        self.build("controller", "-pthread", *flags.stdout.split())

    def build(self, name, *flags):
        program = self.path("by-pkg-config-" + name)
        done = run("cc", "-Wall", "-Wextra", "-Werror",
                   os.path.join(SOURCE, "examples", name + ".c"), "-o", program, *flags,
                   env=self.env)
        self.assertEqual(done.returncode, 0, done.stdout)
        return program

    def controls(self, program):
        """Its answers change while it runs, and stay when the mirror is gone."""
        network = Network(self.path("network"), SOURCE, self.stage, TESTPKI)
        self.addCleanup(network.close)
        devices = [network.path("world/devices", name, file)
                   for name in ("genuine", "revoked-dac") for file in ("dac.der", "pai.der")]
        with subprocess.Popen([program, network.env["VERIDAC_MIRROR"], network.path("root"),
                               self.path("hub-store"), "1", *devices],
                              env=dict(PLAIN, **self.env), stdout=subprocess.PIPE, text=True,
                              stderr=subprocess.DEVNULL) as hub:
            late = threading.Timer(30, hub.kill)  # ends the reading below
            late.start()
            said = iter(hub.stdout.readline, "")
            for genuine in ("good", "revoked"):
                self.assertIn("%s: %s\n" % (devices[0], genuine), said)
                self.assertEqual(next(said), devices[2] + ": revoked\n")
                if genuine == "good":
                    network.revoke("genuine")
            network.close()
            for _ in range(3):
                self.assertEqual(next(said), devices[0] + ": revoked\n")
                next(said)
            late.cancel()
            hub.terminate()
            self.assertEqual(hub.wait(timeout=10), 0)

    def test_cmake_package(self):
        source, build = self.path("consumer"), self.path("consumer-build")
        os.makedirs(source)
        for version, code in (("0.1", 0), ("0.2", 1)):
            with open(os.path.join(source, "CMakeLists.txt"), "w", encoding="utf-8") as file:
                file.write(CONSUMER % {"version": version, "source": SOURCE})
            done = run("cmake", "-S", source, "-B", build, "-G", "Ninja",
                       "-DCMAKE_PREFIX_PATH=" + self.stage)
            self.assertEqual(done.returncode, code, done.stdout)
            if code == 0:
                done = run("cmake", "--build", build)
                self.assertEqual(done.returncode, 0, done.stdout)
                self.judges(os.path.join(build, "commissioner"))
                self.controls(os.path.join(build, "controller"))

    def test_destdir(self):
        done = run("cmake", "--install", BUILD, "--prefix", "/usr/local",
                   env={"DESTDIR": self.path("destdir")})
        self.assertEqual(done.returncode, 0, done.stdout)
        self.assertEqual(files_below(self.path("destdir", "usr/local")), files_below(self.stage))

    def test_soname(self):
        done = run("objdump", "-p", os.path.join(self.lib, "libveridac.so"))
        self.assertIn("SONAME               libveridac.so.0\n", done.stdout)


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1] + sys.argv[4:], verbosity=2)
