#include <armadillo>
#include <chrono>
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <stdexcept>
#include <string>

#include <latent/table.hpp>
#include <nlohmann/json.hpp>

// Armadillo's mixtures, timed:
//
//   peer_armadillo DATA.npy START.json ITERATIONS    from that start: seconds of one iteration
//   peer_armadillo DATA.npy default COMPONENTS SEED  as in the example of its documentation: seconds of the fit
//
// One JSON object on standard output: seconds, log_likelihood (of the whole sample), version.

namespace {

using Json = nlohmann::json;

constexpr double variance_floor = 1e-10;  // as in its documentation

arma::mat read_columns(const char* file) {  // D x N, as Armadillo wants it
  const latent::Table table = latent::read_table(file);
  const latent::Observations rows = table.view();
  return arma::mat(rows.float64(), rows.columns(), rows.size());
}

arma::mat matrix(const Json& rows) {
  arma::mat result(rows.size(), rows.at(0).size());
  for (arma::uword i = 0; i < result.n_rows; ++i) {
    for (arma::uword j = 0; j < result.n_cols; ++j) result(i, j) = rows[i][j];
  }
  return result;
}

void set_start(arma::gmm_full& model, const Json& start) {
  const arma::mat means = matrix(start.at("means"));
  arma::cube covariances(means.n_cols, means.n_cols, means.n_rows);
  for (arma::uword k = 0; k < means.n_rows; ++k) covariances.slice(k) = matrix(start.at("covariances").at(k));
  model.set_params(means.t(), covariances, arma::rowvec(start.at("weights").get<std::vector<double>>()));
}

void set_start(arma::gmm_diag& model, const Json& start) {
  model.set_params(matrix(start.at("means")).t(), matrix(start.at("covariances")).t(),
                   arma::rowvec(start.at("weights").get<std::vector<double>>()));
}

template <class Learn>
double seconds_of(const Learn& learn) {
  const auto begin = std::chrono::steady_clock::now();
  if (!learn()) throw std::runtime_error("Armadillo's learn() failed");
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
}

template <class Model>
Json iterate(const arma::mat& data, const Json& start, arma::uword iterations) {
  Model model;
  set_start(model, start);
  const double seconds = seconds_of([&] {
    return model.learn(data, model.n_gaus(), arma::maha_dist, arma::keep_existing, 0, iterations, variance_floor,
                       false);
  });
  return {{"seconds", seconds / static_cast<double>(iterations)}, {"log_likelihood", model.sum_log_p(data)}};
}

Json fit_by_default(const arma::mat& data, arma::uword components, int seed) {
  arma::arma_rng::set_seed(static_cast<arma::arma_rng::seed_type>(seed));
  arma::gmm_full model;
  const double seconds = seconds_of([&] {
    return model.learn(data, components, arma::maha_dist, arma::random_subset, 10, 5, variance_floor, false);
  });
  return {{"seconds", seconds}, {"log_likelihood", model.sum_log_p(data)}};
}

Json run(int argc, char** argv) {
  if (argc < 4) throw std::runtime_error("usage: peer_armadillo DATA START ITERATIONS | DATA default COMPONENTS SEED");
  const arma::mat data = read_columns(argv[1]);
  if (std::string(argv[2]) == "default") {
    return fit_by_default(data, static_cast<arma::uword>(std::atoi(argv[3])), std::atoi(argv[4]));
  }
  const Json file = Json::parse(std::ifstream(argv[2]));
  const Json& start = file.at("parameters");
  const auto iterations = static_cast<arma::uword>(std::atoi(argv[3]));
  return file.at("options").at("covariance") == "full" ? iterate<arma::gmm_full>(data, start, iterations)
                                                       : iterate<arma::gmm_diag>(data, start, iterations);
}

}  // namespace

int main(int argc, char** argv) {
  try {
    Json result = run(argc, argv);
    result["version"] = arma::arma_version::as_string();
    std::cout << result << "\n";
  } catch (const std::exception& error) {
    std::cerr << "peer_armadillo: " << error.what() << "\n";
    return 1;
  }
}
