#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
#
# facts.py - every fact of facts.txt has a row in verifier/rule.h, and every row a pair of cases.
#
# usage: facts.py [--canary] ROOT FOLDER     (FOLDER as `veridac-testpki cases` wrote it)
#
# A pair: a case in which exactly this rule speaks (of all errors; an error must be the only one),
# and its twin, which is the same without it. Where the fact sheet itself stands beside the tree, no
# number of its ranges may be missing in facts.txt. With --canary, violations are planted in a copy
# in memory, and each has to be reported.
"""Prints facts without a row, rows without a pair, and what else does not fit; all are empty."""
import copy
import os
import re
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "pki"))
import check_cases  # noqa: E402  (reads case.txt, and knows which rules no case can show)

SHEET = os.path.join("..", "shared", "facts", "matter.md")
NUMBER = r"\b[A-H]\.[0-9]+\.[0-9]+\b"

# The ranges that rules have to cover: chapter, section, first and last number.
RANGES = [("A", 2, 1, 99), ("A", 4, 1, 99), ("A", 5, 1, 10), ("B", 1, 1, 8), ("B", 3, 2, 6),
          ("C", 1, 1, 99), ("C", 2, 1, 99), ("C", 3, 1, 4), ("C", 4, 2, 8), ("D", 1, 1, 4),
          ("D", 2, 1, 99), ("D", 3, 1, 99), ("D", 4, 1, 99), ("D", 5, 1, 99), ("D", 6, 1, 7),
          ("H", 1, 1, 4)]

# Rules that never speak alone, and why. The case still differs from its twin in nothing else.
NEVER_ALONE = {
    "cd-type-test": "on main a signer below the CSA root is asked for, and nobody else has its key;"
                    " unit.claims shows it alone",
}
KEYS = ("slugs", "notes", "trust-refused", "trust-notes")


class Tree:
    """All that is compared: the text of the files, and the cases."""

    def __init__(self, root, folder):
        def text(*parts):
            with open(os.path.join(root, *parts), encoding="utf-8") as f:
                return f.read()
        self.root = root
        self.rules = text("verifier", "rule_cert.h") + text("verifier", "rule.h")
        self.facts = text("tests", "check", "facts.txt")
        self.sheet = text(SHEET) if os.path.exists(os.path.join(root, SHEET)) else None
        self.cases = {name: check_cases.read_case(os.path.join(folder, name))
                      for name in sorted(os.listdir(folder))}


def read_rows(text):
    """slug -> (severity, set of fact numbers)."""
    text = text.replace("\\\n", " ")
    row = re.compile(r'R\(\s*(?:ROLE##_)?\w+,\s*(?:base \+ )?\d+,\s*(low )?"([a-z0-9-]+)",'
                     r'\s*([A-Z]+),\s*\w+,\s*(?:"[^"]*"|\w+),\s*"([^"]*)"')
    lows = re.findall(r'VD_CERT_RULES\(R, \w+, "([a-z-]+)"', text)
    rows = {}
    for low, slug, severity, facts in row.findall(text):
        for prefix in lows if low else [""]:
            rows[prefix + slug] = (severity, set(facts.split()))
    return rows


def read_facts(text):
    """number -> (mark, words). The mark: "" a rule, "-" none, "+" one that is shown elsewhere."""
    facts = {}
    for line in text.splitlines():
        m = re.match(rf"({NUMBER})\s+([-+]?)\s*(.+)", line)
        if m:
            facts[m[1]] = (m[2], m[3])
        elif line and not line.startswith("#"):
            raise ValueError(f"facts.txt: {line}")
    return facts


def numbers_of_sheet(sheet):
    for number in re.findall(rf"(?m)^ *({NUMBER})", sheet):
        chapter, section, n = number.split(".")
        if any((chapter, int(section)) == r[:2] and r[2] <= int(n) <= r[3] for r in RANGES):
            yield number


def has(case, key):
    return set(case[key].split())


def errors(rows, case):
    return {s for s in has(case, "slugs") if check_cases.severity_of(
        {slug: row[0] for slug, row in rows.items()}, case, s) == "ERROR"}


def shown_by(rows, case, twin):
    """The one rule that this pair shows, and whether it speaks alone; (None, False) for none."""
    more = [(key, slug) for key in KEYS for slug in has(case, key) - has(twin, key)]
    device = [(key, slug) for key, slug in more if key in ("slugs", "notes")]
    if has(twin, "slugs") - has(case, "slugs"):
        return None, False
    if len(device) == 1:
        slug = device[0][1]
        return slug, errors(rows, case) <= {slug} and not errors(rows, twin)
    store = [slug for key, slug in more if key not in ("slugs", "notes")]
    if len(store) == 1:
        return store[0], True
    return None, False


def paired(rows, cases):
    """Rules with a pair: those that speak alone, and those that do not."""
    alone, beside = set(), set()
    for case in cases.values():
        twin = cases.get(case.get("twin", ""))
        if twin is None or any(slug not in rows for slug in has(case, "slugs")):
            continue
        slug, only = shown_by(rows, case, twin)
        if slug:
            (alone if only else beside).add(slug)
    # a certificate that the loader refuses for one reason, in a store that lacks nothing else
    for case in cases.values():
        twin = cases.get(case.get("twin", ""))
        if twin and len(has(case, "trust-refused")) == 1 and not has(twin, "trust-refused"):
            alone |= has(case, "trust-refused")
    return alone, beside - alone


def shown_elsewhere(tree, words, slugs):
    """"tests/x.py: why": does this file name one of the rules?"""
    path = os.path.join(tree.root, words.split(":", 1)[0])
    if not os.path.isfile(path):
        return False
    with open(path, encoding="utf-8") as f:
        text = f.read()
    return any(slug in text for slug in slugs)


def check(tree):
    """[(kind, what)]: all that is wrong."""
    rows, facts = read_rows(tree.rules), read_facts(tree.facts)
    alone, beside = paired(rows, tree.cases)
    named = {n for case in tree.cases.values() for n in has(case, "facts")}
    found = []
    for number, (mark, text) in facts.items():
        slugs = {slug for slug, row in rows.items() if number in row[1]}
        if mark != "-" and not slugs:
            found.append(("fact without a row", number))
        if mark == "-" and slugs:
            found.append(("fact that is excused, and has a row", number))
        if mark == "" and number not in named:
            found.append(("fact without a case", number))
        if mark == "" and not slugs & (alone | beside):
            found.append(("fact without a row that has a pair", number))
        if mark == "+" and not shown_elsewhere(tree, text, slugs):
            found.append(("fact that is not shown where facts.txt says", number))
    for slug in rows:
        if check_cases.EXEMPT.fullmatch(slug):
            continue
        if slug not in alone | beside:
            found.append(("row without a pair", slug))
        elif slug not in alone and slug not in NEVER_ALONE:
            found.append(("row that no pair shows alone", slug))
    found += [("never alone, it says, and a pair shows it alone", s) for s in NEVER_ALONE
              if s in alone]
    if tree.sheet is not None:
        found += [("fact of the sheet that facts.txt lacks", n)
                  for n in numbers_of_sheet(tree.sheet) if n not in facts]
    return found


# ---- the canary ----

def without_pair(slug):
    def plant(tree):
        tree.cases = {n: c for n, c in tree.cases.items()
                      if not any(slug in has(c, key) for key in KEYS)}
    return plant


def finding_in_twin(slug):
    def plant(tree):
        for case in list(tree.cases.values()):
            if slug in has(case, "slugs"):
                twin = tree.cases.get(case.get("twin"), case)
                twin["slugs"] = " ".join(sorted(has(twin, "slugs") | {slug}))
    return plant


def second_error(slug, other):
    def plant(tree):
        for case in tree.cases.values():
            if slug in has(case, "slugs"):
                case["slugs"] += " " + other
    return plant


def edit(name, old, new):
    def plant(tree):
        text = getattr(tree, name)
        assert old in text, old
        setattr(tree, name, text.replace(old, new))
    return plant


CANARIES = [
    (edit("rules", '"D.6.7 D.2.4"', '"D.2.4"'), ("fact without a row", "D.6.7")),
    (edit("rules", '"A.2.2"', '""'), ("fact without a row", "A.2.2")),
    (edit("rules", '    R(NO_DAC,', '    R(NEW, 2999, "new-rule", ERROR, 0, "x", "", "", "") '
          '\\\n    R(NO_DAC,'), ("row without a pair", "new-rule")),
    (edit("facts", "A.2.2 ", "A.2.2 - "), ("fact that is excused, and has a row", "A.2.2")),
    (edit("facts", "A.2.2 ", "A.2.99 "), ("fact without a row", "A.2.99")),
    (edit("facts", "test_pipeline.py", "test_program.py"),
     ("fact that is not shown where facts.txt says", "B.1.4")),
    (without_pair("dac-version"), ("row without a pair", "dac-version")),
    (without_pair("no-nonce"), ("row without a pair", "no-nonce")),
    (without_pair("paa-self-signature"), ("fact without a row that has a pair", "B.3.2")),
    (finding_in_twin("cd-pid"), ("row without a pair", "cd-pid")),
    (second_error("dac-serial", "dac-time"), ("row without a pair", "dac-serial")),
]
# The sheet is not part of the tree; this one needs it.
SHEET_CANARY = (edit("facts", "A.2.2 ", "# A.2.2 "),
                ("fact of the sheet that facts.txt lacks", "A.2.2"))


def canary(tree):
    failed = 0
    clean = check(tree)
    plants = CANARIES + ([SHEET_CANARY] if tree.sheet else [])
    for plant, wanted in plants:
        changed = copy.deepcopy(tree)
        plant(changed)
        if wanted not in check(changed) or wanted in clean:
            print(f"canary: not reported: {wanted}")
            failed += 1
    print(f"{len(plants)} violations planted, {failed} missed")
    if not tree.sheet:
        print("the fact sheet is not there: the list was not compared with it")
    return failed


def main():
    args = [a for a in sys.argv[1:] if a != "--canary"]
    tree = Tree(*args)
    if "--canary" in sys.argv:
        return 1 if canary(tree) else 0
    found = check(tree)
    for kind in ("fact without a row", "row without a pair"):
        print(f"{kind}: {', '.join(w for k, w in found if k == kind) or 'none'}")
    for kind, what in found:
        print(f"{kind}: {what}")
    facts = read_facts(tree.facts)
    print(f"{len(facts)} facts, {len(read_rows(tree.rules))} rows, {len(tree.cases)} cases; "
          + ("compared with the fact sheet" if tree.sheet else "the fact sheet is not there"))
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
