#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# test.sh - builds veridac and runs all its tests.
#
#   sh scripts/test.sh [-y] [--quick | --preset NAME]
#
#   -y             install missing Debian packages without asking
#   --quick        only the preset debug
#   --preset NAME  only that preset of CMakePresets.json, with all tests that it has
#
# Without options: debug (gcc, ASan, UBSan), clang (build only), and from release the tests that
# look at the libraries as they ship. Ends with 0 if everything passed; the last line is the sum.
set -eu
cd "$(dirname "$0")/.."
. scripts/setup.sh

groups='core crl bundle snapshots dcl bindings fuzz policy cli checks pki'

yes=0 quick=0 preset=
while [ $# -gt 0 ]; do
    case $1 in
    -y) yes=1 ;;
    --quick) quick=1 ;;
    --preset)
        [ $# -gt 1 ] || die "--preset needs a name"
        preset=$2
        shift
        ;;
    *) die "unknown option $1; options: -y --quick --preset NAME" ;;
    esac
    shift
done

need test "$yes"

report=build/test-report
rm -rf "$report"
mkdir -p "$report"

# build PRESET
build() {
    say "== build $1"
    started=$(date +%s)
    cmake --preset "$1" >"$report/configure" || { cat "$report/configure"; die "configuring failed"; }
    cmake --build --preset "$1" -j "$jobs" -- --quiet || die "building $1 failed"
    say "build $1 $(($(date +%s) - started)) -" >>"$report/index"
}

# run_group PRESET GROUP CTEST-OPTION...: nothing when the group has no tests.
run_group() {
    dir=build/$1 name=$1-$2
    preset_run=$1 group_run=$2
    shift 2
    n=$(ctest --test-dir "$dir" -N "$@" | sed -n 's/^Total Tests: //p')
    [ "${n:-0}" -gt 0 ] || return 0
    say "== $group_run ($preset_run)"
    started=$(date +%s)
    ctest --test-dir "$dir" -j "$jobs" --timeout 300 --output-on-failure \
        --test-output-size-passed 65536 --output-junit "$PWD/$report/$name.xml" "$@" ||
        failed=1
    say "$group_run $preset_run $(($(date +%s) - started)) $report/$name.xml" >>"$report/index"
}

# run_tests PRESET LEFT-OUT CTEST-OPTION...: every test once, group by group. LEFT-OUT is a label.
run_tests() {
    tested=$1 done_before=$2
    shift 2
    for group in $groups; do
        run_group "$tested" "$group" -L "^$group\$" -LE "^($done_before)\$" "$@"
        done_before="$done_before|$group"
    done
    run_group "$tested" other -LE "^($done_before)\$" "$@"
}

failed=0
if [ -n "$preset" ]; then
    build "$preset"
    run_tests "$preset" none
else
    build debug
    run_tests debug shipped
    if [ "$quick" -eq 0 ]; then
        build clang
        build release
        run_tests release none -L '^shipped$'
    fi
fi

/usr/bin/python3 scripts/test_report.py "$report/index" || failed=1
exit "$failed"
