# SPDX-License-Identifier: Apache-2.0
"""Disks that are really full: a small tmpfs, a page or an inode more at each run.

Mounting needs a mount namespace of one's own: root, or a kernel that lets users have one. Whoever uses
this module calls own_namespace() first."""
import os
import shutil
import subprocess
import sys

import faults

PAGE = 4096
_MARK = "VERIDAC_OWN_MOUNTS"


def own_namespace():
    """Starts this program again in a mount namespace of its own when that is possible; nothing that is
    mounted there is seen outside, or stays. Returns why it is not possible, or None inside."""
    if os.environ.get(_MARK) == "1":
        return None
    for how in (["unshare", "-m"], ["unshare", "-rm"]):
        try:
            if subprocess.run([*how, "mount", "-t", "tmpfs", "none", "/mnt"], check=False,
                              stderr=subprocess.DEVNULL).returncode == 0:
                os.execvpe(how[0], [*how, sys.executable, *sys.argv], dict(os.environ, **{_MARK: "1"}))
        except FileNotFoundError:
            break
    return "mounting a tmpfs is not allowed here"


class SmallDisk:
    """The copy of a template on a tmpfs with so many free pages or inodes."""

    def __init__(self, campaign, pages=None, inodes=None):
        self.path = os.path.join(campaign.work, "disk")
        os.mkdir(self.path)
        _mount("-t", "tmpfs", "-o", "size=64m", "none", self.path)
        self.folder = os.path.join(self.path, "copy")
        shutil.copytree(campaign.template, self.folder, symlinks=True)
        used = os.statvfs(self.path)
        if pages is not None:
            self._set("size=%d" % ((used.f_blocks - used.f_bfree + pages) * used.f_frsize))
        if inodes is not None:
            self._set("nr_inodes=%d" % (used.f_files - used.f_ffree + inodes))

    def _set(self, option):
        _mount("-o", "remount," + option, self.path)

    def grow(self):
        self._set("size=64m,nr_inodes=100000")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        subprocess.run(["umount", "-l", self.path], check=True)
        os.rmdir(self.path)


def _mount(*options):
    subprocess.run(["mount", *options], check=True)


def sweep(campaign, say=print):
    """A page more, then an inode more, until the command succeeds twice. Returns (runs, complaints)."""
    runs, failed = 0, []
    for what in ("pages", "inodes"):
        successes = k = 0
        while successes < 2 and k < 400:
            code, said = _one(campaign, **{what: k})
            runs += 1
            successes += code == 0
            for complaint in said:
                failed.append("%s: %d free %s: %s" % (campaign.scene.name, k, what, complaint))
                say(failed[-1])
            k += 1
        if successes < 2:
            failed.append("%s: never enough %s" % (campaign.scene.name, what))
    return runs, failed


def _one(campaign, **limits):
    scene = campaign.scene
    with SmallDisk(campaign, **limits) as disk:
        _, o = faults.calls(scene.argv(disk.folder))
        said = ["does not end"] if o.hung else []
        if o.code not in (0, *scene.io_codes):
            said.append("exit code %d: %s" % (o.code, o.err.strip()[:200]))
        if o.code != 0 and not o.err.startswith(scene.speaks):
            said.append("no message: %r" % o.err[:200])
        said += campaign.state_after(disk.folder, o.code)
        disk.grow()
        return o.code, said + campaign.mended(disk.folder)
