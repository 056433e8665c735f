#pragma once

#include <cstddef>
#include <string>

namespace latent {

// The shortest decimal text that reads back as the same double ("0.1", "1e-300", "nan").
std::string number(double value);

// `digits` significant digits, for people ("1.235e-09").
std::string rounded(double value, int digits = 6);

// "1 row", "3 rows".
std::string count_of(std::size_t count, const std::string& singular);

}  // namespace latent
