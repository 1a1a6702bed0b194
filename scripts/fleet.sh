#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# fleet.sh [LINES] - an inventory of a million lines with known hits: counts, and runs that are killed and go
# on. The tests do the same with 20 000.
set -eu
here=$(cd "$(dirname "$0")/.." && pwd)
build=${BUILD:-$here/build/release}
VERIDAC=$build/cli/veridac VERIDAC_TESTPKI=$build/tests/pki/veridac-testpki VERIDAC_FLEET_LINES=${1:-1000000} \
    exec /usr/bin/python3 "$here/tests/cli/test_audit.py" Audit.test_counts_and_going_on
