# SPDX-License-Identifier: Apache-2.0
#
# vd_flags: the one set of compiler and linker flags, used by every target.
include(CheckCCompilerFlag)

add_library(vd_flags INTERFACE)
target_compile_options(vd_flags INTERFACE
    -Wall -Wextra -Wpedantic -Wconversion -Wsign-conversion -Wshadow -Wcast-qual -Wwrite-strings
    -Wstrict-prototypes -Wmissing-prototypes -Wold-style-definition -Wswitch-enum -Wvla -Wformat=2
    -Wundef -Wpointer-arith -Wnull-dereference -Wimplicit-fallthrough -Wredundant-decls
    -fstack-protector-strong -fno-common
    -ffile-prefix-map=${CMAKE_SOURCE_DIR}=.)
if(VERIDAC_WERROR)
    target_compile_options(vd_flags INTERFACE -Werror)
endif()

foreach(flag -fstack-clash-protection -fcf-protection)
    string(MAKE_C_IDENTIFIER "has${flag}" var)
    check_c_compiler_flag(${flag} ${var})
    if(${var})
        target_compile_options(vd_flags INTERFACE ${flag})
    endif()
endforeach()

if(VERIDAC_SANITIZE)
    target_compile_options(vd_flags INTERFACE
        -fsanitize=${VERIDAC_SANITIZE} -fno-sanitize-recover=all -fno-omit-frame-pointer)
    target_link_options(vd_flags INTERFACE -fsanitize=${VERIDAC_SANITIZE})
else()
    target_compile_options(vd_flags INTERFACE $<$<NOT:$<CONFIG:Debug>>:-U_FORTIFY_SOURCE>
        $<$<NOT:$<CONFIG:Debug>>:-D_FORTIFY_SOURCE=2>)
    if(NOT APPLE AND NOT VERIDAC_FUZZ)
        # clang's sanitizer runtimes leave symbols open in shared libraries, hence only here
        target_link_options(vd_flags INTERFACE LINKER:-z,defs)
    endif()
endif()
if(VERIDAC_FUZZ)
    target_compile_options(vd_flags INTERFACE -fsanitize=fuzzer-no-link)
endif()
if(VERIDAC_COVERAGE)
    target_compile_options(vd_flags INTERFACE -fprofile-instr-generate -fcoverage-mapping)
    target_link_options(vd_flags INTERFACE -fprofile-instr-generate)
endif()
if(NOT APPLE)
    target_link_options(vd_flags INTERFACE
        LINKER:-z,relro LINKER:-z,now LINKER:-z,noexecstack LINKER:--as-needed)
endif()
