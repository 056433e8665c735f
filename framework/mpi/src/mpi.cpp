#include <algorithm>
#include <chrono>
#include <limits>
#include <string>
#include <thread>

#include <latent/error.hpp>
#include <latent/mpi.hpp>

namespace latent {
namespace {

void check(int status) {
  if (status == MPI_SUCCESS) return;
  char text[MPI_MAX_ERROR_STRING] = {};
  int length = 0;
  MPI_Error_string(status, text, &length);
  throw Error("MPI: " + std::string(text, static_cast<std::size_t>(length)));
}

// Until done(): at first without pause, because a message of an E-step is there in microseconds, then with longer and
// longer ones, because ranks that wait for the first rank's search must not take its processors from it. What a pause
// adds is at most a twentieth of what has been waited.
template <class Done>
void wait_until(const Done& done) {
  using namespace std::chrono;
  constexpr steady_clock::duration at_once = microseconds(100), shortest = microseconds(20), longest = milliseconds(2);
  const auto begin = steady_clock::now();
  while (!done()) {
    const auto waited = steady_clock::now() - begin;
    if (waited < at_once) {
      std::this_thread::yield();
    } else {
      std::this_thread::sleep_for(std::clamp(waited / 20, shortest, longest));
    }
  }
}

class MpiExecution : public Execution {
 public:
  explicit MpiExecution(MPI_Comm world) {
    check(MPI_Comm_dup(world, &world_));
    check(MPI_Comm_set_errhandler(world_, MPI_ERRORS_RETURN));
    check(MPI_Comm_rank(world_, &rank_));
    check(MPI_Comm_size(world_, &size_));
  }
  ~MpiExecution() override {
    int finalized = 0;
    MPI_Finalized(&finalized);
    if (!finalized) MPI_Comm_free(&world_);
  }
  MpiExecution(const MpiExecution&) = delete;
  MpiExecution& operator=(const MpiExecution&) = delete;

  std::size_t rank() const override { return static_cast<std::size_t>(rank_); }
  std::size_t size() const override { return static_cast<std::size_t>(size_); }

  void send(std::size_t to, std::span<const double> message) override {
    MPI_Request request = begin_to_send(to, message);
    finish(request);
  }
  std::vector<double> receive(std::size_t from) override {
    MPI_Message envelope = MPI_MESSAGE_NULL;
    MPI_Status status;
    wait_until([&] {
      int there = 0;
      check(MPI_Improbe(static_cast<int>(from), tag, world_, &there, &envelope, &status));
      return there != 0;
    });
    int count = 0;
    check(MPI_Get_count(&status, MPI_DOUBLE, &count));
    std::vector<double> message(static_cast<std::size_t>(count));
    MPI_Request request = MPI_REQUEST_NULL;
    check(MPI_Imrecv(message.data(), count, MPI_DOUBLE, &envelope, &request));
    finish(request);
    return message;
  }
  std::vector<double> exchange(std::size_t other, std::span<const double> message) override {
    MPI_Request request = begin_to_send(other, message);
    std::vector<double> received = receive(other);
    finish(request);
    return received;
  }

 private:
  static constexpr int tag = 0;

  MPI_Request begin_to_send(std::size_t to, std::span<const double> message) {
    if (message.size() > static_cast<std::size_t>(std::numeric_limits<int>::max())) {
      throw Error("the sums of an E-step are " + std::to_string(message.size()) +
                  " numbers, MPI sends at most 2147483647 at a time");
    }
    MPI_Request request = MPI_REQUEST_NULL;
    check(MPI_Isend(message.data(), static_cast<int>(message.size()), MPI_DOUBLE, static_cast<int>(to), tag, world_,
                    &request));
    return request;
  }
  static void finish(MPI_Request& request) {
    wait_until([&] {
      int done = 0;
      check(MPI_Test(&request, &done, MPI_STATUS_IGNORE));
      return done != 0;
    });
  }

  MPI_Comm world_ = MPI_COMM_NULL;
  int rank_ = 0, size_ = 1;
};

}  // namespace

std::shared_ptr<Execution> mpi(MPI_Comm world) { return std::make_shared<MpiExecution>(world); }

}  // namespace latent
