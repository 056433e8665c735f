#include <sstream>
#include <string>

#include <doctest/doctest.h>

#include "cli/program.hpp"
#include "support/tolerances.hpp"

// docs/model-format.md is right.

TEST_SUITE("cli/model_format") {
  using namespace cli_test;

  std::string document() { return content_of(LATENT_SOURCE_DIR "/docs/model-format.md"); }

  // The first block of code in that language.
  std::string example() {
    const std::string text = document(), open = "```json\n";
    const std::size_t begin = text.find(open) + open.size();
    return text.substr(begin, text.find("```", begin) - begin);
  }

  TEST_CASE("model format: the example of the document can be inspected, and fitted from as the document says") {
    const Folder folder;
    folder.write("start.json", example());
    const Result inspected = folder.latent({"inspect", "start.json"});
    CHECK(inspected.err == "");
    CHECK(inspected.status == 0);
    const Result fitted =
        folder.shell("cd " LATENT_SOURCE_DIR "; $latent fit gmm examples/data/old_faithful.csv --start " +
                     (folder / "start.json").string() + " --json");
    REQUIRE(fitted.status == 0);
    CHECK(fitted.json()["log_likelihood"].get<double>() == near(-1130.2639601847586, tolerance::conditioned));
  }

  TEST_CASE("model format: the error shown in the document is the one of the program") {
    const Folder folder;
    Json model = Json::parse(example());
    model["parameters"]["covariances"][1][0][0] = -1;
    folder.write("start.json", model.dump());
    const Result result = folder.latent({"inspect", "start.json"});
    CHECK(document().find("\n    " + result.err) != std::string::npos);
  }

  TEST_CASE("model format: the document names every key that a fit writes") {
    const Folder folder;
    REQUIRE(folder.latent({"fit", "gmm", old_faithful, "--components", "2", "--output", "m.json"}).status == 0);
    const Json written = Json::parse(folder.read("m.json"));
    const std::string text = document();
    for (const Json& object : {written, written["parameters"], written["options"], written["fit"]}) {
      for (const auto& item : object.items()) {
        const std::string key = item.key();
        CAPTURE(key);
        CHECK(text.find("`" + key + "`") != std::string::npos);
      }
    }
  }

  TEST_CASE("model format: every example of the document is a model that can be inspected") {
    const Folder folder;
    const std::string text = document(), open = "```json\n";
    int count = 0;
    for (std::size_t at = text.find(open); at != std::string::npos; at = text.find(open, at), ++count) {
      at += open.size();
      folder.write("m.json", text.substr(at, text.find("```", at) - at));
      const Result result = folder.latent({"inspect", "m.json"});
      CHECK(result.err == "");
      CHECK(result.status == 0);
    }
    CHECK(count == 3);
  }

  TEST_CASE("model format: weights may be zero, and numbers in any notation of JSON") {
    const Folder folder;
    folder.write("m.json", R"({"format": "latent-model", "version": 1, "model": "gmm",
    "options": {"components": 3, "dimensions": 1, "covariance": "spherical"},
    "parameters": {"weights": [0, 0.5e0, 5E-1], "means": [[0], [1e1], [-10]], "covariances": [1, 1.0, 2]}})");
    folder.write("x.csv", "0\n10\n-9\n");
    const Result result = folder.latent({"predict", "m.json", "x.csv"});
    CHECK(result.status == 0);
    CHECK(result.out.find("nan") == std::string::npos);
    CHECK(result.out.starts_with("component,p1,p2,p3\n"));
  }

}  // TEST_SUITE
