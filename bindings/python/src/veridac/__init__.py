# SPDX-License-Identifier: Apache-2.0
"""veridac: is this Matter device genuine, and has its certificate been revoked?

    import time, veridac

    trust = veridac.Trust()
    trust.add_paa(open("paa.der", "rb").read(), veridac.Network.MAIN)
    trust.add_cd_signer(open("signer.der", "rb").read(), veridac.Network.MAIN)
    policy = veridac.Policy(veridac.Preset.STANDARD, veridac.Network.MAIN)
    with veridac.Snapshot.from_file("snapshot") as snapshot:
        verifier = veridac.Verifier(trust, [snapshot], policy)
        result = verifier.verify(veridac.Device(dac=dac, pai=pai), at=int(time.time()))
        print(result.verdict, *result.findings, sep="\\n")

What is found is a value: a revoked device raises nothing. Exceptions (below VeridacError) say that the
library could not do its work, or was called with something that cannot be.

Byte strings are any objects with the buffer protocol: bytes, bytearray, memoryview, mmap. Times are
whole seconds since 1970-01-01T00:00:00Z and always given by the caller. Objects may be used from any
number of threads; what is closed during a call goes away after it.
"""
from ._types import (Answer, Device, Finding, Network, Preset, Reason, Result, Revocation,
                     SnapshotInfo, Status, Statuses, TrustInfo, TrustReport, Verdict)
from ._api import Feature, Meant, Policy, Snapshot, Trust, Verifier, features, show, unwrap
from ._network import Cancel, PullReport, Store, Sync, SyncReport
from ._veridac import (DataError, InputOutputError, InternalError, MisuseError, OtherNetworkError,
                       SignatureError, StoppedError, TooLargeError, VeridacError, version)

__all__ = [
    "Answer", "Cancel", "DataError", "Device", "Feature", "Finding", "InputOutputError", "InternalError", "Meant",
    "MisuseError", "Network", "OtherNetworkError", "Policy", "Preset", "PullReport", "Reason", "Result",
    "Revocation", "SignatureError", "Snapshot", "SnapshotInfo", "Status", "Statuses",
    "StoppedError", "Store", "Sync", "SyncReport", "TooLargeError", "Trust", "TrustInfo",
    "TrustReport", "Verdict", "VeridacError", "Verifier", "features", "show", "unwrap", "version",
]
__version__ = version()
