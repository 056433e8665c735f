// says: expected_log_likelihood.*const Statistics& sums, const Parameters& at
#include "plugin.hpp"

struct Model : Plugin {
  double expected_log_likelihood(const Parameters&) const { return 0; }
};

int main() { fit(Model{}); }
