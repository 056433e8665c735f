#include <charconv>

#include <latent/any_model.hpp>
#include <latent/error.hpp>

namespace latent {

namespace {

[[noreturn]] void refuse(const std::string& name, const std::string& given, const std::string& rule) {
  throw OptionError(name + " is '" + given + "', it must be " + rule);
}

}  // namespace

const std::string& OptionTexts::text(const std::string& name) const {
  const auto found = texts_.find(name);
  if (found == texts_.end()) throw OptionError("option " + name + " is missing");
  return found->second;
}

std::size_t OptionTexts::whole_number(const std::string& name, std::size_t least) const {
  const std::string& given = text(name);
  std::size_t value = 0;
  const auto [end, error] = std::from_chars(given.data(), given.data() + given.size(), value);
  const bool whole = end == given.data() + given.size();
  if (whole && error == std::errc::result_out_of_range) refuse(name, given, "a whole number below 2^64");
  if (error != std::errc() || !whole || value < least) {
    refuse(name, given, "a whole number, " + std::to_string(least) + " or more");
  }
  return value;
}

double OptionTexts::real_number(const std::string& name) const {
  const std::string& given = text(name);
  double value = 0;
  const auto [end, error] = std::from_chars(given.data(), given.data() + given.size(), value);
  if (error != std::errc() || end != given.data() + given.size()) {
    refuse(name, given, "a number");
  }
  return value;
}

void check_options(const ModelEntry& entry, const OptionTexts& options) {
  entry.make(options, TableColumns{}, nullptr);
}

}  // namespace latent
