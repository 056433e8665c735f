#pragma once

namespace latent {

// ln x! of a whole number x >= 0, to about one unit in the last place: from a table up to 255, above by Stirling's
// series (Abramowitz & Stegun 1964, 6.1.41), whose first term left out is below 1e-20 there. Unlike std::lgamma it may
// be called by several threads. The result is NaN for a negative or missing x; between whole numbers it means nothing.
double log_factorial(double x);

}  // namespace latent
