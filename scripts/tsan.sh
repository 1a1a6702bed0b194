#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# tsan.sh - the tests with threads in them, under ThreadSanitizer: snapshots that threads share, sets
# that threads fill, the server, CRLs of a sync, what is published, audits.
set -eu
cd "$(dirname "$0")/.."
. scripts/setup.sh

cmake --preset tsan >/dev/null
cmake --build --preset tsan -j "$jobs" -- --quiet
export TSAN_OPTIONS=halt_on_error=1
ctest --test-dir build/tsan -j "$jobs" --output-on-failure \
    -R '^(unit[.](verify|revset_many)|snapshots[.](serve|parts)|cli[.](nodes|audit))$'
