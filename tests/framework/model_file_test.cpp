#include <filesystem>
#include <fstream>
#include <memory>
#include <string>

#include <doctest/doctest.h>
#include <latent/error.hpp>
#include <latent/model_file.hpp>
#include <latent/typed_model.hpp>

#include "support/line_model.hpp"
#include "support/temporary_folder.hpp"

TEST_SUITE("framework/model_file") {
  using latent::Json;

  latent::ModelEntry halves_entry() {
    return {"halves",
            "two halves of the line",
            {{"side", "SIDE", "which half is certain", "left"}, {"depth", "N", "how deep"}},
            [](const latent::OptionTexts& options, const latent::TableColumns& columns, const latent::RowData*) {
              const Json stored{{"dimensions", columns.size()},
                                {"side", options.text("side")},
                                {"depth", options.whole_number("depth", 1)}};
              return std::make_unique<latent::TypedModel<TwoHalves>>(
                  TwoHalves{}, [] { return TwoHalves::Parameters{}; }, 1, stored, columns.size(), 2);
            }};
  }
  const std::vector<latent::ModelEntry> entries{halves_entry()};

  Json right_file() {
    return Json::parse(R"({"format": "latent-model", "version": 1, "model": "halves",
    "options": {"dimensions": 1, "depth": 3}, "parameters": {"share": 0.25, "pair": [1, 2]}})");
  }

  class File : TemporaryFolder {
   public:
    explicit File(const std::string& content) { std::ofstream(path()) << content; }
    std::filesystem::path path() const { return *this / "model.json"; }
  };

  std::string error_of(const std::string& text) {
    const File file(text);
    try {
      latent::read_model_file(file.path(), entries);
    } catch (const latent::ModelError& error) {
      const std::string message = error.what();
      REQUIRE(message.starts_with(file.path().string() + ": "));
      return message.substr(file.path().string().size() + 2);
    }
    return "no error";
  }

  TEST_CASE("model file: holds name, options, columns, parameters and fit") {
    Json json = right_file();
    json["parameters"].erase("pair");
    json["columns"] = {"x"};
    json["fit"] = {{"verdict", "converged"}};
    const latent::StoredModel stored = latent::model_from_json(json, entries);
    CHECK(stored.name == "halves");
    CHECK(stored.columns == std::vector<std::string>{"x"});
    CHECK(stored.model->parameters()["share"] == 0.25);
    CHECK(stored.model->options().dump() == R"({"dimensions":1,"side":"left","depth":3})");
    CHECK(stored.fit["verdict"] == "converged");
  }

  TEST_CASE("model file: what is written is read, and written the same again") {
    const auto model =
        halves_entry().make(latent::OptionTexts(std::map<std::string, std::string>{{"side", "right"}, {"depth", "7"}}),
                            latent::TableColumns(1), nullptr);
    model->set_parameters({{"share", 1.0 / 3}});
    const std::vector<std::string> columns{"x"};
    const Json written = latent::model_to_json("halves", *model, columns, nullptr);
    CHECK(!written.contains("fit"));
    const std::string text = latent::json_text(written);
    const latent::StoredModel stored = latent::model_from_json(Json::parse(text), entries);
    CHECK(stored.fit.is_null());
    CHECK(latent::json_text(latent::model_to_json(stored.name, *stored.model, stored.columns, stored.fit)) == text);
  }

  TEST_CASE("model file: errors begin with the file and name the key") {
    Json json = right_file();
    CHECK(error_of(json.dump()) == "key \"parameters.pair\" is unknown, the keys there are share");
    json["parameters"].erase("pair");
    CHECK(error_of(json.dump()) == "no error");
    json["options"]["depth"] = 0;
    CHECK(error_of(json.dump()) == "key \"options\": depth is '0', it must be a whole number, 1 or more");
    json["options"].erase("depth");
    CHECK(error_of(json.dump()) == "key \"options\": option depth is missing");
    json["model"] = "thirds";
    CHECK(error_of(json.dump()) ==
          "key \"model\" is \"thirds\", the models known here are halves; one of a plugin "
          "needs --plugin FILE or LATENT_PLUGIN_PATH");
    json["version"] = 3;
    CHECK(error_of(json.dump()) == "key \"version\" is 3, this program reads version 1");
  }

  TEST_CASE("model file: a key twice, nesting without end and text that is no JSON are refused") {
    CHECK(error_of(R"({"format": "latent-model", "format": "latent-model"})") ==
          "key \"format\" stands twice in the same object");
    CHECK(error_of(std::string(100000, '[')) == "is not a model file: it is nested deeper than 100");
    CHECK(error_of("x,y\n1,2\n").starts_with("is not a model file: parse error at line 1, column 1: "));
  }

  TEST_CASE("model file: one that is not there, or is a folder, is said to be") {
    CHECK_THROWS_WITH_AS(latent::read_model_file("/none/m.json", entries),
                         "/none/m.json: cannot be opened: No such file or directory", latent::ModelError);
    CHECK_THROWS_WITH_AS(latent::read_model_file("/tmp", entries), "/tmp: is a directory, a model file is expected",
                         latent::ModelError);
  }

}  // TEST_SUITE
