#pragma once

#include <cstddef>
#include <span>

#include <latent/column_block.hpp>
#include <latent/observations.hpp>

// Banks work column by column (a register holds one state of several rows), the recursions row by row (a register holds
// several states of one row).

namespace latent {

// Of log-densities (rows x S, column by column) the densities exp(l - max of the row), row by row, P numbers each with
// zeros beyond S. Returns the sum of the rows' maxima. A row of which all are -infinity becomes zeros and counts 0.
double densities_of_rows(Columns log_densities, std::size_t rows, std::size_t padded, double* to);

// Back: rows of P numbers as columns, zeros in what is beyond the rows.
void columns_of_rows(const double* rows, std::size_t count, std::size_t padded, Columns to);

// Whether a row has missing cells (NaN), and whether nothing else.
enum class Missing { none, some, all };
Missing missing_cells(const Observations& rows, std::size_t row);
bool any_missing(const Observations& rows);

}  // namespace latent
