# SPDX-License-Identifier: Apache-2.0
"""The copy in which mutants live: its files, its build, its tests and what they reach."""
import hashlib
import json
import os
import re
import shlex
import shutil
import signal
import subprocess
import tempfile
import time

import sites

HERE = os.path.dirname(os.path.abspath(__file__))
# These look at the text or at libraries as they ship, compile for themselves, or are about test programs.
NOT_TESTS = r"^(check|mutants|install|bindings|ledger|reader)\.|^fuzz\.reach$"
CONFIGURE = ["-DCMAKE_BUILD_TYPE=Debug", "-DVERIDAC_SANITIZE=address,undefined", "-DCMAKE_C_FLAGS_DEBUG=-g1 -O1",
             "-DCMAKE_EXPORT_COMPILE_COMMANDS=ON"]


class Broken(Exception):
    """The run cannot go on; the text says why."""


def command(*words, cwd=None):
    done = subprocess.run(words, cwd=cwd, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                          errors="replace", check=False)
    if done.returncode != 0:
        raise Broken(" ".join(words) + ":\n" + done.stdout[-4000:])
    return done.stdout


def files_of(root):
    if os.path.exists(os.path.join(root, ".git")):
        listed = command("git", "ls-files", "-z", "--cached", "--others", "--exclude-standard", cwd=root)
        return sorted(p for p in set(listed.split("\0")) if p and os.path.isfile(os.path.join(root, p)))
    found = []
    for folder, folders, names in os.walk(root):
        folders[:] = [f for f in folders if f != "build"]
        found += [os.path.relpath(os.path.join(folder, name), root) for name in names]
    return sorted(found)


def write_if_new(path, data, mode):
    """What did not change keeps its time, so that it is not built again."""
    try:
        with open(path, "rb") as f:
            if f.read() == data:
                return
    except FileNotFoundError:
        os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "wb") as f:
        f.write(data)
    os.chmod(path, mode)


class Scratch:
    def __init__(self, root, work, patience):
        self.root, self.work, self.patience = root, work, patience
        self.tree, self.build = os.path.join(work, "tree"), os.path.join(work, "build")
        self.reached = {}  # test: numbers
        self.seconds = {}
        self.tests = {}
        self.running = set()
        self.env = dict(os.environ, GIT_CEILING_DIRECTORIES=work, PYTHONDONTWRITEBYTECODE="1")
        os.makedirs(work, exist_ok=True)
        shared = os.path.join(os.path.dirname(root), "shared")
        if os.path.isdir(shared):
            self.env.setdefault("VERIDAC_VECTORS", os.path.join(shared, "vectors"))
            if not os.path.lexists(os.path.join(work, "shared")):
                os.symlink(shared, os.path.join(work, "shared"))

    def copy(self, texts, keep=()):
        """The tree as it stands, with other texts for some files; the digest is of it without them. What is
        there of those to keep stays: it is about to be written again."""
        digest = hashlib.sha256()
        names = files_of(self.root)
        for name in names:
            source = os.path.join(self.root, name)
            with open(source, "rb") as f:
                data = f.read()
            if not name.endswith((".md", "survivors.txt")):
                digest.update(name.encode() + b"\0" + hashlib.sha256(data).digest())
            if name not in keep or not os.path.exists(os.path.join(self.tree, name)):
                write_if_new(os.path.join(self.tree, name), texts.get(name, "").encode() or data,
                             os.stat(source).st_mode & 0o777)
        for name in set(files_of(self.tree)) - set(names):
            os.unlink(os.path.join(self.tree, name))
        return digest.hexdigest()

    def configure(self):
        library = os.path.join(self.work, "libmutant.a")
        made = library + ".new"
        command("cc", "-O1", "-fPIC", "-fvisibility=hidden", "-c", os.path.join(HERE, "mutant.c"), "-o",
                library + ".o")
        command("ar", "crsD", made, library + ".o")
        with open(made, "rb") as f:
            write_if_new(library, f.read(), 0o644)
        os.unlink(made)
        generator = ["-G", "Ninja"] if shutil.which("ninja") else []
        command("cmake", "-S", self.tree, "-B", self.build, *generator, *CONFIGURE, "-DCMAKE_C_FLAGS=-w",
                f"-DCMAKE_C_STANDARD_LIBRARIES={library}")
        self.how = {}
        with open(os.path.join(self.build, "compile_commands.json"), encoding="utf-8") as f:
            for one in json.load(f):
                name = os.path.relpath(os.path.join(one["directory"], one["file"]), self.tree)
                self.how.setdefault(name, (shlex.split(one["command"]), one["directory"]))

    def compiles(self, name, text, numbers):
        """Whether all these mutants are compiled, in code that the preprocessor leaves."""
        words, folder = self.how[name]
        place = os.path.join(self.tree, os.path.dirname(name), ".mutant." + os.path.basename(name))
        words = [w for w in words if w != "-w" and not w.endswith("ccache")]
        for gone in ("-o", "-MF", "-MT"):
            if gone in words:
                at = words.index(gone)
                del words[at:at + 2]
        words = [place if w.endswith("/" + name) else w for w in words if w not in ("-c", "-MD")]
        with open(place, "w", encoding="utf-8") as f:
            f.write(text)
        try:
            seen = subprocess.run(words + ["-E"], cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
                                  text=True, errors="replace", check=False)
            checked = subprocess.run(words + ["-fsyntax-only", "-Werror=vla", "-Wno-error"], cwd=folder,
                                     stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False)
        finally:
            os.unlink(place)
        there = {int(n) for n in re.findall(r"vd_mutant_on\((\d+)\)", seen.stdout)}
        return checked.returncode == 0 and there >= set(numbers)

    def make(self, jobs, wanted):
        command("cmake", "--build", self.build, "-j", str(jobs))
        told = json.loads(command("ctest", "--test-dir", self.build, "--show-only=json-v1"))
        for test in told["tests"]:
            properties = {p["name"]: p["value"] for p in test.get("properties", [])}
            wrong_way = {"PASS_REGULAR_EXPRESSION", "FAIL_REGULAR_EXPRESSION", "WILL_FAIL"} & set(properties)
            if "command" not in test or re.search(NOT_TESTS, test["name"]) or wrong_way:
                continue
            if "FIXTURES_SETUP" in properties or re.search(wanted, test["name"]):
                self.tests[test["name"]] = (test["command"], properties)

    def run(self, name, number, seconds, reached=None):
        """"passed", "failed", "skipped" or "too long"."""
        words, properties = self.tests[name]
        if self.is_unittest(words):
            words = words + ["--failfast"]
        env = dict(self.env, VERIDAC_MUTANT=str(number))
        env.update(pair.split("=", 1) for pair in properties.get("ENVIRONMENT", []))
        asan = [env[v] for v in ("ASAN_OPTIONS",) if env.get(v)]
        env["ASAN_OPTIONS"] = ":".join(asan + ["hard_rss_limit_mb=3000"])
        if reached:
            env["VERIDAC_MUTANT_REACHED"] = reached
        with tempfile.TemporaryDirectory(dir=self.work, prefix="run.") as folder:
            env["TMPDIR"] = folder
            with open(os.path.join(self.work, f"log.{name}.{number}"), "wb") as log:
                child = subprocess.Popen(["/bin/sh", "-c", 'ulimit -S -t "$0"; ulimit -c 0; exec "$@"',
                                          str(int(seconds) + 1), *words], stdin=subprocess.DEVNULL, stdout=log,
                                         stderr=log, cwd=properties.get("WORKING_DIRECTORY", self.build),
                                         env=env, start_new_session=True)
            self.running.add(child)
            try:
                code = child.wait(seconds * 4 + 5)
            except subprocess.TimeoutExpired:
                code = None
            finally:
                self.end(child)
                self.running.discard(child)
        if code is None or code in (-signal.SIGXCPU, 128 + signal.SIGXCPU):
            return "too long"
        if code == 0:
            os.unlink(os.path.join(self.work, f"log.{name}.{number}"))
            return "passed"
        return "skipped" if code == properties.get("SKIP_RETURN_CODE") else "failed"

    @staticmethod
    def is_unittest(words):
        """A program of Python's unittest that looks at no words of its own: it can end at the first failure."""
        if len(words) < 2 or not words[1].endswith(".py"):
            return False
        with open(words[1], encoding="utf-8") as f:
            text = f.read()
        takes_words = "sys.argv" in text or "argparse" in text
        return not takes_words and re.search(r"\n    (unittest\.)?main\([^)]*\)\n$", text) is not None

    @staticmethod
    def end(child):
        """Its whole group, servers that a failed test left behind as well."""
        try:
            os.killpg(child.pid, signal.SIGKILL)
        except ProcessLookupError:
            pass
        child.wait()

    def longest(self, name):
        return self.patience + 5 * self.seconds[name]

    def end_all(self):
        for child in list(self.running):
            self.end(child)

    def fixtures(self):
        return [n for n, (_, p) in self.tests.items() if "FIXTURES_SETUP" in p]

    def key(self, name):
        """What a test is made of, the mutants of the program and of its own included."""
        words, properties = self.tests[name]
        files = {w for w in words if os.path.isfile(w)}
        files |= {v for v in (p.split("=", 1)[1] for p in properties.get("ENVIRONMENT", [])) if os.path.isfile(v)}
        if any(w.endswith(".py") for w in words):
            files |= {os.path.join(self.tree, p) for p in files_of(self.tree)
                      if p.startswith("tests/") and p.endswith(".py") and not p.startswith("tests/mutants/")}
        for library in ("verifier/libveridac.so.0", "dcl/libveridac-dcl.so.0"):
            files |= {p for p in (os.path.join(self.build, library),) if os.path.isfile(p)}
        digest = hashlib.sha256(name.encode())
        for path in sorted(files):
            with open(path, "rb") as f:
                digest.update(hashlib.sha256(f.read()).digest())
        return digest.hexdigest()

    def measure(self, name, count):
        """One run without a mutant, unless it is known: how long, which numbers it reaches."""
        kept = os.path.join(self.work, "measured." + name)
        key = self.key(name)
        try:
            with open(kept, encoding="utf-8") as f:
                was, self.seconds[name], numbers = json.load(f)
            if was == key and name not in self.fixtures():
                self.reached[name] = set(numbers)
                return
        except FileNotFoundError:
            pass
        self.measure_now(name, count)
        with open(kept, "w", encoding="utf-8") as f:
            json.dump([key, self.seconds[name], sorted(self.reached[name])], f)

    def measure_now(self, name, count):
        path = os.path.join(self.work, "reached." + name)
        with open(path, "wb") as f:
            f.write(bytes(count + 1))
        os.chmod(path, 0o666)  # a server may be of another user
        started = time.monotonic()
        told = self.run(name, 0, 900, path)
        if told in ("failed", "too long"):
            told = self.run(name, 0, 900, path)
        self.seconds[name] = time.monotonic() - started
        with open(path, "rb") as f:
            self.reached[name] = {n for n, octet in enumerate(f.read()) if octet}
        os.unlink(path)
        if told == "skipped":
            self.reached[name] = set()
        elif told != "passed":
            raise Broken(f"{name} does not pass without a mutant: {self.work}/log.{name}.0")

    def who_reaches(self, number):
        return sorted((n for n, numbers in self.reached.items() if number in numbers),
                      key=lambda n: self.seconds[n])


def texts_with(root, chosen):
    """{file: its text with the mutants in it}; chosen is a list, a site's number is its place there + 1."""
    by_file = {}
    for number, site in enumerate(chosen, 1):
        by_file.setdefault(site.path, []).append((number, site))
    texts = {}
    for path, numbered in by_file.items():
        with open(os.path.join(root, path), encoding="utf-8") as f:
            texts[path] = sites.mutate(f.read(), numbered)
    return texts
