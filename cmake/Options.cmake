# SPDX-License-Identifier: Apache-2.0
# Everything that is compiled links millrace_options; there are no global flags but the build type's.
option(MILLRACE_TESTS "Build the tests and benchmarks" ON)
option(MILLRACE_FUZZ "Build the libFuzzer targets" OFF)
option(MILLRACE_COVERAGE "Instrument for llvm-cov" OFF)
set(MILLRACE_SANITIZE "" CACHE STRING "Value of -fsanitize=, empty for none")

set(CMAKE_CXX_STANDARD 23)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)
# Our libraries end in executables only; with equal flags the precompiled headers serve both.
set(CMAKE_CXX_COMPILE_OPTIONS_PIC -fPIE)
set(CMAKE_CXX_FLAGS_DEV "-O0 -g1")
set(CMAKE_CXX_FLAGS_RELEASE "-O2 -g1")

# libstdc++ 12 guards std::expected by __cpp_concepts >= 202002L, which clang 19 meets.
add_library(millrace_options INTERFACE)
target_compile_features(millrace_options INTERFACE cxx_std_23)
target_include_directories(millrace_options INTERFACE ${CMAKE_SOURCE_DIR}/services)
target_compile_definitions(millrace_options INTERFACE MILLRACE_VERSION="${MILLRACE_VERSION}")
target_compile_options(
  millrace_options
  INTERFACE -Wall
            -Wextra
            -Wpedantic
            -Werror
            -Wshadow
            -Wconversion
            -Wold-style-cast
            -Wnon-virtual-dtor
            -Woverloaded-virtual
            -Wformat=2
            -Wcast-align
            -Wimplicit-fallthrough
            -Wno-missing-field-initializers
            -fstack-protector-strong
            $<$<CONFIG:Release>:-U_FORTIFY_SOURCE
            -D_FORTIFY_SOURCE=2
            -fcf-protection
            -D_GLIBCXX_ASSERTIONS>)
target_link_options(millrace_options INTERFACE -fuse-ld=lld-19 $<$<CONFIG:Release>:-Wl,-z,relro,-z,now>)

if(MILLRACE_SANITIZE)
  # The function check of UBSan cannot handle coroutine frames.
  set(sanitize -fsanitize=${MILLRACE_SANITIZE} -fno-sanitize-recover=all -fno-omit-frame-pointer)
  if(MILLRACE_SANITIZE MATCHES undefined)
    list(APPEND sanitize -fno-sanitize=function)
  endif()
  target_compile_options(millrace_options INTERFACE ${sanitize} -D_GLIBCXX_ASSERTIONS)
  target_link_options(millrace_options INTERFACE ${sanitize})
endif()
if(MILLRACE_FUZZ)
  # Coverage feedback in everything; the fuzzers link libFuzzer's main. Unoptimised they try too little.
  target_compile_options(millrace_options INTERFACE -fsanitize=fuzzer-no-link -O1)
endif()
if(MILLRACE_COVERAGE)
  target_compile_options(millrace_options INTERFACE -fprofile-instr-generate -fcoverage-mapping)
  target_link_options(millrace_options INTERFACE -fprofile-instr-generate)
endif()

set_property(GLOBAL PROPERTY JOB_POOLS compile=2 link=1)
set(CMAKE_JOB_POOL_COMPILE compile)
set(CMAKE_JOB_POOL_LINK link)
