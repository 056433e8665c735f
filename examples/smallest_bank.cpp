// The smallest component bank: geometric counts,  f(x) = (1 / (1 + m)) (m / (1 + m))^x  with mean m. Its logarithm is
// linear in x, so it derives from IndependentColumns and says no more than slope, constant and M-step. A mixture and a
// hidden Markov model of it, several columns and missing cells come for nothing. (Johnson, Kemp & Kotz 2005, section
// 5.2.) Data: movements of a fetal lamb in 225 successive intervals of 5 seconds (Guttorp 1995, exercise D9).
#include <cmath>
#include <cstddef>
#include <iostream>

#include <latent/components/independent_columns.hpp>
#include <latent/components/mixture.hpp>
#include <latent/conformance.hpp>
#include <latent/fit.hpp>
#include <latent/hmm/hidden_markov.hpp>
#include <latent/table.hpp>

struct GeometricBank : latent::IndependentColumns {
  struct Parameters {
    Eigen::MatrixXd means;  // K x D
    static constexpr auto fields() {
      return latent::fields(latent::field("means", &Parameters::means, latent::non_negative));
    }
  };

  Prepared prepare(const Parameters& at) const {
    Prepared prepared(at.means);
    for (Eigen::Index k = 0; k < at.means.rows(); ++k) {
      for (Eigen::Index j = 0; j < at.means.cols(); ++j) {
        const double mean = at.means(k, j);
        if (mean > 0) prepared.slopes(k, j) = std::log(mean / (1 + mean));
        if (mean == 0) prepared.point_masses.push_back({k, j, 0.0});  // knows zeros only
        prepared.constants(k, j) = -std::log1p(mean);
      }
    }
    prepared.log_constants = prepared.constants.rowwise().sum();
    return prepared;
  }
  Parameters maximization(const Statistics& sums, const Parameters& current, latent::Notes notes = {}) const {
    return {latent::component_means(sums, current.means, notes)};
  }
  Parameters pooled(const latent::Observations& rows, latent::Weights weights, std::size_t components) const {
    return {latent::pooled_means(rows, weights, components, 1)};
  }
  Eigen::MatrixXd means(const Parameters& at) const { return at.means; }
};
static_assert(latent::ComponentBank<GeometricBank> && latent::BankTakesMissing<GeometricBank>);

int main() {
  const latent::Table lamb = latent::read_table("examples/data/fetal_lamb.csv");
  const latent::Mixture<GeometricBank> mixture{.components = 1};
  const latent::HiddenMarkovModel<GeometricBank> chain{.states = 2};
  const auto one = latent::fit(mixture, lamb.view());
  const auto moods = latent::fit(chain, {lamb.view()});
  std::cout << "one geometric distribution: " << one.summary.brief_report()
            << "\na hidden Markov model: " << moods.summary.brief_report() << "\nmeans "
            << moods.parameters.emissions.means.transpose() << "\ntransitions\n"
            << moods.parameters.transitions << '\n';

  // One component has a closed form: 86 movements in 225 intervals. For the hidden Markov model no number is published:
  // what a simplex search of the likelihood finds, written apart from this.
  const double closed_form = 225 * std::log(225. / 311) + 86 * std::log(86. / 311);
  const bool conforms = latent::check_conformance(mixture, lamb.view()).passed() &&
                        latent::check_conformance(chain, {lamb.view()}).passed();
  const bool agrees = std::abs(one.summary.log_likelihood - closed_form) < 1e-9 &&
                      std::abs(moods.summary.log_likelihood - -174.596674522) < 1e-8;
  return agrees && conforms ? 0 : 1;
}
