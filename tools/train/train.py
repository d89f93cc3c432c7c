"""Train a small model from scratch on a file of stories. See README.md for the commands."""
import pathlib

import bpe
import data
import evaluate
import loop
import model


def main():
    a = loop.options(__doc__)
    a.add_argument("text", help="stories with <|endoftext|> between them")
    a.add_argument("--out", default=str(model.BUILD / "stories"), help="folder for the checkpoint, tokenizer and log")
    a.add_argument("--bpe-dropout", type=float, default=0.0, help="chance to leave out a merge; 0 in the last quarter")
    a.add_argument("--hold-out", type=int, default=20, help="every n-th story is not trained on but measured; 0: none")
    args = a.parse_args()
    train, held = data.split(data.stories(args.text, clean=True), args.hold_out)
    tokenizer = bpe.Tokenizer.read(pathlib.Path(args.start) / "tokenizer.bin") if args.start else bpe.Tokenizer(bpe.learn(train, args.vocab))
    epochs = data.Epochs(tokenizer, train, args.max_seq, args.seed)
    loop.run(args, tokenizer, lambda number, progress: epochs.epoch(number, args.bpe_dropout if progress < 0.75 else 0.0),
             lambda net: {"held_" + k: v for k, v in evaluate.measure(net, tokenizer, held).items()} if held else {}, {"stories": len(train)})


if __name__ == "__main__":
    main()
