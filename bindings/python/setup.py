# SPDX-License-Identifier: Apache-2.0
"""setup.py - the extension: against an installed libveridac, or with the library's sources inside.

VERIDAC_SYSTEM=1 takes what pkg-config says of libveridac and, when it knows it, libveridac-dcl: then
there are network calls as well. Otherwise vendor/ is compiled in, which judges devices and reads
snapshots; it is made by scripts/vendor.sh of the source tree and is part of every sdist.
"""
import glob
import os
import shlex
import subprocess

from setuptools import Extension, setup

NETWORK = "src/veridac/_dcl.c"
SOURCES = sorted(set(glob.glob("src/veridac/*.c")) - {NETWORK})
LIMITED = [("Py_LIMITED_API", "0x030B0000")]
FLAGS = ["-std=c11", "-Wall", "-Wextra", "-fvisibility=hidden"]


def pkg_config(what, *names):
    return shlex.split(subprocess.check_output(["pkg-config", what, *names], text=True))


def against(name, sources, library):
    return Extension(name, sources, define_macros=LIMITED, py_limited_api=True,
                     extra_compile_args=FLAGS + pkg_config("--cflags", library),
                     extra_link_args=pkg_config("--libs", library))


def system():
    extensions = [against("veridac._veridac", SOURCES, "libveridac")]
    if subprocess.call(["pkg-config", "--exists", "libveridac-dcl"]) == 0:
        extensions.append(against("veridac._dcl", [NETWORK], "libveridac-dcl"))
    return extensions


def vendored():
    inside = sorted(glob.glob("vendor/verifier/*.c") + glob.glob("vendor/verifier/lookup/*.c"))
    if not inside:
        raise SystemExit("no library sources in vendor/: build from an sdist, or set "
                         "VERIDAC_SYSTEM=1 to use an installed libveridac")
    return [Extension("veridac._veridac", SOURCES + inside, py_limited_api=True,
                      define_macros=LIMITED + [("VERIDAC_STATIC", None),
                                               ("_POSIX_C_SOURCE", "200809L")],
                      include_dirs=["vendor/verifier/include"], libraries=["crypto"],
                      # for "" only: the library has a limits.h of its own
                      extra_compile_args=FLAGS + ["-iquote", "vendor/verifier"])]


setup(ext_modules=system() if os.environ.get("VERIDAC_SYSTEM") == "1" else vendored(),
      options={"bdist_wheel": {"py_limited_api": "cp311"}})
