// says: statistics.*Statistics statistics\(const Parameters&\) const
#include "plugin.hpp"

struct Model : Plugin {
  Statistics statistics() const { return {}; }
};

int main() { fit(Model{}); }
