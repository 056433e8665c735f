// says: initialize.*Parameters initialize\(Data, Random&\) const
#include "plugin.hpp"

struct Model : Plugin {
  Parameters initialize(std::span<const double>) const { return {}; }
};

int main() { fit(Model{}); }
