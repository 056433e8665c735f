// compiles
#include "plugin.hpp"

// Every optional member as documented, and names that are near them.
struct Model : Plugin {
  struct Prepared {};
  using Plugin::maximization;
  double expectation(const Prepared&, std::span<const double>, Statistics&) const { return 0; }
  Prepared prepare(const Parameters&) const { return {}; }
  Statistics statistics(const Prepared&) const { return {}; }
  template <class Data>
  Parameters initialize(const Data&, latent::Random&, latent::Weights = {}) const {
    return {};
  }
  Parameters vary(const Parameters&, std::span<const double>, std::size_t, latent::Random&, latent::Weights) const {
    return {};
  }
  double log_prior(const Parameters&) const { return 0; }
  double expected_log_likelihood(const Statistics&, const Parameters&) const { return 0; }
  double draw(const Parameters&, latent::Random&) const { return 0; }
  std::size_t free_parameters(const Parameters&) const { return 0; }
  Parameters admissible(const Parameters& at) const { return at; }
  Model tempered(double) const { return *this; }
  static std::size_t grain() { return 1; }
  std::size_t enough() const { return 1; }
  std::size_t enough(std::span<const double> data) const { return data.size(); }
  double posterior(double) const { return 0; }  // of rows alone it must be as documented
  int initial = 0, grains = 0;
};
static_assert(latent::OptionalMembersAsDocumented<Model>);

struct Final final : Plugin {
  std::size_t grain() const { return 1; }
};
static_assert(latent::OptionalMembersAsDocumented<Final>);

template <bool with_prior>
struct Template : Plugin {
  double log_prior(const Parameters&) const requires with_prior { return 0; }
  std::size_t grain() const { return 1; }
};
static_assert(latent::OptionalMembersAsDocumented<Template<true>>);
static_assert(latent::OptionalMembersAsDocumented<Template<false>>);

int main() {
  fit(Template<false>{});
  fit(Model{});
  fit(Final{});
}
