#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# headers.sh - each header compiles alone and twice, as C11; the public ones also as C99 and C++17,
# with gcc and, where it is there, clang.
set -eu
. "$(dirname "$0")/lib.sh"

flags='-Wall -Wextra -Wpedantic -Werror -fsyntax-only
    -Iverifier -Iverifier/include -Idcl -Idcl/include
    -Ifleet -Ifleet/include'

# compiles HEADER LANGUAGE STANDARD COMPILER
compiles() {
    # $flags is a list
    printf '#include "%s"\n#include "%s"\nextern int not_empty;\n' "$PWD/$1" "$PWD/$1" |
        "$4" -x "$2" "-std=$3" $flags - || {
        echo "$1: does not compile alone ($4 -std=$3)"
        failed=1
    }
}

check() {
    failed=0
    command -v g++ >/dev/null || skip "needs g++"
    clang=$(command -v clang-14 || command -v clang || true)
    for header in $(c_files verifier dcl fleet | grep '\.h$'); do
        case $header in
        */include/*)
            for cc in gcc $clang; do
                compiles "$header" c c99 "$cc"
                compiles "$header" c c11 "$cc"
            done
            for cxx in g++ ${clang:+clang++${clang##*/clang}}; do
                compiles "$header" c++ c++17 "$cxx"
            done
            ;;
        *) compiles "$header" c c11 gcc ;;
        esac
    done
    return "$failed"
}

canary() {
    trips verifier/new.h 'size_t x(void);' 'verifier/new.h: does not compile alone (gcc -std=c11)'
    trips verifier/new.h 'struct twice { int a; };' 'verifier/new.h: does not compile alone'
    public=verifier/include/veridac/veridac.h
    trips "$public" 'int f(int new);' "$public: does not compile alone (g++ -std=c++17)"
    trips "$public" 'typedef int again;' "$public: does not compile alone (gcc -std=c99)"
}

run "$@"
