#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# The long mode of the tests of bundles and deltas, on the debug build: sets of up to ten million keys,
# a million serials that were chosen to hurt, and HISTORIES (1000) random histories. Half an hour, 3 GiB.
#
#   sh scripts/bundles.sh [HISTORIES]
set -eu
build=$(cd "$(dirname "$0")/.." && pwd)/build/debug/tests/unit
VERIDAC_LONG=1 "$build/test_bundle_keys"
VERIDAC_LONG=${1:-1000} "$build/test_delta_history"
