#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""The bindings beside C, over the installed library: one check, a batch of 1 000, a whole verification.

    bench_bindings.py [--quick] BUILD WORLD    WORLD/good is a case of the test PKI

The three programs run in turn. A turn is the best of its rounds, and a sample is what a binding took beyond
C in the same turn: a difference of small numbers, which a machine that does other things would bury.
Debian's Python and Go; whatever is not here is printed as not measured.
"""
import hashlib
import os
import shutil
import subprocess
import sys
import tempfile

import rows

sys.dont_write_bytecode = True
QUICK = "--quick" in sys.argv
BUILD, WORLD = (os.path.abspath(word) for word in [w for w in sys.argv[1:] if w != "--quick"][:2])
TURNS, ROUNDS = (5, 3) if QUICK else (11, 5)
PYTHON, GO = "/usr/bin/python3", "/usr/bin/go"


def run(*command, **more):
    env = dict({"PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8"}, **more.pop("env", {}))
    done = subprocess.run(command, env=env, check=False, stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE, text=True, **more)
    if done.returncode != 0:
        sys.exit("%s: %d: %s" % (command[0], done.returncode, done.stderr.strip()[-400:]))
    return done.stdout


def python_program(folder, env):
    copy, site = os.path.join(folder, "package"), os.path.join(folder, "site")
    shutil.copytree(os.path.join(rows.TOP, "bindings/python"), copy)
    run(PYTHON, "-m", "pip", "install", "--quiet", "--no-index", "--no-deps", "--no-build-isolation",
        "--target", site, copy, env=dict(env, VERIDAC_SYSTEM="1", CFLAGS="-O2"))
    return [PYTHON, "-B", os.path.join(rows.TOP, "bench/binding.py")], {"PYTHONPATH": site}


def go_program(folder, env):
    at = os.path.join(folder, "program")
    os.makedirs(at)
    shutil.copy(os.path.join(rows.TOP, "bench/binding.go"), os.path.join(at, "main.go"))
    with open(os.path.join(at, "go.mod"), "w", encoding="utf-8") as file:
        file.write("module bench\n\ngo 1.19\n\nrequire github.com/veridac/veridac/bindings/go v0.1.0\n"
                   "replace github.com/veridac/veridac/bindings/go => %s\n"
                   % os.path.join(rows.TOP, "bindings/go"))
    with open(os.path.join(folder, "stage/include/veridac/veridac.h"), "rb") as file:
        # go sees neither that an installed header has changed nor that the library is elsewhere now
        header = hashlib.sha256(file.read() + folder.encode()).hexdigest()[:16]
    run(GO, "build", "-o", "judge", "main.go", cwd=at, env=dict(
        env, HOME=folder, GOCACHE=os.path.join(BUILD, "go-cache"), GOFLAGS="-mod=mod", GOPROXY="off",
        GOTOOLCHAIN="local", CGO_CFLAGS="-O2 -DVERIDAC_HEADER=0x" + header))
    return [os.path.join(at, "judge")], {}


def c_program(folder, env):
    flags = run("pkg-config", "--cflags", "--libs", "libveridac", env=env).split()
    program = os.path.join(folder, "binding")
    run("cc", "-O2", os.path.join(rows.TOP, "bench/binding.c"), "-o", program, *flags)
    return [program], {}


def arguments(folder):
    case = os.path.join(WORLD, "good")
    with open(os.path.join(case, "case.txt"), encoding="utf-8") as file:
        told = dict(line.rstrip("\n").split(": ", 1) for line in file if ": " in line)
    for key in ("challenge", "nonce"):
        with open(os.path.join(folder, key), "wb") as file:
            file.write(bytes.fromhex(told[key]))
    return [os.path.join(rows.TOP, "tests/golden/vdb1-full.bundle"), case, told["at"],
            os.path.join(folder, "challenge"), os.path.join(folder, "nonce"), str(ROUNDS)]


def measure(folder):
    """{language: [(one, batch, whole)]}, a turn each: the least of its rounds."""
    stage = os.path.join(folder, "stage")
    run("cmake", "--install", BUILD, "--prefix", stage)
    lib = os.path.join(stage, "lib")
    env = {"PKG_CONFIG_PATH": os.path.join(lib, "pkgconfig"), "LD_LIBRARY_PATH": lib}
    programs = {"c": c_program(folder, env), "python": python_program(folder, env)}
    if os.path.exists(GO):
        programs["go"] = go_program(folder, env)
    found = {language: [] for language in programs}
    for _ in range(TURNS):
        for language, (command, more) in programs.items():
            lines = run(*command, *arguments(folder), env=dict(env, **more)).splitlines()
            found[language].append([min(column) for column in
                                    zip(*([float(w) for w in line.split()] for line in lines))])
    return found


def main():
    with tempfile.TemporaryDirectory(prefix="veridac-bench-") as folder:
        found = measure(folder)
    c = list(zip(*found["c"]))
    for language, one, batch in (("python", 120, 40), ("go", 100, 10)):
        ids = ["bindings.%s.%s" % (language, what) for what in ("check", "batch", "verify")]
        if language not in found:
            for ident in ids:
                rows.show(rows.not_measured(ident, ident, "no %s here" % language))
            continue
        mine = list(zip(*found[language]))
        for i, most in ((0, one), (1, batch)):
            rows.show(rows.make(ids[i], "%s: %s, beyond C" % (language, ("one check", "a key of a batch of 1 000")[i]),
                                "ns", [m - n for m, n in zip(mine[i], c[i])], most=most,
                                limit=("C itself", list(c[i]))))
        rows.show(rows.make(ids[2], "%s: a whole verification, warm" % language, "us",
                            [t / 1000 for t in mine[2]], most=1.03, of="ratio",
                            baseline=("in C", [t / 1000 for t in c[2]])))


main()
