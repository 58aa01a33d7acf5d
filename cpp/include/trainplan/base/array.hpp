/// Names for the arrays that cross borders: owners and views, rows of a table are contiguous as in NumPy.
#pragma once

#include <Eigen/Core>
#include <cstdint>
#include <span>

namespace trainplan {

using Vector = Eigen::VectorXd;
using VectorView = Eigen::Ref<const Eigen::VectorXd>;
using Table = Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
using TableView = Eigen::Ref<const Table>;

/// Values of one quantity, a trial each, contiguous: what the inner loops read and write.
using Lane = std::span<double>;
using LaneView = std::span<const double>;

}  // namespace trainplan
