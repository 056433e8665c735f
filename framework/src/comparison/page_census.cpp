#include <algorithm>
#include <string>
#include <vector>

#include <latent/text.hpp>

#include "page_html.hpp"
#include "page_parts.hpp"

namespace latent::page {
namespace {

constexpr std::size_t most_rows = 12;
constexpr std::size_t longest_parameters = 4000;

std::string row(const std::string& name, const std::string& objective, const std::string& below,
                const std::vector<std::size_t>& counts, std::size_t all) {
  std::string html =
      "<tr><th scope=\"row\" class=\"text\">" + name + "</th><td>" + objective + "</td><td>" + below + "</td>";
  std::size_t total = 0;
  for (const std::size_t count : counts) {
    total += count;
    html += "<td>" + (count ? std::to_string(count) : std::string(absent)) + "</td>";
  }
  const double share = all ? 100 * static_cast<double>(total) / static_cast<double>(all) : 0;
  return html + "<td>" + std::to_string(total) + "</td><td class=\"text\"><span class=\"bar\">" +
         (total ? "<i style=\"width:" + rounded(share, 4) + "%\"></i>" : "") + "</span></td></tr>\n";
}

std::vector<std::size_t> counts_of(const ModelStanding& model, std::size_t Standing::*what) {
  std::vector<std::size_t> counts;
  for (const Standing& standing : model.contenders) counts.push_back(standing.*what);
  return counts;
}

bool any(const std::vector<std::size_t>& counts) {
  return std::ranges::any_of(counts, [](std::size_t count) { return count > 0; });
}

}  // namespace

std::string census_table(const Comparison& comparison, const ModelStanding& model) {
  const std::vector<Optimum>& optima = model.model->optima;
  // Optima count the runs of all contenders, of which those of this model have a column.
  std::vector<std::size_t> mine;
  std::size_t all = 0;
  for (std::size_t i = 0; i < comparison.contenders.size(); ++i) {
    if (&comparison.models[comparison.contenders[i].model] != model.model) continue;
    mine.push_back(i);
    all += comparison.contenders[i].runs.size();
  }
  std::string html =
      "<div class=\"scroll\" tabindex=\"0\"><table class=\"census\"><thead><tr><th "
      "class=\"text\">optimum</th><th>objective</th>"
      "<th>below<br>the best</th>";
  for (const std::size_t i : mine) html += "<th>" + key(comparison.contenders[i].acceleration) + "</th>";
  html += "<th>runs</th><th class=\"text\">share of runs</th></tr></thead>\n<tbody>\n";
  std::vector<std::size_t> rest(mine.size());
  for (std::size_t i = 0; i < optima.size(); ++i) {
    std::vector<std::size_t> counts;
    for (const std::size_t at : mine) counts.push_back(at < optima[i].runs.size() ? optima[i].runs[at] : 0);
    if (i >= most_rows) {
      for (std::size_t at = 0; at < counts.size(); ++at) rest[at] += counts[at];
      continue;
    }
    html += row(std::to_string(i + 1) + (optima[i].degenerate ? " " + chip(Mark::care, "degenerate") : ""),
                objective_text(optima[i].objective),
                i == 0 || optima[i].degenerate ? absent : figure(optima.front().objective - optima[i].objective),
                counts, all);
  }
  if (optima.size() > most_rows) {
    html += row(count_of(optima.size() - most_rows, "lower one"), absent, absent, rest, all);
  }
  if (const auto counts = counts_of(model, &Standing::unfinished); any(counts)) {
    html += row(chip(Mark::care, "in none: not converged"), absent, absent, counts, all);
  }
  if (const auto counts = counts_of(model, &Standing::failed); any(counts)) {
    html += row(chip(Mark::bad, "failed"), absent, absent, counts, all);
  }
  html += "</tbody></table></div>\n";
  if (optima.empty() || optima.front().parameters.is_null()) return html;
  std::string parameters = optima.front().parameters.dump(1, ' ', false, Json::error_handler_t::replace);
  if (parameters.size() > longest_parameters)
    parameters = cut(parameters.substr(0, longest_parameters), longest_parameters) + " …";
  // printable() would make one line of it.
  std::string lines;
  for (std::size_t at = 0; at <= parameters.size();) {
    const std::size_t end = std::min(parameters.find('\n', at), parameters.size());
    lines += escaped(parameters.substr(at, end - at)) + "\n";
    at = end + 1;
  }
  return html + "<details><summary>Parameters of the best optimum</summary><pre>" + lines + "</pre></details>\n";
}

}  // namespace latent::page
