#include "ranks.hpp"

#include <chrono>
#include <cstdlib>
#include <iostream>
#include <string>
#include <thread>

#include <latent/error.hpp>

#ifdef LATENT_WITH_MPI
#include <latent/mpi.hpp>
#endif

namespace latent::cli {
namespace {

std::shared_ptr<Execution> ranks;  // of this process; null if it is alone
bool made_together = true;

// How many mpirun (or another launcher that speaks PMIx or PMI) started together, as it tells each of them.
bool started_by_mpirun() {
  for (const char* name : {"OMPI_COMM_WORLD_SIZE", "PMIX_RANK", "PMI_SIZE"}) {
    if (std::getenv(name)) return true;
  }
  return false;
}

#ifndef LATENT_WITH_MPI
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

#ifdef LATENT_WITH_MPI

Ranks::Ranks() {
  if (!started_by_mpirun()) return;
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
