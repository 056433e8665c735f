#include <string>

#include <doctest/doctest.h>

#include "cli/program.hpp"

TEST_SUITE("cli/check") {
  using namespace cli_test;

  TEST_CASE("check: a bundled model passes, with one line a check and a count") {
    const Folder folder;
    const Result result = folder.latent({"check", "gmm", old_faithful, "--components", "2", "--seed", "3"});
    INFO(result.out);
    CHECK(result.err == "");
    CHECK(result.status == 0);
    CHECK(result.out.find("passed   parts ") != std::string::npos);
    CHECK(result.out.find(" passed, 0 failed, ") != std::string::npos);
  }

  TEST_CASE("check: the same as one JSON object") {
    const Folder folder;
    const Result result = folder.latent({"check", "hmm", old_faithful, "--states", "2", "--json"});
    CHECK(result.status == 0);
    const Json found = result.json();
    CHECK(found["passed"] == true);
    REQUIRE(found["checks"].size() > 0);
    CHECK(found["checks"][0]["name"] == "repeatable");
    CHECK(found["checks"][0]["finding"] == "passed");
  }

  TEST_CASE("check: wrong usage is told from what is wrong with the data") {
    const Folder folder;
    check_error(folder.latent({"check"}), 2,
                "MODEL is missing, the usage is latent check MODEL DATA [options]; see latent models");
    CHECK(folder.latent({"check", "gmm", old_faithful}).status == 2);
    CHECK(folder.latent({"check", "gmm", old_faithful, "--components", "2", "--starts", "0"}).status == 2);
    CHECK(folder.latent({"check", "gmm", "none.csv", "--components", "2"}).status == 1);
    CHECK(folder.latent({"check", "--help"}).out.find("usage: latent check MODEL DATA") == 0);
    const Result help = folder.latent({"check", "hmm", "--help"});
    CHECK(help.status == 0);
    CHECK(help.out.find("--states S") != std::string::npos);
    CHECK(help.out.find("--observations N") != std::string::npos);
  }
}
