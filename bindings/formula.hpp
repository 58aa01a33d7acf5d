/// Scalar formulas of a domain room as Python functions that broadcast like NumPy's.
///
/// In the core such formulas trust their input, since they run inside loops; what a person passes is checked
/// here, entry by entry, against the range that the argument has.
#pragma once

#include <pybind11/numpy.h>

#include <limits>

#include "bindings.hpp"
#include "trainplan/base/distribution.hpp"
#include "trainplan/base/error.hpp"

namespace trainplan::bindings {

inline constexpr double unbounded = std::numeric_limits<double>::infinity();
inline constexpr Range any_number{-unbounded, unbounded, true, true};  // finite
inline constexpr Range share{0.0, 1.0};
inline constexpr Range inner_share{0.0, 1.0, true, true};
inline constexpr Range positive{0.0, unbounded, true, true};
inline constexpr Range not_negative{0.0, unbounded, false, true};

/// `x`, when it lies in `range`.
/// @throws InputError naming the argument
inline double in(double x, const char* name, const Range& range) {
  if (!range.holds(x)) {
    throw InputError(name, "must be " + (range == any_number ? std::string("finite") : describe(range)),
                     shown(x));
  }
  return x;
}

}  // namespace trainplan::bindings
