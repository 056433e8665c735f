#include <algorithm>
#include <cmath>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <latent/text.hpp>

#include "page_html.hpp"
#include "page_parts.hpp"

namespace latent::page {
namespace {

struct Judgement {
  Mark mark = Mark::good;
  std::string text;  // HTML
};

// Whether to trust that the best optimum of a model is the best there is, as far as starts can tell.
Judgement trust(const ModelStanding& model) {
  if (!model.model->error.empty()) return {Mark::bad, "The model cannot be used on these data."};
  if (model.model->optima.empty()) return {Mark::bad, "No run ended in an optimum."};
  if (!model.has_proper_optimum() || !model.recommended) {
    return {Mark::bad, "Every optimum found is degenerate: at the edge of the parameter space."};
  }
  const Standing& chosen = model.contenders[*model.recommended];
  const std::string agree = "<b>" + share_text(chosen.at_best, chosen.starts) + "</b> " +
                            (chosen.starts == 1 ? "start" : "starts") + (chosen.at_best == 1 ? " leads" : " lead") +
                            " to the best optimum";
  std::size_t unsettled = 0;
  for (const ComparedRun& run : chosen.contender->runs) {
    unsettled += run.error.empty() && run.optimum == std::size_t{0} && run.summary.verdict != Verdict::converged;
  }
  if (unsettled == chosen.at_best)
    return {Mark::care, agree + ", but none of these runs had converged: allow it more iterations."};
  if (chosen.starts == 1) return {Mark::care, "One start cannot show whether there are better optima: run more."};
  if (model.starts_at_best == 1) {
    return {Mark::care, agree + ". Found from one start alone, it may not be the best there is: run more starts."};
  }
  if (4 * chosen.at_best < chosen.starts) {
    return {Mark::care, agree + ". So few agree that a better one may be missed: run more starts."};
  }
  return {Mark::good, agree + (unsettled             ? ", " + std::to_string(unsettled) + " without having converged."
                               : chosen.at_best == 1 ? " and converged."
                                                     : ", and all of these converged.")};
}

// What kind of point the best optimum is, where that was looked at.
std::string point(const std::optional<Certificate>& certificate) {
  if (!certificate) return "";
  Mark mark = Mark::care;
  if (certificate->kind == PointKind::interior_maximum || certificate->kind == PointKind::boundary_maximum)
    mark = Mark::good;
  if (certificate->kind == PointKind::saddle || certificate->kind == PointKind::disagreement) mark = Mark::bad;
  std::string name = name_of(certificate->kind);
  std::ranges::replace(name, '_', ' ');
  return chip(mark, name) + escaped(certificate->message);
}

std::string times_text(double times, const std::string& fewer, const std::string& more, const std::string& same) {
  if (times >= 1.05) return "<b>" + figure(times, times < 10 ? 2 : 3) + " ×</b> " + fewer;
  if (times <= 1 / 1.05) return "<b>" + figure(1 / times, 1 / times < 10 ? 2 : 3) + " ×</b> " + more;
  return same;
}

// What the chosen contender saves: ratios of medians over the starts that ended in the best optimum.
std::string speed(const ModelStanding& model) {
  const Standing& chosen = model.contenders[*model.recommended];
  if (!model.plain) return "Plain EM was not among the contenders.";
  const Standing& plain = model.contenders[*model.plain];
  if (model.recommended == model.plain) {
    return model.contenders.size() == 1 ? "Only plain EM was run." : "Nothing here beats plain EM in passes.";
  }
  if (plain.at_best == 0) return "Plain EM did not reach this optimum from any start, so there is no ratio.";
  const double passes = plain.passes.median / chosen.passes.median;
  const double seconds = plain.seconds.median / chosen.seconds.median;
  return times_text(passes, "fewer passes over the data", "more passes over the data", "As many passes over the data") +
         (seconds < 1 / 1.05 && passes > 1.05 ? ", but " : " and ") +
         times_text(seconds, "less time", "more time", "as much time") +
         " than plain EM <span class=\"soft small\">(medians: " + count_figure(chosen.passes.median) + " against " +
         count_figure(plain.passes.median) + " passes, " + seconds_text(chosen.seconds.median) + " against " +
         seconds_text(plain.seconds.median) + ")</span>.";
}

// One that is as good in starts and faster by the clock than the one chosen by passes.
std::string faster_by_clock(const ModelStanding& model) {
  const Standing& chosen = model.contenders[*model.recommended];
  const Standing* fastest = &chosen;
  for (const Standing& any : model.contenders) {
    if (10 * any.at_best >= 9 * chosen.at_best && any.at_best > 0 && any.seconds.median < fastest->seconds.median) {
      fastest = &any;
    }
  }
  if (model.plain && fastest == &model.contenders[*model.plain]) return "";  // said already
  if (fastest->seconds.median > 0.9 * chosen.seconds.median) return "";
  return "By the clock " + key(fastest->contender->acceleration) +
         " is faster: " + seconds_text(fastest->seconds.median) + ".";
}

// By BIC and by ICL, with the distance to the second best.
std::string by_criterion(const Comparison& comparison, double Criteria::*criterion, const std::string& name) {
  const std::optional<std::size_t> best = lowest(comparison, criterion);
  if (!best) return "";
  const double value = (*comparison.models[*best].criteria).*criterion;
  double second = std::numeric_limits<double>::infinity();
  for (std::size_t i = 0; i < comparison.models.size(); ++i) {
    const std::optional<Criteria>& other = comparison.models[i].criteria;
    if (i != *best && other && std::isfinite((*other).*criterion)) second = std::min(second, (*other).*criterion);
  }
  std::string text = "<b>" + name + "</b> chooses " + code(cut(comparison.models[*best].text, 90));
  if (!std::isfinite(second)) return text;
  text += " <span class=\"soft small\">(" + figure(second - value) + " ahead of the next";
  return text + (second - value < 2 ? "; less than 2 decides nothing)" : ")") + "</span>";
}

void fact(std::string& html, const std::string& name, const std::string& content) {
  if (!content.empty()) html += "<dt>" + name + "</dt><dd>" + content + "</dd>\n";
}

std::string list_of(const std::vector<std::string>& items, std::size_t most, const std::string& anchor) {
  std::string html;
  for (std::size_t i = 0; i < items.size() && i < most; ++i) html += "<p>" + items[i] + "</p>";
  if (items.size() > most) {
    html += "<p><a href=\"#" + anchor + "\">and " + std::to_string(items.size() - most) + " more in the table</a></p>";
  }
  return html;
}

// The model the page is about: that of BIC, or the first from which anything came.
std::optional<std::size_t> main_model(const Comparison& comparison, const std::vector<ModelStanding>& models) {
  if (const auto best = lowest(comparison, &Criteria::bic); best && models[*best].recommended) return best;
  for (std::size_t i = 0; i < models.size(); ++i) {
    if (models[i].recommended) return i;
  }
  return std::nullopt;
}

}  // namespace

std::string verdict_box(const Comparison& comparison, const std::vector<ModelStanding>& models,
                        const std::string& anchor) {
  const std::optional<std::size_t> main = main_model(comparison, models);
  Judgement judgement{Mark::bad, "There is nothing that could be trusted."};
  if (main) judgement = trust(models[*main]);
  const char* colour = judgement.mark == Mark::good ? "good" : judgement.mark == Mark::care ? "care" : "bad";
  const char* word = judgement.mark == Mark::good ? "trust it" : judgement.mark == Mark::care ? "with care" : "no";
  std::string html = "<section class=\"verdict " + std::string(colour) +
                     "\" aria-label=\"Verdict\">\n<p class=\"of\"><b>" + escaped(comparison.data) + "</b><span>" +
                     count_of(comparison.observations, "observation") + "</span><a href=\"#" + anchor +
                     "\">details</a></p>\n<p class=\"use\">";
  if (main) {
    const Standing& chosen = models[*main].contenders[*models[*main].recommended];
    html += "Use " + key(chosen.contender->acceleration) + " for " + code(cut(models[*main].model->text, 160));
  } else {
    html += "Nothing to use: no run ended in a proper optimum";
  }
  html += "</p>\n<dl class=\"facts\">\n";
  fact(html, "Trust", chip(judgement.mark, word) + judgement.text);
  if (main) {
    fact(html, "Point", point(models[*main].model->certificate));
    const std::string clock = faster_by_clock(models[*main]);
    fact(html, "Speed", speed(models[*main]) + (clock.empty() ? "" : " " + clock));
  }
  if (comparison.models.size() > 1) {
    const std::string bic = by_criterion(comparison, &Criteria::bic, "BIC");
    const std::string icl = by_criterion(comparison, &Criteria::icl, "ICL");
    fact(html, "Model", bic + (bic.empty() || icl.empty() ? "" : "<br>") + icl);
    std::vector<std::string> others;
    for (std::size_t i = 0; i < models.size(); ++i) {
      if (main && i == *main) continue;
      if (!models[i].recommended) continue;
      const Standing& chosen = models[i].contenders[*models[i].recommended];
      others.push_back(code(cut(models[i].model->text, 90)) + ": " + key(chosen.contender->acceleration) +
                       " <span class=\"soft small\">(" + share_text(chosen.at_best, chosen.starts) +
                       " starts reach its best optimum)</span>");
    }
    fact(html, "Other models", list_of(others, 4, anchor));
  }
  std::vector<std::string> wrong = problem_items(models, main, Mark::bad);
  for (std::string& item : problem_items(models, main, Mark::care)) wrong.push_back(std::move(item));
  fact(html, "Did not work",
       wrong.empty() ? "<span class=\"soft\">Nothing: every contender ran, converged and found it.</span>"
                     : list_of(wrong, 6, anchor));
  return html + "</dl>\n</section>\n";
}

}  // namespace latent::page
