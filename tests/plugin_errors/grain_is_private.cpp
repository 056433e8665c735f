// says: grain.*std::size_t grain\(\) const
#include "plugin.hpp"

struct Model : Plugin {
 private:
  std::size_t grain() const { return 1; }
};

int main() { fit(Model{}); }
