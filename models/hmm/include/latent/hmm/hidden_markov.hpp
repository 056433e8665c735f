#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <limits>
#include <numbers>
#include <numeric>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include <Eigen/Core>
#include <boost/random/exponential_distribution.hpp>
#include <boost/random/uniform_real_distribution.hpp>
#include <latent/components/cells.hpp>
#include <latent/components/component_bank.hpp>
#include <latent/components/mixture.hpp>
#include <latent/coordinates.hpp>
#include <latent/decoding.hpp>
#include <latent/draw_index.hpp>
#include <latent/error.hpp>
#include <latent/hmm/chain.hpp>
#include <latent/hmm/chain_maximization.hpp>
#include <latent/hmm/emissions.hpp>
#include <latent/hmm/log_recursions.hpp>
#include <latent/hmm/recursion_memory.hpp>
#include <latent/hmm/recursions.hpp>
#include <latent/hmm/topology.hpp>
#include <latent/latent_model.hpp>
#include <latent/sequences.hpp>
#include <latent/subset.hpp>
#include <latent/text.hpp>
#include <oneapi/tbb/parallel_invoke.h>
#include <oneapi/tbb/task_arena.h>

namespace latent {

// The hidden Markov model with S states, whose rows have the densities of a bank (Baum, Petrie, Soules & Weiss 1970;
// Rabiner 1989):  z_0 ~ initial,  z_t ~ transitions(z_{t-1}, .),  x_t ~ f_{z_t}.  An observation is a sequence.
//
//   E-step  gamma_t(i) = p(z_t = i | x),  xi(i, j) = sum_t p(z_{t-1} = i, z_t = j | x)      forward-backward
//   M-step  initial_i ~ gamma_0(i),  transitions_ij ~ xi(i, j),  and the bank's own with weights gamma
//
// Missing cells (NaN) are integrated out; a row without any cell leaves the chain running. Known states (Sequences)
// leave no other. Probabilities that are zero stay exactly zero.
template <ComponentBank Bank>
struct HiddenMarkovModel {
  struct Parameters {
    Eigen::VectorXd initial;      // S
    Eigen::MatrixXd transitions;  // S x S: row i, the state after i
    typename Bank::Parameters emissions;
    static constexpr auto fields() {
      return latent::fields(field("initial", &Parameters::initial, simplex),
                            field("transitions", &Parameters::transitions, simplex_rows),
                            field("emissions", &Parameters::emissions));
    }
  };
  struct Statistics {
    Eigen::VectorXd initial;      // S: sum of gamma_0
    Eigen::MatrixXd transitions;  // S x S: sum of xi
    typename Bank::Statistics emissions;
    static constexpr auto fields() {
      return latent::fields(field("initial", &Statistics::initial), field("transitions", &Statistics::transitions),
                            field("emissions", &Statistics::emissions));
    }
  };
  struct Prepared {
    Chain chain;
    Chain reversed;  // the same from the end to the beginning, which may be anywhere: its alpha is w, its beta A' alpha
    Emissions<Bank> emissions;
    Eigen::MatrixXd transitions;  // S x S
  };
  using Data = Sequences;

  std::size_t states = 1;  // S
  Bank bank{};
  Topology topology{};
  ChainOptions chain{};
  bool fix_emissions = false;
  MixtureStart start = MixtureStart::kmeans_plus_plus;  // of the emissions
  // Bytes that one thread may take for the rows of the sequences at hand. Longer sequences are gone through in
  // stretches, forward twice: a third more time, and memory for one stretch and a row of each.
  std::size_t memory = std::size_t{256} << 20;

  // How many rows a start looks at.
  static constexpr std::size_t most_for_start = std::size_t{1} << 17;
  // A single sequence of so many rows is divided among two threads.
  static constexpr std::size_t worth_two_threads = 4096;

  std::size_t grain() const { return 2; }
  std::size_t enough() const { return std::max(200 * states, 20 * states * states); }

  Prepared prepare(const Parameters& at) const {
    Prepared prepared{Chain(at.initial, at.transitions),
                      Chain(Eigen::VectorXd::Ones(at.initial.size()), at.transitions.transpose()),
                      {},
                      at.transitions};
    prepared.emissions = Emissions<Bank>(bank, at.emissions, prepared.chain.padded());
    return prepared;
  }

  Statistics statistics(const Prepared& prepared) const {
    const auto size = static_cast<Eigen::Index>(prepared.chain.states());
    return {Eigen::VectorXd::Zero(size), Eigen::MatrixXd::Zero(size, size),
            bank.statistics(prepared.emissions.prepared())};
  }

  double expectation(const Prepared& prepared, const Sequences& data, Statistics& sums, Weights weights = {}) const {
    double log_likelihood = 0;
    for_each_group(prepared, data, weights, [&](std::span<const std::size_t> group) {
      const std::size_t first = group[0];
      if (group.size() == 1 && !fits(prepared, data.length(first))) {
        log_likelihood += expect_in_stretches(prepared, data, first, weight_of(weights, first), sums);
        return;
      }
      if (group.size() == 1 && data.length(first) >= worth_two_threads) {
        if (const auto own = expect_in_halves(prepared, data, first, weight_of(weights, first), sums)) {
          log_likelihood += *own;
          return;
        }
      }
      smooth(prepared, data, group, weights, [&](std::size_t index, const Smoothed& smoothed) {
        add(prepared, data.rows(index), smoothed, sums);
        log_likelihood += weight_of(weights, index) * smoothed.log_likelihood;
      });
    });
    return log_likelihood;
  }

  Parameters maximization(const Statistics& sums, const Parameters& current, Notes notes = {}) const {
    const ChainParameters next =
        maximize_chain(sums.initial, sums.transitions, {current.initial, current.transitions}, chain);
    return {next.initial, next.transitions,
            fix_emissions ? current.emissions : bank.maximization(sums.emissions, current.emissions, notes)};
  }

  double log_prior(const Parameters& at) const {
    double sum = chain_log_prior({at.initial, at.transitions}, chain);
    if constexpr (BankHasLogPrior<Bank>) sum += bank.log_prior(at.emissions);
    return sum;
  }

  std::size_t free_parameters(const Parameters& at) const {
    return free_chain_parameters({at.initial, at.transitions}, chain) +
           (fix_emissions ? 0 : latent::free_parameters(at.emissions));
  }

  // A stationary start follows from the transitions.
  Parameters admissible(const Parameters& at) const {
    Parameters result = at;
    if (chain.initial == InitialState::stationary) result.initial = stationary_distribution(result.transitions);
    return result;
  }

  // Emissions as a mixture of the rows starts, whatever their order; of a left-right chain from the sequences cut in S
  // random parts; of known states, if all are known somewhere, from these. Transitions at random.
  Parameters initialize(const Sequences& data, Random& random, Weights weights = {}) const {
    check_states(data);
    const std::vector<double> row_weights = weights_of_rows(data, weights);
    Parameters first;
    first.transitions = start_transitions(topology, states, random);
    first.initial = chain.initial == InitialState::stationary ? stationary_distribution(first.transitions)
                                                              : start_initial(topology, states);
    if (all_known_somewhere(data)) {
      first.emissions = emissions_of_labels(
          data, row_weights, [&](std::size_t sequence, std::size_t t) { return data.known(sequence)[t]; });
    } else if (topology.kind == Topology::Kind::left_right) {
      const std::vector<double> cuts = random_cuts(random);
      first.emissions = emissions_of_labels(data, row_weights, [&](std::size_t sequence, std::size_t t) {
        const double place = (static_cast<double>(t) + 0.5) / data.extent(sequence);
        return static_cast<std::int32_t>(std::ranges::upper_bound(cuts, place) - cuts.begin());
      });
    } else if constexpr (BankIsNominal<Bank>) {
      first.emissions = scattered(bank.pooled(data.all_rows(), row_weights, states), random);
    } else {
      const RowsWithWeights whole = complete_rows(data, row_weights, [](std::size_t, std::size_t) { return 0; });
      first.emissions = mixture().initialize(whole.rows, random, whole.weights).components;
    }
    return first;
  }

  void check(const Sequences& data) const {
    check_states(data);
    check_cells(bank, data.all_rows(), true);
  }

  // --- hidden states ------------------------------------------------------------------------------------------------

  Decoded decode(const Prepared& prepared, const Sequences& data, std::size_t index, Decoding how) const {
    Decoded decoded;
    if (how == Decoding::viterbi) {
      ViterbiPath path = viterbi(prepared.chain, prepared.emissions.logs(data.rows(index), data.known(index)));
      if (path.log_probability == -std::numeric_limits<double>::infinity()) {
        smooth(prepared, data, std::array{index}, {}, [](std::size_t, const Smoothed&) {});  // says where
      }
      return {std::move(path.states), {}, path.log_probability};
    }
    smooth(prepared, data, std::array{index}, {}, [&](std::size_t, const Smoothed& smoothed) {
      decoded.log_likelihood = smoothed.log_likelihood;
      const RowsOfStates gamma(smoothed.gamma, static_cast<Eigen::Index>(data.length(index)),
                               static_cast<Eigen::Index>(prepared.chain.padded()));
      decoded.probabilities = gamma.leftCols(static_cast<Eigen::Index>(prepared.chain.states()));
      decoded.probabilities.array().colwise() /= decoded.probabilities.rowwise().sum().array().eval();
    });
    if (how == Decoding::filtered) {
      decoded.probabilities =
          log_filtered(prepared.chain, prepared.emissions.logs(data.rows(index), data.known(index))).array().exp();
    }
    for (const auto& row : decoded.probabilities.rowwise()) {
      Eigen::Index at = 0;
      row.maxCoeff(&at);
      decoded.states.push_back(static_cast<std::size_t>(at));
    }
    return decoded;
  }

  // p(z_{T-1+h} | x) = gamma_{T-1} A^h, and the expected rows.
  Forecast forecast(const Prepared& prepared, const Sequences& data, std::size_t index, std::size_t steps) const {
    Forecast result;
    const RowMajorMatrix past = decode(prepared, data, index, Decoding::posterior).probabilities;
    Eigen::RowVectorXd now = past.row(past.rows() - 1);
    result.probabilities.resize(static_cast<Eigen::Index>(steps), past.cols());
    for (Eigen::Index h = 0; h < result.probabilities.rows(); ++h) {
      now = now * prepared.transitions;
      result.probabilities.row(h) = now;
    }
    if constexpr (BankHasMeans<Bank>) result.means = result.probabilities * prepared.emissions.means();
    return result;
  }

  // One sequence of `count` rows, and its states.
  struct Simulated {
    RowMajorMatrix rows;
    std::vector<std::size_t> labels;
  };
  Simulated sample(const Parameters& at, std::size_t columns, std::size_t count,
                   Random& random) const requires BankDraws<Bank> {
    Simulated simulated{RowMajorMatrix(static_cast<Eigen::Index>(count), static_cast<Eigen::Index>(columns)), {}};
    Eigen::VectorXd next = at.initial;
    for (std::size_t t = 0; t < count; ++t) {
      const std::size_t state = draw_index(next, random);
      simulated.labels.push_back(state);
      bank.draw(at.emissions, state, random, {simulated.rows.row(static_cast<Eigen::Index>(t)).data(), columns});
      next = at.transitions.row(static_cast<Eigen::Index>(state)).transpose();
    }
    return simulated;
  }

  // What the E-step finds out about one sequence, times its weight.
  struct Smoothed {
    const double* gamma = nullptr;  // T x P
    Eigen::MatrixXd transitions;    // S x S: xi
    double log_likelihood = 0;      // without the weight
  };

 private:
  using RowsOfStates = Eigen::Map<const RowMajorMatrix>;

  static double weight_of(Weights weights, std::size_t index) { return weights.empty() ? 1 : weights[index]; }

  // Bytes for a row of a sequence: alpha, densities, pointer and scale.
  bool fits(const Prepared& prepared, std::size_t rows) const {
    const std::size_t numbers = 2 + prepared.chain.padded() * (BankOfSymbols<Bank> ? 1 : 2);
    return rows * numbers * sizeof(double) <= memory;
  }

  // visit(indices): sequences to be done in step, the longest first.
  template <class Visit>
  void for_each_group(const Prepared& prepared, const Sequences& data, Weights weights, const Visit& visit) const {
    std::vector<std::size_t> order;
    for (std::size_t i = 0; i < data.size(); ++i) {
      if (weight_of(weights, i) > 0) order.push_back(i);
    }
    std::ranges::stable_sort(order, std::ranges::greater{}, [&](std::size_t i) { return data.length(i); });
    for (std::size_t first = 0; first < order.size();) {
      std::size_t count = 1, rows = data.length(order[first]);
      while (count < most_in_step && first + count < order.size() &&
             fits(prepared, rows + data.length(order[first + count]))) {
        rows += data.length(order[first + count++]);
      }
      visit(std::span(order).subspan(first, count));
      first += count;
    }
  }

  static double sum_of_row(const double* row, std::size_t states) { return std::accumulate(row, row + states, 0.0); }

  // ln of what alpha of a last row adds up to.
  static double log_of(double total, const Stretch& stretch) {
    return std::log(total) + static_cast<double>(stretch.exponents) * std::numbers::ln2;
  }

  // Forward-backward for a group of sequences: visit(index, Smoothed) for each.
  template <class Visit>
  void smooth(const Prepared& prepared, const Sequences& data, std::span<const std::size_t> group, Weights weights,
              const Visit& visit) const {
    const std::size_t padded = prepared.chain.padded(), count = prepared.chain.states();
    std::size_t rows = 0;
    for (const std::size_t index : group) rows += data.length(index);
    RecursionMemory& work = RecursionMemory::own();
    work.reserve(rows, prepared.emissions.room_for(rows, true), padded);

    std::array<Stretch, most_in_step> stretches;
    std::array<double, most_in_step> log_scales, totals;
    std::size_t at = 0;
    for (std::size_t b = 0; b < group.size(); ++b) {
      const std::size_t index = group[b];
      log_scales[b] = prepared.emissions.fill(data.rows(index), data.known(index), work.densities.data() + at * padded,
                                              work.rows.data() + at);
      stretches[b].length = data.length(index);
      stretches[b].densities = work.rows.data() + at;
      stretches[b].alpha = work.alpha.data() + at * padded;
      stretches[b].scales = work.scales.data() + at;
      stretches[b].moves = work.moves.data() + b * padded * padded;
      stretches[b].pending = work.pending.data() + b * padded;
      at += stretches[b].length;
    }
    const std::span<Stretch> all(stretches.data(), group.size());
    forward(prepared.chain, all);
    for (std::size_t b = 0; b < group.size(); ++b) {
      totals[b] = sum_of_row(stretches[b].alpha + (stretches[b].length - 1) * padded, count);
      std::fill_n(stretches[b].pending, padded, weight_of(weights, group[b]) / totals[b]);
    }
    backward(prepared.chain, all);
    for (std::size_t b = 0; b < group.size(); ++b) {
      Smoothed smoothed{stretches[b].alpha, {}, log_of(totals[b], stretches[b]) + log_scales[b]};
      if (std::isnormal(totals[b]) && stretches[b].sound) {
        smoothed.transitions = moves_of(prepared, stretches[b].moves);
      } else {
        smoothed = smooth_in_logs(prepared, data, group[b], weight_of(weights, group[b]), stretches[b].alpha);
      }
      visit(group[b], smoothed);
    }
  }

  // xi, of sums that backward made of the chain or of the reversed one.
  static Eigen::MatrixXd moves_of(const Prepared& prepared, const double* moves, bool reversed = false) {
    const auto count = static_cast<Eigen::Index>(prepared.chain.states());
    const auto padded = static_cast<Eigen::Index>(prepared.chain.padded());
    const Eigen::MatrixXd sums = RowsOfStates(moves, count, padded).leftCols(count);
    return (reversed ? Eigen::MatrixXd(sums.transpose()) : sums).cwiseProduct(prepared.transitions);
  }

  // For what doubles cannot hold; gamma goes to `room`. Throws ModelError if no path allows the sequence.
  static Smoothed smooth_in_logs(const Prepared& prepared, const Sequences& data, std::size_t index, double weight,
                                 double* room) {
    const LogForwardBackward exact =
        forward_backward_in_logs(prepared.chain, prepared.emissions.logs(data.rows(index), data.known(index)));
    if (exact.log_likelihood == -std::numeric_limits<double>::infinity()) {
      throw ModelError("sequence " + std::to_string(data.number(index) + 1) + ", step " +
                       std::to_string(exact.impossible_step + 1) +
                       " is impossible under the model: no state that can be there has a density above zero");
    }
    Eigen::Map<RowMajorMatrix> gamma(room, exact.posterior.rows(), static_cast<Eigen::Index>(prepared.chain.padded()));
    gamma.setZero();
    gamma.leftCols(exact.posterior.cols()) = weight * exact.posterior;
    return {room, weight * exact.transitions, exact.log_likelihood};
  }

  void add(const Prepared& prepared, const Observations& rows, const Smoothed& smoothed, Statistics& sums) const {
    const auto count = static_cast<Eigen::Index>(prepared.chain.states());
    sums.initial += Eigen::Map<const Eigen::VectorXd>(smoothed.gamma, count);
    sums.transitions += smoothed.transitions;
    if (!fix_emissions) prepared.emissions.accumulate(rows, smoothed.gamma, sums.emissions);
  }

  // One long sequence on two threads: forward through the first half while the second is gone through from the end;
  // where they meet each has what the other needs to go back the way the other came. The same work and the same bits on
  // one thread. Nothing if the numbers leave the range of doubles.
  std::optional<double> expect_in_halves(const Prepared& prepared, const Sequences& data, std::size_t index,
                                         double weight, Statistics& sums) const {
    const std::size_t padded = prepared.chain.padded(), count = prepared.chain.states();
    const std::size_t length = data.length(index), middle = length / 2;
    RecursionMemory& work = RecursionMemory::own();
    work.reserve(length, prepared.emissions.room_for(length, true), padded);
    const std::array<std::size_t, 3> ends{0, middle, length};
    const std::array<const Chain*, 2> chains{&prepared.chain, &prepared.reversed};
    std::array<Stretch, 2> halves;
    std::array<double, 2> log_scales{};
    std::array<typename Bank::Statistics, 2> parts{bank.statistics(prepared.emissions.prepared()),
                                                   bank.statistics(prepared.emissions.prepared())};
    const auto rows_of = [&](std::size_t half) {
      return data.rows(index).subspan(ends[half], ends[half + 1] - ends[half]);
    };
    in_parallel([&](std::size_t half) {
      const Observations rows = rows_of(half);
      const auto known =
          data.known(index).empty() ? data.known(index) : data.known(index).subspan(ends[half], rows.size());
      const double** const densities = work.rows.data() + ends[half];
      log_scales[half] = prepared.emissions.fill(rows, known, work.densities.data() + ends[half] * padded, densities);
      if (half == 1) std::reverse(densities, densities + rows.size());
      Stretch& stretch = halves[half];
      stretch.length = rows.size();
      stretch.densities = densities;
      stretch.alpha = work.alpha.data() + ends[half] * padded;
      stretch.scales = work.scales.data() + ends[half];
      stretch.moves = work.moves.data() + half * padded * padded;
      stretch.pending = work.pending.data() + half * padded;
      forward(*chains[half], {&stretch, 1});
    });

    // p(x) = sum_ij alpha_i A_ij w_j where they meet.
    const auto row_at_meeting = [&](std::size_t half) {
      const double* const row = halves[half].alpha + (halves[half].length - 1) * padded;
      return Eigen::Map<const Eigen::VectorXd>(row, static_cast<Eigen::Index>(count));
    };
    const Eigen::VectorXd predicted = prepared.transitions.transpose() * row_at_meeting(0);
    const Eigen::VectorXd after = row_at_meeting(1);
    const double total = predicted.dot(after);
    if (!std::isnormal(total)) return std::nullopt;
    halves[0].ends = false;
    std::fill_n(work.pending.data(), 2 * padded, 0.0);
    for (std::size_t i = 0; i < count; ++i) {
      const auto state = static_cast<Eigen::Index>(i);
      halves[0].pending[i] = after[state] * (weight / total);
      halves[1].pending[i] = predicted[state] * (weight / total);
    }
    in_parallel([&](std::size_t half) {
      Stretch& stretch = halves[half];
      backward(*chains[half], {&stretch, 1});
      if (!stretch.sound) return;
      if (half == 1) reverse_rows(stretch.alpha, stretch.length, padded);
      if (!fix_emissions) prepared.emissions.accumulate(rows_of(half), stretch.alpha, parts[half]);
    });
    if (!halves[0].sound || !halves[1].sound) return std::nullopt;
    sums.initial += Eigen::Map<const Eigen::VectorXd>(halves[0].alpha, static_cast<Eigen::Index>(count));
    sums.transitions += moves_of(prepared, halves[0].moves);
    sums.transitions += moves_of(prepared, halves[1].moves, true);
    for (const auto& part : parts) latent::add(sums.emissions, part);
    return weight *
           (std::log(total) + static_cast<double>(halves[0].exponents + halves[1].exponents) * std::numbers::ln2 +
            log_scales[0] + log_scales[1]);
  }

  // body(0) and body(1), on two threads if there are. A thread that waits must not begin another sequence meanwhile, for
  // which it would use the same memory.
  template <class Body>
  static void in_parallel(const Body& body) {
    std::array<std::exception_ptr, 2> failed;
    const auto attempt = [&](std::size_t half) {
      try {
        body(half);
      } catch (...) {
        failed[half] = std::current_exception();
      }
    };
    tbb::this_task_arena::isolate([&] { tbb::parallel_invoke([&] { attempt(0); }, [&] { attempt(1); }); });
    for (const std::exception_ptr& each : failed) {
      if (each) std::rethrow_exception(each);
    }
  }

  static void reverse_rows(double* rows, std::size_t count, std::size_t padded) {
    for (std::size_t low = 0, high = count; low + 1 < high; ++low) {
      --high;
      std::swap_ranges(rows + low * padded, rows + (low + 1) * padded, rows + high * padded);
    }
  }

  // A sequence too long for `memory`: forward keeps one row in every stretch, from which backward finds the others again
  // (checkpoints; Griewank 1992).
  double expect_in_stretches(const Prepared& prepared, const Sequences& data, std::size_t index, double weight,
                             Statistics& sums) const {
    const std::size_t padded = prepared.chain.padded(), length = data.length(index);
    std::size_t step = std::max<std::size_t>(64, static_cast<std::size_t>(std::sqrt(static_cast<double>(length))));
    while (fits(prepared, 2 * step)) step *= 2;
    const std::size_t count = (length + step - 1) / step;
    RecursionMemory& work = RecursionMemory::own();
    work.reserve(step, prepared.emissions.room_for(step, true), padded);
    std::vector<double> checkpoints(count * padded);
    std::vector<double> tops(count);
    const Statistics before = sums;

    double log_scale = 0;
    const auto forward_stretch = [&](std::size_t number) {
      const std::size_t first = number * step, here = std::min(step, length - first);
      const auto known = data.known(index).empty() ? data.known(index) : data.known(index).subspan(first, here);
      Stretch stretch;
      log_scale += prepared.emissions.fill(data.rows(index).subspan(first, here), known, work.densities.data(),
                                           work.rows.data());
      stretch.length = here;
      stretch.densities = work.rows.data();
      stretch.alpha = work.alpha.data();
      stretch.scales = work.scales.data();
      stretch.moves = work.moves.data();
      stretch.pending = work.pending.data();
      if (number > 0) {
        stretch.before = checkpoints.data() + number * padded;
        stretch.top = tops[number];
      }
      forward(prepared.chain, {&stretch, 1});
      return stretch;
    };

    std::int64_t exponents = 0;
    double total = 0;
    for (std::size_t number = 0; number < count; ++number) {
      const Stretch stretch = forward_stretch(number);
      exponents += stretch.exponents;
      const double* const last = stretch.alpha + (stretch.length - 1) * padded;
      total = sum_of_row(last, prepared.chain.states());
      if (number + 1 == count) break;
      std::copy_n(last, padded, checkpoints.data() + (number + 1) * padded);
      tops[number + 1] = stretch.top;
    }
    const double log_likelihood = std::log(total) + static_cast<double>(exponents) * std::numbers::ln2 + log_scale;

    bool sound = std::isnormal(total);
    for (std::size_t number = count; sound && number-- > 0;) {
      Stretch stretch = forward_stretch(number);
      stretch.ends = number + 1 == count;
      if (stretch.ends) std::fill_n(stretch.pending, padded, weight / total);
      backward(prepared.chain, {&stretch, 1});
      sound = stretch.sound;
      if (number == 0) {
        sums.initial += Eigen::Map<const Eigen::VectorXd>(stretch.alpha, sums.initial.size());
        sums.transitions += moves_of(prepared, stretch.moves);
      }
      if (!fix_emissions) {
        prepared.emissions.accumulate(data.rows(index).subspan(number * step, stretch.length), stretch.alpha,
                                      sums.emissions);
      }
    }
    if (sound) return weight * log_likelihood;
    sums = before;
    AlignedBuffer room;
    const Smoothed exact = smooth_in_logs(prepared, data, index, weight, room.reserve(length * padded));
    add(prepared, data.rows(index), exact, sums);
    return weight * exact.log_likelihood;
  }

  // --- starts -------------------------------------------------------------------------------------------------------

  Mixture<Bank> mixture() const {
    Mixture<Bank> model;
    model.components = states;
    model.bank = bank;
    model.start = start;
    return model;
  }

  void check_states(const Sequences& data) const {
    if (states == 0) throw OptionError("states is 0, it must be at least 1");
    for (std::size_t i = 0; i < data.size(); ++i) {
      for (const std::int32_t state : data.known(i)) {
        if (state == Sequences::unknown || static_cast<std::size_t>(state) < states) continue;
        throw DataError("a known state is " + std::to_string(state + 1) + ", there are " + std::to_string(states));
      }
    }
  }

  static std::vector<double> weights_of_rows(const Sequences& data, Weights weights) {
    std::vector<double> all;
    if (weights.empty()) return all;
    for (std::size_t i = 0; i < data.size(); ++i) all.insert(all.end(), data.length(i), weights[i]);
    return all;
  }

  bool all_known_somewhere(const Sequences& data) const {
    std::vector<bool> seen(states);
    for (std::size_t i = 0; i < data.size(); ++i) {
      for (const std::int32_t state : data.known(i)) {
        if (state != Sequences::unknown) seen[static_cast<std::size_t>(state)] = true;
      }
    }
    return std::ranges::all_of(seen, [](bool each) { return each; });
  }

  // S - 1 places in (0, 1), not far from equal distances.
  std::vector<double> random_cuts(Random& random) const {
    boost::random::uniform_real_distribution<double> part(0.5, 1.5);
    std::vector<double> cuts;
    double sum = 0;
    for (std::size_t k = 0; k < states; ++k) cuts.push_back(sum += part(random));
    for (double& cut : cuts) cut /= sum;
    cuts.pop_back();
    return cuts;
  }

  // The rows of which no cell is missing and the label is known; of more than `most_for_start` of known label, evenly
  // spaced ones.
  struct RowsWithWeights {
    RowMajorMatrix rows;
    std::vector<double> weights;
    std::vector<std::size_t> labels;
  };
  template <class Label>
  RowsWithWeights complete_rows(const Sequences& data, const std::vector<double>& row_weights,
                                const Label& label) const {
    const auto for_each_labelled = [&](const auto& visit) {
      std::size_t at = 0;
      for (std::size_t i = 0; i < data.size(); ++i) {
        for (std::size_t t = 0; t < data.length(i); ++t, ++at) {
          const std::int32_t own = label(i, t);
          if (own != Sequences::unknown) visit(at, static_cast<std::size_t>(own));
        }
      }
    };
    std::size_t labelled = 0, next = 0;
    for_each_labelled([&](std::size_t, std::size_t) { ++labelled; });
    const std::size_t step = std::max<std::size_t>(1, (labelled + most_for_start - 1) / most_for_start);
    std::vector<std::size_t> kept;
    RowsWithWeights whole;
    const Observations all = data.all_rows();
    for_each_labelled([&](std::size_t at, std::size_t own) {
      if (next++ % step != 0 || missing_cells(all, at) != Missing::none) return;
      kept.push_back(at);
      whole.labels.push_back(own);
      if (!row_weights.empty()) whole.weights.push_back(row_weights[at]);
    });
    if (kept.size() < states) {
      throw DataError(count_of(kept.size(), "row") + " without missing cells " + (kept.size() == 1 ? "is" : "are") +
                      " too few for " + count_of(states, "state"));
    }
    whole.rows = take(all, kept);
    return whole;
  }

  template <class Label>
  typename Bank::Parameters emissions_of_labels(const Sequences& data, const std::vector<double>& row_weights,
                                                const Label& label) const {
    constexpr double softness = 0.05;
    const RowsWithWeights whole = complete_rows(data, row_weights, label);
    return mixture().from_labels(whole.rows, whole.labels, whole.weights, softness).components;
  }

  // Symbols have no distances: each probability times a random factor.
  static typename Bank::Parameters scattered(typename Bank::Parameters alike, Random& random) {
    boost::random::exponential_distribution<double> factor(1);
    for_each_field(alike, [&](const std::string&, auto& values, const Constraint&) {
      for (Eigen::Index k = 0; k < values.rows(); ++k) {
        for (Eigen::Index v = 0; v < values.cols(); ++v) values(k, v) *= 0.1 + factor(random);
        values.row(k) /= values.row(k).sum();
      }
    });
    return alike;
  }
};

}  // namespace latent
