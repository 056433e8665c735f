#include <algorithm>
#include <utility>

#include <latent/accumulator.hpp>
#include <latent/error.hpp>
#include <latent/sealed_file.hpp>
#include <latent/text.hpp>

namespace latent {
namespace {

constexpr const char* kind = "accumulator";
constexpr std::uint32_t version = 1;

// Whether an observation of the model is more than a row.
bool has_groups(const AnyModel& model) { return model.needs().sequences || model.needs().groups; }

std::size_t begin_of(const RowData& data, bool groups, std::size_t observation) {
  if (!groups) return observation;
  if (observation < data.sequence_begins.size()) return data.sequence_begins[observation];
  return observation == 0 ? 0 : data.rows.size();
}

LeafPart part_of(const RowData& data, bool groups, std::size_t first, std::size_t count) {
  const std::size_t begin = begin_of(data, groups, first), end = begin_of(data, groups, first + count);
  LeafPart part{count,
                RowMajorMatrix(static_cast<Eigen::Index>(end - begin), static_cast<Eigen::Index>(data.rows.columns()))};
  for (std::size_t i = begin; i < end; ++i) {
    for (std::size_t j = 0; j < data.rows.columns(); ++j) {
      part.rows(static_cast<Eigen::Index>(i - begin), static_cast<Eigen::Index>(j)) = data.rows(i, j);
    }
  }
  if (!data.weights.empty()) part.weights.assign(data.weights.begin() + begin, data.weights.begin() + end);
  if (!data.known_states.empty()) {
    part.known_states.assign(data.known_states.begin() + begin, data.known_states.begin() + end);
  }
  for (std::size_t i = first; groups && i < first + count; ++i) {
    part.lengths.push_back(begin_of(data, groups, i + 1) - begin_of(data, groups, i));
  }
  return part;
}

// `next` comes right behind.
void append(LeafPart& part, const LeafPart& next) {
  const Eigen::Index before = part.rows.rows();
  part.rows.conservativeResize(before + next.rows.rows(), Eigen::NoChange);
  part.rows.bottomRows(next.rows.rows()) = next.rows;
  if (part.weights.empty() != next.weights.empty()) {
    throw DataError("the rows of one part have weights, those of another have none");
  }
  if (part.known_states.empty() != next.known_states.empty()) {
    const auto unknown = [](LeafPart& of) {
      of.known_states.resize(static_cast<std::size_t>(of.rows.rows()), Sequences::unknown);
    };
    LeafPart known = next;
    if (known.known_states.empty()) unknown(known);
    if (part.known_states.empty()) part.known_states.resize(static_cast<std::size_t>(before), Sequences::unknown);
    part.known_states.insert(part.known_states.end(), known.known_states.begin(), known.known_states.end());
  } else {
    part.known_states.insert(part.known_states.end(), next.known_states.begin(), next.known_states.end());
  }
  part.weights.insert(part.weights.end(), next.weights.begin(), next.weights.end());
  part.lengths.insert(part.lengths.end(), next.lengths.begin(), next.lengths.end());
  part.observations += next.observations;
}

// Where the leaf ends that has this observation.
std::size_t leaf_end(const SumTree& tree, std::size_t observation) {
  SumNode node{0, tree.leaves};
  while (node.leaves > 1) node = observation < tree.begin(node.right().first) ? node.left() : node.right();
  return tree.begin(node.first + 1);
}

// "observations 5 to 8", counted from 1.
std::string range_text(std::size_t first, std::size_t last) {
  return last == first + 1 ? "observation " + std::to_string(last)
                           : "observations " + std::to_string(first + 1) + " to " + std::to_string(last);
}

}  // namespace

// --- the sums of one data set ----------------------------------------------------------------------------------------

void PartialSums::add(const AnyModel& model, const RowData& data, std::size_t first,
                      std::optional<std::size_t> threads) {
  PartialSums own(name_, tree_);
  const std::size_t count = model.observations(data);
  if (first + count > tree_.observations) {
    throw DataError(range_text(first, first + count) + " cannot be a part of " +
                    count_of(tree_.observations, "observation"));
  }
  std::size_t at = first;  // of what is in no node so far
  const auto keep_until = [&](std::size_t until) {
    while (at < until) {
      const std::size_t end = std::min(until, leaf_end(tree_, at));
      own.parts_.emplace(at, part_of(data, has_groups(model), at - first, end - at));
      at = end;
    }
  };
  for (NodeSum& sum : model.node_sums(data, tree_, first, threads)) {
    keep_until(tree_.begin(sum.node.first));
    at = tree_.begin(sum.node.first + sum.node.leaves);
    own.nodes_.emplace(sum.node, std::move(sum.numbers));
  }
  keep_until(first + count);
  merge(model, own);
}

std::vector<PartialSums::Range> PartialSums::ranges() const {
  std::vector<Range> ranges;
  for (const auto& [node, numbers] : nodes_) {
    ranges.push_back({tree_.begin(node.first), tree_.begin(node.first + node.leaves)});
  }
  for (const auto& [first, part] : parts_) ranges.push_back({first, first + part.observations});
  std::ranges::sort(ranges, {}, &Range::first);
  std::vector<Range> joined;
  for (const Range& range : ranges) {
    if (!joined.empty() && joined.back().last == range.first) {
      joined.back().last = range.last;
    } else {
      joined.push_back(range);
    }
  }
  return joined;
}

void PartialSums::merge(const AnyModel& model, const PartialSums& other) {
  std::vector<Range> all = ranges();
  const std::vector<Range> others = other.ranges();
  all.insert(all.end(), others.begin(), others.end());
  std::ranges::sort(all, {}, &Range::first);
  for (std::size_t i = 1; i < all.size(); ++i) {
    if (all[i].first >= all[i - 1].last) continue;
    throw DataError(range_text(all[i].first, std::min(all[i].last, all[i - 1].last)) + " of " + name_ +
                    " would be counted twice");
  }
  nodes_.insert(other.nodes_.begin(), other.nodes_.end());
  parts_.insert(other.parts_.begin(), other.parts_.end());
  complete(model);
}

// Makes the sums of leaves that have all their observations, and of nodes that have both halves.
void PartialSums::complete(const AnyModel& model) {
  for (auto at = parts_.begin(); at != parts_.end();) {
    const auto next = std::next(at);
    const std::size_t end = at->first + at->second.observations;
    if (next != parts_.end() && next->first == end && end < leaf_end(tree_, at->first)) {
      append(at->second, next->second);
      parts_.erase(next);
      continue;
    }
    const LeafPart& part = at->second;
    std::vector<std::size_t> begins;
    for (std::size_t i = 0, begin = 0; i < part.lengths.size(); begin += part.lengths[i++]) begins.push_back(begin);
    RowData data{.rows = part.rows, .weights = part.weights, .levels = model.levels()};
    data.sequence_begins = begins;
    data.known_states = part.known_states;
    std::vector<NodeSum> sums = model.node_sums(data, tree_, at->first, 1);
    if (sums.empty()) {
      ++at;
    } else {
      nodes_.emplace(sums.front().node, std::move(sums.front().numbers));
      at = parts_.erase(at);
    }
  }
  for (auto at = nodes_.begin(); at != nodes_.end();) {
    const SumNode left = at->first, right{left.first + left.leaves, left.leaves};
    const auto sibling = nodes_.find(right);
    if (left.first % (2 * left.leaves) != 0 || sibling == nodes_.end()) {
      ++at;
      continue;
    }
    std::vector<double> sum = model.add_sums(at->second, sibling->second);
    nodes_.erase(sibling);
    nodes_.erase(at);
    nodes_.emplace(SumNode{left.first, 2 * left.leaves}, std::move(sum));
    at = nodes_.begin();  // there are few
  }
}

const std::vector<double>& PartialSums::whole() const {
  if (nodes_.size() == 1 && nodes_.begin()->first.leaves == tree_.leaves) return nodes_.begin()->second;
  std::size_t there = 0;
  const auto refuse = [&](std::size_t first, std::size_t last) {
    throw DataError("of " + name_ + " " + range_text(first, last) + " of " + std::to_string(tree_.observations) +
                    (last == first + 1 ? " is" : " are") + " missing; merge the accumulators of all its parts");
  };
  for (const Range& range : ranges()) {
    if (range.first > there) refuse(there, range.first);
    there = range.last;
  }
  refuse(there, tree_.observations);
  return nodes_.begin()->second;
}

std::size_t PartialSums::accumulated() const {
  std::size_t all = 0;
  for (const Range& range : ranges()) all += range.last - range.first;
  return all;
}

Json PartialSums::to_json() const {
  Json json{{"name", name_}, {"observations", tree_.observations}, {"leaves", tree_.leaves}};
  json["nodes"] = Json::array();
  for (const auto& [node, numbers] : nodes_) {
    json["nodes"].push_back({{"first", node.first}, {"leaves", node.leaves}, {"sums", packed(numbers)}});
  }
  json["parts"] = Json::array();
  for (const auto& [first, part] : parts_) {
    const std::span<const double> rows(part.rows.data(), static_cast<std::size_t>(part.rows.size()));
    json["parts"].push_back({{"first", first},
                             {"observations", part.observations},
                             {"rows", packed(rows)},
                             {"weights", packed(part.weights)},
                             {"lengths", part.lengths},
                             {"known_states", part.known_states}});
  }
  return json;
}

PartialSums PartialSums::from_json(const Json& json, std::size_t columns) {
  PartialSums sums(json.at("name").get<std::string>(),
                   {json.at("observations").get<std::size_t>(), json.at("leaves").get<std::size_t>()});
  for (const Json& node : json.at("nodes")) {
    sums.nodes_.emplace(SumNode{node.at("first").get<std::size_t>(), node.at("leaves").get<std::size_t>()},
                        unpacked(node.at("sums")));
  }
  for (const Json& stored : json.at("parts")) {
    const std::vector<double> rows = unpacked(stored.at("rows"));
    const auto width = static_cast<Eigen::Index>(columns);
    LeafPart part{stored.at("observations").get<std::size_t>(),
                  Eigen::Map<const RowMajorMatrix>(rows.data(), static_cast<Eigen::Index>(rows.size()) / width, width)};
    part.weights = unpacked(stored.at("weights"));
    part.lengths = stored.at("lengths").get<std::vector<std::size_t>>();
    part.known_states = stored.at("known_states").get<std::vector<std::int32_t>>();
    sums.parts_.emplace(stored.at("first").get<std::size_t>(), std::move(part));
  }
  return sums;
}

// --- all data sets ---------------------------------------------------------------------------------------------------

namespace {

// What makes a model that model; how it was found does not.
Json essence_of(const Json& model) {
  Json essence = Json::object();
  for (const char* key : {"model", "options", "levels", "parameters"}) {
    if (model.contains(key)) essence[key] = model.at(key);
  }
  return essence;
}

}  // namespace

Accumulator::Accumulator(Json model, std::span<const ModelEntry> entries)
    : json_(std::move(model)), stored_(fitted_model_from_json(json_, entries)) {}

void Accumulator::add(const std::string& name, std::size_t observations, const RowData& data, std::size_t first,
                      std::optional<std::size_t> threads) {
  PartialSums& sums = sums_.try_emplace(name, PartialSums(name, stored_.model->sum_tree(observations))).first->second;
  sums.add(*stored_.model, data, first, threads);
}

void Accumulator::check_model(const Json& model) const {
  if (essence_of(model) != essence_of(json_))
    throw ModelError("was accumulated with another model, or with other parameters");
}

void Accumulator::merge(const Accumulator& other) {
  check_model(other.json_);
  for (const auto& [name, sums] : other.sums_) {
    const auto [found, is_new] = sums_.try_emplace(name, sums);
    if (is_new) continue;
    if (found->second.tree() != sums.tree()) throw DataError(name + " has another size there");
    found->second.merge(*stored_.model, sums);
  }
}

std::size_t Accumulator::observations() const {
  std::size_t all = 0;
  for (const auto& [name, sums] : sums_) all += sums.tree().observations;
  return all;
}

std::size_t Accumulator::accumulated() const {
  std::size_t all = 0;
  for (const auto& [name, sums] : sums_) all += sums.accumulated();
  return all;
}

MStep Accumulator::maximize() {
  std::optional<std::vector<double>> all;
  for (const auto& [name, sums] : sums_) {
    const std::vector<double>& whole = sums.whole();
    all = all ? stored_.model->add_sums(*all, whole) : whole;
  }
  if (!all) throw DataError("there are no observations in it");
  return stored_.model->maximize(*all);
}

void Accumulator::write(const std::filesystem::path& file) const {
  Json sums = Json::array();
  for (const auto& [name, of_one] : sums_) sums.push_back(of_one.to_json());
  write_sealed_file(file, kind, version, {{"model", json_}, {"sums", std::move(sums)}});
}

Accumulator Accumulator::read(const std::filesystem::path& file, std::span<const ModelEntry> entries) {
  const Json content = read_sealed_file(file, kind, version);
  try {
    Accumulator read(content.at("model"), entries);
    for (const Json& stored : content.at("sums")) {
      PartialSums sums = PartialSums::from_json(stored, read.stored_.model->columns());
      const std::string name = sums.name();
      read.sums_.emplace(name, std::move(sums));
    }
    return read;
  } catch (const Json::exception& error) {
    throw FileError(file.string() + ": is no accumulator that this program can read: " + error.what());
  } catch (const ModelError& error) {
    throw ModelError(file.string() + ": " + error.what());
  }
}

}  // namespace latent
