#include <string>

#include <doctest/doctest.h>

#include "cli/program.hpp"
#include "support/tolerances.hpp"

// Models of sequences, and models of symbols, from the command line.

TEST_SUITE("cli/sequences") {
  using namespace cli_test;

  const std::string counts = R"({"format": "latent-model", "version": 1, "model": "hmm",
    "options": {"states": 2, "dimensions": 1, "family": "poisson"}, "columns": ["n"],
    "parameters": {"initial": [1, 0], "transitions": [[0.9, 0.1], [0.2, 0.8]], "emissions": {"rates": [[1], [9]]}}})";
  const std::string letters = R"({"format": "latent-model", "version": 1, "model": "hmm",
    "options": {"states": 2, "dimensions": 1, "family": "categorical", "symbols": ["b", "a, a"]}, "columns": ["letter"],
    "parameters": {"initial": [1, 0], "transitions": [[0.5, 0.5], [0, 1]],
                   "emissions": {"probabilities": [[1, 0], [0, 1]]}}})";

  // A folder with both models, and with four sequences of 60 counts drawn from the first.
  class Drawn : public Folder {
   public:
    Drawn() {
      write("m.json", counts);
      write("letters.json", letters);
      REQUIRE(
          latent({"sample", "m.json", "--count", "60", "--sequences", "4", "--labels", "--output", "x.csv"}).status ==
          0);
    }
    Result fit(Words more) const {
      more.insert(more.begin(), {"fit", "hmm", "x.csv", "--states", "2", "--family", "poisson", "--columns", "n"});
      return latent(more);
    }
  };

  std::size_t lines_of(const std::string& text) {
    return static_cast<std::size_t>(std::count(text.begin(), text.end(), '\n'));
  }

  TEST_CASE("sequences: are drawn with their numbers, fitted, and stored without the column that names them") {
    const Drawn folder;
    CHECK(folder.read("x.csv").starts_with("sequence,n,state\n1,"));
    CHECK(lines_of(folder.read("x.csv")) == 241);
    const Result fitted = folder.latent({"fit", "hmm", "x.csv", "--states", "2", "--family", "poisson", "--sequence",
                                         "sequence", "--known-states", "state", "--output", "f.json"});
    CHECK(fitted.err == "");
    REQUIRE(fitted.status == 0);
    CHECK(fitted.out.find("AIC, BIC          ") != std::string::npos);
    CHECK(fitted.out.find("ICL") == std::string::npos);
    const Json model = Json::parse(folder.read("f.json"));
    CHECK(model["columns"] == Json{"n"});
    CHECK(model["fit"]["icl"].is_null());
    CHECK(model["fit"]["options"]["known-states"] == "state");
    for (const auto& row : model["parameters"]["emissions"]["rates"]) CHECK(row.size() == 1);
  }

  TEST_CASE("sequences: of given lengths are those of a column, and say more than one long sequence") {
    const Drawn folder;
    folder.write("lengths.txt", "60\n60\r\n\n 60\n60\n");
    const Result by_column = folder.latent({"score", "m.json", "x.csv", "--sequence", "sequence", "--per-observation"});
    CHECK(by_column.out.starts_with("sequence,log_likelihood\n1,-"));
    CHECK(lines_of(by_column.out) == 5);
    CHECK(folder.latent({"score", "m.json", "x.csv", "--lengths", "lengths.txt", "--per-observation"}).out ==
          by_column.out);
    const Json one = folder.latent({"score", "m.json", "x.csv", "--json"}).json();
    CHECK(one["observations"] == 1);
    CHECK(one["rows"] == 240);
    const Json four = folder.latent({"score", "m.json", "x.csv", "--lengths", "lengths.txt", "--json"}).json();
    CHECK(four["observations"] == 4);
    CHECK(four["log_likelihood"] != one["log_likelihood"]);
    CHECK(folder.latent({"score", "m.json", "x.csv"}).out.ends_with("\nsequences        1\nrows             240\n"));
  }

  TEST_CASE("sequences: states are decoded in three ways") {
    const Drawn folder;
    const auto predict = [&](Words more) {
      more.insert(more.begin(), {"predict", "m.json", "x.csv"});
      return folder.latent(more).out;
    };
    CHECK(predict({}).starts_with("state,p1,p2\n1,"));
    CHECK(lines_of(predict({})) == 241);
    CHECK(predict({"--sequence", "sequence"}).starts_with("sequence,state,p1,p2\n1,1,"));
    CHECK(predict({"--decode", "viterbi"}).starts_with("state\n1\n"));
    CHECK(predict({"--decode", "filtered"}) != predict({"--decode", "posterior"}));
    CHECK(predict({"--decode", "posterior"}) == predict({}));
  }

  TEST_CASE("sequences: forecasts have probabilities of states and expected values") {
    const Folder folder;
    folder.write("m.json", counts);
    folder.write("x.csv", "id,n\nu,0\nu,0\n\"v, w\",0\n");
    const Result forecast = folder.latent({"forecast", "m.json", "x.csv", "--sequence", "id", "--steps", "2"});
    CHECK(forecast.err == "");
    CHECK(forecast.out.starts_with("sequence,step,p1,p2,n\nu,1,"));
    CHECK(forecast.out.find("\n\"v, w\",1,0.9,0.1") != std::string::npos);
    CHECK(lines_of(forecast.out) == 5);
    CHECK(folder.latent({"forecast", "m.json", "x.csv"}).out.starts_with("step,p1,p2,n\n1,"));
    check_error(folder.latent({"forecast", "m.json", "x.csv", "--steps", "0"}), 2,
                "steps is '0', it must be a whole number, 1 or more");
  }

  TEST_CASE("sequences: cells may be missing") {
    const Folder folder;
    folder.write("m.json", counts);
    folder.write("x.csv", "n\n1\nNA\n\n2\n");
    CHECK(lines_of(folder.latent({"predict", "m.json", "x.csv"}).out) == 5);
  }

  TEST_CASE("sequences: a picture of a fit is drawn") {
    const Drawn folder;
    const Result drawn = folder.fit({"--sequence", "sequence", "--plot", "p.svg"});
    CHECK(drawn.err == "");
    CHECK(folder.read("p.svg").find("<svg") != std::string::npos);
  }

  TEST_CASE("sequences: what does not fit together is refused") {
    const Drawn folder;
    const auto refused = [&](const Words& more, int status, const std::string& line) {
      CAPTURE(line);
      check_error(folder.fit(more), status, line);
    };
    folder.write("short.txt", "60\n60\n");
    folder.write("long.txt", "60\n600\n");
    folder.write("zero.txt", "60\n0\n");
    refused({"--lengths", "short.txt"}, 1, "short.txt: the lengths sum to 120, x.csv has 240 rows");
    refused({"--lengths", "long.txt"}, 1, "long.txt: the lengths sum to more than the 240 rows of x.csv");
    refused({"--lengths", "zero.txt"}, 1,
            "zero.txt:2: found \"0\", expected the length of a sequence, a whole number from 1");
    refused({"--lengths", "none.txt"}, 1, "none.txt: cannot be opened: No such file or directory");
    refused({"--lengths", "short.txt", "--sequence", "sequence"}, 2,
            "sequence and lengths are both given, one of them says where a sequence begins");
    refused({"--start-labels", "state"}, 2,
            "--start-labels is not an option of latent fit hmm; see latent fit hmm --help");
    folder.write("x.csv", "n,id,state\n1,a,1\n2,b,7\n3,a,0\n");
    refused(
        {"--sequence", "id"}, 1,
        "x.csv:4: column \"id\" (2): found \"a\" again after \"b\", the rows of a sequence must follow one another");
    refused(
        {"--known-states", "state"}, 1,
        "x.csv:4: column \"state\" (3): found \"0\", expected a state, a whole number from 1, or nothing where none "
        "is known");
    folder.write("x.csv", "n,id,state\n1,a,1\n2,b,7\n3,a,\n");
    refused({"--known-states", "state"}, 1, "x.csv: row 2 has the known state 7, the model has 2 states");
    folder.write("x.csv", "n,id,state\n1,a,1\n2,b\n");
    refused({}, 1, "x.csv:3: found 2 cells, expected 3 as on line 1");
  }

  TEST_CASE("symbols: are drawn, fitted and printed as their texts") {
    const Drawn folder;
    const Result drawn = folder.latent({"sample", "letters.json", "--count", "20", "--output", "l.csv"});
    CHECK(drawn.status == 0);
    CHECK(folder.read("l.csv").starts_with("letter\nb\n"));
    CHECK(folder.read("l.csv").ends_with("\n\"a, a\"\n"));
    const Result fitted =
        folder.latent({"fit", "hmm", "l.csv", "--states", "2", "--family", "categorical", "--output", "f.json"});
    CHECK(fitted.err == "");
    CHECK(Json::parse(folder.read("f.json"))["options"]["symbols"] == Json{"a, a", "b"});
    CHECK(fitted.out.find("  a, a  ") != std::string::npos);
    CHECK(folder.latent({"score", "f.json", "l.csv"}).status == 0);
    CHECK(folder.latent({"forecast", "letters.json", "l.csv"}).out == "step,p1,p2\n1,0,1\n");
    check_error(folder.latent({"sample", "letters.json", "--count", "2", "--output", "l.npy"}), 2,
                "output is 'l.npy', a .npy file holds no texts: write CSV");
  }

  TEST_CASE("symbols: one that the model does not know is refused, and so are two columns") {
    const Drawn folder;
    folder.write("l.csv", "letter\nb\nb\né\n");
    check_error(folder.latent({"predict", "letters.json", "l.csv"}), 1,
                "l.csv:4: column \"letter\" (1): found \"é\", the model knows \"a, a\", \"b\"");
    folder.write("two.csv", "letter,word\nb,c\nb,d\nc,d\n");
    check_error(folder.latent({"fit", "hmm", "two.csv", "--states", "2", "--family", "categorical"}), 1,
                "two.csv: has 2 columns, a model of symbols takes one; choose it by --columns");
  }

  TEST_CASE("sequences: an impossible one is named with its file by every command") {
    const Drawn folder;
    folder.write("l.csv", "letter\nb\n\"a, a\"\nb\n");
    for (const Words& words : {Words{"predict"}, Words{"predict", "--decode", "viterbi"}, Words{"score"},
                               Words{"score", "--per-observation"}, Words{"forecast"}}) {
      Words all{words.front(), "letters.json", "l.csv"};
      all.insert(all.end(), words.begin() + 1, words.end());
      CAPTURE(words);
      const Result result = folder.latent(all);
      CHECK(result.status == 1);
      CHECK(result.err.starts_with("latent: l.csv: sequence 1, step 3 is impossible under the model"));
    }
  }

}  // TEST_SUITE
