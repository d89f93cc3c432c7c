"""Distillation: what larger models, trained on the same stories, expect at every place of them.

A small model that imitates their distributions, beside the text itself, learns faster and overfits less than from
the text alone (Hinton et al., 2015). The teachers are trained from scratch by train.py too, on the same text.
"""
import concurrent.futures

import numpy as np

import evaluate

ONE = 65535  # probability 1 in the 16-bit tables


def distributions(folders, tokenizer, epochs, threads=1):
    """For each story the mean probabilities of the teachers, uint16 [places][vocabulary]; None without teachers."""
    if not folders:
        return None
    teachers = [evaluate.open_model(folder, threads) for folder in folders]
    for _, other in teachers:
        assert other.pieces == tokenizer.pieces, "a teacher needs the same tokenizer: the same text, held-out stories and vocabulary"

    def lane(k):
        return [(n, mean([net for net, _ in teachers], epochs.ids(n), k)) for n in range(k, len(epochs.texts), threads)]

    with concurrent.futures.ThreadPoolExecutor(threads) as pool:
        tables = dict(pair for part in pool.map(lane, range(threads)) for pair in part)
    return [tables[n] for n in range(len(tables))]


def mean(nets, ids, lane):
    total = sum(probabilities(net, np.array(ids[:-1], np.int32), lane) for net in nets)
    return np.rint(total * np.float32(ONE / len(nets))).astype(np.uint16)


def probabilities(net, tokens, lane):
    """After each of the tokens; where there are more than the model can read at once, from the last of them."""
    out = np.empty((len(tokens), net.shape.vocab), np.float32)
    longest, done = net.shape.max_seq, 0
    while done < len(tokens):
        end = min(len(tokens), done + (longest // 2 if done else longest))
        start = max(0, end - longest)
        part = tokens[start:end].copy()
        logits = np.empty((len(part), net.shape.vocab), np.float32)
        net.sequence(part, np.full(len(part), -1, np.int32), lane, logits=logits)
        e = np.exp(logits - logits.max(-1, keepdims=True))
        out[done:end] = (e / e.sum(-1, keepdims=True))[done - start:]
        done = end
    return out
