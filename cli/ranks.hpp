#pragma once

#include <cstddef>
#include <memory>
#include <optional>

#include <latent/execution.hpp>

// The processes of one command that mpirun started together.

namespace latent::cli {

// While it lives, MPI is up, if this process was started by mpirun: MPI_Init takes a quarter of a second, which nobody
// else should wait for. Throws Error if mpirun started several and this program was built without MPI.
class Ranks {
 public:
  Ranks();
  ~Ranks();
  Ranks(const Ranks&) = delete;
  Ranks& operator=(const Ranks&) = delete;

  // Whether this process is the one that speaks, and makes what is not shared.
  static bool is_first();
  // Whether they make the command together; else the first makes it alone.
  static void set_together(bool together);
  // Null if there is one process alone, or one makes the command.
  static std::shared_ptr<Execution> all();
  // How many threads this process should have if nobody says; null: all there are.
  static std::optional<std::size_t> threads();

  // Ends this process, and all if the others do not come to their end within seconds: then something has happened here
  // that happened nowhere else. Returns if there is one process alone.
  static void end(int status, const char* reason);
};

}  // namespace latent::cli
