#!/bin/bash -eu
# SPDX-License-Identifier: Apache-2.0
#
# build.sh - OSS-Fuzz: builds every harness with the engine and sanitizer that it asks for, and puts program,
# corpus, dictionary and options beside each other. $SRC $WORK $OUT $CC $CFLAGS $LIB_FUZZING_ENGINE are its.
cd "$SRC/veridac"
. fuzz/common.sh

cmake -S . -B "$WORK/veridac" -G Ninja -DCMAKE_BUILD_TYPE=RelWithDebInfo -DVERIDAC_FUZZ=ON \
    -DVERIDAC_FUZZ_ENGINE="$LIB_FUZZING_ENGINE" -DCMAKE_C_COMPILER="$CC" -DCMAKE_C_FLAGS="$CFLAGS" \
    -DCMAKE_BUILD_RPATH="\$ORIGIN/lib" -DCMAKE_EXE_LINKER_FLAGS=-Wl,--disable-new-dtags
cmake --build "$WORK/veridac" --target fuzz_all

mkdir -p "$OUT/lib"
for source in fuzz/fuzz_*.c; do
    name=${source#fuzz/fuzz_}
    name=${name%.c}
    cp "$WORK/veridac/fuzz/fuzz_$name" "$OUT/"
    # machines that run it have no libraries but the C library
    ldd "$OUT/fuzz_$name" | awk '$3 ~ /^\// { print $3 }' | grep -v '/lib[cm][.]so\|/libpthread' |
        xargs -r cp -n -L -t "$OUT/lib"
    (cd "fuzz/corpus/$name" && python3 -m zipfile -c "$OUT/fuzz_${name}_seed_corpus.zip" *)
    dict=$(dictionary "$name")
    [ -z "$dict" ] || cp "$dict" "$OUT/fuzz_$name.dict"
    printf '[libfuzzer]\nmax_len = %s\ntimeout = 10\n' "$(largest "$name")" >"$OUT/fuzz_$name.options"
done
