#include "trainplan/base/error.hpp"

#include "bindings.hpp"

namespace trainplan::bindings {
namespace {

py::list as_dicts(const Problems& problems) {
  py::list list;
  for (const Problem& problem : problems) {
    py::dict entry;
    entry["path"] = problem.path;
    entry["value"] = problem.value;
    entry["allowed"] = problem.allowed;
    entry["hint"] = problem.hint;
    list.append(entry);
  }
  return list;
}

}  // namespace

void bind_error(py::module_& core) {
  // ValueError underneath, so that callers who know nothing of this library still catch what they expect.
  static py::exception<InputError> input_error(core, "InputError", PyExc_ValueError);
  static py::exception<SolveError> solve_error(core, "SolveError", PyExc_RuntimeError);
  py::register_exception_translator([](std::exception_ptr pointer) {
    try {
      if (pointer) std::rethrow_exception(pointer);
    } catch (const InputError& error) {
      const py::object instance = static_cast<const py::object&>(input_error)(error.what());
      instance.attr("problems") = as_dicts(error.problems());
      PyErr_SetObject(input_error.ptr(), instance.ptr());
    } catch (const SolveError& error) {
      PyErr_SetString(solve_error.ptr(), error.what());
    }
  });
}

}  // namespace trainplan::bindings
