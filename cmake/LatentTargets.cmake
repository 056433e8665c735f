# How every component of latent is made: one static library, one exported name latent::NAME, its public headers
# under include/latent, what need not be a template under src.
find_package(Eigen3 3.4 REQUIRED NO_MODULE)
find_package(TBB 2021 REQUIRED)
find_package(Boost 1.74 REQUIRED)
find_package(nlohmann_json 3.11 REQUIRED)
find_package(Threads REQUIRED)

# latent_add_component(NAME [LINK targets...])
function(latent_add_component name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "" "LINK")
  file(GLOB_RECURSE headers CONFIGURE_DEPENDS "${CMAKE_CURRENT_SOURCE_DIR}/include/*.hpp")
  file(GLOB_RECURSE sources CONFIGURE_DEPENDS "${CMAKE_CURRENT_SOURCE_DIR}/src/*.cpp")
  add_library(latent_${name} STATIC ${sources})
  add_library(latent::${name} ALIAS latent_${name})
  target_sources(latent_${name} PUBLIC FILE_SET HEADERS BASE_DIRS include FILES ${headers})
  target_compile_features(latent_${name} PUBLIC cxx_std_20)
  set_target_properties(latent_${name} PROPERTIES EXPORT_NAME ${name} POSITION_INDEPENDENT_CODE ON
                                                  VERIFY_INTERFACE_HEADER_SETS ON LINKER_LANGUAGE CXX)
  target_include_directories(latent_${name} PRIVATE src)
  target_link_libraries(latent_${name} PUBLIC ${arg_LINK})
  set_property(GLOBAL APPEND PROPERTY LATENT_COMPONENTS latent_${name})
endfunction()
