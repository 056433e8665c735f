// What a hidden Markov model finds in English without being told anything of it: two states over the letters of a text
// come to mean vowels and consonants. The text is the American Declaration of Independence, 27 symbols: a to z and the
// space. Run it from the top folder of the project, or give it another text.
#include <algorithm>
#include <array>
#include <cstdio>
#include <fstream>
#include <iterator>
#include <numeric>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include <latent/components/categorical.hpp>
#include <latent/fit.hpp>
#include <latent/hmm/hidden_markov.hpp>

namespace {

constexpr std::string_view alphabet = "abcdefghijklmnopqrstuvwxyz ";

// Lower case; all between two words becomes one space.
std::string letters_of(const std::string& file) {
  std::ifstream stream(file);
  if (!stream) throw std::runtime_error(file + " cannot be read");
  std::string letters;
  for (std::istreambuf_iterator<char> at(stream), end; at != end; ++at) {
    const char lower = *at >= 'A' && *at <= 'Z' ? static_cast<char>(*at - 'A' + 'a') : *at;
    if (lower >= 'a' && lower <= 'z') {
      letters += lower;
    } else if (!letters.empty() && letters.back() != ' ') {
      letters += ' ';
    }
  }
  return letters;
}

}  // namespace

int main(int count, char** words) {
  const std::string text = letters_of(count > 1 ? words[1] : "examples/data/declaration.txt");
  latent::RowMajorMatrix cells(text.size(), 1);
  for (std::size_t t = 0; t < text.size(); ++t) cells(t, 0) = static_cast<double>(alphabet.find(text[t]));

  const latent::HiddenMarkovModel<latent::CategoricalBank> model{.states = 2, .bank = {.symbols = alphabet.size()}};
  const auto fitted = latent::fit(model, latent::Sequences(cells), {.starts = 20, .seed = 1});
  const auto& [initial, transitions, emissions] = fitted.parameters;
  std::printf("%zu letters and spaces\n%s", text.size(), fitted.summary.full_report().c_str());

  // The state that the letter a mostly comes from is the one of the vowels, if they all do.
  const auto& of = emissions.probabilities;
  const Eigen::Index vowels = of(0, 0) > of(1, 0) ? 0 : 1, consonants = 1 - vowels;
  for (const Eigen::Index state : {vowels, consonants}) {
    std::vector<Eigen::Index> order(alphabet.size());
    std::iota(order.begin(), order.end(), 0);
    std::ranges::stable_sort(order, std::ranges::greater{}, [&](Eigen::Index v) { return of(state, v); });
    std::printf("\n%s: after one of them another with probability %.2f\n ", state == vowels ? "vowels" : "consonants",
                transitions(state, state));
    for (const Eigen::Index v : order) {
      if (of(state, v) < 0.005) break;
      std::printf(" %c %.2f", alphabet[v] == ' ' ? '_' : alphabet[v], of(state, v));
    }
    std::printf("\n");
  }

  bool apart = true;
  for (const char vowel : std::string_view("aeiou ")) {
    const auto v = static_cast<Eigen::Index>(alphabet.find(vowel));
    apart = apart && of(vowels, v) > 10 * of(consonants, v);
  }
  for (const char consonant : std::string_view("bcdfghklmnprstvw")) {
    const auto v = static_cast<Eigen::Index>(alphabet.find(consonant));
    apart = apart && of(consonants, v) > of(vowels, v);
  }
  std::printf("\na, e, i, o, u and the space in one state, the consonants in the other: %s\n", apart ? "yes" : "no");
  return apart ? 0 : 1;
}
