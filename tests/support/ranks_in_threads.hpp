#pragma once

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <exception>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <span>
#include <thread>
#include <utility>
#include <vector>

#include <latent/execution.hpp>

// The ranks of a fit as threads of one process, which send each other messages through a common letter box.

namespace ranks_in_threads {

class LetterBox {
 public:
  void put(std::size_t from, std::size_t to, std::span<const double> message) {
    const std::lock_guard lock(mutex_);
    waiting_[{from, to}].emplace_back(message.begin(), message.end());
    ++sent_[{from, to}];
    there_is_one_.notify_all();
  }
  std::vector<double> take(std::size_t from, std::size_t to) {
    std::unique_lock lock(mutex_);
    std::deque<std::vector<double>>& messages = waiting_[{from, to}];
    there_is_one_.wait(lock, [&] { return !messages.empty(); });
    std::vector<double> message = std::move(messages.front());
    messages.pop_front();
    return message;
  }
  // How many messages went from one rank to another.
  const std::map<std::pair<std::size_t, std::size_t>, std::size_t>& sent() const { return sent_; }

 private:
  std::mutex mutex_;
  std::condition_variable there_is_one_;
  std::map<std::pair<std::size_t, std::size_t>, std::deque<std::vector<double>>> waiting_;
  std::map<std::pair<std::size_t, std::size_t>, std::size_t> sent_;
};

class Rank : public latent::Execution {
 public:
  Rank(LetterBox& box, std::size_t rank, std::size_t size) : box_(box), rank_(rank), size_(size) {}
  std::size_t rank() const override { return rank_; }
  std::size_t size() const override { return size_; }
  void send(std::size_t to, std::span<const double> message) override { box_.put(rank_, to, message); }
  std::vector<double> receive(std::size_t from) override { return box_.take(from, rank_); }
  std::vector<double> exchange(std::size_t other, std::span<const double> message) override {
    send(other, message);
    return receive(other);
  }

 private:
  LetterBox& box_;
  std::size_t rank_, size_;
};

// run(execution) by so many ranks at the same time; the letter box when all have ended. Throws what the first that fails
// throws.
inline std::unique_ptr<LetterBox> run(std::size_t ranks,
                                      const std::function<void(std::shared_ptr<latent::Execution>)>& run) {
  auto box = std::make_unique<LetterBox>();
  std::vector<std::exception_ptr> failed(ranks);
  std::vector<std::jthread> threads;
  for (std::size_t rank = 0; rank < ranks; ++rank) {
    threads.emplace_back([&, rank] {
      try {
        run(std::make_shared<Rank>(*box, rank, ranks));
      } catch (...) {
        failed[rank] = std::current_exception();
      }
    });
  }
  threads.clear();  // joins them
  for (const std::exception_ptr& failure : failed) {
    if (failure) std::rethrow_exception(failure);
  }
  return box;
}

}  // namespace ranks_in_threads
