"""Labelled sentences for training, and the tenth of each set that is kept aside: by a hash of the text, so that equal texts stay together."""
import gzip
import json
import os
import re

from features import fnv, mix, words

SPLIT_SEED = 1


def held_out(text):
    return mix(fnv([ord(c) for c in text]) ^ SPLIT_SEED) * 10 >> 32 == 0


def table(lines, label, text):
    rows = [line.rstrip("\n").split("\t") for line in lines]
    a, b = rows[0].index(text), rows[0].index(label)
    return [(row[a], row[b]) for row in rows[1:]]


def intents(folder):
    """name: [(sentence, intent)], from parts for training only."""
    sets = {}
    with open(os.path.join(folder, "hwu64", "train.tsv"), encoding="utf-8") as file:
        sets["hwu64"] = table(file, "intent", "text")
    with open(os.path.join(folder, "clinc150", "train_val.json"), encoding="utf-8") as file:
        sets["clinc150"] = [tuple(pair) for pair in json.load(file)["train"]]
    with gzip.open(os.path.join(folder, "snips_nlu", "train.tsv.gz"), "rt", encoding="utf-8") as file:
        # Seven intents with two thousand sentences each: a quarter says as much.
        sets["snips"] = table(file, "intent", "text")[::4]
    return sets


def stories(folder):
    """Sentences of stories, in order; None between stories that don't follow each other."""
    with open(os.path.join(folder, "tinystories", "train_1.6MB.txt"), encoding="utf-8") as file:
        text = file.read()
    out = []
    for story in text.split("<|endoftext|>"):
        out += [s for s in re.split(r"(?<=[.!?])[\"”]?\s+", story) if len(words(s)) > 2]
        out.append(None)
    return out
