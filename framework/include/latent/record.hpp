#pragma once

#include <array>
#include <cmath>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <vector>

#include <Eigen/Core>
#include <latent/error.hpp>
#include <latent/row_data.hpp>
#include <latent/sample.hpp>
#include <latent/sequences.hpp>
#include <latent/text.hpp>

// How rows of a table become the observations of a model whose data are a std::span<const Observation>. A row is
//
//   a number           of a table with one column: double, an integer (not bool, which a struct may have)
//   std::array<T, D>   of a table with D columns of numbers
//   Eigen::VectorXd    of any number of columns
//   a struct           that names its columns:
//
//     struct Lifetime {
//       double hours;
//       bool failed;
//       static constexpr auto columns() {
//         return latent::columns(latent::column("hours", &Lifetime::hours), latent::column("failed", &Lifetime::failed));
//       }
//     };
//
// whose members are numbers, or, for text, a std::string, or a latent::Category: the place of the text among those that
// the column has, in order (a model learns them by adapt(columns), see <latent/model_entry.hpp>, and its file keeps them).
//
// An observation is a row, or a group of them, std::vector<Row>: the rows that have the same cell in the column that
// latent::key("patient") names among the struct's columns, wherever they stand in the table; without a key, a series of
// rows that follow one another (option --sequence).

namespace latent {

// The place of a text among the levels of its column, from 0.
struct Category {
  std::uint32_t index = 0;
  constexpr operator std::size_t() const { return index; }  // NOLINT(google-explicit-constructor): it is an index
};

template <class Row, class Value>
struct Column {
  std::string_view name;
  Value Row::*member;
};
template <class Row, class Value>
constexpr Column<Row, Value> column(std::string_view name, Value Row::*member) {
  return {name, member};
}

// Rows that have the same cell in that column are one observation.
struct KeyColumn {
  std::string_view name;
};
constexpr KeyColumn key(std::string_view name) { return {name}; }

template <class... All>
constexpr std::tuple<All...> columns(All... all) {
  return {all...};
}

template <class Row>
concept HasColumns = requires {
  Row::columns();
};

namespace record {

template <class T>
inline constexpr bool is_array = false;
template <class T, std::size_t D>
inline constexpr bool is_array<std::array<T, D>> = std::is_arithmetic_v<T>;

template <class T>
inline constexpr bool is_vector = false;
template <class T>
inline constexpr bool is_vector<std::vector<T>> = true;

// visit(column) for each column of a struct that has a member, and with_key(name) for the key.
template <HasColumns Row, class Visit, class WithKey>
void for_each_column(const Visit& visit, const WithKey& with_key) {
  const auto one = [&](const auto& column) {
    if constexpr (std::is_same_v<std::remove_cvref_t<decltype(column)>, KeyColumn>) {
      with_key(column.name);
    } else {
      visit(column);
    }
  };
  std::apply([&](const auto&... column) { (one(column), ...); }, Row::columns());
}

// A number of the type that the author wants. Throws DataError naming row and column, counted from 1.
template <class Number>
Number number_at(const RowData& data, std::size_t row, std::size_t column) {
  const double cell = data.rows(row, column);
  if constexpr (std::is_floating_point_v<Number>) {
    return static_cast<Number>(cell);
  } else {
    constexpr double least = static_cast<double>(std::numeric_limits<Number>::lowest()),
                     most = static_cast<double>(std::numeric_limits<Number>::max());
    if (cell == std::floor(cell) && cell >= least && cell <= most && cell < 0x1p63) return static_cast<Number>(cell);
    throw DataError("row " + std::to_string(row + 1) + ", column " + std::to_string(column + 1) + ": found " +
                    number(cell) + ", expected a whole number" +
                    (std::is_unsigned_v<Number> ? " from 0 to " + rounded(most) : ""));
  }
}

template <class Value>
void read_cell(const RowData& data, std::size_t row, std::size_t column, Value& value) {
  if constexpr (std::is_same_v<Value, Category>) {
    value.index = number_at<std::uint32_t>(data, row, column);
  } else if constexpr (std::is_same_v<Value, std::string>) {
    value = data.levels[column].at(static_cast<std::size_t>(data.rows(row, column)));
  } else {
    value = number_at<Value>(data, row, column);
  }
}

template <class Value>
double cell_of(const Value& value) {
  if constexpr (std::is_same_v<Value, Category>) {
    return static_cast<double>(value.index);
  } else if constexpr (std::is_same_v<Value, std::string>) {
    throw Error("this model has text in its observations, which cannot be drawn");
  } else {
    return static_cast<double>(value);
  }
}

}  // namespace record

template <class Row>
concept ReadableRow =
    std::is_arithmetic_v<Row> || record::is_array<Row> || std::same_as<Row, Eigen::VectorXd> || HasColumns<Row>;

// A group of rows.
template <class Observation>
concept ReadableGroup = record::is_vector<Observation> && ReadableRow<typename Observation::value_type>;

template <class Observation>
concept ReadableObservation = ReadableRow<Observation> || ReadableGroup<Observation>;

template <ReadableObservation Observation>
struct RowOfObservation {
  using type = Observation;
};
template <ReadableGroup Observation>
struct RowOfObservation<Observation> {
  using type = typename Observation::value_type;
};

// What such observations want of a table.
template <ReadableObservation Observation>
DataNeeds needs_of_observation() {
  using Row = typename RowOfObservation<Observation>::type;
  DataNeeds needs;
  needs.groups = ReadableGroup<Observation>;
  if constexpr (HasColumns<Row>) {
    record::for_each_column<Row>(
        [&](const auto& column) {
          using Value = std::remove_cvref_t<decltype(std::declval<Row&>().*column.member)>;
          needs.columns.push_back(
              {std::string(column.name), std::is_same_v<Value, Category> || std::is_same_v<Value, std::string>});
        },
        [&](std::string_view name) { needs.key = name; });
  }
  if constexpr (std::is_arithmetic_v<Row>) needs.width = 1;
  if constexpr (record::is_array<Row>) needs.width = std::tuple_size<Row>::value;
  return needs;
}

// Row `row` of the table. Throws DataError naming row and column for a cell that the type cannot hold.
template <ReadableRow Row>
Row read_row(const RowData& data, std::size_t row) {
  if constexpr (HasColumns<Row>) {
    Row read{};
    std::size_t at = 0;
    record::for_each_column<Row>([&](const auto& column) { record::read_cell(data, row, at++, read.*column.member); },
                                 [](std::string_view) {});
    return read;
  } else if constexpr (std::is_arithmetic_v<Row>) {
    return record::number_at<Row>(data, row, 0);
  } else if constexpr (record::is_array<Row>) {
    Row read{};
    for (std::size_t j = 0; j < read.size(); ++j) record::read_cell(data, row, j, read[j]);
    return read;
  } else {
    return data.rows.row(row);
  }
}

// All of them. Throws DataError.
template <ReadableObservation Observation>
std::vector<Observation> read_observations(const RowData& data) {
  std::vector<Observation> all;
  if constexpr (ReadableGroup<Observation>) {
    const Sequences groups(data.rows, data.sequence_begins);
    all.reserve(groups.size());
    for (std::size_t i = 0; i < groups.size(); ++i) {
      Observation& group = all.emplace_back();
      for (std::size_t row = 0; row < groups.length(i); ++row) {
        group.push_back(read_row<typename Observation::value_type>(data, groups.begin(i) + row));
      }
    }
  } else {
    all.reserve(data.rows.size());
    for (std::size_t i = 0; i < data.rows.size(); ++i) all.push_back(read_row<Observation>(data, i));
  }
  return all;
}

// The numbers of an observation as rows of a table, appended: texts as their places.
template <ReadableObservation Observation>
void append_rows(const Observation& observation, std::vector<double>& numbers) {
  if constexpr (ReadableGroup<Observation>) {
    for (const auto& row : observation) append_rows(row, numbers);
  } else if constexpr (HasColumns<Observation>) {
    record::for_each_column<Observation>(
        [&](const auto& column) { numbers.push_back(record::cell_of(observation.*column.member)); },
        [](std::string_view) {});
  } else if constexpr (std::is_arithmetic_v<Observation>) {
    numbers.push_back(record::cell_of(observation));
  } else {
    for (const auto value : observation) numbers.push_back(record::cell_of(value));
  }
}

// The observations that a table holds, with their weights; it owns them.
template <ReadableObservation Observation>
class BoundSample<std::span<const Observation>> {
 public:
  explicit BoundSample(const RowData& data)
      : observations_(read_observations<Observation>(data)),
        weights_(ReadableGroup<Observation> ? weights_of_sequences(data)
                                            : std::vector<double>(data.weights.begin(), data.weights.end())),
        sample_(std::span<const Observation>(observations_), weights_) {}
  BoundSample(const BoundSample&) = delete;
  BoundSample& operator=(const BoundSample&) = delete;
  const Sample<std::span<const Observation>>& operator*() const { return sample_; }
  const Sample<std::span<const Observation>>* operator->() const { return &sample_; }

 private:
  std::vector<Observation> observations_;
  std::vector<double> weights_;
  Sample<std::span<const Observation>> sample_;
};

}  // namespace latent
