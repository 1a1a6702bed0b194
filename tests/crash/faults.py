# SPDX-License-Identifier: Apache-2.0
"""Runs a command under strace and makes one of its writing system calls fail, or the last.

calls() lists what a command writes; fault() runs it again with one fault. Nothing here knows what the
command is for."""
import collections
import os
import re
import shutil
import subprocess
import tempfile

# Everything by which a process changes a file system. A socket is written with other calls.
WRITING = ("write pwrite64 writev pwritev pwritev2 open openat openat2 creat rename renameat renameat2 "
           "unlink unlinkat rmdir link linkat symlink symlinkat mkdir mkdirat mknod mknodat fsync "
           "fdatasync sync syncfs sync_file_range ftruncate truncate fallocate chmod fchmod fchmodat "
           "chown fchown fchownat utimensat copy_file_range sendfile splice msync").split()
OPENING = ("open", "openat", "openat2")
MAKING = re.compile(r"O_(CREAT|TRUNC|TMPFILE)")
PUTTING = ("write", "pwrite64", "writev", "pwritev", "pwritev2")
SYNCING = ("fsync", "fdatasync", "syncfs", "sync_file_range", "msync")

# name: which calls it strikes, and what strace is told to do with them
MODES = {
    "kill": (lambda c: True, "signal=KILL:when={n}"),
    "EIO": (lambda c: True, "error=EIO:when={n}"),
    "ENOSPC": (lambda c: c.name not in ("unlink", "unlinkat", "rmdir"), "error=ENOSPC:when={n}"),
    "EINTR": (lambda c: c.name in PUTTING, "error=EINTR:when={n}"),
    # what no kernel should say; not to stdio, whose loop is libc's
    "nothing-written": (lambda c: c.name in PUTTING and not c.standard, "retval=0:when={n}..{last}"),
    "syncs-fail": (lambda c: c.name in SYNCING, "error=EIO:when={n}+"),
    # writes that take a few bytes at a time: a library in front of libc, n is its seed
    "short": None,
}
SHORT = os.environ.get("VERIDAC_SHORT_WRITES")
MANY = 50  # times that a write may take nothing before it counts as endless


class Call(collections.namedtuple("Call", "name n line")):
    """The n-th call of that name, as strace counts, and how it was called."""

    @property
    def standard(self):
        return self.line.startswith(self.name + "(1<") or self.line.startswith(self.name + "(2<")


Fault = collections.namedtuple("Fault", "mode call")
Outcome = collections.namedtuple("Outcome", "code out err reached hung")

_LINE = re.compile(r"^(\d+) +([a-z0-9_]+)\((.*)$")


def why_not():
    """Why faults cannot be injected here; None when they can."""
    if shutil.which("strace") is None:
        return "strace is not installed"
    probe = subprocess.run(["strace", "-o", "/dev/null", "-e", "inject=fsync:error=EIO", "true"],
                           stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, check=False)
    return None if probe.returncode == 0 else "strace: " + probe.stderr.decode().strip()


def _strace(argv, more, log, timeout, env):
    # seccomp is fast, and signals are not injected under it
    fast = [] if any("signal=" in word for word in more) else ["--seccomp-bpf"]
    command = ["strace", "-f", *fast, "-qq", "-y", "-s", "16", "-o", log, "-e",
               "trace=%s" % ",".join("?" + name for name in WRITING), *more, *map(str, argv)]
    env = dict(os.environ, **env)
    # the leak checker cannot run under a tracer; the ordinary tests have it
    env["ASAN_OPTIONS"] = env.get("ASAN_OPTIONS", "") + ":detect_leaks=0:verify_asan_link_order=0"
    p = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                         stderr=subprocess.PIPE, env=env, start_new_session=True)
    try:
        out, err = p.communicate(timeout=timeout)
        hung = False
    except subprocess.TimeoutExpired:
        os.killpg(p.pid, 9)  # its own session: the tracer and what it traces
        out, err = p.communicate()
        hung = True
    with open(log, encoding="utf-8", errors="replace") as f:
        lines = f.read().splitlines()
    return p.returncode, out.decode(errors="replace"), err.decode(errors="replace"), hung, lines


def _parse(lines):
    """(name, n, rest) for each call of the main thread, counted as strace counts."""
    counts, main = collections.Counter(), None
    for line in lines:
        m = _LINE.match(line)
        if m is None:
            continue
        pid, name, rest = m.groups()
        main = main or pid
        if pid == main:
            counts[name] += 1
            yield name, counts[name], rest


def calls(argv, timeout=120):
    """The writing calls of the command in their order, and its outcome without any fault."""
    with tempfile.NamedTemporaryFile(prefix="veridac-strace-") as log:
        code, out, err, hung, lines = _strace(argv, [], log.name, timeout, {})
    found = [Call(name, n, "%s(%s" % (name, rest)) for name, n, rest in _parse(lines)
             if name not in OPENING or MAKING.search(rest)]
    return found, Outcome(code, out, err, True, hung)


def faults_of(found, modes=tuple(MODES)):
    faults = [Fault(mode, call) for mode in modes if mode != "short" for call in found
              if MODES[mode][0](call)]
    if "short" in modes and SHORT is not None:
        faults += [Fault("short", Call("write", seed, "seed")) for seed in range(1, 9)]
    return faults


def fault(argv, f, timeout=120):
    """Runs the command with one fault."""
    env, more = {}, []
    if f.mode == "short":
        env = {"LD_PRELOAD": SHORT, "SHORT_WRITES_SEED": str(f.call.n)}
    else:
        tell = MODES[f.mode][1].format(n=f.call.n, last=f.call.n + MANY)
        more = ["-e", "inject=%s:%s" % (f.call.name, tell)]
    with tempfile.NamedTemporaryFile(prefix="veridac-strace-") as log:
        code, out, err, hung, lines = _strace(argv, more, log.name, timeout, env)
    struck = [name + rest[:2] for name, _, rest in _parse(lines) if "(INJECTED)" in rest]
    reached = f.mode == "short" or len(struck) > 0 or code == -9 and not hung
    again = f.mode == "nothing-written" and \
        sum(not s.endswith(("1<", "2<")) for s in struck) > MANY // 2
    return Outcome(code, out, err, reached, hung or again)
