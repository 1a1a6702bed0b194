# SPDX-License-Identifier: Apache-2.0
"""What a power cut would leave: reads the order of writes, syncs and renames in a trace.

A kill leaves what was written in the page cache; a power cut does not. So the order has to be right:
the bytes of a file are synced before it is renamed into place, and when a switch is renamed (the one
name that makes the new state the current one), every name that was made before is synced as well, in
its folder. The same at the end of a run that says it is done."""
import os
import re

from faults import OPENING, PUTTING, SYNCING

_FD = re.compile(r"^(?:AT_FDCWD|\d+)<([^>]*)>")
_RESULT = re.compile(r"\) += (-?\d+)(?:<([^>]*)>)?")
_STRINGS = re.compile(r'"((?:[^"\\]|\\.)*)"')


def _names(call):
    at = _FD.match(call.line.split("(", 1)[1])
    return [os.path.normpath(os.path.join(at.group(1) if at else ".", s))
            for s in _STRINGS.findall(call.line.rsplit(") = ", 1)[0])]


class _Disk:
    def __init__(self):
        self.files = set()  # with bytes that are not synced
        self.names = set()  # that stand in a folder which is not synced since

    def made(self, path):
        self.names.add(path)
        self.files.add(path)

    def moved(self, old, new):
        self.gone(old)
        self.names.add(new)

    def gone(self, path):
        self.files.discard(path)
        self.names.discard(path)

    def synced(self, path):
        self.files.discard(path)
        self.names = {name for name in self.names if os.path.dirname(name) != path}

    def open_ends(self, below):
        inside = below.rstrip("/") + "/"
        return sorted(p for p in self.files | self.names if p.startswith(inside))


def complaints(found, below, is_switch, passing=lambda path: path.endswith("/.lock")):
    """One line for each call that comes too early. `below`: the folder that has to survive."""
    disk, out = _Disk(), []
    for call in found:
        m = _RESULT.search(call.line)
        if m is None or int(m.group(1)) < 0:
            continue
        name, names = call.name, _names(call)
        if name in OPENING and m.group(2) and not passing(m.group(2)):
            disk.made(m.group(2))
        elif name in PUTTING or name in SYNCING:
            fd = _FD.match(call.line.split("(", 1)[1])
            if fd is not None and name in PUTTING:
                disk.files.add(fd.group(1))
            elif fd is not None:
                disk.synced(fd.group(1))
        elif name.startswith("mkdir"):
            disk.names.add(names[0])
        elif name in ("link", "linkat", "symlink", "symlinkat"):
            disk.names.add(names[-1])
        elif name.startswith("unlink"):
            disk.gone(names[0])
        elif name.startswith("rename"):
            old, new = names[:2]
            if old in disk.files and new.startswith(below):
                out.append("renamed before its bytes are synced: " + new)
            if is_switch(new):
                out += ["switch to %s before %s is synced" % (new, path)
                        for path in disk.open_ends(below) if path != old]
            disk.moved(old, new)
    return out + ["said done before %s is synced" % path for path in disk.open_ends(below)]
