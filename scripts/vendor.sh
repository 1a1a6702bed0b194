#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# vendor.sh - puts libveridac's sources into a copy of the Python package, for its sdist and for wheels
# that need no installed library.
#
#   sh scripts/vendor.sh FOLDER    FOLDER is bindings/python or a copy of it; its vendor/ is made anew
set -eu
cd "$(dirname "$0")/.."

[ $# -eq 1 ] && [ -f "$1/pyproject.toml" ] || {
    echo "usage: sh scripts/vendor.sh FOLDER" >&2
    exit 64
}
rm -rf "$1/vendor"
mkdir -p "$1/vendor/verifier/lookup" "$1/vendor/verifier/include"
cp verifier/*.c verifier/*.h "$1/vendor/verifier/"
cp verifier/lookup/*.c verifier/lookup/*.h "$1/vendor/verifier/lookup/"
cp -r verifier/include/veridac "$1/vendor/verifier/include/"
cp LICENSE "$1/"
