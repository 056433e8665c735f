# How this tree is compiled, whatever the preset; nothing here reaches those who use the installed targets.
if(NOT PROJECT_IS_TOP_LEVEL)
  return()
endif()

if(NOT CMAKE_BUILD_TYPE AND NOT CMAKE_CONFIGURATION_TYPES)
  set(CMAKE_BUILD_TYPE Release CACHE STRING "Debug, Release, RelWithDebInfo or MinSizeRel" FORCE)
endif()

# Neither changes a result: nobody here reads errno after a square root or unmasks floating-point traps, and without
# these two the compiler must keep branches that stop it from vectorising.
add_compile_options(-fno-math-errno -fno-trapping-math)

# {.max_iterations = 50} leaves the other members to their defaults, and means to.
add_compile_options(-Wno-missing-field-initializers)
# g++ 12 warns by mistake about its own std::string (the first three) and AVX-512 headers (the other two).
if(CMAKE_CXX_COMPILER_ID STREQUAL GNU AND CMAKE_CXX_COMPILER_VERSION VERSION_LESS 13)
  add_compile_options(-Wno-restrict -Wno-stringop-overflow -Wno-array-bounds -Wno-maybe-uninitialized
                      -Wno-uninitialized)
endif()

find_program(LATENT_CCACHE ccache)
if(LATENT_CCACHE AND NOT CMAKE_CXX_COMPILER_LAUNCHER)
  # The sloppiness and the option are what ccache asks for before it will cache files that use precompiled headers.
  set(CMAKE_CXX_COMPILER_LAUNCHER "${CMAKE_COMMAND}" -E env
      CCACHE_SLOPPINESS=pch_defines,time_macros,include_file_ctime,include_file_mtime "${LATENT_CCACHE}")
  if(CMAKE_CXX_COMPILER_ID STREQUAL GNU)
    add_compile_options(-fpch-preprocess)
  endif()
endif()
