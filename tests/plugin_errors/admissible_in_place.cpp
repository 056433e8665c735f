// says: admissible.*Parameters admissible\(const Parameters&\) const
#include "plugin.hpp"

struct Model : Plugin {
  void admissible(Parameters&) const {}
};

int main() { fit(Model{}); }
