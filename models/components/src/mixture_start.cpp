#include <latent/components/mixture_start.hpp>

#include <algorithm>
#include <cmath>
#include <numeric>

#include <boost/random/exponential_distribution.hpp>
#include <boost/random/uniform_int_distribution.hpp>
#include <boost/random/uniform_real_distribution.hpp>

#include <latent/components/column_moments.hpp>
#include <latent/components/kmeans.hpp>
#include <latent/em_run.hpp>
#include <latent/error.hpp>

namespace latent {
namespace {

// Draws `count` of [0, n) without replacement, in increasing order (Knuth, TAOCP 2, 3.4.2, algorithm S).
std::vector<std::size_t> draw_without_replacement(std::size_t n, std::size_t count, Random& random) {
  std::vector<std::size_t> chosen;
  chosen.reserve(count);
  boost::random::uniform_real_distribution<double> uniform(0, 1);
  for (std::size_t i = 0; i < n && chosen.size() < count; ++i) {
    if (static_cast<double>(n - i) * uniform(random) < static_cast<double>(count - chosen.size())) chosen.push_back(i);
  }
  return chosen;
}

// Draws `count` of [0, n) with probability proportional to weight, by equal steps through the running sum.
std::vector<std::size_t> draw_by_weight(Weights weights, std::size_t count, Random& random) {
  const double step = std::accumulate(weights.begin(), weights.end(), 0.0) / static_cast<double>(count);
  double at = step * boost::random::uniform_real_distribution<double>(0, 1)(random), sum = 0;
  std::vector<std::size_t> chosen;
  for (std::size_t i = 0; i < weights.size(); ++i) {
    for (sum += weights[i]; at < sum && chosen.size() < count; at += step) chosen.push_back(i);
  }
  return chosen;
}

Eigen::MatrixXd random_rows(const Observations& rows, std::size_t components, Random& random) {
  Eigen::MatrixXd centres(static_cast<Eigen::Index>(components), static_cast<Eigen::Index>(rows.columns()));
  boost::random::uniform_int_distribution<std::size_t> any(0, rows.size() - 1);
  for (std::size_t k = 0; k < components; ++k) centres.row(static_cast<Eigen::Index>(k)) = rows.row(any(random)).transpose();
  return centres;
}

}  // namespace

const char* name_of(MixtureStart start) {
  switch (start) {
    case MixtureStart::kmeans_plus_plus: return "kmeans++";
    case MixtureStart::random_points: return "points";
    case MixtureStart::random: return "random";
  }
  return "";
}

MixtureStart mixture_start(const std::string& name) {
  for (MixtureStart start : {MixtureStart::kmeans_plus_plus, MixtureStart::random_points, MixtureStart::random}) {
    if (name == name_of(start)) return start;
  }
  throw OptionError("start is '" + name + "', it must be kmeans++, points, random, or a model file");
}

StartSample start_sample(const Observations& rows, Weights weights, std::size_t components, Random& random) {
  const std::size_t most = std::max<std::size_t>(4096, 64 * components);
  StartSample sample;
  std::vector<std::size_t> chosen(rows.size());
  std::iota(chosen.begin(), chosen.end(), std::size_t{0});
  if (rows.size() > most) {
    chosen = weights.empty() ? draw_without_replacement(rows.size(), most, random) : draw_by_weight(weights, most, random);
  } else {
    sample.weights.assign(weights.begin(), weights.end());
  }
  sample.rows.resize(static_cast<Eigen::Index>(chosen.size()), static_cast<Eigen::Index>(rows.columns()));
  for (std::size_t i = 0; i < chosen.size(); ++i) {
    sample.rows.row(static_cast<Eigen::Index>(i)) = rows.row(chosen[i]).transpose();
  }
  return sample;
}

std::vector<std::size_t> start_labels(MixtureStart start, const Observations& rows, Weights weights,
                                      std::size_t components, Random& random) {
  const KMeans kmeans{column_moments(rows, weights).variances.unaryExpr([](double v) { return v > 0 ? v : 1; })};
  if (start == MixtureStart::random_points) return kmeans.nearest({random_rows(rows, components, random)}, rows);
  const KMeans::Parameters seeds{kmeans_plus_plus(rows, weights, kmeans.variances, components, random)};
  FitOptions options;
  options.stop = StopRule::relative;
  options.tolerance = 1e-4;
  options.max_iterations = 50;
  EmRun<KMeans> run(kmeans, {rows, weights}, seeds, options);
  run.run(options.max_iterations);
  return kmeans.nearest(run.parameters(), rows);
}

void fill_by_labels(std::span<const std::size_t> labels, Weights weights, double softness, Columns out) {
  const auto components = static_cast<double>(out.cols());
  for (std::size_t i = 0; i < labels.size(); ++i) {
    const auto row = static_cast<Eigen::Index>(i);
    const double weight = weights.empty() ? 1 : weights[i];
    out.row(row).setConstant(weight * softness / components);
    out(row, static_cast<Eigen::Index>(labels[i])) += weight * (1 - softness);
  }
}

void fill_at_random(std::size_t rows, Weights weights, Random& random, Columns out) {
  boost::random::exponential_distribution<double> exponential;
  for (std::size_t i = 0; i < rows; ++i) {
    const auto row = static_cast<Eigen::Index>(i);
    double sum = 0;
    for (Eigen::Index k = 0; k < out.cols(); ++k) sum += out(row, k) = exponential(random);
    out.row(row) *= (weights.empty() ? 1 : weights[i]) / sum;
  }
}

}  // namespace latent
