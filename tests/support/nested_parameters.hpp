#pragma once

#include <array>
#include <vector>

#include <Eigen/Core>
#include <latent/fields.hpp>

// One of every kind of field, some of them in a struct that is a field or is embedded.

struct Components {
  Eigen::MatrixXd means = Eigen::MatrixXd::Zero(2, 3);  // D x K
  std::vector<Eigen::MatrixXd> covariances{3, Eigen::MatrixXd::Identity(2, 2)};
  static constexpr auto fields() {
    return latent::fields(latent::field("means", &Components::means),
                          latent::field("covariances", &Components::covariances, latent::positive_definite));
  }
};

struct Chain {
  Eigen::Matrix<double, 2, 3> transitions = Eigen::Matrix<double, 2, 3>::Constant(1. / 3);
  std::array<double, 2> cuts{-1, 1};
  static constexpr auto fields() {
    return latent::fields(latent::field("transitions", &Chain::transitions, latent::simplex_rows),
                          latent::field("cuts", &Chain::cuts, latent::ordered));
  }
};

struct NestedParameters {
  Eigen::VectorXd weights = Eigen::VectorXd::Constant(3, 1. / 3);
  Components components;
  Chain chain;
  double rate = 1, fraction = 0.5, pseudo_count = 7;
  static constexpr auto fields() {
    return latent::fields(latent::field("weights", &NestedParameters::weights, latent::simplex),
                          latent::embedded(&NestedParameters::components),
                          latent::field("chain", &NestedParameters::chain),
                          latent::field("rate", &NestedParameters::rate, latent::positive),
                          latent::field("fraction", &NestedParameters::fraction, latent::unit_interval),
                          latent::field("pseudo_count", &NestedParameters::pseudo_count, latent::fixed));
  }
};
