#include "output.hpp"

#include <filesystem>
#include <iostream>
#include <system_error>

#include <latent/atomic_file.hpp>
#include <latent/error.hpp>

namespace latent::cli {
namespace fs = std::filesystem;

Option output_option() { return {"output", "FILE", "write to that file instead of to standard output"}; }

namespace {

void refuse_same_file(const std::string& a, const fs::path& first, const std::string& b, const fs::path& second) {
  std::error_code none;
  const bool files = !fs::is_other(first, none);  // /dev/null and pipes may be named twice
  if (files && (first.lexically_normal() == second.lexically_normal() || fs::equivalent(first, second, none))) {
    throw OptionError(a + " is the same file as " + b + ", " + first.string());
  }
}

}  // namespace

void refuse_same_file(const Arguments& arguments, const std::string& a, const std::string& b) {
  refuse_same_file(a, arguments.text(a), b, arguments.text(b));
}

void check_output(const Arguments& arguments, const std::string& option, const std::vector<std::string>& inputs) {
  for (const std::string& input : inputs) {
    for (const std::string& file : arguments.all(input)) refuse_same_file(option, arguments.text(option), input, file);
  }
  const fs::path file = arguments.text(option);
  std::error_code none;
  const fs::file_status status = fs::status(file, none);
  // To open a pipe and close it again would end it for its reader.
  if (!fs::exists(status) || !fs::is_other(status)) AtomicFile{file};
}

void write_result(const Arguments& arguments, const std::vector<std::string>& inputs,
                  const std::function<void(std::ostream&)>& write) {
  if (!arguments.has("output")) return write(std::cout);
  check_output(arguments, "output", inputs);
  AtomicFile file(arguments.text("output"));
  write(file.stream());
  file.commit();
}

}  // namespace latent::cli
