"""
python3 tools/train/embedder/train.py DATA OUT.rvem: trains the table of the text embedder; numpy, one core, about two minutes.

Two objectives take turns. Sentences of one intent come near each other: softmax over unit vectors of the intents, by cosine
(Movshovitz-Attias et al. 2017). Sentences that follow each other in a story, and two views of one sentence with words left
out, come nearer than other pairs of the batch (Logeswaran and Lee 2018; Gao et al. 2021), for words that no intent has.
"""
import argparse
import time

import numpy as np

from data import held_out, intents, stories
from export import save
from table import Adam, counts, embed, quantised, rows_of, unit, unit_gradient

BATCH = 256


class Intents:
    """Labelled sentences of all sets; a sentence is compared with the intents of its own set."""

    def __init__(self, sets, buckets):
        self.texts, self.labels, self.sets, ranges, names = [], [], [], [], {}
        for index, (name, pairs) in enumerate(sets.items()):
            first = len(names)
            for _, intent in pairs:
                names.setdefault((name, intent), len(names))
            ranges.append((first, len(names)))
            for text, intent in pairs:
                self.texts.append(rows_of(text, buckets))
                self.labels.append(names[name, intent])
                self.sets.append(index)
        self.labels, self.sets, self.names = np.array(self.labels), np.array(self.sets), names
        self.mask = np.full((len(ranges), len(names)), -1e9, np.float32)
        for index, (first, end) in enumerate(ranges):
            self.mask[index, first:end] = 0


def softmax_step(vectors, others, wanted, sharpness, mask=0.0):
    """Cross-entropy of `wanted` among the others by cosine: (loss, gradient of the vectors, of the others)."""
    a, a_length = unit(vectors)
    b, b_length = unit(others)
    logits = sharpness * (a @ b.T) + mask
    logits -= logits.max(1, keepdims=True)
    p = np.exp(logits)
    p /= p.sum(1, keepdims=True)
    at = np.arange(len(wanted))
    loss = -np.log(p[at, wanted] + 1e-9).mean()
    p[at, wanted] -= 1
    p *= sharpness / len(wanted)
    return loss, unit_gradient(p @ b, a, a_length), unit_gradient(p.T @ a, b, b_length)


def train(sets, sentences, options, report=None):
    random = np.random.RandomState(options.seed)
    data = Intents(sets, options.buckets)
    story = [None if s is None else rows_of(s, options.buckets) for s in sentences]
    follows = np.array([i for i in range(len(story) - 1) if story[i] is not None and story[i + 1] is not None] or [0])
    table = Adam(random.randn(options.buckets, options.dims).astype(np.float32) * 0.1)
    centres = Adam(random.randn(len(data.names), options.dims).astype(np.float32) * 0.3)
    steps = options.epochs * (len(data.texts) // BATCH)
    order, start = np.zeros(0, int), time.time()
    for step in range(steps):
        if len(order) < BATCH:
            order = random.permutation(len(data.texts))
        batch, order = order[:BATCH], order[BATCH:]
        rate = options.rate * (1 - step / steps)
        integers, unit_step = quantised(table.weights)
        weights = integers * unit_step
        x = counts([data.texts[i] for i in batch], options.buckets, options.drop, random)
        loss, gradient, centre = softmax_step(x @ weights, centres.weights, data.labels[batch], options.sharpness, data.mask[data.sets[batch]])
        change = x.T @ gradient
        centres.step(centre, 3 * rate)
        if options.general and len(follows) > BATCH:
            half = BATCH // 2
            first = follows[random.randint(len(follows), size=half)]
            here = [story[i] for i in first] + [data.texts[i] for i in batch[:half]]
            there = [story[i + 1] for i in first] + [data.texts[i] for i in batch[:half]]
            a, b = (counts(texts, options.buckets, 0.4, random) for texts in (here, there))
            apart, ga, gb = softmax_step(a @ weights, b @ weights, np.arange(len(here)), options.sharpness)
            change += options.general * (a.T @ ga + b.T @ gb)
        table.step(change, rate)
        if report and (step % 400 == 399 or step == steps - 1):
            report(f"step {step + 1} of {steps}, {time.time() - start:.0f} s, loss {loss:.3f}", table.weights)
    return table.weights


def auc(texts, labels, table, random):
    """Chance that two sentences of one intent are nearer than two of different ones."""
    vectors = embed(texts, table)
    i, j = random.randint(len(texts), size=(2, 100000))
    i, j = i[i != j], j[i != j]
    near, same = (vectors[i] * vectors[j]).sum(1), labels[i] == labels[j]
    ranks = np.argsort(np.argsort(near))
    return (ranks[same].mean() - (same.sum() - 1) / 2) / (~same).sum()


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("data")
    parser.add_argument("out", nargs="?")
    for name, value in (("buckets", 2000), ("dims", 64), ("epochs", 16), ("seed", 3)):
        parser.add_argument(f"--{name}", type=int, default=value)
    for name, value in (("drop", 0.15), ("sharpness", 6.0), ("rate", 0.01), ("general", 0.1)):
        parser.add_argument(f"--{name}", type=float, default=value)
    parser.add_argument("--without", default="", help="a set that is not trained on, to see what strange intents get")
    options = parser.parse_args()
    sets = intents(options.data)
    aside = {name: [p for p in pairs if held_out(p[0])] for name, pairs in sets.items()}
    known = {name: [p for p in pairs if not held_out(p[0])] for name, pairs in sets.items()}
    kept = {name: ([rows_of(t, options.buckets) for t, _ in pairs], np.array([y for _, y in pairs])) for name, pairs in aside.items()}
    near = {name: ([rows_of(t, options.buckets) for t, _ in known[name]], np.array([y for _, y in known[name]])) for name in ("hwu64", "clinc150")}

    def report(line, table):
        for name, (texts, labels) in kept.items():
            line += f", {name} AUC {auc(texts, labels, table, np.random.RandomState(5)):.4f}"
            if name in near:
                best = (embed(texts, table) @ embed(near[name][0], table).T).argmax(1)
                line += f" 1-NN {(near[name][1][best] == labels).mean():.4f}"
        print(line, flush=True)

    known.pop(options.without, None)
    table = train(known, stories(options.data) if options.general else [], options, report)
    if options.out:
        print(save(options.out, quantised(table)[0].astype(int)), "bytes")


if __name__ == "__main__":
    main()
