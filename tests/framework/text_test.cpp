#include <limits>
#include <string>

#include <doctest/doctest.h>
#include <latent/text.hpp>

TEST_SUITE("framework/text") {
  TEST_CASE("number: the shortest text that reads back as the same double") {
    CHECK(latent::number(0.1) == "0.1");
    CHECK(latent::number(1) == "1");
    CHECK(latent::number(-2.5e-300) == "-2.5e-300");
    CHECK(latent::number(std::numeric_limits<double>::quiet_NaN()) == "nan");
    CHECK(latent::number(-std::numeric_limits<double>::infinity()) == "-inf");
    for (const double x : {1. / 3, 6.02214076e23, -1.7976931348623157e308, 0.1 + 0.2}) {
      CHECK(std::stod(latent::number(x)) == x);
    }
    CHECK(latent::number(5e-324) == "5e-324");
  }

  TEST_CASE("rounded: as many significant digits as asked for") {
    CHECK(latent::rounded(1. / 3) == "0.333333");
    CHECK(latent::rounded(1. / 3, 3) == "0.333");
    CHECK(latent::rounded(1.2346e-9, 4) == "1.235e-09");
    CHECK(latent::rounded(-1130.263960, 10) == "-1130.26396");
    CHECK(latent::rounded(5) == "5");
  }

  TEST_CASE("count_of: one row and two rows") {
    CHECK(latent::count_of(1, "row") == "1 row");
    CHECK(latent::count_of(0, "row") == "0 rows");
    CHECK(latent::count_of(2, "row") == "2 rows");
  }

}  // TEST_SUITE
