"""Words of a text and their hashed features: the same numbers as native/text-features.c."""

MASK = 0xFFFFFFFF
FNV_BASIS, FNV_PRIME = 0x811C9DC5, 0x01000193
MOST_LETTERS = 32
# U+00C0 to U+00FF without accents; "." separates words
LATIN1 = "aaaaaaaceeeeiiiidnooooo.ouuuuytsaaaaaaaceeeeiiiidnooooo.ouuuuyty"


def letter(c):
    """Code point to its folded form; 0: separates words; -1: dropped."""
    if c < 0x80:
        if 65 <= c <= 90:
            return c + 32
        if 97 <= c <= 122 or 48 <= c <= 57:
            return c
        return -1 if c == 39 else 0
    if c < 0xC0:
        return 0
    if c < 0x100:
        return 0 if c in (0xD7, 0xF7) else ord(LATIN1[c - 0xC0])
    if 0x2000 <= c < 0x2070:
        return -1 if c in (0x2018, 0x2019) else 0
    if 0x3000 <= c < 0x3040 or c == 0xFFFD:
        return 0
    if 0x391 <= c <= 0x3A9 or 0x410 <= c <= 0x42F:
        return c + 32
    if 0x400 <= c <= 0x40F:
        return c + 80
    return c


def words(text):
    """Lists of folded code points, at most 32 each."""
    out, word = [], []
    for ch in text:
        c = letter(ord(ch))
        if c > 0:
            if len(word) < MOST_LETTERS:
                word.append(c)
        elif c == 0 and word:
            out.append(tuple(word))
            word = []
    if word:
        out.append(tuple(word))
    return out


def mix(h):
    """Finaliser of MurmurHash3."""
    h ^= h >> 16
    h = h * 0x85EBCA6B & MASK
    h ^= h >> 13
    h = h * 0xC2B2AE35 & MASK
    return h ^ h >> 16


def fnv(codes, h=FNV_BASIS):
    for c in codes:
        h = (h ^ c) * FNV_PRIME & MASK
    return h


_cache = {}


def of_word(word):
    """(hash of the word, hashes of its n-grams of 3 and 4 letters with < and > at its ends), before mixing."""
    found = _cache.get(word)
    if found is None:
        marked = (60,) + word + (62,)
        grams = [fnv(marked[i:i + n]) for n in (3, 4) for i in range(len(marked) - n + 1) if n < len(marked)]
        found = _cache[word] = (fnv(marked), grams)
    return found


def pair(a, b):
    """Hash of two words in a row, from their hashes."""
    return ((a ^ 0x20) * FNV_PRIME ^ b) * FNV_PRIME & MASK
