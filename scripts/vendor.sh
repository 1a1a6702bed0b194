#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# vendor.sh - puts libveridac's sources into a binding, for those who have no installed library. What it
# makes is no part of the source tree; a release has it.
#
#   sh scripts/vendor.sh FOLDER    FOLDER is bindings/python, bindings/go or a copy of one
#
#   Python: vendor/, for the sdist and for wheels. Go: files vd_*, which are compiled with the tag
#   veridac_bundled. They stand beside the Go files and begin with vd_, because go takes C files from
#   the package's own folder alone, and its own include path would make our limits.h the system's.
set -eu
cd "$(dirname "$0")/.."

python() {
    rm -rf "$1/vendor"
    mkdir -p "$1/vendor/verifier/lookup" "$1/vendor/verifier/include"
    cp verifier/*.c verifier/*.h "$1/vendor/verifier/"
    cp verifier/lookup/*.c verifier/lookup/*.h "$1/vendor/verifier/lookup/"
    cp -r verifier/include/veridac "$1/vendor/verifier/include/"
}

# Files and includes by their new names.
rename() {
    sed 's|#include "\(.*/\)\{0,1\}\([a-z0-9_]*\.h\)"|#include "vd_\2"|; s|<veridac/veridac\.h>|"vd_veridac.h"|' "$1"
}

go() {
    rm -f "$1"/vd_*
    for file in verifier/*.h verifier/lookup/*.h verifier/include/veridac/veridac.h; do
        rename "$file" >"$1/vd_${file##*/}"
    done
    for file in verifier/*.c verifier/lookup/*.c; do
        { printf '//go:build veridac_bundled\n\n'; rename "$file"; } >"$1/vd_${file##*/}"
    done
}

if [ $# -eq 1 ] && [ -f "$1/pyproject.toml" ]; then
    python "$1"
elif [ $# -eq 1 ] && [ -f "$1/go.mod" ]; then
    go "$1"
else
    echo "usage: sh scripts/vendor.sh FOLDER" >&2
    exit 64
fi
cp LICENSE "$1/"
