#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <numbers>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <doctest/doctest.h>
#include <latent/error.hpp>
#include <latent/plot.hpp>

#include "support/temporary_folder.hpp"

namespace {

namespace fs = std::filesystem;

// Programs are looked for in `folder` alone.
class OnlyPath {
 public:
  explicit OnlyPath(const fs::path& folder) : before_(std::getenv("PATH") ? std::getenv("PATH") : "") {
    ::setenv("PATH", folder.c_str(), 1);
  }
  ~OnlyPath() { ::setenv("PATH", before_.c_str(), 1); }
  OnlyPath(const OnlyPath&) = delete;
  OnlyPath& operator=(const OnlyPath&) = delete;

 private:
  std::string before_;
};

bool can_draw() {
  try {
    latent::check_plot("fit.svg");
    return true;
  } catch (const latent::Error& error) {
    MESSAGE("skipped: " << std::string(error.what()));
    return false;
  }
}

void write(const fs::path& file, const std::string& text) { std::ofstream(file) << text; }

std::size_t count(std::string_view text, std::string_view part) {
  std::size_t found = 0;
  for (std::size_t at = text.find(part); at != std::string_view::npos; at = text.find(part, at + part.size())) ++found;
  return found;
}

bool contains(std::string_view text, std::string_view part) { return text.find(part) != std::string_view::npos; }

// The parts of an SVG that bear a name, one after another.
std::string named(const std::string& svg, const std::string& name) {
  const std::string title = "<title>" + name + "</title>";
  std::string parts;
  for (std::size_t at = svg.find(title); at != std::string::npos; at = svg.find(title, at + 1)) {
    parts += svg.substr(at, svg.find("<title>", at + 1) - at);
  }
  return parts;
}

std::size_t dots(const std::string& svg, const std::string& name) {
  return count(named(svg, name), "<use xlink:href='#gpPt");
}

// Rows in round clusters of radius 1 along the diagonal, ten apart, with the circles of a half and the whole radius.
struct Clusters {
  Clusters(std::size_t rows, std::size_t columns, std::size_t components)
      : values(static_cast<Eigen::Index>(rows), static_cast<Eigen::Index>(columns)) {
    std::uint64_t state = 1;
    const auto uniform = [&] {
      state = state * 6364136223846793005u + 1442695040888963407u;
      return static_cast<double>(state >> 11) / 9007199254740992.0;
    };
    for (Eigen::Index i = 0; i < values.rows(); ++i) {
      picture.labels.push_back(static_cast<std::size_t>(i) % components);
      for (Eigen::Index j = 0; j < values.cols(); ++j) {
        values(i, j) = centre(picture.labels.back()) + (uniform() + uniform() - 1);
      }
    }
    picture.rows = values;
    for (std::size_t j = 0; j < columns; ++j) picture.names.push_back("x" + std::to_string(j + 1));
    picture.components = components;
    picture.outlines = [components](std::size_t, std::size_t) { return circles(components); };
    picture.densities = [components](std::size_t, std::span<const double> grid) { return triangles(components, grid); };
    picture.title = "clusters";
    iterate(10);
  }
  Clusters(const Clusters&) = delete;
  Clusters& operator=(const Clusters&) = delete;

  void iterate(std::size_t iterations) {
    picture.trace.clear();
    for (std::size_t i = 0; i <= iterations; ++i) {
      latent::Iteration at;
      at.iteration = i;
      at.objective = at.log_likelihood = -1000 - 100 * std::pow(0.5, static_cast<double>(i));
      picture.trace.push_back(at);
    }
  }

  static double centre(std::size_t component) { return 10 * static_cast<double>(component); }

  static std::vector<latent::Outline> circles(std::size_t components) {
    std::vector<latent::Outline> outlines;
    for (std::size_t k = 0; k < components; ++k) {
      for (const double radius : {0.5, 1.0}) {
        latent::Outline outline{{}, k, radius == 1.0 ? 0.95 : 0.5};
        for (int i = 0; i <= 60; ++i) {
          const double angle = i * std::numbers::pi / 30;
          outline.points.push_back({centre(k) + radius * std::cos(angle), centre(k) + radius * std::sin(angle)});
        }
        outlines.push_back(outline);
      }
    }
    return outlines;
  }

  static std::vector<latent::Curve> triangles(std::size_t components, std::span<const double> grid) {
    std::vector<latent::Curve> curves(components + 1);
    for (std::size_t k = 0; k < components; ++k) {
      curves[k].component = k;
      for (const double x : grid) {
        const double height = std::max(0.0, 1 - std::abs(x - centre(k))) / static_cast<double>(components);
        curves[k].points.push_back({x, height});
      }
    }
    for (std::size_t i = 0; i < grid.size(); ++i) {
      double sum = 0;
      for (std::size_t k = 0; k < components; ++k) sum += curves[k].points[i][1];
      curves[components].points.push_back({grid[i], sum});
    }
    return curves;
  }

  std::string svg() const {
    const TemporaryFolder folder;
    latent::write_plot(folder / "fit.svg", picture);
    CHECK(folder.entries() == 1);
    return content_of(folder / "fit.svg");
  }

  latent::RowMajorMatrix values;
  latent::FitPicture picture;
};

std::string message_of(const fs::path& file, const latent::FitPicture& picture) {
  try {
    latent::write_plot(file, picture);
  } catch (const latent::Error& error) {
    return error.what();
  }
  return "";
}

}  // namespace

TEST_SUITE("framework/plot") {
  TEST_CASE("plot: two columns show every row, the outlines, the centres and the trace") {
    if (!can_draw()) return;
    const std::string svg = Clusters(60, 2, 3).svg();
    CHECK(svg.starts_with("<?xml"));
    CHECK(svg.ends_with("</svg>\n\n"));
    CHECK(contains(svg, "<title>clusters</title>"));
    for (const std::string component : {"component 1", "component 2", "component 3"}) {
      CAPTURE(component);
      CHECK(dots(svg, "rows of " + component) == 20);
      CHECK(count(svg, "<title>" + component + ": 50 %</title>") == 1);
      CHECK(count(svg, "<title>" + component + ": 95 %</title>") == 1);
    }
    CHECK(dots(svg, "centres") == 6);  // a disc and a ring each
    CHECK(dots(svg, "Log-likelihood by iteration") == 11);
    CHECK(dots(svg, "Gap to the final log-likelihood") == 10);  // the last has none
    CHECK(contains(svg, ">60 rows  ·  outlines hold 50 % and 95 % of a component</text>"));
    CHECK(contains(svg, "<text>final −1000.098</text>"));
    CHECK(contains(svg, "<text>x1</text>"));
    CHECK(contains(svg, "<text>x2</text>"));
  }

  TEST_CASE("plot: one column shows a histogram under the components and their sum") {
    if (!can_draw()) return;
    const std::string svg = Clusters(300, 1, 2).svg();
    CHECK(count(named(svg, "rows"), "<polygon") >= 2);
    CHECK(count(svg, "<title>component 1</title>") == 1);
    CHECK(count(svg, "<title>component 2</title>") == 1);
    CHECK(count(svg, "<title>sum of the components</title>") == 1);
    CHECK(dots(svg, "peaks") == 4);
    CHECK(contains(svg, "<text>density</text>"));
  }

  TEST_CASE("plot: the only component is not drawn again as the sum") {
    if (!can_draw()) return;
    const std::string svg = Clusters(50, 1, 1).svg();
    CHECK(count(svg, "<title>component 1</title>") == 1);
    CHECK(!contains(svg, "sum of the components"));
  }

  TEST_CASE("plot: of many columns the pairs of the first four are drawn") {
    if (!can_draw()) return;
    const std::string svg = Clusters(100, 6, 2).svg();
    CHECK(count(svg, "<title>component 2: 95 %</title>") == 6);
    CHECK(count(svg, "<title>rows of component 1</title>") == 6);
    CHECK(count(svg, "<title>sum of the components</title>") == 4);
    CHECK(dots(svg, "rows of component 1") == 6 * 50);
    CHECK(contains(svg, "columns 1 to 4 of 6"));
    CHECK(contains(svg, "<text>x4</text>"));
    CHECK(!contains(svg, "<text>x5</text>"));
  }

  TEST_CASE("plot: of many rows a fixed, even sample is drawn, and the picture says so") {
    if (!can_draw()) return;
    const Clusters clusters(20000, 2, 4);
    const std::string svg = clusters.svg();
    std::size_t drawn = 0;
    for (const char* component : {"1", "2", "3", "4"}) {
      const std::size_t rows = dots(svg, std::string("rows of component ") + component);
      CHECK(std::abs(static_cast<double>(rows) - 1250) < 150);  // though labels repeat as the rows go by
      drawn += rows;
    }
    CHECK(drawn == 5000);
    CHECK(contains(svg, "5000 of 20000 rows drawn"));
    CHECK(svg == clusters.svg());
  }

  TEST_CASE("plot: thirty components in a matrix stay below 1 MB") {
    if (!can_draw()) return;
    const std::string svg = Clusters(20000, 4, 30).svg();
    CHECK(svg.size() < 1000000);
    CHECK(contains(svg, "666 of 20000 rows drawn, evenly chosen; histograms count all"));
  }

  TEST_CASE("plot: names and title are shown letter by letter") {
    if (!can_draw()) return;
    const TemporaryFolder folder;
    Clusters clusters(20, 2, 2);
    clusters.picture.names = {R"(a_b^2 {/x} 'q' "w" `touch )" + (folder / "x").string() + R"(` $HOME @y %d \n \)",
                              "durée — 期間 <&\x01>\xff"};
    clusters.picture.title = "it's a 'title'\nset output";
    const std::string svg = clusters.svg();
    CHECK(contains(svg,
                   R"(<text>a_b^2 {/x} 'q' "w" `touch )" + (folder / "x").string() + R"(` $HOME @y %d \n \</text>)"));
    CHECK(contains(svg, "<text>durée — 期間 &lt;&amp; >\uFFFD</text>"));
    CHECK(contains(svg, "<text>it's a 'title' set output</text>"));
    CHECK(folder.entries() == 0);
  }

  TEST_CASE("plot: a long name is cut") {
    if (!can_draw()) return;
    Clusters clusters(20, 2, 2);
    clusters.picture.names[1] = std::string(500, 'y');
    const std::string svg = clusters.svg();
    CHECK(contains(svg, "yyy…</text>"));
    CHECK(!contains(svg, std::string(100, 'y')));
  }

  TEST_CASE("plot: any scale has its labels") {
    if (!can_draw()) return;
    Clusters clusters(20, 2, 2);
    clusters.picture.outlines = nullptr;
    clusters.values.col(0) *= 1e-100;
    clusters.values.col(1) = (clusters.values.col(1) * 1e-3).array() + 1e6;
    const std::string svg = clusters.svg();
    CHECK(contains(svg, "<text>6e-100</text>"));
    CHECK(contains(svg, "<text>x2 (+ 1000000)</text>"));
    CHECK(contains(svg, "<text>0.004</text>"));
    CHECK(dots(svg, "centres") == 4);  // without outlines, the means of the rows
  }

  TEST_CASE("plot: constant columns, a constant objective and no iteration are drawn") {
    if (!can_draw()) return;
    Clusters clusters(20, 3, 2);
    clusters.values.col(0).setConstant(7);
    clusters.values.col(1).setZero();
    for (latent::Iteration& at : clusters.picture.trace) at.objective = at.log_likelihood = -3;
    std::string svg = clusters.svg();
    CHECK(!contains(svg, "nan"));
    CHECK(contains(svg, "<text>the objective did not rise</text>"));
    clusters.iterate(0);
    svg = clusters.svg();
    CHECK(contains(svg, "<text>no iterations</text>"));
    clusters.iterate(1);
    svg = clusters.svg();
    CHECK(dots(svg, "Gap to the final value") == 1);
    clusters.picture.trace.clear();
    svg = clusters.svg();
    CHECK(!contains(svg, "iteration"));
  }

  TEST_CASE("plot: without rows the trace alone is drawn, with a prior as the objective") {
    if (!can_draw()) return;
    Clusters clusters(1, 1, 1);
    latent::FitPicture picture;
    picture.trace = clusters.picture.trace;
    for (latent::Iteration& at : picture.trace) at.objective -= 5;
    const TemporaryFolder folder;
    latent::write_plot(folder / "trace.svg", picture);
    const std::string svg = content_of(folder / "trace.svg");
    CHECK(dots(svg, "Objective by iteration") == 11);
    CHECK(contains(svg, "<text>log-likelihood + log-prior</text>"));
  }

  TEST_CASE("plot: the ending of the name chooses the format") {
    if (!can_draw()) return;
    const TemporaryFolder folder;
    const Clusters clusters(20, 2, 2);
    const fs::path strange = folder / "it's \"$(touch x)\" ; 100 %.PNG";
    latent::write_plot(strange, clusters.picture);
    latent::write_plot(folder / "fit.pdf", clusters.picture);
    CHECK(content_of(strange).starts_with("\x89PNG"));
    CHECK(content_of(folder / "fit.pdf").starts_with("%PDF"));
    CHECK(folder.entries() == 2);
    const std::string file = (folder / "fit.jpg").string();
    CHECK_THROWS_AS(latent::write_plot(file, clusters.picture), latent::OptionError);
    CHECK_THROWS_AS(latent::check_plot(file), latent::OptionError);
    CHECK(message_of(file, clusters.picture) == "plot is '" + file + "', it must end in .svg, .png or .pdf");
  }

  TEST_CASE("plot: without gnuplot the error says what to install") {
    const TemporaryFolder folder;
    const OnlyPath path(folder.path());
    const std::string file = (folder / "fit.svg").string();
    const std::string expected =
        "gnuplot is not installed (Debian: apt install gnuplot-nox); the picture " + file + " was not written";
    CHECK(message_of(file, Clusters(5, 2, 1).picture) == expected);
    CHECK_THROWS_WITH_AS(latent::check_plot(file), expected.c_str(), latent::Error);
    CHECK(folder.entries() == 0);
  }

  TEST_CASE("plot: when gnuplot fails, its sentence is passed on and the old picture stays") {
    const TemporaryFolder folder;
    const TemporaryFolder programs;
    write(programs / "gnuplot",
          "#!/bin/sh\necho half\nprintf '\\n   set terminal svg\\n    ^\\n     line 0: no such terminal\\n' >&2\nexit "
          "1\n");
    fs::permissions(programs / "gnuplot", fs::perms::owner_all);
    const std::string file = (folder / "fit.svg").string();
    write(file, "old");
    const OnlyPath path(programs.path());
    const Clusters clusters(5, 2, 1);
    CHECK(message_of(file, clusters.picture) ==
          "gnuplot failed: line 0: no such terminal; the picture " + file + " was not written");
    write(programs / "gnuplot", "#!/bin/sh\n");
    CHECK(message_of(file, clusters.picture) ==
          "gnuplot failed: it drew nothing; the picture " + file + " was not written");
    CHECK(content_of(file) == "old");
    CHECK(folder.entries() == 1);
  }

  TEST_CASE("plot: a folder that is not there is an error") {
    const TemporaryFolder folder;
    const std::string file = (folder / "nowhere" / "fit.svg").string();
    CHECK(message_of(file, Clusters(5, 2, 1).picture) == file + ": cannot be written: No such file or directory");
  }

  TEST_CASE("plot: a picture whose parts do not fit together is refused") {
    Clusters clusters(5, 2, 2);
    latent::FitPicture wrong = clusters.picture;
    wrong.labels[3] = 2;
    CHECK_THROWS_AS(latent::write_plot("fit.svg", wrong), std::invalid_argument);
    wrong = clusters.picture;
    wrong.labels.pop_back();
    CHECK_THROWS_AS(latent::write_plot("fit.svg", wrong), std::invalid_argument);
    wrong = clusters.picture;
    wrong.names.pop_back();
    CHECK_THROWS_AS(latent::write_plot("fit.svg", wrong), std::invalid_argument);
    wrong = clusters.picture;
    wrong.components = 1;
    wrong.labels.assign(5, 0);
    CHECK_THROWS_AS(latent::write_plot("fit.svg", wrong), std::invalid_argument);
  }

}  // TEST_SUITE
