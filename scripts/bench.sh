#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# bench.sh - all benchmarks, with what they need beside the build: a client, another server, a compiler.
#
#   sh scripts/bench.sh [-y] [OPTION...]    the options are those of bench/run: --quick, --growth, ...
#
# Without these packages bench/run says which rows it could not measure.
set -eu
cd "$(dirname "$0")/.."
. scripts/setup.sh

yes=0
if [ "${1-}" = -y ]; then
    yes=1
    shift
fi
need both "$yes"
need bench "$yes"
exec bench/run "$@"
