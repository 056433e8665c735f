// says: grain.*std::size_t grain\(\) const
#include "plugin.hpp"

struct Model : Plugin {
  static constexpr std::size_t grain = 64;
};

int main() { fit(Model{}); }
