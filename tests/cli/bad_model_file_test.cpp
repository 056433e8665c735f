#include <string>

#include <doctest/doctest.h>

#include "cli/program.hpp"

TEST_SUITE("cli/bad_model_file") {
  using namespace cli_test;

  // A model that is right, to be spoiled.
  Json right_model() {
    return Json::parse(R"({"format": "latent-model", "version": 1, "model": "gmm",
    "options": {"components": 2, "dimensions": 2, "covariance": "full"},
    "columns": ["eruptions", "waiting"],
    "parameters": {"weights": [0.25, 0.75], "means": [[2, 55], [4.3, 80]],
                   "covariances": [[[0.1, 0.4], [0.4, 35]], [[0.2, 0.9], [0.9, 36]]]}})");
  }

  void refused_text(const std::string& text, const std::string& line) {
    const Folder folder;
    folder.write("m.json", text);
    CAPTURE(text.substr(0, 200));
    check_error(folder.latent({"inspect", "m.json"}), 1, "m.json: " + line);
    check_error(folder.latent({"fit", "gmm", old_faithful, "--start", "m.json", "--output", "new.json"}), 1,
                "m.json: " + line);
    CHECK(folder.files() == std::vector<std::string>{"m.json"});
  }

  template <class Spoil>
  void refused(const Spoil& spoil, const std::string& line) {
    Json model = right_model();
    spoil(model);
    refused_text(model.dump(), line);
  }

  TEST_CASE("model file: the right one is read") {
    const Folder folder;
    folder.write("m.json", right_model().dump());
    const Result result = folder.latent({"score", "m.json", old_faithful});
    CHECK(result.err == "");
    CHECK(result.status == 0);
  }

  TEST_CASE("model file: each missing key is named") {
    for (const char* key : {"format", "version", "model", "options", "parameters"}) {
      refused([&](Json& model) { model.erase(key); }, "key \"" + std::string(key) + "\" is missing");
    }
    for (const char* key : {"weights", "means", "covariances"}) {
      refused([&](Json& model) { model["parameters"].erase(key); },
              "key \"parameters." + std::string(key) + "\" is missing");
    }
    refused([](Json& model) { model["options"].erase("dimensions"); }, "key \"options.dimensions\" is missing");
    refused([](Json& model) { model["options"].erase("components"); }, "key \"options\": option components is missing");
  }

  TEST_CASE("model file: wrong format, version and model are named") {
    refused([](Json& model) { model["format"] = "onnx"; }, "key \"format\" is \"onnx\", it must be \"latent-model\"");
    refused([](Json& model) { model["format"] = 3; }, "key \"format\" is 3, it must be a text");
    refused([](Json& model) { model["version"] = 2; }, "key \"version\" is 2, this program reads version 1");
    refused([](Json& model) { model["version"] = "1"; }, "key \"version\" is \"1\", this program reads version 1");
    refused([](Json& model) { model["model"] = "hmmm"; },
            "key \"model\" is \"hmmm\", the models known here are gmm, mixture, hmm; one of a plugin needs --plugin "
            "FILE or LATENT_PLUGIN_PATH");
    refused([](Json& model) { model["model"] = Json::array(); },
            "key \"model\" is a list of length 0, it must be a text");
  }

  TEST_CASE("model file: wrong options are named") {
    const auto option = [](const char* name, const Json& value, const std::string& line) {
      refused([&](Json& model) { model["options"][name] = value; }, line);
    };
    option("dimensions", 0, "key \"options.dimensions\" is 0, it must be a whole number, 1 or more");
    option("dimensions", -2, "key \"options.dimensions\" is -2, it must be a whole number, 1 or more");
    option("dimensions", "2", "key \"options.dimensions\" is \"2\", it must be a whole number, 1 or more");
    option("dimensions", 1000000000, "key \"columns\" has length 2, \"options.dimensions\" is 1000000000");
    option("components", 0, "key \"options\": components is '0', it must be a whole number, 1 or more");
    option("components", -1, "key \"options\": components is '-1', it must be a whole number, 1 or more");
    option("components", 2.5, "key \"options\": components is '2.5', it must be a whole number, 1 or more");
    option("components", 1000000000, "key \"parameters\" holds 14 numbers, by the options it must hold 7e+09");
    option("components", 18446744073709551615ULL,
           "key \"parameters\" holds 14 numbers, by the options it must hold 1.29127e+20");
    option("components", 3,
           "key \"parameters.weights\" has the wrong shape: it must be a list of 3 numbers, found a list of length 2");
    option("covariance", "round",
           "key \"options\": covariance is 'round', it must be full, tied, diagonal or spherical");
    option("covariance", nullptr,
           "key \"options\": covariance is 'null', it must be full, tied, diagonal or spherical");
    option("covariance", "tied", "key \"parameters.covariances[0][0]\" is a list of length 2, it must be a number");
    option("covarience", "full",
           "key \"options.covarience\" is unknown, the keys there are components, dimensions, covariance");
    refused([](Json& model) { model["options"] = "full"; },
            "key \"options\" is \"full\", it must be an object with the key \"dimensions\"");
  }

  TEST_CASE("model file: wrong parameters are named with their place, counted from 0") {
    const auto parameter = [](const char* path, const Json& value, const std::string& line) {
      refused([&](Json& model) { model["parameters"][Json::json_pointer(path)] = value; }, line);
    };
    parameter("/weights/1", 0.8, "key \"parameters.weights\" sums to 1.05, it must sum to 1");
    parameter("/weights", Json::parse("[-0.5, 1.5]"),
              "key \"parameters.weights\" has the value -0.5, probabilities are not negative");
    parameter("/weights", 1, "key \"parameters.weights\" has the wrong shape: it must be a list of 2 numbers, found 1");
    parameter("/means/1/0", nullptr, "key \"parameters.means[1][0]\" is null, it must be a number");
    parameter("/means/1/0", "4.3", "key \"parameters.means[1][0]\" is \"4.3\", it must be a number");
    parameter("/means/1/0", true, "key \"parameters.means[1][0]\" is true, it must be a number");
    parameter(
        "/means/1", Json::parse("[1, 2, 3]"),
        "key \"parameters.means[1]\" has the wrong shape: it must be a list of 2 numbers, found a list of length 3");
    parameter("/means", Json::parse("{}"),
              "key \"parameters.means\" has the wrong shape: it must be a list of 2 x 2 numbers, found an object");
    parameter("/covariances/1/0/0", -1,
              "key \"parameters.covariances[1]\" is not positive definite: its diagonal entry 1 is -1");
    parameter("/covariances/0", Json::parse("[[1, 2], [2, 1]]"),
              "key \"parameters.covariances[0]\" is not positive definite: a linear combination of its variables has "
              "no variance");
    parameter("/covariances/1/0/1", 0.8,
              "key \"parameters.covariances[1]\" is not symmetric: entry (2, 1) is 0.9 and entry (1, 2) is 0.8");
    parameter("/covarainces", 0,
              "key \"parameters.covarainces\" is unknown, the keys there are weights, means, covariances");
    refused([](Json& model) { model["parameters"] = Json::array(); },
            "key \"parameters\" is a list of length 0, it must be an object with the key \"weights\"");
  }

  TEST_CASE("model file: other covariance shapes name their places too") {
    Json diagonal = right_model();
    diagonal["options"]["covariance"] = "diagonal";
    diagonal["parameters"]["covariances"] = Json::parse("[[1, 2], [3, 0]]");
    refused_text(diagonal.dump(), "key \"parameters.covariances[1][1]\" has the value 0, it must be positive");
    Json spherical = right_model();
    spherical["options"]["covariance"] = "spherical";
    spherical["parameters"]["covariances"] = Json::parse("[-1, 2]");
    refused_text(spherical.dump(), "key \"parameters.covariances[0]\" has the value -1, it must be positive");
  }

  TEST_CASE("model file: wrong names of columns are named") {
    const auto columns = [](const char* value, const std::string& line) {
      refused([&](Json& model) { model["columns"] = Json::parse(value); }, line);
    };
    columns(R"(["a"])", "key \"columns\" has length 1, \"options.dimensions\" is 2");
    columns(R"(["a", 2])", "key \"columns\" holds 2, it must be a list of names");
    columns(R"("a,b")", "key \"columns\" is \"a,b\", it must be a list of names");
    columns(R"(["a", "a"])", "key \"columns\" has \"a\" twice");
  }

  TEST_CASE("model file: an unknown key is refused, a comment is not") {
    refused([](Json& model) { model["column"] = Json::array(); },
            "key \"column\" is unknown, the keys there are format, version, model, comment, options, columns, levels, "
            "parameters, fit");
    const Folder folder;
    Json model = right_model();
    model["comment"] = "drawn by hand";
    model["fit"] = {{"anything", {{"nested", nullptr}}}};
    folder.write("m.json", model.dump());
    CHECK(folder.latent({"inspect", "m.json"}).status == 0);
  }

  TEST_CASE("model file: a key that stands twice is refused") {
    std::string text = right_model().dump();
    text.replace(text.find("\"weights\""), 9, "\"weights\":[0.5,0.5],\"weights\"");
    refused_text(text, "key \"weights\" stands twice in the same object");
  }

  TEST_CASE("model file: what is no JSON is refused with the place") {
    refused_text(
        "",
        "is not a model file: parse error at line 1, column 1: syntax error while parsing value - unexpected end "
        "of input; expected '[', '{', or a literal");
    refused_text(
        "{\"format\": \"latent-model\",\n  \"version\": 1,\n}",
        "is not a model file: parse error at line 3, column 1: syntax error while parsing object key - unexpected "
        "'}'; expected string literal");
    refused_text("[]", "is a list of length 0, a model file is a JSON object");
    refused_text("null", "is null, a model file is a JSON object");
    std::string nan = right_model().dump();
    nan.replace(nan.find("0.25"), 4, "NaN");
    refused_text(nan,
                 "is not a model file: parse error at line 1, column 173: syntax error while parsing value - invalid "
                 "literal; last read: '\"weights\":[N'");
    std::string huge = right_model().dump();
    huge.replace(huge.find("0.25"), 4, "1e999");
    refused_text(huge, "is not a model file: number overflow parsing '1e999'");
    refused_text(
        std::string("\x93NUMPY\x01\x00v\x00", 10),
        "is not a model file: parse error at line 1, column 1: syntax error while parsing value - invalid literal; "
        "last read: '?'");
    refused_text("\n\x1b[31m\x07 red",
                 "is not a model file: parse error at line 2, column 1: syntax error while parsing value - "
                 "invalid literal; last read: '<U+000A><U+001B>'");
  }

  TEST_CASE("model file: nesting without end is refused") {
    refused_text(std::string(1000000, '['), "is not a model file: it is nested deeper than 100");
    Json model = right_model();
    model["version"] = Json::parse(std::string(90, '[') + std::string(90, ']'));
    refused_text(model.dump(), "key \"version\" is a list of length 1, this program reads version 1");
  }

  TEST_CASE("model file: of another model or shape than the fit is refused") {
    const Folder folder;
    folder.write("m.json", right_model().dump());
    check_error(folder.latent({"fit", "gmm", old_faithful, "--start", "m.json", "--covariance", "tied"}), 2,
                "covariance is tied, but m.json has full");
    check_error(folder.latent({"fit", "gmm", old_faithful, "--start", "m.json", "--components", "3"}), 2,
                "components is 3, but m.json has 2");
    check_error(folder.latent({"fit", "gmm", old_faithful, "--start", "m.json", "--starts", "5"}), 2,
                "starts is 5, from a file there is only one");
    folder.write("x.csv", "1,2,3\n4,5,6\n7,8,10\n");
    const std::string columns = "x.csv: has 3 columns, the model was fitted to 2; choose them by --columns";
    check_error(folder.latent({"fit", "gmm", "x.csv", "--start", "m.json"}), 1, columns);
    check_error(folder.latent({"predict", "m.json", "x.csv"}), 1, columns);
    check_error(folder.latent({"score", "m.json", "x.csv"}), 1, columns);
    folder.write("one.csv", "eruptions\n4\n7\n");
    check_error(folder.latent({"predict", "m.json", "one.csv"}), 1,
                "one.csv: no column \"waiting\": the column is \"eruptions\"");
  }

}  // TEST_SUITE
