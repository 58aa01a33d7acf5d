"""Runs as Parquet files: every value with its bits, the plan and seed that gave it, and a checksum over all.

A file has a column an output, float64, neither compressed nor encoded: what it takes to read is known from
its size. Its key-value metadata hold all else. The checksum is the SHA-256 of the file with the 64 digits of
the checksum itself as zeros; it is found by its mark, so that it can be checked before anything is parsed.
"""

from __future__ import annotations

import hashlib
import html
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from trainplan import _core, _files, _parquet
from trainplan._arrays import refuse
from trainplan._files import refuse_file
from trainplan.plan import Plan
from trainplan.run import Run

__all__ = ["read_run"]

FORMAT = 1
# The version of the random streams: another number means other draws of the same plan and seed.
STREAM: int = _core.stream_version
MOST_BYTES = 4 * 2**30

# No other entry of the metadata has the character before the colon: in JSON it is escaped.
_MARK = b"sha256\x1f:"
_ZEROS = b"0" * 64
_PREFIX = "trainplan."
_KEYS = ("format", "version", "stream", "seed", "trials", "sampling", "plan", "checksum")
_CHECKED_TRIALS = 64
_SAME = 1e-9  # of an output's largest value: other processors may differ in the last digits


def write(run: Run, path: str | Path) -> Path:
    """Write a run to a Parquet file, whole or not at all, once it reads back as it is; return the path."""
    file = Path(path)
    if len(set(run.outputs)) < len(run.outputs):
        refuse("run", "has an output twice: name each once in simulate(..., outputs=[...])")
    raw = _packed(run)
    if len(raw) > MOST_BYTES:
        allowed = f"must be at most {MOST_BYTES:,} bytes: keep fewer outputs, or simulate fewer trials"
        refuse("run", allowed, value=f"{len(raw):,} bytes")
    _check(file, raw)
    _, outputs, values = _unpacked(file, raw)
    if tuple(outputs) != run.outputs or not np.array_equal(_bits(values), _bits(run._values)):
        refuse("run", "cannot be written so that it is read as it is")
    _files.written(raw, path)
    return file


def read_run(path: str | Path) -> SavedRun:
    """Read a run that `Run.to_parquet` wrote.

    It is a `Run` like any other: its values have the same bits, and what draws trials again (monthly tables,
    `trace`, the card) does so from its plan and seed. A run of another release of trainplan is read too,
    and `written_by` tells which; where this one would draw other numbers, whatever draws again refuses to,
    and the values stand.

    Raises
    ------
    InputError
        When the file is no run, is damaged, or has a format of a newer release.
    OSError
        When the file cannot be read.

    Examples
    --------
    >>> import tempfile
    >>> import trainplan as tp
    >>> run = tp.simulate(tp.example("one_team"), trials=640, seed=7, progress=False)
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     again = tp.read_run(run.to_parquet(f"{folder}/run.parquet"))
    >>> bool((again["npv"] == run["npv"]).all())
    True
    """
    file = Path(path)
    raw = _files.raw_in(file, MOST_BYTES)
    _check(file, raw)
    about, outputs, values = _unpacked(file, raw)
    return _made(file, about, outputs, values)


class SavedRun(Run):
    """A run from a file: before it draws trials again, it shows that they are those it holds."""

    def __init__(self, *made: Any, file: str, written_by: str, stream: int, **options: Any) -> None:
        super().__init__(*made, **options)
        self.file = file
        self.written_by = written_by
        self._stream = stream
        self._is_same: bool | None = None

    def _again(self) -> None:
        if self._is_same is None:
            self._is_same = self._stream == STREAM and self._agrees()
        if not self._is_same:
            allowed = (
                f"was written by trainplan {self.written_by}; this is {_core.__version__}, which draws or "
                "computes other numbers: simulate its plan again for what needs its trials once more"
            )
            refuse(f"run {self.file}", allowed)

    def _agrees(self) -> bool:
        """Tell whether the first trials, simulated again, are those of the file."""
        found = None
        # What a whole run may have a few of - lifts out of bounds - may be too many among its first trials.
        for trials in (min(_CHECKED_TRIALS, self.trials), self.trials):
            try:
                _, found = _core.simulate(
                    self.plan.record,
                    trials=trials,
                    seed=self.seed,
                    outputs=list(self.outputs),
                    threads=1,
                    stratified=self.stratified,
                    progress=None,
                )
                break
            except _core.InputError:
                continue
        if found is None:
            return False
        held = self._values[:, : found.shape[1]]
        return all(_close(again, once) for again, once in zip(found, held, strict=True))

    def _apart(self) -> Run:
        made = (self.plan, self.outputs, self._values)
        about: dict[str, Any] = {"seed": self.seed, "sampling": self.sampling, "stream": self._stream}
        return SavedRun(*made, file=self.file, written_by=self.written_by, **about)

    def __repr__(self) -> str:
        return super().__repr__() if self._can_draw() else self._short()

    def _repr_html_(self) -> str:
        return super()._repr_html_() if self._can_draw() else f"<pre>{html.escape(self._short())}</pre>"

    def _can_draw(self) -> bool:
        try:
            self._again()
        except _core.InputError:
            return False
        return True

    def _short(self) -> str:
        about = f"Run of {self.trials:,} trials, {self.sampling}, seed {self.seed}, written by trainplan"
        return f"{about} {self.written_by}: its values and summary() stand, no trial can be drawn again."


def _close(again: NDArray[np.float64], once: NDArray[np.float64]) -> bool:
    finite = np.abs(once[np.isfinite(once)])
    tolerance = _SAME * float(finite.max(initial=0.0))
    return bool(np.isclose(again, once, rtol=0.0, atol=tolerance, equal_nan=True).all())


def _packed(run: Run) -> bytes:
    about = {
        "format": FORMAT,
        "version": _core.__version__,
        "stream": STREAM,
        "seed": run.seed,
        "trials": run.trials,
        "sampling": run.sampling,
        # With every default: a later release may have others.
        "plan": json.dumps(run.plan.to_dict(defaults=True)),
        "checksum": (_MARK + _ZEROS).decode(),
    }
    texts = {_PREFIX + key: str(value) for key, value in about.items()}
    columns = {name: run[name] for name in run.outputs}
    return signed(_parquet.packed(columns, texts, f"trainplan version {_core.__version__}"))


def signed(raw: bytes) -> bytes:
    """Return a file with its checksum in the place where it belongs."""
    at = raw.rfind(_MARK) + len(_MARK)
    return b"".join((memoryview(raw)[:at], _digest(raw, at), memoryview(raw)[at + 64 :]))


def _digest(raw: bytes, at: int) -> bytes:
    """Return the checksum of a file that has it at a place."""
    digest = hashlib.sha256(memoryview(raw)[:at])
    digest.update(_ZEROS)
    digest.update(memoryview(raw)[at + 64 :])
    return digest.hexdigest().encode()


def _bits(values: NDArray[np.float64]) -> NDArray[np.uint64]:
    return values.view(np.uint64)


def _check(file: Path, raw: bytes) -> None:
    """Refuse a file that is not, byte by byte, what was written."""
    if raw[:4] != _parquet.MAGIC:
        refuse_file(file, "is no run of trainplan: a run is a Parquet file that Run.to_parquet wrote")
    if raw[-4:] != _parquet.MAGIC:
        refuse_file(file, "is damaged: it ends too early, or was changed after it was written")
    at = raw.rfind(_MARK)
    if at < 0:
        refuse_file(file, "is no run of trainplan, or is damaged: it has no checksum")
    at += len(_MARK)
    if _digest(raw, at) != raw[at : at + 64]:
        refuse_file(file, "is damaged: its checksum is that of other bytes")


def _unpacked(file: Path, raw: bytes) -> tuple[dict[str, str], list[str], NDArray[np.float64]]:
    """Return what the metadata say, the names of the outputs and their values."""
    try:
        names, values, found = _parquet.unpacked(raw)
    except ValueError as error:
        refuse_file(file, f"is no run of trainplan: {error}")
    about = {key: found.get(_PREFIX + key, "") for key in _KEYS}
    version = _whole(about["format"], 10**9)
    if version is None or version < 1:
        refuse_file(file, "is no run of trainplan: it does not say its format")
    if version > FORMAT:
        refuse_file(file, f"was written by trainplan {about['version'][:40]}; this is {_core.__version__}")
    values.setflags(write=False)
    return about, names, values


def _made(file: Path, about: Mapping[str, str], outputs: list[str], values: NDArray[np.float64]) -> SavedRun:
    """Return the run, once everything in the file agrees."""
    seed, trials, stream = (
        _whole(about[name], most)
        for name, most in (("seed", 2**64 - 1), ("trials", 10**9), ("stream", 10**9))
    )
    sampling = _sampling(about["sampling"])
    if seed is None or stream is None or sampling is None or trials != values.shape[1]:
        refuse_file(file, "contradicts itself: seed, trials, sampling or stream are not those of its values")
    try:
        plan = Plan.from_dict(json.loads(about["plan"]))
    except _core.InputError as error:
        problems = [{**problem, "file": str(file)} for problem in _files.problems_of(error)]
        problems[0]["hint"] = problems[0]["hint"] or f"written by trainplan {about['version'][:40]}"
        _files.refuse_all(problems)
    except (ValueError, TypeError, RecursionError):
        refuse_file(file, "holds no plan that can be read")
    return SavedRun(
        plan,
        tuple(outputs),
        values,
        file=str(file),
        written_by=about["version"][:40],
        stream=stream,
        seed=seed,
        sampling=sampling,
    )


def _sampling(word: str) -> Literal["stratified", "random"] | None:
    return "stratified" if word == "stratified" else "random" if word == "random" else None


def _whole(text: str, most: int) -> int | None:
    number = int(text) if text.isdecimal() and text.isascii() and len(text) < 21 else None
    return number if number is not None and number <= most else None
