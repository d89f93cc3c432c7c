"""The llama2.c transformer: its shape, its parameters in one numpy array, and the compiled loss and gradients.

The array holds the parameters in the order of llama2.c's version 0 checkpoint, so export is one write.
lm.c is compiled on first use for this processor and shape, into build/train/. check.py compares it with
the same model in torch.
"""
import ctypes
import dataclasses
import hashlib
import pathlib
import subprocess

import numpy as np

HERE = pathlib.Path(__file__).resolve().parent
BUILD = HERE.parent.parent / "build" / "train"


@dataclasses.dataclass(frozen=True)
class Shape:
    dim: int = 64
    hidden: int = 176
    layers: int = 5
    heads: int = 8
    kv_heads: int = 4
    vocab: int = 512
    max_seq: int = 512

    @property
    def head_size(self):
        return self.dim // self.heads

    def tensors(self):
        """Name and dimensions of each tensor, in the order of the checkpoint."""
        l, d, h, kv = self.layers, self.dim, self.hidden, self.head_size * self.kv_heads
        return [("emb", (self.vocab, d)), ("rms_att", (l, d)), ("wq", (l, d, d)), ("wk", (l, kv, d)), ("wv", (l, kv, d)),
                ("wo", (l, d, d)), ("rms_ffn", (l, d)), ("w1", (l, h, d)), ("w2", (l, d, h)), ("w3", (l, h, d)), ("rms_final", (d,))]

    def split(self, flat):
        """Views of the tensors in the array."""
        views, at = {}, 0
        for name, dims in self.tensors():
            size = int(np.prod(dims))
            views[name] = flat[at:at + size].reshape(dims)
            at += size
        return views

    def size(self):
        return sum(int(np.prod(dims)) for _, dims in self.tensors())


def initial(shape, seed):
    """Normal: matrices with deviation 0.5 / sqrt(inputs), less by the depth where they add to the residual;
    embeddings 0.05; gains 1."""
    rng = np.random.default_rng(seed)
    flat = rng.normal(0, 1, shape.size()).astype(np.float32)
    for name, view in shape.split(flat).items():
        if name.startswith("rms"):
            view[:] = 1
        elif name == "emb":
            view *= 0.05
        else:
            view *= 0.5 * view.shape[-1] ** -0.5 * ((2 * shape.layers) ** -0.5 if name in ("wo", "w2") else 1)
    return flat


def library(shape):
    """lm.c for this shape, compiled if need be."""
    sources = [HERE / "lm.c", HERE / "attention.h", HERE / "gemm.h"]
    dims = dict(VOCAB=shape.vocab, DIM=shape.dim, HIDDEN=shape.hidden, LAYERS=shape.layers, HEADS=shape.heads, KV=shape.kv_heads,
                MAX_SEQ=shape.max_seq)
    cpu = next((line for line in open("/proc/cpuinfo") if line.startswith("flags")), "")
    digest = hashlib.sha256(repr(dims).encode() + cpu.encode() + b"".join(f.read_bytes() for f in sources)).hexdigest()[:16]
    path = BUILD / f"lm-{digest}.so"
    if not path.exists():
        BUILD.mkdir(parents=True, exist_ok=True)
        flags = ["-O3", "-march=native", "-mprefer-vector-width=512", "-fno-math-errno", "-fno-trapping-math", "-fopenmp-simd",
                 "-funroll-loops", "-shared", "-fPIC", "-Wall", "-Wno-psabi"]
        subprocess.run(["gcc", *flags, *(f"-D{k}={v}" for k, v in dims.items()), str(sources[0]), "-o", str(path), "-lm"], check=True)
    lib = ctypes.CDLL(str(path))
    lib.lm_work_bytes.restype = ctypes.c_long
    lib.lm_sequence.restype = ctypes.c_double
    assert lib.lm_params() == shape.size()
    return lib


def pointer(array):
    return ctypes.c_void_p(array.ctypes.data) if array is not None else None


class Model:
    """Compiled loss and gradients; `lanes` is how many threads may call `sequence` at once."""

    def __init__(self, shape, lanes=1):
        self.shape, self.lib = shape, library(shape)
        self.flat = np.zeros(shape.size(), np.float32)
        self.transposed = np.zeros_like(self.flat)
        self.work = [np.zeros(self.lib.lm_work_bytes() + 64, np.uint8) for _ in range(lanes)]

    def load(self, flat):
        self.flat[:] = flat
        self.lib.lm_transpose(pointer(self.flat), pointer(self.transposed))

    def sequence(self, tokens, targets, lane=0, gradient=None, scale=1.0, dropout=0.0, seed=0, logits=None, teacher=None, trust=0.0):
        """Losses in nats per token; adds to `gradient`. Tokens and targets are int32 arrays; target -1 is not counted.
        The gradient aims at a `teacher`'s probabilities (teacher.py) by `trust`; the losses are those of the targets."""
        losses = np.empty(len(tokens), np.float32)
        assert teacher is None or teacher.shape == (len(tokens), self.shape.vocab) and teacher.flags.c_contiguous
        assert len(tokens) == len(targets) <= self.shape.max_seq
        self.lib.lm_sequence(pointer(self.work[lane]), pointer(self.flat), pointer(self.transposed), pointer(gradient),
                             pointer(tokens), pointer(targets), len(tokens), pointer(losses), pointer(logits),
                             ctypes.c_float(scale), ctypes.c_float(dropout), ctypes.c_uint32(seed), pointer(teacher), ctypes.c_float(trust))
        return losses
