# latent_add_plugin(NAME source.cpp... [LINK targets...]): a shared library NAME.so with models that the program `latent`
# loads (--plugin ./NAME.so), of sources that end with the line LATENT_PLUGIN(...).
function(latent_add_plugin name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "" "LINK")
  add_library(${name} MODULE ${arg_UNPARSED_ARGUMENTS})
  target_link_libraries(${name} PRIVATE latent::hmm latent::gmm ${arg_LINK})
  # Only what LATENT_PLUGIN declares is seen from outside: two plugins may both have a class Model.
  set_target_properties(${name} PROPERTIES PREFIX "" SUFFIX ".so" CXX_VISIBILITY_PRESET hidden
                                           VISIBILITY_INLINES_HIDDEN OFF)
endfunction()
