#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "cli/program.hpp"

TEST_SUITE("cli/diff") {
  using namespace cli_test;

  // The list with its parts in that order.
  Json reordered(const Json& list, const std::vector<std::size_t>& order) {
    Json result = Json::array();
    for (const std::size_t k : order) result.push_back(list[k]);
    return result;
  }

  void fit(const Folder& folder, const std::string& file, Words words) {
    words.insert(words.begin(), "fit");
    words.insert(words.end(), {"--output", file});
    REQUIRE(folder.latent(words).status == 0);
  }

  Json diff(const Folder& folder, const std::string& a, const std::string& b) {
    const Result result = folder.latent({"diff", a, b, "--json"});
    CHECK(result.err == "");
    REQUIRE(result.status == 0);
    return result.json();
  }

  const std::vector<std::size_t> turned{2, 0, 1};

  TEST_CASE("diff: a mixture whose components stand in another order is the same") {
    const Folder folder;
    for (const char* covariance : {"full", "tied", "diagonal", "spherical"}) {
      CAPTURE(covariance);
      fit(folder, "a.json", {"gmm", old_faithful, "--components", "3", "--covariance", covariance});
      Json file = Json::parse(folder.read("a.json"));
      for (auto& [name, field] : file["parameters"].items()) {
        if (field.size() == 3) field = reordered(field, turned);
      }
      folder.write("b.json", file.dump());
      const Json apart = diff(folder, "a.json", "b.json");
      CHECK(apart["pairing"] == Json{2, 3, 1});
      CHECK(apart["largest"] == 0);
      CHECK(apart["measures"]["bic"]["difference"] == 0);
    }
  }

  TEST_CASE("diff: a chain is relabelled on both axes of its transitions, and on one of its emissions") {
    const Folder folder;
    std::string rows = "a\n";
    for (int i = 0; i < 300; ++i) rows += std::string(1, "xyz"[(i / 10 + i * i % 7 / 5) % 3]) + "\n";
    folder.write("symbols.csv", rows);
    // Three states of three symbols: emissions have the shape of transitions.
    fit(folder, "c.json", {"hmm", "symbols.csv", "--states", "3", "--family", "categorical"});
    fit(folder, "g.json", {"hmm", old_faithful, "--states", "3"});
    for (const char* name : {"c.json", "g.json"}) {
      CAPTURE(name);
      Json file = Json::parse(folder.read(name));
      Json& parameters = file["parameters"];
      parameters["initial"] = reordered(parameters["initial"], turned);
      parameters["transitions"] = reordered(parameters["transitions"], turned);
      for (Json& row : parameters["transitions"]) row = reordered(row, turned);
      for (auto& [key, field] : parameters["emissions"].items()) field = reordered(field, turned);
      folder.write("b.json", file.dump());
      const Json apart = diff(folder, name, "b.json");
      CHECK(apart["pairing"] == Json{2, 3, 1});
      CHECK(apart["largest"] == 0);
    }
  }

  TEST_CASE("diff: covariances that all components share are not permuted, though there are as many columns") {
    const Folder folder;
    fit(folder, "a.json", {"gmm", old_faithful, "--components", "2", "--covariance", "tied"});
    Json file = Json::parse(folder.read("a.json"));
    for (const char* name : {"weights", "means"}) {
      file["parameters"][name] = reordered(file["parameters"][name], {1, 0});
    }
    folder.write("b.json", file.dump());
    CHECK(diff(folder, "a.json", "b.json")["largest"] == 0);
  }

  TEST_CASE("diff: the parts of states that emit mixtures may stand in another order too") {
    const Folder folder;
    fit(folder, "a.json", {"hmm", old_faithful, "--states", "2", "--mixture", "2", "--starts", "2"});
    Json file = Json::parse(folder.read("a.json"));
    Json& parameters = file["parameters"];
    parameters["initial"] = reordered(parameters["initial"], {1, 0});
    parameters["transitions"] = reordered(parameters["transitions"], {1, 0});
    for (Json& row : parameters["transitions"]) row = reordered(row, {1, 0});
    for (auto& [key, field] : parameters["emissions"].items()) {
      field = field.size() == 4 ? reordered(field, {3, 2, 0, 1}) : reordered(field, {1, 0});
    }
    Json& shares = parameters["emissions"]["weights"];
    shares[0] = reordered(shares[0], {1, 0});
    folder.write("b.json", file.dump());
    const Json apart = diff(folder, "a.json", "b.json");
    CHECK(apart["pairing"] == Json{2, 1});
    CHECK(apart["largest"] == 0);
  }

  TEST_CASE("diff: the largest difference of each field is found, with its place in the first model") {
    const Folder folder;
    fit(folder, "a.json", {"gmm", old_faithful, "--components", "2"});
    Json file = Json::parse(folder.read("a.json"));
    const double before = file["parameters"]["means"][1][0];
    file["parameters"]["means"][1][0] = before + 0.25;
    folder.write("b.json", file.dump());
    const Json means = diff(folder, "a.json", "b.json")["fields"]["means"];
    CHECK(means["place"] == "2, 1");
    CHECK(means["values"] == Json{before, before + 0.25});
    CHECK(folder.latent({"diff", "a.json", "b.json"}).out.find("components  1 = 1, 2 = 2") == 0);
  }

  TEST_CASE("diff: what cannot be compared is said, and criteria still are") {
    const Folder folder;
    fit(folder, "a.json", {"gmm", old_faithful, "--components", "2"});
    fit(folder, "k.json", {"gmm", old_faithful, "--components", "3"});
    fit(folder, "t.json", {"gmm", old_faithful, "--components", "2", "--covariance", "tied"});
    fit(folder, "h.json", {"hmm", old_faithful, "--states", "2"});
    CHECK(diff(folder, "a.json", "k.json")["not_compared"] == "one has 2 components, the other 3");
    const Json kinds = diff(folder, "a.json", "h.json");
    CHECK(kinds["not_compared"] == "one is a model gmm, the other hmm");
    CHECK(kinds["largest"].is_null());
    CHECK(kinds["measures"].contains("aic"));
    const Json shapes = diff(folder, "a.json", "t.json");
    CHECK(shapes["fields"]["covariances"]["not_compared"] == "2 x 2 x 2 and 2 x 2");
    CHECK(shapes["fields"]["means"].contains("absolute"));
    CHECK(shapes["remarks"][0] == "option covariance is \"full\" and \"tied\"");
    const std::string text = folder.latent({"diff", "a.json", "h.json"}).out;
    CHECK(text.find("parameters are not compared: one is a model gmm, the other hmm\n") == 0);
    CHECK(text.find("\nbic ") != std::string::npos);
  }

  TEST_CASE("diff: two files must be named and be models") {
    const Folder folder;
    check_error(folder.latent({"diff", "a.json"}), 2,
                "OTHER is missing, the usage is latent diff FITTED OTHER [options]; see latent diff --help");
    check_error(folder.latent({"diff", "a.json", "b.json"}), 1, "a.json: cannot be opened: No such file or directory");
  }

}  // TEST_SUITE
