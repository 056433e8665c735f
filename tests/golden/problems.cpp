#include <algorithm>
#include <stdexcept>

#include "golden/problem.hpp"

namespace golden {

const std::vector<Problem>& problems() {
  static const std::vector<Problem> all = [] {
    std::vector<Problem> joined;
    for (const auto& some :
         {problems_of_counts(), problems_of_measurements(), problems_of_classes(), problems_of_earthquakes()}) {
      joined.insert(joined.end(), some.begin(), some.end());
    }
    return joined;
  }();
  return all;
}

const Problem& problem(const std::string& name) {
  const auto found = std::ranges::find(problems(), name, &Problem::name);
  if (found == problems().end()) throw std::invalid_argument("there is no problem " + name);
  return *found;
}

}  // namespace golden
