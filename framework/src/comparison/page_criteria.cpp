#include <algorithm>
#include <cmath>
#include <limits>
#include <string>

#include "page_html.hpp"
#include "page_parts.hpp"

namespace latent::page {
namespace {

std::string criterion_cell(const Comparison& comparison, std::size_t model, double Criteria::*criterion) {
  const std::optional<Criteria>& of = comparison.models[model].criteria;
  const std::optional<std::size_t> best = lowest(comparison, criterion);
  if (!of || !best || !std::isfinite((*of).*criterion)) return std::string("<td>") + absent + "</td>";
  const double value = (*of).*criterion;
  const double above = value - (*comparison.models[*best].criteria).*criterion;
  if (comparison.models.size() == 1) return "<td>" + objective_text(value) + "</td>";
  return std::string(*best == model ? "<td class=\"best\">" : "<td>") + objective_text(value) +
         (*best == model ? "<small>lowest</small>" : "<small>+ " + figure(above) + "</small>") + "</td>";
}

}  // namespace

std::string criteria_table(const Comparison& comparison) {
  if (std::ranges::none_of(comparison.models, [](const ComparedModel& model) { return model.criteria.has_value(); })) {
    return "";
  }
  std::string html =
      "<div class=\"scroll\" tabindex=\"0\"><table class=\"criteria\"><thead><tr><th class=\"text\">model</th><th>free "
      "parameters</th><th>best objective</th><th>AIC</th><th>BIC</th><th>ICL</th></tr></thead>\n<tbody>\n";
  for (std::size_t i = 0; i < comparison.models.size(); ++i) {
    const ComparedModel& model = comparison.models[i];
    const bool proper = !model.optima.empty() && !model.optima.front().degenerate;
    html += "<tr><td class=\"wrap\">" + code(model.text) + "</td><td>" +
            (model.error.empty() ? std::to_string(model.free_parameters) : absent) + "</td><td>" +
            (proper ? objective_text(model.optima.front().objective) : absent) + "</td>" +
            criterion_cell(comparison, i, &Criteria::aic) + criterion_cell(comparison, i, &Criteria::bic) +
            criterion_cell(comparison, i, &Criteria::icl) + "</tr>\n";
  }
  return html + "</tbody></table></div>\n";
}

}  // namespace latent::page
