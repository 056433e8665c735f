// Looks at comparison pages in a browser without a screen, 1280 and 400 pixels wide:
//
//   page_test CHROMIUM LOOK_JS SCRATCH
//
// A copy of each page gets the script that looks, and stands in a frame of that width, as windows without a screen have
// a least one; what the script found is read from the document the browser prints at the end. Pages with a fault each
// show that the script finds it.
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <sstream>
#include <stdexcept>
#include <string>
#include <vector>

#include <latent/comparison_page.hpp>
#include <latent/json_form.hpp>

#include "page/samples.hpp"

namespace {

namespace fs = std::filesystem;
using latent::Comparison;
using latent::Json;

std::string contents(const fs::path& file) {
  std::ifstream in(file, std::ios::binary);
  if (!in) throw std::runtime_error(file.string() + " cannot be read");
  std::ostringstream text;
  text << in.rdbuf();
  return text.str();
}

void write(const fs::path& file, const std::string& text) {
  std::ofstream out(file, std::ios::binary);
  out << text;
  out.close();
  if (!out) throw std::runtime_error(file.string() + " cannot be written");
}

std::string output_of(const std::string& command) {
  FILE* pipe = ::popen(command.c_str(), "r");
  if (!pipe) throw std::runtime_error("cannot run " + command);
  std::string output;
  for (int letter; (letter = std::fgetc(pipe)) != EOF;) output += static_cast<char>(letter);
  if (::pclose(pipe) != 0) throw std::runtime_error("failed: " + command);
  return output;
}

// As a value in a script, which the name of a closing tag would end.
std::string in_script(const Json& value) {
  std::string text = value.dump();
  for (std::size_t at = 0; (at = text.find("</", at)) != std::string::npos; at += 3) text.insert(at + 1, "\\");
  return text;
}

class Browser {
 public:
  Browser(std::string program, const fs::path& script, fs::path scratch)
      : program_(std::move(program)), script_(contents(script)), scratch_(fs::absolute(scratch)) {
    fs::create_directories(scratch_);
  }

  // What is wrong with the page; empty: nothing.
  std::string faults(const std::string& name, const std::string& page, const Json& expected, int width) const {
    const fs::path inside = scratch_ / (name + ".html"), outside = scratch_ / (name + "_frame.html");
    write(inside,
          page + "<script id=\"look\">const expected = " + in_script(expected) + ";\n" + script_ + "</script>\n");
    write(outside,
          "<!DOCTYPE html><meta charset=\"utf-8\"><pre id=\"faults\"></pre><script>addEventListener('message', "
          "(message) => { document.getElementById('faults').textContent = message.data; });</script>"
          "<iframe style=\"border:0;height:2000px;width:" +
              std::to_string(width) + "px\" src=\"" + name + ".html\"></iframe>\n");
    std::string found;
    for (int tries = 0; tries < 3 && found.empty(); ++tries) found = seen_by_browser(outside);
    if (found == "looked") return "";
    return found.empty() ? "the script did not run\n" : found.substr(0, found.rfind("looked"));
  }

 private:
  // What the script found; empty if a busy machine did not let it come to its end, or the browser fell over.
  std::string seen_by_browser(const fs::path& page) const {
    // As root, in containers too: there is nothing to be protected from.
    const std::string command =
        "'" + program_ +
        "' --headless --no-sandbox --disable-gpu --disable-dev-shm-usage --hide-scrollbars --user-data-dir='" +
        (scratch_ / "profile").string() + "' --virtual-time-budget=10000 --window-size=1400,2100 --dump-dom 'file://" +
        page.string() + "' 2>'" + (scratch_ / "browser.log").string() + "'";
    std::string printed;
    try {
      printed = output_of(command);
    } catch (const std::runtime_error& error) {
      std::cerr << error.what() << '\n';
      return "";
    }
    const std::string open = "<pre id=\"faults\">";
    const std::size_t begin = printed.find(open), end = printed.find("</pre>", begin);
    if (begin == std::string::npos || end == std::string::npos) return "";
    return printed.substr(begin + open.size(), end - begin - open.size());
  }

  std::string program_, script_;
  fs::path scratch_;
};

bool ran(const Comparison& comparison, std::size_t model) {
  return std::ranges::any_of(comparison.contenders,
                             [&](const auto& any) { return any.model == model && !any.runs.empty(); });
}

// How often each part must be on a page, and texts that must be seen.
Json expected_of(const std::vector<Comparison>& comparisons) {
  std::size_t contenders = 0, headers = 0, censuses = 0, pictures = 0, criteria = 0;
  Json texts = Json::array();
  for (const Comparison& comparison : comparisons) {
    contenders += comparison.contenders.size();
    texts.push_back(comparison.data);
    bool any = false;
    for (std::size_t i = 0; i < comparison.models.size(); ++i) {
      const latent::ComparedModel& model = comparison.models[i];
      ++headers;
      any = any || model.criteria.has_value();
      texts.push_back(model.text);
      if (!model.error.empty()) texts.push_back(model.error);
      if (!ran(comparison, i)) continue;
      ++censuses;
      if (!model.optima.empty()) pictures += 5;
    }
    criteria += any ? comparison.models.size() : 0;
    for (const latent::Contender& contender : comparison.contenders) {
      for (const latent::ComparedRun& run : contender.runs) {
        if (!run.error.empty() && run.start == 0) texts.push_back(run.error);
      }
    }
  }
  texts.push_back({".verdict", comparisons.size()});
  texts.push_back({"table.contenders", comparisons.size()});
  texts.push_back({"table.contenders tbody tr:not(.model)", contenders});
  texts.push_back({"table.contenders tr.model", headers});
  texts.push_back({"table.census", censuses});
  texts.push_back({"table.criteria tbody tr", criteria});
  texts.push_back({"svg", pictures});
  texts.push_back({".verdict script,.verdict .of b b", 0});
  return texts;
}

std::string with(std::string page, const std::string& before, const std::string& put) {
  const std::size_t at = page.find(before);
  if (at == std::string::npos) throw std::runtime_error("the page has no " + before);
  return page.insert(at, put);
}

}  // namespace

int main(int count, char** words) try {
  if (count != 4) throw std::runtime_error("page_test CHROMIUM LOOK_JS SCRATCH");
  const Browser browser(words[1], words[2], words[3]);
  int wrong = 0;
  const auto look = [&](const std::string& name, const std::vector<Comparison>& comparisons) {
    const std::string page = latent::comparison_page(comparisons);
    for (const int width : {1280, 400}) {
      const std::string label = name + "_" + std::to_string(width);
      const std::string faults = browser.faults(label, page, expected_of(comparisons), width);
      std::cout << label << ", " << page.size() / 1024 << " KiB: " << (faults.empty() ? "good\n" : "\n" + faults);
      wrong += !faults.empty();
    }
    return page;
  };
  const std::vector<Comparison> easy{samples::easy()};
  const std::string page = look("easy", easy);
  look("all", {samples::hard(), easy.front(), samples::failing(), samples::small()});
  look("nothing", {});

  const auto must_find = [&](const std::string& name, const std::string& broken, const std::string& fault) {
    const std::string faults = browser.faults(name, broken, expected_of(easy), 400);
    if (faults.find(fault) != std::string::npos) return;
    std::cout << name << ": \"" << fault << "\" was not found, but\n" << faults << '\n';
    ++wrong;
  };
  must_find("broken_width", with(page, "</main>", "<div style=\"width:2000px\">wide</div>"), "outside the window");
  must_find("broken_row", with(page, "<tr class=\"chosen\"", "<tr><td>one too many</td></tr>"), "not 5");
  must_find("broken_link", with(page, "</main>", "<img alt=\"\" src=\"https://example.org/a.png\">"), "refers to");
  must_find("broken_picture", with(page, "<text>Gap by iterations", "<text>On it</text>"), "lies on");
  must_find("broken_script", with(page, "</main>", "<p onclick=\"f()\">click</p>"), "runs a script");
  return wrong == 0 ? 0 : 1;
} catch (const std::exception& error) {
  std::cerr << "page_test: " << error.what() << '\n';
  return 2;
}
