#include <latent/any_model.hpp>

#include <charconv>

#include <latent/error.hpp>

namespace latent {

const std::string& OptionTexts::text(const std::string& name) const {
  const auto found = texts_.find(name);
  if (found == texts_.end()) throw OptionError("option " + name + " is missing");
  return found->second;
}

std::size_t OptionTexts::whole_number(const std::string& name, std::size_t least) const {
  const std::string& given = text(name);
  std::size_t value = 0;
  const auto [end, error] = std::from_chars(given.data(), given.data() + given.size(), value);
  if (error != std::errc() || end != given.data() + given.size() || value < least) {
    throw OptionError(name + " is '" + given + "', it must be a whole number, " + std::to_string(least) + " or more");
  }
  return value;
}

double OptionTexts::real_number(const std::string& name) const {
  const std::string& given = text(name);
  double value = 0;
  const auto [end, error] = std::from_chars(given.data(), given.data() + given.size(), value);
  if (error != std::errc() || end != given.data() + given.size()) {
    throw OptionError(name + " is '" + given + "', it must be a number");
  }
  return value;
}

}  // namespace latent
