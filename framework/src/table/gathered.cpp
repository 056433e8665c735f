#include "gathered.hpp"

#include <algorithm>
#include <map>
#include <numeric>
#include <type_traits>
#include <utility>
#include <variant>

namespace latent::input {
namespace {

// Moves what stood at order[i] to i.
template <class List>
void reorder(List& list, const std::vector<std::size_t>& order) {
  if (list.size() == 0) return;
  List moved = list;
  for (std::size_t i = 0; i < order.size(); ++i) moved[i] = list[order[i]];
  list = std::move(moved);
}

}  // namespace

void gather(Table& table) {
  std::map<std::string, std::size_t> numbers;
  std::vector<std::string> names;
  std::vector<std::size_t> sequence_of_row(table.rows()), lengths;
  for (std::size_t run = 0; run < table.sequence_names.size(); ++run) {
    const auto [found, is_new] = numbers.emplace(table.sequence_names[run], names.size());
    if (is_new) {
      names.push_back(table.sequence_names[run]);
      lengths.push_back(0);
    }
    const std::size_t begin = table.sequence_begins[run];
    const std::size_t end =
        run + 1 < table.sequence_begins.size() ? table.sequence_begins[run + 1] : sequence_of_row.size();
    std::fill(sequence_of_row.begin() + static_cast<std::ptrdiff_t>(begin),
              sequence_of_row.begin() + static_cast<std::ptrdiff_t>(end), found->second);
    lengths[found->second] += end - begin;
  }
  if (names.size() == table.sequence_names.size()) return;

  std::vector<std::size_t> order(table.rows());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::ranges::stable_sort(order, {}, [&](std::size_t row) { return sequence_of_row[row]; });
  std::visit(
      [&](auto& values) {
        std::remove_reference_t<decltype(values)> moved(values.rows(), values.cols());
        for (std::size_t i = 0; i < order.size(); ++i) {
          moved.row(static_cast<Eigen::Index>(i)) = values.row(static_cast<Eigen::Index>(order[i]));
        }
        values = std::move(moved);
      },
      table.values);
  if (table.weights.size() > 0) {
    Eigen::VectorXd moved(table.weights.size());
    for (std::size_t i = 0; i < order.size(); ++i) {
      moved[static_cast<Eigen::Index>(i)] = table.weights[static_cast<Eigen::Index>(order[i])];
    }
    table.weights = std::move(moved);
  }
  reorder(table.known_states, order);
  table.places = std::move(order);
  table.sequence_names = std::move(names);
  table.sequence_begins.assign(lengths.size(), 0);
  std::exclusive_scan(lengths.begin(), lengths.end(), table.sequence_begins.begin(), std::size_t{0});
}

}  // namespace latent::input
