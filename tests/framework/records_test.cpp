#include <algorithm>
#include <array>
#include <atomic>
#include <cmath>
#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include <Eigen/Core>
#include <doctest/doctest.h>
#include <latent/error.hpp>
#include <latent/fit.hpp>
#include <latent/record.hpp>
#include <latent/records.hpp>
#include <latent/start_data.hpp>
#include <latent/typed_model.hpp>
#include <oneapi/tbb/global_control.h>

#include "support/tolerances.hpp"

namespace {

using latent::BoundSample, latent::DataOf, latent::Records, latent::RowData, latent::RowMajorMatrix;

constexpr double nothing_in_memory = 0;

struct Lifetime {
  double hours = 0;
  bool failed = false;
  static constexpr auto columns() {
    return latent::columns(latent::column("hours", &Lifetime::hours), latent::column("failed", &Lifetime::failed));
  }
};

double number_of(double x) { return x / 4; }
double number_of(const std::array<int, 2>& x) { return x[0] / 4.0 + x[1]; }
double number_of(const Eigen::VectorXd& x) { return x[0] / 4 + x[1]; }
double number_of(const Lifetime& one) { return one.failed ? one.hours / 4 : -one.hours / 4; }
template <class Row>
double number_of(const std::vector<Row>& group) {
  double sum = 0;
  for (const Row& row : group) sum += number_of(row);
  return sum;
}

// Two normal distributions of variance 1 of whatever number_of makes of an observation.
template <class Observed, bool takes_weights = false>
struct TwoMeans {
  using Observation = Observed;
  struct Parameters {
    double share = 0.5, lower = 0, upper = 1;
    static constexpr auto fields() {
      return latent::fields(latent::field("share", &Parameters::share, latent::unit_interval),
                            latent::field("lower", &Parameters::lower), latent::field("upper", &Parameters::upper));
    }
    bool operator==(const Parameters&) const = default;
  };
  struct Statistics {
    double rows = 0, upper = 0, sum_lower = 0, sum_upper = 0;
    static constexpr auto fields() {
      return latent::fields(latent::field("rows", &Statistics::rows), latent::field("upper", &Statistics::upper),
                            latent::field("sum_lower", &Statistics::sum_lower),
                            latent::field("sum_upper", &Statistics::sum_upper));
    }
    bool operator==(const Statistics&) const = default;
  };

  std::size_t observations_a_task = 512;
  std::size_t grain() const { return observations_a_task; }

  double expectation(const Parameters& at, std::span<const Observed> all, Statistics& sums) const {
    return add(at, all, sums, {});
  }
  double expectation(const Parameters& at, std::span<const Observed> all, Statistics& sums,
                     latent::Weights weights) const requires takes_weights {
    return add(at, all, sums, weights);
  }
  Parameters maximization(const Statistics& sums, const Parameters&) const {
    return {sums.upper / sums.rows, sums.sum_lower / (sums.rows - sums.upper), sums.sum_upper / sums.upper};
  }
  Parameters initialize(std::span<const Observed> all, latent::Random& random) const {
    const double first = number_of(all[random() % all.size()]), second = number_of(all[random() % all.size()]);
    return {0.5, std::min(first, second) - 0.5, std::max(first, second) + 0.5};
  }
  Parameters from_labels(std::span<const Observed> all, std::span<const std::size_t> labels, latent::Weights) const {
    Statistics sums;
    for (std::size_t i = 0; i < all.size(); ++i) {
      const double x = number_of(all[i]);
      sums.rows += 1;
      sums.upper += labels[i] == 1 ? 1 : 0;
      (labels[i] == 1 ? sums.sum_upper : sums.sum_lower) += x;
    }
    return maximization(sums, {});
  }
  Eigen::VectorXd posterior(const Parameters& at, const Observed& one) const {
    Statistics own;
    add(at, {&one, 1}, own, {});
    return Eigen::Vector2d(1 - own.upper, own.upper);
  }

 private:
  static double add(const Parameters& at, std::span<const Observed> all, Statistics& sums, latent::Weights weights) {
    double log_likelihood = 0;
    for (std::size_t i = 0; i < all.size(); ++i) {
      const double x = number_of(all[i]), weight = weights.empty() ? 1 : weights[i];
      const double lower = (1 - at.share) * std::exp(-(x - at.lower) * (x - at.lower) / 2);
      const double upper = at.share * std::exp(-(x - at.upper) * (x - at.upper) / 2);
      const double share = weight * upper / (lower + upper);
      sums.rows += weight;
      sums.upper += share;
      sums.sum_upper += share * x;
      sums.sum_lower += (weight - share) * x;
      log_likelihood += weight * std::log(lower + upper);
    }
    return log_likelihood;
  }
};

// Whole numbers from 0 to 7, and 0 or 1: what every observation of these tests can be made of.
RowMajorMatrix table(std::size_t rows) {
  RowMajorMatrix values(static_cast<Eigen::Index>(rows), 2);
  for (Eigen::Index i = 0; i < values.rows(); ++i) {
    values(i, 0) = static_cast<double>(i * i % 7 + i % 2);
    values(i, 1) = static_cast<double>(i / 3 % 2);
  }
  return values;
}

// Groups of 1, 2, 3, 4, 1, 2, ... rows.
std::vector<std::size_t> begins_of_groups(std::size_t rows) {
  std::vector<std::size_t> begins;
  for (std::size_t begin = 0; begin < rows; begin += 1 + begins.size() % 4) begins.push_back(begin);
  return begins;
}

// The observations of a table at once and one chunk at a time.
template <class Model>
struct Both {
  using Bound = BoundSample<DataOf<Model>>;
  explicit Both(const RowData& data) : at_once(data), in_chunks(data, nothing_in_memory) {
    CHECK(at_once->observations.in_memory());
    CHECK(!in_chunks->observations.in_memory());
    CHECK(at_once->size() == in_chunks->size());
  }
  Bound at_once, in_chunks;
};

template <class Model>
void check_same_fit(const Model& model, const RowData& data) {
  const Both<Model> both(data);
  const typename Model::Parameters start{0.25, 0, 1.5};
  const auto expected = latent::expect(model, start, *both.at_once),
             found = latent::expect(model, start, *both.in_chunks);
  CHECK(found.statistics == expected.statistics);
  CHECK(found.log_likelihood == expected.log_likelihood);

  const auto fit = [&](const latent::Sample<DataOf<Model>>& sample, std::size_t threads) {
    return latent::fit(model, sample, {.max_iterations = 20, .starts = 2, .threads = threads});
  };
  const auto fitted = fit(*both.at_once, 1);
  for (const std::size_t threads : {1, 2, 3, 8}) {
    CAPTURE(threads);
    const auto again = fit(*both.in_chunks, threads);
    CHECK(again.parameters == fitted.parameters);
    CHECK(again.summary.log_likelihood == fitted.summary.log_likelihood);
    CHECK(again.summary.iterations == fitted.summary.iterations);
  }
}

// How many of them there are, and were at most.
struct Counted {
  double x = 0;
  unsigned count = 0;
  static constexpr auto columns() {
    return latent::columns(latent::column("x", &Counted::x), latent::column("count", &Counted::count));
  }
  Counted() { born(); }
  Counted(const Counted& other) : x(other.x), count(other.count) { born(); }
  Counted& operator=(const Counted&) = default;
  ~Counted() { --alive; }
  static void born() {
    const long now = ++alive;
    for (long before = most; now > before && !most.compare_exchange_weak(before, now);) {
    }
  }
  static inline std::atomic<long> alive = 0, most = 0;
};
double number_of(const Counted& one) { return one.x / 4 + one.count; }

// Lifetimes that take so much memory that a program does not keep them.
struct Large : Lifetime {
  std::array<char, 8192> padding{};
  static constexpr auto columns() {
    return latent::columns(latent::column("hours", &Large::hours), latent::column("failed", &Large::failed));
  }
};

template <class Model>
std::unique_ptr<latent::AnyModel> any_model() {
  using Parameters = typename Model::Parameters;
  auto model = std::make_unique<latent::TypedModel<Model>>(
      Model{}, [] { return Parameters{}; }, 3, latent::Json{{"dimensions", 2}}, 2, 2);
  model->set_parameters({{"share", 0.25}, {"lower", -0.5}, {"upper", 1.5}});
  return model;
}

}  // namespace

TEST_SUITE("framework/records") {
  TEST_CASE_TEMPLATE("records: converted chunk by chunk they give the bits of records in memory", Observed, double,
                     std::array<int, 2>, Eigen::VectorXd, Lifetime, std::vector<double>, std::vector<Lifetime>,
                     std::vector<Eigen::VectorXd>) {
    const tbb::global_control allow(tbb::global_control::max_allowed_parallelism, 8);
    const RowMajorMatrix rows = table(60001);
    const std::vector<std::size_t> begins = begins_of_groups(60001);
    std::vector<double> weights(60001);
    for (std::size_t group = 0; group < begins.size(); ++group) {
      const std::size_t end = group + 1 < begins.size() ? begins[group + 1] : weights.size();
      std::fill(weights.begin() + begins[group], weights.begin() + end, group % 5 / 4.0);
    }
    const RowData unweighted{.rows = rows, .sequence_begins = begins};
    const RowData weighted{.rows = rows, .weights = weights, .sequence_begins = begins};
    for (const std::size_t grain : {std::size_t{512}, std::size_t{10000}}) {  // less than a chunk, and several
      CAPTURE(grain);
      check_same_fit(TwoMeans<Observed>{grain}, unweighted);
      check_same_fit(TwoMeans<Observed>{grain}, weighted);
      check_same_fit(TwoMeans<Observed, true>{grain}, weighted);
    }
  }

  TEST_CASE("records: the chunks of a block add up to what the model finds in all of it") {
    const RowMajorMatrix rows = table(30000);
    const BoundSample<std::span<const Lifetime>> sample({.rows = rows}, nothing_in_memory);
    const TwoMeans<Lifetime> model{30000};
    std::vector<Lifetime> all(30000);
    for (Eigen::Index i = 0; i < rows.rows(); ++i) all[static_cast<std::size_t>(i)] = {rows(i, 0), rows(i, 1) == 1};
    TwoMeans<Lifetime>::Statistics sums;
    const double log_likelihood = model.expectation({0.25, 0, 1.5}, all, sums);
    const auto found = latent::expect(model, {0.25, 0, 1.5}, *sample);
    CHECK(found.log_likelihood == near(log_likelihood, tolerance::round_trip));
    CHECK(found.statistics.rows == sums.rows);
    CHECK(found.statistics.sum_upper == near(sums.sum_upper, tolerance::round_trip));
  }

  TEST_CASE("records: a chunk is as large in memory as elsewhere, and wide rows and long groups make it small") {
    const auto sizes = [](const auto& records) {
      std::vector<std::size_t> all;
      for (std::size_t first = 0; first < records.size(); first += all.back()) all.push_back(records.chunk_size(first));
      return all;
    };
    using Sizes = std::vector<std::size_t>;
    const RowMajorMatrix narrow = table(10000), wide = RowMajorMatrix::Zero(150, 1000);
    const Both<TwoMeans<Lifetime>> lifetimes(RowData{.rows = narrow});
    CHECK(sizes(lifetimes.in_chunks->observations) == Sizes{4096, 4096, 1808});
    CHECK(sizes(lifetimes.at_once->observations) == Sizes{4096, 4096, 1808});
    const Both<TwoMeans<Eigen::VectorXd>> vectors(RowData{.rows = wide});
    CHECK(sizes(vectors.in_chunks->observations) == Sizes{65, 65, 20});
    CHECK(sizes(vectors.at_once->observations) == Sizes{65, 65, 20});
    const RowMajorMatrix long_table = table(300000);
    const std::vector<std::size_t> begins{0, 10, 50000, 200000, 200001};
    const Both<TwoMeans<std::vector<double>>> groups(RowData{.rows = long_table, .sequence_begins = begins});
    CHECK(sizes(groups.in_chunks->observations) == Sizes{2, 1, 1, 1});
    CHECK(sizes(groups.at_once->observations) == Sizes{2, 1, 1, 1});
  }

  TEST_CASE("records: what no observation can hold is refused before a fit, at once or in chunks, by its first row") {
    RowMajorMatrix rows = table(200000);
    rows(150000, 1) = 0.5;
    rows(190000, 1) = 7;
    const std::string expected = "row 150001, column 2: found 0.5, expected a whole number from 0 to 1";
    using Bound = BoundSample<std::span<const Lifetime>>;
    CHECK_THROWS_WITH_AS(Bound({.rows = rows}), expected.c_str(), latent::DataError);
    CHECK_THROWS_WITH_AS(Bound({.rows = rows}, nothing_in_memory), expected.c_str(), latent::DataError);
    const std::vector<std::size_t> begins = begins_of_groups(200000);
    using Groups = BoundSample<std::span<const std::vector<Lifetime>>>;
    CHECK_THROWS_WITH_AS(Groups({.rows = rows, .sequence_begins = begins}, nothing_in_memory), expected.c_str(),
                         latent::DataError);
  }

  TEST_CASE("records: of many only a chunk a thread exists at a time") {
    const tbb::global_control allow(tbb::global_control::max_allowed_parallelism, 3);
    const RowMajorMatrix rows = table(200000);
    const auto most_in_a_fit = [&](double most_bytes) {
      Counted::most = 0;
      const BoundSample<std::span<const Counted>> sample({.rows = rows}, most_bytes);
      latent::fit(TwoMeans<Counted>{50000}, *sample, {0.25, 0, 1.5}, {.max_iterations = 3, .threads = 3});
      return Counted::most.load();
    };
    CHECK(most_in_a_fit(nothing_in_memory) <= 3 * 4096);
    CHECK(most_in_a_fit(latent::most_bytes_in_memory) == 200000);
    CHECK(Counted::alive == 0);
  }

  TEST_CASE("records: single observations and parts are those of the table") {
    const RowMajorMatrix rows = table(100);
    const Both<TwoMeans<double>> both(RowData{.rows = rows});
    const std::vector<std::size_t> indices{3, 3, 50, 99};
    const std::vector<double> expected{rows(3, 0), rows(3, 0), rows(50, 0), rows(99, 0)};
    for (const auto* sample : {&both.at_once, &both.in_chunks}) {
      const Records<double>& all = (*sample)->observations;
      CHECK(all[7] == rows(7, 0));
      CHECK(all.subspan(20, 30).subspan(5, 2)[1] == rows(26, 0));
      CHECK(latent::take(all, indices) == expected);
    }
  }

  TEST_CASE("start data: of very many observations an even part, of those that have a weight") {
    const std::size_t n = 3 * latent::most_for_starts + 5;
    RowMajorMatrix rows(static_cast<Eigen::Index>(n), 1);
    std::vector<double> weights(n);
    for (std::size_t i = 0; i < n; ++i) {
      rows(static_cast<Eigen::Index>(i), 0) = static_cast<double>(i);
      weights[i] = i % 10 == 9 ? 2 + static_cast<double>(i) : 0;
    }
    using Data = std::span<const double>;
    for (const double most_bytes : {nothing_in_memory, latent::most_bytes_in_memory}) {
      const BoundSample<Data> all({.rows = rows}, most_bytes), few({.rows = rows, .weights = weights}, most_bytes);
      const latent::StartData<Data> even(*all);
      REQUIRE(even.observations().size() == latent::most_for_starts);
      CHECK(even.weights().empty());
      CHECK(even.observations().front() == 0);
      CHECK(even.observations().back() >= static_cast<double>(n - 4));
      bool spaced = true;
      for (std::size_t i = 1; i < even.observations().size(); ++i) {
        const double gap = even.observations()[i] - even.observations()[i - 1];
        spaced = spaced && (gap == 3 || gap == 4);
      }
      CHECK(spaced);
      const latent::StartData<Data> heavy(*few);
      REQUIRE(heavy.observations().size() == n / 10);
      REQUIRE(heavy.weights().size() == n / 10);
      bool right = true;
      for (std::size_t i = 0; i < n / 10; ++i) {
        right = right && heavy.observations()[i] == static_cast<double>(10 * i + 9) &&
                heavy.weights()[i] == heavy.observations()[i] + 2;
      }
      CHECK(right);
      const latent::StartData<Data> whole(all->subspan(5, latent::most_for_starts));
      CHECK(whole.observations().size() == latent::most_for_starts);
      CHECK(whole.observations().front() == 5);
    }
  }

  TEST_CASE("records: predictions, scores, labels and checks of what is never all in memory") {
    const RowMajorMatrix rows = table(9000);
    const RowData data{.rows = rows};
    CHECK(!BoundSample<std::span<const Large>>(data)->observations.in_memory());
    const auto small = any_model<TwoMeans<Lifetime>>(), large = any_model<TwoMeans<Large>>();
    const auto predicted = [&](const latent::AnyModel& model) {
      std::vector<double> numbers;
      model.predict(data, latent::Decoding::posterior, [&](std::size_t first, const latent::Prediction& part) {
        CHECK(2 * first + first == numbers.size());
        for (Eigen::Index i = 0; i < part.responsibilities.rows(); ++i) {
          numbers.insert(numbers.end(),
                         {part.responsibilities(i, 0), part.responsibilities(i, 1), part.log_likelihoods[i]});
        }
      });
      return numbers;
    };
    const auto scores = [&](const latent::AnyModel& model) {
      std::vector<double> numbers;
      model.score(data, [&](std::size_t, const latent::Prediction& part) {
        numbers.insert(numbers.end(), part.log_likelihoods.begin(), part.log_likelihoods.end());
      });
      return numbers;
    };
    CHECK(predicted(*large).size() == 27000);
    CHECK(predicted(*large) == predicted(*small));
    CHECK(scores(*large).size() == 9000);
    CHECK(scores(*large) == scores(*small));
    CHECK(large->posterior_entropy(data, {}) == small->posterior_entropy(data, {}));
    CHECK(large->log_likelihood(data) == near(small->log_likelihood(data), tolerance::round_trip));
    CHECK(large->draw_start(data, 1, 0) == small->draw_start(data, 1, 0));
    const latent::Conformance checked = large->check(data, {.observations = 100});
    CHECK_MESSAGE(checked.passed(), checked.report());
    std::vector<std::size_t> labels(9000);
    for (std::size_t i = 0; i < labels.size(); ++i) labels[i] = i / 3 % 2;
    large->fit(data, {.max_iterations = 0}, {.labels = labels});
    small->fit(data, {.max_iterations = 0}, {.labels = labels});
    CHECK(large->parameters() == small->parameters());
  }
}  // TEST_SUITE
