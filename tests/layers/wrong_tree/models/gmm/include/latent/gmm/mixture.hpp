#pragma once

#include <latent/components/bank.hpp>
#include <latent/fit.hpp>
