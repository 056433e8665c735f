#include <algorithm>

#include <latent/json_form.hpp>
#include <latent/text.hpp>

#include "shown_text.hpp"

namespace latent {
namespace {

std::string shape_text(const Shape& shape) {
  if (shape.empty()) return "a number";
  std::string text = "a list of ";
  for (std::size_t i = 0; i < shape.size(); ++i) text += (i ? " x " : "") + std::to_string(shape[i]);
  return text + (shape == Shape{1} ? " number" : " numbers");
}

std::string with_indices(std::string key, std::span<const std::size_t> indices) {
  for (const std::size_t index : indices) key += "[" + std::to_string(index) + "]";
  return key;
}

Json nested(std::span<const double> numbers, std::span<const std::size_t> shape) {
  if (shape.empty()) return numbers.front();
  Json list = Json::array();
  const std::size_t size = shape.front() == 0 ? 0 : numbers.size() / shape.front();
  for (std::size_t i = 0; i < shape.front(); ++i) {
    list.push_back(nested(numbers.subspan(i * size, size), shape.subspan(1)));
  }
  return list;
}

// Takes the numbers out of nested lists and remembers where it is.
class NumberCollector {
 public:
  NumberCollector(const Shape& shape, const std::string& key) : shape_(shape), key_(key) {}

  void collect(const Json& json) {
    const std::size_t depth = at_.size();
    if (depth == shape_.size()) {
      if (!json.is_number()) fail("is " + shown_value(json) + ", it must be a number");
      numbers.push_back(json.get<double>());
      return;
    }
    if (!json.is_array() || json.size() != shape_[depth]) {
      const std::string wanted = shape_text({shape_.begin() + static_cast<std::ptrdiff_t>(depth), shape_.end()});
      fail("has the wrong shape: it must be " + wanted + ", found " + shown_value(json));
    }
    at_.push_back(0);
    for (const Json& part : json) {
      collect(part);
      ++at_.back();
    }
    at_.pop_back();
  }

  std::vector<double> numbers;

 private:
  [[noreturn]] void fail(const std::string& what) const {
    throw ModelError("key \"" + with_indices(key_, at_) + "\" " + what);
  }

  const Shape& shape_;
  const std::string& key_;
  std::vector<std::size_t> at_;
};

bool is_plain(const Json& json) { return !json.is_structured(); }

void write(const Json& json, std::size_t indent, std::string& out) {
  if (json.empty() || is_plain(json) || (json.is_array() && std::ranges::all_of(json, is_plain))) {
    std::string text;
    if (json.is_array() && !json.empty()) {
      for (const Json& item : json) text += (text.empty() ? "" : ", ") + json_text(item);
      out += "[" + text + "]";
    } else {
      out += json.dump(-1, ' ', false, Json::error_handler_t::replace);
    }
    return;
  }
  out += json.is_array() ? "[" : "{";
  bool first = true;
  for (const auto& [key, value] : json.items()) {
    out += (first ? "\n" : ",\n") + std::string(indent + 2, ' ');
    if (json.is_object()) out += Json(key).dump(-1, ' ', false, Json::error_handler_t::replace) + ": ";
    write(value, indent + 2, out);
    first = false;
  }
  out += "\n" + std::string(indent, ' ') + (json.is_array() ? "]" : "}");
}

}  // namespace

Json to_json(std::span<const double> numbers, const Shape& shape) { return nested(numbers, shape); }

std::vector<double> numbers_from_json(const Json& json, const Shape& shape, const std::string& key) {
  NumberCollector collector(shape, key);
  collector.collect(json);
  return std::move(collector.numbers);
}

std::size_t count_values(const Json& json) {
  if (!json.is_structured()) return 1;
  std::size_t count = 0;
  for (const Json& part : json) count += count_values(part);
  return count;
}

const Json& require_key(const Json& json, const std::string& key, const std::string& prefix) {
  if (!json.is_object()) {
    const std::string name = prefix.empty() ? "" : "key \"" + prefix.substr(0, prefix.size() - 1) + "\" ";
    throw ModelError(name + "is " + shown_value(json) + ", it must be an object with the key \"" + key + "\"");
  }
  if (!json.contains(key)) throw ModelError("key \"" + prefix + key + "\" is missing");
  return json.at(key);
}

void refuse_unknown_keys(const Json& json, const Json& known, const std::string& prefix) {
  if (!json.is_object() || !known.is_object()) return;
  for (const auto& [key, value] : json.items()) {
    if (!known.contains(key)) {
      std::string keys;
      for (const auto& [name, unused] : known.items()) keys += (keys.empty() ? "" : ", ") + name;
      throw ModelError("key " + input::shown(prefix + key) + " is unknown, the keys there are " + keys);
    }
    refuse_unknown_keys(value, known.at(key), prefix + key + ".");
  }
}

std::string key_of_block(const std::string& key, const Shape& shape, std::size_t size, std::size_t index) {
  std::size_t depth = shape.size();
  for (std::size_t product = 1; depth > 0 && product < size; --depth) product *= shape[depth - 1];
  std::vector<std::size_t> indices(depth);
  for (; depth > 0; --depth) {
    indices[depth - 1] = index % shape[depth - 1];
    index /= shape[depth - 1];
  }
  return with_indices(key, indices);
}

std::string shown_value(const Json& json) {
  if (json.is_array()) return "a list of length " + std::to_string(json.size());
  if (json.is_object()) return "an object";
  if (json.is_string()) return input::shown(json.get_ref<const std::string&>());
  return json.dump();
}

std::string json_text(const Json& json) {
  std::string text;
  write(json, 0, text);
  return text;
}

}  // namespace latent
