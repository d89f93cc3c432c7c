"""How well a checkpoint predicts stories: nats per token and bits per byte, and stories it tells.

    python3 evaluate.py FOLDER TEXT     FOLDER holds model.bin and tokenizer.bin

Each story is predicted in windows of 256 tokens; a later window begins with the last token of the one before and
knows nothing else of it. The end of a story is not counted, nor the white space around it.
Bits per byte compare models of different tokenizers: nats / ln 2 / bytes of the stories.
"""
import argparse
import json
import math
import pathlib
import struct

import numpy as np

import bpe
import data
import model


def measure(net, tokenizer, texts, length=256):
    nats = tokens = 0
    for text in texts:
        for x, y in data.windows(tokenizer, text, length):
            nats += float(net.sequence(x, y).sum(dtype=np.float64))
            tokens += len(x)
    size = sum(len(t.encode()) for t in texts)
    return {"nats_per_token": round(nats / tokens, 4), "bits_per_byte": round(nats / math.log(2) / size, 4), "tokens": tokens, "bytes": size}


def read_checkpoint(path):
    """Shape and parameters of a llama2.c version 0 checkpoint with tied embeddings."""
    raw = open(path, "rb").read()
    shape = model.Shape(*struct.unpack_from("<7i", raw))
    return shape, np.frombuffer(raw, np.float32, shape.size(), 28)


def sample(net, tokenizer, prompt, seed, temperature=0.8, top_p=0.9, limit=256):
    """Text after the prompt until the model says it ends; top-p sampling from numpy's generator."""
    rng = np.random.default_rng(seed)
    ids = [bpe.BOS] + tokenizer.encode(prompt)
    while len(ids) < limit:
        tokens = np.array(ids, np.int32)
        logits = np.empty((len(ids), net.shape.vocab), np.float32)
        net.sequence(tokens, np.full(len(ids), -1, np.int32), logits=logits)
        p = logits[-1].astype(np.float64) / temperature
        p = np.exp(p - p.max())
        p /= p.sum()
        order = np.argsort(-p, kind="stable")
        keep = order[:int(np.searchsorted(np.cumsum(p[order]), top_p)) + 1]
        token = int(rng.choice(keep, p=p[keep] / p[keep].sum()))
        if token == bpe.BOS:
            break
        ids.append(token)
    return tokenizer.decode(ids[1:])


def open_model(folder, lanes=1):
    folder = pathlib.Path(folder)
    shape, flat = read_checkpoint(folder / "model.bin")
    net = model.Model(shape, lanes)
    net.load(flat)
    return net, bpe.Tokenizer.read(folder / "tokenizer.bin")


if __name__ == "__main__":
    a = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    a.add_argument("folder")
    a.add_argument("text")
    a.add_argument("--samples", type=int, default=0)
    args = a.parse_args()
    net, tokenizer = open_model(args.folder)
    print(json.dumps(measure(net, tokenizer, data.stories(args.text))))
    for seed in range(1, args.samples + 1):
        print(f"\n--- seed {seed}\n" + sample(net, tokenizer, "", seed))
