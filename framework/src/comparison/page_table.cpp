#include <algorithm>
#include <cmath>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <latent/text.hpp>

#include "page_html.hpp"
#include "page_parts.hpp"

namespace latent::page {
namespace {

constexpr const char* head =
    "<thead><tr><th class=\"text\">contender</th><th>best optimum<br>it reached</th><th>from starts</th>"
    "<th class=\"text\">ended as</th><th>iterations</th><th>passes</th><th>fewer than<br>plain EM</th><th>time</th>"
    "<th>faster than<br>plain EM</th><th>information<br>missing, rate</th></tr></thead>\n";
constexpr int columns = 10;

std::string cell(const std::string& content, const char* kind = "") {
  return std::string("<td") + (*kind ? std::string(" class=\"") + kind + "\"" : "") + ">" + content + "</td>";
}

std::string spread_cell(const Spread& spread, std::string (*text)(double)) {
  if (!std::isfinite(spread.median)) return cell(absent);
  std::string html = text(spread.median);
  if (spread.most > spread.least) html += "<small>" + text(spread.least) + " … " + text(spread.most) + "</small>";
  return cell(html);
}

// How many times fewer than plain EM needs, for two that ended in the same optimum.
std::string against_cell(const ModelStanding& model, const Standing& standing, Spread Standing::*cost) {
  if (!model.plain) return cell(absent);
  const Standing& plain = model.contenders[*model.plain];
  if (!plain.reached || plain.reached != standing.reached) return cell(absent);
  if (&plain == &standing) return cell("1");
  const double times = (plain.*cost).median / (standing.*cost).median;
  return cell(std::isfinite(times) ? figure(times, times < 10 ? 2 : 3) + " ×" : absent);
}

std::string verdicts_text(const Standing& standing) {
  std::map<std::string, std::size_t> counts;
  for (const ComparedRun& run : standing.contender->runs) {
    std::string name = run.error.empty() ? name_of(run.summary.verdict) : "error";
    std::ranges::replace(name, '_', ' ');
    ++counts[name];
  }
  std::vector<std::pair<std::string, std::size_t>> sorted(counts.begin(), counts.end());
  std::ranges::stable_sort(sorted, [](const auto& a, const auto& b) { return a.second > b.second; });
  std::string html;
  for (const auto& [name, count] : sorted) html += (html.empty() ? "" : ", ") + std::to_string(count) + " " + name;
  return html.empty() ? "not run" : html;
}

// The same complaint of many starts is told once.
std::string errors_text(const Standing& standing) {
  std::vector<std::pair<std::string, std::vector<std::size_t>>> by_text;
  for (const ComparedRun& run : standing.contender->runs) {
    if (run.error.empty()) continue;
    auto same = std::ranges::find_if(by_text, [&](const auto& any) { return any.first == run.error; });
    if (same == by_text.end()) same = by_text.insert(same, {run.error, {}});
    same->second.push_back(run.start + 1);
  }
  std::string html;
  for (std::size_t i = 0; i < by_text.size() && i < 3; ++i) {
    const auto& [text, starts] = by_text[i];
    html +=
        "<small>" +
        std::string(starts.size() == 1 ? "start " + std::to_string(starts.front()) : count_of(starts.size(), "start")) +
        ": " + escaped(cut(text, 400)) + "</small>";
  }
  if (by_text.size() > 3) html += "<small>and " + count_of(by_text.size() - 3, "other error") + "</small>";
  return html;
}

// The first sentence of a fit that did not converge says why.
std::string reason_text(const Standing& standing) {
  for (const ComparedRun& run : standing.contender->runs) {
    if (run.error.empty() && run.summary.verdict != Verdict::converged && !run.summary.message.empty()) {
      return "<small>start " + std::to_string(run.start + 1) + ": " + escaped(cut(run.summary.message, 200)) +
             "</small>";
    }
  }
  return "";
}

std::string ends_cell(const ModelStanding& model, const Standing& standing, bool chosen) {
  std::string html;
  const auto line = [&](const std::string& content) { html += "<div>" + content + "</div>"; };
  if (chosen) line(chip(Mark::good, "use this"));
  line(verdicts_text(standing));
  if (standing.failed) {
    line(chip(Mark::bad, "failed " + share_text(standing.failed, standing.starts)) + errors_text(standing));
  }
  if (const std::optional<Mark> mark = elsewhere_mark(model, standing)) {
    const std::size_t others = standing.starts - standing.failed - standing.at_best;
    line(chip(*mark, "elsewhere " + share_text(others, standing.starts)) +
         (standing.at_best ? "" : "<small>never in the best optimum</small>"));
  } else if (standing.elsewhere) {
    line("<small>" + count_of(standing.elsewhere, "start") + " in a lower optimum</small>");
  }
  if (standing.degenerate) line(chip(Mark::care, "degenerate " + share_text(standing.degenerate, standing.starts)));
  if (standing.not_converged) {
    line(chip(Mark::care, "not converged " + share_text(standing.not_converged, standing.starts)) +
         reason_text(standing));
  }
  return cell(html, "wrap");
}

std::string row(const ModelStanding& model, const Standing& standing, bool chosen) {
  const bool off = standing.at_best == 0;
  std::string html = std::string("<tr") +
                     (chosen ? " class=\"chosen\""
                      : off  ? " class=\"off\""
                             : "") +
                     "><th scope=\"row\" class=\"pinned\">" + key(standing.contender->acceleration) + "</th>";
  if (standing.reached) {
    const Optimum& optimum = model.model->optima[*standing.reached];
    html += cell(objective_text(optimum.objective) +
                 (optimum.degenerate  ? "<small>degenerate</small>"
                  : *standing.reached ? "<small>optimum " + std::to_string(*standing.reached + 1) + "</small>"
                                      : ""));
    html += cell(share_text(standing.measured, standing.starts));
  } else {
    html += cell(absent) + cell(standing.starts ? share_text(0, standing.starts) : absent);
  }
  html += ends_cell(model, standing, chosen) + spread_cell(standing.iterations, count_figure) +
          spread_cell(standing.passes, count_figure) + against_cell(model, standing, &Standing::passes) +
          spread_cell(standing.seconds, seconds_text) + against_cell(model, standing, &Standing::seconds);
  html += cell(std::isfinite(standing.rate) ? figure(100 * missing_information(standing.rate)) + " %<small>rate " +
                                                  figure(standing.rate, 4) + "</small>"
                                            : absent);
  return html + "</tr>\n";
}

}  // namespace

std::optional<Mark> elsewhere_mark(const ModelStanding& model, const Standing& standing) {
  const std::size_t most = model.recommended ? model.contenders[*model.recommended].at_best : 0;
  if (standing.failed == standing.starts || 10 * standing.at_best >= 9 * most) return std::nullopt;
  // None of ten against four of ten would happen to equals once in 23 times.
  return standing.at_best == 0 && most >= 4 ? Mark::bad : Mark::care;
}

std::string contender_table(const Comparison& comparison, const std::vector<ModelStanding>& models) {
  if (comparison.models.empty()) return "<p class=\"soft\">No models were compared.</p>\n";
  std::string html = "<div class=\"scroll\" tabindex=\"0\"><table class=\"wide contenders\">\n" + std::string(head);
  for (const ModelStanding& model : models) {
    html += "<tbody><tr class=\"model\"><th scope=\"rowgroup\" colspan=\"" + std::to_string(columns) + "\"><span>" +
            code(model.model->text);
    if (!model.model->error.empty()) {
      html += "<br>" + chip(Mark::bad, "cannot be used on these data") + escaped(cut(model.model->error, 600));
    }
    html += "</span></th></tr>\n";
    for (std::size_t i = 0; i < model.contenders.size(); ++i) {
      html += row(model, model.contenders[i], model.recommended == i);
    }
    html += "</tbody>\n";
  }
  return html + "</table></div>\n";
}

}  // namespace latent::page
