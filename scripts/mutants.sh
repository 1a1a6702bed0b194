#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# mutants.sh [--seed TEXT] [N | NAME...] - planted bugs: do the tests notice?
#
# Each tests/mutants/NAME.patch is one bug, with a sentence that says what it breaks and the tests that
# should notice (names for ctest, joined by |). In a scratch copy the tests have to pass without it and
# at least one has to fail with it. N: that many, chosen by the seed (the commit, unless it is given); nothing: all of them. Ends with 0
# when every one was caught. One that survives is a test that is missing.
set -eu
cd "$(dirname "$0")/.."
root=$(pwd)

seed=$(git rev-parse HEAD 2>/dev/null || echo veridac)
if [ "${1:-}" = --seed ]; then
    seed=$2
    shift 2
fi
all=$(cd tests/mutants && ls ./*.patch | sed 's|^\./||; s|\.patch$||')
case ${1:-} in
'') names=$all ;;
*[!0-9]*) names=$* ;;
*) names=$(for n in $all; do printf '%s %s\n' "$(printf '%s %s' "$seed" "$n" | sha256sum)" "$n"; done |
    sort | head -n "$1" | sed 's/.* //') ;;
esac

work=$(mktemp -d)
export GIT_CEILING_DIRECTORIES="$work" # the copy is no repository, wherever it is
trap 'rm -rf "$work"' EXIT
git ls-files -z --cached --others --exclude-standard | tar --null -T - -cf - | tar xf - -C "$work"
[ ! -d ../shared ] || export VERIDAC_VECTORS="${VERIDAC_VECTORS:-$root/../shared/vectors}"
cd "$work"
cmake -S . -B build -G Ninja -DCMAKE_BUILD_TYPE=Debug >/dev/null

# What has to be built for these tests.
targets_of() {
    for t in $(echo "$1" | tr '|$' '  '); do
        case $t in
        unit.*) echo "test_${t#unit.}" ;;
        cases.run) echo run_cases veridac-testpki ;;
        fuzz.*) echo "fuzz_${t#fuzz.}" ;;
        revocation.run) echo run_revocation veridac-testpki ;;
        cli.*) echo veridac-program veridac-testpki ;;
        *) echo all ;;
        esac
    done
}

# What ctest prints goes to a file; the last one is shown when something is not as it should be.
tests_pass() {
    # shellcheck disable=SC2046 # words are wanted
    cmake --build build --target $(targets_of "$1") -- --quiet >"$work/log" 2>&1 || return 2
    ctest --test-dir build -LE shipped --output-on-failure --stop-on-failure -R "$1" >"$work/log" 2>&1
}

tests_of() { sed -n 's/^tests: //p' "$root/tests/mutants/$1.patch"; }

survived=0
wanted=$(for n in $names; do tests_of "$n"; done | paste -sd '|' -)
tests_pass "$wanted" || { tail -n 40 "$work/log"; echo "mutants: the tests fail without a bug" >&2; exit 1; }
for n in $names; do
    git apply -C1 "$root/tests/mutants/$n.patch" || { echo "$n: does not apply" >&2; exit 1; }
    status=0
    tests_pass "$(tests_of "$n")" || status=$?
    case $status in
    0) echo "$n: SURVIVED" ; survived=$((survived + 1)) ;;
    2) tail -n 20 "$work/log"; echo "$n: does not build"; survived=$((survived + 1)) ;;
    *) echo "$n: caught by $(sed -n 's/.*[0-9] - \([a-z._0-9-]*\) (.*/\1/p' "$work/log" | paste -sd ' ' -)" ;;
    esac
    git apply -R -C1 "$root/tests/mutants/$n.patch"
done
echo "mutants: $(echo "$names" | wc -w) planted, $survived survived"
[ "$survived" -eq 0 ]
