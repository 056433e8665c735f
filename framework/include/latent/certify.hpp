#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <span>
#include <string>
#include <vector>

#include <Eigen/Core>
#include <latent/certificate.hpp>
#include <latent/coordinates.hpp>
#include <latent/em_run.hpp>
#include <latent/error.hpp>
#include <latent/expectation.hpp>
#include <latent/latent_model.hpp>
#include <latent/sample.hpp>
#include <latent/stopping.hpp>

namespace latent {

// The names of the stabilized coordinates: "weights[1]", counted from 1.
template <HasFields Parameters>
std::vector<std::string> coordinate_names(const Parameters& parameters) {
  std::vector<std::string> names;
  for_each_field(parameters, [&](const std::string& name, const auto& value, const Constraint& constraint) {
    std::size_t count = 0;
    for_each_block(value, constraint, [&](std::span<const double> block) {
      count += coordinate_count(constraint, Coordinates::stabilized, block.size());
    });
    for (std::size_t i = 0; i < count; ++i)
      names.push_back(count == 1 ? name : name + "[" + std::to_string(i + 1) + "]");
  });
  return names;
}

// The fields with values so near the edge of their range that they are taken to be on it.
template <HasFields Parameters>
std::vector<std::string> fields_at_boundary(const Parameters& parameters) {
  std::vector<std::string> found;
  for_each_field(parameters, [&](const std::string& name, const auto& value, const Constraint& constraint) {
    bool edge = false;
    for_each_block(value, constraint, [&](std::span<const double> block) { edge = edge || constraint.at_edge(block); });
    if (edge) found.push_back(name);
  });
  return found;
}

// What of the evidence does not need the model's type: eigenvalues, and the claim.
struct Differentiated {
  double objective = 0;
  Eigen::VectorXd plus, minus, steps;  // objectives a step to both sides of each coordinate, and the steps
  Eigen::MatrixXd derivative;          // of EM's map
};
void add_scores_and_rates(const Differentiated& seen, const std::vector<std::string>& names, double rounding,
                          Certificate& certificate, Eigen::VectorXd& slowest);
void conclude(double tolerance, double rounding, Certificate& certificate);

template <LatentModel Model>
requires HasFields<typename Model::Parameters>
class Certifier {
 public:
  using Parameters = typename Model::Parameters;

  Certifier(const Model& model, const Sample<DataOf<Model>>& sample, const CertifyOptions& options, double tolerance)
      : model_(model), sample_(sample), options_(options), tolerance_(tolerance) {}

  Certificate certify(const Parameters& start) {
    const double objective = continue_by_em(start);
    const double rounding = rounding_of(objective, sample_.total_weight());
    certificate_.at_boundary = fields_at_boundary(at_);
    const Eigen::VectorXd here = to_vector(at_, Coordinates::stabilized);
    const auto size = static_cast<std::size_t>(here.size());
    if (size <= options_.most_coordinates && here.allFinite() && size > 0) {
      const Differentiated seen = differentiate(objective, here, rounding);
      Eigen::VectorXd slowest;
      add_scores_and_rates(seen, coordinate_names(at_), rounding, certificate_, slowest);
      if (slowest.size() > 0) {
        certificate_.curvature =
            objective - (objective_at(here + slowest, nullptr) + objective_at(here - slowest, nullptr)) / 2;
      }
    }
    conclude(tolerance_ * sample_.total_weight(), rounding, certificate_);
    return certificate_;
  }

 private:
  double continue_by_em(const Parameters& start) {
    const FitOptions plain{.tolerance = tolerance_, .acceleration = Acceleration::none};
    EmRun<Model> run(model_, sample_, start, plain);
    run.run(options_.em_iterations);
    const Trace& trace = run.trace();
    at_ = run.parameters();
    certificate_.passes += trace.size();
    certificate_.em_iterations = trace.empty() ? 0 : trace.back().iteration;
    if (trace.empty()) return run.objective();
    certificate_.em_gain = trace.back().objective - trace.front().objective;
    certificate_.estimated_gain = trace.back().estimated_gain;
    return run.objective();
  }

  // The objective at a point and the coordinates of EM's image of it.
  double objective_at(const Eigen::VectorXd& point, Eigen::VectorXd* image) {
    try {
      Parameters parameters = from_vector(point, Coordinates::stabilized, at_);
      if constexpr (Admits<Model>) parameters = model_.admissible(parameters);
      ++certificate_.passes;
      const Expectation<Model> expectation = expect(model_, parameters, sample_);
      if (image) *image = to_vector(model_.maximization(expectation.statistics, parameters), Coordinates::stabilized);
      double objective = expectation.log_likelihood;
      if constexpr (HasLogPrior<Model>) objective += model_.log_prior(parameters);
      return objective;
    } catch (const ModelError&) {
      return -std::numeric_limits<double>::infinity();
    }
  }

  Differentiated differentiate(double objective, const Eigen::VectorXd& here, double rounding) {
    const Eigen::Index n = here.size();
    Differentiated seen{objective, Eigen::VectorXd(n), Eigen::VectorXd(n), Eigen::VectorXd(n), Eigen::MatrixXd(n, n)};
    const double size = here.cwiseAbs().maxCoeff();
    for (Eigen::Index i = 0; i < n; ++i) {
      seen.steps[i] = step_for(here, i, std::max(1e-4 * std::abs(here[i]), 1e-5 * size), objective, rounding);
      Eigen::VectorXd images[2];
      Eigen::VectorXd point = here;
      point[i] = here[i] + seen.steps[i];
      seen.plus[i] = objective_at(point, &images[0]);
      point[i] = here[i] - seen.steps[i];
      seen.minus[i] = objective_at(point, &images[1]);
      if (images[0].size() == n && images[1].size() == n) {
        seen.derivative.col(i) = (images[0] - images[1]) / (2 * seen.steps[i]);
      } else {
        seen.derivative.col(i).setConstant(std::numeric_limits<double>::quiet_NaN());
      }
    }
    return seen;
  }

  // A step at which the objective falls by what is small for a likelihood and large for rounding.
  double step_for(const Eigen::VectorXd& here, Eigen::Index i, double step, double objective, double rounding) {
    const double wanted = std::max(1e-6, 1e3 * rounding);
    for (int tries = 0; tries < 6; ++tries) {
      Eigen::VectorXd point = here;
      point[i] = here[i] + step;
      const double plus = objective_at(point, nullptr);
      point[i] = here[i] - step;
      const double fall = std::abs(objective - (plus + objective_at(point, nullptr)) / 2);
      const double factor = std::isfinite(fall) ? std::sqrt(wanted / std::max(fall, 1e-8 * wanted)) : 0.1;
      if (factor > 0.2 && factor < 5) break;
      step *= std::clamp(factor, 1e-3, 1e3);
    }
    return step;
  }

  const Model& model_;
  const Sample<DataOf<Model>>& sample_;
  const CertifyOptions& options_;
  double tolerance_;
  Parameters at_;
  Certificate certificate_;
};

// Looks at the point where a fit ended. The tolerance is that of the fit (FitOptions::tolerance).
template <LatentModel Model>
requires HasFields<typename Model::Parameters> Certificate certify(const Model& model,
                                                                   const Sample<DataOf<Model>>& sample,
                                                                   const typename Model::Parameters& parameters,
                                                                   const CertifyOptions& options = {},
                                                                   double tolerance = FitOptions{}.tolerance) {
  return Certifier<Model>(model, sample, options, tolerance).certify(parameters);
}

}  // namespace latent
