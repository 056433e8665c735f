#include "compare_outputs.hpp"

#include <cerrno>
#include <filesystem>
#include <string>
#include <system_error>

#include <latent/atomic_file.hpp>
#include <latent/comparison_page.hpp>
#include <latent/comparison_picture.hpp>
#include <latent/error.hpp>
#include <latent/plot.hpp>

namespace latent::cli {
namespace fs = std::filesystem;
namespace {

fs::path picture_file(const fs::path& folder, std::size_t data, std::size_t model) {
  return folder / ("gap-" + std::to_string(data + 1) + "-" + std::to_string(model + 1) + ".png");
}

bool wants_png(const Arguments& arguments) { return arguments.text("plot-format") == "png"; }

}  // namespace

OptionGroup compare_output_group() {
  return {"Output",
          {{"output", "FOLDER",
            "write summary.json, traces.csv (a line per iteration) and report.html (a page with pictures) into it; it "
            "is made if it is not there"},
           {"plot-format", "FORMAT",
            "svg: pictures are in the page alone; png: also as files gap-DATA-MODEL.png beside it, both counted from 1",
            "svg"},
           {"terminal", "", "draw the gap to the best known objective against passes over the data, as text"}}};
}

void check_compare_outputs(const Arguments& arguments) {
  const std::string& format = arguments.text("plot-format");
  if (format != "svg" && format != "png") throw OptionError("plot-format is '" + format + "', it must be svg or png");
  if (!arguments.has("output")) {
    if (arguments.given("plot-format")) throw OptionError("plot-format is given without --output, the folder");
    return;
  }
  const fs::path folder = arguments.text("output");
  std::error_code error;
  if (fs::exists(folder, error) && !fs::is_directory(folder, error)) {
    throw OptionError("output is '" + folder.string() + "', which is a file, it must be a folder");
  }
  if (wants_png(arguments)) check_plot(picture_file(folder, 0, 0));
  fs::create_directories(folder, error);
  if (error) throw Error(folder.string() + ": cannot be made: " + error.message());
  for (const char* name : {"summary.json", "traces.csv", "report.html"}) AtomicFile{folder / name};
}

void write_compare_outputs(const Arguments& arguments, std::span<const Comparison> comparisons) {
  if (!arguments.has("output")) return;
  const fs::path folder = arguments.text("output");
  write_file_atomically(folder / "summary.json", json_text(to_json(comparisons)) + "\n");
  AtomicFile traces(folder / "traces.csv");
  write_traces(traces.stream(), comparisons);
  traces.commit();
  write_file_atomically(folder / "report.html", comparison_page(comparisons));
  if (!wants_png(arguments)) return;
  for (std::size_t d = 0; d < comparisons.size(); ++d) {
    for (std::size_t m = 0; m < comparisons[d].models.size(); ++m) {
      if (comparisons[d].models[m].error.empty()) {
        write_comparison_picture(picture_file(folder, d, m), comparisons[d], m);
      }
    }
  }
}

}  // namespace latent::cli
