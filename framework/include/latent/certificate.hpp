#pragma once

#include <cstddef>
#include <limits>
#include <string>
#include <vector>

#include <latent/json_form.hpp>

// What kind of point a fit ended at, with the evidence: plain EM from there, the score, the eigenvalues of the
// derivative of EM's map. A stop rule sees only that EM hardly moves, which it also does at a saddle, on a ridge, and
// where the M-step does not belong to the likelihood. <latent/certify.hpp> makes one.

namespace latent {

enum class PointKind {
  interior_maximum,
  boundary_maximum,  // some parameters are at the edge of their range, and the objective falls off it
  saddle,            // there is a direction in which EM leaves it
  flat_ridge,        // there is a direction in which the objective does not change
  stalled,           // not there yet: plain EM still gains
  disagreement,      // EM stands still where the objective has a slope: E-step, M-step and objective do not belong
                     // together
};
const char* name_of(PointKind kind);

struct CertifyOptions {
  // Of plain EM after the fit.
  std::size_t em_iterations = 200;
  // With more coordinates than these the derivative of the map, which costs two passes for each, is left out; the point
  // is then known by plain EM alone.
  std::size_t most_coordinates = 200;
};

// Scores are in units of the curvature: the slope of the objective along a coordinate times h, where the coordinate's
// second difference says that the objective falls by h^2 / 2 (its standard error, were it the only parameter).
struct Certificate {
  PointKind kind = PointKind::stalled;
  std::string message;  // the claim with its numbers

  std::size_t em_iterations = 0;                                     // of plain EM
  double em_gain = 0;                                                // of the objective, by them
  double estimated_gain = std::numeric_limits<double>::quiet_NaN();  // still to come after them

  bool differentiated = false;  // what follows is known
  double largest_score = std::numeric_limits<double>::quiet_NaN();
  std::string largest_score_at;  // "means[2]"
  std::vector<double> rates;     // eigenvalues of the derivative of EM's map, largest first: fractions of
                                 // missing information (Dempster, Laird & Rubin 1977, section 3)
  double curvature = std::numeric_limits<double>::quiet_NaN();  // by how much the objective falls a tenth of such a
                                                                // unit away on both sides, along the slowest direction
  std::string slowest;                                          // the coordinate that takes most part in it
  std::vector<std::string> at_boundary;                         // fields
  std::size_t passes = 0;                                       // over the data, in all
};
std::string report_of(const Certificate& certificate);  // an aligned table
Json to_json(const Certificate& certificate);

}  // namespace latent
