#include <cmath>

#include <latent/error.hpp>
#include <latent/fit_options.hpp>
#include <latent/text.hpp>

namespace latent {

void FitOptions::validate() const {
  const auto require = [](bool holds, const std::string& option, const std::string& value, const char* rule) {
    if (!holds) throw OptionError(option + " is " + value + ", it must be " + rule);
  };
  require(tolerance >= 0 && std::isfinite(tolerance), "tolerance", number(tolerance), "finite and not negative");
  require(!time_limit_seconds || *time_limit_seconds >= 0, "time_limit_seconds", number(time_limit_seconds.value_or(0)),
          "not negative");
  require(variant_parts >= 1, "variant_parts", std::to_string(variant_parts), "at least 1");
  require(starts >= 1, "starts", std::to_string(starts), "at least 1");
  require(continued >= 1, "continued", std::to_string(continued), "at least 1");
  require(!threads || (*threads >= 1 && *threads <= 4096), "threads", std::to_string(threads.value_or(0)),
          "between 1 and 4096");
}

}  // namespace latent
