#!/usr/bin/env python3
"""Reads ISO 8583 messages of the dialect openset-87 with pyiso8583, an independent reader.

Usage: read_iso8583.py FILE...

Each message is decoded, shown with its card number masked, encoded again and compared. Exits 0
only if every file gives identical octets. Needs `pip install pyiso8583`.
"""

import copy
import sys

import iso8583
import iso8583.specs

SECRET = {"34", "35", "36", "45", "52", "53", "55"}


def dialect():
    """pyiso8583's ASCII specification, where openset-87 differs from it."""
    spec = copy.deepcopy(iso8583.specs.default_ascii)
    spec["55"].update(data_enc="b", len_type=3, max_len=255)
    return spec


def shown(number, value):
    """A field without what nobody should see."""
    if number == "2":
        return value[:6] + "*" * (len(value) - 10) + value[-4:]
    return "***" if number in SECRET else value


def read(path, spec):
    """Whether a file is the same after decoding and encoding."""
    with open(path, "rb") as file:
        octets = file.read()
    message, _ = iso8583.decode(octets, spec)
    print(path, message["t"])
    for number in sorted((key for key in message if key.isdigit() and key != "1"), key=int):
        print(f"  {number:>3}  {shown(number, message[number])}")
    again, _ = iso8583.encode(message, spec)
    if bytes(again) != octets:
        print(f"{path}: encoded again it differs", file=sys.stderr)
        return False
    return True


def main(paths):
    """Reads every file; the exit code says whether all agree."""
    spec = dialect()
    results = [read(path, spec) for path in paths]
    return 0 if results and all(results) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
