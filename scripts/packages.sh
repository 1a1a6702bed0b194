#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# packages.sh - Debian packages of the committed source: built twice, in two folders, and compared octet for
# octet; then installed, used and purged in a view of this system that nobody else sees.
#
#   sh scripts/packages.sh FOLDER    the packages are left in FOLDER
set -eu
cd "$(dirname "$0")/.."
[ $# -eq 1 ] || { echo "usage: sh scripts/packages.sh FOLDER" >&2; exit 64; }
mkdir -p "$1"
out=$(cd "$1" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
SOURCE_DATE_EPOCH=$(git log -1 --format=%ct)
export SOURCE_DATE_EPOCH

for folder in one another/and-deeper; do
    mkdir -p "$work/$folder"
    git archive HEAD | tar -x -C "$work/$folder"
    (cd "$work/$folder" && cmake --preset deb >/dev/null && cmake --build build/deb -j2 -- --quiet &&
        cd build/deb && TZ=$([ "$folder" = one ] && echo UTC || echo Asia/Tokyo) cpack -B "$work/$folder.debs" >/dev/null)
done
for deb in "$work"/one.debs/*.deb; do
    cmp "$deb" "$work/another/and-deeper.debs/${deb##*/}"
    sha256sum "$deb" | sed "s|$work/one.debs/||"
    cp "$deb" "$out/"
done
cmake --preset release >/dev/null
cmake --build build/release -j2 -- --quiet
ctest --test-dir build/release -R '^pki\.cases$' >/dev/null
/usr/bin/python3 tests/install/test_packages.py "$work/one/build/deb" "$PWD" "$PWD/build/release/tests/pki/cases"
