# SPDX-License-Identifier: Apache-2.0
"""_api.py - the handles: trust stores, policies, snapshots, verifiers."""
from __future__ import annotations

import array
import enum
import os
from collections.abc import Iterable, Iterator, Sequence
from types import TracebackType
from typing import TYPE_CHECKING

from . import _veridac
from ._types import (STATUSES, Answer, Device, Finding, Network, Preset, Reason, Result,
                     Revocation, SnapshotInfo, Statuses, TrustInfo, TrustReport, Verdict)

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer
    from typing_extensions import Self

_veridac._statuses(STATUSES)


class Meant(enum.IntEnum):
    """Which certificate is meant when a text holds several."""

    FIRST = 0
    DAC = 1  #: the first that is no CA; without one the first
    PAI = 2  #: the first CA that is not self-issued; without one the second


class Feature(enum.IntFlag):
    """What the library can do with the libcrypto that it runs on."""

    ED25519 = 1  #: heads and lists that are signed with Ed25519 can be checked


def features() -> Feature:
    """All that this library can do."""
    return Feature(_veridac.features())


def unwrap(data: ReadableBuffer, meant: Meant = Meant.FIRST) -> bytes:
    """The binary data inside PEM, hex, base64 or the lines of a commissioner's log.

    Anything else is returned as it is. At most 64 MiB (TooLargeError).
    """
    return _veridac.unwrap(data, int(meant))


def show(data: ReadableBuffer, *, json: bool = False, check: bool = False) -> str:
    """Describes a certificate, CRL, declaration, elements, head or bundle completely and readably.

    `check` reads every code of a bundle. DataError when it is none of them.
    """
    return _veridac.show(data, (1 if json else 0) | (2 if check else 0))


class _Closing:
    """with ... as x: closes x at the end."""

    __slots__ = ()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None,
                 trace: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        raise NotImplementedError


def _age(seconds: int | None) -> int:
    """For the C library, to which 0 means its default."""
    if seconds is None:
        return 0
    if seconds <= 0:
        raise ValueError("an age is more than 0 seconds; None is the default")
    return seconds


class Policy(_veridac.Policy):
    """How findings become a verdict. Does not change after it was made; nothing has a default but
    what makes a verdict stricter.

    accept_unknown lists reasons that are accepted and reported. max_crl_age_s is counted from when a
    CRL was last confirmed current (None: seven days). With max_head_age_s the age of a snapshot's
    head counts in place of its own expiry (None). An age of 0 or less is a ValueError. sdk_compat
    judges the DAC's validity by `at` too.
    """

    __slots__ = ("accept_unknown", "max_crl_age_s", "max_head_age_s", "network", "preset",
                 "sdk_compat")

    def __new__(cls, preset: Preset, network: Network, *, accept_unknown: Iterable[Reason] = (),
                sdk_compat: bool = False, max_crl_age_s: int | None = None,
                max_head_age_s: int | None = None) -> Self:
        reasons = frozenset(Reason(r) for r in accept_unknown)
        self = super().__new__(cls, Preset(preset), Network(network), sum(1 << r for r in reasons),
                               sdk_compat, _age(max_crl_age_s), _age(max_head_age_s))
        for name, value in (("preset", Preset(preset)), ("network", Network(network)),
                            ("accept_unknown", reasons), ("sdk_compat", bool(sdk_compat)),
                            ("max_crl_age_s", max_crl_age_s), ("max_head_age_s", max_head_age_s)):
            object.__setattr__(self, name, value)
        return self

    preset: Preset
    network: Network
    accept_unknown: frozenset[Reason]
    sdk_compat: bool
    max_crl_age_s: int | None
    max_head_age_s: int | None

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError("a policy does not change: make a new one")

    def __repr__(self) -> str:
        return "Policy(%s)" % ", ".join("%s=%r" % (n, getattr(self, n)) for n in self.__slots__)


class Trust(_Closing, _veridac.Trust):
    """PAAs, and the keys that sign Certification Declarations.

    Whatever is said of its network, a certificate of the SDK's test roots, of the vendor ids FFF1 to
    FFF4 and the test declaration key is of the test network, and the CSA declaration root is never a
    PAA. Once a Verifier uses the store nothing can be added (ValueError).
    """

    __slots__ = ()

    def add_paa(self, data: ReadableBuffer, network: Network, *, withdrawn: bool = False,
                as_of: int | None = None) -> TrustReport:
        """Adds PAA certificates: DER, or PEM with any number of blocks (Matter 6.2.2.5).

        withdrawn ones are never trusted, and kept so that a finding can say so. as_of is when the
        list was current. DataError when none was accepted.
        """
        return TrustReport(*self._add_paa(data, Network(network), withdrawn, as_of or 0))

    def add_cd_signer(self, data: ReadableBuffer, network: Network) -> TrustReport:
        """Adds certificates whose keys may sign declarations; for Network.MAIN only those count that
        chain to the CSA root (Matter 6.3.1). DataError when none was accepted."""
        return TrustReport(*self._add_cd_signer(data, Network(network), False, 0))

    def info(self) -> TrustInfo:
        main, test, signers, withdrawn, as_of = self._look()
        return TrustInfo(main, test, signers, withdrawn, as_of or None)

    def close(self) -> None:
        """Frees the store, after calls that still run; twice does nothing."""
        _veridac.Trust.close(self)


def _answer(raw: tuple[int, int, str, int, int, int]) -> Answer:
    status, reason, source, this_update, next_update, last_ok = raw
    return Answer(Revocation(status), Reason(reason) if status == Revocation.UNKNOWN else None,
                  source, this_update or None, next_update or None, last_ok or None)


class Snapshot(_Closing, _veridac.Snapshot):
    """A bundle of revocations, with or without its signed head. Never changes; share it freely.

    data: the bundle, copied. head and root (root document, VDH1): the signed head that names it; both or
    neither. parts: at most 4 that the head names: names, provenance, compliance records, rules. Rules
    that it names must be among them (DataError). label: how answers call this snapshot. All of it is
    checked: DataError, SignatureError.
    """

    __slots__ = ()

    def __new__(cls, data: ReadableBuffer, *, head: ReadableBuffer | None = None,
                root: ReadableBuffer | None = None, parts: Iterable[ReadableBuffer] = (),
                label: str = "") -> Self:
        return super().__new__(cls, data, None, head, root, label, tuple(parts))

    @classmethod
    def from_file(cls, path: str | bytes | os.PathLike[str], *, head: ReadableBuffer | None = None,
                  root: ReadableBuffer | None = None, parts: Iterable[ReadableBuffer] = (),
                  label: str | None = None) -> Self:
        """The same out of a file, which is mapped when only its owner or root can change it.

        InputOutputError when it cannot be read. The label is the path unless one is given.
        """
        name = os.fspath(path)
        text = os.fsdecode(name).encode(errors="replace").decode(errors="replace")
        return _veridac.Snapshot.__new__(cls, None, os.fsencode(name), head, root,
                                         text if label is None else label, tuple(parts))

    def lookup(self, issuer_name: ReadableBuffer, key_id: ReadableBuffer, serial: ReadableBuffer,
               *, policy: Policy, at: int) -> Answer:
        """Revocation of one certificate, with its source and the times of its CRLs.

        issuer_name: Name in DER. key_id: authority key id, 20 bytes. serial: the content octets of
        the INTEGER; leading zeros do not matter. OtherNetworkError when the policy is of another
        network. `check` gives the status alone, and sooner.
        """
        return _answer(self._lookup(issuer_name, key_id, serial, policy, at))

    def check_many(self, issuer_name: ReadableBuffer, key_id: ReadableBuffer,
                   serials: Sequence[bytes], *, policy: Policy, at: int) -> Statuses:
        """The same for many serials of one issuer, none of them empty (ValueError)."""
        ends = array.array("I")
        end = 0
        for serial in serials:
            end += len(serial)
            ends.append(end)
        return Statuses(self._check_block(issuer_name, key_id, b"".join(serials), policy, at, ends,
                                          len(ends)))

    def check_block(self, issuer_name: ReadableBuffer, key_id: ReadableBuffer,
                    serials: ReadableBuffer, width: int, *, policy: Policy, at: int) -> Statuses:
        """The same for serials of one width, back to back, padded with zeros in front."""
        size = memoryview(serials).nbytes
        if width < 1 or size % width:
            raise ValueError("the block does not come out even")
        return Statuses(self._check_block(issuer_name, key_id, serials, policy, at, None,
                                          size // width))

    def info(self) -> SnapshotInfo:
        raw = self._look()
        return SnapshotInfo(Network(raw[0]), *raw[1:])

    def close(self) -> None:
        """Frees the snapshot, after calls that still run; twice does nothing."""
        _veridac.Snapshot.close(self)


class Verifier(_veridac.Verifier):
    """Judges devices: a trust store, snapshots and a policy that do not change.

    Several snapshots add up: revoked in one is revoked. Without any the revocation status is
    UNKNOWN(NO_DATA). Remembers signatures that verified, and nothing else.
    """

    __slots__ = ()

    def __new__(cls, trust: Trust, snapshots: Iterable[Snapshot], policy: Policy) -> Self:
        return super().__new__(cls, trust, tuple(snapshots), policy)

    def verify(self, device: Device, *, at: int) -> Result:
        """Judges one device at time `at` (Matter 6.2.3.1): all findings, not only the first.

        About as long as four ECDSA verifications, without the GIL. OtherNetworkError when a snapshot
        is of another network than the policy; ValueError when trust or a snapshot was closed.
        """
        d = device
        verdict, enforced, findings, dac, pai, raw = self._verify(
            d.dac, d.pai, d.elements, d.signature, d.challenge, d.nonce, d.nocsr,
            d.nocsr_signature, d.csr_nonce, d.vid, d.pid, d.software_version, at)
        return Result(Verdict(verdict), enforced, at, tuple(Finding(*f) for f in findings),
                      _answer(dac), _answer(pai), raw)

    def verify_each(self, devices: Iterable[Device], *, at: int) -> Iterator[Result]:
        """One result after the other, for fleets of any size."""
        return (self.verify(device, at=at) for device in devices)
