#include "trainplan/base/random.hpp"

#include <pybind11/numpy.h>
#include <pybind11/stl.h>

#include "bindings.hpp"

namespace trainplan::bindings {

using namespace py::literals;

void bind_random(py::module_& core) {
  py::module_ random =
      core.def_submodule("random", "The keyed streams: draws are a pure function of (seed, path, trial).");
  core.attr("stream_version") = rng::stream_version;
  random.def("path_hash", &path_hash, "path"_a, "FNV-1a, 64 bits, of the path's UTF-8 bytes.");
  random.def("philox", &rng::philox, "counter"_a, "key"_a, "Philox4x32-10: four words.");
  random.def(
      "uniforms",
      [](std::uint64_t path, std::uint64_t seed, std::uint64_t first, std::size_t n, bool stratified) {
        py::array_t<double> values(static_cast<py::ssize_t>(n));
        rng::uniforms(seed, path, first, stratified ? Sampling::stratified : Sampling::random,
                      {values.mutable_data(), n});
        return values;
      },
      "path"_a, py::kw_only(), "seed"_a, "first"_a = 0, "n"_a, "stratified"_a = true,
      "Uniform numbers of trials first .. first+n-1 of the path with this hash.");
}

}  // namespace trainplan::bindings
