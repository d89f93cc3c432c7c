"""Distillation (Hinton et al., 2015): the distributions of a trained model, which a smaller or coarser one imitates."""
import numpy as np

import evaluate

ONE = 65535  # probability 1


class Teacher:
    def __init__(self, folder, tokenizer, lanes=1):
        self.net, pieces = evaluate.open_model(folder, lanes)
        assert pieces.pieces == tokenizer.pieces, "a teacher needs the tokenizer of its pupil"

    def distributions(self, tokens, lane=0):
        """What the teacher expects after each of the tokens: uint16 [tokens][vocabulary]."""
        logits = np.empty((len(tokens), self.net.shape.vocab), np.float32)
        self.net.sequence(tokens, np.full(len(tokens), -1, np.int32), lane, logits=logits)
        logits -= logits.max(-1, keepdims=True)
        np.exp(logits, out=logits)
        logits *= np.float32(ONE) / logits.sum(-1, keepdims=True)
        return np.rint(logits, out=logits).astype(np.uint16)
