#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# size.sh - no file of verifier/, dcl/, fleet/ or cli/ over 450 lines, no function over 80. Tests and
# tables of data live elsewhere; a public header is the manual and as long as it needs to be.
set -eu
. "$(dirname "$0")/lib.sh"

max_file=450
max_function=80

check() {
    failed=0
    c_files verifier dcl fleet cli | grep -v '/include/' | xargs wc -l | awk -v max="$max_file" '
        $2 != "total" && $1 > max { print $2 ": " $1 " lines, more than " max; bad = 1 }
        END { exit bad }' || failed=1
    if ctags --version 2>/dev/null | grep -q 'Universal Ctags'; then
        c_files verifier dcl fleet cli | grep '\.c$' |
            xargs ctags --languages=C --kinds-C=f --fields=+ne -f - |
            awk -F'\t' -v max="$max_function" '
            {
                first = last = 0
                for (i = 4; i <= NF; i++) {
                    if ($i ~ /^line:/) first = substr($i, 6)
                    if ($i ~ /^end:/) last = substr($i, 5)
                }
                if (last - first + 1 > max) {
                    print $2 ":" first ": " $1 " has " last - first + 1 " lines, more than " max
                    bad = 1
                }
            }
            END { exit bad }' || failed=1
    elif [ "$failed" -eq 0 ]; then
        skip "function sizes need universal-ctags"
    fi
    return "$failed"
}

lines() {
    awk -v n="$1" -v text="$2" 'BEGIN { while (n-- > 0) print text }'
}

canary() {
    trips dcl/long.c "$(lines 451 'int f(void);')" 'dcl/long.c: 451 lines'
    trips cli/long.c "int f(void)
{
$(lines 78 '    g();')
}" 'cli/long.c:1: f has 81 lines'
}

run "$@"
