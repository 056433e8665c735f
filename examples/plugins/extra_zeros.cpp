// Counts with more zeros than a Poisson distribution has: some are zero whatever the mean.
//   p(0) = s + (1 - s) exp(-m)      p(y) = (1 - s) exp(-m) m^y / y!   for y > 0
// The model that docs/write-a-model.md writes. Data: 4075 widows by their number of children (Thisted 1988, Elements of
// Statistical Computing).
//   latent --plugin build/release/examples/plugins/extra_zeros.so fit extra-zeros examples/data/widows.csv
//       --columns children --weights widows
#include <cmath>
#include <cstddef>
#include <span>

#include <Eigen/Core>
#include <boost/random/poisson_distribution.hpp>
#include <boost/random/uniform_01.hpp>
#include <latent/plugin.hpp>

struct ExtraZeros {
  using Observation = unsigned;  // one count

  struct Parameters {
    double extra = 0.5;  // the share s of those that are zero whatever the mean
    double mean = 1;     // m, of the others
    static constexpr auto fields() {
      return latent::fields(latent::field("extra", &Parameters::extra, latent::unit_interval),
                            latent::field("mean", &Parameters::mean, latent::positive));
    }
  };

  struct Statistics {
    double rows = 0, extra = 0, total = 0;  // rows, the expected number of extra zeros, the sum of the counts
    static constexpr auto fields() {
      return latent::fields(latent::field("rows", &Statistics::rows), latent::field("extra", &Statistics::extra),
                            latent::field("total", &Statistics::total));
    }
  };

  double expectation(const Parameters& at, std::span<const unsigned> counts, Statistics& sums) const {
    double log_likelihood = 0;
    for (const unsigned count : counts) {
      const double poisson = (1 - at.extra) * std::exp(count * std::log(at.mean) - at.mean - std::lgamma(count + 1.0));
      const double observed = poisson + (count == 0 ? at.extra : 0);  // p(y)
      sums.rows += 1;
      sums.extra += 1 - poisson / observed;
      sums.total += count;
      log_likelihood += std::log(observed);
    }
    return log_likelihood;
  }

  Parameters maximization(const Statistics& sums, const Parameters&) const {
    const double added = concentration - 1;
    return {(sums.extra + added) / (sums.rows + 2 * added), sums.total / (sums.rows - sums.extra)};
  }

  double concentration = 1;
  static constexpr auto options() {
    return latent::options(latent::option("concentration", "C", &ExtraZeros::concentration,
                                          "of a beta prior on the share of extra zeros; 1: none"));
  }
  void validate() const {
    if (!(concentration >= 1)) throw latent::OptionError("concentration must be 1 (no prior) or more");
  }
  double log_prior(const Parameters& at) const {
    return concentration == 1 ? 0 : (concentration - 1) * (std::log(at.extra) + std::log(1 - at.extra));
  }

  Parameters initialize(std::span<const unsigned>, latent::Random& random) const {
    boost::random::uniform_01<double> uniform;
    return {0.1 + 0.8 * uniform(random), 0.2 + 3 * uniform(random)};
  }

  double expected_log_likelihood(const Statistics& sums, const Parameters& at) const {
    return sums.extra * std::log(at.extra) + (sums.rows - sums.extra) * (std::log(1 - at.extra) - at.mean) +
           sums.total * std::log(at.mean);
  }

  std::size_t components() const { return 2; }
  Eigen::VectorXd posterior(const Parameters& at, unsigned count) const {
    Statistics own;
    expectation(at, {&count, 1}, own);
    return Eigen::Vector2d(1 - own.extra, own.extra);
  }

  unsigned draw(const Parameters& at, latent::Random& random) const {
    if (boost::random::uniform_01<double>()(random) < at.extra) return 0;
    return boost::random::poisson_distribution<unsigned, double>(at.mean)(random);
  }
};
static_assert(latent::LatentModel<ExtraZeros>);

LATENT_PLUGIN(latent::model_entry<ExtraZeros>("extra-zeros", "Poisson counts with extra zeros"))
