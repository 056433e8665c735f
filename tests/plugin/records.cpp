// A model for each form that an observation can have.
#include <array>
#include <string>

#include <latent/plugin.hpp>

namespace {

struct Word {
  std::string text;
  int factor;
  static constexpr auto columns() {
    return latent::columns(latent::column("word", &Word::text), latent::column("factor", &Word::factor));
  }
};
struct Answer {
  latent::Category answer;
  static constexpr auto columns() {
    return latent::columns(latent::key("person"), latent::column("answer", &Answer::answer));
  }
};

double number_of(double x) { return x; }
double number_of(const std::array<int, 3>& x) { return x[0] + 10 * x[1] + 100 * x[2]; }
double number_of(const Eigen::VectorXd& x) { return x.sum(); }
double number_of(const Word& word) { return static_cast<double>(word.text.size()) * word.factor; }
double number_of(const std::vector<double>& series) { return series.back() - series.front(); }
double number_of(const std::vector<Answer>& answers) {
  double sum = 0;
  for (const Answer& each : answers) sum += static_cast<double>(each.answer.index);
  return sum;
}

// The mean of whatever `number_of` makes of an observation, with variance 1. Hidden is nothing: what is tested is how
// tables become observations.
template <class Observed>
struct Mean {
  using Observation = Observed;
  struct Parameters {
    double mean = 0;
    static constexpr auto fields() { return latent::fields(latent::field("mean", &Parameters::mean)); }
  };
  struct Statistics {
    double count = 0, sum = 0;
    static constexpr auto fields() {
      return latent::fields(latent::field("count", &Statistics::count), latent::field("sum", &Statistics::sum));
    }
  };
  double expectation(const Parameters& at, std::span<const Observed> all, Statistics& sums) const {
    double log_likelihood = 0;
    for (const Observed& one : all) {
      const double x = number_of(one);
      sums.count += 1;
      sums.sum += x;
      log_likelihood -= (x - at.mean) * (x - at.mean) / 2;
    }
    return log_likelihood;
  }
  Parameters maximization(const Statistics& sums, const Parameters&) const { return {sums.sum / sums.count}; }
};

// Takes what the columns are called, and can draw.
struct Answers : Mean<std::vector<Answer>> {
  std::size_t levels = 0;
  void adapt(const latent::TableColumns& columns) { levels = columns.levels_of("answer").size(); }
  std::vector<Answer> draw(const Parameters&, latent::Random& random) const {
    std::vector<Answer> drawn(2);
    for (Answer& each : drawn) each.answer.index = static_cast<std::uint32_t>(random() % levels);
    return drawn;
  }
};

}  // namespace

LATENT_PLUGIN(latent::model_entry<Mean<double>>("number", "a mean"),
              latent::model_entry<Mean<std::array<int, 3>>>("three", "a mean"),
              latent::model_entry<Mean<Eigen::VectorXd>>("vector", "a mean"),
              latent::model_entry<Mean<Word>>("word", "a mean"),
              latent::model_entry<Mean<std::vector<double>>>("series", "a mean"),
              latent::model_entry<Answers>("answers", "a mean"))
