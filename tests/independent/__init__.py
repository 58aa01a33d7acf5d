"""The method written a second time, from docs/method.md alone, to check the library against."""
