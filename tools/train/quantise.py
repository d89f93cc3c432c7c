"""Weights on the grids that the engine runs: INT8, INT4, ternary, binary. For training that knows it will be rounded.

The grids are those of tools/convert/quantise.ts, so that a checkpoint of weights on a grid converts to exactly these
weights: 32 columns of a row share a step, and the steps of a row are multiples of 1/255 of its largest.
Gradients pass the rounding as if it were not there (straight-through estimator, Bengio et al., 2013).
"""
import numpy as np

GROUP = 32
KINDS = ("float", "int8", "int4", "ternary", "binary")
F = np.float32


def grouped(rows):
    """[rows][columns] as [rows][groups][32], padded with zeros."""
    out, columns = rows.shape
    groups = -(-columns // GROUP)
    padded = np.zeros((out, groups * GROUP), F)
    padded[:, :columns] = rows
    return padded.reshape(out, groups, GROUP)


def steps8(steps):
    """Steps as they are stored: 8 bits, of the row's largest."""
    unit = steps.max(-1, keepdims=True) / F(255)
    return np.maximum(np.rint(steps / np.maximum(unit, F(1e-30))), steps > 0) * unit


def int4(w):
    step = steps8(np.abs(w).max(-1) / F(7))[..., None]
    return np.clip(np.rint(w / np.maximum(step, F(1e-30))), -7, 7) * step


def ternary(w):
    """The nearest in the least squares: of the k largest magnitudes, their mean; k maximises (their sum)^2 / k."""
    largest = -np.sort(-np.abs(w), -1)
    total = np.cumsum(largest, -1)
    k = np.argmax(total * total / np.arange(1, GROUP + 1, dtype=F), -1)[..., None]
    step = steps8((np.take_along_axis(total, k, -1) / (k + 1).astype(F))[..., 0])[..., None]
    return np.clip(np.rint(w / np.maximum(step, F(1e-30))), -1, 1) * step


def binary(w, columns):
    """The sign and the mean magnitude (Rastegari et al., 2016)."""
    counts = np.full(w.shape[1], GROUP, F)
    counts[-1] = columns - GROUP * (w.shape[1] - 1)
    step = steps8(np.abs(w).sum(-1) / counts)[..., None]
    return np.where(w >= 0, step, -step)


def matrix(rows, kind):
    """[rows][columns] on the grid of `kind`."""
    if kind == "float":
        return rows
    if kind == "int8":
        step = np.maximum(np.abs(rows).max(-1, keepdims=True) / F(127), F(1e-30))
        return np.rint(rows / step) * step
    w = grouped(rows)
    w = int4(w) if kind == "int4" else ternary(w) if kind == "ternary" else binary(w, rows.shape[1])
    return w.reshape(len(rows), -1)[:, :rows.shape[1]]


def parameters(shape, flat, kind, embedding, attention=None):
    """All parameters: matrices on the grid of `kind`, those of attention and the embedding on their own, gains as they are."""
    out = flat.copy()
    for name, view in shape.split(out).items():
        if name == "emb":
            view[:] = matrix(view, embedding)
        elif name.startswith("w"):
            own = attention if attention and name in ("wq", "wk", "wv", "wo") else kind
            view[:] = matrix(view.reshape(-1, view.shape[-1]), own).reshape(view.shape)
    return out
