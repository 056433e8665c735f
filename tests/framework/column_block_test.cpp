#include <cstdint>
#include <cstring>
#include <random>
#include <vector>

#include <doctest/doctest.h>
#include <latent/column_block.hpp>

namespace {

using latent::ColumnBlock;
using latent::Observations;

std::vector<double> random_numbers(std::size_t count) {
  std::mt19937_64 engine(11);
  std::normal_distribution<double> normal;
  std::vector<double> numbers(count);
  for (double& number : numbers) number = normal(engine);
  return numbers;
}

bool holds(const ColumnBlock& block, const Observations& rows, const std::vector<double>& origin) {
  if (block.rows() != rows.size() || block.columns() != rows.columns()) return false;
  for (std::size_t j = 0; j < rows.columns(); ++j) {
    const double* column = block.column(j);
    if (reinterpret_cast<std::uintptr_t>(column) % 64 != 0) return false;
    for (std::size_t i = 0; i < block.padded_rows(); ++i) {
      const double expected = i < rows.size() ? rows(i, j) - (origin.empty() ? 0.0 : origin[j]) : 0.0;
      if (column[i] != expected ||
          column[i] != block.array()(static_cast<Eigen::Index>(i), static_cast<Eigen::Index>(j)))
        return false;
    }
  }
  return true;
}

}  // namespace

TEST_SUITE("framework/column_block") {
  TEST_CASE("ColumnBlock: holds the rows minus the origin and zeros beyond") {
    ColumnBlock block;
    for (std::size_t columns : {1, 2, 3, 4, 5, 7, 8, 9, 16, 17, 33}) {
      for (std::size_t rows : {0, 1, 2, 7, 8, 9, 15, 16, 17, 100, 1017}) {
        const std::vector<double> values = random_numbers(rows * columns);
        const std::vector<float> narrow(values.begin(), values.end());
        const std::vector<double> origin = random_numbers(columns);
        CAPTURE(rows);
        CAPTURE(columns);
        for (const Observations& view :
             {Observations(values.data(), rows, columns), Observations(narrow.data(), rows, columns)}) {
          block.gather(view);
          CHECK(holds(block, view, {}));
          block.gather(view, origin);
          CHECK(holds(block, view, origin));
        }
      }
    }
  }

  TEST_CASE("ColumnBlock: does not depend on the alignment of its input") {
    const std::vector<double> values = random_numbers(300 * 5);
    for (std::size_t offset = 1; offset < 9; ++offset) {
      std::vector<double> moved(values.size() + offset);
      std::copy(values.begin(), values.end(), moved.begin() + static_cast<std::ptrdiff_t>(offset));
      ColumnBlock block;
      block.gather(Observations(moved.data() + offset, 300, 5));
      CHECK(holds(block, Observations(values.data(), 300, 5), {}));
    }
  }

  TEST_CASE("padded_rows: is an odd number of cache lines") {
    for (std::size_t rows = 1; rows < 3000; ++rows) {
      const std::size_t padded = latent::padded_rows(rows);
      CHECK((padded >= rows && padded < rows + 16 && padded % 16 == 8));
    }
  }

  TEST_CASE("block_rows: is a whole number of packs between 72 and 504 and needs no padding") {
    for (std::size_t columns : {1, 2, 8, 64, 1000, 100000}) {
      for (std::size_t components : {1, 3, 16, 500, 100000}) {
        const std::size_t rows = latent::block_rows(columns, components);
        CHECK((rows >= 72 && rows <= 504));
        CHECK(latent::padded_rows(rows) == rows);
      }
    }
  }

  TEST_CASE("AlignedBuffer: keeps its memory until more is asked for") {
    latent::AlignedBuffer buffer;
    double* first = buffer.reserve(100);
    CHECK(reinterpret_cast<std::uintptr_t>(first) % latent::AlignedBuffer::alignment == 0);
    CHECK(buffer.reserve(50) == first);
    CHECK(buffer.reserve(100) == first);
    CHECK(reinterpret_cast<std::uintptr_t>(buffer.reserve(1001)) % latent::AlignedBuffer::alignment == 0);
  }

}  // TEST_SUITE
