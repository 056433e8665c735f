#pragma once

#include <cmath>
#include <cstddef>
#include <optional>
#include <string>

#include <latent/components/component_bank.hpp>
#include <latent/error.hpp>
#include <latent/observations.hpp>
#include <latent/text.hpp>

namespace latent {

// Throws DataError for the first cell that the bank cannot have, "row 17, column 2 is -3: a count must be a whole
// number from 0", or that is missing (NaN) and must not be. A bank without `refusal` takes every cell, and nothing is
// read.
template <class Bank>
void check_cells(const Bank& bank, const Observations& rows, bool allow_missing) {
  if constexpr (BankRefuses<Bank>) {
    for_each_piece(rows, [&](std::size_t first, const Observations& piece) {
      for (std::size_t i = 0; i < piece.size(); ++i) {
        for (std::size_t j = 0; j < piece.columns(); ++j) {
          const double cell = piece(i, j);
          if (allow_missing && std::isnan(cell)) continue;
          const std::optional<std::string> reason = bank.refusal(cell);
          if (!reason) continue;
          throw DataError("row " + std::to_string(first + i + 1) + ", column " + std::to_string(j + 1) + " is " +
                          (std::isnan(cell) ? "missing" : number(cell)) + ": " + *reason);
        }
      }
    });
  }
}

}  // namespace latent
