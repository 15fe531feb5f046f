# The few CMake functions that the project's libraries and tools are written with.

# One precompiled header of MLIR's large headers, reused by every library and
# tool that includes MLIR: it cuts the compilation of a pass file from 15 s to 3 s.
file(WRITE ${CMAKE_BINARY_DIR}/precompiled.cpp "// The owner of the precompiled header.\n")
add_library(MHCPrecompiled OBJECT ${CMAKE_BINARY_DIR}/precompiled.cpp)
target_precompile_headers(MHCPrecompiled PRIVATE
  ${PROJECT_SOURCE_DIR}/cmake/MatchLLVM.h
  <mlir/Dialect/Arith/IR/Arith.h>
  <mlir/Dialect/Func/IR/FuncOps.h>
  <mlir/Dialect/Linalg/IR/Linalg.h>
  <mlir/Dialect/Math/IR/Math.h>
  <mlir/Dialect/SCF/IR/SCF.h>
  <mlir/Dialect/Tensor/IR/Tensor.h>
  <mlir/IR/Builders.h>
  <mlir/IR/BuiltinOps.h>
  <mlir/IR/PatternMatch.h>
  <mlir/Pass/Pass.h>
  <mlir/Pass/PassManager.h>
  <mlir/Transforms/DialectConversion.h>)

# A library without MLIR: mhc_add_library(NAME file.cpp ... LINK_LIBS lib ...)
function(mhc_add_library name)
  cmake_parse_arguments(ARG "" "" "LINK_LIBS" ${ARGN})
  add_library(${name} STATIC ${ARG_UNPARSED_ARGUMENTS})
  target_link_libraries(${name} PUBLIC ${ARG_LINK_LIBS})
endfunction()

# A shared library in build/lib that exports what EXPORTS, a linker's version
# script, lists: mhc_add_shared_library(NAME file.cpp ... EXPORTS f LINK_LIBS lib ...)
function(mhc_add_shared_library name)
  cmake_parse_arguments(ARG "" "EXPORTS" "LINK_LIBS" ${ARGN})
  add_library(${name} SHARED ${ARG_UNPARSED_ARGUMENTS})
  target_link_libraries(${name} PRIVATE ${ARG_LINK_LIBS})
  set(exports ${CMAKE_CURRENT_SOURCE_DIR}/${ARG_EXPORTS})
  target_link_options(${name} PRIVATE LINKER:--version-script=${exports})
  set_target_properties(${name} PROPERTIES LINK_DEPENDS ${exports}
    CXX_VISIBILITY_PRESET hidden VISIBILITY_INLINES_HIDDEN ON)
endfunction()

# A library on MLIR: mhc_add_mlir_library(NAME file.cpp ... LINK_LIBS lib ...)
function(mhc_add_mlir_library name)
  cmake_parse_arguments(ARG "" "" "LINK_LIBS" ${ARGN})
  add_library(${name} STATIC ${ARG_UNPARSED_ARGUMENTS})
  target_precompile_headers(${name} REUSE_FROM MHCPrecompiled)
  target_link_libraries(${name} PUBLIC ${ARG_LINK_LIBS} MLIR LLVM)
  add_dependencies(${name} mhc-headers)
endfunction()

# A tool in build/bin: mhc_add_tool(NAME file.cpp ... LINK_LIBS lib ...)
function(mhc_add_tool name)
  cmake_parse_arguments(ARG "" "" "LINK_LIBS" ${ARGN})
  add_executable(${name} ${ARG_UNPARSED_ARGUMENTS})
  target_precompile_headers(${name} REUSE_FROM MHCPrecompiled)
  target_link_libraries(${name} PRIVATE ${ARG_LINK_LIBS} MLIR LLVM)
  if(MHC_SANITIZE)
    target_sources(${name} PRIVATE ${PROJECT_SOURCE_DIR}/cmake/SanitizerOptions.cpp)
    set_source_files_properties(${PROJECT_SOURCE_DIR}/cmake/SanitizerOptions.cpp
      PROPERTIES SKIP_PRECOMPILE_HEADERS ON)
  endif()
  add_dependencies(${name} mhc-headers)
endfunction()

# TableGen outputs of one .td: mhc_tablegen(file.td OUT -gen-... OUT -gen-...)
function(mhc_tablegen target td)
  set(LLVM_TARGET_DEFINITIONS ${td})
  set(TABLEGEN_OUTPUT)
  set(args ${ARGN})
  while(args)
    list(POP_FRONT args out flags)
    separate_arguments(flags UNIX_COMMAND "${flags}")
    mlir_tablegen(${out} ${flags} EXTRA_INCLUDES ${PROJECT_SOURCE_DIR}/include)
  endwhile()
  add_public_tablegen_target(${target})
  set_property(GLOBAL APPEND PROPERTY MHC_TABLEGEN_TARGETS ${target})
endfunction()
