// The end of some observations is hidden: lifetimes cut off by the end of the study (right-censored).
//   t ~ exponential(mean);  seen: t, or only that t > c
//   E-step  E[t | t > c] = c + mean, the exponential has no memory     M-step  mean = expected sum of the t / number
// (Dempster, Laird & Rubin 1977, section 4.2.) Weeks of remission of 21 children with leukaemia on 6-mercaptopurine;
// 12 were still in remission when the study ended (Freireich et al. 1963).
#include <array>
#include <cmath>
#include <cstdio>
#include <span>

#include <latent/conformance.hpp>
#include <latent/fit.hpp>

struct CensoredLifetimes {
  struct Parameters {
    double mean = 1;  // weeks
    static constexpr auto fields() {
      return latent::fields(latent::field("mean", &Parameters::mean, latent::positive));
    }
  };
  struct Statistics {
    double children = 0, weeks = 0;  // weeks: expected, of whole lifetimes
    static constexpr auto fields() {
      return latent::fields(latent::field("children", &Statistics::children),
                            latent::field("weeks", &Statistics::weeks));
    }
  };
  struct Observation {
    double time;
    bool observed;  // else the lifetime is longer than `time`
  };

  double expectation(const Parameters& at, std::span<const Observation> lifetimes, Statistics& sums) const {
    double log_likelihood = 0;
    for (const auto& [time, observed] : lifetimes) {
      sums.children += 1;
      sums.weeks += observed ? time : time + at.mean;
      log_likelihood -= time / at.mean + (observed ? std::log(at.mean) : 0);  // density, or probability to last longer
    }
    return log_likelihood;
  }
  Parameters maximization(const Statistics& sums, const Parameters&) const { return {sums.weeks / sums.children}; }

  double expected_log_likelihood(const Statistics& sums, const Parameters& at) const {
    return -sums.children * std::log(at.mean) - sums.weeks / at.mean;
  }
};
static_assert(latent::LatentModel<CensoredLifetimes>);

int main() {
  const std::array<CensoredLifetimes::Observation, 21> remissions{
      {{6, true},   {6, true},   {6, true},   {7, true},   {10, true},  {13, true},  {16, true},
       {22, true},  {23, true},  {6, false},  {9, false},  {10, false}, {11, false}, {17, false},
       {19, false}, {20, false}, {25, false}, {32, false}, {32, false}, {34, false}, {35, false}}};
  const auto fitted =
      latent::fit(CensoredLifetimes{}, remissions, {.tolerance = 1e-12, .stop = latent::StopRule::parameters});
  std::printf("mean remission %.9f weeks\n%s\n", fitted.parameters.mean, fitted.summary.brief_report().c_str());
  // Whether the model keeps what EM asks of it, which no compiler can see: a line for each thing checked.
  const auto conformance = latent::check_conformance(CensoredLifetimes{}, remissions);
  std::printf("%s", conformance.report().c_str());
  // The closed form: all weeks seen, those of the censored too, for each remission that ended.
  return std::abs(fitted.parameters.mean - 359. / 9) < 1e-8 && conformance.passed() ? 0 : 1;
}
