"""Groups of correlated quantities and their factor: docs/method.md, section 1, "Correlation"."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from .inputs import Record

Array = NDArray[np.float64]


def pearson(spearman: float) -> float:
    """Correlation of normal scores behind a rank correlation (Kruskal 1958)."""
    return 2.0 * math.sin(math.pi * spearman / 6.0)


def _natural(ID: str) -> list[tuple[int, int, str]]:
    """An id with the digits in it read as numbers: c2 before c10."""
    parts = re.findall(r"\d+|\D+", ID)
    return [(0, int(part), "") if part.isdigit() else (1, 0, part) for part in parts]


def groups(rows: Iterable[Record]) -> list[tuple[list[str], Array]]:
    """Members of each connected set of paths, as rows in the order of their ids name them, and its matrix."""
    ordered = sorted(rows, key=lambda row: (_natural(row["id"]), row["id"]))
    # A correlation has no direction: of the two paths of a row the one first in the alphabet stands first.
    places = list(dict.fromkeys(path for row in ordered for path in sorted((row["a"], row["b"]))))
    group = {path: {path} for path in places}
    for row in ordered:
        joined = group[row["a"]] | group[row["b"]]
        for path in joined:
            group[path] = joined
    made = []
    for members in {id(joined): joined for joined in group.values()}.values():
        order = [path for path in places if path in members]
        matrix = np.eye(len(order))
        for row in ordered:
            if row["a"] in members:
                i, j = order.index(row["a"]), order.index(row["b"])
                matrix[i, j] = matrix[j, i] = pearson(float(row["spearman"]))
        made.append((order, matrix))
    return made


def factor(matrix: Array) -> Array:
    """Lower triangular L with L L' = matrix; a row that the ones before it determine gets pivot 0."""
    L = np.zeros_like(matrix)
    for i in range(len(matrix)):
        for j in range(i + 1):
            rest = matrix[i, j] - L[i, :j] @ L[j, :j]
            if i == j:
                L[i, i] = math.sqrt(max(rest, 0.0))
            elif L[j, j] > 0.0:
                L[i, j] = rest / L[j, j]
    return L
