"""Writes the table as native/text-embedder.h describes."""
import json
import struct
import zlib

METADATA = {
    "name": "words", "license": "CC BY 4.0",
    "trainingData": "hwu64 train (CC BY 4.0), clinc150 train (CC BY 3.0), snips train (CC0), TinyStories (CDLA-Sharing-1.0)",
    "source": "tools/train/embedder",
}


def save(path, integers):
    buckets, dims = integers.shape
    half = dims // 2
    codes = (integers + 8).astype("uint8")
    rows = (codes[:, :half] | codes[:, half:] << 4).tobytes()
    metadata = json.dumps(METADATA, separators=(",", ":")).encode()
    head = b"RVEM" + struct.pack("<BBHII", 1, 0, dims, buckets, len(metadata))
    body = bytes(12) + rows + metadata
    file = head + struct.pack("<I", zlib.crc32(head + bytes(4) + body)) + body
    with open(path, "wb") as out:
        out.write(file)
    return len(file)
