"""The table of an embedder as it is trained: sums of rows, INT4 with straight-through gradients, Adam."""
import numpy as np

from features import mix, of_word, pair, words

LEVELS = 7


def rows_of(text, buckets):
    """For each word the rows that it adds; a pair belongs to its second word."""
    out, previous = [], None
    for word in words(text):
        h, grams = of_word(word)
        hashes = [mix(h)] + [mix(g + 1 & 0xFFFFFFFF) for g in grams]
        if previous is not None:
            hashes.append(mix(pair(previous, h)))
        out.append(np.array([x * buckets >> 32 for x in hashes], np.int64))
        previous = h
    return out or [np.zeros(0, np.int64)]


def counts(texts, buckets, drop=0.0, random=None):
    """How often each row occurs, len(texts) x buckets; words fall out by chance `drop`."""
    flat = []
    for i, rows in enumerate(texts):
        kept = [r for r in rows if random.rand() >= drop] if drop else rows
        flat.append(np.concatenate(kept or rows) + i * buckets)
    return np.bincount(np.concatenate(flat), minlength=len(texts) * buckets).reshape(len(texts), buckets).astype(np.float32)


def quantised(table):
    """(integers from -7 to 7, step)"""
    step = 3 * table.std() / LEVELS
    return np.clip(np.round(table / step), -LEVELS, LEVELS), step


def unit(vectors):
    length = np.sqrt((vectors ** 2).sum(1, keepdims=True) + 1e-9)
    return vectors / length, length


def unit_gradient(gradient, units, length):
    """Back through `unit`."""
    return (gradient - units * (gradient * units).sum(1, keepdims=True)) / length


def embed(texts, table, block=512):
    """Unit vectors of texts (lists of rows)."""
    integers = quantised(table)[0]
    return np.concatenate([unit(counts(texts[i:i + block], len(table)) @ integers)[0] for i in range(0, len(texts), block)])


class Adam:
    def __init__(self, weights):
        self.weights, self.mean, self.square, self.steps = weights, np.zeros_like(weights), np.zeros_like(weights), 0

    def step(self, gradient, rate):
        self.steps += 1
        self.mean += 0.1 * (gradient - self.mean)
        self.square += 0.01 * (gradient ** 2 - self.square)
        self.weights -= rate * self.mean / (1 - 0.9 ** self.steps) / (np.sqrt(self.square / (1 - 0.99 ** self.steps)) + 1e-8)
