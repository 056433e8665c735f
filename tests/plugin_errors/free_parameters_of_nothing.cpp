// says: free_parameters.*std::size_t free_parameters\(const Parameters&\) const
#include "plugin.hpp"

struct Model : Plugin {
  std::size_t free_parameters() const { return 1; }
};

int main() { fit(Model{}); }
