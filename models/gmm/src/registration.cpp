#include <latent/components/families.hpp>
#include <latent/components/registration.hpp>
#include <latent/gmm/registration.hpp>

namespace latent {

ModelEntry gaussian_mixture_entry() {
  std::vector<ModelOption> options = gaussian_options();
  options.insert(options.begin(), {"components", "K", "number of Gaussians"});
  options.insert(options.begin() + 2, mixture_start_option());  // after the shape of the covariances
  return {"gmm", "mixture of Gaussians", options, make_mixture, needs_of_family, true};
}

}  // namespace latent
