#include <string>

#include <latent/stop_requests.hpp>

namespace latent {

void StopRequests::exchange() {
  if (!shared()) return;
  const std::string said =
      from_first_rank(options_.execution.get(), [this] { return std::string(1, static_cast<char>(here())); });
  told_ = static_cast<Request>(said.front());
}

void StopRequests::show(const Iteration& now) {
  if (options_.observer && options_.observer(now) == Continue::no) observer_asked_ = true;
}

bool StopRequests::by_signal() const { return shared() ? told_ == Request::signal : signalled(); }
bool StopRequests::by_observer() const { return shared() ? told_ == Request::observer : observer_asked_; }
bool StopRequests::by_time() const { return shared() ? told_ == Request::time : out_of_time(); }

StopRequests::Request StopRequests::here() const {
  if (signalled()) return Request::signal;
  if (observer_asked_) return Request::observer;
  return out_of_time() ? Request::time : Request::none;
}

}  // namespace latent
