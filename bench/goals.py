# SPDX-License-Identifier: Apache-2.0
"""goals.py - what is to be reached, by the rows that show it; and the programs that print those.

A row of GOALS is never left out of a table: what no program printed is printed as not measured.
"""
import collections

# what; the goal in words; the best peer known, as measured elsewhere and once; the ids of its rows
Goal = collections.namedtuple("Goal", "what goal peer ids")

GOALS = [
    Goal("commissioner vectors decided right", "all, each with the expected reason",
         "SDK 157 of 157 as a boolean, matter.js 120",
         ["vectors.commissioner"]),
    Goal("full attestation, nothing cached", "1.25 x four EVP_PKEY_verify, 1.10 x these and two key imports",
         "matter.js 0.65 ms, SDK 2.4 ms (10.5 ms with 114 PAAs)",
         ["attestation.cold", "attestation.cold.imports", "attestation.cold.paas"]),
    Goal("full attestation, PAI and declaration seen before", "1.25 x two EVP_PKEY_verify, own code never allocates",
         "nobody",
         ["attestation.warm", "attestation.warm.allocations"]),
    Goal("parse and profile-check one certificate", "3 us",
         "d2i_X509 97 us", ["certificate.read"]),
    Goal("revocation lookup, 1 M revoked, hashes included", "not listed 150 ns, listed or falsely hit 450 ns, cold 1.2 us, no heap",
         "matter.js 2 us, SDK 373 ms",
         ["lookup.other", "lookup.listed", "lookup.false", "lookup.cold.other", "lookup.cold.listed",
          "lookup.cold.false", "lookup.allocations"]),
    Goal("open a bundle of 1 M to the first answer", "5 ms with its hash and signatures, 256 KB of private memory",
         "SDK 0.7 s and 250 MB for each device",
         ["open.store", "open.file", "open.private"]),
    Goal("CRL ingest", "10 M entries/s, 8 MB, flat to 10 M entries",
         "OpenSSL 1 to 3 M entries/s and 212 MB, matter.js 0.4 M/s and 723 MB",
         ["crl.speed.1000000", "crl.memory.1000000", "crl.speed.10000000", "crl.memory.10000000"]),
    Goal("exact tier, 1 M of 300 issuers", "42.5 bits, 43.1 for any issuer of 64 or more",
         "CRL 216 to 392 bits, SDK JSON 160 to 383",
         ["size.exact.uniform", "size.exact.zipf", "size.exact.worst.uniform",
          "size.exact.worst.zipf"]),
    Goal("Bloom tier", "10.2 bits and 1 %, 2.5 % until the re-base",
         "nobody",
         ["size.bloom.uniform", "size.bloom.zipf", "size.bloom.rate.uniform", "size.bloom.rate.zipf",
          "size.bloom.later.uniform", "size.bloom.later.zipf"]),
    Goal("update: 1 000 more on 1 M, all 300 issuers re-issued", "hub 6 KB, full 8.5 KB, head apart",
         "upki 175 KB in 12 h",
         ["delta.thousand.hub.uniform", "delta.thousand.full.uniform", "delta.thousand.hub.zipf",
          "delta.thousand.full.zipf"]),
    Goal("nothing new", "one conditional GET of 300 octets, a head of 1 KB",
         "upki 4.9 KB, unsigned",
         ["pull.nothing.requests", "pull.nothing.octets", "pull.head"]),
    Goal("30 days away, 1 000 more each", "on one base and across a new one: 250 KB, 8 requests", "nobody",
         ["delta.month.hub", "delta.month.hub.requests", "delta.month.full", "delta.month.full.requests",
          "pull.month.hub", "pull.month.full"]),
    Goal("serve, conditional GETs", "60 000/s, 256 KB gained over a run", "nginx in the same run",
         ["serve.rate", "serve.memory"]),
    Goal("sync of 1 000 points, 100 ms an answer", "20 s, 32 MB; nothing new 4 s, 32 MB",
         "nobody",
         ["sync.first.time", "sync.first.memory", "sync.first.right", "sync.nothing.time",
          "sync.nothing.memory", "sync.nothing.right"]),
    Goal("sync with silent hosts", "a second beyond the deadline of 60 s, everything else is in", "nobody",
         ["sync.silent.time", "sync.silent.right"]),
    Goal("freestanding reader", "2 KB of code on Cortex-M, SHA-256 apart, 512 octets of stack",
         "nobody",
         ["reader.code.cortex-m4", "reader.stack.cortex-m4", "reader.code.cortex-m0plus",
          "reader.stack.cortex-m0plus"]),
    Goal("publish, 1 M revoked in 300 CRLs on disk", "0.5 s, 100 MB",
         "SDK tool 3.5 s, without verifying",
         ["publish.time", "publish.memory"]),
    Goal("revocation check through Python and Go, beyond C", "120 and 100 ns, in batches 40 and 10 ns, a verification within 3 %",
         "ctypes 180 ns, cffi 66 ns, an empty call of cgo 35 ns",
         ["bindings.python.check", "bindings.python.batch", "bindings.python.verify",
          "bindings.go.check", "bindings.go.batch", "bindings.go.verify"]),
    Goal("fleet audit, revocation only", "100 000 certificates/s of a core",
         "nobody", ["audit.rate", "audit.certificates"]),
    Goal("fleet audit, whole chains", "90 % of the attestations of the same run", "nobody",
         ["audit.chain"]),
    Goal("fleet audit, 10 M lines", "64 MB", "nobody", ["audit.memory"]),
    Goal("fleet audit of 1 M devices, what is newly hit", "3 s", "nobody", ["audit.since"]),
]

# Its name for --only; the command, BUILD and WORLD standing for the folders; whether --quick is an
# option of it.
Program = collections.namedtuple("Program", "name command quick")


def c_program(name, *args):
    return Program(name, ["BUILD/bench/bench_" + name, *args], True)


def script(name, *args):
    return Program(name, ["bench/bench_%s.py" % name, *args], True)


PROGRAMS = [
    script("vectors", "BUILD"),
    c_program("attestation", "WORLD/good", "WORLD/paas"),
    c_program("memory", "WORLD/good", "WORLD/paas"),
    c_program("certificate", "WORLD/good"),
    c_program("lookup"),
    c_program("open"),
    c_program("crl"),
    c_program("crl_set"),
    c_program("build"),
    c_program("size"),
    c_program("delta"),
    script("pull", "BUILD"),
    script("reader"),
    script("publish", "BUILD"),
    script("audit", "BUILD", "WORLD/good", "WORLD/paas"),
    script("serve", "BUILD"),
    script("bindings", "BUILD", "WORLD"),
    script("sync", "BUILD"),
    script("matterjs", "BUILD", "WORLD"),
]

# What only a run without --quick does: a minute.
LONG = [Program("law", ["BUILD/bench/bench_size", "--law"], False)]

# Growth: {N} and {ISSUERS} are put in. The rows have them in `at`.
GROWTH_ENTRIES = [1000, 10000, 100000, 1000000, 10000000]
GROWTH_ISSUERS = [1, 10, 100, 1000]
GROWTH = {
    "crl": ["BUILD/bench/bench_crl", "--entries", "{N}"],
    "build": ["BUILD/bench/bench_build", "--entries", "{N}", "--issuers", "{ISSUERS}"],
    "size": ["BUILD/bench/bench_size", "--entries", "{N}", "--issuers", "{ISSUERS}"],
    "open": ["BUILD/bench/bench_open", "--entries", "{N}", "--issuers", "{ISSUERS}"],
    "lookup": ["BUILD/bench/bench_lookup", "--entries", "{N}", "--issuers", "{ISSUERS}"],
    "delta": ["BUILD/bench/bench_delta", "--entries", "{N}", "--issuers", "{ISSUERS}"],
    "crl_set": ["BUILD/bench/bench_crl_set", "--entries", "{N}"],
}
