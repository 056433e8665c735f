#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <functional>
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

// One EM step as a function of stabilized coordinates: the objective there and, if wanted, the image. A point where the
// model cannot be has the objective -infinity and no image.
using EmMap = std::function<double(const Eigen::VectorXd& point, Eigen::VectorXd* image)>;

// Adds the scores, rates and curvature at a point to the certificate, by numeric derivatives of the map.
void differentiate(const EmMap& map, const Eigen::VectorXd& here, const std::vector<std::string>& names,
                   double objective, double rounding, Certificate& certificate);
// Names the point by the evidence. `tolerance`: of the objective.
void conclude(double tolerance, double rounding, Certificate& certificate);

// Looks at the point where a fit ended. The tolerance is that of the fit (FitOptions::tolerance).
template <LatentModel Model>
requires HasFields<typename Model::Parameters> Certificate certify(const Model& model,
                                                                   const Sample<DataOf<Model>>& sample,
                                                                   const typename Model::Parameters& start,
                                                                   const CertifyOptions& options = {},
                                                                   double tolerance = FitOptions{}.tolerance,
                                                                   std::shared_ptr<Execution> execution = nullptr) {
  using Parameters = typename Model::Parameters;
  Certificate certificate;
  const FitOptions plain{.tolerance = tolerance, .acceleration = Acceleration::none, .execution = execution};
  EmRun<Model> run(model, sample, start, plain);
  run.run(options.em_iterations);
  const Parameters& at = run.parameters();
  const double objective = run.objective();
  if (!run.trace().empty()) {
    const Iteration &first = run.trace().front(), &last = run.trace().back();
    certificate.em_iterations = last.iteration;
    certificate.em_gain = last.objective - first.objective;
    certificate.estimated_gain = last.estimated_gain;
  }
  std::size_t passes = run.trace().size();
  const EmMap map = [&](const Eigen::VectorXd& point, Eigen::VectorXd* image) {
    try {
      Parameters parameters = from_vector(point, Coordinates::stabilized, at);
      if constexpr (Admits<Model>) parameters = model.admissible(parameters);
      ++passes;
      const Expectation<Model> expectation = expect(model, parameters, sample, execution.get());
      if (image) *image = to_vector(model.maximization(expectation.statistics, parameters), Coordinates::stabilized);
      double there = expectation.log_likelihood;
      if constexpr (HasLogPrior<Model>) there += model.log_prior(parameters);
      return there;
    } catch (const ModelError&) {
      return -std::numeric_limits<double>::infinity();
    }
  };
  const double rounding = rounding_of(objective, sample.total_weight());
  certificate.at_boundary = fields_at_boundary(at);
  const Eigen::VectorXd here = to_vector(at, Coordinates::stabilized);
  if (here.size() > 0 && static_cast<std::size_t>(here.size()) <= options.most_coordinates && here.allFinite()) {
    differentiate(map, here, coordinate_names(at), objective, rounding, certificate);
  }
  certificate.passes = passes;
  conclude(tolerance * sample.total_weight(), rounding, certificate);
  return certificate;
}

}  // namespace latent
