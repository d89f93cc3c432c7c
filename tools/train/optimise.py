"""The optimiser: Muon for the matrices, AdamW for embeddings and gains, and the average of the weights.

Muon (Jordan et al., 2024) replaces the momentum of each matrix by the nearest orthogonal one, so that all its
directions learn at one pace; scaled by 0.2 sqrt(longer side), as Moonlight (Liu et al., 2025), it shares AdamW's
learning rate and decay.
"""
import numpy as np


def orthogonal(stack):
    """Nearly the nearest orthogonal matrix of each [.., out, in], by five Newton-Schulz steps."""
    turn = stack.shape[-2] > stack.shape[-1]
    x = np.swapaxes(stack, -1, -2) if turn else stack
    x = np.ascontiguousarray(x / (np.sqrt((x * x).sum((-1, -2), keepdims=True)) + np.float32(1e-7)))
    a, b, c = np.float32(3.4445), np.float32(-4.775), np.float32(2.0315)
    for _ in range(5):
        s = x @ np.swapaxes(x, -1, -2)
        x = a * x + (b * s + c * (s @ s)) @ x
    return np.swapaxes(x, -1, -2) if turn else x


class Optimiser:
    def __init__(self, shape, flat, muon=True, decay=0.1, ema=0.998):
        self.flat, self.decay, self.keep, self.step = flat, np.float32(decay), ema, 0
        self.m, self.v, self.ema, self.change = np.zeros_like(flat), np.zeros_like(flat), flat.copy(), np.zeros_like(flat)
        names = [name for name, _ in shape.tensors() if name.startswith("w")] if muon else []
        change, momentum = shape.split(self.change), shape.split(self.m)
        self.matrices = [(name, change[name], momentum[name]) for name in names]
        self.decayed = np.ones_like(flat)
        for name, view in shape.split(self.decayed).items():
            if name.startswith("rms"):
                view[:] = 0
        self.shape = shape

    def update(self, g, lr):
        """One step along the gradient g, which is changed; returns its norm, before it is clipped to 1."""
        self.step += 1
        norm = float(np.sqrt(np.dot(g, g)))
        if norm > 1:
            g *= np.float32(1 / norm)
        b1, b2 = (np.float32(0.95) if self.matrices else np.float32(0.9)), np.float32(0.99)
        self.m += (g - self.m) * (1 - b1)
        self.v += (g * g - self.v) * (1 - b2)
        root = np.sqrt(self.v * np.float32(1 / (1 - float(b2) ** self.step))) + np.float32(1e-8)
        self.change[:] = self.m * np.float32(1 / (1 - float(b1) ** self.step)) / root
        views = self.shape.split(g)
        for name, change, momentum in self.matrices:
            ahead = momentum * b1 + views[name] * (1 - b1)
            change[:] = orthogonal(ahead) * np.float32(0.2 * max(change.shape[-2:]) ** 0.5)
        self.change += self.decay * self.decayed * self.flat
        self.flat -= np.float32(lr) * self.change
        keep = min(self.keep, (1 + self.step) / (10 + self.step))
        self.ema += (self.flat - self.ema) * np.float32(1 - keep)
        return norm
