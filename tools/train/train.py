"""Train a small model from scratch on a file of stories. See README.md for the commands.

Muon and AdamW (optimise.py) with warm-up and a cosine to a tenth, gradient clipping, an exponential average of the weights (which is
what is exported), dropout, BPE-dropout. Same seed, same `--threads`, same result. Stopped runs continue with --resume.
"""
import argparse
import concurrent.futures
import json
import math
import pathlib
import time

import numpy as np

import bpe
import data
import evaluate
import model
from optimise import Optimiser


def arguments():
    a = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.ArgumentDefaultsHelpFormatter)
    a.add_argument("text", help="stories with <|endoftext|> between them")
    a.add_argument("--out", default=str(model.BUILD / "stories"), help="folder for the checkpoint, tokenizer and log")
    a.add_argument("--epochs", type=int, default=40)
    a.add_argument("--batch", type=int, default=4096, help="tokens per step")
    a.add_argument("--lr", type=float, default=4e-3)
    a.add_argument("--warmup", type=int, default=100, help="steps")
    a.add_argument("--decay", type=float, default=0.1, help="weight decay of the matrices")
    a.add_argument("--dropout", type=float, default=0.0)
    a.add_argument("--bpe-dropout", type=float, default=0.0, help="chance to leave out a merge; 0 in the last quarter")
    a.add_argument("--adamw", action="store_true", help="AdamW for the matrices too, instead of Muon")
    a.add_argument("--ema", type=float, default=0.998)
    a.add_argument("--hold-out", type=int, default=20, help="every n-th story is not trained on but measured; 0: none")
    a.add_argument("--seed", type=int, default=1)
    a.add_argument("--threads", type=int, default=2)
    a.add_argument("--resume", action="store_true")
    for field in ("dim", "hidden", "layers", "heads", "kv_heads", "vocab", "max_seq"):
        a.add_argument("--" + field.replace("_", "-"), type=int, default=getattr(model.Shape, field))
    return a.parse_args()


def batches(sequences, tokens):
    batch, count = [], 0
    for s in sequences:
        batch.append(s)
        count += len(s[0])
        if count >= tokens:
            yield batch
            batch, count = [], 0
    if batch:
        yield batch


def main():
    args = arguments()
    out = pathlib.Path(args.out)
    out.mkdir(parents=True, exist_ok=True)
    shape = model.Shape(args.dim, args.hidden, args.layers, args.heads, args.kv_heads, args.vocab, args.max_seq)
    train, held = data.split(data.stories(args.text, clean=True), args.hold_out)
    tokenizer = bpe.Tokenizer(bpe.learn(train, shape.vocab))
    tokenizer.write(out / "tokenizer.bin")
    epochs = data.Epochs(tokenizer, train, shape.max_seq, args.seed)
    net = model.Model(shape, args.threads)
    opt = Optimiser(shape, model.initial(shape, args.seed), not args.adamw, args.decay, args.ema)
    state, first, spent = out / "state.npz", 0, 0.0
    if args.resume and state.exists():
        saved = np.load(state)
        opt.flat[:], opt.m[:], opt.v[:], opt.ema[:] = saved["flat"], saved["m"], saved["v"], saved["ema"]
        opt.step, first, spent = int(saved["step"]), int(saved["epoch"]), float(saved["spent"])
    total = args.epochs * len(list(batches(epochs.epoch(0), args.batch)))
    pool = concurrent.futures.ThreadPoolExecutor(args.threads)
    gradients = [np.zeros(shape.size(), np.float32) for _ in range(args.threads)]
    log = open(out / "log.jsonl", "a" if first else "w")
    log.write(json.dumps({"arguments": vars(args), "parameters": shape.size(), "stories": len(train)}) + "\n")
    start = time.time()

    for epoch in range(first, args.epochs):
        progress = epoch / args.epochs
        loss = count = 0
        for batch in batches(epochs.epoch(epoch, args.bpe_dropout if progress < 0.75 else 0.0), args.batch):
            size = sum(len(x) for x, _ in batch)
            net.load(opt.flat)

            def lane(k):
                gradients[k][:] = 0
                return sum(float(net.sequence(x, y, k, gradients[k], 1 / size, args.dropout, hash((args.seed, opt.step, i)) & 0xFFFFFFFF).sum())
                           for i, (x, y) in enumerate(batch) if i % args.threads == k)
            loss += sum(pool.map(lane, range(args.threads)))
            count += size
            for other in gradients[1:]:
                gradients[0] += other
            at = min(1.0, opt.step / max(total, 1))
            lr = args.lr * min(1, (opt.step + 1) / args.warmup) * (0.55 + 0.45 * math.cos(math.pi * at))
            norm = opt.update(gradients[0], lr)
        spent += time.time() - start
        start = time.time()
        row = {"epoch": epoch + 1, "steps": opt.step, "train_nats": round(loss / count, 4), "norm": round(norm, 3), "seconds": round(spent)}
        last = epoch + 1 == args.epochs
        if held and (last or (epoch + 1) % 4 == 0):
            net.load(opt.ema)
            row.update({"held_" + k: v for k, v in evaluate.measure(net, tokenizer, held).items()})
        eta = spent / (epoch + 1) * (args.epochs - epoch - 1)
        print(json.dumps(row), f"ETA {eta / 60:.1f} min", flush=True)
        log.write(json.dumps(row) + "\n")
        log.flush()
        np.savez(out / "writing.npz", flat=opt.flat, m=opt.m, v=opt.v, ema=opt.ema, step=opt.step, epoch=epoch + 1, spent=spent,
                 shape=list(vars(shape).values()), arguments=json.dumps(vars(args)))
        (out / "writing.npz").replace(state)


if __name__ == "__main__":
    main()
