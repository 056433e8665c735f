#include <algorithm>
#include <exception>
#include <utility>

#include <latent/conformance_subject.hpp>
#include <latent/error.hpp>

#include "context.hpp"

namespace latent::conformance {

Conformance check(const Subject& subject, const ConformanceOptions& options) {
  Conformance found;
  const Context context = make_context(subject, options);
  if (context.starts.empty()) {
    found.checks.push_back({"starts", Finding::failed,
                            "no start of " + std::to_string(options.starts) + " can be used: " + context.refusal});
    return found;
  }
  struct Named {
    const char* name;
    ConformanceCheck (*check)(const Context&);
  };
  constexpr Named all[] = {{"repeatable", check_repeatable},
                           {"adds", check_adds},
                           {"parts", check_parts},
                           {"order", check_order},
                           {"weights", check_weights},
                           {"threads", check_threads},
                           {"ascent", check_ascent},
                           {"M-step", check_maximization},
                           {"Fisher", check_fisher_identity},
                           {"fixed point", check_fixed_point},
                           {"coordinates", check_coordinates},
                           {"simulation", check_simulation}};
  for (const Named& each : all) {
    ConformanceCheck result;
    try {
      result = each.check(context);
    } catch (const std::exception& error) {
      result = failed(std::string("the model throws: ") + error.what());
    }
    result.name = each.name;
    // What breaks one of the first breaks most of the others too.
    const auto first = std::ranges::find(found.checks, Finding::failed, &ConformanceCheck::finding);
    if (result.finding == Finding::failed && first != found.checks.end()) {
      result.explanation = "(it may follow from `" + first->name + "`) " + result.explanation;
    }
    found.checks.push_back(std::move(result));
  }
  return found;
}

}  // namespace latent::conformance
