#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# differential.sh - the full comparison with OpenSSL: mutated and re-signed certificates, CRLs and
# CMS envelopes.
#
#   sh scripts/differential.sh [-y] [SEED]
#
# Prints a table of operators for each family and ends with 0 when every disagreement is explained
# in tests/differential/explained.txt, every operator gives both good and bad cases, and no
# explanation is left over. Takes about eight minutes on two cores; SEED (default "veridac") decides
# keys and choices. tests/differential/README.md says more.
set -eu
cd "$(dirname "$0")/.."
. scripts/setup.sh

yes=0
if [ "${1:-}" = -y ]; then
    yes=1
    shift
fi
seed=${1:-veridac}

need test "$yes"
cmake --preset release >/dev/null || die "configuring failed"
cmake --build --preset release -j "$jobs" --target veridac-differential -- --quiet ||
    die "building failed"

failed=0
compare() {
    started=$(date +%s)
    build/release/tests/differential/veridac-differential "$@" --seed "$seed" --jobs "$jobs" \
        --full --explained tests/differential/explained.txt || failed=1
    say "== $1: $(($(date +%s) - started)) s"
}
compare certificates --cases 202100
compare crls --cases 211200
compare cms --cases 210000

# A third judge, with fewer cases: Python takes a millisecond for each.
third() {
    started=$(date +%s)
    /usr/bin/python3 tests/differential/pyca.py \
        build/release/tests/differential/veridac-differential "$1" --cases "$2" --seed "$seed" --full
    case $? in
    0) ;;
    77) say "== no python3-cryptography: no third judge of $1" ;;
    *) failed=1 ;;
    esac
    say "== $1, pyca: $(($(date +%s) - started)) s"
}
third certificates 47000
third crls 44000
exit "$failed"
