#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# abi.sh - programs that were built with an older libveridac keep working.
#
#   abi.sh LIBRARY HEADER NAME MOST   compares with tests/abi/NAME.{abi,exports,defines}: nothing that
#                                     was there has changed or gone, every export and every macro is
#                                     on its list, and there are at most MOST functions
#   abi.sh --update LIBRARY HEADER NAME   writes the three files anew
#   abi.sh --canary                   the same with small libraries that break each rule
#
# LIBRARY needs debug information. Skipped (77) without abidiff.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
store=$here/../abi

command -v abidiff >/dev/null || { echo "skipped: no abidiff (abigail-tools)"; exit 77; }

describe() {
    abidw --exported-interfaces-only --no-show-locs --no-corpus-path --no-comp-dir-path --out-file "$2" "$1"
}

exports() {
    nm -D --defined-only "$1" | awk '$2 != "A" { sub(/@.*/, "", $3); print $3 }' | LC_ALL=C sort
}

# The macros of a header: name and value. Not its include guard.
defines() {
    gcc -dM -E -I "$here/../../verifier/include" -I "$here/../../dcl/include" \
        -I "$here/../../fleet/include" "$1" |
        sed -n 's/^#define \(VERIDAC_[A-Z0-9_]*\) \(.*\)$/\1 \2/p' | grep -v '^VERIDAC_API ' |
        LC_ALL=C sort
}

# differs WHAT STORED NOW: prints the difference; 0 when there is one.
differs() {
    if diff "$2" "$3" >"$work/diff"; then
        return 1
    fi
    echo "$1 differ (< stored, > now):"
    cat "$work/diff"
}

check() {
    library=$1 header=$2 name=$3 most=$4 failed=0
    describe "$library" "$work/now.abi"
    # no --headers-dir: it would hide the change of a parameter from size_t to uint32_t
    abidiff --no-added-syms --suppressions "$store/suppressions" "$store/$name.abi" "$work/now.abi" \
        >"$work/report" 2>&1 || { cat "$work/report"; failed=1; }
    /usr/bin/python3 "$here/abi_layout.py" "$store/$name.abi" | LC_ALL=C sort >"$work/layout.stored"
    /usr/bin/python3 "$here/abi_layout.py" "$work/now.abi" | LC_ALL=C sort >"$work/layout"
    gone=$(LC_ALL=C comm -23 "$work/layout.stored" "$work/layout")
    [ -z "$gone" ] || { echo "members of $name that are not as they were:"; echo "$gone"; failed=1; }
    exports "$library" >"$work/exports"
    ! differs "exports of $name" "$store/$name.exports" "$work/exports" || failed=1
    defines "$header" >"$work/defines"
    ! differs "macros of $name" "$store/$name.defines" "$work/defines" || failed=1
    n=$(wc -l <"$work/exports")
    [ "$n" -le "$most" ] || { echo "$name exports $n functions, at most $most"; failed=1; }
    [ "$failed" -eq 0 ] ||
        echo "A wanted addition: sh tests/check/abi.sh --update ..., and read the difference."
    return "$failed"
}

update() {
    describe "$1" "$store/$3.abi"
    exports "$1" >"$store/$3.exports"
    defines "$2" >"$store/$3.defines"
}

# ---- the canary ----

header() {
    cat <<'C'
#include <stddef.h>
#include <stdint.h>
#define VERIDAC_CANARY 1
typedef struct veridac_handle_of_the_canary veridac_handle_of_the_canary;
typedef struct veridac_canary_options {
    size_t size;
    int32_t a, b;
} veridac_canary_options;
int32_t veridac_canary_use(veridac_handle_of_the_canary *h, const veridac_canary_options *o, size_t n);
int32_t veridac_canary_end(veridac_handle_of_the_canary *h);
C
}

body() {
    cat <<'C'
#include "canary.h"
struct veridac_handle_of_the_canary {
    int32_t inside;
};
int32_t veridac_canary_use(veridac_handle_of_the_canary *h, const veridac_canary_options *o, size_t n)
{
    return h->inside + o->a + o->b + (int32_t)n;
}
int32_t veridac_canary_end(veridac_handle_of_the_canary *h)
{
    return h->inside;
}
C
}

# build FOLDER SED-SCRIPT: the canary's library with a change in header and body.
build() {
    mkdir -p "$1"
    header | sed "$2" >"$1/canary.h"
    body | sed "$2" >"$1/canary.c"
    gcc -g -O2 -shared -fPIC -I "$1" "$1/canary.c" -o "$1/libcanary.so"
}

# expect CODE WHAT SED-SCRIPT [update]: `update` renews the lists of exports and macros first, as for a
# wanted addition, and leaves the description of the old library.
expect() {
    build "$work/now" "$3"
    cp "$work/stored/canary.exports" "$work/stored/canary.defines" "$store/"
    if [ "${4-}" = update ]; then
        exports "$work/now/libcanary.so" >"$store/canary.exports"
        defines "$work/now/canary.h" >"$store/canary.defines"
    fi
    got=0
    (check "$work/now/libcanary.so" "$work/now/canary.h" canary "${5-9}") >"$work/out" 2>&1 || got=1
    [ "$got" -eq "$1" ] || { echo "canary: $2: got $got, expected $1"; cat "$work/out"; broken=1; }
}

canary() {
    broken=0
    cp "$store/suppressions" "$work/stored.suppressions"
    mkdir "$work/stored"
    store=$work/stored-abi
    mkdir "$store"
    cp "$work/stored.suppressions" "$store/suppressions"
    build "$work/first" ''
    describe "$work/first/libcanary.so" "$store/canary.abi"
    exports "$work/first/libcanary.so" >"$work/stored/canary.exports"
    defines "$work/first/canary.h" >"$work/stored/canary.defines"
    more='/^int32_t veridac_canary_end.*)$/i int32_t veridac_canary_more(void) { return 1; }'
    expect 0 "nothing changed" ''
    expect 0 "a handle changed inside" 's/int32_t inside;/int32_t before, inside;/'
    expect 0 "a struct grew at its end" 's/int32_t a, b;/int32_t a, b, c;/'
    expect 1 "a member in the middle" 's/int32_t a, b;/int32_t a, c, b;/'
    expect 1 "a member of another size" 's/int32_t a, b;/int32_t a; int64_t b;/'
    expect 1 "a member of another sign" 's/int32_t a, b;/int32_t a; uint32_t b;/'
    expect 1 "members that changed places" 's/int32_t a, b;/int32_t b, a;/'
    expect 1 "a parameter of another size" 's/size_t n)/uint32_t n)/'
    expect 1 "another result" 's/^int32_t veridac_canary_end/int64_t veridac_canary_end/'
    expect 1 "a function gone" 's/veridac_canary_end/veridac_canary_stop/' update
    expect 1 "a macro changed" 's/VERIDAC_CANARY 1/VERIDAC_CANARY 2/'
    expect 1 "a function that is not on the list" "$more"
    expect 0 "a function more" "$more" update
    expect 0 "too few to mind" '' '' 2
    expect 1 "too many" '' '' 1
    return "$broken"
}

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
case $1 in
--canary) canary ;;
--update) shift && update "$@" ;;
*) check "$@" ;;
esac
