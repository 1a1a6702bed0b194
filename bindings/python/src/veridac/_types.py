# SPDX-License-Identifier: Apache-2.0
"""_types.py - what goes in and what comes out: enumerations and frozen dataclasses."""
from __future__ import annotations

import enum
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, overload

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer

    from . import _veridac


class Network(enum.IntEnum):
    """Whose trust anchors and whose ledger. One verification is about one network."""

    MAIN = 1
    TEST = 2


class Preset(enum.IntEnum):
    """What an unknown revocation status leads to."""

    STRICT = 1      #: unknown rejects
    STANDARD = 2    #: unknown gives UNDETERMINED
    PERMISSIVE = 3  #: unknown is accepted and reported, except UNCONFIRMED
    AUDIT = 4       #: as STANDARD, and says that it is not enforced


class Verdict(enum.IntEnum):
    """Is the device genuine?"""

    UNDETERMINED = 0
    ACCEPT = 1
    REJECT = 2


class Revocation(enum.IntEnum):
    """Is the certificate revoked?"""

    UNKNOWN = 0
    GOOD = 1
    REVOKED = 2


class Reason(enum.IntEnum):
    """Why a revocation status is UNKNOWN."""

    NO_DATA = 0              #: no revocation source was given
    NOT_COVERED = 1          #: the issuer is not in the snapshot
    NOT_PUBLISHED = 2        #: the ledger has no revocation point for the issuer
    INVALID = 3              #: the issuer's CRL failed a check
    INCOMPLETE = 4           #: a partition or point is missing
    UNREACHABLE = 5          #: the issuer's CRL could not be fetched
    STALE = 6                #: the evidence is too old
    HELD = 7                 #: a guard keeps the last good data
    TOO_LARGE = 8            #: over a ceiling
    UNCONFIRMED = 9          #: a hit of a filter, and the exact tier is not here
    CLOCK = 10               #: the time asked for lies before the evidence
    ALGORITHM_UNSUPPORTED = 11  #: signed with an algorithm that this build cannot verify


@dataclass(frozen=True, slots=True)
class Status:
    """A short answer. There are as many of these objects as there are answers: compare with `is`."""

    revocation: Revocation
    reason: Reason | None = None  #: when UNKNOWN

    def __bool__(self) -> bool:
        raise TypeError("a revocation status is neither true nor false: compare .revocation")


@dataclass(frozen=True, slots=True)
class Answer:
    """Revocation of one certificate, with where it comes from."""

    revocation: Revocation
    reason: Reason | None     #: when UNKNOWN
    source: str               #: label of the snapshot that answered; "" for none
    this_update: int | None   #: of the issuer's CRLs, seconds
    next_update: int | None
    last_ok: int | None       #: when they were last confirmed current

    def __bool__(self) -> bool:
        raise TypeError("a revocation status is neither true nor false: compare .revocation")


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was found out about a device."""

    id: str            #: stable slug, e.g. "dac-key-usage"
    severity: str      #: "error", "incomplete", "unknown", "warning" or "note"
    clause: str        #: of the specification
    subject: str       #: "dac", "pai", ...
    text: str
    found: str
    wanted: str
    hint: str
    sdk_code: int      #: AttestationVerificationResult of the Matter SDK, or 0

    def __str__(self) -> str:
        return f"{self.severity} {self.id}: {self.text} (found {self.found or 'nothing'})"


@dataclass(frozen=True, slots=True)
class Device:
    """What a device sent and what the commissioner knows (Matter 6.2.3.1).

    Everything is optional. Whatever of the attestation is missing is a finding, and the verdict is
    then at most UNDETERMINED.
    """

    dac: ReadableBuffer | None = None         #: certificate, DER
    pai: ReadableBuffer | None = None         #: certificate, DER
    elements: ReadableBuffer | None = None    #: attestation elements, TLV, at most 900 bytes
    signature: ReadableBuffer | None = None   #: r || s, 64 bytes
    challenge: ReadableBuffer | None = None   #: 16 bytes of the session
    nonce: ReadableBuffer | None = None       #: 32 bytes that were sent
    vid: int | None = None                    #: Basic Information, 16 bits
    pid: int | None = None                    #: Basic Information, 16 bits
    software_version: int | None = None       #: Basic Information, 32 bits
    nocsr: ReadableBuffer | None = None             #: NOCSR elements of the same session
    nocsr_signature: ReadableBuffer | None = None   #: r || s, 64 bytes
    csr_nonce: ReadableBuffer | None = None         #: 32 bytes that were sent


@dataclass(frozen=True, slots=True)
class Result:
    """The verdict about one device, with all findings in a stable order."""

    verdict: Verdict
    enforced: bool                   #: False under Preset.AUDIT
    at: int                          #: the time that was judged
    findings: tuple[Finding, ...]
    dac: Answer
    pai: Answer
    _raw: _veridac.Result = field(repr=False, compare=False)

    def __bool__(self) -> bool:
        raise TypeError("a verdict is neither true nor false: compare .verdict")

    def json(self) -> str:
        """The object that docs/verify.schema.json describes."""
        return self._raw._text(2)

    def text(self, colour: bool = False) -> str:
        """The same for people; `colour` adds ANSI colours."""
        return self._raw._text(1 if colour else 0)


@dataclass(frozen=True, slots=True)
class SnapshotInfo:
    network: Network
    has_head: bool
    sequence: int        #: of the signed head
    created: int         #: of the signed head, seconds
    expires: int
    evidence_time: int   #: the newest evidence in the bundle
    n_issuers: int
    n_good: int          #: issuers of which GOOD can be said
    n_revoked: int
    sha256: str          #: of the bundle, lower-case hex


@dataclass(frozen=True, slots=True)
class TrustReport:
    accepted: int
    refused: int
    text: str            #: a line for each certificate that was refused or has a note


@dataclass(frozen=True, slots=True)
class TrustInfo:
    main_paas: int
    test_paas: int
    cd_signers: int
    withdrawn_paas: int
    as_of: int | None    #: the newest source of trusted PAAs; None: nobody said


STATUSES: tuple[Status, ...] = tuple(
    Status(Revocation(status), Reason(reason) if status == 0 and reason < len(Reason) else None)
    for status in Revocation for reason in range(16))


class Statuses(Sequence[Status]):
    """The answers of a batch, in the order of the questions."""

    __slots__ = ("raw",)

    def __init__(self, raw: bytes) -> None:
        #: two bytes an answer: Revocation, Reason
        self.raw = raw

    def __len__(self) -> int:
        return len(self.raw) // 2

    @overload
    def __getitem__(self, i: int) -> Status: ...
    @overload
    def __getitem__(self, i: slice) -> Sequence[Status]: ...
    def __getitem__(self, i: int | slice) -> Status | Sequence[Status]:
        if isinstance(i, slice):
            return [self[k] for k in range(*i.indices(len(self)))]
        k = range(len(self))[i]
        return STATUSES[self.raw[2 * k] * 16 + self.raw[2 * k + 1]]

    def __iter__(self) -> Iterator[Status]:
        return (STATUSES[a * 16 + b] for a, b in zip(self.raw[::2], self.raw[1::2]))

    def where(self, revocation: Revocation) -> list[int]:
        """The places of all answers of this kind."""
        return [i for i, status in enumerate(self.raw[::2]) if status == revocation]
