#pragma once

#include <cstddef>
#include <vector>

#include <Eigen/Core>

namespace latent::comparison {

// The column for each row of a square matrix of finite costs, each column once, of least total cost: the Hungarian
// method with shortest augmenting paths (Kuhn 1955; Jonker & Volgenant 1987), O(K^3).
std::vector<std::size_t> least_cost_assignment(const Eigen::MatrixXd& costs);

}  // namespace latent::comparison
