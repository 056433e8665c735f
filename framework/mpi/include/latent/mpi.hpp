#pragma once

#include <memory>

#include <latent/execution.hpp>
#include <mpi.h>

namespace latent {

// A fit by the processes of a communicator, all of which make it with the same arguments:
//
//   MPI_Init_thread(&count, &words, MPI_THREAD_SERIALIZED, &provided);
//   const auto fitted = latent::fit(model, data, {.execution = latent::mpi(MPI_COMM_WORLD)});
//
// MPI must be initialized, for MPI_THREAD_SERIALIZED or more, and not finalized before the last copy of what is returned
// is gone. Messages go over a duplicate of `world`, so they never meet those of the caller; making it needs all ranks.
// Throws Error if MPI reports one.
std::shared_ptr<Execution> mpi(MPI_Comm world);

}  // namespace latent
