# SPDX-License-Identifier: Apache-2.0
#
# What users of the installed libraries look for: pkg-config files and a CMake package.
include(CMakePackageConfigHelpers)

set(pkgconfig_dir ${CMAKE_INSTALL_LIBDIR}/pkgconfig)
set(package_dir ${CMAKE_INSTALL_LIBDIR}/cmake/veridac)

# Relative to the .pc file itself, so that an installed tree can be moved or staged.
file(RELATIVE_PATH PC_PREFIX ${CMAKE_INSTALL_FULL_LIBDIR}/pkgconfig ${CMAKE_INSTALL_PREFIX})
string(REGEX REPLACE "/$" "" PC_PREFIX "${PC_PREFIX}")
foreach(dir LIB INCLUDE)
    if(IS_ABSOLUTE "${CMAKE_INSTALL_${dir}DIR}")
        set(PC_${dir}DIR ${CMAKE_INSTALL_${dir}DIR})
    else()
        set(PC_${dir}DIR "\${prefix}/${CMAKE_INSTALL_${dir}DIR}")
    endif()
endforeach()
configure_file(cmake/veridac.pc.in libveridac.pc @ONLY)
set(pc_files ${CMAKE_CURRENT_BINARY_DIR}/libveridac.pc)
set(targets veridac)
if(VERIDAC_DCL)
    foreach(name veridac-dcl veridac-fleet)
        configure_file(cmake/${name}.pc.in lib${name}.pc @ONLY)
        list(APPEND pc_files ${CMAKE_CURRENT_BINARY_DIR}/lib${name}.pc)
        list(APPEND targets ${name})
    endforeach()
endif()
install(FILES ${pc_files} DESTINATION ${pkgconfig_dir} COMPONENT development)

configure_package_config_file(cmake/veridacConfig.cmake.in veridacConfig.cmake
    INSTALL_DESTINATION ${package_dir})
write_basic_package_version_file(veridacConfigVersion.cmake COMPATIBILITY SameMinorVersion)
install(EXPORT veridacTargets NAMESPACE veridac:: DESTINATION ${package_dir} COMPONENT development)
install(FILES ${CMAKE_CURRENT_BINARY_DIR}/veridacConfig.cmake
    ${CMAKE_CURRENT_BINARY_DIR}/veridacConfigVersion.cmake DESTINATION ${package_dir}
    COMPONENT development)
