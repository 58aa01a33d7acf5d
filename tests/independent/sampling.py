"""The keyed streams in plain NumPy, written from docs/method.md, section 1, alone."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

_MASK = np.uint64(0xFFFFFFFF)


def path_hash(path: str) -> int:
    """FNV-1a, 64 bits, of the UTF-8 bytes."""
    value = 14695981039346656037
    for byte in path.encode():
        value = ((value ^ byte) * 1099511628211) % 2**64
    return value


def philox(counter: NDArray[np.uint64], key: tuple[int, int]) -> NDArray[np.uint64]:
    """Ten rounds of Philox 4x32 on counters of shape (n, 4); 32-bit words in 64-bit integers."""
    c0, c1, c2, c3 = (counter[:, i].astype(np.uint64) for i in range(4))
    k0, k1 = key
    for _ in range(10):
        p0, p1 = np.uint64(0xD2511F53) * c0, np.uint64(0xCD9E8D57) * c2
        shift = np.uint64(32)
        c0, c1, c2, c3 = (
            (p1 >> shift) ^ c1 ^ np.uint64(k0),
            p1 & _MASK,
            (p0 >> shift) ^ c3 ^ np.uint64(k1),
            p0 & _MASK,
        )
        k0, k1 = (k0 + 0x9E3779B9) % 2**32, (k1 + 0xBB67AE85) % 2**32
    return np.stack([c0, c1, c2, c3], axis=1)


def _words(seed: int, path: int, numbers: NDArray[np.uint64]) -> NDArray[np.uint64]:
    counter = np.empty((numbers.size, 4), np.uint64)
    counter[:, 0], counter[:, 1] = numbers & _MASK, numbers >> np.uint64(32)
    counter[:, 2], counter[:, 3] = path % 2**32, path >> 32
    return philox(counter, (seed % 2**32, seed >> 32))


def strata(seed: int, path: int, trials: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """Stratum 0..63 of each trial: eight rounds of a keyed permutation of the trial's place in its block."""
    words = _words(seed, path, np.uint64(2**63) | (trials // np.uint64(64)))
    x = trials % np.uint64(64)
    for r in range(8):
        g = (words[:, r // 2] >> np.uint64(16 * (r % 2))) & np.uint64(0xFFFF)
        x = (x * ((g >> np.uint64(8)) | np.uint64(1)) + (g & np.uint64(255))) & np.uint64(63)
        x = x ^ (x >> np.uint64(3))
    return x


def word_of(seed: int, path: int, trials: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """The 64-bit word of each trial."""
    words = _words(seed, path, trials // np.uint64(2))
    odd = (trials % np.uint64(2)).astype(bool)
    low = np.where(odd, words[:, 2], words[:, 0])
    high = np.where(odd, words[:, 3], words[:, 1])
    return (high << np.uint64(32)) | low


def normal_pair(seed: int, path: int, first: int, n: int) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Two standard normal numbers a trial, after Box and Muller."""
    word = word_of(seed, path, np.arange(first, first + n, dtype=np.uint64))
    u = ((word >> np.uint64(32)).astype(np.float64) + 0.5) * 2.0**-32
    t = (((word & _MASK) >> np.uint64(1)).astype(np.float64) + 0.5) * 2.0**-31 - 0.5
    r = np.sqrt(-2.0 * np.log(u))
    sign = np.where(word & np.uint64(1), -1.0, 1.0)
    return r * np.sin(np.pi * t), sign * r * np.cos(np.pi * t)


def uniforms(seed: int, path: int, first: int, n: int, sampling: str = "stratified") -> NDArray[np.float64]:
    """Uniform numbers of the trials first .. first + n - 1 of the path with this hash."""
    trials = np.arange(first, first + n, dtype=np.uint64)
    word = word_of(seed, path, trials)
    if sampling == "random":
        k = word >> np.uint64(12)
    else:
        k = (strata(seed, path, trials) << np.uint64(46)) | (word >> np.uint64(18))
    # Exact: 2 k + 1 has at most 53 bits.
    return (2 * k.astype(np.int64) + 1).astype(np.float64) * 2.0**-53
