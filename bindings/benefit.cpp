#include "trainplan/domain/benefit.hpp"

#include "formula.hpp"

namespace trainplan::bindings {

using namespace py::literals;

void bind_benefit(py::module_& core) {
  py::module_ room = core.def_submodule("benefit", "What better KPIs are worth.");
  room.def("monthly_churn", py::vectorize([](double percent_a_year) {
             in(percent_a_year, "percent_a_year", Range{0.0, 100.0});
             return benefit::monthly_churn(percent_a_year);
           }),
           "percent_a_year"_a);
  room.def("yearly_churn", py::vectorize([](double monthly) {
             in(monthly, "monthly", share);
             return benefit::yearly_churn(monthly);
           }),
           "monthly"_a);
  room.def("churn_after", py::vectorize([](double monthly, double elasticity, double points) {
             in(monthly, "monthly", share);
             in(elasticity, "elasticity", not_negative);
             in(points, "points", any_number);
             return benefit::churn_after(monthly, elasticity, points);
           }),
           "monthly"_a, "elasticity"_a, "points"_a);
}

}  // namespace trainplan::bindings
