#include <latent/json_form.hpp>

#include <latent/text.hpp>

namespace latent {
namespace {

std::string text_of(const Shape& shape) {
  if (shape.empty()) return "a number";
  std::string text = "a list of ";
  for (std::size_t i = 0; i < shape.size(); ++i) text += (i ? " x " : "") + std::to_string(shape[i]);
  return text + (shape == Shape{1} ? " number" : " numbers");
}

Json nested(std::span<const double> numbers, std::span<const std::size_t> shape) {
  if (shape.empty()) return numbers.front();
  Json list = Json::array();
  const std::size_t size = shape.front() == 0 ? 0 : numbers.size() / shape.front();
  for (std::size_t i = 0; i < shape.front(); ++i) list.push_back(nested(numbers.subspan(i * size, size), shape.subspan(1)));
  return list;
}

void collect(const Json& json, std::span<const std::size_t> shape, std::vector<double>& numbers, const std::string& key,
             const Shape& whole) {
  if (shape.empty()) {
    if (!json.is_number()) {
      throw ModelError("key \"" + key + "\" holds " + json.dump().substr(0, 40) + " where a number must be");
    }
    numbers.push_back(json.get<double>());
    return;
  }
  if (!json.is_array() || json.size() != shape.front()) {
    const std::string found = json.is_array() ? "a list of length " + std::to_string(json.size()) + " where length " +
                                                    std::to_string(shape.front()) + " is expected"
                                              : json.dump().substr(0, 40);
    throw ModelError("key \"" + key + "\" has the wrong shape: it must be " + text_of(whole) + ", found " + found);
  }
  for (const Json& part : json) collect(part, shape.subspan(1), numbers, key, whole);
}

}  // namespace

Json to_json(std::span<const double> numbers, const Shape& shape) { return nested(numbers, shape); }

std::vector<double> numbers_from_json(const Json& json, const Shape& shape, const std::string& key) {
  std::vector<double> numbers;
  collect(json, shape, numbers, key, shape);
  return numbers;
}

const Json& require_key(const Json& json, const std::string& key, const std::string& prefix) {
  if (!json.is_object() || !json.contains(key)) throw ModelError("key \"" + prefix + key + "\" is missing");
  return json.at(key);
}

}  // namespace latent
