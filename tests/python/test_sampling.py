"""The keyed streams: known answers, and the core against plain NumPy, bit for bit."""

import numpy as np
import pytest

from independent import sampling
from trainplan._core import random

PATH = 0x0123456789ABCDEF
# Seed 7, path hash 0x0123456789ABCDEF, trials 0 to 7.
RANDOM = """0x1.6ade155b2f95fp-1 0x1.bc8d65e5094b5p-1 0x1.29237d72799f1p-1 0x1.c079805722829p-1
0x1.d97a964cedcaep-2 0x1.5dda38011ae62p-2 0x1.1ed4cd502177p-5 0x1.66de82c1eb3c9p-1"""
STRATIFIED = """0x1.15ab78556cbe5p-1 0x1.7791acbca1298p-4 0x1.d29237d72799cp-3 0x1.c07980572284p-7
0x1.33b2f52c99db9p-1 0x1.fabbb4700235dp-1 0x1.a047b53354085p-1 0x1.2d9b7a0b07acfp-1"""
STRATA = [34, 5, 14, 0, 38, 63, 52, 37]
# D. E. Shaw Research, Random123, tests/kat_vectors, philox4x32 10.
PHILOX = [
    ("00000000 00000000 00000000 00000000", "00000000 00000000", "6627e8d5 e169c58d bc57ac4c 9b00dbd8"),
    ("243f6a88 85a308d3 13198a2e 03707344", "a4093822 299f31d0", "d16cfe09 94fdcceb 5001e420 24126ea1"),
]


def words(text: str) -> list[int]:
    return [int(word, 16) for word in text.split()]


@pytest.mark.parametrize(("counter", "key", "output"), PHILOX)
def test_philox_gives_the_published_answers(counter: str, key: str, output: str) -> None:
    assert list(random.philox(words(counter), words(key))) == words(output)
    independent = sampling.philox(np.array([words(counter)], np.uint64), tuple(words(key)))
    assert independent[0].tolist() == words(output)


@pytest.mark.parametrize(("name", "vector"), [("random", RANDOM), ("stratified", STRATIFIED)])
def test_uniforms_give_the_known_vector(name: str, vector: str) -> None:
    expected = [float.fromhex(text) for text in vector.split()]
    assert random.uniforms(PATH, seed=7, n=8, stratified=name == "stratified").tolist() == expected
    assert sampling.uniforms(7, PATH, 0, 8, name).tolist() == expected


def test_strata_give_the_known_vector() -> None:
    assert sampling.strata(7, PATH, np.arange(8, dtype=np.uint64)).tolist() == STRATA


@pytest.mark.parametrize(
    ("text", "hash_"), [("", 0xCBF29CE484222325), ("a", 0xAF63DC4C8601EC8C), ("foobar", 0x85944171F73967E8)]
)
def test_the_path_hash_is_fnv_1a(text: str, hash_: int) -> None:
    # Known answers from Fowler, Noll & Vo's page of test vectors.
    assert random.path_hash(text) == sampling.path_hash(text) == hash_


@pytest.mark.parametrize("name", ["random", "stratified"])
@pytest.mark.parametrize(
    ("seed", "first", "n"),
    [(0, 0, 640), (2**64 - 1, 37, 301), (123456789, 2**33 + 11, 130), (5, 10**9 - 65, 65)],
)
def test_the_core_equals_plain_numpy(name: str, seed: int, first: int, n: int) -> None:
    path = sampling.path_hash("teams.billing.baseline.csat")
    core = random.uniforms(path, seed=seed, first=first, n=n, stratified=name == "stratified")
    assert core.tobytes() == sampling.uniforms(seed, path, first, n, name).tobytes()
