// A hidden Markov model of counts: earthquakes of magnitude 7 and more in each year from 1900 to 2006 (Zucchini &
// MacDonald 2009, table 1.1). Hidden: how restless the earth was in that year. Run it from the top folder of the
// project, or give it the file; what it finds is drawn beside the program, if gnuplot is there.
#include <cmath>
#include <cstddef>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <vector>

#include <latent/components/poisson.hpp>
#include <latent/fit.hpp>
#include <latent/hmm/hidden_markov.hpp>
#include <latent/table.hpp>

namespace {

constexpr std::size_t first_year = 1900;

// A script for gnuplot: the counts, and over them the rate of the state of each year.
void write_script(const std::filesystem::path& script, const std::filesystem::path& picture,
                  const latent::Observations& counts, const std::vector<std::size_t>& path,
                  const Eigen::VectorXd& rates) {
  std::ofstream out(script);
  out << "set terminal svg size 900,380 background 'white' font 'sans,13'\n"
      << "set output '" << picture.string() << "'\n"
      << "set title 'Earthquakes of magnitude 7 and more a year, and the rate of the decoded state'\n"
      << "set border 3 lc rgb '#888888'\nset tics nomirror out scale 0.5 tc rgb '#444444'\n"
      << "set xtics 1900,10\nset ytics 10\nset grid ytics lt 1 lc rgb '#eeeeee'\n"
      << "set yrange [0:45]\nset xrange [" << first_year - 1 << ":" << first_year + counts.size() << "]\n"
      << "set key off\nset rmargin 12\n"
      << "set linetype 1 lc rgb '#0072b2'\nset linetype 2 lc rgb '#c98a00'\nset linetype 3 lc rgb '#b03a06'\n";
  for (Eigen::Index k = 0; k < rates.size(); ++k) {
    out << "set label sprintf('%.1f a year', " << rates[k] << ") at graph 1.01, first " << rates[k] << " tc lt "
        << k + 1 << "\n";
  }
  out << "$counts << END\n";
  for (std::size_t t = 0; t < counts.size(); ++t) {
    out << first_year + t << " " << counts(t, 0) << " " << path[t] + 1 << "\n";
  }
  out << "END\n$rates << END\n";  // each stay in a state is a stroke of its own
  for (std::size_t t = 0; t < counts.size(); ++t) {
    const double rate = rates[static_cast<Eigen::Index>(path[t])], year = static_cast<double>(first_year + t);
    if (t > 0 && path[t] != path[t - 1]) out << "\n";
    out << year - 0.5 << " " << rate << " " << path[t] + 1 << "\n" << year + 0.5 << " " << rate << " " << path[t] + 1;
    out << "\n";
  }
  out << "END\nplot $counts using 1:2 with lines lw 1 lc rgb '#cccccc', \\\n"
      << "     $rates using 1:2:3 with lines lw 4 lc variable, \\\n"
      << "     $counts using 1:2:3 with points pt 7 ps 0.45 lc variable\n";
}

}  // namespace

int main(int count, char** words) {
  const char* const file = count > 1 ? words[1] : "examples/data/earthquakes.csv";
  const latent::Table table = latent::read_table(file, {.columns = {"count"}});
  const latent::Sequences years(table.view());  // one sequence of all rows
  const latent::HiddenMarkovModel<latent::PoissonBank> model{.states = 3};
  const auto fitted = latent::fit(model, years, {.seed = 1});
  const auto& rates = fitted.parameters.emissions.rates;
  std::cout << fitted.summary.brief_report() << "\nearthquakes a year in each state\n" << rates.transpose() << '\n';

  const auto prepared = model.prepare(fitted.parameters);
  const auto path = model.decode(prepared, years, 0, latent::Decoding::viterbi).states;
  std::cout << "state of each year\n";
  for (const std::size_t state : path) std::cout << state + 1;
  std::cout << "\nexpected in the next year\n" << model.forecast(prepared, years, 0, 1).means << '\n';

  const std::filesystem::path folder = std::filesystem::path(words[0]).parent_path();
  const std::filesystem::path script = folder / "earthquakes.gp", picture = folder / "earthquakes.svg";
  write_script(script, picture, years.all_rows(), path, rates.col(0));
  const bool drawn = std::system(("gnuplot '" + script.string() + "' 2>/dev/null").c_str()) == 0;
  if (drawn) std::cout << "drawn: " << picture.string() << '\n';

  const double two_states =
      latent::fit(latent::HiddenMarkovModel<latent::PoissonBank>{.states = 2}, years).summary.log_likelihood;
  const double published = -328.527483, published_of_two = -341.878701;
  return std::abs(fitted.summary.log_likelihood - published) < 1e-6 && std::abs(two_states - published_of_two) < 1e-6
             ? 0
             : 1;
}
