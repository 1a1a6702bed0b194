#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
#
# check_revocation.py - are the revocation cases whole?
#
# usage: check_revocation.py RULE_H FOLDER      (FOLDER as `veridac-testpki revocation` wrote it)
"""Prints the rules on points and CRLs that no case shows alone: beside its twin a case has exactly
this finding more."""
import os
import re
import sys

from check_cases import read_rules

# What no case can make: ceilings (unit tests and the program show them), and PEM texts, since the
# cases hand certificates over as DER.
EXEMPT = {"crl-too-large", "crl-too-many", "point-too-many", "point-extra-certificates",
          "point-signer",  # what is wrong with the certificate is said beside it
          "crl-kept"}      # and this beside what went wrong


def read_case(path):
    finds, case = {}, {}
    with open(path, encoding="utf-8") as lines:
        for line in lines:
            key, value = line.rstrip("\n").split(":", 1)
            if key.startswith("finds/"):
                finds[key] = set(value.split())
            else:
                case[key] = value.strip()
    case["finds"] = finds
    return case


def alone(case, twin):
    """The slug in which a case differs from its twin, if that is all."""
    more = {slug for point, slugs in case["finds"].items()
            for slug in slugs - twin["finds"].get(point, set())} - {"crl-kept"}
    return more.pop() if len(more) == 1 else None


def main():
    rules = [r for r in read_rules(sys.argv[1])
             if re.match(r"(crl|point)-", r) and not r.startswith("crl-signer-")]
    cases = {n: read_case(os.path.join(sys.argv[2], n, "case.txt"))
             for n in sorted(os.listdir(sys.argv[2]))}
    failed, shown = 0, set()
    for name, case in cases.items():
        twin = cases.get(case["twin"])
        if case["twin"] and twin is None:
            print(f"{name}: no twin called {case['twin']}")
            failed += 1
        shown.add(alone(case, twin) if twin else None)
        if not any(k.startswith("status/") for k in case):
            print(f"{name}: looks nothing up")
            failed += 1
    for slug in rules:
        if slug not in shown and slug not in EXEMPT:
            print(f"no pair shows {slug} alone")
            failed += 1
        if slug in shown and slug in EXEMPT:
            print(f"{slug} is exempt, and a pair shows it")
            failed += 1
    print(f"{len(cases)} cases, {len(rules)} rules on points and CRLs, {failed} problems")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
