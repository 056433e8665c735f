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
std::shared_ptr<Execution> Ranks::all() { return ranks; }

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

Ranks::~Ranks() {
  ranks.reset();
  int initialized = 0, finalized = 0;
  MPI_Initialized(&initialized);
  MPI_Finalized(&finalized);
  if (initialized && !finalized) MPI_Finalize();
}

void Ranks::end(int status, const char* reason) {
  if (!ranks || ranks->size() == 1) return;
  using namespace std::chrono;
  constexpr auto patience = seconds(3);
  MPI_Request request = MPI_REQUEST_NULL;
  MPI_Ibarrier(MPI_COMM_WORLD, &request);
  const auto begin = steady_clock::now();
  for (int together = 0; !together;) {
    MPI_Test(&request, &together, MPI_STATUS_IGNORE);
    if (together) return;
    if (steady_clock::now() - begin > patience) break;
    std::this_thread::sleep_for(milliseconds(1));
  }
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
