// says: log_prior.*double log_prior\(const Parameters&\) const
#include "plugin.hpp"

struct Model : Plugin {
  double log_prior() const { return 0; }
};

int main() { fit(Model{}); }
