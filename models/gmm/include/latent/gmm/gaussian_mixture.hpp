#pragma once

#include <latent/components/gaussian_diagonal.hpp>
#include <latent/components/gaussian_full.hpp>
#include <latent/components/gaussian_spherical.hpp>
#include <latent/components/gaussian_tied.hpp>
#include <latent/components/mixture.hpp>
#include <latent/latent_model.hpp>

namespace latent {

// The mixture of K Gaussians:  p(x) = sum_k w_k N(x; m_k, S_k)   (McLachlan & Peel 2000, chapter 3)
//
//   E-step  r_nk = w_k N(x_n; m_k, S_k) / p(x_n)
//   M-step  w_k = N_k / n,  m_k and S_k the mean and covariance of the rows with weights r_nk,  N_k = sum_n r_nk
//
// Gaussians says what the covariances look like: FullGaussians, TiedGaussians, DiagonalGaussians, SphericalGaussians.
//
//   const auto fitted = latent::fit(latent::GaussianMixture<>{.components = 3}, rows);
template <class Gaussians = FullGaussians>
using GaussianMixture = Mixture<Gaussians>;

static_assert(LatentModel<GaussianMixture<FullGaussians>>);
static_assert(LatentModel<GaussianMixture<TiedGaussians>>);
static_assert(LatentModel<GaussianMixture<DiagonalGaussians>>);
static_assert(LatentModel<GaussianMixture<SphericalGaussians>>);

}  // namespace latent
