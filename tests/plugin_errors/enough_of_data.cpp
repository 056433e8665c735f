// says: enough.*std::size_t enough\(\) const
#include "plugin.hpp"

struct Model : Plugin {
  std::size_t enough(std::span<const double>) const { return 1; }
};

int main() { fit(Model{}); }
