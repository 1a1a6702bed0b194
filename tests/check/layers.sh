#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# layers.sh - a file of verifier/ includes only headers that stand before it in layers.txt, its own
# and the public one; only sig.c and key.c know OpenSSL; nothing knows dcl/ or cli/. dcl/ does not know
# fleet/, and neither knows cli/.
set -eu
. "$(dirname "$0")/lib.sh"

check() {
    c_files verifier | grep -v '^verifier/include/' | xargs awk '
        function stem(path) {
            sub(/.*\//, "", path)
            sub(/\.[ch]$/, "", path)
            while (!(path in place) && sub(/_[^_]*$/, "", path))
                ;
            return path
        }
        function bad(why) { print FILENAME ":" FNR ": " $0 "    (" why ")"; failed = 1 }
        FILENAME == ARGV[1] {
            if ($0 !~ /^#/)
                for (i = 2; i <= NF; i++)
                    place[$i] = ++n
            next
        }
        FNR == 1 {
            own = stem(FILENAME)
            if (!(own in place))
                bad("not in layers.txt")
        }
        /^[ \t]*#[ \t]*include/ {
            path = $0
            gsub(/.*include[ \t]*[<"]|[>"].*/, "", path)
            if (path == "veridac/veridac.h")
                next
            if (path ~ /^openssl\//) {
                if (FILENAME !~ /\/(sig|key)\.c$/)
                    bad("only sig.c and key.c may use OpenSSL")
            } else if (path ~ /^veridac\// || path ~ /(^|\/)(dcl|cli|\.\.)\//) {
                bad("verifier/ includes nothing from outside")
            } else if ($0 ~ /"/ && !(stem(path) in place)) {
                bad(path " is not in layers.txt")
            } else if ($0 ~ /"/ && own in place && place[stem(path)] > place[own]) {
                bad(path " stands after " own)
            }
        }
        END { exit failed }' "$here/layers.txt" || return 1
    failed=0
    report 'dcl/ knows verifier/ alone' "$(above dcl 'fleet|cli' 'dcl verifier')"
    report 'fleet/ knows verifier/ and dcl/' "$(above fleet 'cli' 'fleet dcl verifier')"
    return "$failed"
}

# above FOLDER OTHERS KNOWN: its lines that include a header of a folder above it, and none of this name
# that it may know.
above() {
    find fleet cli -name '*.h' | grep -E "^($2)/" | sed 's,.*/include/,,; t
        s,.*/,,' | LC_ALL=C sort -u | while read -r header; do
        for known in $3; do
            [ ! -f "$known/$header" ] || continue 2
        done
        c_files "$1" |
            xargs grep -nF -e "include \"$header\"" -e "include <$header>" || :
    done
}

canary() {
    trips verifier/tlv.c '#include "api.h"' 'api.h stands after tlv'
    trips verifier/span.h '# include "buf.h"' 'buf.h stands after span'
    trips verifier/tlv.h '#include <openssl/evp.h>' 'verifier/tlv.h'
    trips verifier/profile.c '#include "../dcl/http.h"' 'includes nothing from outside'
    trips verifier/profile.c '#include <veridac/dcl.h>' 'includes nothing from outside'
    trips verifier/profile.c '#include "http.h"' 'http.h is not in layers.txt'
    trips verifier/lookup/helper.c 'int x;' 'verifier/lookup/helper.c'
    trips verifier/crl_new.h '#include "points.h"' 'points.h stands after crl'
    trips dcl/plan.c '#include <veridac/fleet.h>' 'dcl/plan.c'
    trips dcl/plan.c '#include "owned.h"' 'dcl/plan.c'
    trips fleet/owned.c '#include "cli.h"' 'fleet/owned.c'
    trips verifier/points.h '#include "crl_check.h"' 'crl_check.h stands after points'
}

run "$@"
