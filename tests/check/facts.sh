#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# facts.sh - every fact of facts.txt has a row in verifier/rule.h and a case in tests/cases; a fact
# that is excused has none. Each list that is printed should be empty. Where the fact sheet itself
# stands beside the tree, no number of it is missing in facts.txt. Whether each row has a pair of
# cases is the business of tests/pki/check_cases.py.
set -eu
. "$(dirname "$0")/lib.sh"

list=tests/check/facts.txt
sheet=../shared/facts/matter.md

numbers() {
    grep -oE '\b[ABCD]\.[0-9]+\.[0-9]+\b' "$@" | sort -u
}

# The ranges of the fact sheet that rules have to cover.
wanted_of_sheet() {
    grep -oE '^ *[ABCD]\.[0-9]+\.[0-9]+\b' "$sheet" | tr -d ' ' | awk -F. '
        $1 == "A" && ($2 == 2 || $2 == 4 || ($2 == 5 && $3 <= 10)) { print }
        $1 == "B" && (($2 == 1 && $3 <= 8) || ($2 == 3 && $3 >= 2 && $3 <= 6)) { print }
        $1 == "C" && ($2 <= 3 || ($2 == 4 && $3 >= 2 && $3 <= 8)) { print }
        $1 == "D" && ((($2 == 1) && $3 <= 4) || ($2 >= 2 && $2 <= 5) || ($2 == 6 && $3 <= 7)) { print }
    ' | sort -u
}

check() {
    failed=0
    tmp=$(mktemp -d)
    trap 'rm -rf "$tmp"' EXIT
    awk '/^[A-D]/ && $2 != "-" { print $1 }' "$list" | sort -u > "$tmp/wanted"
    awk '/^[A-D]/ && $2 == "-" { print $1 }' "$list" | sort -u > "$tmp/excused"
    awk '/^[A-D]/ && $2 == "+" { print $1 }' "$list" | sort -u > "$tmp/elsewhere"
    cat verifier/rule.h verifier/rule_cert.h | numbers > "$tmp/rows"
    cat tests/cases/*.cases | grep '^ *facts ' | numbers > "$tmp/cases"
    report "a fact without a row in rule.h" "$(comm -23 "$tmp/wanted" "$tmp/rows")"
    report "a fact without a case" \
        "$(sort -u "$tmp/cases" "$tmp/elsewhere" | comm -23 "$tmp/wanted" -)"
    report "excused, and a row names it" "$(comm -12 "$tmp/excused" "$tmp/rows")"
    if [ -f "$sheet" ]; then
        wanted_of_sheet > "$tmp/sheet"
        report "in the fact sheet and not in facts.txt" \
            "$(sort -u "$tmp/wanted" "$tmp/excused" | comm -13 - "$tmp/sheet")"
    fi
    return "$failed"
}

canary() {
    trips tests/check/facts.txt 'A.2.99 a new fact' 'A.2.99    (a fact without a row in rule.h)'
    trips tests/check/facts.txt 'A.2.99 a new fact' 'A.2.99    (a fact without a case)'
    trips tests/check/facts.txt 'A.2.2 - an excuse' 'A.2.2    (excused, and a row names it)'
}

run "$@"
