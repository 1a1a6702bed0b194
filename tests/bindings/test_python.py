#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""test_python.py - builds the Python package both ways and runs its tests as a user would.

    test_python.py BUILD SOURCE CASES RUN_CASES TESTPKI [unittest options]

Each way has a venv with the built wheel alone; the tests run in an empty folder with an emptied
environment, of which VERIDAC_CYCLES and VERIDAC_THREAD_SECONDS are kept. `Python` is for a build
without sanitizers, `Sanitized` for one with them; `Others` is for the interpreters in VERIDAC_PYTHONS,
and `Newest` for the newest of them, or of those that are found: 77 when Debian's is as new.
"""
import os
import shutil
import subprocess
import sys
import tempfile
import unittest

import newer
from network import Network

sys.dont_write_bytecode = True
BUILD, SOURCE, CASES, RUN_CASES, TESTPKI = sys.argv[1:6]
PYTHON = "/usr/bin/python3"
PACKAGE = os.path.join(SOURCE, "bindings/python")
KEPT = {name: os.environ[name] for name in ("VERIDAC_CYCLES", "VERIDAC_THREAD_SECONDS")
        if name in os.environ}


def run(*command, env=None, cwd=None, code=0):
    done = subprocess.run([str(word) for word in command], cwd=cwd, stdin=subprocess.DEVNULL,
                          env=dict({"PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8"}, **(env or {})),
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=280,
                          check=False, text=True)
    if done.returncode != code:
        raise AssertionError("%s: %d\n%s" % (" ".join(map(str, command)), done.returncode,
                                             done.stdout[-6000:]))
    return done.stdout


class Base(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        # pylint: disable=consider-using-with
        cls.folder = tempfile.TemporaryDirectory(prefix="veridac-python-")
        cls.addClassCleanup(cls.folder.cleanup)
        cls.stage, cls.empty = cls.path("stage"), cls.path("empty")
        os.mkdir(cls.empty)
        os.mkdir(cls.path("json"))
        run("cmake", "--install", BUILD, "--prefix", cls.stage)
        run(RUN_CASES, CASES, cls.path("json"))
        cls.lib = os.path.join(cls.stage, "lib")
        cls.network = Network(cls.path("network"), SOURCE, cls.stage, TESTPKI)
        cls.addClassCleanup(cls.network.close)

    @classmethod
    def path(cls, *parts):
        return os.path.join(cls.folder.name, *parts)

    def wheel(self, name, env):
        """A wheel, built in a copy of the package: pip would reuse what another way left behind."""
        copy = self.path(name)
        shutil.copytree(PACKAGE, copy)
        if not env:
            run("sh", os.path.join(SOURCE, "scripts/vendor.sh"), copy)
        run(PYTHON, "-m", "pip", "wheel", "--quiet", "--no-index", "--no-deps",
            "--no-build-isolation", "--wheel-dir", copy, copy, env=dict({"CFLAGS": "-O2"}, **env))
        wheels = [file for file in os.listdir(copy) if file.endswith(".whl")]
        self.assertEqual(len(wheels), 1)
        self.assertIn("-cp311-abi3-", wheels[0])
        return os.path.join(copy, wheels[0])

    def venv(self, name, wheel, interpreter=PYTHON):
        """A venv with nothing but the wheel -> its interpreter."""
        folder = self.path(name)
        python = os.path.join(folder, "bin/python")
        if interpreter == PYTHON:
            run(interpreter, "-m", "venv", "--without-pip", folder)
            pip = [PYTHON, "-m", "pip", "--python", python]
        else:  # Debian's pip knows no interpreter from 3.12 on: its own
            run(interpreter, "-m", "venv", folder)
            pip = [python, "-m", "pip", "--disable-pip-version-check"]
        run(*pip, "install", "--quiet", "--no-index", "--no-deps", wheel)
        return python

    def run_tests(self, python, env, name="test_veridac.py"):
        tests = os.path.join(PACKAGE, "tests")
        return run(python, "-B", os.path.join(tests, name), cwd=self.empty,
                   env=dict(KEPT, **env, PYTHONPATH=tests, VERIDAC_CASES=CASES,
                            VERIDAC_CASES_JSON=self.path("json"),
                            VERIDAC_GOLDEN=os.path.join(SOURCE, "tests/golden")))

    def opened(self, python, env):
        """Which files called *veridac* an `import veridac` opens."""
        trace = self.path("trace")
        run("strace", "-f", "-e", "trace=openat", "-o", trace, python, "-B", "-c", "import veridac",
            cwd=self.empty, env=env)
        with open(trace, encoding="utf-8", errors="replace") as file:
            return [line.split('"')[1] for line in file if ".so" in line and "veridac" in line
                    and " = -1 " not in line]

    def system_wheel(self, name, **more):
        return self.wheel(name, dict(more, LD_LIBRARY_PATH=self.lib, VERIDAC_SYSTEM="1",
                                     PKG_CONFIG_PATH=os.path.join(self.lib, "pkgconfig")))


class Python(Base):
    def test_with_the_system_library(self):
        env = {"LD_LIBRARY_PATH": self.lib}
        python = self.venv("system-venv", self.system_wheel("system"))
        print(self.run_tests(python, env))
        print(self.run_tests(python, dict(env, **self.network.env), "test_network.py"))
        self.check_types(python, "veridac._veridac", "veridac._dcl", **env)
        self.assertIn(os.path.join(self.lib, "libveridac.so.0"), self.opened(python, env))
        run(python, "-c", "import veridac", code=1)  # without the library there is nothing to load

    def test_with_the_sources_inside(self):
        python = self.venv("inside-venv", self.wheel("inside", {}))
        print(self.run_tests(python, {}))
        print(self.run_tests(python, {}, "test_network.py"))
        self.assertFalse([name for name in self.opened(python, {}) if "libveridac" in name])
        self.check_types(python, "veridac._veridac")

    def check_types(self, python, *modules, **more):
        site = run(python, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))").strip()
        env = dict(more, MYPYPATH=site, PYTHONPATH=site, HOME=self.folder.name)
        cache = "--cache-dir=" + self.path("mypy")
        with open(self.path("mypy.ini"), "w", encoding="utf-8") as file:
            file.write("[mypy]\n")
        run(PYTHON, "-m", "mypy", cache, "--strict", "-p", "veridac", env=env, cwd=self.empty)
        run(PYTHON, "-m", "mypy.stubtest", "--mypy-config-file", self.path("mypy.ini"),
            *modules, env=env, cwd=self.empty)

    def test_without_sources_and_library(self):
        copy = self.path("neither")
        shutil.copytree(PACKAGE, copy)
        self.assertIn("no library sources in vendor/",
                      run(PYTHON, "setup.py", "--quiet", "build_ext", cwd=copy, code=1))


class Sanitized(Base):
    def test_asan_and_ubsan(self):
        flags = "-O1 -g -fsanitize=address,undefined -fno-sanitize-recover=all"
        python = self.venv("asan-venv", self.system_wheel("asan", CFLAGS=flags, LDFLAGS=flags))
        env = {"LD_LIBRARY_PATH": self.lib, "VERIDAC_ASAN": "1", "PYTHONMALLOC": "malloc",
               "ASAN_OPTIONS": "detect_leaks=0:abort_on_error=0:exitcode=86",
               "LD_PRELOAD": " ".join(run("gcc", "-print-file-name=lib%s.so" % name).strip()
                                      for name in ("asan", "ubsan"))}
        print(self.run_tests(python, env))
        print(self.run_tests(python, dict(env, **self.network.env), "test_network.py"))


class Others(Base):
    def test_the_same_wheel(self):
        """One wheel for every interpreter from 3.11 on, and a clear no for older ones."""
        wheel, env = self.system_wheel("system"), {"LD_LIBRARY_PATH": self.lib}
        for i, other in enumerate(self.interpreters()):
            version = run(other, "-c", "import sys; print(*sys.version_info[:2])").split()
            print(other, *version, flush=True)
            if [int(n) for n in version] < [3, 11]:
                continue
            python = self.venv("other-%d" % i, wheel, other)
            print(self.run_tests(python, env)[-300:])
            print(self.run_tests(python, dict(env, **self.network.env), "test_network.py")[-300:])

    def interpreters(self):
        return os.environ["VERIDAC_PYTHONS"].split()


class Newest(Others):
    def interpreters(self):
        return [newer.newest("VERIDAC_PYTHONS", newer.PYTHONS, PYTHON, "--version")]


if __name__ == "__main__":
    if sys.argv[6:] == ["Newest"] and Newest().interpreters() == [None]:
        print("no Python that is newer than Debian's is here: the tests of the package ran with that one")
        sys.exit(newer.SKIPPED)
    unittest.main(argv=sys.argv[:1] + sys.argv[6:], verbosity=2)
