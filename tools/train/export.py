"""Write a trained state as llama2.c's version 0 checkpoint: seven int32, then floats.

    python3 export.py FOLDER [FOLDER ...] --out FOLDER

Each FOLDER holds state.npz and tokenizer.bin from train.py. Of several states of one tokenizer and seed, the mean is written,
and rounded to the grid that it was trained for.
"""
import argparse
import json
import pathlib
import shutil
import struct

import numpy as np

import model
import quantise


def write_checkpoint(path, shape, flat):
    views = shape.split(flat)
    hs, half = shape.head_size, shape.head_size // 2
    angle = np.outer(np.arange(shape.max_seq), 10000.0 ** (-2.0 * np.arange(half) / hs))
    with open(path, "wb") as out:
        out.write(struct.pack("<7i", shape.dim, shape.hidden, shape.layers, shape.heads, shape.kv_heads, shape.vocab, shape.max_seq))
        for name, _ in shape.tensors():
            out.write(views[name].astype("<f4").tobytes())
        # run.c skips the two tables of RoPE, but they belong to the format.
        out.write(np.cos(angle).astype("<f4").tobytes() + np.sin(angle).astype("<f4").tobytes())


def main():
    a = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    a.add_argument("folders", nargs="+")
    a.add_argument("--out", default=str(model.BUILD / "stories"))
    a.add_argument("--raw", action="store_true", help="the last weights instead of their average")
    args = a.parse_args()
    states = [np.load(pathlib.Path(f) / "state.npz") for f in args.folders]
    shape = model.Shape(*(int(x) for x in states[0]["shape"]))
    recipe = json.loads(str(states[0]["arguments"]))
    flat = np.mean([s["flat" if args.raw else "ema"] for s in states], axis=0, dtype=np.float64).astype(np.float32)
    if recipe.get("weights", "float") != "float":
        flat = quantise.parameters(shape, flat, recipe["weights"], recipe["embedding"], recipe.get("attention"))
    out = pathlib.Path(args.out)
    out.mkdir(parents=True, exist_ok=True)
    write_checkpoint(out / "model.bin", shape, flat)
    if out.resolve() != pathlib.Path(args.folders[0]).resolve():
        shutil.copy(pathlib.Path(args.folders[0]) / "tokenizer.bin", out / "tokenizer.bin")
    print(f"{out}/model.bin: {shape.size()} parameters, {(out / 'model.bin').stat().st_size} bytes")


if __name__ == "__main__":
    main()
