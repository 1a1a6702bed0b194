#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""demo_table.py - one table of the demo: each row is the parsed --json of one `veridac verify`.

    demo_table.py TABLE PROGRAM WORLD OPTION...

TABLE names the expectations below. Ends with 1 if a row differs from them.
"""
import json
import os
import subprocess
import sys

# device -> verdict, slug of the reason, and why a revocation status is unknown
SNAPSHOT = [
    ("genuine", "accept", "", ""),
    ("genuine-partitioned", "accept", "", ""),
    ("revoked-dac", "reject", "dac-revoked", ""),
    ("revoked-pai", "reject", "pai-revoked", ""),
    ("delegated-revoked", "reject", "dac-revoked", ""),
    ("partition-revoked", "reject", "dac-revoked", ""),
    ("no-crl", "undetermined", "dac-revocation-unknown", "not-published"),
    ("forged-signature", "reject", "attestation-signature", ""),
    ("unknown-paa", "reject", "paa-not-found", ""),
    ("no-response", "undetermined", "no-proof-of-possession", ""),
]
TABLES = {
    "snapshot": SNAPSHOT,
    # the same snapshot when its CRLs have run out: a listed certificate stays revoked, and nothing
    # that is not listed counts as good
    "stale": [
        ("genuine", "undetermined", "dac-revocation-unknown", "stale"),
        ("genuine-partitioned", "undetermined", "dac-revocation-unknown", "stale"),
        ("revoked-dac", "reject", "dac-revoked", ""),
        ("forged-signature", "reject", "attestation-signature", ""),
    ],
    # the ledger answered and the CRL hosts did not: nothing was proven, so nothing is accepted
    "unreachable": [
        ("genuine", "undetermined", "dac-revocation-unknown", "unreachable"),
        ("genuine-partitioned", "undetermined", "dac-revocation-unknown", "unreachable"),
        ("revoked-dac", "undetermined", "dac-revocation-unknown", "unreachable"),
        ("no-crl", "undetermined", "dac-revocation-unknown", "not-published"),
        ("forged-signature", "reject", "attestation-signature", ""),
        ("unknown-paa", "reject", "paa-not-found", ""),
    ],
    # no revocation source at all
    "nothing": [
        ("genuine", "undetermined", "dac-revocation-unknown", "no-data"),
        ("revoked-dac", "undetermined", "dac-revocation-unknown", "no-data"),
        ("forged-signature", "reject", "attestation-signature", ""),
    ],
}
EXIT_CODES = {"accept": 0, "reject": 1, "undetermined": 2}
DECISIVE = {"accept": (), "reject": ("error",), "undetermined": ("incomplete", "unknown")}


def device_options(folder):
    """What the commissioner of this device knows, as options of the program."""
    with open(os.path.join(folder, "device.txt"), encoding="utf-8") as file:
        told = dict(line.rstrip("\n").split(": ", 1) for line in file if ": " in line)
    options = ["--dac", folder + "/dac.der", "--pai", folder + "/pai.der",
               "--vid", "0x%04X" % int(told["vid"]), "--pid", "0x%04X" % int(told["pid"])]
    if "challenge" in told:
        options += ["--elements", folder + "/elements.bin",
                    "--signature", folder + "/signature.bin",
                    "--challenge", told["challenge"], "--nonce", told["nonce"]]
    return options


def judge(program, folder, options):
    """-> (verdict, slug, clause, reason) of one run of the program."""
    done = subprocess.run([program, "verify", "--json"] + device_options(folder) + options,
                          stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, timeout=60)
    try:
        answer = json.loads(done.stdout)
        verdict = answer["verdict"]
        told = [f for f in answer["findings"] if f["severity"] in DECISIVE[verdict]]
        slug, clause = (told[0]["id"], told[0]["clause"]) if told else ("", "")
        status = answer["revocation"]["dac" if slug.startswith("dac-") else "pai"]
        unknown = slug.endswith("-revocation-unknown")
        if done.returncode != EXIT_CODES[verdict]:
            verdict = "%s, but exit code %d" % (verdict, done.returncode)
        return verdict, slug, clause, status["reason"] if unknown else ""
    except (ValueError, KeyError, TypeError) as error:
        return "no answer (exit code %d, %r)" % (done.returncode, error), "", "", ""


def main():
    table, program, world, options = sys.argv[1], sys.argv[2], sys.argv[3], sys.argv[4:]
    differs = 0
    layout = "  %-20s %-13s %-24s %-16s %s"
    print((layout % ("device", "verdict", "reason", "clause", "unknown because")).rstrip())
    for device, *wanted in TABLES[table]:
        verdict, slug, clause, reason = judge(program, os.path.join(world, "devices", device),
                                              options)
        print((layout % (device, verdict, slug or "-", clause or "-", reason)).rstrip())
        if [verdict, slug, reason] != wanted:
            print("    EXPECTED %s" % " ".join(word or "-" for word in wanted))
            differs += 1
    sys.stdout.flush()
    return 1 if differs else 0


if __name__ == "__main__":
    sys.exit(main())
