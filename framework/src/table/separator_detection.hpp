#pragma once

#include "cell_scanner.hpp"
#include "text_buffer.hpp"

namespace latent::input {

// The separator (comma, tab, semicolon, or runs of blanks) that makes most sense of the first lines of a text: the
// largest share of their cells numbers, then the most cells, then as many on each line.
Separator detect_separator(const TextBuffer& text);

}  // namespace latent::input
