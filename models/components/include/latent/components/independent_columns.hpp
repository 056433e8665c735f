#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include <Eigen/Core>
#include <latent/column_block.hpp>
#include <latent/fields.hpp>
#include <latent/notes.hpp>
#include <latent/observations.hpp>

namespace latent {

// What the banks of counts, durations and binary cells have in common: the columns are independent given the component,
// and the log-density of a cell is linear in it but for a part that is the same in all components,
//
//   ln f(x; k) = sum_j (slope_kj x_j + constant_kj) + h(x)
//
// (exponential families with t(x) = x; Bickel & Doksum 2015, section 1.6). The sums of such a bank are weighted sums of
// cells, its M-step begins with weighted means. A bank derives from this and has h = 0 unless it adds it.
struct IndependentColumns {
  struct Statistics {
    Eigen::VectorXd counts;  // K: sum_n r_nk
    Eigen::MatrixXd sums;    // K x D: sum_n r_nk x_nj
    static constexpr auto fields() {
      return latent::fields(field("counts", &Statistics::counts), field("sums", &Statistics::sums));
    }
  };

  // Component `component` has no other value than this one in that column (a Poisson rate of 0). Slope and constant
  // are 0 there: the logarithm of 0 times a cell of 0 would be NaN.
  struct PointMass {
    Eigen::Index component, column;
    double value;
  };

  struct Prepared {
    Prepared() = default;
    explicit Prepared(const Eigen::MatrixXd& expected_cells);  // K x D; slopes and constants 0
    Eigen::VectorXd log_constants;                             // K: sum_j constant_kj
    Eigen::MatrixXd slopes;                                    // K x D
    Eigen::MatrixXd constants;                                 // K x D
    Eigen::MatrixXd means;                                     // K x D: what is expected of a missing cell
    Eigen::MatrixXd origins;                                   // K x D: zeros, which sums are taken about
    std::vector<PointMass> point_masses;
  };

  Statistics statistics(const Prepared& prepared) const;  // zeros
  void log_densities(const Prepared& prepared, const ColumnBlock& rows, Columns out) const;
  void accumulate(const Prepared& prepared, const ColumnBlock& rows, ConstColumns weights, Statistics& sums) const;

  // Rows with missing cells (NaN): out[k] is the log-density of the others, and a missing cell is added as its mean.
  void log_densities_of_row(const Prepared& prepared, std::span<const double> row, std::span<double> out) const;
  void accumulate_row(const Prepared& prepared, std::span<const double> row, std::span<const double> weights,
                      Statistics& sums) const;
};

// A component with less than this fraction of all observations has none: its sums are rounding.
bool without_observations(const Eigen::VectorXd& counts, Eigen::Index component);

// "has lost all its observations", of that component.
Note empty_note(Eigen::Index component);

// K x D: the weighted means of the cells; those of a component without observations are `otherwise`, as a note says.
Eigen::MatrixXd component_means(const IndependentColumns::Statistics& sums, const Eigen::MatrixXd& otherwise,
                                const Notes& notes);

// K x D, equal rows: the weighted means of the columns over the cells that are there; `without` where there are none.
Eigen::MatrixXd pooled_means(const Observations& rows, Weights weights, std::size_t components, double without);

// Throws ModelError "the rate of component 2 in column 1 is -1; it must be positive and finite" for the first value
// that is not `allowed`.
void require_parameters(const Eigen::MatrixXd& values, const std::string& name, bool (*allowed)(double),
                        const std::string& rule);

}  // namespace latent
