#include <latent/decoding.hpp>
#include <latent/error.hpp>

namespace latent {

const char* name_of(Decoding decoding) {
  switch (decoding) {
    case Decoding::posterior: return "posterior";
    case Decoding::viterbi: return "viterbi";
    case Decoding::filtered: return "filtered";
  }
  return "";
}

Decoding decoding(const std::string& name) {
  for (const Decoding each : {Decoding::posterior, Decoding::viterbi, Decoding::filtered}) {
    if (name == name_of(each)) return each;
  }
  throw OptionError("decode is '" + name + "', it must be posterior, viterbi or filtered");
}

}  // namespace latent
