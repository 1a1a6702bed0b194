#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# crash.sh - the long mode of tests/crash and tests/snapshots: every fault at every writing system call,
# then pairs of faults, then full disks; every call into libcurl, libcrypto, zlib and the system; readers
# beside 200 pulls; every attack of a mirror on every file.
#
#   sh scripts/crash.sh [--runs N] [--seed N] [--preset NAME] [SCENE...]
#
#   --runs N     at least that many runs a scene (1000)
#   --seed N     order and pairs (1)
#   --preset N   whose program: release (default), or debug with its sanitizers
#
# Scenes: publish-first publish pull-first pull sync-first sync build; all, and tests/snapshots, when none
# is named.
set -eu
cd "$(dirname "$0")/.."
. scripts/setup.sh

runs=1000 seed=1 preset=release
while [ $# -gt 0 ]; do
    case $1 in
    --runs) runs=$2; shift 2 ;;
    --seed) seed=$2; shift 2 ;;
    --preset) preset=$2; shift 2 ;;
    -*) die "unknown option $1; options: --runs N --seed N --preset NAME" ;;
    *) break ;;
    esac
done
everything=$#
[ $# -gt 0 ] || set -- publish-first publish pull-first pull sync-first sync build

cmake --preset "$preset" >/dev/null
cmake --build --preset "$preset" -j "$jobs" -- --quiet
build=$PWD/build/$preset
export VERIDAC="$build/cli/veridac" VERIDAC_TESTPKI="$build/tests/pki/veridac-testpki" \
    VERIDAC_SHORT_WRITES="$build/tests/crash/libshort-writes.so" VERIDAC_SEED="$seed" \
    PYTHONDONTWRITEBYTECODE=1
failed=0
/usr/bin/python3 tests/crash/test_crash.py --whole "$runs" "$@" || failed=$?
/usr/bin/python3 tests/crash/test_crash.py --full "$@" || failed=$?
VERIDAC_FAULTY="$build/tests/crash/veridac-faulty" /usr/bin/python3 tests/crash/wrapped.py --whole "$@" || failed=$?
if [ "$everything" -eq 0 ]; then
    VERIDAC_PULLS=200 /usr/bin/python3 tests/snapshots/test_readers.py || failed=$?
    VERIDAC_LONG=1 /usr/bin/python3 tests/snapshots/test_mirror.py || failed=$?
fi
exit "$failed"
