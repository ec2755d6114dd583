#!/usr/bin/env python3
"""Reads ISO 8583 messages of the dialect openset-87 with pyiso8583, an independent reader.

Usage: read_iso8583.py FILE-OR-FOLDER...

Each message is decoded, shown with its card number masked, encoded again and compared; of a folder
those files are read whose names end in a message type, such as `07-0100.bin`. Exits 0 only if
every file gives identical octets and there is one. The last line is `N passed, N failed`. Needs
`pip install pyiso8583`.
"""

import copy
import pathlib
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
    try:
        message, _ = iso8583.decode(octets, spec)
    except iso8583.DecodeError as error:
        print(f"{path}: {error}", file=sys.stderr)
        return False
    print(path, message["t"])
    for number in sorted((key for key in message if key.isdigit() and key != "1"), key=int):
        print(f"  {number:>3}  {shown(number, message[number])}")
    again, _ = iso8583.encode(message, spec)
    if bytes(again) != octets:
        print(f"{path}: encoded again it differs", file=sys.stderr)
        return False
    return True


def files(arguments):
    """The files meant, those of folders by their names."""
    for argument in map(pathlib.Path, arguments):
        if argument.is_dir():
            yield from sorted(argument.rglob("*[0-9][0-9][0-9][0-9].bin"))
        else:
            yield argument


def main(arguments):
    """Reads every file; the exit code says whether all agree."""
    spec = dialect()
    results = [read(path, spec) for path in files(arguments)]
    passed = sum(results)
    print(f"{passed} passed, {len(results) - passed} failed")
    return 0 if results and all(results) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
