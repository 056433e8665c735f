#include "special_column.hpp"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <functional>
#include <limits>
#include <set>
#include <utility>

#include <Eigen/Core>
#include <latent/sequences.hpp>
#include <latent/text.hpp>

#include "number_text.hpp"
#include "shown_text.hpp"
#include "symbol_column.hpp"

namespace latent::input {
namespace {

class WeightColumn final : public SpecialColumn {
 public:
  std::string take(std::string_view cell) override {
    double weight = 0;
    const NumberText found = parse_number(without_spaces(cell), weight);
    if (found != NumberText::number) return complaint(found, std::string(cell));
    if (weight < 0) return "found " + number(weight) + ", expected a weight of at least 0";
    if (count_ == weights_.size()) weights_.conservativeResize(std::max<Eigen::Index>(1024, count_ + count_ / 2));
    weights_[count_++] = weight;
    return {};
  }

  std::string put_into(Table& table) override {
    weights_.conservativeResize(count_);
    if ((weights_.array() == 0).all()) return "every weight is 0";
    table.weights = std::move(weights_);
    return {};
  }

 private:
  Eigen::VectorXd weights_;  // grows by realloc, as the values do
  Eigen::Index count_ = 0;
};

class SequenceColumn final : public SpecialColumn {
 public:
  explicit SequenceColumn(bool may_come_again) : may_come_again_(may_come_again) {}

  std::string take(std::string_view cell) override {
    if (cell.empty()) return "found an empty cell, expected the name of a sequence";
    if (names_.empty() || cell != names_.back()) {
      if (!known_.emplace(cell).second && !may_come_again_) {
        return "found " + shown(cell) + " again after " + shown(names_.back()) +
               ", the rows of a sequence must follow one another";
      }
      names_.emplace_back(cell);
      begins_.push_back(rows_);
    }
    ++rows_;
    return {};
  }

  std::string put_into(Table& table) override {
    table.sequence_names = std::move(names_);
    table.sequence_begins = std::move(begins_);
    return {};  // read_table gathers what came again
  }

 private:
  std::vector<std::string> names_;
  std::set<std::string, std::less<>> known_;  // the same names
  std::vector<std::size_t> begins_;
  std::size_t rows_ = 0;
  bool may_come_again_;
};

class KnownStateColumn final : public SpecialColumn {
 public:
  std::string take(std::string_view cell) override {
    double state = 0;
    const NumberText found = parse_number(without_spaces(cell), state);
    const bool missing = found == NumberText::missing;
    constexpr double most = std::numeric_limits<std::int32_t>::max();
    if (!missing && (found != NumberText::number || state < 1 || state > most || state != std::floor(state))) {
      return "found " + shown(cell) + ", expected a state, a whole number from 1, or nothing where none is known";
    }
    states_.push_back(missing ? Sequences::unknown : static_cast<std::int32_t>(state) - 1);
    return {};
  }

  std::string put_into(Table& table) override {
    table.known_states = std::move(states_);
    return {};
  }

 private:
  std::vector<std::int32_t> states_;
};

}  // namespace

std::unique_ptr<SpecialColumn> special_column(Role role, std::size_t target, const TableOptions& options) {
  switch (role) {
    case Role::weights: return std::make_unique<WeightColumn>();
    case Role::sequence: return std::make_unique<SequenceColumn>(options.gather);
    case Role::known_states: return std::make_unique<KnownStateColumn>();
    case Role::symbols: break;
  }
  const bool known = target < options.alphabets.size();
  return std::make_unique<SymbolColumn>(target, known ? options.alphabets[target] : std::vector<std::string>{},
                                        options.missing_cells);
}

}  // namespace latent::input
