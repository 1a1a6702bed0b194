#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
#
# check_cases.py - are the made cases consistent with the list of rules and with one another?
#
# usage: check_cases.py RULE_H FOLDER      (FOLDER as `veridac-testpki cases` wrote it)
#
# Reads verifier/rule.h, and rule_cert.h beside it, as text, for slugs and severities; knows nothing
# else of the verifier.
"""Checks every case folder; prints the rules that no case names, and those that no pair shows alone:
a case and its twin that differ in exactly this finding."""
import os
import re
import sys

REQUIRED = ["name", "facts", "network", "policy", "at", "sdk-compat", "expect", "slugs", "notes",
            "trust-refused", "trust-notes"]
OPTIONAL = ["twin", "vid", "pid", "challenge", "nonce", "csr-nonce"]

# Rules that no device without a snapshot can show, and why.
EXEMPT = re.compile(
    r"(crl|point)-.*"                     # CRLs, their signers, and what the ledger says of them
    r"|(dac|pai)-(revoked|revocation-unknown)|pai-and-dac-revoked"  # answers of a snapshot
    r"|local-(rule(-expired|-version)?|quarantine|suspect)"  # of an operator's own file: cli.rules
    r"|policy-.*|short-lived"  # of a policy: cli.policy
    r"|findings-overflow|out-of-memory"   # limits of one run, not of an input
    r"|compliance-.*|software-version-not-given"  # records of the ledger: cli.program
    r"|(dac|pai|cd-signer)-signature-null"      # the tolerance is for PAAs
    r"|dac-pid-forbidden|pai-pid-forbidden"     # both may carry a product id
    r"|pai-pid-missing|paa-(vid|pid)-missing"   # and these need none
    r"|paa-issuer-(vid|pid)"              # never without paa-not-self-issued
    # what a signer of declarations is not asked for
    r"|cd-signer-(size|path-length)|cd-signer-(vid|pid)-.*|cd-signer-issuer-.*|cd-signer-(cn|id)-.*")


def read_rules(path):
    """slug -> severity, from the rows of rule.h."""
    text = "".join(open(p, encoding="utf-8").read().replace("\\\n", " ")
                   for p in (os.path.join(os.path.dirname(path), "rule_cert.h"), path))
    row = re.compile(r'R\(\s*(?:ROLE##_)?\w+,\s*(?:base \+ )?\d+,\s*(low )?"([a-z0-9-]+)",\s*([A-Z]+)')
    lows = re.findall(r'VD_CERT_RULES\(R, \w+, "([a-z-]+)"', text)
    rules = {}
    for low, slug, severity in row.findall(text):
        for prefix in lows if low else [""]:
            rules[prefix + slug] = severity
    return rules


def read_case(folder):
    """key -> value of case.txt; a key that comes twice is an error."""
    case = {}
    with open(os.path.join(folder, "case.txt"), encoding="utf-8") as lines:
        for line in lines:
            key, value = line.rstrip("\n").split(":", 1)
            if key in case:
                raise ValueError(f"{folder}: {key} comes twice")
            case[key] = value[1:]
    return case


def severity_of(rules, case, slug):
    if slug.endswith("-size") and slug[:3] in ("dac", "pai") and case["sdk-compat"] == "1":
        return "WARNING"
    return rules[slug]


def verdict(case, severities):
    """What the policy makes of findings, when revocation is unknown for lack of data."""
    if "ERROR" in severities or case["policy"] == "strict":
        return "reject"
    if "INCOMPLETE" in severities or case["policy"] in ("standard", "audit"):
        return "undetermined"
    return "accept"


def words(case, key):
    return case[key].split()


def check_slugs(rules, case):
    wanted = {"slugs": {"ERROR", "INCOMPLETE", "WARNING"}, "notes": {"NOTE"},
              "trust-refused": {"ERROR", "INCOMPLETE"}, "trust-notes": {"NOTE"}}
    for key, severities in wanted.items():
        if words(case, key) != sorted(set(words(case, key))):
            yield f"{key} are not sorted"
        for slug in words(case, key):
            if slug not in rules:
                yield f"{key}: no rule is called {slug}"
            elif rules[slug] not in severities:
                yield f"{key}: {slug} is of severity {rules[slug]}"


def check_twin(cases, case):
    if case["name"] == "good":
        return
    twin = cases.get(case.get("twin", ""))
    if twin is None or twin is case:
        yield f"no twin called {case.get('twin')}"
        return
    mine, other = set(words(case, "slugs")), set(words(twin, "slugs"))
    same = mine == other and set(words(twin, "notes")) < set(words(case, "notes"))
    if mine and not other < mine and not same:
        yield f"the twin {twin['name']} has findings that this one lacks, or the same ones"


def check_files(folder, case):
    if not words(case, "facts"):
        yield "no facts"
    for key in REQUIRED:
        if key not in case:
            yield f"case.txt lacks {key}"
    for key in case:
        if key not in REQUIRED + OPTIONAL:
            yield f"case.txt has an unknown key {key}"
    for key in ("challenge", "nonce", "csr-nonce"):
        if not re.fullmatch(r"([0-9a-f]{2})*", case.get(key, "")):
            yield f"{key} is not hex"
    if "no-dac" not in case["slugs"] and not os.path.exists(os.path.join(folder, "dac.der")):
        yield "no dac.der"


def check(rules, cases, root, name):
    case = cases[name]
    yield from check_files(os.path.join(root, name), case)
    problems = list(check_slugs(rules, case))
    yield from problems
    if not problems:
        severities = {severity_of(rules, case, s) for s in words(case, "slugs")}
        if case["expect"] != verdict(case, severities):
            yield f"expects {case['expect']}; its findings mean {verdict(case, severities)}"
    yield from check_twin(cases, case)


def isolated(cases):
    """Slugs in which some case and its twin differ, and in nothing else."""
    found = set()
    for case in cases.values():
        twin = cases.get(case.get("twin", ""))
        for key in ("slugs", "notes", "trust-refused", "trust-notes"):
            more = set(words(case, key)) - set(words(twin, key)) if twin else set()
            if len(more) == 1:
                found |= more
    return found


def main():
    rules = read_rules(sys.argv[1])
    root = sys.argv[2]
    names = sorted(os.listdir(root))
    cases = {name: read_case(os.path.join(root, name)) for name in names}
    failed = 0
    for name in names:
        for problem in check(rules, cases, root, name):
            print(f"{name}: {problem}")
            failed += 1
    named = {s for c in cases.values() for k in ("slugs", "notes", "trust-refused", "trust-notes")
             for s in words(c, k)}
    for slug in sorted(named - isolated(cases)):
        print(f"no pair shows {slug} alone")
        failed += 1
    for slug in rules:
        if slug not in named and not EXEMPT.fullmatch(slug):
            print(f"no case names the rule {slug}")
            failed += 1
        if slug in named and EXEMPT.fullmatch(slug):
            print(f"{slug} is exempt, and a case names it")
            failed += 1
    print(f"{len(cases)} cases, {len(rules)} rules, {len(named)} named, {failed} problems")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
