#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# nm.sh - what a built library asks of the system, and what it exports.
#
#   nm.sh LIBRARY HEADER             exports are veridac_* and exactly those that HEADER declares
#   nm.sh LIBRARY HEADER OBJECTS     also: nothing that opens a socket, reads the clock or starts a
#                                    thread; in the folder OBJECTS only snapshot_map opens files
#   nm.sh --canary                   the same with small libraries that break each rule
set -eu
here=$(cd "$(dirname "$0")" && pwd)

banned='socket|connect|bind|listen|accept|send|sendto|recv|recvfrom|getaddrinfo|gethostbyname'
banned="$banned|fopen|fdopen|freopen|creat|popen|system|execve|fork|dlopen|getenv|secure_getenv"
banned="$banned|time|gettimeofday|clock_gettime|clock|timespec_get|localtime|gmtime"
banned="$banned|pthread_create|thrd_create|signal|sigaction|exit|abort|__assert_fail"
files='open|openat|mmap|read|pread|fstat|stat|lstat|close'

# Names as the compiler wrote them: no version, no 64, no __x_2 or __x_chk of fortified builds.
plain() {
    sed 's/@.*//; s/^__\(.*\)_\(2\|chk\)$/\1/; s/64$//'
}

undefined() {
    nm "$@" | awk '$(NF - 1) == "U" { print $NF }' | plain | LC_ALL=C sort -u
}

declared() {
    awk -f "$here/code.awk" "$1" | sed 's/^[^:]*:[0-9]*://' | grep -v '^ *#' | tr '\n' ' ' |
        tr ';' '\n' | grep VERIDAC_API | sed 's/ *(.*//; s/.*[^A-Za-z0-9_]//' | LC_ALL=C sort -u
}

exported() {
    nm -D --defined-only "$1" | awk '$2 != "A" { print $3 }' | plain | LC_ALL=C sort -u
}

check() {
    library=$1 header=$2 objects=${3-} failed=0
    work=$(mktemp -d)
    trap 'rm -rf "$work"' EXIT
    exported "$library" >"$work/exported"
    declared "$header" >"$work/declared"
    [ -s "$work/declared" ] || { echo "$header: declares nothing"; failed=1; }
    say "exported, not veridac_*" "$(grep -v '^veridac_' "$work/exported")"
    say "exported, not declared" "$(LC_ALL=C comm -23 "$work/exported" "$work/declared")"
    say "declared, not exported" "$(LC_ALL=C comm -13 "$work/exported" "$work/declared")"
    if [ -n "$objects" ]; then
        say "asked of the system" "$(undefined -D "$library" | grep -xE "$banned")"
        for object in $(find "$objects" -name '*.o' | LC_ALL=C sort); do
            case $object in
            */snapshot_map.c.o) allowed=$files ;;
            *) allowed=none ;;
            esac
            say "asked for by ${object##*/}" \
                "$(undefined "$object" | grep -xE "$banned|$files" | grep -vxE "$allowed")"
        done
    fi
    return "$failed"
}

say() {
    [ -z "$2" ] || { printf '%s\n' "$2" | sed "s|^|$library: $1: |"; failed=1; }
}

# expect STATUS FOUND: the check of the library that was just made.
expect() {
    status=0
    sh "$0" "$work/lib.so" "$work/h.h" "$work/objects" >"$work/out" 2>&1 || status=$?
    if [ "$status" -ne "$1" ] || { [ -n "$2" ] && ! grep -qF -e "$2" "$work/out"; }; then
        printf 'canary: status %s, wanted %s and "%s":\n' "$status" "$1" "$2"
        sed 's/^/    /' "$work/out"
        failed=1
    fi
}

# library FILE CODE: libveridac.so from a good file and one more.
library() {
    rm -rf "$work/objects"
    mkdir "$work/objects"
    cat >"$work/good.c" <<'C'
#include "h.h"
int veridac_one(void) { return 1; }
const char *veridac_two(int a) { (void)a; return ""; }
C
    printf '%s\n' "$2" >"$work/$1.c"
    for name in good "$1"; do
        gcc -O2 -fPIC -I"$work" -c "$work/$name.c" -o "$work/objects/$name.c.o"
    done
    gcc -shared -o "$work/lib.so" "$work/objects/"*.o
}

canary() {
    failed=0
    work=$(mktemp -d)
    trap 'rm -rf "$work"' EXIT
    cat >"$work/h.h" <<'C'
#define VERIDAC_API __attribute__((visibility("default")))
/* VERIDAC_API int veridac_comment(void); */
VERIDAC_API int veridac_one(void);
struct veridac_bytes { int a; };
VERIDAC_API const char *
veridac_two(int a);
C
    library other 'static int x(void) { return 2; } int (*veridac_unused)(void);'
    expect 1 'exported, not declared: veridac_unused'
    library other '__attribute__((visibility("hidden"))) int x(void) { return 2; }'
    expect 0 ''
    library other 'int helper(void) { return 2; }'
    expect 1 'exported, not veridac_*: helper'
    for call in 'int socket(int, int, int); int x(void) { return socket(1, 2, 3); }' \
        'void *fopen(const char *, const char *); void *x(void) { return fopen("", ""); }' \
        'long time(long *); long x(void) { return time(0); }' \
        'int getaddrinfo(void); int x(void) { return getaddrinfo(); }' \
        'int pthread_create(void); int x(void) { return pthread_create(); }'; do
        library other "__attribute__((visibility(\"hidden\"))) extern int y; $call"
        name=${call%%(*}
        expect 1 "asked of the system: ${name##*[ *]}"
    done
    hidden='__attribute__((visibility("hidden"))) int'
    open="int open(const char *, int, ...); $hidden x(void) { return open(\"\", 0); }"
    library other "$open"
    expect 1 'asked for by other.c.o: open'
    library snapshot_map "$open"
    expect 0 ''
    library snapshot_map "$open int socket(void); $hidden z(void) { return socket(); }"
    expect 1 'asked for by snapshot_map.c.o: socket'
    echo 'VERIDAC_API int veridac_three(void);' >>"$work/h.h"
    library other ''
    expect 1 'declared, not exported: veridac_three'
    return "$failed"
}

if [ "${1-}" = --canary ]; then
    canary
else
    check "$@"
fi
