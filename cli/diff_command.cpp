#include <cmath>
#include <iostream>
#include <string>
#include <vector>

#include <latent/model_difference.hpp>
#include <latent/model_file.hpp>
#include <latent/text.hpp>

#include "command.hpp"
#include "print_model.hpp"

namespace latent::cli {
namespace {

using Line = std::vector<std::string>;

// What both files say of how well the models fit, by their keys.
constexpr const char* measures[] = {"log_likelihood", "objective", "aic", "bic", "icl"};

Usage diff_usage() {
  return {"latent diff",
          {"FITTED", "OTHER"},
          "Tells how far two fitted models are apart: both are model files. Their components are paired so that they "
          "differ least, so a model with its components in another order is the same model. Models of different kinds, "
          "or with different numbers of components, are compared by their criteria alone.",
          {{"Output", {{"json", "", "print one JSON object"}}}}};
}

bool has_number(const Json& fit, const char* key) {
  return fit.is_object() && fit.contains(key) && fit[key].is_number();
}

// What a person should know before reading the numbers.
std::vector<std::string> remarks(const StoredModel& a, const StoredModel& b) {
  std::vector<std::string> found;
  const Json first = a.model->options(), second = b.model->options();
  for (const auto& [name, value] : first.items()) {
    if (a.name == b.name && second.contains(name) && second[name] != value) {
      found.push_back("option " + name + " is " + json_text(value) + " and " + json_text(second[name]));
    }
  }
  if (a.columns != b.columns && !a.columns.empty() && !b.columns.empty()) {
    found.emplace_back("fitted to columns of other names, or in another order");
  }
  if (has_number(a.fit, "observations") && has_number(b.fit, "observations") &&
      a.fit["observations"] != b.fit["observations"]) {
    found.push_back("fitted to " + json_text(a.fit["observations"]) + " and " + json_text(b.fit["observations"]) +
                    " observations: log-likelihoods and criteria are of different data");
  }
  return found;
}

Json to_json(const StoredModel& a, const StoredModel& b, const ModelDifference& apart) {
  Json json{{"models", {a.name, b.name}}, {"components", {a.model->components(), b.model->components()}}};
  json["not_compared"] = apart.not_compared.empty() ? Json(nullptr) : Json(apart.not_compared);
  json["remarks"] = remarks(a, b);
  json["pairing"] = Json::array();
  for (const std::size_t other : apart.pairing) json["pairing"].push_back(other + 1);
  json["largest"] = apart.not_compared.empty() ? Json(apart.largest()) : Json(nullptr);
  json["fields"] = Json::object();
  for (const FieldDifference& field : apart.fields) {
    if (!field.not_compared.empty()) {
      json["fields"][field.field] = {{"not_compared", field.not_compared}};
    } else {
      json["fields"][field.field] = {{"absolute", field.absolute},
                                     {"relative", field.relative},
                                     {"place", field.place},
                                     {"values", {field.first, field.second}}};
    }
  }
  json["measures"] = Json::object();
  for (const char* key : measures) {
    if (!has_number(a.fit, key) || !has_number(b.fit, key)) continue;
    const double first = a.fit[key], second = b.fit[key];
    json["measures"][key] = {{"values", {first, second}}, {"difference", second - first}};
  }
  return json;
}

void print_measures(std::ostream& out, const StoredModel& a, const StoredModel& b) {
  std::vector<Line> lines{{"measure", "first", "second", "second - first"}};
  for (const char* key : measures) {
    if (!has_number(a.fit, key) || !has_number(b.fit, key)) continue;
    const double first = a.fit[key], second = b.fit[key];
    lines.push_back({key, rounded(first, 12), rounded(second, 12), rounded(second - first, 6)});
  }
  if (lines.size() > 1) {
    print_table(out, lines);
  } else {
    out << "not both files say how well the model fits\n";
  }
}

void print_fields(std::ostream& out, const ModelDifference& apart) {
  std::vector<Line> lines{{"parameter", "largest difference", "relative", "first", "second", "at"}};
  for (const FieldDifference& field : apart.fields) {
    if (!field.not_compared.empty()) continue;
    lines.push_back({field.field, rounded(field.absolute, 6), rounded(field.relative, 6), rounded(field.first, 8),
                     rounded(field.second, 8), field.place});
  }
  if (lines.size() > 1) print_table(out, lines);
  for (const FieldDifference& field : apart.fields) {
    if (!field.not_compared.empty()) out << field.field << "  not compared: " << field.not_compared << '\n';
  }
}

void print(std::ostream& out, const StoredModel& a, const StoredModel& b, const ModelDifference& apart) {
  if (!apart.not_compared.empty()) {
    out << "parameters are not compared: " << apart.not_compared << '\n';
  } else {
    out << "components";
    for (std::size_t k = 0; k < apart.pairing.size(); ++k) {
      out << (k ? ", " : "  ") << k + 1 << " = " << apart.pairing[k] + 1;
    }
    out << "  (first = second)\n";
  }
  for (const std::string& remark : remarks(a, b)) out << "remark      " << remark << '\n';
  out << '\n';
  if (apart.not_compared.empty()) {
    print_fields(out, apart);
    out << '\n';
  }
  print_measures(out, a, b);
}

int diff(const Arguments& arguments, Entries entries) {
  const StoredModel first = read_model_file(arguments.text("FITTED"), entries);
  const StoredModel second = read_model_file(arguments.text("OTHER"), entries);
  const ModelDifference apart = difference(first, second);
  if (arguments.has("json")) {
    std::cout << json_text(to_json(first, second, apart)) << '\n';
  } else {
    print(std::cout, first, second, apart);
  }
  return success;
}

}  // namespace

int diff_command(const Words& words, Entries entries) {
  return run_or_help(diff_usage(), words, [&](const Arguments& arguments) { return diff(arguments, entries); });
}

}  // namespace latent::cli
