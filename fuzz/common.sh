# SPDX-License-Identifier: Apache-2.0
#
# common.sh - what the scripts that run fuzzers share. Sourced.

# harness NAME: or the end.
harness() {
    [ -f "fuzz/fuzz_$1.c" ] || {
        echo "$0: no harness is called \"$1\"; there are:" fuzz/fuzz_*.c | sed 's|fuzz/fuzz_||g; s|\.c||g' >&2
        exit 64
    }
}

# dictionary NAME: the file, or nothing.
dictionary() {
    case $1 in
    certificate | crl | cms | revset | verify | show) echo fuzz/der.dict ;;
    cd | elements | tlv) echo fuzz/tlv.dict ;;
    inventory | json | listed | signals) echo fuzz/json.dict ;;
    records) echo fuzz/records.dict ;;
    esac
}

# largest NAME: octets of an input. Certificates have 600, bundles of the corpus 13 000.
largest() {
    case $1 in
    bundle | delta | json | records | revset | show | snapshot | verify) echo 16384 ;;
    *) echo 4096 ;;
    esac
}
