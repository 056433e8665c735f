#include <bit>
#include <cmath>
#include <cstdint>
#include <limits>
#include <string>
#include <vector>

#include <boost/random/mersenne_twister.hpp>
#include <doctest/doctest.h>
#include <latent/error.hpp>
#include <latent/json_form.hpp>

#include "support/nested_parameters.hpp"

TEST_SUITE("framework/json_form") {
  using latent::Json;

  std::string error_of(const Json& json) {
    NestedParameters read;
    try {
      latent::from_json(json, read, "parameters.");
    } catch (const latent::ModelError& error) {
      return error.what();
    }
    return "no error";
  }

  TEST_CASE("json form: an object has a key a field, and embedded fields stand beside") {
    NestedParameters parameters;
    parameters.components.means << 1, 2, 3, 4, 5, 6;
    const Json json = latent::to_json(parameters);
    std::string keys;
    for (const auto& [key, value] : json.items()) keys += key + " ";
    CHECK(keys == "weights means covariances chain rate fraction pseudo_count ");
    CHECK(json["means"].dump() == "[[1.0,2.0,3.0],[4.0,5.0,6.0]]");
    CHECK(json["covariances"][2].dump() == "[[1.0,0.0],[0.0,1.0]]");
    CHECK(json["chain"]["cuts"].dump() == "[-1.0,1.0]");
    CHECK(json["rate"] == 1.0);
  }

  TEST_CASE("json form: doubles survive the round trip through text bit for bit") {
    boost::random::mt19937_64 random(1);
    std::vector<double> numbers{0.0,
                                -0.0,
                                0.1,
                                1.0 / 3,
                                std::numeric_limits<double>::min(),
                                std::numeric_limits<double>::max(),
                                std::numeric_limits<double>::denorm_min(),
                                std::nextafter(1.0, 2.0),
                                9007199254740993.0};
    while (numbers.size() < 20000) {
      const double number = std::bit_cast<double>(static_cast<std::uint64_t>(random()));
      if (std::isfinite(number)) numbers.push_back(number);
    }
    const std::string text = latent::json_text(latent::to_json(numbers, {numbers.size()}));
    const std::vector<double> read = latent::numbers_from_json(Json::parse(text), {numbers.size()}, "numbers");
    std::size_t different = 0;
    for (std::size_t i = 0; i < numbers.size(); ++i) {
      different += std::bit_cast<std::uint64_t>(numbers[i]) != std::bit_cast<std::uint64_t>(read[i]);
    }
    CHECK(different == 0);
  }

  TEST_CASE("json form: what is read is what was written") {
    NestedParameters parameters;
    parameters.weights << 0.5, 0.125, 0.375;
    parameters.components.covariances[1] << 2, 0.5, 0.5, 1;
    parameters.chain.cuts = {-3, 0.25};
    parameters.rate = 7e-300;
    const Json json = latent::to_json(parameters);
    NestedParameters read;
    latent::from_json(Json::parse(latent::json_text(json)), read);
    CHECK(latent::to_json(read) == json);
  }

  TEST_CASE("json form: an error names the key with its place") {
    const Json right = latent::to_json(NestedParameters{});
    CHECK(error_of(right) == "no error");
    const auto spoiled = [&](const char* path, const Json& value) {
      Json json = right;
      json[Json::json_pointer(path)] = value;
      return error_of(json);
    };
    CHECK(spoiled("/means/1/2", "x") == "key \"parameters.means[1][2]\" is \"x\", it must be a number");
    CHECK(spoiled("/means/1/2", nullptr) == "key \"parameters.means[1][2]\" is null, it must be a number");
    CHECK(spoiled("/means/1", Json::array({1, 2})) ==
          "key \"parameters.means[1]\" has the wrong shape: it must be a list of 3 numbers, found a list of length 2");
    CHECK(spoiled("/rate", Json::array()) == "key \"parameters.rate\" is a list of length 0, it must be a number");
    CHECK(spoiled("/rate", -1) == "key \"parameters.rate\" has the value -1, it must be positive");
    CHECK(spoiled("/covariances/2/1/1", 0) ==
          "key \"parameters.covariances[2]\" is not positive definite: its diagonal entry 2 is 0");
    CHECK(spoiled("/chain/transitions/1/0", 1) ==
          "key \"parameters.chain.transitions[1]\" sums to 1.6666666666666665, it must sum to 1");
    CHECK(spoiled("/chain/cuts", Json::array({2, 1})) ==
          "key \"parameters.chain.cuts\" has 2 before 1, it must increase");
    CHECK(spoiled("/chain", 3) == "key \"parameters.chain\" is 3, it must be an object with the key \"transitions\"");
    Json missing = right;
    missing["chain"].erase("cuts");
    CHECK(error_of(missing) == "key \"parameters.chain.cuts\" is missing");
  }

  TEST_CASE("json form: unknown keys are refused, at any depth") {
    const Json known = latent::to_json(NestedParameters{});
    const auto error = [&](const Json& json) {
      try {
        latent::refuse_unknown_keys(json, known, "parameters.");
      } catch (const latent::ModelError& refused) {
        return std::string(refused.what());
      }
      return std::string("no error");
    };
    Json json = known;
    CHECK(error(json) == "no error");
    json["chain"]["cut"] = 1;
    CHECK(error(json) == "key \"parameters.chain.cut\" is unknown, the keys there are transitions, cuts");
  }

  TEST_CASE("json form: values in messages are short and on one line") {
    CHECK(latent::shown_value(Json::parse("[[[1]]]")) == "a list of length 1");
    CHECK(latent::shown_value(Json::parse("{\"a\": 1}")) == "an object");
    CHECK(latent::shown_value("two\nlines") == "\"two\\nlines\"");
    CHECK(latent::shown_value(std::string(1000, 'x')).size() < 60);
    CHECK(latent::shown_value(nullptr) == "null");
    CHECK(latent::shown_value(0.25) == "0.25");
  }

  TEST_CASE("json form: text has lists of plain values on one line") {
    CHECK(latent::json_text(
              Json::parse(R"({"a": [1, 2.5, "x"], "b": {"c": [[1], [2]], "d": {}}, "e": [], "f": null})")) ==
          "{\n  \"a\": [1, 2.5, \"x\"],\n  \"b\": {\n    \"c\": [\n      [1],\n      [2]\n    ],\n    \"d\": {}\n  },\n"
          "  \"e\": [],\n  \"f\": null\n}");
  }

  TEST_CASE("json form: text is valid JSON for what is no number and for what is no UTF-8") {
    const Json json{{"nan", std::nan("")}, {"inf", -INFINITY}, {"k\xff", "v\xe9"}};
    const Json read = Json::parse(latent::json_text(json));
    CHECK(read["nan"].is_null());
    CHECK(read["inf"].is_null());
    CHECK(read.size() == 3);
  }

}  // TEST_SUITE
