#include <cmath>
#include <random>
#include <string>
#include <vector>

#include <Eigen/Dense>
#include <doctest/doctest.h>
#include <latent/column_block.hpp>
#include <latent/components/distances.hpp>
#include <latent/components/gaussian_diagonal.hpp>
#include <latent/components/gaussian_full.hpp>
#include <latent/components/gaussian_spherical.hpp>
#include <latent/components/gaussian_tied.hpp>
#include <latent/components/moments.hpp>
#include <latent/error.hpp>

// The kernels of the Gaussian banks against densities and moments computed in long double, one number at a time.

namespace {

using latent::Columns;
using latent::ConstColumns;
using latent::Observations;
using Index = Eigen::Index;
using Long = long double;
using LongMatrix = Eigen::Matrix<Long, Eigen::Dynamic, Eigen::Dynamic>;

constexpr double rounding = 1e-13;  // of sums of some thousand terms; the matrices below have conditions of about 10

struct Shape {
  Index dimensions, components, rows;
};

// What is tried: data times `scale` plus `shift`, in columns whose units differ by powers of `unit`.
struct Setting {
  Shape shape;
  double scale = 1, shift = 0, unit = 1;
  bool float32 = false;
  double separation = 1;  // of the means, in standard deviations
};

struct Problem {
  Shape shape;
  std::vector<double> values;
  std::vector<float> narrow;
  Observations rows;
  Eigen::MatrixXd means;                     // K x D
  std::vector<Eigen::MatrixXd> covariances;  // K of D x D
  Eigen::MatrixXd weights;                   // n x K, some of them zero

  explicit Problem(const Setting& setting) : shape(setting.shape), means(shape.components, shape.dimensions) {
    std::mt19937_64 engine(17);
    std::normal_distribution<double> normal;
    const auto [dimensions, components, count] = shape;
    Eigen::VectorXd units(dimensions);
    for (Index j = 0; j < dimensions; ++j)
      units[j] = setting.scale * std::pow(setting.unit, static_cast<double>(j % 3));
    for (Index k = 0; k < components; ++k) {
      for (Index j = 0; j < dimensions; ++j)
        means(k, j) = units[j] * setting.separation * normal(engine) + setting.shift;
      Eigen::MatrixXd factor(dimensions, 2 * dimensions + 1);
      for (double& entry : factor.reshaped()) entry = normal(engine);
      const Eigen::MatrixXd covariance = factor * factor.transpose() / static_cast<double>(2 * dimensions);
      covariances.push_back(units.asDiagonal() * covariance * units.asDiagonal());
    }
    weights.resize(count, components);
    for (double& weight : weights.reshaped()) weight = engine() % 4 == 0 ? 0 : std::abs(normal(engine));
    for (Index n = 0; n < count; ++n) {
      for (Index j = 0; j < dimensions; ++j) values.push_back(means(n % components, j) + units[j] * normal(engine));
    }
    narrow.assign(values.begin(), values.end());
    const auto n = static_cast<std::size_t>(count), d = static_cast<std::size_t>(dimensions);
    rows = setting.float32 ? Observations(narrow.data(), n, d) : Observations(values.data(), n, d);
  }

  Long x(Index n, Index j) const { return rows(static_cast<std::size_t>(n), static_cast<std::size_t>(j)); }
};

// Banks differ in how they state their parameters and their second moments.
struct Full {
  using Bank = latent::FullGaussians;
  static Bank::Parameters parameters(const Problem& p) { return {p.means, p.covariances}; }
  static Eigen::MatrixXd covariance(const Bank::Parameters& p, Index k) {
    return p.covariances[static_cast<std::size_t>(k)];
  }
  static constexpr bool tied = false;
  static double second(const Bank::Statistics& s, Index k, Index i, Index j) {
    return s.scatters(i * (i + 1) / 2 + j, k);
  }
};
struct Tied {
  using Bank = latent::TiedGaussians;
  static Bank::Parameters parameters(const Problem& p) { return {p.means, p.covariances[0]}; }
  static Eigen::MatrixXd covariance(const Bank::Parameters& p, Index) { return p.covariance; }
  static constexpr bool tied = true;
  static double second(const Bank::Statistics& s, Index, Index i, Index j) { return s.scatter[i * (i + 1) / 2 + j]; }
};
struct Diagonal {
  using Bank = latent::DiagonalGaussians;
  static Bank::Parameters parameters(const Problem& p) {
    Eigen::MatrixXd variances(p.means.rows(), p.means.cols());
    for (Index k = 0; k < variances.rows(); ++k)
      variances.row(k) = p.covariances[static_cast<std::size_t>(k)].diagonal();
    return {p.means, variances};
  }
  static Eigen::MatrixXd covariance(const Bank::Parameters& p, Index k) { return p.variances.row(k).asDiagonal(); }
  static constexpr bool tied = false;
  static double second(const Bank::Statistics& s, Index k, Index i, Index j) { return i == j ? s.squares(k, i) : NAN; }
};
struct Spherical {
  using Bank = latent::SphericalGaussians;
  static Bank::Parameters parameters(const Problem& p) {
    Eigen::VectorXd variances(p.means.rows());
    for (Index k = 0; k < variances.size(); ++k) variances[k] = p.covariances[static_cast<std::size_t>(k)](0, 0);
    return {p.means, variances};
  }
  static Eigen::MatrixXd covariance(const Bank::Parameters& p, Index k) {
    return p.variances[k] * Eigen::MatrixXd::Identity(p.means.cols(), p.means.cols());
  }
  static constexpr bool tied = false;
  static double second(const Bank::Statistics&, Index, Index, Index) { return NAN; }  // see check_spherical
};

// log N(x_n; mean, covariance) by a Cholesky factorisation in long double.
class LongGaussian {
 public:
  LongGaussian(const Eigen::VectorXd& mean, const Eigen::MatrixXd& covariance)
      : mean_(mean.cast<Long>()), factor_(LongMatrix::Zero(covariance.rows(), covariance.rows())) {
    for (Index i = 0; i < covariance.rows(); ++i) {
      for (Index j = 0; j <= i; ++j) {
        Long rest = covariance(i, j);
        for (Index l = 0; l < j; ++l) rest -= factor_(i, l) * factor_(j, l);
        factor_(i, j) = i == j ? std::sqrt(rest) : rest / factor_(j, j);
      }
      constant_ -= std::log(factor_(i, i)) + std::log(2 * std::acos(Long(-1))) / 2;
    }
  }
  Long log_density(const Problem& problem, Index n) const {
    Long result = constant_;
    std::vector<Long> y;
    for (Index i = 0; i < factor_.rows(); ++i) {
      Long rest = problem.x(n, i) - mean_[i];
      for (Index j = 0; j < i; ++j) rest -= factor_(i, j) * y[static_cast<std::size_t>(j)];
      y.push_back(rest / factor_(i, i));
      result -= y.back() * y.back() / 2;
    }
    return result;
  }

 private:
  Eigen::Matrix<Long, Eigen::Dynamic, 1> mean_;
  LongMatrix factor_;
  Long constant_ = 0;
};

// A bank's kernels run on a whole problem as one block.
template <class Family>
struct Run {
  typename Family::Bank bank;
  typename Family::Bank::Parameters parameters;
  typename Family::Bank::Prepared prepared;
  typename Family::Bank::Statistics statistics;
  latent::ColumnBlock block;
  latent::AlignedBuffer buffer;
  Eigen::ArrayXXd log_densities;  // n x K

  explicit Run(const Problem& problem)
      : parameters(Family::parameters(problem)),
        prepared(bank.prepare(parameters)),
        statistics(bank.statistics(prepared)) {
    const Eigen::VectorXd& origin = prepared.block_origin;
    block.gather(problem.rows, {origin.data(), static_cast<std::size_t>(origin.size())});
    const Index padded = static_cast<Index>(block.padded_rows()), components = problem.shape.components;
    Columns work(buffer.reserve(block.padded_rows() * static_cast<std::size_t>(components)), padded, components);
    work.setConstant(NAN);
    bank.log_densities(prepared, block, work);
    log_densities = work.topRows(problem.shape.rows);
    work.setZero();
    work.topRows(problem.shape.rows) = problem.weights;
    bank.accumulate(prepared, block, ConstColumns(work.data(), padded, components), statistics);
  }
};

// The largest error of log-densities, relative to their own size or that of the squared distance.
template <class Family>
double density_error(const Problem& problem, const Run<Family>& run) {
  Long worst = 0;
  for (Index k = 0; k < problem.shape.components; ++k) {
    const LongGaussian exact(problem.means.row(k), Family::covariance(run.parameters, k));
    for (Index n = 0; n < problem.shape.rows; ++n) {
      const Long want = exact.log_density(problem, n);
      const Long error =
          std::abs(run.log_densities(n, k) - want) / (std::abs(want) + static_cast<Long>(problem.shape.dimensions));
      if (!(error <= worst)) worst = error;  // NaN too
    }
  }
  return static_cast<double>(worst);
}

// The largest error of the sums, relative to the same sums of absolute values.
template <class Family>
double moment_error(const Problem& problem, const Run<Family>& run) {
  const auto [dimensions, components, rows] = problem.shape;
  Long worst = 0;
  const auto compare = [&](double got, Long want, Long size) {
    const Long error = size == 0 ? std::abs(static_cast<Long>(got)) : std::abs(got - want) / size;
    if (!(error <= worst)) worst = error;
  };
  LongMatrix common = LongMatrix::Zero(dimensions, dimensions), common_size = common;
  for (Index k = 0; k < components; ++k) {
    const auto t = [&](Index n, Index j) { return problem.x(n, j) - static_cast<Long>(problem.means(k, j)); };
    Long count = 0;
    for (Index n = 0; n < rows; ++n) count += problem.weights(n, k);
    compare(run.statistics.counts[k], count, count);
    LongMatrix seconds = LongMatrix::Zero(dimensions, dimensions);
    for (Index i = 0; i < dimensions; ++i) {
      Long sum = 0, size = 0;
      for (Index n = 0; n < rows; ++n) {
        sum += problem.weights(n, k) * t(n, i);
        size += problem.weights(n, k) * std::abs(t(n, i));
        for (Index j = 0; j <= i; ++j) seconds(i, j) += problem.weights(n, k) * t(n, i) * t(n, j);
      }
      compare(run.statistics.sums(k, i), sum, size);
      CHECK(run.statistics.origins(k, i) == problem.means(k, i));
    }
    common += seconds;
    if constexpr (std::is_same_v<Family, Spherical>) {
      compare(run.statistics.squares[k], seconds.trace(), seconds.trace());
    } else if constexpr (!Family::tied) {
      for (Index i = 0; i < dimensions; ++i) {
        for (Index j = 0; j <= i; ++j) {
          const double got = Family::second(run.statistics, k, i, j);
          if (!std::isnan(got) || std::is_same_v<Family, Full>)
            compare(got, seconds(i, j), std::sqrt(seconds(i, i)) * std::sqrt(seconds(j, j)));
        }
      }
    }
  }
  if constexpr (Family::tied) {
    for (Index i = 0; i < dimensions; ++i) {
      for (Index j = 0; j <= i; ++j) {
        compare(Family::second(run.statistics, 0, i, j), common(i, j),
                std::sqrt(common(i, i)) * std::sqrt(common(j, j)));
      }
    }
  }
  return static_cast<double>(worst);
}

template <class Family>
void check(const Setting& setting) {
  CAPTURE(setting.shape.dimensions);
  CAPTURE(setting.shape.components);
  CAPTURE(setting.shape.rows);
  const Problem problem(setting);
  const Run<Family> run(problem);
  CHECK(density_error(problem, run) < rounding);
  CHECK(moment_error(problem, run) < rounding);
}

// Every dimension with every number of components, and every number of rows with each of both.
std::vector<Shape> shapes() {
  const std::vector<Index> components = {1, 2, 3, 7, 16, 17}, rows = {1, 7, 8, 9, 100, 1017};
  std::vector<Shape> result;
  std::size_t turn = 0;
  for (Index dimensions : {1, 2, 3, 4, 5, 6, 7, 8, 9, 16, 17, 33}) {
    for (Index k : components) {
      result.push_back({dimensions, k, rows[turn++ % (rows.size() - 1)]});
    }
    result.push_back({dimensions, 3, rows.back()});
    ++turn;
  }
  return result;
}

}  // namespace

TEST_SUITE("models/components/kernels") {
  TEST_CASE_TEMPLATE("Gaussian kernels: agree with long double in every shape", Family, Full, Tied, Diagonal,
                     Spherical) {
    for (const Shape& shape : shapes()) {
      check<Family>({.shape = shape});
      check<Family>({.shape = shape, .float32 = true});
    }
  }

  TEST_CASE_TEMPLATE("Gaussian kernels: lose nothing to a large common shift", Family, Full, Tied, Diagonal,
                     Spherical) {
    for (Index dimensions : {1, 3, 8, 17}) check<Family>({.shape = {dimensions, 3, 100}, .shift = 1e6});
  }

  TEST_CASE_TEMPLATE("Gaussian kernels: work at scales of 1e-100 and 1e100", Family, Full, Tied, Diagonal, Spherical) {
    for (Index dimensions : {1, 3, 8, 17}) {
      check<Family>({.shape = {dimensions, 3, 100}, .scale = 1e-100});
      check<Family>({.shape = {dimensions, 3, 100}, .scale = 1e100});
    }
  }

  TEST_CASE_TEMPLATE("Gaussian kernels: columns may have very different units", Family, Full, Tied, Diagonal) {
    for (Index dimensions : {2, 3, 8, 17}) {
      check<Family>({.shape = {dimensions, 3, 100}, .unit = 1e40});
      check<Family>({.shape = {dimensions, 3, 100}, .unit = 1e-40});
    }
  }

  TEST_CASE_TEMPLATE("Gaussian kernels: lose nothing when the means are far apart", Family, Full, Diagonal, Spherical) {
    for (Index dimensions : {1, 3, 8, 17}) check<Family>({.shape = {dimensions, 3, 100}, .separation = 1e7});
  }

  TEST_CASE("TiedGaussians: lose at most the digits they say when the means are apart") {
    for (Index dimensions : {1, 3, 8, 17}) {
      for (double separation : {10.0, 30.0, 100.0, 1e3, 1e7}) {
        CAPTURE(separation);
        const Problem problem({.shape = {dimensions, 3, 100}, .separation = separation});
        // Weights as an E-step makes them: each row belongs to the component that it was drawn from.
        Problem hard = problem;
        hard.weights.setZero();
        for (Index n = 0; n < 100; ++n) hard.weights(n, n % 3) = 1;
        const Run<Tied> run(hard);
        const double spread = run.prepared.apart.empty() ? latent::TiedGaussians::largest_spread : 0;
        CHECK(density_error(hard, run) < rounding * (1 + std::sqrt(spread)));
        CHECK(moment_error(hard, run) < 1e-15 * (100 + spread));
      }
    }
  }

  TEST_CASE_TEMPLATE("Gaussian kernels: give the same bits wherever the data lie", Family, Full, Tied, Diagonal,
                     Spherical) {
    Problem problem({.shape = {5, 3, 100}});
    const Run<Family> expected(problem);
    for (std::size_t offset = 1; offset < 9; ++offset) {
      std::vector<double> moved(problem.values.size() + offset);
      std::copy(problem.values.begin(), problem.values.end(), moved.begin() + static_cast<std::ptrdiff_t>(offset));
      problem.rows = Observations(moved.data() + offset, 100, 5);
      const Run<Family> run(problem);
      CHECK((run.log_densities == expected.log_densities).all());
      CHECK(run.statistics.sums == expected.statistics.sums);
      CHECK(run.statistics.counts == expected.statistics.counts);
    }
  }

  TEST_CASE_TEMPLATE("Gaussian kernels: a row's densities do not depend on its place in the block", Family, Full, Tied,
                     Diagonal, Spherical) {
    const Problem problem({.shape = {9, 5, 100}});
    const Run<Family> whole(problem);
    for (std::size_t first : {1, 37, 99}) {
      Problem part = problem;
      part.rows = problem.rows.subspan(first, 100 - first);
      part.shape.rows = static_cast<Index>(100 - first);
      part.weights = problem.weights.bottomRows(part.shape.rows).eval();
      CHECK((Run<Family>(part).log_densities == whole.log_densities.bottomRows(part.shape.rows)).all());
    }
  }

  TEST_CASE("FullGaussians: a component without responsibility has sums of zero") {
    Problem problem({.shape = {6, 3, 100}});
    problem.weights.col(1).setZero();
    const Run<Full> run(problem);
    CHECK(run.statistics.counts[1] == 0);
    CHECK((run.statistics.sums.row(1).array() == 0).all());
    CHECK((run.statistics.scatters.col(1).array() == 0).all());
    CHECK(moment_error(problem, run) < rounding);
  }

  TEST_CASE("FullGaussians: a nearly singular covariance keeps its digits") {
    // Correlation 1 - 1e-10: the density depends on the difference of the coordinates, of variance 2e-10.
    Problem problem({.shape = {2, 1, 100}});
    problem.covariances[0] << 1, 1 - 1e-10, 1 - 1e-10, 1;
    for (std::size_t n = 0; n < 100; ++n)
      problem.values[2 * n + 1] = problem.values[2 * n] + 1e-5 * static_cast<double>(n % 7);
    problem.means.setZero();
    const Run<Full> run(problem);
    CHECK(density_error(problem, run) < 1e-5);  // the covariance itself holds six digits of 1e-10
  }

  TEST_CASE("prepare: names the component and the reason when a covariance is not positive definite") {
    const auto message = [](auto&& call) -> std::string {
      try {
        call();
      } catch (const latent::ModelError& error) {
        return error.what();
      }
      return "no error";
    };
    Problem problem({.shape = {3, 4, 1}});
    problem.covariances[2](1, 1) = -1;
    CHECK(message([&] {
            latent::FullGaussians{}.prepare({problem.means, problem.covariances});
          }) == "the covariance of component 3 is not positive definite: the variance of column 2 is -1");
    problem.covariances[2].setOnes();
    CHECK(message([&] {
            latent::FullGaussians{}.prepare({problem.means, problem.covariances});
          }) ==
          "the covariance of component 3 is not positive definite: column 2 is determined by the columns before it");
    CHECK(message([&] {
            latent::TiedGaussians{}.prepare({problem.means, problem.covariances[2]});
          }) == "the common covariance is not positive definite: column 2 is determined by the columns before it");
    problem.covariances[0](2, 1) = NAN;
    CHECK(message([&] {
            latent::FullGaussians{}.prepare({problem.means, problem.covariances});
          }) ==
          "the covariance of component 1 is not positive definite: column 3 is determined by the columns before it");
    CHECK(message([&] {
            latent::DiagonalGaussians{}.prepare({problem.means, Eigen::MatrixXd::Zero(4, 3)});
          }) == "the variance of component 1 in column 1 is 0; it must be positive and finite");
    CHECK(message([&] {
            latent::SphericalGaussians{}.prepare({problem.means, Eigen::VectorXd::Constant(4, INFINITY)});
          }) == "the variance of component 1 is inf; it must be positive and finite");
  }

  TEST_CASE("unpacked: is the symmetric matrix of a packed triangle") {
    Eigen::VectorXd triangle(6);
    triangle << 1, 2, 3, 4, 5, 6;
    Eigen::MatrixXd expected(3, 3);
    expected << 1, 2, 4, 2, 3, 5, 4, 5, 6;
    CHECK(latent::unpacked(triangle, 3) == expected);
  }

  TEST_CASE("ScaledDistances: are squared distances with offset 0 and factor 1") {
    for (const Shape& shape : shapes()) {
      const Problem problem({.shape = shape});
      latent::ColumnBlock block;
      block.gather(problem.rows);
      latent::AlignedBuffer buffer;
      const Index padded = static_cast<Index>(block.padded_rows());
      Columns out(buffer.reserve(block.padded_rows() * static_cast<std::size_t>(shape.components)), padded,
                  shape.components);
      latent::ScaledDistances(problem.means)
          .apply(block.array(), block.rows(), Eigen::VectorXd::Zero(shape.components), 1, out);
      double worst = 0;
      for (Index n = 0; n < shape.rows; ++n) {
        for (Index k = 0; k < shape.components; ++k) {
          Long exact = 0;
          for (Index j = 0; j < shape.dimensions; ++j)
            exact += std::pow(problem.x(n, j) - static_cast<Long>(problem.means(k, j)), Long(2));
          worst = std::max(worst, static_cast<double>(std::abs(out(n, k) - exact) / exact));
        }
      }
      CHECK(worst < rounding);
    }
  }

}  // TEST_SUITE
