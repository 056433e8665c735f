#include <algorithm>
#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include <latent/text.hpp>

#include "page_html.hpp"
#include "page_parts.hpp"

namespace latent::page {
namespace {

// What went wrong with some contenders of a model.
struct Problem {
  Mark mark;
  std::string word;
  std::string names;  // HTML
  std::string text;   // HTML
};

class Problems {
 public:
  void add(Mark mark, const std::string& word, const Standing& with, const std::string& text) {
    const std::string name = key(with.contender->acceleration);
    for (Problem& known : all_) {
      if (known.word != word || known.text != text) continue;
      known.names += ", " + name;
      return;
    }
    all_.push_back({mark, word, name, text});
  }
  const std::vector<Problem>& all() const { return all_; }

 private:
  std::vector<Problem> all_;
};

std::string first_error(const Standing& standing) {
  for (const ComparedRun& run : standing.contender->runs) {
    if (!run.error.empty()) return run.error;
  }
  return "";
}

// What ended the first run that had not converged.
std::string first_other_end(const Standing& standing) {
  for (const ComparedRun& run : standing.contender->runs) {
    if (!run.error.empty() || run.summary.verdict == Verdict::converged) continue;
    std::string name = name_of(run.summary.verdict);
    std::ranges::replace(name, '_', ' ');
    return name;
  }
  return "";
}

Problems problems_of(const ModelStanding& model) {
  Problems problems;
  for (const Standing& any : model.contenders) {
    if (any.failed) {
      problems.add(Mark::bad, any.failed == any.starts ? "failed" : "failed from " + count_of(any.failed, "start"), any,
                   escaped(cut(first_error(any), 160)));
    }
    if (any.not_converged) {
      problems.add(Mark::care, "not converged", any,
                   std::string(any.not_converged == any.starts ? "every start" : "some starts") + " ended by " +
                       first_other_end(any));
    }
    if (const std::optional<Mark> mark = elsewhere_mark(model, any)) {
      const Standing& chosen = model.contenders[*model.recommended];
      problems.add(*mark, "ends elsewhere", any,
                   any.at_best ? "the best optimum from " + share_text(any.at_best, any.starts) + " starts only"
                               : "never in the best optimum, which " + key(chosen.contender->acceleration) +
                                     " found from " + count_of(chosen.at_best, "start"));
    }
    if (any.degenerate) {
      problems.add(Mark::care, "degenerate", any,
                   std::string(any.degenerate == any.starts ? "every start" : "some starts") +
                       " ended at the edge of the parameter space");
    }
  }
  return problems;
}

}  // namespace

std::vector<std::string> problem_items(const std::vector<ModelStanding>& models, std::optional<std::size_t> main,
                                       Mark mark) {
  std::vector<std::string> items;
  const auto add = [&](const ModelStanding& model) {
    const std::string of = code(cut(model.model->text, 44));
    if (!model.model->error.empty()) {
      if (mark != Mark::bad) return;
      items.push_back(chip(mark, "cannot be used") + of + ": " + escaped(cut(model.model->error, 200)));
      return;
    }
    const Problems problems = problems_of(model);
    for (const Problem& problem : problems.all()) {
      if (problem.mark != mark) continue;
      items.push_back(chip(mark, problem.word) + problem.names + (models.size() > 1 ? " for " + of : "") + ": " +
                      problem.text);
    }
  };
  if (main) add(models[*main]);
  for (std::size_t i = 0; i < models.size(); ++i) {
    if (i != main) add(models[i]);
  }
  return items;
}

}  // namespace latent::page
