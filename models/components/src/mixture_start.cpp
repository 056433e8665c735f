#include <algorithm>
#include <numeric>

#include <boost/random/exponential_distribution.hpp>
#include <boost/random/uniform_real_distribution.hpp>
#include <latent/components/column_moments.hpp>
#include <latent/components/kmeans.hpp>
#include <latent/components/mixture_start.hpp>
#include <latent/em_run.hpp>
#include <latent/error.hpp>
#include <latent/subset.hpp>

namespace latent {
namespace {

// Rows drawn with probability proportional to their weights, none twice as long as there are others.
Eigen::MatrixXd random_rows(const Observations& rows, Weights weights, std::size_t components, Random& random) {
  Eigen::MatrixXd centres(static_cast<Eigen::Index>(components), static_cast<Eigen::Index>(rows.columns()));
  std::vector<double> left;  // the weights of the rows that have not been drawn
  double total = 0;
  for (std::size_t k = 0; k < components; ++k) {
    if (!(total > 0)) {
      left.assign(weights.begin(), weights.end());
      if (weights.empty()) left.assign(rows.size(), 1.0);
      total = std::accumulate(left.begin(), left.end(), 0.0);
    }
    double at = boost::random::uniform_real_distribution<double>(0, total)(random);
    std::size_t drawn = 0;
    for (std::size_t i = 0; i < left.size(); ++i) {
      if (left[i] == 0) continue;
      drawn = i;  // the last of them, should rounding lead beyond it
      if (at < left[i]) break;
      at -= left[i];
    }
    centres.row(static_cast<Eigen::Index>(k)) = rows.row(drawn).transpose();
    left[drawn] = 0;
    total = std::accumulate(left.begin(), left.end(), 0.0);
  }
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
  if (rows.size() > most) return {take(rows, draw_subset(rows.size(), weights, most, random)), {}};
  std::vector<std::size_t> all(rows.size());
  std::iota(all.begin(), all.end(), std::size_t{0});
  StartSample sample{take(rows, all), {weights.begin(), weights.end()}};
  if (!weights.empty()) {  // whose unit does not matter, but 1e300 times a distance might overflow
    const double largest = *std::max_element(weights.begin(), weights.end());
    for (double& weight : sample.weights) weight /= largest;
  }
  return sample;
}

std::vector<std::size_t> start_labels(MixtureStart start, const Observations& rows, Weights weights,
                                      std::size_t components, Random& random) {
  const KMeans kmeans{column_moments(rows, weights).variances.unaryExpr([](double v) { return v > 0 ? v : 1; })};
  if (start == MixtureStart::random_points)
    return kmeans.nearest({random_rows(rows, weights, components, random)}, rows);
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
