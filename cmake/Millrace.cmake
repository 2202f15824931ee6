# SPDX-License-Identifier: Apache-2.0
# millrace_library(NAME SOURCES a.cpp ... LINKS lib ... [PCH_FROM target])
# millrace_executable(NAME SOURCES main.cpp ... LINKS lib ... [PCH_FROM target])
# millrace_test(NAME LABEL unit SOURCES a_test.cpp ... LINKS lib ... [PCH_FROM target])
#   One Catch2 binary, one CTest entry. LINKS are the layers below: nothing else may be included.

function(millrace_common_settings target pch_from)
  target_link_libraries(${target} PUBLIC millrace_options)
  if(pch_from)
    target_precompile_headers(${target} REUSE_FROM ${pch_from})
  endif()
endfunction()

function(millrace_library name)
  cmake_parse_arguments(arg "" "PCH_FROM" "SOURCES;LINKS" ${ARGN})
  add_library(${name} STATIC ${arg_SOURCES})
  millrace_common_settings(${name} "${arg_PCH_FROM}")
  target_link_libraries(${name} PUBLIC ${arg_LINKS})
endfunction()

function(millrace_executable name)
  cmake_parse_arguments(arg "" "PCH_FROM" "SOURCES;LINKS" ${ARGN})
  add_executable(${name} ${arg_SOURCES})
  millrace_common_settings(${name} "${arg_PCH_FROM}")
  target_link_libraries(${name} PRIVATE ${arg_LINKS})
  set_target_properties(${name} PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/bin)
  # Benchmarks are executables, too, and stay here.
  if(name MATCHES "^millrace")
    install(TARGETS ${name} RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
  endif()
endfunction()

function(millrace_test name)
  cmake_parse_arguments(arg "" "LABEL;PCH_FROM" "SOURCES;LINKS" ${ARGN})
  add_executable(${name} ${arg_SOURCES})
  millrace_common_settings(${name} "${arg_PCH_FROM}")
  target_include_directories(${name} PRIVATE ${CMAKE_SOURCE_DIR})
  target_link_libraries(${name} PRIVATE ${arg_LINKS} tests_support)
  target_compile_definitions(${name} PRIVATE MILLRACE_SOURCE_DIR="${CMAKE_SOURCE_DIR}"
                                             MILLRACE_BINARY_DIR="${CMAKE_BINARY_DIR}/bin")
  add_test(NAME ${name} COMMAND ${name})
  set_tests_properties(${name} PROPERTIES LABELS ${arg_LABEL} TIMEOUT 600)
endfunction()
