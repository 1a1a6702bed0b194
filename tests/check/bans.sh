#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# bans.sh - what no code here does. A function that moves bytes without a bound, reads the clock or
# ends the process has one place, or none.
set -eu
. "$(dirname "$0")/lib.sh"

# ban WHY REGEX FOLDERS [FILE]: in the code of FOLDERS, except in FILE.
ban() {
    report "$1" "$(grep -E "^($3)/" "$code" |
        grep -E "^[^:]*:[0-9]+:(.*[^A-Za-z0-9_])?($2)" | grep -v "^${4:-none}:")"
}

check() {
    failed=0
    code=$(mktemp)
    trap 'rm -f "$code"' EXIT
    code_of verifier dcl fleet cli >"$code"

    ban 'bytes move in verifier/buf.c and buf.h' '(memcpy|memmove|mempcpy|bcopy)[ (]' 'verifier|dcl|fleet' \
        'verifier/buf.[ch]'
    ban 'the clock enters in cli/' \
        '(time|gettimeofday|clock_gettime|clock|timespec_get|ftime)[ ]*\(' 'verifier|dcl|fleet' \
        dcl/ticks.c
    ban 'no bound' \
        '(strcpy|strcat|strncpy|strncat|stpcpy|sprintf|vsprintf|gets|strtok)[ ]*\(' \
        'verifier|dcl|fleet|cli'
    ban 'no error' '(atoi|atol|atoll|atof)[ ]*\(' 'verifier|dcl|fleet|cli'
    ban 'a library does not end the process' '(assert|abort|exit|_exit|_Exit|quick_exit)[ ]*\(' \
        'verifier|dcl|fleet'
    ban 'DER is parsed by own code' 'd2i_[A-Za-z0-9_]*[ ]*\(' 'verifier|dcl|fleet|cli'
    # habit 8: a jump sets the status, so only these two macros jump
    report 'only TRY and FAIL jump' \
        "$(grep -E '(^[^:]*:[0-9]+:|[^A-Za-z0-9_])goto[^A-Za-z0-9_]' "$code" |
            grep -vE ':[0-9]+:#[ ]*define[ ]+(VD_)?(TRY|FAIL)\(')"
    report 'unfinished work belongs into an issue' \
        "$(grep_all '(^|[^A-Za-z0-9_])(TO[D]O|FIX[M]E|XX[X])([^A-Za-z0-9_]|$)')"
    return "$failed"
}

canary() {
    # a few files say as much as all, in a fifth of the time
    find "$copy/dcl" "$copy/cli" "$copy/fleet" "$copy/tests" -name '*.c' -exec rm {} +
    trips verifier/span.c '    memcpy(a, b, n);' 'verifier/span.c'
    trips verifier/der.c 'memmove (a, b, n);' 'verifier/der.c'
    trips dcl/new.c '    t = time(NULL);' 'dcl/new.c:1'
    trips verifier/der.c 'if (x && !clock_gettime(CLOCK_REALTIME, &t)) y();' 'clock_gettime'
    for call in strcpy strcat sprintf atoi strtok assert abort exit; do
        trips dcl/new.c "    $call(a);" "dcl/new.c:1:    $call(a);"
    done
    trips verifier/key.c '    c = d2i_X509(NULL, &p, n);' 'd2i_X509'
    trips verifier/key.c '    goto out;' 'goto out'
    trips cli/new.c '/* a comment */ goto out;' 'goto out'
    trips fleet/new.c '    t = time(NULL);' 'fleet/new.c:1'
    trips fleet/new.c '    memcpy(a, b, n);' 'fleet/new.c:1'
    for word in "TO""DO" "FIX""ME" "XX""X"; do
        trips scripts/new "# $word later" "# $word later"
    done
    # what looks similar and is fine
    cp -R "$copy" "$copy.fine"
    cat >"$copy.fine/verifier/new.c" <<'C'
/* memcpy( assert( goto and
 * abort() in a comment */
static const char text[] = "exit(1) goto // strcpy(";
_Static_assert(1, "");
#define TRY(e)  do { if ((st = (e)) != VD_OK) goto out; } while (0)
int exits(int my_time(int));
C
    sh "$self" "$copy.fine" >"$copy.out" || :
    if grep -F verifier/new.c "$copy.out"; then
        echo "canary: the lines above are fine"
        failed=1
    fi
}

run "$@"
