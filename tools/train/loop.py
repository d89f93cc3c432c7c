"""The training loop, whatever is learned: batches, schedule, rounding, teacher, log, resuming.

Muon and AdamW (optimise.py) with warm-up and a cosine, gradient clipping, an exponential average of the weights (which is
what is exported), dropout. Same seed, same `--threads`, same result. Stopped runs continue with --resume.
"""
import argparse
import concurrent.futures
import json
import math
import pathlib
import time

import numpy as np

import evaluate
import model
import quantise
import teacher
from optimise import Optimiser


def options(description, shape=model.Shape):
    """The options of every run; `shape` has the defaults of the model's sizes."""
    a = argparse.ArgumentParser(description=description, formatter_class=argparse.ArgumentDefaultsHelpFormatter)
    a.add_argument("--epochs", type=int, default=40)
    a.add_argument("--batch", type=int, default=4096, help="tokens per step")
    a.add_argument("--lr", type=float, default=4e-3)
    a.add_argument("--final", type=float, default=0.1, help="what the learning rate falls to, as a share")
    a.add_argument("--warmup", type=int, default=100, help="steps")
    a.add_argument("--decay", type=float, default=0.1, help="weight decay of the matrices")
    a.add_argument("--dropout", type=float, default=0.0)
    a.add_argument("--adamw", action="store_true", help="AdamW for the matrices too, instead of Muon")
    a.add_argument("--ema", type=float, default=0.998)
    a.add_argument("--weights", default="float", choices=quantise.KINDS, help="train matrices that will be rounded to this")
    a.add_argument("--embedding", choices=quantise.KINDS, help="the same for the embedding; by default --weights, int4 at the lowest")
    a.add_argument("--attention", choices=quantise.KINDS, help="the same for the matrices of attention; by default --weights")
    a.add_argument("--start", help="folder whose model.bin to start from, instead of random weights; its tokenizer is kept")
    a.add_argument("--teacher", help="folder whose model.bin to imitate (distillation)")
    a.add_argument("--trust", type=float, default=0.7, help="how much the teacher's distribution counts, beside the text")
    a.add_argument("--every", type=int, default=4, help="epochs between measurements")
    a.add_argument("--seed", type=int, default=1)
    a.add_argument("--threads", type=int, default=2)
    a.add_argument("--resume", action="store_true")
    for field in ("dim", "hidden", "layers", "heads", "kv_heads", "vocab", "max_seq"):
        a.add_argument("--" + field.replace("_", "-"), type=int, default=getattr(shape, field))
    return a


def shape_of(args):
    return model.Shape(args.dim, args.hidden, args.layers, args.heads, args.kv_heads, args.vocab, args.max_seq)


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


def run(args, tokenizer, epoch_of, measure, note):
    """Trains; writes tokenizer.bin, state.npz and log.jsonl to args.out.

    epoch_of(number, progress): pairs of inputs and targets. measure(net): figures of the model on what it hasn't seen.
    note: what the log's first line says besides the arguments.
    """
    out = pathlib.Path(args.out)
    out.mkdir(parents=True, exist_ok=True)
    tokenizer.write(out / "tokenizer.bin")
    shape = shape_of(args)
    initial = model.initial(shape, args.seed)
    if args.start:
        given, initial = evaluate.read_checkpoint(pathlib.Path(args.start) / "model.bin")
        assert given == shape, f"{args.start} has another shape: {given}"
    args.embedding = args.embedding or (args.weights if args.weights in ("float", "int8") else "int4")

    def rounded(flat):
        return flat if args.weights == "float" else quantise.parameters(shape, flat, args.weights, args.embedding, args.attention)
    net = model.Model(shape, args.threads)
    guide = teacher.Teacher(args.teacher, tokenizer, args.threads) if args.teacher else None
    opt = Optimiser(shape, np.array(initial), not args.adamw, args.decay, args.ema)
    state, first, spent = out / "state.npz", 0, 0.0
    if args.resume and state.exists():
        saved = np.load(state)
        opt.flat[:], opt.m[:], opt.v[:], opt.ema[:] = saved["flat"], saved["m"], saved["v"], saved["ema"]
        opt.step, first, spent = int(saved["step"]), int(saved["epoch"]), float(saved["spent"])
    total = args.epochs * len(list(batches(epoch_of(0, 0), args.batch)))
    pool = concurrent.futures.ThreadPoolExecutor(args.threads)
    gradients = [np.zeros(shape.size(), np.float32) for _ in range(args.threads)]
    log = open(out / "log.jsonl", "a" if first else "w")
    log.write(json.dumps({"arguments": vars(args), "parameters": shape.size(), **note}) + "\n")
    start = time.time()

    for epoch in range(first, args.epochs):
        loss = count = 0
        for batch in batches(epoch_of(epoch, epoch / args.epochs), args.batch):
            size = sum(len(x) for x, _ in batch)
            net.load(rounded(opt.flat))

            def lane(k):
                gradients[k][:] = 0
                total = 0.0
                for i, (x, y) in enumerate(batch):
                    if i % args.threads == k:
                        aim = guide.distributions(x, k) if guide else None
                        seed = hash((args.seed, opt.step, i)) & 0xFFFFFFFF
                        total += float(net.sequence(x, y, k, gradients[k], 1 / size, args.dropout, seed, teacher=aim, trust=args.trust).sum())
                return total
            loss += sum(pool.map(lane, range(args.threads)))
            count += size
            for other in gradients[1:]:
                gradients[0] += other
            at = min(1.0, opt.step / max(total, 1))
            lr = args.lr * min(1, (opt.step + 1) / args.warmup) * ((1 + args.final) / 2 + (1 - args.final) / 2 * math.cos(math.pi * at))
            norm = opt.update(gradients[0], lr)
        spent += time.time() - start
        start = time.time()
        row = {"epoch": epoch + 1, "steps": opt.step, "train_nats": round(loss / count, 4), "norm": round(norm, 3), "seconds": round(spent)}
        last = epoch + 1 == args.epochs
        if last or (epoch + 1) % args.every == 0:
            net.load(rounded(opt.ema))
            row.update(measure(net))
        eta = spent / (epoch + 1) * (args.epochs - epoch - 1)
        print(json.dumps(row), f"ETA {eta / 60:.1f} min", flush=True)
        log.write(json.dumps(row) + "\n")
        log.flush()
        np.savez(out / "writing.npz", flat=opt.flat, m=opt.m, v=opt.v, ema=opt.ema, step=opt.step, epoch=epoch + 1, spent=spent,
                 shape=list(vars(shape).values()), arguments=json.dumps(vars(args)))
        (out / "writing.npz").replace(state)
