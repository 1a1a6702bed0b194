# SPDX-License-Identifier: Apache-2.0
#
# Man pages and completion out of what the program says of itself, a list of what is inside (SPDX), and
# Debian packages: cpack in a build folder that was configured with the prefix /usr (preset deb).
string(TIMESTAMP VERIDAC_CREATED "%Y-%m-%dT%H:%M:%SZ" UTC) # SOURCE_DATE_EPOCH when that is set
foreach(pair CRYPTO:libcrypto CURL:libcurl ZLIB:zlib MICROHTTPD:libmicrohttpd)
    string(REPLACE ":" ";" pair ${pair})
    list(GET pair 0 variable)
    list(GET pair 1 module)
    pkg_check_modules(SBOM_${variable} ${module})
endforeach()
configure_file(cmake/veridac.spdx.json.in veridac.spdx.json @ONLY)
install(FILES ${CMAKE_CURRENT_BINARY_DIR}/veridac.spdx.json
    DESTINATION ${CMAKE_INSTALL_DATAROOTDIR}/doc/libveridac0 COMPONENT libraries)
foreach(pair libveridac0:libraries libveridac-dev:development veridac:program)
    string(REPLACE ":" ";" pair ${pair})
    list(GET pair 0 package)
    list(GET pair 1 component)
    install(FILES LICENSE DESTINATION ${CMAKE_INSTALL_DATAROOTDIR}/doc/${package}
        RENAME copyright COMPONENT ${component})
endforeach()

if(VERIDAC_DCL)
    set(docs ${CMAKE_CURRENT_BINARY_DIR}/docs)
    add_custom_command(OUTPUT ${docs}/veridac.1
        COMMAND /bin/sh ${CMAKE_CURRENT_SOURCE_DIR}/cmake/docs.sh $<TARGET_FILE:veridac-program> ${docs}
            ${PROJECT_VERSION}
        DEPENDS veridac-program ${CMAKE_CURRENT_SOURCE_DIR}/cmake/docs.sh VERBATIM)
    add_custom_target(veridac-docs ALL DEPENDS ${docs}/veridac.1)
    install(DIRECTORY ${docs}/ DESTINATION ${CMAKE_INSTALL_MANDIR}/man1 COMPONENT program
        FILES_MATCHING PATTERN "*.1")
    install(FILES ${docs}/veridac DESTINATION ${CMAKE_INSTALL_DATAROOTDIR}/bash-completion/completions
        COMPONENT program)
    install(FILES CHANGELOG.md docs/FORMAT.md docs/FORMAT-documents.md docs/publishing.md docs/policy.md
        docs/rules.md docs/fleet.md docs/trail.md docs/verify.schema.json DESTINATION ${CMAKE_INSTALL_DATAROOTDIR}/doc/veridac COMPONENT program)
endif()

set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_PACKAGE_VERSION ${PROJECT_VERSION})
set(CPACK_PACKAGE_CONTACT "veridac maintainers <maintainers@veridac.example>")
set(CPACK_COMPONENTS_ALL libraries development program)
set(CPACK_COMPONENTS_GROUPING IGNORE)
set(CPACK_DEB_COMPONENT_INSTALL ON)
set(CPACK_STRIP_FILES ON)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_CONTROL_STRICT_PERMISSION ON)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS_PRIVATE_DIRS ${CMAKE_CURRENT_BINARY_DIR}/verifier
    ${CMAKE_CURRENT_BINARY_DIR}/dcl ${CMAKE_CURRENT_BINARY_DIR}/fleet)

set(CPACK_DEBIAN_LIBRARIES_PACKAGE_NAME libveridac0)
set(CPACK_DEBIAN_LIBRARIES_PACKAGE_SECTION libs)
set(CPACK_DEBIAN_LIBRARIES_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_LIBRARIES_PACKAGE_GENERATE_SHLIBS ON)
set(CPACK_COMPONENT_LIBRARIES_DESCRIPTION "Matter device attestation and revocation: libraries
 Is this Matter device genuine, and has its certificate been revoked? These
 libraries judge devices offline, and bring the data for it.")

set(CPACK_DEBIAN_DEVELOPMENT_PACKAGE_NAME libveridac-dev)
set(CPACK_DEBIAN_DEVELOPMENT_PACKAGE_SECTION libdevel)
set(CPACK_DEBIAN_DEVELOPMENT_PACKAGE_DEPENDS "libveridac0 (= ${PROJECT_VERSION})")
set(CPACK_COMPONENT_DEVELOPMENT_DESCRIPTION "Matter device attestation and revocation: headers
 What programs need that are built with the libraries of libveridac0.")

set(CPACK_DEBIAN_PROGRAM_PACKAGE_NAME veridac)
set(CPACK_DEBIAN_PROGRAM_PACKAGE_SECTION utils)
set(CPACK_DEBIAN_PROGRAM_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_PROGRAM_PACKAGE_DEPENDS "libveridac0 (= ${PROJECT_VERSION})")
set(CPACK_COMPONENT_PROGRAM_DESCRIPTION "Matter device attestation and revocation: the program
 Judges devices, turns the ledger and its CRLs into signed snapshots, and
 pulls them.")
include(CPack)
