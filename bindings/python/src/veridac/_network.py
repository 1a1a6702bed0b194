# SPDX-License-Identifier: Apache-2.0
"""_network.py - the calls that use the network and the disk: stores that are pulled, evidence."""
from __future__ import annotations

import importlib
import json
import math
import os
import random
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any, Protocol

from ._api import Snapshot, Trust
from ._types import Network

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer

    StrPath = str | bytes | os.PathLike[str]


class Cancel(Protocol):
    """What can be asked whether to stop: a threading.Event, for example."""

    def is_set(self) -> bool: ...


def _require() -> None:
    """Loads the extension with the HTTP client, and not before it is needed."""
    try:
        importlib.import_module("veridac._dcl")
    except ImportError as error:
        raise NotImplementedError("this build of veridac has no network calls: it needs an "
                                  "installed libveridac-dcl") from error


def _texts(values: str | Iterable[str]) -> tuple[bytes, ...]:
    return tuple(value.encode() for value in ([values] if isinstance(values, str) else values))


def _stop(timeout: float | None, cancel: Cancel | None) -> Callable[[], bool] | None:
    """What C asks some ten times a second; the deadline is exact to a tenth of a second."""
    if timeout is None:
        return None if cancel is None else cancel.is_set
    if not timeout >= 0:
        raise ValueError("a timeout that is not a number of seconds")
    end = time.monotonic() + timeout
    return lambda: time.monotonic() >= end or (cancel is not None and cancel.is_set())


def _seconds(timeout: float | None) -> int:
    """For the C library, which counts whole seconds: never less than what was asked for."""
    if timeout is not None and not timeout >= 0:
        raise ValueError("a timeout that is not a number of seconds")
    return 0 if timeout is None else min(math.ceil(timeout) + 1, 1 << 40)


def _moment(text: str) -> int:
    return int(datetime.fromisoformat(text.replace("Z", "+00:00")).timestamp())


@dataclass(frozen=True, slots=True)
class PullReport:
    """What a pull did."""

    changed: bool      #: there is a new snapshot
    asked: bool        #: False: it was not due yet, and nobody was asked
    source: str        #: the mirror
    sequence: int      #: of the head that is installed
    kind: str          #: "hub" or "full"
    sha256: str        #: of the bundle
    expires: int       #: of the head, seconds
    next_poll: int     #: before that nothing new is to be expected
    bytes: int         #: that came
    json: str = field(repr=False)  #: the whole report


@dataclass(frozen=True, slots=True)
class SyncReport:
    """What a sync did; its JSON tells each node, point and CRL."""

    json: str = field(repr=False)

    def data(self) -> dict[str, Any]:
        report: dict[str, Any] = json.loads(self.json)
        return report


class Store:
    """A folder with the snapshot that was pulled last, and how to get the next one.

    The snapshot in it is whole at any time, also when a pull fails, is killed or stopped. One process
    pulls at a time (InputOutputError for the second); readers are never in the way.
    """

    __slots__ = ("path",)

    def __init__(self, path: StrPath) -> None:
        self.path = os.fsencode(path)

    def pull(self, urls: str | Iterable[str], *, at: int, root: ReadableBuffer | None = None,
             kind: str | None = None, if_due: bool = False, timeout: float | None = None,
             object_timeout: float | None = None, max_bytes: int = 0,
             cancel: Cancel | None = None,
             progress: Callable[[int, int], object] | None = None) -> PullReport:
        """Gets what is new from the first mirror that has something good to give; without the GIL.

        root: the root document (VDH1) to begin with; not needed once the store has one. kind: "hub"
        or "full"; None takes full while it has at most 1 MiB. timeout: seconds for everything.
        cancel: ends the call within a tenth of a second once it is set; so does an interrupt from the
        keyboard. progress: gets (done, total) octets of each file.

        StoppedError for timeout and cancel; SignatureError, DataError and InputOutputError begin with
        the mirror and the reason (docs/publishing.md). The installed snapshot stays in all cases.
        """
        kinds = {None: 0, "hub": 1, "full": 2}
        if kind not in kinds:
            raise ValueError("a kind is 'hub', 'full' or None")
        if not 0 <= max_bytes < 1 << 63:
            raise ValueError("a number of bytes that cannot be")
        if progress is not None and not callable(progress):
            raise TypeError("progress is a function of two numbers")
        _require()
        from . import _dcl  # pylint: disable=import-outside-toplevel
        # a copy of the root: what is checked must not change
        given = None if root is None else bytes(memoryview(root))
        text = _dcl.pull(_texts(urls), self.path, given, at, kinds[kind], if_due,
                         _seconds(object_timeout), _seconds(timeout), max_bytes,
                         random.getrandbits(64), _stop(timeout, cancel), progress)
        report = json.loads(text)
        return PullReport(report["changed"], report["asked"], report["from"], report["sequence"],
                          report["kind"], report["bundle"], _moment(report["expires"]),
                          _moment(report["next_poll"]), report["bytes"], text)

    def snapshot(self) -> Snapshot:
        """The snapshot that was pulled last, checked anew. No network. Close it."""
        _require()
        from . import _dcl  # pylint: disable=import-outside-toplevel
        return Snapshot._adopt(_dcl.store_open(self.path))

    def trust(self) -> Trust:
        """The PAAs and declaration signers of the store's signed list. Close it."""
        _require()
        from . import _dcl  # pylint: disable=import-outside-toplevel
        return Trust._adopt(_dcl.store_trust(self.path))

    def report(self, *, check: bool = False) -> dict[str, Any]:
        """What is installed and what was before; `check` reads and hashes every file."""
        _require()
        from . import _dcl  # pylint: disable=import-outside-toplevel
        report: dict[str, Any] = json.loads(_dcl.store_report(self.path, check))
        return report


class Sync:
    """Evidence from the ledger: lists of nodes, and the CRLs that they name, in a folder."""

    __slots__ = ("accept", "allow_private", "ca_file", "network", "nodes", "state")

    def __init__(self, nodes: str | Iterable[str], state: StrPath, network: Network, *,
                 accept: Iterable[str] = (), allow_private: bool = False,
                 ca_file: StrPath | None = None) -> None:
        """nodes: REST bases, https, or http on loopback; at most 16. accept: SHA-256 (hex) of anchors
        that are accepted from now on. allow_private: CRL hosts may have private addresses. ca_file:
        authorities of TLS servers in place of the system's, PEM."""
        self.nodes = _texts(nodes)
        self.state = os.fsencode(state)
        self.network = Network(network)
        self.accept = _texts(accept)
        self.allow_private = bool(allow_private)
        self.ca_file = None if ca_file is None else os.fsencode(ca_file)

    def run(self, *, at: int, dry_run: bool = False, offline: bool = False,
            timeout: float | None = None, object_timeout: float | None = None,
            cancel: Cancel | None = None) -> SyncReport:
        """One run, all of it or nothing; without the GIL.

        dry_run asks the nodes and writes nothing; offline reports on what is there. timeout, cancel:
        as in Store.pull (StoppedError). InputOutputError when no node can be used.
        """
        _require()
        from . import _dcl  # pylint: disable=import-outside-toplevel
        return SyncReport(_dcl.sync(
            self.nodes, self.state, self.network, at, self.accept, self.allow_private, dry_run,
            offline, _seconds(object_timeout), _seconds(timeout), self.ca_file,
            random.getrandbits(64), _stop(timeout, cancel)))
