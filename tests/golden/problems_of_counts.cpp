#include <cmath>

#include "golden/blood_groups.hpp"
#include "golden/linkage.hpp"
#include "golden/poisson_mixture.hpp"
#include "golden/problem.hpp"
#include "golden/widows.hpp"

namespace golden {
namespace {

double linkage_formula(const Vector& at) {
  const double theta = at[0];
  return 125 * std::log((2 + theta) / 4) + 38 * std::log((1 - theta) / 4) + 34 * std::log(theta / 4);
}

double poisson(std::size_t x, double mean) {
  double probability = std::exp(-mean);
  for (std::size_t i = 1; i <= x; ++i) probability *= mean / static_cast<double>(i);
  return probability;
}

// at: weight of the first, two means.
double poisson_mixture_formula(const Vector& at) {
  double sum = 0;
  for (std::size_t x = 0; x < days.size(); ++x) {
    sum += days[x] * std::log(at[0] * poisson(x, at[1]) + (1 - at[0]) * poisson(x, at[2]));
  }
  return sum;
}

// at: A, B, O (implied).
double blood_group_formula(const Vector& at) {
  const double a = at[0], b = at[1], o = 1 - a - b;
  return 182 * std::log(a * a + 2 * a * o) + 60 * std::log(b * b + 2 * b * o) + 17 * std::log(2 * a * b) +
         176 * std::log(o * o);
}

// at: share of the childless, mean of the others.
double widows_formula(const Vector& at) {
  double sum = widows[0] * std::log(at[0] + (1 - at[0]) * poisson(0, at[1]));
  for (std::size_t x = 1; x < widows.size(); ++x) sum += widows[x] * std::log((1 - at[0]) * poisson(x, at[1]));
  return sum;
}

}  // namespace

std::vector<Problem> problems_of_counts() {
  return {with_fits({.name = "genetic linkage",
                     .log_likelihood = linkage_formula(vector({linkage_theta()})),
                     .tolerance = 1e-10,
                     .parameters = vector({linkage_theta()}),
                     .parameter_tolerance = 1e-10,
                     .rate = linkage_rate,
                     .formula = linkage_formula},
                    Linkage{}, linkage_families, {}),
          with_fits({.name = "Poisson mixture",
                     .log_likelihood = -1989.945859883,
                     .tolerance = 1e-9,
                     .parameters = vector({0.359885, 1.25610, 2.66340}),
                     .parameter_tolerance = 6e-6,
                     .formula = poisson_mixture_formula},
                    PoissonMixture{}, {deaths_a_day, days}, {}, 0.5),
          with_fits({.name = "blood groups",
                     .log_likelihood = -492.535315529933,
                     .tolerance = 1e-10,
                     .parameters = vector({0.26444, 0.09317, 0.64239}),
                     .parameter_tolerance = 6e-6,
                     .formula = blood_group_formula},
                    BloodGroups{}, {blood_groups, people}, {}),
          with_fits({.name = "widows",
                     .log_likelihood = -3351.652020149,
                     .tolerance = 1e-9,
                     .parameters = vector({0.615057, 1.037839}),
                     .parameter_tolerance = 6e-7,
                     .formula = widows_formula},
                    Widows{}, {children, widows}, {})};
}

}  // namespace golden
