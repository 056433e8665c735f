// says: log_prior.*double log_prior\(const Parameters&\) const
#include "plugin.hpp"

template <class Number>
struct Model : Plugin {
  Number log_prior() const { return 0; }
};

int main() { fit(Model<double>{}); }
