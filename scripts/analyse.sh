#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# analyse.sh - what compilers and analysers say beyond warnings. Nothing may be said.
#
#   sh scripts/analyse.sh [--full | --canary]
#
# As the tests run it: gcc -fanalyzer and clang-tidy over what reads the octets of others, cppcheck over
# everything, and verifier/ compiled by musl-gcc. --full: gcc and clang-tidy over everything as well, with clang's own
# analyser, and valgrind once over the programs that replay the corpora. The checks of clang-tidy are listed in .clang-tidy. A tool that is not
# there is announced as skipped; tests that need none of them end with 77. --canary: each tool that is there has to
# find what a planted file has for it.
set -eu
cd "$(dirname "$0")/.."
. scripts/setup.sh

full=0 canary=0
case ${1-} in
--full) full=1 ;;
--canary) canary=1 ;;
esac
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
include='-Iverifier -Iverifier/include -Idcl -Idcl/include -Ifleet -Ifleet/include -Icli'
flags="-std=c11 -D_DEFAULT_SOURCE $include"

# what a device, a CRL host, a ledger node, a mirror or an inventory can hold goes through these
readers='verifier/span.c verifier/buf.c verifier/text.c verifier/der.c verifier/tlv.c verifier/name.c
    verifier/cert.c verifier/csr.c verifier/paste.c verifier/armor.c verifier/cms.c verifier/decl.c
    verifier/elements.c verifier/nocsr.c verifier/crl.c verifier/crl_item.c verifier/crl_ext.c
    verifier/crl_pem.c verifier/signed.c verifier/signed_root.c verifier/signed_head.c
    verifier/bundle.c verifier/delta_code.c verifier/delta_body.c verifier/proof.c
    verifier/lookup/reader.c verifier/lookup/reader_open.c verifier/lookup/reader_proof.c
    verifier/overlay.c verifier/overlay_line.c verifier/names.c
    dcl/json.c dcl/json_grammar.c dcl/inflate.c dcl/import.c dcl/records.c dcl/answers.c dcl/points.c
    dcl/compliance.c dcl/shape.c dcl/address.c
    fleet/inventory.c fleet/inventory_csv.c fleet/inventory_fields.c fleet/policy_parse.c
    fleet/policy_signals.c fleet/rules_read.c fleet/signals.c fleet/trail_lines.c fleet/trail_verify.c'
core=$(ls verifier/*.c verifier/lookup/*.c)
all=$(ls verifier/*.c verifier/lookup/*.c dcl/*.c fleet/*.c cli/*.c)
[ "$full" -eq 0 ] || readers=$all

if [ "$canary" -eq 1 ]; then
    readers=$work/planted.c core=$readers all=$readers
    cat >"$readers" <<'END'
#include <error.h> /* glibc's own */
#include <stdlib.h>
#include <string.h>

int planted(const char *text);

int planted(const char *text)
{
    char *copy = malloc(4);
    int array[2] = {0, 0};

    if (copy == NULL)
        return 1;
    memset(copy, 0, sizeof copy);
    free(copy);
    array[2] = *text;
    return array[2] + copy[0];
}
END
fi

found=0 ran=0

# tool NAME: is it there?
tool() {
    if command -v "$1" >/dev/null; then
        ran=$((ran + 1))
        started=$(date +%s)
        return 0
    fi
    say "skipped: no $1"
    return 1
}

# report NAME: what was said in $work/NAME.* is printed.
report() {
    cat "$work/$1".* 2>/dev/null | grep -v '^$' >"$work/said" || :
    if [ "$canary" -eq 1 ]; then
        [ -s "$work/said" ] || { say "canary: $1 finds nothing"; found=1; }
    elif [ -s "$work/said" ]; then
        cat "$work/said"
        found=1
    fi
    rm -f "$work/$1".*
    say "$1: $(($(date +%s) - started)) s"
}

# each COMMAND: over $readers, as many at once as there are processors; FILE is the last word.
each() {
    # shellcheck disable=SC2086 # a list
    printf '%s\n' $readers | xargs -P "$jobs" -I FILE sh -c "$2" sh FILE "$work/$1.\$\$" || :
}

if tool gcc; then
    each gcc "gcc $flags -O1 -fanalyzer -Wall -c \"\$1\" -o \"\$2.o\" 2>&1 | grep -v '^\$' >\"$work/gcc.\$\$\"; rm -f \"\$2.o\""
    report gcc
fi
if tool clang-tidy-14; then
    checks=
    [ "$full" -eq 0 ] || checks='--checks=clang-analyzer-*,-clang-analyzer-security.insecureAPI.DeprecatedOrUnsafeBufferHandling'
    each clang-tidy "clang-tidy-14 --quiet $checks \"\$1\" -- $flags >\"$work/clang-tidy.\$\$\" 2>/dev/null"
    report clang-tidy
fi
if tool cppcheck; then
    # shellcheck disable=SC2086
    cppcheck --quiet --std=c11 --enable=warning,portability --inline-suppr -j "$jobs" \
        --suppressions-list=scripts/cppcheck.txt $include $all >"$work/cppcheck.all" 2>&1 || :
    report cppcheck
fi
if tool musl-gcc; then
    # the headers of libcrypto are the system's own; nothing is linked
    for dir in /usr/include /usr/include/x86_64-linux-gnu; do
        [ ! -d "$dir/openssl" ] || ln -sfn "$dir/openssl" "$work/openssl$(echo "$dir" | tr / _)"
    done
    mkdir -p "$work/crypto/openssl"
    for dir in /usr/include /usr/include/x86_64-linux-gnu; do
        [ ! -d "$dir/openssl" ] || ln -sf "$dir/openssl"/*.h "$work/crypto/openssl/"
    done
    for file in $core; do
        define=
        [ "$file" != verifier/snapshot_map.c ] || define=-D_POSIX_C_SOURCE=200809L
        # shellcheck disable=SC2086
        musl-gcc -std=c11 $define -Wall -Wextra -Werror -Iverifier -Iverifier/include -isystem "$work/crypto" \
            -fsyntax-only "$file" >>"$work/musl.all" 2>&1 || echo "$file: does not compile" >>"$work/musl.all"
    done
    report musl
fi
if [ "$full" -eq 1 ] && tool valgrind && [ -d build/release/fuzz ]; then
    for program in build/release/fuzz/fuzz_*; do
        [ -x "$program" ] && [ -f "$program" ] || continue
        name=${program##*/fuzz_}
        valgrind -q --error-exitcode=9 --leak-check=full "$program" "fuzz/corpus/$name" \
            >"$work/out" 2>&1 || { grep -a '^==' "$work/out" >"$work/valgrind.$name" || echo "$name failed" >"$work/valgrind.$name"; }
    done
    report valgrind
fi
[ "$ran" -gt 0 ] || exit 77
exit "$found"
