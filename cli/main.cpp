#include <csignal>
#include <exception>
#include <iostream>
#include <new>
#include <string>
#include <vector>

#include <latent/error.hpp>
#include <latent/version.hpp>

#include "command.hpp"
#include "help.hpp"
#include "known_models.hpp"
#include "ranks.hpp"

namespace {

using namespace latent::cli;

struct Command {
  const char* name;
  const char* words;
  const char* summary;
  int (*run)(const Words&, Entries);
  bool by_all_ranks = false;  // else the first of the processes that mpirun started does it
};

constexpr Command commands[] = {
    {"fit", "MODEL DATA", "fit a model to data; report it, store it, draw it", fit_command, true},
    {"resume", "FILE", "go on with a fit from its checkpoint, after it was interrupted or killed", resume_command,
     true},
    {"predict", "FITTED DATA", "the most probable component or state of every row, and all probabilities",
     predict_command},
    {"score", "FITTED DATA", "the log-likelihood of data, in all or one by one", score_command},
    {"forecast", "FITTED DATA", "what is to come after sequences", forecast_command},
    {"sample", "FITTED --count N", "draw new data from a fitted model", sample_command},
    {"accumulate", "FITTED DATA", "the sums that a step of EM needs of a part of the data", accumulate_command},
    {"merge", "PART...", "add up such sums", merge_command},
    {"maximize", "FITTED SUMS", "a step of EM from the sums of all data", maximize_command},
    {"compare", "DATA --model \"...\"", "models, accelerations and starts side by side on the same data",
     compare_command},
    {"diff", "FITTED OTHER", "how far two fitted models are apart, whatever the order of their components",
     diff_command},
    {"check", "MODEL DATA", "whether a model's steps are what EM needs, by checks on data", check_command},
    {"inspect", "FITTED", "print a fitted model", inspect_command},
    {"convert", "DATA OUT.npy", "make a .npy file of a table, however large", convert_command},
    {"models", "", "list the models that can be fitted", models_command},
};

std::string overview() {
  std::vector<Entry> entries;
  for (const Command& command : commands) {
    entries.emplace_back("latent " + std::string(command.name) + " " + command.words, command.summary);
  }
  return "usage: latent COMMAND ...\n\nFits models with latent variables by expectation-maximization, and uses "
         "them.\n\n" +
         two_columns(entries) + "\n" +
         wrapped(
             "latent COMMAND --help lists the options of a command. DATA is a CSV, TSV or NumPy .npy file, several "
             ".npy "
             "files or a folder of them, or - for standard input; FITTED is a model file that latent fit --output "
             "wrote.") +
         "\n" +
         wrapped(
             "Models of one's own: --plugin FILE, with any command, loads a shared library; those in the folders of "
             "the "
             "environment variable LATENT_PLUGIN_PATH (with colons between them) are there always.");
}

int run(Words words) {
  const std::vector<latent::ModelEntry> models = known_models(words);
  if (!words.empty() && words.front() == "help") words = {words.size() > 1 ? words[1] : "--help", "--help"};
  if (words.empty()) {
    std::cerr << overview();
    return wrong_usage;
  }
  const std::string name = words.front();
  words.erase(words.begin());
  if (name == "--help" || name == "-h") {
    std::cout << overview();
    return success;
  }
  if (name == "--version") {
    std::cout << "latent " << latent::version << "\n";
    return success;
  }
  for (const Command& command : commands) {
    if (name != command.name) continue;
    Ranks::set_together(command.by_all_ranks);
    return Ranks::is_first() || command.by_all_ranks ? command.run(words, models) : success;
  }
  throw latent::OptionError("'" + name + "' is not a command; see latent --help");
}

int complain(const std::string& reason, int status) {
  if (Ranks::is_first()) std::cerr << "latent: " << reason << std::endl;
  Ranks::end(status, reason.c_str());
  return status;
}

int run_or_complain(const Words& words) {
  try {
    const int status = run(words);
    if (!std::cout.flush()) throw latent::Error("standard output: cannot be written");
    return status;
  } catch (const latent::OptionError& error) {
    return complain(error.what(), wrong_usage);
  } catch (const latent::Error& error) {
    return complain(error.what(), failure);
  } catch (const std::bad_alloc&) {
    return complain("not enough memory", failure);
  } catch (const std::exception& error) {
    return complain(std::string("internal error: ") + error.what(), failure);
  }
}

}  // namespace

int main(int count, char** words) {
  std::signal(SIGPIPE, SIG_DFL);  // whoever started us may ignore it: "| head" must end us
  std::signal(SIGXFSZ, SIG_IGN);  // a file beyond its limit is an error of writing, as on a full disk
  std::ios::sync_with_stdio(false);
  try {
    const Ranks ranks;
    return run_or_complain(Words(words + 1, words + count));
  } catch (const latent::Error& error) {  // MPI
    return complain(error.what(), failure);
  }
}
