"""The programme benchmark's model in NumPy and in Numba, as fast as experienced users would make it."""
