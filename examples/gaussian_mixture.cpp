// The bundled Gaussian mixture from C++: two kinds of eruptions of the Old Faithful geyser. Run it from the top folder
// of the project, or give it the file.
#include <cmath>
#include <iostream>

#include <latent/fit.hpp>
#include <latent/gmm/gaussian_mixture.hpp>
#include <latent/table.hpp>

int main(int count, char** words) {
  const latent::Table table = latent::read_table(count > 1 ? words[1] : "examples/data/old_faithful.csv");
  const latent::GaussianMixture<> mixture{.components = 2};
  const auto fitted = latent::fit(mixture, table.view(), {.seed = 1});
  std::cout << fitted.summary.brief_report() << "\nweights\n"
            << fitted.parameters.weights.transpose() << "\nmeans, one component a row\n"
            << fitted.parameters.components.means << '\n';

  const auto posterior = mixture.posterior(mixture.prepare(fitted.parameters), table.view());
  std::cout << "responsibilities for the first eruption\n" << posterior.responsibilities.row(0) << '\n';

  const double best_known = -1130.263960;
  return std::abs(fitted.summary.log_likelihood - best_known) < 1e-6 ? 0 : 1;
}
