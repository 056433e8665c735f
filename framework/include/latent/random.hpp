#pragma once

#include <cstdint>

#include <boost/random/mersenne_twister.hpp>

namespace latent {

// The source of all randomness. Boost's engine and distributions give the same numbers on every platform, which the
// distributions of the standard library do not.
using Random = boost::random::mt19937_64;

// An independent source for stream `index` of a seed (start 3 of seed 1): a mix of both by SplitMix64's finaliser
// (Steele, Lea & Flood 2014, with the constants of Stafford's variant 13), so that neighbouring seeds and streams share
// nothing.
inline Random random_stream(std::uint64_t seed, std::uint64_t index = 0) {
  const auto mix = [](std::uint64_t z) {
    z += 0x9e3779b97f4a7c15U;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9U;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebU;
    return z ^ (z >> 31);
  };
  return Random(mix(mix(seed) ^ mix(~index)));
}

}  // namespace latent
