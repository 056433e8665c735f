#include <algorithm>
#include <cmath>
#include <limits>

#include <boost/random/uniform_int_distribution.hpp>
#include <latent/error.hpp>
#include <latent/stopping.hpp>

#include "context.hpp"

namespace latent::conformance {
namespace {

// A step at which the function bends by what is small for a log-likelihood and large for rounding: the third derivative
// then disturbs the score by about 1e-6, and rounding by about 1e-7.
double step_for(const Function& function, const Eigen::VectorXd& here, Eigen::Index i, double middle, double rounding) {
  constexpr int most_tries = 14;
  const double wanted = std::max(1e-6, 1e3 * rounding);
  double step = std::max({1e-4 * std::abs(here[i]), 1e-5 * here.cwiseAbs().maxCoeff(), 1e-6});
  for (int tries = 0; tries < most_tries; ++tries) {
    Eigen::VectorXd point = here;
    point[i] = here[i] + step;
    const double plus = function(point);
    point[i] = here[i] - step;
    const double bend = std::abs(middle - (plus + function(point)) / 2);
    const double factor = std::isfinite(bend) ? std::sqrt(wanted / std::max(bend, 1e-8 * wanted)) : 0.1;
    if (factor > 0.2 && factor < 5) break;
    step *= std::clamp(factor, 1e-3, 1e3);
  }
  return step;
}

}  // namespace

Function guarded(std::function<double(const Eigen::VectorXd&)> function) {
  return [function = std::move(function)](const Eigen::VectorXd& point) {
    try {
      const double value = function(point);
      return std::isnan(value) ? -std::numeric_limits<double>::infinity() : value;
    } catch (const ModelError&) {
      return -std::numeric_limits<double>::infinity();
    }
  };
}

Function objective_near(const Context& context, const Held& like) {
  return guarded([&context, like](const Eigen::VectorXd& point) {
    return point_at(context, "", context.subject.from(point, Coordinates::stabilized, like)).objective;
  });
}

Slope slope_along(const Function& function, const Eigen::VectorXd& here, Eigen::Index i, double middle,
                  double total_weight) {
  const double rounding = rounding_of(middle, total_weight);
  Slope slope;
  double step = step_for(function, here, i, middle, rounding);
  Eigen::VectorXd ahead = here, behind = here;
  ahead[i] += step;
  behind[i] -= step;
  step = (ahead[i] - behind[i]) / 2;  // as far as it really went, beside a large number
  const double plus = function(ahead), minus = function(behind);
  if (!(step > 0) || !std::isfinite(plus) || !std::isfinite(minus)) return slope;
  slope.step = step;
  const double bend = middle - (plus + minus) / 2;
  const double rise = (plus - minus) / 2;
  // How rough the function is: what it changes by a millionth of the step, which its slope does not explain. A function
  // of sums that cancel is far rougher than its size says.
  constexpr double tiny = 1e-6;
  ahead[i] = here[i] + tiny * step;
  behind[i] = here[i] - tiny * step;
  const double rough = std::max(std::abs(function(ahead) - middle), std::abs(function(behind) - middle));
  const double noise = std::max(rounding, rough - 2 * tiny * (std::abs(rise) + std::abs(bend)));
  if (!(std::abs(bend) > 16 * noise)) return slope;
  slope.unit = step / std::sqrt(2 * std::abs(bend));
  slope.score = rise / step * slope.unit;
  slope.error = noise / step * slope.unit;
  slope.curvature = bend > 0 ? 0.5 : -0.5;
  slope.known = true;
  return slope;
}

std::vector<Eigen::Index> coordinates_to_try(const Context& context, const Held& at, bool only_moved) {
  const std::vector<CoordinateInfo> all = context.subject.coordinates(at);
  const Eigen::VectorXd here = context.subject.vector(at, Coordinates::stabilized);
  std::vector<Eigen::Index> chosen;
  if (!here.allFinite()) return chosen;
  for (std::size_t i = 0; i < all.size(); ++i) {
    if (all[i].at_edge || (only_moved && i < context.still.size() && context.still[i])) continue;
    chosen.push_back(static_cast<Eigen::Index>(i));
  }
  const std::size_t most = context.options.most_coordinates;
  if (chosen.size() <= most) return chosen;
  Random random = random_stream(context.options.seed, ~std::uint64_t{3});
  for (std::size_t i = 0; i < most; ++i) {
    std::swap(chosen[i], chosen[boost::random::uniform_int_distribution<std::size_t>(i, chosen.size() - 1)(random)]);
  }
  chosen.resize(most);
  std::ranges::sort(chosen);
  return chosen;
}

std::string names_of_still(const Context& context) {
  std::string names, last;
  const std::vector<CoordinateInfo> all = context.subject.coordinates(context.starts.front().at);
  for (std::size_t i = 0; i < all.size() && i < context.still.size(); ++i) {
    if (!context.still[i] || field_of(all[i].name) == last) continue;
    last = field_of(all[i].name);
    names += (names.empty() ? "`" : ", `") + last + "`";
  }
  return names;
}

}  // namespace latent::conformance
