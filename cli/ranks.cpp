#include "ranks.hpp"

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <iostream>
#include <optional>
#include <string>
#include <thread>

#include <latent/error.hpp>
#include <sched.h>
#include <unistd.h>

#ifdef LATENT_WITH_MPI
#include <latent/mpi.hpp>
#endif

namespace latent::cli {
namespace {

std::shared_ptr<Execution> ranks;  // of this process; null if it is alone
std::optional<std::size_t> share;  // of the machine's processors
bool made_together = true;

// How many mpirun (or another launcher that speaks PMIx or PMI) started together, as it tells each of them.
bool started_by_mpirun() {
  for (const char* name : {"OMPI_COMM_WORLD_SIZE", "PMIX_RANK", "PMI_SIZE"}) {
    if (std::getenv(name)) return true;
  }
  return false;
}

#ifdef LATENT_WITH_MPI
// Whether the user has said which processors each rank is to have.
bool bound_by_user() {
  for (const char* name : {"hwloc_base_binding_policy", "hwloc_base_cpu_set", "rmaps_rank_file_path"}) {
    if (std::getenv((std::string("OMPI_MCA_") + name).c_str())) return true;
  }
  const char* mapping = std::getenv("OMPI_MCA_rmaps_base_mapping_policy");
  return mapping && std::string(mapping).find("PE=") != std::string::npos;
}

// Open MPI binds each rank to a core, or a socket, if it is not told otherwise: right for ranks of one thread. Ours have
// more; so they have what mpirun itself has, and each takes an even share of it in threads. Nothing if the ranks are
// bound by the user, or started by somebody else.
std::optional<std::size_t> share_processors() {
  const char* on_this_machine = std::getenv("OMPI_COMM_WORLD_LOCAL_SIZE");
  if (!on_this_machine || bound_by_user()) return std::nullopt;
  ::cpu_set_t processors;
  if (::sched_getaffinity(::getppid(), sizeof processors, &processors) != 0) return std::nullopt;
  if (::sched_setaffinity(0, sizeof processors, &processors) != 0) return std::nullopt;
  const auto all = static_cast<std::size_t>(CPU_COUNT(&processors));
  return std::max<std::size_t>(1, all / std::max<std::size_t>(1, std::strtoul(on_this_machine, nullptr, 10)));
}
#else
bool started_with_others() {
  for (const char* name : {"OMPI_COMM_WORLD_SIZE", "PMI_SIZE"}) {
    const char* size = std::getenv(name);
    if (size && std::string(size) != "1") return true;
  }
  return false;
}
#endif

}  // namespace

bool Ranks::is_first() { return !ranks || ranks->rank() == 0; }
void Ranks::set_together(bool together) { made_together = together; }
std::shared_ptr<Execution> Ranks::all() { return made_together ? ranks : nullptr; }
std::optional<std::size_t> Ranks::threads() { return share; }

#ifdef LATENT_WITH_MPI

Ranks::Ranks() {
  if (!started_by_mpirun()) return;
  share = share_processors();
  int provided = 0;
  if (MPI_Init_thread(nullptr, nullptr, MPI_THREAD_SERIALIZED, &provided) != MPI_SUCCESS) {
    throw Error("MPI cannot be initialized");
  }
  if (provided < MPI_THREAD_SERIALIZED) throw Error("this MPI was built without threads, which a fit has");
  ranks = mpi(MPI_COMM_WORLD);
}

namespace {

// Whether all ranks have come here, within so many seconds (for ever, if it is 0): once in the life of a process.
bool all_have_come(int seconds) {
  static bool together = false;
  MPI_Request request = MPI_REQUEST_NULL;
  if (together || MPI_Ibarrier(MPI_COMM_WORLD, &request) != MPI_SUCCESS) return together;
  const auto begin = std::chrono::steady_clock::now();
  while (true) {
    int done = 0;
    MPI_Test(&request, &done, MPI_STATUS_IGNORE);
    together = done != 0;
    if (together || (seconds > 0 && std::chrono::steady_clock::now() - begin > std::chrono::seconds(seconds))) break;
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  return together;
}

}  // namespace

Ranks::~Ranks() {
  if (ranks && ranks->size() > 1) all_have_come(0);  // MPI_Finalize would take a processor for waiting
  ranks.reset();
  int initialized = 0, finalized = 0;
  MPI_Initialized(&initialized);
  MPI_Finalized(&finalized);
  if (initialized && !finalized) MPI_Finalize();
}

void Ranks::end(int status, const char* reason) {
  if (!ranks || ranks->size() == 1) return;
  constexpr int patience = 3;  // seconds
  if (all_have_come(patience)) return;
  if (!is_first()) std::cerr << "latent: rank " << ranks->rank() << ": " << reason << std::endl;
  MPI_Abort(MPI_COMM_WORLD, status);
}

#else

Ranks::Ranks() {
  if (started_by_mpirun() && started_with_others()) {
    throw Error("was started by mpirun, but built without MPI; install it (libopenmpi-dev) and build again");
  }
}
Ranks::~Ranks() = default;
void Ranks::end(int, const char*) {}

#endif

}  // namespace latent::cli
