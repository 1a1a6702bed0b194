#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# reader.sh - the freestanding reader on other machines, and its sizes on a Cortex-M.
#
#   sh scripts/reader.sh [-y]
#
# The cross compilers are half a gigabyte, which nobody else needs: test.sh runs the same test with
# those that are there and says which it skipped.
set -eu
cd "$(dirname "$0")/.."
. scripts/setup.sh

yes=0
[ "${1-}" != -y ] || yes=1
need reader "$yes"
/usr/bin/python3 bench/bench_reader.py
exec /usr/bin/python3 tests/reader/test_reader.py
