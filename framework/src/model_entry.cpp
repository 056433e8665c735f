#include <latent/model_entry.hpp>

namespace latent::entry {

void check_width(const DataNeeds& needs, std::size_t columns) {
  const std::size_t wanted = needs.columns.empty() ? needs.width : needs.columns.size();
  if (wanted == 0 || wanted == columns) return;
  throw DataError("has " + count_of(columns, "column") + ", the model takes " + std::to_string(wanted) +
                  "; choose them by --columns");
}

TableColumns as_the_model_calls_them(TableColumns columns, const DataNeeds& needs) {
  if (!needs.columns.empty()) columns.names.resize(needs.columns.size());
  for (std::size_t j = 0; j < needs.columns.size(); ++j) columns.names[j] = needs.columns[j].name;
  return columns;
}

}  // namespace latent::entry
