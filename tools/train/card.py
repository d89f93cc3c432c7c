"""Write the card of a model: what it was trained on, how, how well it predicts, and stories as they come.

    python3 card.py FOLDER HELD_TEXT --title NAME > models/NAME/card.md

FOLDER holds model.bin, tokenizer.bin and log.jsonl. HELD_TEXT is text that no choice was tuned to.
"""
import argparse
import hashlib
import json
import pathlib

import data
import evaluate

CARD = """# {title}

{parameters:,} parameters, trained from scratch: no weights or outputs of another model were used. It tells short
stories in the words of a small child, and nothing else: it knows no facts and follows no instructions.

## Data and licence

{stories:,} stories of TinyStories (Ronen Eldan and Yuanzhi Li, "TinyStories: How Small Can Language Models Be and Still
Speak Coherent English?", 2023), licence CDLA-Sharing-1.0: an excerpt of {megabytes} MB{held}.
The stories were written by GPT-3.5 and GPT-4 for that paper. The text is not part of this repository.

Text that this model was trained on: SHA-256 `{digest}`.

## Architecture

Llama as in llama2.c: {layers} layers, width {dim}, hidden {hidden}, {heads} heads of {head_size} with {kv_heads} for keys and values,
{vocab} tokens (BPE, learned on the same text), sequences of up to {max_seq}, embeddings tied, RMSNorm, RoPE, SwiGLU.

## Recipe

tools/train at seed {seed}: {optimiser}, {epochs} epochs of {batch} tokens per step ({steps} steps), learning rate {lr},
weight decay {decay}, dropout {dropout}, BPE-dropout {bpe_dropout}{quarter}, exported weights averaged with factor {ema}. {minutes} minutes
with --threads {threads} on a shared desktop processor.

    {command}

## How well it predicts (measured, float weights)

| text | nats per token | bits per byte |
|---|---|---|
{rows}

Windows of 256 tokens within a story, each knowing nothing of the one before; the stories' ends are not counted.
{remark}
## Stories as they come

Not selected: seeds 1 to {samples}, temperature 0.8, top-p 0.9, no prompt, at most 256 tokens
(`evaluate.py --samples {samples}`).

{stories_told}
"""


def row(name, result):
    return f"| {name} ({result['bytes']:,} bytes) | {result['nats_per_token']:.4f} | {result['bits_per_byte']:.4f} |"


def main():
    a = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    a.add_argument("folder")
    a.add_argument("text")
    a.add_argument("--title", default="stories")
    a.add_argument("--samples", type=int, default=5)
    a.add_argument("--remark", default="", help="a sentence under the table")
    args = a.parse_args()
    lines = [json.loads(line) for line in open(pathlib.Path(args.folder) / "log.jsonl")]
    first, last = lines[0], lines[-1]
    recipe = first["arguments"]
    net, tokenizer = evaluate.open_model(args.folder)
    shape = net.shape
    _, held = data.split(data.stories(recipe["text"], clean=True), recipe["hold_out"])
    rows = [row(f"TinyStoriesV2 validation excerpt, `{pathlib.Path(args.text).name}`, never chosen by", evaluate.measure(net, tokenizer, data.stories(args.text)))]
    if held:
        rows.append(row("held-out stories of the training excerpt, by which choices were made", evaluate.measure(net, tokenizer, held)))
    options = " ".join(f"--{k.replace('_', '-')} {v}" for k, v in recipe.items()
                       if k in ("epochs", "batch", "lr", "decay", "dropout", "bpe_dropout", "ema", "hold_out", "seed", "threads"))
    told = "\n\n".join(f"**Seed {n}**\n\n" + "\n".join("> " + line for line in evaluate.sample(net, tokenizer, "", n).split("\n"))
                       for n in range(1, args.samples + 1))
    raw = open(recipe["text"], "rb").read()
    print(CARD.format(
        title=args.title, parameters=shape.size(), stories=first["stories"], megabytes=f"{len(raw) / 1e6:.1f}",
        held=f", of which every {recipe['hold_out']}th story was held out" if held else "", digest=hashlib.sha256(raw).hexdigest(),
        **vars(shape), head_size=shape.head_size, seed=recipe["seed"],
        optimiser="AdamW" if recipe["adamw"] else "Muon for the matrices and AdamW for the rest",
        epochs=recipe["epochs"], batch=recipe["batch"], steps=f"{last['steps']:,}", lr=recipe["lr"], decay=recipe["decay"], dropout=recipe["dropout"],
        bpe_dropout=recipe["bpe_dropout"], quarter=" (none in the last quarter)" if recipe["bpe_dropout"] else "", ema=recipe["ema"],
        minutes=round(last["seconds"] / 60), threads=recipe["threads"], command=f"python3 tools/train/train.py TEXT {options}",
        rows="\n".join(rows), remark=args.remark + "\n" if args.remark else "", samples=args.samples, stories_told=told).rstrip())


if __name__ == "__main__":
    main()
