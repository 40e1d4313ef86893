# SPDX-License-Identifier: Apache-2.0
# The commit that is being built, taken anew at every build, so that a result names its program.
find_package(Git QUIET)
set(version_header ${CMAKE_BINARY_DIR}/generated/qf_version.h)
add_custom_target(qf_version
    COMMAND ${CMAKE_COMMAND}
        -DOUTPUT=${version_header} -DSOURCE_DIR=${CMAKE_SOURCE_DIR}
        -DVERSION=${PROJECT_VERSION} -DGIT=${GIT_EXECUTABLE}
        -P ${CMAKE_SOURCE_DIR}/cmake/write_version.cmake
    BYPRODUCTS ${version_header}
    VERBATIM)
