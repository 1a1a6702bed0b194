#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""readme.py - runs the commands of README.md, so that they stay true.

    readme.py README --bin FOLDER... [--env NAME=VALUE...] [--ledger SCRIPT --pki PROGRAM]
    readme.py --canary

Every ```sh and ```c block must say, in a comment on the line above it, what becomes of it:

    <!-- run -->                  part of one session of /bin/sh -eu in an empty folder, in order
    <!-- file NAME -->            written to NAME in that folder before the session
    <!-- in .ci/run -->           each command stands in .ci/run (-y apart)
    <!-- not run: REASON -->      left alone

The session has FOLDER... first on its PATH. With --ledger the test ledger runs beside it, its
address in $LEDGER and its world in world/.
"""
import argparse
import json
import os
import re
import signal
import subprocess
import sys
import tempfile

sys.dont_write_bytecode = True

FENCE = re.compile(r"^```(\w*)$")
MARK = re.compile(r"^<!-- (run|file (\S+)|in \.ci/run|not run: .+) -->$")
SESSION_SECONDS = 120


class Broken(Exception):
    """The README does not keep what it says."""


def blocks(text):
    """[(line number, language, mark or None, content)] of the fenced blocks."""
    found, lines, i = [], text.splitlines(), 0
    while i < len(lines):
        fence = FENCE.match(lines[i])
        if not fence:
            i += 1
            continue
        end = next((k for k in range(i + 1, len(lines)) if lines[k] == "```"), None)
        if end is None:
            raise Broken("line %d: the block does not end" % (i + 1))
        found.append((i + 1, fence.group(1), MARK.match(lines[i - 1]) if i else None,
                      "\n".join(lines[i + 1:end]) + "\n"))
        i = end + 1
    return found


def sort_blocks(text, ci):
    """-> ({file name: content}, shell script). Raises Broken for a block without a good mark."""
    files, script = {}, ""
    for line, language, mark, content in blocks(text):
        if mark is None:
            if language in ("sh", "c"):
                raise Broken("line %d: the block does not say whether it is run" % line)
        elif mark.group(1) == "run":
            script += "# README line %d\n%s" % (line, content)
        elif mark.group(2):
            files[mark.group(2)] = content
        elif mark.group(1) == "in .ci/run":
            for command in content.splitlines():
                command = command.split("#")[0].strip()
                if command and command not in [c.replace(" -y", "").strip()
                                               for c in ci.splitlines()]:
                    raise Broken("line %d: .ci/run does not run: %s" % (line, command))
    if not script:
        raise Broken("no block is run")
    return files, script


def run_session(folder, script, environment):
    # a file, not a pipe: what the session leaves in the background keeps its output open
    with tempfile.TemporaryFile() as output:
        session = subprocess.Popen(["/bin/sh", "-eux", "-c", script], cwd=folder, env=environment,
                                   stdin=subprocess.DEVNULL, stdout=output,
                                   stderr=subprocess.STDOUT, start_new_session=True)
        try:
            ended = "ended with %d" % session.wait(timeout=SESSION_SECONDS)
        except subprocess.TimeoutExpired:
            ended = "took more than %d s" % SESSION_SECONDS
        stop_group(session.pid)
        if session.wait() != 0:
            output.seek(0)
            raise Broken("the session %s:\n%s" % (ended, output.read().decode(errors="replace")))


def stop_group(pid):
    """Whatever the session left running in the background."""
    try:
        os.killpg(pid, signal.SIGKILL)
    except ProcessLookupError:
        pass


def start_ledger(options, folder):
    ledger = subprocess.Popen([options.ledger, "--world", os.path.join(folder, "world"),
                               "--pki", options.pki], stdin=subprocess.PIPE,
                              stdout=subprocess.PIPE)
    return ledger, json.loads(ledger.stdout.readline())["url"]


def check(options):
    root = os.path.dirname(os.path.abspath(options.readme))
    with open(options.readme, encoding="utf-8") as file:
        text = file.read()
    with open(os.path.join(root, ".ci", "run"), encoding="utf-8") as file:
        files, script = sort_blocks(text, file.read())
    ledger = None
    with tempfile.TemporaryDirectory(prefix="veridac-readme.") as folder:
        environment = {"PATH": ":".join(options.bin + ["/usr/bin", "/bin"]), "HOME": folder,
                       "LC_ALL": "C.UTF-8"}
        environment.update(pair.split("=", 1) for pair in options.env)
        for name, content in files.items():
            with open(os.path.join(folder, name), "w", encoding="utf-8") as file:
                file.write(content)
        try:
            if options.ledger:
                ledger, environment["LEDGER"] = start_ledger(options, folder)
            run_session(folder, script, environment)
        finally:
            if ledger:
                ledger.communicate(timeout=10)


def canary():
    """Blocks that must be refused, and one README that must pass."""
    with tempfile.TemporaryDirectory(prefix="veridac-readme.") as folder:
        os.mkdir(os.path.join(folder, ".ci"))
        with open(os.path.join(folder, ".ci", "run"), "w") as file:
            file.write("sh scripts/test.sh -y\n")
        good = "<!-- file a.txt -->\n```c\nint x;\n```\n<!-- run -->\n```sh\ngrep -q x a.txt\n```\n"
        rows = [
            (good, ""),
            (good + "<!-- in .ci/run -->\n```sh\nsh scripts/test.sh   # all\n```\n", ""),
            (good + "<!-- not run: needs the network -->\n```sh\nfalse\n```\n", ""),
            (good + "```\na diagram\n```\n", ""),
            (good + "```sh\ntrue\n```\n", "does not say whether it is run"),
            (good + "<!-- not run: -->\n```sh\ntrue\n```\n", "does not say whether it is run"),
            (good + "```c\nint y;\n```\n", "does not say whether it is run"),
            (good + "<!-- in .ci/run -->\n```sh\nsh scripts/demo.sh\n```\n", ".ci/run does not run"),
            (good + "<!-- run -->\n```sh\nfalse\n```\n", "the session ended with 1"),
            (good + "<!-- run -->\n```sh\nno-such-program\n```\n", "the session ended with 127"),
            (good + "<!-- run -->\n```sh\nfalse | cat\nnone=$nothing\n```\n", "the session ended"),
            (good + "<!-- run -->\n```sh\nsleep 1000 &\n```\n", ""),
            (good + "<!-- run -->\n```sh\ntrue\n", "does not end"),
            ("nothing\n", "no block is run"),
        ]
        failed = 0
        for text, wanted in rows:
            readme = os.path.join(folder, "README.md")
            with open(readme, "w") as file:
                file.write(text)
            said = ""
            try:
                check(argparse.Namespace(readme=readme, bin=[], env=[], ledger=None, pki=None))
            except Broken as broken:
                said = str(broken)
            if not (wanted and wanted in said or wanted == said):
                print("canary: wanted %r, got %r, for:\n%s" % (wanted, said, text))
                failed = 1
        return failed


def main():
    if sys.argv[1:] == ["--canary"]:
        return canary()
    parser = argparse.ArgumentParser()
    parser.add_argument("readme")
    parser.add_argument("--bin", action="append", default=[])
    parser.add_argument("--env", action="append", default=[])
    parser.add_argument("--ledger")
    parser.add_argument("--pki")
    options = parser.parse_args()
    try:
        check(options)
    except Broken as broken:
        print("%s: %s" % (options.readme, broken))
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
