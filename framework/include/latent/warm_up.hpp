#pragma once

#include <algorithm>
#include <cmath>
#include <concepts>
#include <cstddef>
#include <utility>
#include <vector>

#include <latent/algebra.hpp>
#include <latent/expectation.hpp>
#include <latent/latent_model.hpp>
#include <latent/sample.hpp>
#include <latent/variant.hpp>

// The variants of EM with which a run may begin (<latent/variant.hpp>). Each is a series of passes over the data: pass()
// moves the parameters and returns an estimate of the objective, without its prior, on the way.

namespace latent {

// The E-steps of the parts of a sample, each at the parameters of its turn.
template <LatentModel Model>
class Parts {
 public:
  Parts(const Model& model, const Sample<DataOf<Model>>& sample, std::size_t parts, Execution* execution)
      : model_(model),
        sample_(sample),
        execution_(execution),
        count_(std::clamp<std::size_t>(parts, 1, std::max<std::size_t>(1, sample.size()))) {}

  std::size_t size() const { return count_; }
  Expectation<Model> expect(std::size_t part, const typename Model::Parameters& parameters) const {
    const std::size_t first = part * sample_.size() / count_, last = (part + 1) * sample_.size() / count_;
    return latent::expect(model_, parameters, sample_.subspan(first, last - first), execution_);
  }
  // Of all observations for one of the part, by their weight.
  double scale(std::size_t part) const {
    const std::size_t first = part * sample_.size() / count_, last = (part + 1) * sample_.size() / count_;
    return sample_.total_weight() / sample_.subspan(first, last - first).total_weight();
  }

 private:
  const Model& model_;
  const Sample<DataOf<Model>>& sample_;
  Execution* execution_;
  std::size_t count_;
};

template <LatentModel Model>
class IncrementalPasses {
 public:
  using Parameters = typename Model::Parameters;
  IncrementalPasses(const Model& model, const Sample<DataOf<Model>>& sample, std::size_t parts, Execution* execution)
      : model_(model), parts_(model, sample, parts, execution) {}

  std::size_t m_steps() const { return m_steps_; }
  double pass(Parameters& parameters) {
    double log_likelihood = 0;
    const bool first = seen_.empty();
    for (std::size_t part = 0; part < parts_.size(); ++part) {
      Expectation<Model> now = parts_.expect(part, parameters);
      log_likelihood += now.log_likelihood;
      if (first) {
        seen_.push_back(std::move(now.statistics));
      } else {
        add(sum_, seen_[part], -1);
        add(sum_, now.statistics);
        seen_[part] = std::move(now.statistics);
        parameters = model_.maximization(sum_, parameters);
        ++m_steps_;
      }
    }
    sum_ = seen_.front();  // anew: what was added and taken away again leaves its rounding
    for (std::size_t part = 1; part < seen_.size(); ++part) add(sum_, seen_[part]);
    if (first) {
      parameters = model_.maximization(sum_, parameters);
      ++m_steps_;
    }
    return log_likelihood;
  }

 private:
  const Model& model_;
  Parts<Model> parts_;
  std::vector<typename Model::Statistics> seen_;  // the sums of each part
  typename Model::Statistics sum_;                // of all parts
  std::size_t m_steps_ = 0;
};

template <LatentModel Model>
class OnlinePasses {
 public:
  using Parameters = typename Model::Parameters;
  OnlinePasses(const Model& model, const Sample<DataOf<Model>>& sample, std::size_t parts, Execution* execution)
      : model_(model), parts_(model, sample, parts, execution) {}

  std::size_t m_steps() const { return m_steps_; }
  double pass(Parameters& parameters) {
    constexpr double forgetting = 0.6;
    double log_likelihood = 0;
    for (std::size_t part = 0; part < parts_.size(); ++part) {
      Expectation<Model> now = parts_.expect(part, parameters);
      log_likelihood += now.log_likelihood;
      const double scale = parts_.scale(part);
      if (!std::isfinite(scale)) continue;  // a part without weight
      latent::scale(now.statistics, scale);
      if (steps_++ == 0) {
        sum_ = std::move(now.statistics);
      } else {
        const double step = std::pow(static_cast<double>(steps_), -forgetting);
        latent::scale(sum_, 1 - step);
        add(sum_, now.statistics, step);
      }
      if (steps_ <= parts_.size() / 2) continue;  // of so few observations the M-step knows too little
      parameters = model_.maximization(sum_, parameters);
      ++m_steps_;
    }
    return log_likelihood;
  }

 private:
  const Model& model_;
  Parts<Model> parts_;
  std::size_t steps_ = 0, m_steps_ = 0;
  typename Model::Statistics sum_;  // for all observations
};

// EM with posteriors to a power that rises to one.
template <LatentModel Model>
class AnnealingPasses {
 public:
  using Parameters = typename Model::Parameters;
  AnnealingPasses(const Model& model, const Sample<DataOf<Model>>& sample, std::size_t passes, Execution* execution)
      : model_(model), sample_(sample), execution_(execution), passes_(passes) {}

  std::size_t m_steps() const { return made_; }
  double pass(Parameters& parameters) requires Tempers<Model> {
    constexpr double coldest = 0.125;
    const double done = static_cast<double>(made_++) / static_cast<double>(std::max<std::size_t>(1, passes_ - 1));
    const Model tempered = model_.tempered(std::pow(coldest, 1 - std::min(1.0, done)));
    const Expectation<Model> expectation = latent::expect(tempered, parameters, sample_, execution_);
    parameters = model_.maximization(expectation.statistics, parameters);
    return expectation.log_likelihood;
  }

 private:
  const Model& model_;
  const Sample<DataOf<Model>>& sample_;
  Execution* execution_;
  std::size_t passes_, made_ = 0;
};

}  // namespace latent
