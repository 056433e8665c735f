#include <algorithm>
#include <sstream>
#include <string>

#include <doctest/doctest.h>
#include <latent/fit_options.hpp>
#include <latent/text.hpp>

#include "cli/program.hpp"

TEST_SUITE("cli/usage") {
  using namespace cli_test;

  TEST_CASE("help: every page fits into 110 columns and goes to standard output") {
    const Folder folder;
    for (const Words& words :
         {Words{"--help"}, Words{"help"}, Words{"-h"}, Words{"fit", "--help"}, Words{"fit", "gmm", "--help"},
          Words{"fit", "gmm", "-h"}, Words{"fit", "mixture", "--help"}, Words{"fit", "hmm", "--help"},
          Words{"resume", "--help"}, Words{"predict", "--help"}, Words{"score", "--help"}, Words{"sample", "--help"},
          Words{"forecast", "--help"}, Words{"compare", "--help"}, Words{"diff", "--help"}, Words{"check", "--help"},
          Words{"inspect", "--help"}, Words{"models", "--help"}, Words{"help", "predict"}}) {
      CAPTURE(words);
      const Result result = folder.latent(words);
      CHECK(result.status == 0);
      CHECK(result.err == "");
      CHECK(result.out.starts_with("usage: latent "));
      CHECK(result.out.ends_with("\n"));
      std::istringstream lines(result.out);
      for (std::string line; std::getline(lines, line);) {
        CAPTURE(line);
        CHECK(line.size() <= 110);
        CHECK(!line.ends_with(" "));
      }
    }
  }

  TEST_CASE("help: the overview names every command") {
    const Folder folder;
    const std::string help = folder.latent({"--help"}).out;
    for (const char* command :
         {"fit MODEL DATA", "resume FILE", "predict FITTED DATA", "score FITTED DATA", "forecast FITTED DATA",
          "sample FITTED --count N", "compare DATA --model \"...\"", "diff FITTED OTHER", "inspect FITTED", "models"}) {
      std::string line = "\n  latent ";
      line += command;
      CHECK(help.find(line) != std::string::npos);
    }
  }

  TEST_CASE("help: of a fit without a model lists the models and says how to go on") {
    const Folder folder;
    const std::string help = folder.latent({"fit", "--help"}).out;
    CHECK(help.find("\n  gmm       mixture of Gaussians\n") != std::string::npos);
    CHECK(help.find("latent fit MODEL --help") != std::string::npos);
  }

  TEST_CASE("help: options stand in two columns, with the defaults of the structs") {
    const Folder folder;
    const latent::FitOptions defaults;
    const std::string help = folder.latent({"fit", "gmm", "--help"}).out;
    CHECK(help.starts_with("usage: latent fit gmm DATA... --components K [options]\n"));
    CHECK(help.find("\n  --starts N              starts, of which the best is kept [" +
                    std::to_string(defaults.starts) + "]\n") != std::string::npos);
    CHECK(help.find("never stop [" + latent::number(defaults.tolerance) + "]\n") != std::string::npos);
    CHECK(help.find("[" + std::to_string(defaults.max_iterations) + "]\n") != std::string::npos);
    CHECK(help.find("\n  --components K          number of Gaussians\n") != std::string::npos);
    CHECK(help.find("\n  --help                  show this page\n") != std::string::npos);
  }

  TEST_CASE("help: of a model of rows without order tells nothing of sequences") {
    const Folder folder;
    const std::string help = folder.latent({"fit", "gmm", "--help"}).out;
    for (const char* option : {"--sequence", "--lengths", "--known-states"})
      CHECK(help.find(option) == std::string::npos);
    CHECK(help.find("--start-labels") != std::string::npos);
    check_error(folder.latent({"fit", "gmm", old_faithful, "--components", "2", "--sequence", "1"}), 2,
                "--sequence is not an option of latent fit gmm; see latent fit gmm --help");
  }

  TEST_CASE("version: is one line") {
    const Folder folder;
    const Result result = folder.latent({"--version"});
    CHECK(result.status == 0);
    CHECK(result.out.starts_with("latent "));
    CHECK(std::ranges::count(result.out, '\n') == 1);
  }

  TEST_CASE("models: are listed with what they are") {
    const Folder folder;
    CHECK(folder.latent({"models"}).out ==
          "gmm      mixture of Gaussians\nmixture  mixture of densities of one family\nhmm      hidden Markov model\n");
  }

  TEST_CASE("usage: without words the overview goes to standard error with status 2") {
    const Folder folder;
    const Result result = folder.latent({});
    CHECK(result.status == 2);
    CHECK(result.out == "");
    CHECK(result.err == folder.latent({"--help"}).out);
  }

  TEST_CASE("usage: wrong words end with status 2 and a line that says what would be right") {
    const Folder folder;
    const std::string data = old_faithful;
    const auto refused = [&](const Words& words, const std::string& line) {
      CAPTURE(words);
      check_error(folder.latent(words), 2, line);
    };
    refused({"fti"}, "'fti' is not a command; see latent --help");
    refused({"help", "fti"}, "'fti' is not a command; see latent --help");
    refused({"fit"}, "MODEL is missing, the usage is latent fit MODEL DATA [options]; see latent models");
    refused({"fit", "hmmm", data},
            "'hmmm' is not a model; those known are gmm, mixture, hmm, one of a plugin needs --plugin FILE or "
            "LATENT_PLUGIN_PATH");
    refused({"fit", "gmm", "--components", "2"},
            "DATA is missing, the usage is latent fit gmm DATA... --components K [options]; see latent fit gmm --help");
    refused({"fit", "gmm", data}, "--components is missing: the number of Gaussians; see latent fit gmm --help");
    refused({"predict", "m.json"},
            "DATA is missing, the usage is latent predict FITTED DATA... [options]; see latent predict --help");
    refused({"sample", "m.json"}, "--count is missing");
    refused({"models", "gmm"}, "'gmm' is one word too many, the usage is latent models; see latent models --help");
    refused({"inspect", "m.json", "--json"}, "--json is not an option of latent inspect; see latent inspect --help");
  }

  TEST_CASE("usage: wrong options of a fit end with status 2 and name option, value and rule") {
    const Folder folder;
    const auto refused = [&](const Words& options, const std::string& line) {
      Words words{"fit", "gmm", old_faithful, "--components", "2"};
      words.insert(words.end(), options.begin(), options.end());
      CAPTURE(options);
      check_error(folder.latent(words), 2, line);
    };
    const std::string see = "; see latent fit gmm --help";
    refused({"--colour", "red"}, "--colour is not an option of latent fit gmm" + see);
    refused({"--start-label", "1"}, "--start-label is not an option of latent fit gmm" + see);
    refused({"-k", "3"}, "-k is not an option of latent fit gmm" + see);
    refused({"--seed"}, "--seed has no value" + see);
    refused({"--seed="}, "--seed has no value" + see);
    refused({"--output", "--json"}, "--output has no value" + see);
    refused({"--weights", ""}, "--weights is empty" + see);
    refused({"--json=yes"}, "--json takes no value" + see);
    refused({"--seed", "1", "--seed", "2"}, "--seed is given twice" + see);
    refused({"--components", "3"}, "--components is given twice" + see);
    refused({"--seed", "-1"}, "seed is '-1', it must be a whole number, 0 or more");
    refused({"--seed", "1.5"}, "seed is '1.5', it must be a whole number, 0 or more");
    refused({"--seed", "99999999999999999999"}, "seed is '99999999999999999999', it must be a whole number below 2^64");
    refused({"--threads", "0"}, "threads is '0', it must be a whole number, 1 or more");
    refused({"--threads", "100000"}, "threads is 100000, it must be between 1 and 4096");
    refused({"--starts", "0"}, "starts is '0', it must be a whole number, 1 or more");
    refused({"--starts", "1000000000"}, "starts is '1000000000', it must be at most 1000000");
    refused({"--max-iterations", "-5"}, "max-iterations is '-5', it must be a whole number, 0 or more");
    refused({"--tolerance", "nan"}, "tolerance is nan, it must be finite and not negative");
    refused({"--tolerance", "-1"}, "tolerance is -1, it must be finite and not negative");
    refused({"--tolerance", "1e-8x"}, "tolerance is '1e-8x', it must be a number");
    refused({"--time-limit", "nan"}, "time-limit is 'nan', it must be a number of seconds");
    refused({"--stop", "soon"}, "stop is 'soon', it must be aitken, absolute, relative or parameters");
    refused({"--acceleration", "warp"}, "acceleration is 'warp', it must be auto, none, squarem, anderson or acx");
    refused({"--covariance", "ful"}, "covariance is 'ful', it must be full, tied, diagonal or spherical");
    refused({"--start", "kmeans"}, "start is 'kmeans', it must be kmeans++, points, random, or a model file");
    refused({"--regularization", "2"}, "regularization is 2, it must be auto, none, or a number from 0 to below 1");
    refused({"--prior", "flat"}, "prior is 'flat', it must be none or conjugate");
    refused({"--header", "maybe"}, "header is 'maybe', it must be yes or no");
    refused({"--separator", "::"}, "separator is '::', it must be one character, tab or space");
    refused({"--plot", "fit.bmp"}, "plot is 'fit.bmp', it must end in .svg, .png or .pdf");
    refused({"--start", "random", "--start-labels", "1"},
            "start and start-labels are both given, a fit starts from one of them");
  }

  TEST_CASE("usage: components must be a whole number and no more than there are rows") {
    const Folder folder;
    const auto fit = [&](const std::string& components) {
      return folder.latent({"fit", "gmm", old_faithful, "--components", components});
    };
    check_error(fit("0"), 2, "components is '0', it must be a whole number, 1 or more");
    check_error(fit("-2"), 2, "components is '-2', it must be a whole number, 1 or more");
    check_error(fit("two"), 2, "components is 'two', it must be a whole number, 1 or more");
    check_error(fit("300"), 1, old_faithful + ": has 272 rows, too few for 300 components");
    check_error(fit("1000000000"), 1, old_faithful + ": has 272 rows, too few for 1000000000 components");
  }

  TEST_CASE("usage: a file that is not there is named") {
    const Folder folder;
    check_error(folder.latent({"fit", "gmm", "none.csv", "--components", "2"}), 1,
                "none.csv: cannot be opened: No such file or directory");
    check_error(folder.latent({"fit", "gmm", old_faithful, "--start", "none.json"}), 1,
                "none.json: cannot be opened: No such file or directory");
    check_error(folder.latent({"score", "none.json", old_faithful}), 1,
                "none.json: cannot be opened: No such file or directory");
  }

}  // TEST_SUITE
