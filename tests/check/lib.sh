# SPDX-License-Identifier: Apache-2.0
#
# lib.sh - what the checks share. A check is a script that defines check() and canary(), and ends
# with run "$@":
#
#   NAME.sh [ROOT]     checks a source tree, prints the offending lines, ends with 1 if there are any
#   NAME.sh --canary   plants violations in a copy of the tree and expects each to be found
#
# A check that cannot run prints "skipped: why" and ends with 77.

self=$0
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)

skip() {
    echo "skipped: $*"
    exit 77
}

# Every file of the tree that belongs to the project, in a stable order.
all_files() {
    find . -type d \( -name .git -o -path ./build -o -name __pycache__ -o -name node_modules \) -prune -o \
        -type f ! -name .git -print | sed 's,^\./,,' | LC_ALL=C sort
}

# grep_all REGEX: matching lines of all text files, as file:line:text.
grep_all() {
    all_files | tr '\n' '\0' | xargs -0 grep -InE -e "$1" /dev/null
}

# report WHY LINES: prints them, if any, and notes the failure.
report() {
    [ -z "$2" ] || { printf '%s\n' "$2" | sed "s|\$|    ($1)|"; failed=1; }
}

# C sources of the given folders, in a stable order.
c_files() {
    find "$@" -type f \( -name '*.c' -o -name '*.h' \) -print | LC_ALL=C sort
}

# Their code, without comments and without the contents of literals, as file:line:text.
code_of() {
    c_files "$@" | xargs awk -f "$here/code.awk"
}

# trips FILE LINE FOUND: with LINE appended to FILE the check fails and prints FOUND (it did not
# before); FILE is as it was afterwards.
trips() {
    mkdir -p "$copy/$(dirname "$1")"
    [ ! -f "$copy/$1" ] || cp "$copy/$1" "$copy.saved"
    printf '%s\n' "$2" >>"$copy/$1"
    expect_failure "$1: $2" "$3"
    rm "$copy/$1"
    [ ! -f "$copy.saved" ] || mv "$copy.saved" "$copy/$1"
}

# expect_failure WHAT FOUND: the check of the copy ends with 1 and prints FOUND.
expect_failure() {
    status=0
    sh "$self" "$copy" >"$copy.out" 2>&1 || status=$?
    if [ "$status" -ne 1 ] || ! grep -qF -e "$2" "$copy.out"; then
        printf 'canary: status %s, and "%s" is not in the output, after: %s\n' "$status" "$2" "$1"
        sed 's/^/    /' "$copy.out"
        failed=1
    fi
    if grep -qF -e "$2" "$copy.before"; then
        printf 'canary: "%s" is reported without a violation\n' "$2"
        failed=1
    fi
}

run_canary() {
    work=$(mktemp -d)
    trap 'rm -rf "$work"' EXIT
    copy=$work/tree failed=0
    mkdir "$copy"
    (cd "$root" && tar -cf - verifier dcl fleet cli tests/check tests/cases) | tar -xf - -C "$copy"
    sh "$self" "$copy" >"$copy.before" 2>&1 || [ $? -ne 77 ] || skip "$(sed -n '$p' "$copy.before")"
    canary
    return "$failed"
}

run() {
    if [ "${1-}" = --canary ]; then
        run_canary
    else
        cd "${1:-$root}" || exit
        check
    fi
}
