# After `cmake --install`, another project says find_package(latent CONFIG) and links latent::gmm (or ::framework).
include(CMakePackageConfigHelpers)
include(GNUInstallDirs)

get_property(components GLOBAL PROPERTY LATENT_COMPONENTS)
if(TARGET latent_mpi)  # for those who have MPI too
  list(REMOVE_ITEM components latent_mpi)
  install(TARGETS latent_mpi EXPORT latentMpiTargets FILE_SET HEADERS)
endif()
install(TARGETS ${components} EXPORT latentTargets FILE_SET HEADERS)
install(TARGETS latent)

set(package "${CMAKE_INSTALL_LIBDIR}/cmake/latent")
install(EXPORT latentTargets NAMESPACE latent:: DESTINATION "${package}")
if(TARGET latent_mpi)
  install(EXPORT latentMpiTargets NAMESPACE latent:: DESTINATION "${package}")
endif()
write_basic_package_version_file("${PROJECT_BINARY_DIR}/latentConfigVersion.cmake" COMPATIBILITY SameMinorVersion)
install(FILES "${PROJECT_SOURCE_DIR}/cmake/latentConfig.cmake" "${PROJECT_SOURCE_DIR}/cmake/LatentPlugin.cmake"
              "${PROJECT_BINARY_DIR}/latentConfigVersion.cmake"
        DESTINATION "${package}")
