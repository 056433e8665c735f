#include <charconv>

#include <boost/random/exponential_distribution.hpp>
#include <boost/random/uniform_real_distribution.hpp>
#include <latent/error.hpp>
#include <latent/hmm/topology.hpp>

namespace latent {

bool Topology::allows(std::size_t from, std::size_t to) const {
  const bool onward = to >= from && to - from <= width;
  const bool back = from >= to && from - to <= width;
  return kind == Kind::full || onward || (kind == Kind::banded && back);
}

bool Topology::begins_in(std::size_t state) const { return kind != Kind::left_right || state == 0; }

Topology topology(const std::string& text) {
  const std::size_t colon = text.find(':');
  const std::string name = text.substr(0, colon);
  Topology result;
  if (name == "left-right") {
    result.kind = Topology::Kind::left_right;
  } else if (name == "banded") {
    result.kind = Topology::Kind::banded;
  } else if (text == "full") {
    return result;
  }
  bool right = result.kind != Topology::Kind::full;
  if (right && colon != std::string::npos) {
    const char* const end = text.data() + text.size();
    const auto [rest, error] = std::from_chars(text.data() + colon + 1, end, result.width);
    right = error == std::errc() && rest == end && result.width > 0;
  }
  if (!right) {
    throw OptionError("topology is '" + text + "', it must be full, left-right, left-right:WIDTH or banded:WIDTH");
  }
  return result;
}

Eigen::VectorXd start_initial(const Topology& topology, std::size_t states) {
  Eigen::VectorXd initial(static_cast<Eigen::Index>(states));
  for (std::size_t i = 0; i < states; ++i) initial[static_cast<Eigen::Index>(i)] = topology.begins_in(i) ? 1 : 0;
  return initial / initial.sum();
}

Eigen::MatrixXd start_transitions(const Topology& topology, std::size_t states, Random& random) {
  const auto size = static_cast<Eigen::Index>(states);
  boost::random::uniform_real_distribution<double> staying(0, 0.9);
  boost::random::exponential_distribution<double> share(1);
  Eigen::MatrixXd transitions = Eigen::MatrixXd::Zero(size, size);
  for (Eigen::Index i = 0; i < size; ++i) {
    for (Eigen::Index j = 0; j < size; ++j) {
      if (topology.allows(static_cast<std::size_t>(i), static_cast<std::size_t>(j))) {
        transitions(i, j) = 1e-3 + share(random);
      }
    }
    const double stay = staying(random);
    transitions.row(i) *= (1 - stay) / transitions.row(i).sum();
    transitions(i, i) += stay;
  }
  return transitions;
}

}  // namespace latent
