#include <string>

#include <doctest/doctest.h>

#include "cli/program.hpp"
#include "support/tolerances.hpp"

// Models from shared libraries (tests/plugin, examples/plugins) have what the program's own models have.
TEST_SUITE("cli/plugin") {
  using namespace cli_test;

  const std::string folder_of_tests = LATENT_TEST_PLUGINS, folder_of_examples = LATENT_EXAMPLE_PLUGINS;
  const std::string records = folder_of_tests + "/records.so";
  const std::string extra_zeros = folder_of_examples + "/extra_zeros.so",
                    dawid_skene = folder_of_examples + "/dawid_skene.so";
  const std::string widows = LATENT_SOURCE_DIR "/examples/data/widows.csv",
                    labels = LATENT_SOURCE_DIR "/examples/data/anaesthetists.csv";

  // The mean that model `name` of records.so finds in that table.
  double mean_of(const std::string& name, const std::string& table, Words options = {}) {
    const Folder folder;
    folder.write("t.csv", table);
    Words words{"--plugin", records, "fit", name, "t.csv", "--json"};
    words.insert(words.end(), options.begin(), options.end());
    const Result result = folder.latent(words);
    CAPTURE(result.err);
    REQUIRE(result.status == 0);
    return result.json()["parameters"]["mean"].get<double>();
  }

  TEST_CASE("plugin: observations are numbers, arrays, vectors, structs, series or groups of rows") {
    CHECK(mean_of("number", "x\n1\n2\n6\n") == near(3, tolerance::rounding));
    CHECK(mean_of("three", "a,b,c\n1,2,3\n3,4,5\n") == near(432, tolerance::rounding));
    CHECK(mean_of("vector", "a,b\n1,2\n3,5\n") == near(5.5, tolerance::rounding));
    CHECK(mean_of("word", "factor,note,word\n1,x,one\n-2,y,three\n") == near(-3.5, tolerance::rounding));
    CHECK(mean_of("series", "x\n1\n2\n6\n") == near(5, tolerance::rounding));
    CHECK(mean_of("series", "s,x\na,1\na,2\nb,6\nb,7\nb,9\n", {"--sequence", "s"}) == near(2, tolerance::rounding));
    // Levels are no, yes: Ann has one yes, Bob two, wherever they stand.
    CHECK(mean_of("answers", "person,answer\nAnn,yes\nBob,yes\nAnn,no\nBob,yes\n") == near(1.5, tolerance::rounding));
  }

  TEST_CASE("plugin: columns may have other names") {
    CHECK(mean_of("word", "w,f\none,1\nthree,-2\n", {"--columns", "w,f"}) == near(-3.5, tolerance::rounding));
    CHECK(mean_of("answers", "who,what\nAnn,yes\nBob,yes\nAnn,no\nBob,yes\n",
                  {"--columns", "what", "--sequence", "who"}) == near(1.5, tolerance::rounding));
  }

  TEST_CASE("plugin: a weight belongs to a row, or to a group as a whole") {
    CHECK(mean_of("number", "x,w\n1,1\n2,3\n", {"--columns", "x", "--weights", "w"}) ==
          near(1.75, tolerance::rounding));
    CHECK(mean_of("answers", "person,answer,w\nAnn,yes,1\nBob,yes,3\nAnn,no,1\nBob,yes,3\n", {"--weights", "w"}) ==
          near(1.75, tolerance::rounding));
  }

  TEST_CASE("plugin: data that cannot be the model's are refused with their place") {
    const Folder folder;
    const auto fit = [&](const std::string& name, const std::string& table) {
      folder.write("t.csv", table);
      return folder.latent({"--plugin", records, "fit", name, "t.csv"});
    };
    check_error(fit("number", "a,b\n1,2\n"), 1, "t.csv: has 2 columns, the model takes 1; choose them by --columns");
    check_error(fit("three", "a,b,c\n1,2,3\n1,2.5,3\n"), 1,
                "t.csv: row 2, column \"b\": found 2.5, expected a whole number");
    check_error(fit("word", "word,note\none,1\n"), 1,
                "t.csv: no column \"factor\": the columns are \"word\", \"note\"");
    check_error(fit("answers", "person,answer\nAnn,yes\n,no\n"), 1,
                "t.csv:3: column \"person\" (1): found an empty cell, expected the name of a sequence");
    folder.write("t.csv", "person,answer,w\nAnn,yes,1\nBob,no,1\nAnn,no,2\n");
    check_error(folder.latent({"--plugin", records, "fit", "answers", "t.csv", "--weights", "w"}), 1,
                "t.csv: row 3 has the weight 2, but its sequence 1: a sequence is weighted as a whole");
  }

  TEST_CASE("plugin: its options are those of the program") {
    const Folder folder;
    const std::string help = folder.latent({"--plugin", extra_zeros, "fit", "extra-zeros", "--help"}).out;
    CHECK(help.find("--concentration C") != std::string::npos);
    CHECK(help.find("[1]") != std::string::npos);
    const Words fit{"--plugin",  extra_zeros, "fit",       "extra-zeros", widows,
                    "--columns", "children",  "--weights", "widows"};
    const auto with = [&](Words more) {
      more.insert(more.begin(), fit.begin(), fit.end());
      return folder.latent(more);
    };
    const double free = with({"--json"}).json()["parameters"]["extra"].get<double>();
    CHECK(free == near(0.61505, 2e-5));  // Thisted (1988)
    const double held = with({"--json", "--concentration", "1000"}).json()["parameters"]["extra"].get<double>();
    CHECK(held < free);
    CHECK(held > 0.5);
    check_error(with({"--concentration", "0.5"}), 2, "concentration must be 1 (no prior) or more");
    check_error(with({"--concentration", "much"}), 2, "concentration is 'much', it must be a number");
    check_error(with({"--components", "2"}), 2,
                "--components is not an option of latent fit extra-zeros; see latent fit extra-zeros --help");
  }

  TEST_CASE("plugin: groups of labels are fitted, predicted, scored, drawn and read again") {
    const Folder folder;
    const auto run = [&](Words words) {
      words.insert(words.begin(), {"--plugin", dawid_skene});
      const Result result = folder.latent(words);
      CAPTURE(result.err);
      CHECK(result.status == 0);
      return result.out;
    };
    run({"fit", "dawid-skene", labels, "--output", "m.json"});
    const Json file = Json::parse(folder.read("m.json"));
    CHECK(file["columns"] == Json{"annotator", "label"});
    CHECK(file["levels"] == Json{{"1", "2", "3", "4", "5"}, {"1", "2", "3", "4"}});
    CHECK(file["fit"]["log_likelihood"].get<double>() == near(-192.8908812142, 1e-7));

    const std::string predicted = run({"predict", "m.json", labels});
    CHECK(predicted.starts_with("patient,component,p1,p2,p3,p4\n1,1,"));
    CHECK(std::ranges::count(predicted, '\n') == 46);
    const std::string scores = run({"score", "m.json", labels, "--per-observation"});
    CHECK(scores.starts_with("patient,log_likelihood\n1,-"));
    CHECK(std::ranges::count(scores, '\n') == 46);
    CHECK(run({"score", "m.json", labels}).find("observations     45") != std::string::npos);

    run({"fit", "dawid-skene", labels, "--start", "m.json", "--output", "again.json"});
    CHECK(run({"inspect", "again.json"}).find("weights") != std::string::npos);
    CHECK(run({"compare", labels, "--model", "dawid-skene", "--starts", "2", "--acceleration", "none,auto"}) != "");
    CHECK(run({"diff", "m.json", "again.json"}) != "");

    folder.write("new.csv", "patient,annotator,label\n1,1,5\n");
    check_error(folder.latent({"--plugin", dawid_skene, "score", "m.json", "new.csv"}), 1,
                "new.csv:2: column \"label\" (3): found \"5\", the model knows \"1\", \"2\", \"3\", \"4\"");
  }

  TEST_CASE("plugin: what is drawn has the columns and the texts of the data") {
    const Folder folder;
    folder.write("t.csv", "person,answer\nAnn,yes\nBob,no\nAnn,no\n");
    REQUIRE(folder.latent({"--plugin", records, "fit", "answers", "t.csv", "--output", "m.json"}).status == 0);
    const std::string drawn = folder.latent({"--plugin", records, "sample", "m.json", "--count", "3000"}).out;
    CHECK(drawn.starts_with("person,answer\n1,"));
    CHECK(drawn.find("\n3000,") != std::string::npos);
    CHECK(std::ranges::count(drawn, '\n') == 6001);
    folder.write("drawn.csv", drawn);
    CHECK(folder.latent({"--plugin", records, "fit", "answers", "drawn.csv"}).status == 0);
    check_error(folder.latent({"--plugin", records, "sample", "m.json", "--count", "3", "--labels"}), 1,
                "this model does not say which component a row was drawn from");
  }

  TEST_CASE("plugin: one thread and many give the same file") {
    const Folder folder;
    for (const char* threads : {"1", "4"}) {
      REQUIRE(folder
                  .latent({"--plugin", dawid_skene, "fit", "dawid-skene", labels, "--threads", threads, "--json",
                           "--output", std::string(threads) + ".json"})
                  .status == 0);
    }
    CHECK(Json::parse(folder.read("1.json"))["parameters"] == Json::parse(folder.read("4.json"))["parameters"]);
  }

  TEST_CASE("plugin: a posterior that is not there is no prediction, but every observation has its likelihood") {
    const Folder folder;
    folder.write("t.csv", "x\n1\n2\n6\n");
    REQUIRE(folder.latent({"--plugin", records, "fit", "number", "t.csv", "--output", "m.json"}).status == 0);
    check_error(folder.latent({"--plugin", records, "predict", "m.json", "t.csv"}), 1,
                "this model has no posterior to predict with");
    CHECK(folder.latent({"--plugin", records, "score", "m.json", "t.csv", "--per-observation"}).out ==
          "log_likelihood\n-2\n-0.5\n-4.5\n");
    check_error(folder.latent({"--plugin", records, "sample", "m.json", "--count", "3"}), 1,
                "this model cannot be sampled from");
  }

  TEST_CASE("plugin: folders of LATENT_PLUGIN_PATH are loaded, and what cannot be is told and left out") {
    const Folder folder;
    const Result models =
        folder.shell("LATENT_PLUGIN_PATH=" + folder_of_examples + ":" + folder_of_tests + " $latent models");
    CHECK(models.status == 0);
    for (const char* name : {"gmm", "dawid-skene", "extra-zeros", "answers"}) {
      CHECK(models.out.find(name) != std::string::npos);
    }
    for (const char* name : {"no_plugin.so", "other_interface.so", "taken_name.so"}) {
      CHECK(models.err.find("latent: left out of LATENT_PLUGIN_PATH: " + folder_of_tests + "/" + name) !=
            std::string::npos);
    }
    const Result nowhere = folder.shell("LATENT_PLUGIN_PATH=/no/such/folder $latent models");
    CHECK(nowhere.status == 0);
    CHECK(
        nowhere.err ==
        "latent: left out of LATENT_PLUGIN_PATH: /no/such/folder: cannot be read as a folder of plugins: No such file "
        "or directory\n");
  }

  TEST_CASE("plugin: one that cannot be loaded is an error that says why") {
    const Folder folder;
    const auto load = [&](const std::string& file) { return folder.latent({"models", "--plugin", file}); };
    check_error(load("nowhere.so"), 1, "nowhere.so: there is no such plugin");
    folder.write("text.so", "no library");
    CHECK(load("text.so").err.starts_with("latent: text.so: cannot be loaded: "));
    const std::string none = folder_of_tests + "/no_plugin.so", other = folder_of_tests + "/other_interface.so",
                      taken = folder_of_tests + "/taken_name.so";
    check_error(load(none), 1, none + ": is no plugin of latent: it has no line LATENT_PLUGIN(...)");
    const std::string complaint = load(other).err;
    CHECK(complaint.starts_with("latent: " + other +
                                ": was built against latent 0.0.1, interface 0123456789ab, alignment 16, this program "
                                "is latent 0."));
    CHECK(complaint.ends_with("; build the plugin again\n"));
    check_error(load(taken), 1, taken + ": has a model 'gmm', but so has this program");
    check_error(folder.latent({"models", "--plugin"}), 2,
                "plugin has no value: it must be the file of a plugin, a .so");
  }

  TEST_CASE("plugin: a model file of a plugin that is not there names the models that are") {
    const Folder folder;
    folder.write("t.csv", "x\n1\n2\n6\n");
    REQUIRE(folder.latent({"--plugin", records, "fit", "number", "t.csv", "--output", "m.json"}).status == 0);
    const Result result = folder.latent({"inspect", "m.json"});
    CHECK(result.status == 1);
    CHECK(result.err.find("key \"model\" is \"number\", the models known here are gmm") != std::string::npos);
  }
}
