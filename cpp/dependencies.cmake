# Where Eigen, Boost.Math, pybind11 and GoogleTest come from: their PyPI packages when the Python that
# CMake runs with has them, the system's otherwise.
set(PYBIND11_FINDPYTHON ON)
if(TRAINPLAN_BUILD_PYTHON)
  find_package(Python 3.11 COMPONENTS Interpreter Development.Module)
  if(NOT Python_Development.Module_FOUND)
    message(FATAL_ERROR "The Python headers are missing: install them (Debian: apt-get install python3-dev)")
  endif()
else()
  find_package(Python 3.11 REQUIRED COMPONENTS Interpreter)
endif()

# OUT = what the Python expression prints.
function(trainplan_ask_python OUT EXPRESSION)
  execute_process(
    COMMAND "${Python_EXECUTABLE}" -c "import sys, os, sysconfig, importlib.util as u; print(${EXPRESSION})"
    OUTPUT_VARIABLE answer OUTPUT_STRIP_TRAILING_WHITESPACE COMMAND_ERROR_IS_FATAL ANY)
  set(${OUT} "${answer}" PARENT_SCOPE)
endfunction()

trainplan_ask_python(cmeel_prefixes
  "';'.join(q for q in (os.path.join(p, 'cmeel.prefix') for p in sys.path if p) if os.path.isdir(q))")
list(PREPEND CMAKE_PREFIX_PATH ${cmeel_prefixes})
find_package(Eigen3 3.4 CONFIG REQUIRED)

trainplan_ask_python(boost_headers
  "(lambda s: os.path.join(list(s.submodule_search_locations)[0], 'include') if s else '')(u.find_spec('libboost_headers'))")
find_path(TRAINPLAN_BOOST_INCLUDE_DIR boost/math/distributions/gamma.hpp HINTS "${boost_headers}" REQUIRED NO_CACHE)
add_library(trainplan_boost_math INTERFACE)
target_include_directories(trainplan_boost_math SYSTEM INTERFACE "${TRAINPLAN_BOOST_INCLUDE_DIR}")
target_compile_definitions(trainplan_boost_math INTERFACE BOOST_MATH_STANDALONE)

find_package(Threads REQUIRED)

if(TRAINPLAN_BUILD_PYTHON)
  trainplan_ask_python(pybind11_dir
    "(lambda s: os.path.join(list(s.submodule_search_locations)[0], 'share', 'cmake', 'pybind11') if s else '')(u.find_spec('pybind11'))")
  find_package(pybind11 3 CONFIG REQUIRED HINTS "${pybind11_dir}")
endif()

if(TRAINPLAN_BUILD_TESTS)
  trainplan_ask_python(python_data "sysconfig.get_path('data')")
  find_path(TRAINPLAN_GTEST_SOURCE src/gtest-all.cc
    HINTS "${python_data}/src/gtest_vendor" /usr/src/googletest/googletest NO_CACHE)
  if(TRAINPLAN_GTEST_SOURCE)
    add_library(trainplan_gtest STATIC "${TRAINPLAN_GTEST_SOURCE}/src/gtest-all.cc" "${TRAINPLAN_GTEST_SOURCE}/src/gtest_main.cc")
    target_include_directories(trainplan_gtest SYSTEM PUBLIC "${TRAINPLAN_GTEST_SOURCE}/include" PRIVATE "${TRAINPLAN_GTEST_SOURCE}")
    target_compile_features(trainplan_gtest PUBLIC cxx_std_20)
    target_link_libraries(trainplan_gtest PUBLIC Threads::Threads)
    add_library(GTest::gtest_main ALIAS trainplan_gtest)
  else()
    find_package(GTest CONFIG REQUIRED)
  endif()
endif()
