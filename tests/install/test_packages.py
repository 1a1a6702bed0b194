#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""test_packages.py - the Debian packages of a build folder: what is in them, and how they install, serve
and go, in a copy-on-write view of this system that nobody else sees.

    test_packages.py BUILD SOURCE CASES [unittest options]

Skipped (77) without the rights to make such a view.
"""
import json
import os
import re
import subprocess
import sys
import tempfile
import unittest

sys.dont_write_bytecode = True
BUILD, SOURCE, CASES = sys.argv[1:4]
NAMES = ("libveridac0", "libveridac-dev", "veridac")
ENV = {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL": "C.UTF-8", "HOME": "/nonexistent",
       "SOURCE_DATE_EPOCH": "1700000000"}

VIEW = """
set -e
mount -t tmpfs tmpfs "$1"
mkdir "$1/upper" "$1/work" "$1/all"
mount -t overlay overlay -o "lowerdir=/,upperdir=$1/upper,workdir=$1/work" "$1/all"
mount -t proc proc "$1/all/proc"
mkdir -p "$1/all/tmp/packages"
cp "$2"/*.deb "$2/session" "$1/all/tmp/packages/"
cp -r "$3" "$1/all/tmp/packages/case"
cp "$4" "$1/all/tmp/packages/commissioner.c"
exec chroot "$1/all" /bin/sh -e /tmp/packages/session
"""

SESSION = """
cd /tmp/packages
dpkg -i *.deb >log 2>&1 || { cat log; exit 1; }
cd case
veridac --version
veridac verify --dac dac.der --pai pai.der --elements elements.bin --signature signature.bin \
    --challenge %(challenge)s --nonce %(nonce)s --vid 0xFFF1 --pid 0x8000 --network test \
    --trust trust --cd-signers cd-signers --policy permissive --at 2025-06-01T00:00:00Z | head -1
cd ..
zcat -f "$(man -w veridac-pull)" | grep -q 'root document'
bash -c '. /usr/share/bash-completion/completions/veridac; COMP_WORDS=(veridac pu); COMP_CWORD=1
    _veridac; echo "${COMPREPLY[@]}"'
cc -Wall -Werror commissioner.c -o commissioner $(pkg-config --cflags --libs libveridac)
./commissioner || echo "usage $?"
ldd ./commissioner | grep -o '/.*libveridac\\.so\\.0' | head -1
dpkg --purge veridac libveridac-dev libveridac0 >log 2>&1 || { cat log; exit 1; }
find /usr /etc /var -name '*veridac*' | sort
echo end
"""


def run(*command, **kwargs):
    done = subprocess.run([str(word) for word in command], env=ENV, stdin=subprocess.DEVNULL,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=200,
                          check=False, text=True, **kwargs)
    if done.returncode != 0:
        raise AssertionError("%s: %d\n%s" % (command, done.returncode, done.stdout[-4000:]))
    return done.stdout


class Packages(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        # pylint: disable=consider-using-with
        folder = tempfile.TemporaryDirectory(prefix="veridac-packages-")
        cls.addClassCleanup(folder.cleanup)
        cls.folder = folder.name
        run("cpack", "--config", os.path.join(BUILD, "CPackConfig.cmake"), "-B", cls.path("made"))
        cls.debs = {}
        for name in sorted(os.listdir(cls.path("made"))):
            if name.endswith(".deb"):
                cls.debs[name.split("_")[0]] = cls.path("made", name)
        for name, deb in cls.debs.items():
            run("dpkg-deb", "-x", deb, cls.path(name))

    @classmethod
    def path(cls, *parts):
        return os.path.join(cls.folder, *parts)

    def files(self, name):
        top = self.path(name)
        return sorted(os.path.relpath(os.path.join(at, file), top)
                      for at, _, files in os.walk(top) for file in files)

    def field(self, name, field):
        return run("dpkg-deb", "-f", self.debs[name], field).strip()

    def test_names_and_dependencies(self):
        self.assertEqual(sorted(self.debs), sorted(NAMES))
        self.assertIn("libssl3", self.field("libveridac0", "Depends"))
        self.assertIn("libveridac0 (= ", self.field("libveridac-dev", "Depends"))
        self.assertIn("libveridac0 (= ", self.field("veridac", "Depends"))

    def test_what_is_where(self):
        for name, wanted, never in (
                ("libveridac0", r"lib/.*libveridac\.so\.0", r"\.h$|\.pc$|bin/|\.so$"),
                ("libveridac-dev", r"include/veridac/veridac\.h$", r"\.so\.|bin/"),
                ("veridac", r"bin/veridac$", r"\.so|\.h$")):
            files = self.files(name)
            self.assertTrue([f for f in files if re.search(wanted, f)], files)
            self.assertFalse([f for f in files if re.search(never, f)], files)
            self.assertTrue([f for f in files if f.endswith("doc/%s/copyright" % name)], files)
        pages = [f for f in self.files("veridac") if re.search(r"man/man1/veridac.*\.1$", f)]
        commands = re.findall(r"(?m)^  ([a-z]+)  ", run(
            os.path.join(BUILD, "cli/veridac"), "--help"))
        self.assertGreater(len(commands), 10)
        self.assertEqual(sorted(os.path.basename(p) for p in pages),
                         sorted(["veridac.1"] + ["veridac-%s.1" % c for c in commands]))

    def test_bill_of_materials(self):
        """Every library that a file of the packages needs is in it."""
        name = [f for f in self.files("libveridac0") if f.endswith(".spdx.json")]
        self.assertEqual(len(name), 1)
        with open(self.path("libveridac0", name[0]), encoding="utf-8") as file:
            bill = json.load(file)
        told = {p["name"]: p["versionInfo"] for p in bill["packages"]}
        self.assertTrue(all(told.values()), told)
        self.assertEqual(bill["spdxVersion"], "SPDX-2.3")
        known = {"libcrypto.so.3": "libcrypto", "libcurl.so.4": "libcurl", "libz.so.1": "zlib",
                 "libmicrohttpd.so.12": "libmicrohttpd", "libc.so.6": None}
        for package in ("libveridac0", "veridac"):
            for file in self.files(package):
                if not re.search(r"\.so\.|bin/", file) or os.path.islink(self.path(package, file)):
                    continue
                for needed in re.findall(r"NEEDED +(\S+)", run("objdump", "-p",
                                                                self.path(package, file))):
                    if needed.startswith("libveridac"):
                        continue
                    self.assertIn(needed, known)
                    self.assertIn(known[needed], list(told) + [None])

    def test_installed_used_and_purged(self):
        case = os.path.join(CASES, "good")
        with open(os.path.join(case, "case.txt"), encoding="utf-8") as file:
            told = dict(line.rstrip("\n").split(": ", 1) for line in file if ": " in line)
        with open(self.path("made", "session"), "w", encoding="utf-8") as file:
            file.write(SESSION % told)
        view = self.path("view")
        os.mkdir(view)
        said = run("unshare", "-m", "--propagation", "private", "sh", "-c", VIEW, "sh", view,
                   self.path("made"), case, os.path.join(SOURCE, "examples/commissioner.c"))
        lines = said.splitlines()
        self.assertRegex(lines[0], r"^veridac \d")
        self.assertIn("accept", lines[1])
        self.assertEqual(lines[2:4], ["publish pull", "usage 64"])
        self.assertRegex(lines[4], r"^/(usr/)?lib/.*libveridac\.so\.0$")
        self.assertEqual(lines[5:], ["end"])


if __name__ == "__main__":
    if os.getuid() != 0 or subprocess.call(
            ["unshare", "-m", "true"], stderr=subprocess.DEVNULL) != 0:
        print("skipped: no rights to make a mount namespace")
        sys.exit(77)
    unittest.main(argv=sys.argv[:1] + sys.argv[4:], verbosity=2)
