# SPDX-License-Identifier: Apache-2.0
# Third-party libraries, all from the distribution and linked statically but libssl and libcrypto,
# so that one binary runs on Debian 12, Debian 13, Ubuntu 24.04 and in the images.
find_package(Boost 1.81 CONFIG REQUIRED)
find_package(OpenSSL 3 REQUIRED)
find_package(Threads REQUIRED)
find_package(nlohmann_json 3.11 REQUIRED)

function(millrace_static_library target archive header)
  find_library(${target}_archive NAMES ${archive} REQUIRED)
  find_path(${target}_include NAMES ${header} REQUIRED)
  add_library(millrace::${target} STATIC IMPORTED GLOBAL)
  set_target_properties(millrace::${target} PROPERTIES IMPORTED_LOCATION ${${target}_archive})
  if(NOT ${target}_include STREQUAL /usr/include)
    set_target_properties(millrace::${target} PROPERTIES INTERFACE_INCLUDE_DIRECTORIES ${${target}_include})
  endif()
endfunction()

millrace_static_library(pugixml libpugixml.a pugixml.hpp)
millrace_static_library(yaml_cpp libyaml-cpp.a yaml-cpp/yaml.h)
millrace_static_library(sqlite libsqlite3.a sqlite3.h)
target_link_libraries(millrace::sqlite INTERFACE m ${CMAKE_DL_LIBS} Threads::Threads)
millrace_static_library(argon2 libargon2.a argon2.h)
# Of its formats only tar is used, which needs no other library.
millrace_static_library(archive libarchive.a archive.h)
millrace_static_library(boost_url libboost_url.a boost/url.hpp)

# Asio and Beast are compiled once, in common/net/separate_compilation.cpp.
add_library(millrace_boost INTERFACE)
target_link_libraries(millrace_boost INTERFACE Boost::headers Threads::Threads millrace::boost_url)
target_compile_definitions(
  millrace_boost
  INTERFACE BOOST_ASIO_SEPARATE_COMPILATION BOOST_ASIO_NO_DEPRECATED BOOST_BEAST_SEPARATE_COMPILATION
            BOOST_ASIO_DISABLE_BOOST_COROUTINE BOOST_URL_NO_LIB BOOST_URL_STATIC_LINK)
