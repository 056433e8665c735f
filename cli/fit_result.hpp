#pragma once

#include <iosfwd>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <latent/any_model.hpp>
#include <latent/certificate.hpp>
#include <latent/criteria.hpp>
#include <latent/fit_options.hpp>

#include "arguments.hpp"

// A finished fit and the forms in which it is told.

namespace latent::cli {

struct FitResult {
  std::string model_name;
  std::unique_ptr<AnyModel> model;
  std::vector<std::string> columns;  // of the data
  FitReport report;
  Criteria criteria;
  Json options;                            // of the fit, as asked for
  Json data;                               // its files; null if it is one
  std::optional<Certificate> certificate;  // with --certify

  const Summary& summary() const { return report.summary; }
  bool failed() const;  // without a model worth keeping
};

// How the fit was made, for the record; what the model says of itself is not repeated.
Json options_to_json(const Arguments& arguments, const ModelEntry& entry, const AnyModel& model,
                     const FitOptions& options);

Json fit_to_json(const FitResult& result);     // the "fit" of the model file
Json report_to_json(const FitResult& result);  // what --json prints
void print_report(std::ostream& out, const FitResult& result);

}  // namespace latent::cli
