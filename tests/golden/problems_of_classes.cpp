#include <cmath>

#include "golden/cosmesis.hpp"
#include "golden/latent_classes.hpp"
#include "golden/problem.hpp"

namespace golden {
namespace {

// at: the weights (the last implied), then how often each class says yes to each item.
template <std::size_t Patterns>
double class_formula(const Vector& at, Eigen::Index items, const std::array<std::size_t, Patterns>& patterns,
                     const std::array<double, Patterns>& counts) {
  const Eigen::Index classes = at.size() / (items + 1);
  Vector weights = at.head(classes);
  weights[classes - 1] = 1 - weights.head(classes - 1).sum();
  if (!probabilities(weights) || !probabilities(at.tail(classes * items))) return std::nan("");
  double sum = 0;
  for (std::size_t i = 0; i < Patterns; ++i) {
    double marginal = 0;
    for (Eigen::Index k = 0; k < classes; ++k) {
      double joint = weights[k];
      for (Eigen::Index item = 0; item < items; ++item) {
        const double yes = at[classes + k * items + item];
        joint *= (patterns[i] >> item) % 2 == 1 ? yes : 1 - yes;
      }
      marginal += joint;
    }
    sum += counts[i] * std::log(marginal);
  }
  return sum;
}

double cheating_formula(const Vector& at) { return class_formula(at, 4, answers, students); }
double carcinoma_formula(const Vector& at) { return class_formula(at, 7, diagnoses, slides); }

// at: masses, the last implied.
double cosmesis_formula(const Vector& at) {
  Vector masses = at;
  masses[13] = 1 - at.head(13).sum();
  if (!probabilities(masses)) return std::nan("");
  double sum = 0;
  for (const auto& [after, until] : radiotherapy) {
    double probability = 0;
    for (std::size_t j = 0; j < 14; ++j) {
      const auto& [low, high] = Cosmesis::innermost[j];
      if (low >= after && high <= until) probability += masses[static_cast<Eigen::Index>(j)];
    }
    sum += std::log(probability);
  }
  return sum;
}

// Classes that differ in how often they say yes, and a little by item.
LatentClasses::Parameters graded(Eigen::Index classes, Eigen::Index items) {
  return {Vector::Constant(classes, 1 / static_cast<double>(classes)),
          Eigen::MatrixXd::NullaryExpr(classes, items, [=](Eigen::Index k, Eigen::Index item) {
            return (static_cast<double>(k) + 0.5 + 0.1 * std::sin(static_cast<double>(item))) /
                   static_cast<double>(classes);
          })};
}

}  // namespace

std::vector<Problem> problems_of_classes() {
  latent::Random random = latent::random_stream(0);  // most starts lead to lower maxima; this one does not
  const LatentClasses::Parameters cheating{Eigen::Vector2d(0.3, 0.7),
                                           Eigen::MatrixXd{{0.5, 0.5, 0.3, 0.4}, {0.1, 0.1, 0.1, 0.2}}};
  return {
      with_fits({.name = "cheating, 2 classes",
                 .log_likelihood = -440.027112,
                 .tolerance = 5e-7,
                 .parameters = vector({0.1606, 0.8394, 0.5769, 0.5891, 0.2160, 0.3764, 0.0166, 0.0292, 0.0371, 0.1819}),
                 .parameter_tolerance = 1e-4,
                 .formula = cheating_formula},
                LatentClasses{}, {answers, students}, cheating),
      with_fits({.name = "carcinoma, 3 classes",
                 .log_likelihood = -293.7049788,
                 .tolerance = 5e-7,
                 .isolated = false,
                 .formula = carcinoma_formula},
                LatentClasses{}, {diagnoses, slides}, graded(3, 7)),
      with_fits({.name = "carcinoma, 4 classes",
                 .log_likelihood = -289.2858488,
                 .tolerance = 5e-7,
                 .isolated = false,
                 .formula = carcinoma_formula,
                 .starts = 50},
                LatentClasses{}, {diagnoses, slides}, scattered(graded(4, 7), random)),
      // Masses by Fay & Shaw (2010), J. Statist. Software 36(2), interval.
      with_fits(
          {.name = "cosmesis",
           .log_likelihood = -58.0600219,
           .tolerance = 1e-7,
           .parameters = vector({0.0463, 0.0334, 0.0887, 0.0708, 0, 0, 0.0926, 0, 0.0818, 0, 0, 0.1209, 0, 0.4656}),
           .parameter_tolerance = 6e-5,
           .isolated = false,
           .formula = cosmesis_formula},
          Cosmesis{}, radiotherapy, {})};
}

}  // namespace golden
