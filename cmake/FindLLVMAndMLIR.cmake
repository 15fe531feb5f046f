# Finds LLVM and MLIR 22, Debian's packages or another build named by -DMLIR_DIR,
# and stops with what to install if they are missing or of another version.

set(MHC_LLVM_MAJOR 22)
string(CONCAT MHC_INSTALL_HINT
  "Install them on Debian with\n"
  "    apt-get install llvm-22-dev libmlir-22-dev mlir-22-tools llvm-22-tools clang-22 lld-22 libomp-22-dev libboost-context-dev nlohmann-json3-dev libxxhash-dev\n"
  "or name another build of LLVM ${MHC_LLVM_MAJOR} with\n"
  "    cmake -DMLIR_DIR=<prefix>/lib/cmake/mlir ...")

# Debian keeps each version below its own prefix. No version in find_package:
# MLIR's version file accepts nothing but the exact one.
list(APPEND CMAKE_PREFIX_PATH /usr/lib/llvm-${MHC_LLVM_MAJOR})
find_package(MLIR QUIET CONFIG)
if(NOT MLIR_FOUND)
  message(FATAL_ERROR "MLIR ${MHC_LLVM_MAJOR} was not found. ${MHC_INSTALL_HINT}")
endif()
if(NOT LLVM_VERSION_MAJOR EQUAL MHC_LLVM_MAJOR)
  message(FATAL_ERROR
    "expected LLVM and MLIR ${MHC_LLVM_MAJOR}, got ${LLVM_PACKAGE_VERSION} in ${MLIR_DIR}. "
    "${MHC_INSTALL_HINT}")
endif()
message(STATUS "LLVM and MLIR ${LLVM_PACKAGE_VERSION} in ${MLIR_DIR}")

list(APPEND CMAKE_MODULE_PATH "${MLIR_CMAKE_DIR}" "${LLVM_CMAKE_DIR}")
include(TableGen)
include(AddLLVM)
include(AddMLIR)

set(CMAKE_CXX_STANDARD 17)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
# One mode for libraries and tools, so that they can share a precompiled header.
add_compile_options(-fPIC)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
if(NOT CMAKE_BUILD_TYPE)
  set(CMAKE_BUILD_TYPE Release CACHE STRING "" FORCE)
endif()

include_directories(SYSTEM ${LLVM_INCLUDE_DIRS} ${MLIR_INCLUDE_DIRS})
include_directories(${PROJECT_SOURCE_DIR}/include ${PROJECT_BINARY_DIR}/include)
separate_arguments(MHC_LLVM_DEFINITIONS NATIVE_COMMAND "${LLVM_DEFINITIONS}")
add_definitions(${MHC_LLVM_DEFINITIONS})

find_package(Threads REQUIRED)

# Kernels on the CPU run their tokens in parallel: the programs that mhc-run
# compiles call LLVM's OpenMP runtime.
find_library(MHC_OPENMP_LIBRARY NAMES omp libomp.so.5 omp5
  HINTS ${LLVM_LIBRARY_DIRS} ${LLVM_LIBRARY_DIR} /usr/lib/llvm-${MHC_LLVM_MAJOR}/lib)
if(NOT MHC_OPENMP_LIBRARY)
  message(FATAL_ERROR
    "LLVM's OpenMP runtime, libomp, was not found. Install it on Debian with\n"
    "    apt-get install libomp-${MHC_LLVM_MAJOR}-dev\n"
    "or name it with\n"
    "    cmake -DMHC_OPENMP_LIBRARY=<prefix>/lib/libomp.so ...")
endif()

# The emulator runs every lane of a kernel as a fiber of Boost.Context.
find_path(MHC_BOOST_INCLUDE_DIR boost/context/fiber.hpp)
find_library(MHC_BOOST_CONTEXT_LIBRARY NAMES boost_context)
if(NOT MHC_BOOST_INCLUDE_DIR OR NOT MHC_BOOST_CONTEXT_LIBRARY)
  message(FATAL_ERROR
    "Boost.Context was not found. Install it on Debian with\n"
    "    apt-get install libboost-context-dev\n"
    "or name it with\n"
    "    cmake -DMHC_BOOST_INCLUDE_DIR=<prefix>/include "
    "-DMHC_BOOST_CONTEXT_LIBRARY=<prefix>/lib/libboost_context.so ...")
endif()

# libmhcrt reads its manifest and checks its files by two libraries of headers.
find_path(MHC_JSON_INCLUDE_DIR nlohmann/json.hpp)
find_path(MHC_XXHASH_INCLUDE_DIR xxhash.h)
if(NOT MHC_JSON_INCLUDE_DIR OR NOT MHC_XXHASH_INCLUDE_DIR)
  message(FATAL_ERROR
    "nlohmann/json.hpp or xxhash.h was not found. Install them on Debian with\n"
    "    apt-get install nlohmann-json3-dev libxxhash-dev\n"
    "or name them with\n"
    "    cmake -DMHC_JSON_INCLUDE_DIR=<prefix>/include "
    "-DMHC_XXHASH_INCLUDE_DIR=<prefix>/include ...")
endif()

option(MHC_ENABLE_ASSERTIONS "Compile the project's own assertions" ON)
option(MHC_SANITIZE "Compile with the address and undefined-behaviour sanitizers" OFF)
if(MHC_ENABLE_ASSERTIONS)
  # Release defines NDEBUG; the last flag wins.
  add_compile_options(-UNDEBUG)
endif()
if(MHC_SANITIZE)
  # vptr would need the type information of every class of LLVM, and function reads
  # in front of functions, where that of a just-in-time compiler may have no memory.
  add_compile_options(-fsanitize=address,undefined -fno-sanitize=vptr,function
                      -fno-sanitize-recover=undefined -fno-omit-frame-pointer -g1)
  add_link_options(-fsanitize=address,undefined)
endif()

add_compile_options(-Wall -Wextra -Wno-unused-parameter -fno-exceptions)
if(CMAKE_CXX_COMPILER_ID MATCHES Clang)
  add_compile_options(-Wno-unknown-warning-option)
endif()
