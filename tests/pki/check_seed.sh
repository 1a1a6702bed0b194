#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# check_seed.sh - the same seed gives the same bytes, another seed and no seed give others.
#
# usage: check_seed.sh TESTPKI CASEDIR WORKDIR
set -eu
testpki=$1 work=$3

# these files have every kind of object and key; all of them would take three times as long
cases=$work/some
rm -rf "$work"
mkdir -p "$cases"
for file in chain cert-dac elements cd-cms; do
    cp "$2/$file.cases" "$cases"
done
make_cases() { # NAME OPTION...
    name=$1
    shift
    "$testpki" cases "$cases" "$work/$name/cases" "$@"
}
make_world() { # NAME OPTION...
    name=$1
    shift
    "$testpki" world "$work/$name/world" --url http://127.0.0.1:1 --at 1748736000 "$@"
}
for name in one two; do
    make_cases $name --seed left
    make_world $name --seed left
done
diff -r "$work/one" "$work/two"

make_cases other --seed right --only good
make_cases random --only good
make_cases random-too --only good
for name in other random random-too; do
    for file in dac.der signature.bin; do
        if cmp -s "$work/one/cases/good/$file" "$work/$name/cases/good/$file"; then
            echo "$name: the same $file, though the seed differs"
            exit 1
        fi
    done
done
if cmp -s "$work/random/cases/good/dac.der" "$work/random-too/cases/good/dac.der"; then
    echo "two runs without a seed gave the same certificate"
    exit 1
fi
rm -rf "$work"
