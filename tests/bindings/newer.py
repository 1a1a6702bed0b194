# SPDX-License-Identifier: Apache-2.0
"""newer.py - interpreters and compilers that are here beside Debian's, and newer."""
import glob
import os
import re
import subprocess

PYTHONS = ("/usr/local/bin/python3.[0-9]*", "~/.pyenv/versions/3.*/bin/python3")
GOS = ("/usr/local/go/bin/go",)
SKIPPED = 77  # what ctest takes for it


def version_of(program, *args):
    """The first version that it names, as numbers; (0,) for none."""
    try:
        done = subprocess.run([program, *args], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, timeout=20, check=True, text=True,
                              env={"PATH": "/usr/bin:/bin", "GOTOOLCHAIN": "local", "HOME": "/nonexistent",
                                   "GOCACHE": "off"})
    except (OSError, subprocess.SubprocessError):
        return (0,)
    found = re.search(r"\d+(\.\d+)+", done.stdout)
    return tuple(int(n) for n in found[0].split(".")) if found else (0,)


def newest(given, patterns, ours, *args):
    """The newest of those that the variable `given` names, or that are found; None when Debian's `ours`
    is as new: 3.11.7 is no newer language than 3.11.2."""
    programs = os.environ[given].split() if given in os.environ else [
        path for pattern in patterns for path in glob.glob(os.path.expanduser(pattern))
        if not path.endswith("-config")]
    best = max(programs, key=lambda path: version_of(path, *args), default=ours)
    return best if version_of(best, *args)[:2] > version_of(ours, *args)[:2] else None
