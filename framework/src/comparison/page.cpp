#include <algorithm>
#include <string>
#include <vector>

#include <latent/comparison_page.hpp>
#include <latent/text.hpp>

#include "page_html.hpp"
#include "page_parts.hpp"

namespace latent {
namespace {

std::string options_text(const Comparison& comparison) {
  const FitOptions& options = comparison.options;
  std::string text = count_of(options.starts, "start") + ", seed " + std::to_string(options.seed) + "; stop rule " +
                     name_of(options.stop) + " with tolerance " + rounded(options.tolerance) + ", at most " +
                     count_of(options.max_iterations, "iteration");
  if (options.time_limit_seconds) text += ", " + rounded(*options.time_limit_seconds) + " s";
  return text;
}

std::string details(const Comparison& comparison, const std::vector<page::ModelStanding>& models,
                    const std::string& anchor) {
  std::string html = "<section class=\"card\" id=\"" + anchor + "\">\n<h2>" + page::escaped(comparison.data) +
                     "</h2>\n<p class=\"soft small\">" + count_of(comparison.observations, "observation") + "; " +
                     page::escaped(options_text(comparison)) + "</p>\n<h3>Contenders</h3>\n" +
                     page::contender_table(comparison, models);
  if (const std::string criteria = page::criteria_table(comparison); !criteria.empty()) {
    html += "<h3>Which model</h3>\n" + criteria;
  }
  for (const page::ModelStanding& model : models) {
    if (model.contenders.empty() || model.starts == 0) continue;
    html += "<h3 class=\"model\">" + page::code(model.model->text) + "</h3>\n" + page::gap_pictures(comparison, model) +
            page::profile_pictures(comparison, model) + "<h4>Where the starts ended</h4>\n" +
            page::census_table(comparison, model);
  }
  return html + "</section>\n";
}

}  // namespace

std::string comparison_page(std::span<const Comparison> comparisons) {
  std::string verdicts, sections;
  for (std::size_t i = 0; i < comparisons.size(); ++i) {
    const std::string anchor = "data-" + std::to_string(i + 1);
    const std::vector<page::ModelStanding> models = page::standings(comparisons[i]);
    verdicts += page::verdict_box(comparisons[i], models, anchor);
    sections += details(comparisons[i], models, anchor);
  }
  if (comparisons.empty()) verdicts = "<p>Nothing was compared.</p>\n";
  return "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<meta name=\"viewport\" "
         "content=\"width=device-width, initial-scale=1\">\n<title>Comparison of convergence</title>\n<style>" +
         page::style() +
         "</style>\n</head>\n<body>\n<main>\n<h1>Comparison of convergence</h1>\n<p class=\"soft\">What to use, and "
         "whether to trust it. <a href=\"#how-to-read\">How to read this page</a></p>\n" +
         verdicts + sections + page::explanations() + "</main>\n</body>\n</html>\n";
}

}  // namespace latent
