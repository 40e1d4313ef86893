# SPDX-License-Identifier: Apache-2.0
# Writes OUTPUT, a header with the text of each of FILES (separated by blanks) as an array of characters that ends with a
# zero, named after the file: run_world.sbatch becomes text_run_world_sbatch.
set(text "/* SPDX-License-Identifier: Apache-2.0 */\n")
separate_arguments(FILES)
foreach(path IN LISTS FILES)
    cmake_path(GET path FILENAME name)
    string(MAKE_C_IDENTIFIER "${name}" identifier)
    file(READ ${path} bytes HEX)
    string(REGEX REPLACE "(................................)" "\\1\n" bytes "${bytes}")
    string(REGEX REPLACE "([0-9a-f][0-9a-f])" "0x\\1," bytes "${bytes}")
    string(APPEND text "static const char text_${identifier}[] = {\n${bytes}0};\n")
endforeach()
file(WRITE ${OUTPUT} "${text}")
