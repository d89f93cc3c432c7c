"""Byte-pair encoding in llama2.c's form: learn a vocabulary, read and write tokenizer.bin, encode, decode.

Ids: 0 <unk>, 1 BOS, 2 EOS, 3 to 258 the bytes, then pieces. A piece made earlier has a higher score; the encoder
merges the pair with the highest score first. Pieces never cross words, so each word is encoded on its own and
remembered; that equals run.c on the whole text. A character gets a piece only if a merge needs it: otherwise
its byte tokens cost as little, and the place goes to another merge.
"""
import collections
import random
import re
import struct

BYTES = 3
FIRST = 259
BOS = 1
# A word: letters and apostrophes, or other signs, after one space at most; any other white space is alone.
WORD = re.compile(r" ?(?:[^\W\d_]|')+| ?[^\w\s']+| ?\w|\s")


def words(text):
    """The text as run.c sees it, with a space before it, cut into words that no merge crosses."""
    return re.findall(WORD, " " + text)


def learn(texts, size):
    """Pieces (strings) with scores, the best merges of the texts, `size` ids in all."""
    counts = collections.Counter(w for text in texts for w in words(text))
    split = {w: list(w) for w in counts}
    where = collections.defaultdict(set)
    pairs = collections.Counter()
    for w, n in counts.items():
        for pair in zip(split[w], split[w][1:]):
            pairs[pair] += n
            where[pair].add(w)
    merges, needed = [], {" "}
    while True:
        a, b = max(pairs, key=lambda p: (pairs[p], p))
        new = needed | {x for x in (a, b) if len(x) == 1}
        if FIRST + len(merges) + 1 + len(new) > size:
            break
        needed = new
        if a + b not in merges:
            merges.append(a + b)
        for w in list(where[(a, b)]):
            n, old = counts[w], split[w]
            for pair in zip(old, old[1:]):
                pairs[pair] -= n
                where[pair].discard(w)
            split[w] = fuse(old, a, b)
            for pair in zip(split[w], split[w][1:]):
                pairs[pair] += n
                where[pair].add(w)
    pieces = merges + sorted(needed, key=lambda c: -sum(n for w, n in counts.items() if c in w))
    left = size - FIRST - len(pieces)  # 0, or 1 where the last merge would have needed two characters
    pieces += [c for c in "?:;"[:left] if c not in pieces]
    return [(piece, float(-i)) for i, piece in enumerate(pieces)]


def fuse(parts, a, b):
    out, i = [], 0
    while i < len(parts):
        if i + 1 < len(parts) and parts[i] == a and parts[i + 1] == b:
            out.append(a + b)
            i += 2
        else:
            out.append(parts[i])
            i += 1
    return out


class Tokenizer:
    def __init__(self, pieces):
        self.pieces = pieces
        self.size = FIRST + len(pieces)
        self.ids = {piece: FIRST + i for i, (piece, _) in enumerate(pieces)}
        self.scores = dict(pieces)
        self.known = {}

    @classmethod
    def read(cls, path):
        data = open(path, "rb").read()
        at, rows = 4, []
        while at < len(data):
            score, length = struct.unpack_from("<fi", data, at)
            rows.append((data[at + 8:at + 8 + length], score))
            at += 8 + length
        return cls([(piece.decode(), score) for piece, score in rows[FIRST:]])

    def write(self, path):
        rows = [(b"<unk>", 0.0), (b"\n<s>\n", 0.0), (b"\n</s>\n", 0.0)]
        rows += [(b"<0x%02X>" % i, 0.0) for i in range(256)] + [(piece.encode(), score) for piece, score in self.pieces]
        with open(path, "wb") as out:
            out.write(struct.pack("<i", max(len(piece) for piece, _ in rows)))
            for piece, score in rows:
                out.write(struct.pack("<fi", score, len(piece)) + piece)

    def word(self, word, drop=0.0, rng=random):
        """Ids of one word. With drop, each merge is left out with that chance (BPE-dropout), for training."""
        parts = list(word)
        while True:
            best, at = None, 0
            for i in range(len(parts) - 1):
                score = self.scores.get(parts[i] + parts[i + 1])
                if score is not None and (best is None or score > best) and not (drop and rng.random() < drop):
                    best, at = score, i
            if best is None:
                break
            parts[at:at + 2] = [parts[at] + parts[at + 1]]
        ids = []
        for part in parts:
            ids += [self.ids[part]] if part in self.ids else [BYTES + byte for byte in part.encode()]
        return ids

    def encode(self, text):
        """Ids as run.c's, without BOS."""
        ids = []
        for w in words(text) if text else []:
            if w not in self.known:
                self.known[w] = self.word(w)
            ids += self.known[w]
        return ids

    def decode(self, ids):
        out = b"".join(b"" if i < BYTES else bytes([i - BYTES]) if i < FIRST else self.pieces[i - FIRST][0].encode() for i in ids)
        text = out.decode(errors="replace")
        return text[1:] if text.startswith(" ") else text
