"""
python3 tools/train/embedder/passages.py DATA [EMBEDDER]: which scores find the passage that answers a question (xquad, none of it
trained on). BM25 (Robertson and Zaragoza 2009) over words, stems and n-grams, and embeddings, alone and together.
"""
import json
import math
import os
import re
import sys

import numpy as np

from features import words
from table import counts, rows_of, unit

K1, B = 1.2, 0.75


def stem(w):
    """As src/ruvector/text/stem.ts."""
    if len(w) > 4 and w.endswith("ies"):
        w = w[:-3] + "y"
    elif len(w) > 3 and w.endswith("s") and not w.endswith(("ss", "us", "is")):
        w = w[:-1]
    if len(w) > 5 and w.endswith("ing"):
        w = w[:-3]
    elif len(w) > 4 and w.endswith("ed"):
        w = w[:-2]
    if len(w) > 3 and w.endswith("e"):
        w = w[:-1]
    if len(w) > 4 and w[-1] == w[-2] and w[-1] in "bdgklmnprt":
        w = w[:-1]
    return w[:-1] + "i" if len(w) > 3 and w.endswith("y") else w


def plain(text):
    return ["".join(map(chr, word)) for word in words(text)]


def grams(text, n):
    marked = [f"<{word}>" for word in plain(text)]
    return [m[i:i + n] for m in marked for i in range(max(1, len(m) - n + 1))]


def bm25(passages, questions):
    lengths = np.array([len(p) for p in passages])
    postings = {}
    for i, passage in enumerate(passages):
        for term in passage:
            postings.setdefault(term, {}).setdefault(i, 0)
            postings[term][i] += 1
    out = np.zeros((len(questions), len(passages)))
    norm = K1 * (1 - B + B * lengths / lengths.mean())
    for j, question in enumerate(questions):
        for term in question:
            found = postings.get(term, {})
            idf = math.log(1 + (len(passages) - len(found) + 0.5) / (len(found) + 0.5))
            for i, count in found.items():
                out[j, i] += idf * count * (K1 + 1) / (count + norm[i])
    return out


def embedder(path):
    file = open(path, "rb").read()
    dims, buckets = int.from_bytes(file[6:8], "little"), int.from_bytes(file[8:12], "little")
    codes = np.frombuffer(file, np.uint8, buckets * dims // 2, 32).reshape(buckets, -1)
    table = np.concatenate([codes & 15, codes >> 4], 1).astype(np.float32) - 8
    return lambda texts: unit(counts([rows_of(t, buckets) for t in texts], buckets) @ table)[0]


def main():
    with open(os.path.join(sys.argv[1], "xquad", "xquad.en.half1.json"), encoding="utf-8") as file:
        articles = json.load(file)["data"]
    passages, questions, answer = [], [], []
    for paragraph in (p for article in articles for p in article["paragraphs"]):
        for question in paragraph["qas"]:
            questions.append(question["question"])
            answer.append(len(passages))
        passages.append(paragraph["context"])
    answer = np.array(answer)

    def show(name, score):
        rank = (score > score[np.arange(len(answer)), answer][:, None]).sum(1)
        print(f"| {name} | {(rank < 1).mean():.4f} | {(rank < 5).mean():.4f} | {(1 / (rank + 1)).mean():.4f} |")

    def both(terms):
        return bm25([terms(p) for p in passages], [terms(q) for q in questions])

    print(f"{len(passages)} passages, {len(questions)} questions\n\n| score | R@1 | R@5 | MRR |\n|---|---|---|---|")
    words_only = both(plain)
    stems = both(lambda text: [stem(w) for w in plain(text)])
    ngrams = {n: both(lambda text, n=n: grams(text, n)) for n in (3, 4, 5)}
    embed = embedder(sys.argv[2] if len(sys.argv) > 2 else "models/words.rvem")
    asked = embed(questions)
    cosine = asked @ embed(passages).T
    sentence = np.stack([(asked @ embed([s for s in re.split(r"(?<=[.!?])\s+", p) if s]).T).max(1) for p in passages], 1)
    show("BM25 of words", words_only)
    show("BM25 of stems", stems)
    for n, score in ngrams.items():
        show(f"BM25 of {n}-grams", score)
    for weight in (0.1, 0.2, 0.4, 0.8):
        show(f"BM25 of stems + {weight} of 4-grams", stems + weight * ngrams[4])
    show("cosine with the passage", cosine)
    show("cosine with its nearest sentence", sentence)
    for weight in (1, 2, 4, 8):
        show(f"BM25 of words + {weight} cosine", words_only + weight * cosine)
    for weight in (1, 2, 4, 8):
        show(f"BM25 of stems + 0.4 of 4-grams + {weight} cosine", stems + 0.4 * ngrams[4] + weight * cosine)


if __name__ == "__main__":
    main()
