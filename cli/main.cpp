#include <cstdio>
#include <exception>
#include <iostream>
#include <map>
#include <new>
#include <string>

#include <latent/error.hpp>

#include "bundled_models.hpp"
#include "command.hpp"

namespace {

using namespace latent::cli;

struct Command {
  int (*run)(const Words&, Entries);
  const char* usage;
};

const std::map<std::string, Command> commands{
    {"fit", {fit_command, "fit MODEL DATA [options]        fit a model to data and report, store, draw it"}},
    {"predict", {predict_command, "predict FITTED DATA             component and responsibilities of every row"}},
    {"score", {score_command, "score FITTED DATA               log-likelihood of data, in all or row by row"}},
    {"sample", {sample_command, "sample FITTED --count N         draw data from a fitted model"}},
    {"inspect", {inspect_command, "inspect FITTED                  print a fitted model"}},
    {"models", {models_command, "models                          list the models"}},
};

void print_usage(std::ostream& out) {
  out << "latent: expectation-maximization\n\n";
  for (const char* name : {"fit", "predict", "score", "sample", "inspect", "models"}) {
    out << "  latent " << commands.at(name).usage << "\n";
  }
  out << "\nlatent COMMAND --help tells more; DATA is a CSV, TSV or .npy file, or - for standard input.\n";
}

int run(int count, char** words) {
  if (count < 2) {
    print_usage(std::cerr);
    return wrong_usage;
  }
  const std::string name = words[1];
  if (name == "--help" || name == "help" || name == "-h") {
    print_usage(std::cout);
    return success;
  }
  if (name == "--version") {
    std::cout << "latent " << LATENT_VERSION << "\n";
    return success;
  }
  const auto command = commands.find(name);
  if (command == commands.end()) {
    throw latent::OptionError("'" + name + "' is not a command; they are fit, predict, score, sample, inspect, models");
  }
  const std::vector<latent::ModelEntry> entries = bundled_models();
  const int status = command->second.run(Words(words + 2, words + count), entries);
  if (!std::cout.flush()) throw latent::Error("standard output: cannot be written");
  return status;
}

}  // namespace

int main(int count, char** words) {
  try {
    std::ios::sync_with_stdio(false);
    return run(count, words);
  } catch (const latent::OptionError& error) {
    std::cerr << "latent: " << error.what() << "\n";
    return wrong_usage;
  } catch (const latent::Error& error) {
    std::cerr << "latent: " << error.what() << "\n";
    return failure;
  } catch (const std::bad_alloc&) {
    std::cerr << "latent: not enough memory\n";
    return failure;
  } catch (const std::exception& error) {
    std::cerr << "latent: internal error: " << error.what() << "\n";
    return failure;
  }
}
