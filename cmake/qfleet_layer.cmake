# SPDX-License-Identifier: Apache-2.0
# What every target of the project is compiled with.
add_library(qf_flags INTERFACE)
target_compile_definitions(qf_flags INTERFACE _GNU_SOURCE)
target_compile_options(qf_flags INTERFACE
    # the same bits from every compiler: no fused operations but explicit ones, no -ffast-math
    -ffp-contract=off -fno-math-errno -fno-trapping-math -fopenmp-simd
    -Wall -Wextra -Wpedantic -Wconversion -Wshadow -Wmissing-prototypes -Wvla
    # clang takes INFINITY for a float
    $<$<C_COMPILER_ID:GNU>:-Wdouble-promotion>
    $<$<BOOL:${QFLEET_WERROR}>:-Werror>)

# qf_add_layer(NAME folder SOURCES...): one layer is one static library, whose headers only those
# see that link it. A layer links the layer below and nothing above, so that an include upwards does
# not compile.
function(qf_add_layer name)
    add_library(${name} STATIC ${ARGN})
    target_link_libraries(${name} PRIVATE qf_flags)
    target_include_directories(${name} PUBLIC ${CMAKE_CURRENT_SOURCE_DIR})
endfunction()

# qf_compile_per_isa(PREFIX source TARGET): what lives in headers of the kernels, compiled for every
# instruction set that they are compiled for, with their own flags, into TARGET; PREFIX_ISA are the objects.
function(qf_compile_per_isa prefix source target)
    foreach(isa generic v3 v4)
        if(TARGET qf_kernels_${isa})
            get_target_property(isa_options qf_kernels_${isa} COMPILE_OPTIONS)
            add_library(${prefix}_${isa} OBJECT ${source})
            target_compile_definitions(${prefix}_${isa} PRIVATE QF_ISA=${isa})
            target_compile_options(${prefix}_${isa} PRIVATE ${isa_options})
            target_link_libraries(${prefix}_${isa} PRIVATE qf_flags)
            target_include_directories(${prefix}_${isa} PRIVATE ${PROJECT_SOURCE_DIR}/src/kernels)
            target_sources(${target} PRIVATE $<TARGET_OBJECTS:${prefix}_${isa}>)
        endif()
    endforeach()
endfunction()
