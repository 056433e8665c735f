#include <array>
#include <utility>

#include <latent/saved_state.hpp>
#include <latent/sealed_file.hpp>

namespace latent {

void refuse_shape() { throw FileError("holds numbers of another shape than this model's"); }

namespace {

// A value of the type that is asked for, or a FileError.
template <class Value>
Value plain(const Json& json, const char* name) {
  try {
    return json.get<Value>();
  } catch (const Json::exception&) {
    throw FileError(std::string("holds no state of this fit: \"") + name + "\" is another kind of value");
  }
}

// A line of the trace as numbers.
constexpr std::size_t numbers_of_iteration = 12;
std::array<double, numbers_of_iteration> numbers_of(const Iteration& at) {
  return {static_cast<double>(at.start),
          static_cast<double>(at.iteration),
          static_cast<double>(at.on_sample),
          static_cast<double>(at.kind),
          at.objective,
          at.log_likelihood,
          at.change,
          at.rate,
          at.estimated_gain,
          at.parameter_change,
          static_cast<double>(at.passes),
          at.seconds};
}
Iteration iteration_of(std::span<const double> numbers) {
  return {.start = static_cast<std::size_t>(numbers[0]),
          .iteration = static_cast<std::size_t>(numbers[1]),
          .on_sample = numbers[2] != 0,
          .kind = static_cast<StepKind>(static_cast<int>(numbers[3])),
          .objective = numbers[4],
          .log_likelihood = numbers[5],
          .change = numbers[6],
          .rate = numbers[7],
          .estimated_gain = numbers[8],
          .parameter_change = numbers[9],
          .passes = static_cast<std::size_t>(numbers[10]),
          .seconds = numbers[11]};
}

}  // namespace

const Json& SavedState::at(const char* name) const {
  const auto found = json_.find(name);
  if (found == json_.end()) throw FileError(std::string("holds no state of this fit: \"") + name + "\" is missing");
  return *found;
}

void SavedState::visit(const char* name, bool& value) {
  if (restores_) {
    value = plain<bool>(at(name), name);
  } else {
    json_[name] = value;
  }
}

void SavedState::visit(const char* name, int& value) {
  if (restores_) {
    value = plain<int>(at(name), name);
  } else {
    json_[name] = value;
  }
}

void SavedState::visit(const char* name, std::size_t& value) {
  if (restores_) {
    value = plain<std::size_t>(at(name), name);
  } else {
    json_[name] = value;
  }
}

void SavedState::visit(const char* name, std::string& value) {
  if (restores_) {
    value = plain<std::string>(at(name), name);
  } else {
    json_[name] = value;
  }
}

void SavedState::visit(const char* name, std::vector<double>& value) {
  if (restores_) {
    value = unpacked(at(name));
  } else {
    json_[name] = packed(value);
  }
}

void SavedState::visit(const char* name, double& value) {
  std::vector<double> numbers{value};
  visit(name, numbers);
  if (numbers.size() != 1) refuse_shape();
  value = numbers.front();
}

void SavedState::visit(const char* name, Eigen::VectorXd& value) {
  std::vector<double> numbers(value.begin(), value.end());
  visit(name, numbers);
  if (restores_) value = Eigen::Map<const Eigen::VectorXd>(numbers.data(), static_cast<Eigen::Index>(numbers.size()));
}

void SavedState::visit(const char* name, Eigen::MatrixXd& value) {
  nest(name, [&](SavedState& inner) {
    auto rows = static_cast<std::size_t>(value.rows());
    Eigen::VectorXd numbers = value.reshaped();
    inner.visit("rows", rows);
    inner.visit("numbers", numbers);
    if (!restores_) return;
    const auto height = static_cast<Eigen::Index>(rows);
    const Eigen::Index width = height == 0 ? 0 : numbers.size() / height;
    if (width * height != numbers.size()) refuse_shape();
    value = numbers.reshaped(height, width);
  });
}

void SavedState::visit(const char* name, Trace& value) {
  std::vector<double> numbers;
  if (!restores_) {
    numbers.reserve(numbers_of_iteration * value.size());
    for (const Iteration& at : value) {
      for (const double each : numbers_of(at)) numbers.push_back(each);
    }
  }
  visit(name, numbers);
  if (!restores_) return;
  if (numbers.size() % numbers_of_iteration != 0) refuse_shape();
  value.clear();
  for (std::size_t i = 0; i < numbers.size(); i += numbers_of_iteration) {
    value.push_back(iteration_of(std::span(numbers).subspan(i, numbers_of_iteration)));
  }
}

void SavedState::visit(const char* name, Iteration& value) {
  Trace one{value};
  visit(name, one);
  if (one.size() != 1) refuse_shape();
  value = one.front();
}

void SavedState::visit(const char* name, Warning& value) {
  nest(name, [&](SavedState& inner) {
    inner.visit("kind", value.note.kind);
    inner.visit("component", value.note.component);
    inner.visit("message", value.note.message);
    inner.visit("degenerate", value.note.degenerate);
    inner.visit("first_iteration", value.first_iteration);
    inner.visit("last_iteration", value.last_iteration);
    inner.visit("count", value.count);
  });
}

Shape SavedState::next_shape(std::span<const double>& shapes, std::size_t most) {
  if (shapes.empty() || !(shapes.front() >= 0) || shapes.front() >= static_cast<double>(shapes.size())) refuse_shape();
  const auto depth = static_cast<std::size_t>(shapes.front());
  Shape shape;
  double numbers = 1;
  for (const double extent : shapes.subspan(1, depth)) {
    if (!(extent >= 0)) refuse_shape();
    numbers *= extent;
    if (numbers > static_cast<double>(most)) refuse_shape();
    shape.push_back(static_cast<std::size_t>(extent));
  }
  shapes = shapes.subspan(1 + depth);
  return shape;
}

}  // namespace latent
