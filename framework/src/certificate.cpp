#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>
#include <sstream>

#include <Eigen/Eigenvalues>
#include <latent/certify.hpp>
#include <latent/text.hpp>

namespace latent {
namespace {

// Rates are numeric derivatives: good to a few of these.
constexpr double rate_error = 1e-5;

std::string listed(const std::vector<std::string>& words) {
  std::string text;
  for (const std::string& word : words) text += (text.empty() ? "" : ", ") + word;
  return text;
}

// Objectives a step to both sides of each coordinate, the steps, and the derivative of EM's map.
struct Differences {
  double objective = 0;
  Eigen::VectorXd plus, minus, steps;
  Eigen::MatrixXd derivative;
};

// A step of one coordinate at which the objective falls by what is small for a likelihood and large for rounding.
double step_for(const EmMap& map, const Eigen::VectorXd& here, Eigen::Index i, double objective, double rounding) {
  const double wanted = std::max(1e-6, 1e3 * rounding);
  double step = std::max(1e-4 * std::abs(here[i]), 1e-5 * here.cwiseAbs().maxCoeff());
  for (int tries = 0; tries < 6; ++tries) {
    Eigen::VectorXd point = here;
    point[i] = here[i] + step;
    const double plus = map(point, nullptr);
    point[i] = here[i] - step;
    const double fall = std::abs(objective - (plus + map(point, nullptr)) / 2);
    const double factor = std::isfinite(fall) ? std::sqrt(wanted / std::max(fall, 1e-8 * wanted)) : 0.1;
    if (factor > 0.2 && factor < 5) break;
    step *= std::clamp(factor, 1e-3, 1e3);
  }
  return step;
}

Differences differences_of(const EmMap& map, const Eigen::VectorXd& here, double objective, double rounding) {
  const Eigen::Index n = here.size();
  Differences seen{objective, Eigen::VectorXd(n), Eigen::VectorXd(n), Eigen::VectorXd(n), Eigen::MatrixXd(n, n)};
  for (Eigen::Index i = 0; i < n; ++i) {
    seen.steps[i] = step_for(map, here, i, objective, rounding);
    Eigen::VectorXd ahead, behind, point = here;
    point[i] = here[i] + seen.steps[i];
    seen.plus[i] = map(point, &ahead);
    point[i] = here[i] - seen.steps[i];
    seen.minus[i] = map(point, &behind);
    if (ahead.size() == n && behind.size() == n) {
      seen.derivative.col(i) = (ahead - behind) / (2 * seen.steps[i]);
    } else {
      seen.derivative.col(i).setConstant(std::numeric_limits<double>::quiet_NaN());
    }
  }
  return seen;
}

// Returns the unit of each coordinate: as far as the objective falls by a half.
Eigen::VectorXd add_scores(const Differences& seen, const std::vector<std::string>& names, double rounding,
                           Certificate& certificate) {
  certificate.largest_score = 0;
  Eigen::VectorXd units = seen.steps;
  for (Eigen::Index i = 0; i < seen.steps.size(); ++i) {
    const double fall = seen.objective - (seen.plus[i] + seen.minus[i]) / 2;
    if (std::isfinite(fall) && fall > rounding) units[i] = seen.steps[i] / std::sqrt(2 * fall);
    const double score = std::abs(seen.plus[i] - seen.minus[i]) / (2 * seen.steps[i]) * units[i];
    if (!(score > certificate.largest_score)) continue;
    certificate.largest_score = score;
    certificate.largest_score_at = names[static_cast<std::size_t>(i)];
  }
  return units;
}

// Returns a tenth of a unit of the slowest direction.
Eigen::VectorXd add_rates(const Eigen::MatrixXd& derivative, const Eigen::VectorXd& units,
                          const std::vector<std::string>& names, Certificate& certificate) {
  const Eigen::EigenSolver<Eigen::MatrixXd> eigen(derivative);
  const Eigen::VectorXd rates = eigen.eigenvalues().real();
  certificate.rates.assign(rates.begin(), rates.end());
  std::ranges::sort(certificate.rates, std::greater{});
  Eigen::Index largest = 0;
  rates.maxCoeff(&largest);
  const Eigen::VectorXd slowest = eigen.eigenvectors().col(largest).real();
  Eigen::Index most = 0;
  const double extent = slowest.cwiseQuotient(units).cwiseAbs().maxCoeff(&most);
  certificate.slowest = names[static_cast<std::size_t>(most)];
  constexpr double tenth = 0.1;
  return slowest * (tenth / extent);
}

}  // namespace

const char* name_of(PointKind kind) {
  switch (kind) {
    case PointKind::interior_maximum: return "interior_maximum";
    case PointKind::boundary_maximum: return "boundary_maximum";
    case PointKind::saddle: return "saddle";
    case PointKind::flat_ridge: return "flat_ridge";
    case PointKind::stalled: return "stalled";
    case PointKind::disagreement: return "disagreement";
  }
  return "";
}

void differentiate(const EmMap& map, const Eigen::VectorXd& here, const std::vector<std::string>& names,
                   double objective, double rounding, Certificate& certificate) {
  const Differences seen = differences_of(map, here, objective, rounding);
  const Eigen::VectorXd units = add_scores(seen, names, rounding, certificate);
  certificate.differentiated = true;
  if (!seen.derivative.allFinite()) return;
  const Eigen::VectorXd slowest = add_rates(seen.derivative, units, names, certificate);
  certificate.curvature = objective - (map(here + slowest, nullptr) + map(here - slowest, nullptr)) / 2;
}

void conclude(double tolerance, double rounding, Certificate& certificate) {
  const double to_come = std::max(0.0, std::isnan(certificate.estimated_gain) ? 0.0 : certificate.estimated_gain);
  const std::string by_em =
      "plain EM gained " + rounded(certificate.em_gain, 3) + " in " + count_of(certificate.em_iterations, "iteration");
  const double enough = std::max(10 * tolerance, 16 * rounding);
  const double rate = certificate.rates.empty() ? std::numeric_limits<double>::quiet_NaN() : certificate.rates.front();
  // What the slope would still gain, were the coordinate alone; what EM knows of is no disagreement.
  const double slope_gain = certificate.largest_score * certificate.largest_score / 2;
  const double slope_known = 100 * std::max({enough, certificate.em_gain, to_come / std::max(rate_error, 1 - rate)});

  if (certificate.em_gain > enough || to_come > enough) {
    certificate.kind = PointKind::stalled;
    certificate.message = by_em + ", about " + rounded(to_come, 3) + " is still to come";
  } else if (!certificate.differentiated || std::isnan(rate)) {
    certificate.kind = certificate.at_boundary.empty() ? PointKind::interior_maximum : PointKind::boundary_maximum;
    certificate.message = by_em +
                          "; too many parameters, or too near an edge, to look at the derivative of EM's map: "
                          "a saddle or a ridge would look alike";
  } else if (slope_gain > slope_known) {
    certificate.kind = PointKind::disagreement;
    certificate.message = "EM stands still, but the objective has a slope of " + rounded(certificate.largest_score, 3) +
                          " curvature units along " + certificate.largest_score_at +
                          ": E-step, M-step and objective do not belong together";
  } else if (rate > 1 + rate_error && certificate.curvature < -rounding) {
    certificate.kind = PointKind::saddle;
    certificate.message = "EM leaves it at a rate of " + rounded(rate, 6) + " a step, most along " +
                          certificate.slowest + ", where the objective rises by " + rounded(-certificate.curvature, 3) +
                          " a tenth of a unit away";
  } else if (rate > 1 - rate_error || certificate.curvature <= rounding) {
    certificate.kind = PointKind::flat_ridge;
    certificate.message = "the slowest rate of EM is " + rounded(rate, 6) + ", most along " + certificate.slowest +
                          ", where the objective changes by " + rounded(certificate.curvature, 3) +
                          " a tenth of a unit away: the data do not determine the parameters";
  } else {
    certificate.kind = certificate.at_boundary.empty() ? PointKind::interior_maximum : PointKind::boundary_maximum;
    certificate.message = by_em + ", largest score " + rounded(certificate.largest_score, 3) + ", slowest rate of EM " +
                          rounded(rate, 6) + " (all are below 1)";
    if (!certificate.at_boundary.empty()) certificate.message += "; at the edge: " + listed(certificate.at_boundary);
  }
}

std::string report_of(const Certificate& certificate) {
  std::ostringstream out;
  const auto line = [&out](const std::string& name, const std::string& value) {
    out << name << std::string(name.size() < 18 ? 18 - name.size() : 1, ' ') << value << '\n';
  };
  line("point", std::string(name_of(certificate.kind)) + ": " + certificate.message);
  line("plain EM", "gains " + rounded(certificate.em_gain, 3) + " in " +
                       count_of(certificate.em_iterations, "iteration") + ", estimated to come " +
                       rounded(certificate.estimated_gain, 3));
  if (certificate.differentiated) {
    line("largest score", rounded(certificate.largest_score, 3) +
                              (certificate.largest_score_at.empty() ? "" : " along " + certificate.largest_score_at) +
                              ", in units of the curvature");
    std::string rates;
    for (std::size_t i = 0; i < std::min<std::size_t>(5, certificate.rates.size()); ++i)
      rates += (i ? ", " : "") + rounded(certificate.rates[i], 6);
    line("missing information",
         rates + (certificate.rates.size() > 5 ? ", ..." : "") + " (eigenvalues of the derivative of EM's map)");
    line("curvature", "the objective falls by " + rounded(certificate.curvature, 3) +
                          " along the slowest direction, a tenth of a unit away");
  }
  if (!certificate.at_boundary.empty()) line("at the edge", listed(certificate.at_boundary));
  line("passes", std::to_string(certificate.passes));
  return out.str();
}

Json to_json(const Certificate& certificate) {
  const auto known = [](double value) { return std::isfinite(value) ? Json(value) : Json(nullptr); };
  return {{"point", name_of(certificate.kind)},
          {"message", certificate.message},
          {"em_iterations", certificate.em_iterations},
          {"em_gain", known(certificate.em_gain)},
          {"estimated_gain", known(certificate.estimated_gain)},
          {"largest_score", known(certificate.largest_score)},
          {"largest_score_at", certificate.largest_score_at},
          {"rates", certificate.rates},
          {"curvature", known(certificate.curvature)},
          {"slowest", certificate.slowest},
          {"at_boundary", certificate.at_boundary},
          {"passes", certificate.passes}};
}

}  // namespace latent
