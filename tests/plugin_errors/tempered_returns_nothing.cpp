// says: tempered.*Model tempered\(double power\) const
#include "plugin.hpp"

struct Model : Plugin {
  void tempered(double) const {}
};

int main() { fit(Model{}); }
