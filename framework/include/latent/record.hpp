#pragma once

#include <array>
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
#include <latent/blocked_sum.hpp>
#include <latent/error.hpp>
#include <latent/records.hpp>
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

// Whether every cell of a table can be such a value.
template <class Value>
inline constexpr bool holds_any_number = std::is_floating_point_v<Value>;
template <class T, std::size_t D>
inline constexpr bool holds_any_number<std::array<T, D>> = holds_any_number<T>;
template <>
inline constexpr bool holds_any_number<Eigen::VectorXd> = true;

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

// Throws the DataError of number_at; `most`: of numbers from 0 on, else 0.
[[noreturn]] void refuse_cell(double cell, std::size_t row, std::size_t column, double most);

// A number of the type that the author wants. Throws DataError naming row and column, counted from 1.
template <class Number>
Number number_at(const RowData& data, std::size_t row, std::size_t column) {
  const double cell = data.rows(row, column);
  if constexpr (std::is_floating_point_v<Number>) {
    return static_cast<Number>(cell);
  } else {
    constexpr double least = static_cast<double>(std::numeric_limits<Number>::lowest()),
                     most = static_cast<double>(std::numeric_limits<Number>::max());
    if (cell >= least && cell <= most && cell < 0x1p63) {
      const auto whole = static_cast<Number>(cell);
      if (static_cast<double>(whole) == cell) return whole;
    }
    refuse_cell(cell, row, column, std::is_unsigned_v<Number> ? most : 0);
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

// Row `row` of the table, into a Row& (or a reference to a bool). Throws DataError naming row and column for a cell that
// the type cannot hold.
template <ReadableRow Row, class Into>
void read_row(const RowData& data, std::size_t row, Into&& into) {
  if constexpr (HasColumns<Row>) {
    std::size_t at = 0;
    record::for_each_column<Row>([&](const auto& column) { record::read_cell(data, row, at++, into.*column.member); },
                                 [](std::string_view) {});
  } else if constexpr (std::is_arithmetic_v<Row>) {
    into = record::number_at<Row>(data, row, 0);
  } else if constexpr (record::is_array<Row>) {
    for (std::size_t j = 0; j < into.size(); ++j) record::read_cell(data, row, j, into[j]);
  } else {
    into.resize(static_cast<Eigen::Index>(data.rows.columns()));
    for (std::size_t j = 0; j < data.rows.columns(); ++j) into[static_cast<Eigen::Index>(j)] = data.rows(row, j);
  }
}

// Whether a cell may be one that the type cannot hold.
template <ReadableRow Row>
bool may_refuse_cells() {
  bool may = false;
  if constexpr (HasColumns<Row>) {
    record::for_each_column<Row>(
        [&](const auto& column) {
          may = may || !record::holds_any_number<std::remove_cvref_t<decltype(std::declval<Row&>().*column.member)>>;
        },
        [](std::string_view) {});
  } else {
    may = !record::holds_any_number<Row>;
  }
  return may;
}

// The observations that a table holds, made when they are asked for.
template <ReadableObservation Observation>
class TableRecords final : public RecordSource<Observation> {
 public:
  using Row = typename RowOfObservation<Observation>::type;

  explicit TableRecords(const RowData& data) : data_(data) {
    if constexpr (ReadableGroup<Observation>) groups_ = Sequences(data.rows, data.sequence_begins);
  }

  std::size_t size() const override {
    if constexpr (ReadableGroup<Observation>) return groups_.size();
    return data_.rows.size();
  }
  std::size_t cells(std::size_t index) const override {
    std::size_t cells = 1;
    if constexpr (std::same_as<Row, Eigen::VectorXd>) cells = data_.rows.columns();
    if constexpr (ReadableGroup<Observation>) cells *= groups_.length(index);
    return cells;
  }
  // Throws DataError for a cell that cannot be in an observation.
  void read(std::size_t first, std::size_t count, std::vector<Observation>& into) const override {
    into.resize(count);
    for (std::size_t i = 0; i < count; ++i) {
      if constexpr (ReadableGroup<Observation>) {
        const std::size_t begin = groups_.begin(first + i);
        into[i].resize(groups_.length(first + i));
        for (std::size_t row = 0; row < into[i].size(); ++row) read_row<Row>(data_, begin + row, into[i][row]);
      } else {
        read_row<Row>(data_, first + i, into[i]);
      }
    }
  }

  // Of all of them, about.
  double bytes() const {
    const auto rows = static_cast<double>(data_.rows.size()), columns = static_cast<double>(data_.rows.columns());
    const double each = sizeof(Row) + (std::same_as<Row, Eigen::VectorXd> ? sizeof(double) * columns : 0);
    return rows * each + (ReadableGroup<Observation> ? static_cast<double>(sizeof(Observation) * size()) : 0);
  }
  // Reads all of them once and keeps none. Throws DataError as read() of the first that cannot be read.
  void validate() const {
    if (!may_refuse_cells<Row>()) return;
    constexpr std::size_t grain = std::size_t{1} << 16;
    const auto read_range = [&](std::size_t first, std::size_t count) {
      for_each_chunk(Records<Observation>(*this).subspan(first, count),
                     [](std::size_t, std::span<const Observation>) {});
      return true;
    };
    blocked_sum(size(), leaf_count(size(), grain, sizeof(bool)), read_range, [](bool&, bool) {});
  }

 private:
  RowData data_;
  Sequences groups_;
};

// Observations that take more are made of their rows again in each pass over the data.
inline constexpr double most_bytes_in_memory = 64 << 20;

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

// The observations that a table holds, with their weights, as long as the table exists. Cells that cannot be in an
// observation are found at once.
template <ReadableObservation Observation>
class BoundSample<std::span<const Observation>> {
 public:
  explicit BoundSample(const RowData& data, double most_bytes = most_bytes_in_memory)
      : source_(data),
        records_(bind(most_bytes)),
        weights_(ReadableGroup<Observation> ? weights_of_sequences(data) : std::vector<double>()),
        sample_(records_, ReadableGroup<Observation> ? Weights(weights_) : data.weights) {}
  BoundSample(const BoundSample&) = delete;
  BoundSample& operator=(const BoundSample&) = delete;
  const Sample<std::span<const Observation>>& operator*() const { return sample_; }
  const Sample<std::span<const Observation>>* operator->() const { return &sample_; }

 private:
  Records<Observation> bind(double most_bytes) {
    if (source_.bytes() > most_bytes) {
      source_.validate();
      return source_;
    }
    source_.read(0, source_.size(), observations_);
    return observations_;
  }

  TableRecords<Observation> source_;
  std::vector<Observation> observations_;  // all, or none
  Records<Observation> records_;
  std::vector<double> weights_;  // of groups
  Sample<std::span<const Observation>> sample_;
};

}  // namespace latent
