// Several annotators, and nobody knows the truth: how often each one errs, and in which way, and what is probably true.
//   p(labels of an item) = sum_k w_k prod_(annotator a, label l) p_akl      (Dawid & Skene 1979)
// A plugin: its observation is an item with its labels, rows of a table that share a key, in columns of text. Data:
// their table 1, the fitness of 45 patients for an operation in four grades; anaesthetist 1 saw every patient's form
// three times.
//   latent --plugin build/release/examples/plugins/dawid_skene.so fit dawid-skene examples/data/anaesthetists.csv
#include <cmath>
#include <cstddef>
#include <span>
#include <vector>

#include <latent/plugin.hpp>

using Eigen::MatrixXd, Eigen::VectorXd, latent::column, latent::field, latent::key;

struct Label {
  latent::Category annotator, label;
  static constexpr auto columns() {
    return latent::columns(key("patient"), column("annotator", &Label::annotator), column("label", &Label::label));
  }
};

struct DawidSkene {
  using Observation = std::vector<Label>;  // all of a patient, in any number
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

  std::size_t annotators = 0, components = 0;  // components: the grades

  void adapt(const latent::TableColumns& columns) {
    annotators = columns.levels_of("annotator").size();
    components = columns.levels_of("label").size();
  }
  Parameters shape() const {
    return {VectorXd::Constant(components, 1. / components),
            {annotators, MatrixXd::Constant(components, components, 1. / components)}};
  }
  Statistics statistics(const Parameters&) const {
    return {VectorXd::Zero(components), {annotators, MatrixXd::Zero(components, components)}};
  }
  double expectation(const Parameters& at, std::span<const Observation> items, Statistics& sums) const {
    double log_likelihood = 0;
    for (const Observation& item : items) {
      VectorXd joint = at.weights;  // probabilities of the labels together with each truth
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
      for (std::size_t k = 0; k < components; ++k)  // who never met a grade keeps what was assumed of it
        if (labels[k] > 0) next.answers[a].row(k) = sums.answers[a].row(k) / labels[k];
    }
    return next;
  }
  // The truth of an item as the shares of the labels given to it (their equation 3.1): all starts are the same.
  Parameters initialize(std::span<const Observation> items, latent::Random&) const {
    Statistics sums = statistics({});
    for (const Observation& item : items) {
      VectorXd truth = VectorXd::Zero(components);
      for (const Label& each : item) truth[each.label] += 1;
      add(item, truth / truth.sum(), sums);
    }
    return maximization(sums, shape());
  }
  VectorXd posterior(const Parameters& at, const Observation& item) const {
    Statistics own = statistics(at);
    expectation(at, {&item, 1}, own);
    return own.items;
  }
  static void add(const Observation& item, const VectorXd& truth, Statistics& sums) {
    sums.items += truth;
    for (const auto& [annotator, label] : item) sums.answers[annotator].col(label) += truth;
  }
};
LATENT_PLUGIN(latent::model_entry<DawidSkene>("dawid-skene", "truth behind the labels of several annotators"))
