# SPDX-License-Identifier: Apache-2.0
# Writes OUTPUT, and only when it changes: nothing is compiled again for the same commit.
set(commit "unknown")
if(GIT)
    execute_process(COMMAND ${GIT} -C ${SOURCE_DIR} rev-parse --short=12 HEAD
        OUTPUT_VARIABLE head OUTPUT_STRIP_TRAILING_WHITESPACE RESULT_VARIABLE result ERROR_QUIET)
    if(result EQUAL 0)
        set(commit ${head})
        execute_process(COMMAND ${GIT} -C ${SOURCE_DIR} status --porcelain --untracked-files=no
            OUTPUT_VARIABLE changes ERROR_QUIET)
        if(changes)
            # which they are, so that results of two such builds are not taken for those of one
            execute_process(COMMAND ${GIT} -C ${SOURCE_DIR} diff --binary HEAD
                OUTPUT_VARIABLE difference ERROR_QUIET)
            string(SHA1 hash "${difference}")
            string(SUBSTRING "${hash}" 0 8 hash)
            string(APPEND commit "+changes.${hash}")
        endif()
    endif()
endif()
set(text "/* SPDX-License-Identifier: Apache-2.0 */\n#define QF_VERSION    \"${VERSION}\"\n#define QF_GIT_COMMIT \"${commit}\"\n")
set(before "")
if(EXISTS ${OUTPUT})
    file(READ ${OUTPUT} before)
endif()
if(NOT before STREQUAL text)
    file(WRITE ${OUTPUT} ${text})
endif()
