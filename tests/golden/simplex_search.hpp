#pragma once

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>
#include <vector>

#include <Eigen/Core>

namespace golden {

struct Highest {
  Eigen::VectorXd at;
  double value = 0;
};

// A maximum of a function of a few numbers by the simplex search of Nelder & Mead (1965), Comput. J. 7, 308, started
// again where it ended until that gains nothing. It knows nothing of EM, and no derivatives.
inline Highest simplex_search(const std::function<double(const Eigen::VectorXd&)>& function,
                              const Eigen::VectorXd& start, double gain_to_stop = 1e-11) {
  const auto measured = [&](const Eigen::VectorXd& at) {
    const double value = function(at);
    return Highest{at, std::isnan(value) ? -std::numeric_limits<double>::infinity() : value};
  };
  Highest best = measured(start);
  for (double gain = std::numeric_limits<double>::infinity(); gain > gain_to_stop;) {
    std::vector<Highest> corners{best};
    for (Eigen::Index i = 0; i < start.size(); ++i) {
      Eigen::VectorXd corner = best.at;
      corner[i] += 0.02 * std::max(std::abs(corner[i]), 0.01);
      corners.push_back(measured(corner));
    }
    constexpr int most = 2000;
    for (int step = 0; step < most; ++step) {
      std::ranges::sort(corners, std::greater{}, &Highest::value);
      if (corners.front().value - corners.back().value < gain_to_stop / 10) break;
      Highest& worst = corners.back();
      Eigen::VectorXd center = Eigen::VectorXd::Zero(start.size());
      for (const Highest& corner : corners) center += corner.at;
      center = ((center - worst.at) / static_cast<double>(start.size())).eval();
      const auto beyond = [&](double factor) { return measured(center + factor * (center - worst.at)); };
      const Highest reflected = beyond(1);
      if (reflected.value > corners.front().value) {
        const Highest expanded = beyond(2);
        worst = expanded.value > reflected.value ? expanded : reflected;
      } else if (reflected.value > corners[corners.size() - 2].value) {
        worst = reflected;
      } else {
        const Highest contracted = beyond(reflected.value > worst.value ? 0.5 : -0.5);
        if (contracted.value > std::max(worst.value, reflected.value)) {
          worst = contracted;
        } else {
          for (Highest& corner : corners) corner = measured((corner.at + corners.front().at) / 2);
        }
      }
    }
    const Highest found = *std::ranges::max_element(corners, {}, &Highest::value);
    gain = found.value - best.value;
    if (gain > 0) best = found;
  }
  return best;
}

}  // namespace golden
