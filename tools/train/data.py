"""Stories: reading, holding out, and cutting into sequences of tokens.

A file of stories is UTF-8 text with <|endoftext|> between them. A file cut out of a larger one begins and may
end inside a story; such parts are kept, since every window counts the same.
"""
import random

import numpy as np

from bpe import BOS

SEPARATOR = "<|endoftext|>"


def stories(path, clean=False):
    """The stories without the white space around them. `clean` removes spaces at the ends of lines and empty lines."""
    texts = [s.strip() for s in open(path, encoding="utf-8", errors="ignore").read().split(SEPARATOR)]
    if clean:
        texts = ["\n".join(line.strip() for line in s.split("\n") if line.strip()) for s in texts]
    return [s for s in texts if s]


def split(texts, every=20):
    """Training and held-out stories: each `every`-th is held out; 0: none, all train."""
    if not every:
        return texts, []
    return [t for i, t in enumerate(texts) if i % every], texts[::every]


def pair(tokens):
    """Inputs and targets of a run of tokens."""
    ids = np.array(tokens, np.int32)
    return ids[:-1].copy(), ids[1:].copy()


def windows(tokenizer, text, length):
    """For evaluation: BOS and the story, cut into windows of `length`. A later window begins with the last token of
    the one before and knows nothing else of it. Every token of the story is predicted once; the end is not."""
    ids = [BOS] + tokenizer.encode(text)
    for at in range(0, len(ids) - 1, length):
        yield pair(ids[at:at + length + 1])


class Epochs:
    """The training stories anew for each epoch: shuffled, with words split at random (BPE-dropout)."""

    VARIANTS = 16  # splits of each word drawn once, from which an epoch picks

    def __init__(self, tokenizer, texts, max_seq, seed):
        from bpe import words
        self.max_seq, self.seed, self.tokenizer = max_seq, seed, tokenizer
        self.index, self.texts, self.table = {}, [], []
        for text in texts:
            self.texts.append([self.index.setdefault(w, len(self.index)) for w in words(text)])
        for w in self.index:
            self.table.append(tokenizer.word(w))
        self.variants = None
        self.drawn = None

    def draw(self, drop):
        if self.drawn != drop:
            rng = random.Random(f"{self.seed} split {drop}")
            self.variants = [[self.tokenizer.word(w, drop, rng) for _ in range(self.VARIANTS)] for w in self.index]
            self.drawn = drop
        return self.variants

    def epoch(self, number, drop=0.0):
        """Inputs and targets: a story, BOS after it as the end. Half of the stories, and all long ones, are cut
        at a random place, so that the model also learns to begin in the middle, as a later window does."""
        rng = random.Random(f"{self.seed} epoch {number}")
        order = list(range(len(self.texts)))
        rng.shuffle(order)
        variants = self.draw(drop) if drop else None
        for n in order:
            ids = [BOS]
            for w in self.texts[n]:
                ids += variants[w][rng.randrange(self.VARIANTS)] if drop else self.table[w]
            ids.append(BOS)
            at = rng.randrange(1, len(ids) - 1) if rng.random() < 0.5 and len(ids) > 2 else 0
            for start, end in ((0, at), (at, len(ids) - 1)):
                for from_ in range(start, end, self.max_seq):
                    yield pair(ids[from_:min(from_ + self.max_seq, end) + 1])
