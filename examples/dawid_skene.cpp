// Several annotators, and nobody knows the truth: how often each one errs, and in which way, and what is probably true.
//   p(labels of an item) = sum_k w_k prod_(annotator a, label l) p_akl      (Dawid & Skene 1979)
// An observation is an item with its labels; an annotator may give none or several. Data: their table 1, the fitness of
// 45 patients for an operation in four grades; anaesthetist 1 saw every patient's form three times.
#include <algorithm>
#include <cmath>
#include <cstddef>
#include <iostream>
#include <span>
#include <vector>

#include <boost/random/uniform_01.hpp>
#include <latent/fit.hpp>
#include <latent/table.hpp>

using Eigen::MatrixXd, Eigen::VectorXd, latent::field;

struct DawidSkene {
  struct Label {
    std::size_t annotator, label;
  };
  using Observation = std::vector<Label>;  // an item
  struct Parameters {
    VectorXd weights;               // K, how frequent each grade is
    std::vector<MatrixXd> answers;  // of each annotator K x K: row k, what they say when the truth is k
    static constexpr auto fields() {
      return latent::fields(field("weights", &Parameters::weights, latent::simplex),
                            field("answers", &Parameters::answers, latent::simplex_rows));
    }
  };
  struct Statistics {
    VectorXd items;
    std::vector<MatrixXd> answers;
    static constexpr auto fields() {
      return latent::fields(field("items", &Statistics::items), field("answers", &Statistics::answers));
    }
  };

  std::size_t annotators, grades;

  Statistics statistics(const Parameters&) const {
    return {VectorXd::Zero(grades), {annotators, MatrixXd::Zero(grades, grades)}};
  }
  double expectation(const Parameters& at, std::span<const Observation> items, Statistics& sums) const {
    double log_likelihood = 0;
    for (const Observation& item : items) {
      VectorXd joint = at.weights;  // with each truth
      for (const auto& [annotator, label] : item) joint.array() *= at.answers[annotator].col(label).array();
      add(item, joint / joint.sum(), sums);
      log_likelihood += std::log(joint.sum());
    }
    return log_likelihood;
  }
  Parameters maximization(const Statistics& sums, const Parameters& current) const {
    Parameters next{sums.items / sums.items.sum(), current.answers};
    for (std::size_t a = 0; a < annotators; ++a) {
      const VectorXd labels = sums.answers[a].rowwise().sum();
      for (std::size_t k = 0; k < grades; ++k) {  // who never met a grade keeps what was assumed of it
        if (labels[k] > 0) next.answers[a].row(k) = sums.answers[a].row(k) / labels[k];
      }
    }
    return next;
  }
  // The truth of an item as the shares of the labels given to it (their equation 3.1), a little at random.
  Parameters initialize(std::span<const Observation> items, latent::Random& random) const {
    boost::random::uniform_01<double> uniform;
    Statistics sums = statistics({});
    for (const Observation& item : items) {
      VectorXd truth = VectorXd::NullaryExpr(grades, [&] { return 0.2 * uniform(random); });
      for (const Label& each : item) truth[each.label] += 1;
      add(item, truth / truth.sum(), sums);
    }
    return maximization(sums, {{}, {annotators, MatrixXd::Constant(grades, grades, 1. / grades)}});
  }
  double expected_log_likelihood(const Statistics& sums, const Parameters& at) const {
    const auto times_log = [](double count, double of) { return count == 0 ? 0 : count * std::log(of); };
    double sum = sums.items.binaryExpr(at.weights, times_log).sum();
    for (std::size_t a = 0; a < annotators; ++a) sum += sums.answers[a].binaryExpr(at.answers[a], times_log).sum();
    return sum;
  }
  static void add(const Observation& item, const VectorXd& truth, Statistics& sums) {
    sums.items += truth;
    for (const auto& [annotator, label] : item) sums.answers[annotator].col(label) += truth;
  }
};
static_assert(latent::LatentModel<DawidSkene>);

int main() {
  const latent::Table table = latent::read_table("examples/data/anaesthetists.csv",
                                                 {.categories = std::vector<std::string>{}, .sequence = "patient"});
  std::vector<DawidSkene::Observation> patients;
  for (std::size_t n = 0; n < table.rows(); ++n) {
    if (std::ranges::binary_search(table.sequence_begins, n)) patients.emplace_back();
    patients.back().push_back({std::size_t(table.view()(n, 0)), std::size_t(table.view()(n, 1))});
  }
  const DawidSkene model{table.alphabets[0].size(), table.alphabets[1].size()};
  const auto fitted = latent::fit(model, patients);
  std::cout << fitted.summary.full_report() << "grades " << fitted.parameters.weights.transpose() << '\n';
  // What an EM written apart from this, begun as in the paper, finds from the paper's table.
  return std::abs(fitted.summary.log_likelihood - -192.8908812142) < 1e-8 ? 0 : 1;
}
