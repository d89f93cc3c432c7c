"""Compare the compiled model with the same model in torch: logits, gradients, and what run.c would compute.

    python3 check.py [FOLDER]     FOLDER holds model.bin; without it, random weights
"""
import sys

import numpy as np
import torch
import torch.nn.functional as F

import evaluate
import model


def forward(shape, p, tokens):
    """Logits by plain torch, written from the description of llama2.c's transformer."""
    T, hs = len(tokens), shape.head_size

    def rms(x, g):
        return x * torch.rsqrt(x.pow(2).mean(-1, keepdim=True) + 1e-5) * g

    angle = torch.outer(torch.arange(T).double(), 10000.0 ** (-torch.arange(0, hs, 2).double() / hs)).float()
    turn = torch.polar(torch.ones_like(angle), angle)[:, None, :]

    def rope(x):
        return torch.view_as_real(torch.view_as_complex(x.reshape(T, -1, hs // 2, 2)) * turn).reshape(T, -1, hs)

    x = p["emb"][tokens]
    hidden = torch.full((T, T), float("-inf")).triu(1)
    for l in range(shape.layers):
        n = rms(x, p["rms_att"][l])
        q, k = rope((n @ p["wq"][l].T).view(T, -1, hs)), rope((n @ p["wk"][l].T).view(T, -1, hs))
        v = (n @ p["wv"][l].T).view(T, -1, hs)
        share = shape.heads // shape.kv_heads
        k, v = k.repeat_interleave(share, 1), v.repeat_interleave(share, 1)
        a = torch.softmax(torch.einsum("ihd,jhd->hij", q, k) / hs ** 0.5 + hidden, -1)
        x = x + torch.einsum("hij,jhd->ihd", a, v).reshape(T, -1) @ p["wo"][l].T
        n = rms(x, p["rms_ffn"][l])
        x = x + (F.silu(n @ p["w1"][l].T) * (n @ p["w3"][l].T)) @ p["w2"][l].T
    return rms(x, p["rms_final"]) @ p["emb"].T


def main():
    if len(sys.argv) > 1:
        shape, flat = evaluate.read_checkpoint(sys.argv[1] + "/model.bin")
    else:
        shape = model.Shape()
        flat = model.initial(shape, 1)
    net = model.Model(shape)
    net.load(flat)
    worst = 0.0
    for T in (1, 37, 290, 512):
        tokens = np.random.default_rng(T).integers(0, shape.vocab, T).astype(np.int32)
        targets = np.roll(tokens, -1).copy()
        gradient, logits = np.zeros(shape.size(), np.float32), np.empty((T, shape.vocab), np.float32)
        losses = net.sequence(tokens, targets, 0, gradient, 1 / T, logits=logits)
        p = {k: torch.tensor(v, requires_grad=True) for k, v in shape.split(np.array(flat)).items()}
        out = forward(shape, p, torch.tensor(tokens).long())
        loss = F.cross_entropy(out, torch.tensor(targets).long())
        loss.backward()
        off = np.abs(out.detach().numpy() - logits).max()
        print(f"T {T}: logits differ by {off:.1e} (up to {np.abs(logits).max():.1f}), loss {losses.mean():.5f} against {float(loss):.5f}")
        worst = max(worst, off)
        for name, g in shape.split(gradient).items():
            r = p[name].grad.numpy()
            assert np.abs(r - g).max() < 1e-3 * np.abs(r).max() + 1e-5, name
    assert worst < 1e-3
    print("logits within 1e-3, gradients within 1e-3 of their greatest")


if __name__ == "__main__":
    main()
