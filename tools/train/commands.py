"""Train a model that answers commands, from lines that home/generate.ts writes. See README.md for the commands.

A line is kind, prompt and answer; words as they are, symbols of the command language as ~N. Only the answer is learned.
"""
import collections
import pathlib
import random

import numpy as np

import bpe
import loop
import model

FIRST_SYMBOL = 0xE000


def read(path):
    """(kind, prompt, answer) of each line, the last two as lists of words."""
    return [(kind, prompt.split(" "), answer.split(" ")) for kind, prompt, answer in (line.rstrip("\n").split("\t") for line in open(path, encoding="utf-8"))]


def learn(lines, size, symbols):
    """Pieces of the words, then one for each symbol: the last `symbols` ids, which src/engine/home counts on."""
    words = collections.Counter(w for _, prompt, answer in lines for w in prompt + answer if not w.startswith("~"))
    # As often as they come, but no word more than 200 times: the rest of the table is for rare words.
    texts = [" ".join([w] * min(n, 200)) for w, n in sorted(words.items())]
    pieces = bpe.learn(texts, size - symbols)
    return bpe.Tokenizer(pieces + [(chr(FIRST_SYMBOL + i), float(-len(pieces) - i)) for i in range(symbols)])


class Encoder:
    def __init__(self, tokenizer, symbols):
        self.tokenizer, self.first, self.known = tokenizer, tokenizer.size - symbols, {}

    def word(self, w):
        if w not in self.known:
            self.known[w] = [self.first + int(w[1:])] if w.startswith("~") else self.tokenizer.word(" " + w)
        return self.known[w]

    def pair(self, prompt, answer):
        """Inputs, and targets that count the answer only."""
        p = [bpe.BOS] + [i for w in prompt for i in self.word(w)]
        a = [i for w in answer for i in self.word(w)]
        ids = p + a
        return np.array(ids[:-1], np.int32), np.array([-1] * (len(p) - 1) + a, np.int32)


def measure(net, pairs):
    """Share of the answers whose every token is the likeliest, for each kind."""
    right, count = collections.Counter(), collections.Counter()
    for kind, (x, y) in pairs:
        logits = np.empty((len(x), net.shape.vocab), np.float32)
        net.sequence(x, y, logits=logits)
        right[kind] += bool((logits.argmax(-1)[y >= 0] == y[y >= 0]).all())
        count[kind] += 1
    return {kind: round(right[kind] / count[kind], 4) for kind in count}


def main():
    a = loop.options(__doc__, model.Shape(vocab=1024, max_seq=128))
    a.add_argument("folder", help="what home/generate.ts wrote: lines.tsv, held.tsv")
    a.add_argument("--out", default=str(model.BUILD / "home"))
    a.add_argument("--symbols", type=int, default=235, help="how many symbols the command language has")
    a.add_argument("--share", type=int, default=4, help="an epoch is one of so many parts of the lines")
    args = a.parse_args()
    folder = pathlib.Path(args.folder)
    lines = read(folder / "lines.tsv")
    tokenizer = bpe.Tokenizer.read(pathlib.Path(args.start) / "tokenizer.bin") if args.start else learn(lines, args.vocab, args.symbols)
    encoder = Encoder(tokenizer, args.symbols)
    pairs = [encoder.pair(prompt, answer) for _, prompt, answer in lines]
    pairs = [(x, y) for x, y in pairs if len(x) <= args.max_seq]
    held = [(kind, encoder.pair(prompt, answer)) for kind, prompt, answer in read(folder / "held.tsv")]

    def epoch_of(number, progress):
        order = list(range(number % args.share, len(pairs), args.share))
        random.Random(f"{args.seed} {number}").shuffle(order)
        return (pairs[i] for i in order)
    loop.run(args, tokenizer, epoch_of, lambda net: measure(net, held), {"lines": len(lines)})


if __name__ == "__main__":
    main()
