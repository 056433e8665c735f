# `cpack -G DEB`, or ./dev package: one package with the program, the headers and the static libraries.
set(CPACK_PACKAGE_NAME latent)
set(CPACK_PACKAGE_VENDOR "latent maintainers")
set(CPACK_PACKAGE_CONTACT "latent maintainers <maintainers@localhost>")
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "${PROJECT_DESCRIPTION}")
set(CPACK_PACKAGE_DESCRIPTION "latent fits latent-variable models by expectation-maximization: mixtures of
densities, Gaussian mixtures, hidden Markov models, from the shell by the program
latent or from C++20; and any model of which you write the E-step and the
M-step. It searches among starts, accelerates, stops when it should and says why.")
set(CPACK_STRIP_FILES ON)

set(CPACK_GENERATOR DEB)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_SECTION science)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)  # the program's shared libraries; what the headers and libraries need, by hand
set(needed "libeigen3-dev (>= 3.4)" "libtbb-dev (>= 2021)" "libboost-dev (>= 1.74)" "nlohmann-json3-dev (>= 3.11)")
list(JOIN needed ", " CPACK_DEBIAN_PACKAGE_DEPENDS)
set(CPACK_DEBIAN_PACKAGE_RECOMMENDS gnuplot-nox)
set(CPACK_DEBIAN_PACKAGE_CONTROL_STRICT_PERMISSION ON)
include(CPack)
