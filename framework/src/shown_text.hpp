#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace latent::input {

// The text of a cell for an error message: in quotes, on one line, what cannot be printed as an escape (\t, \x00), and
// no more than about `limit` characters of it.
std::string shown(std::string_view text, std::size_t limit = 40);

}  // namespace latent::input
