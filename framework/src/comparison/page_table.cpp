#include <algorithm>
#include <cmath>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include <latent/text.hpp>

#include "page_html.hpp"
#include "page_parts.hpp"

namespace latent::page {
namespace {

constexpr const char* head =
    "<thead><tr><th class=\"text\">contender</th><th>best optimum<br>it reached</th><th>reached from<br>starts</th>"
    "<th>iterations</th><th>passes</th><th>against<br>plain EM</th><th>seconds</th><th>against<br>plain EM</th>"
    "<th>rate of<br>convergence</th><th>missing<br>information</th><th class=\"text\">ended as</th>"
    "<th class=\"text\">what to know</th></tr></thead>\n";
constexpr int columns = 12;

std::string cell(const std::string& content, const char* kind = "") {
  return std::string("<td") + (*kind ? std::string(" class=\"") + kind + "\"" : "") + ">" + content + "</td>";
}

std::string spread_cell(const Spread& spread, std::string (*text)(double)) {
  if (!std::isfinite(spread.median)) return cell(absent);
  std::string html = text(spread.median);
  if (spread.most > spread.least) html += "<small>" + text(spread.least) + " … " + text(spread.most) + "</small>";
  return cell(html);
}

std::string count_text(double count) { return figure(count, count == std::floor(count) ? 1 : 2 + (count >= 10)); }

// How many times fewer than plain EM needs, for two that ended in the same optimum.
std::string against_cell(const ModelStanding& model, const Standing& standing, Spread Standing::*cost) {
  if (!model.plain) return cell(absent);
  const Standing& plain = model.contenders[*model.plain];
  if (&plain == &standing) return cell("1");
  if (!plain.reached || plain.reached != standing.reached) return cell(absent);
  const double times = (plain.*cost).median / (standing.*cost).median;
  return cell(std::isfinite(times) ? figure(times, times < 10 ? 2 : 3) + " ×" : absent);
}

std::string verdicts_cell(const Standing& standing) {
  std::map<std::string, std::size_t> counts;
  for (const ComparedRun& run : standing.contender->runs) {
    std::string name = run.error.empty() ? name_of(run.summary.verdict) : "error";
    std::ranges::replace(name, '_', ' ');
    ++counts[name];
  }
  std::vector<std::pair<std::string, std::size_t>> sorted(counts.begin(), counts.end());
  std::ranges::stable_sort(sorted, [](const auto& a, const auto& b) { return a.second > b.second; });
  std::string html;
  for (const auto& [name, count] : sorted) {
    if (!html.empty()) html += "<br>";
    html += std::to_string(count) + " " + name;
  }
  return cell(html.empty() ? absent : html, "text");
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

std::string remarks_cell(const ModelStanding& model, const Standing& standing, bool chosen) {
  std::string html;
  const std::size_t most = model.recommended ? model.contenders[*model.recommended].at_best : 0;
  if (chosen) html += chip(Mark::good, "use this");
  if (standing.failed) {
    html += chip(Mark::bad, "failed " + share_text(standing.failed, standing.starts)) + errors_text(standing);
  }
  if (standing.at_best == 0 && most > 0 && standing.failed < standing.starts) {
    html += chip(Mark::bad, "ends elsewhere: never in the best optimum");
  } else if (standing.at_best > 0 && 10 * standing.at_best < 9 * most) {
    html += chip(Mark::care, "ends elsewhere " + share_text(standing.starts - standing.at_best, standing.starts));
  } else if (standing.elsewhere) {
    html += "<small>" + count_of(standing.elsewhere, "start") + " in a lower optimum</small>";
  }
  if (standing.degenerate) {
    html += chip(Mark::care, "degenerate " + share_text(standing.degenerate, standing.starts));
  }
  if (standing.not_converged) {
    html += chip(Mark::care, "not converged " + share_text(standing.not_converged, standing.starts)) +
            reason_text(standing);
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
    html += cell(absent) + cell(share_text(0, standing.starts));
  }
  html += spread_cell(standing.iterations, count_text) + spread_cell(standing.passes, count_text) +
          against_cell(model, standing, &Standing::passes) + spread_cell(standing.seconds, seconds_text) +
          against_cell(model, standing, &Standing::seconds) + cell(figure(standing.rate, 4)) +
          cell(std::isfinite(standing.rate) ? figure(100 * missing_information(standing.rate)) + " %" : absent);
  return html + verdicts_cell(standing) + remarks_cell(model, standing, chosen) + "</tr>\n";
}

}  // namespace

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
