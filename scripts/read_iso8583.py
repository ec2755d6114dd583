#!/usr/bin/env python3
"""Reads ISO 8583 messages with pyiso8583, an independent reader.

Usage: read_iso8583.py [--dialect FILE [--key HEX]] FILE-OR-FOLDER...

Without more the dialect is openset-87. A dialect of another name is read from its file; in one with
a code over each message, field 64 or 128 is computed again under the key. Each message is decoded,
shown with its card number masked, encoded again and compared; of a folder those files are read whose
names end in a message type, such as `07-0100.bin`. Exits 0 only if every file gives identical octets
and there is one. The last line is `N passed, N failed`. Needs `pip install pyiso8583`.
"""

import argparse
import copy
import hmac
import json
import pathlib
import re
import sys

import iso8583
import iso8583.specs

SECRET = {"34", "35", "36", "45", "52", "53", "55"}
# What pyiso8583 calls the notations of a dialect.
ENCODING = {"ascii": "ascii", "ebcdic": "cp037", "binary": "b", "bcd": "b"}
# What is said before a message whose code is computed.
CODE_OF = b"openset message mac"
CODE_OCTETS = 8


def openset_87():
    """pyiso8583's ASCII specification, where openset-87 differs from it."""
    spec = copy.deepcopy(iso8583.specs.default_ascii)
    spec["55"].update(data_enc="b", len_type=3, max_len=255)
    return spec


def of_file(path):
    """The specification that a dialect's file describes, and whether messages have codes."""
    with open(path, encoding="utf-8") as file:
        said = json.load(file)
    fixed = {"len_enc": "ascii", "len_type": 0, "desc": ""}
    spec = {
        "h": {"data_enc": "ascii", "max_len": 0, **fixed},
        "t": {"data_enc": ENCODING[said["mti"]], "max_len": 4, **fixed},
        "p": {"data_enc": ENCODING[said["bitmap"]], "max_len": 8, **fixed},
        "1": {"data_enc": ENCODING[said["bitmap"]], "max_len": 8, **fixed},
    }
    fields = said["fields"]
    for number in range(2, 129):
        spec[str(number)] = field(fields.get(str(number), "b 8"), said)
    return spec, said.get("mac", False)


def field(form, said):
    """The form of one field, such as `n..19`."""
    content, dots, length = re.fullmatch(r"([a-z]+)( |\.\.\.?)(\d+)", form).groups()
    binary = said["lengths"] == "binary"
    widths = {" ": 0, "..": 1 if binary else 2, "...": 2 if binary else 3}
    made = {
        "data_enc": ENCODING[said["characters"]],
        "len_enc": ENCODING[said["lengths"]],
        "len_type": widths[dots],
        "max_len": int(length),
        "desc": "",
    }
    if content == "b":
        made["data_enc"] = ENCODING[said["octets"]]
        made["max_len"] //= 8 if dots == " " else 1
    elif content == "n":
        made["data_enc"] = ENCODING[said["numbers"]]
        if said["numbers"] == "bcd":
            made.update(len_count="nibbles", left_pad="0")
    return made


def shown(number, value):
    """A field without what nobody should see."""
    if number == "2":
        return value[:6] + "*" * (len(value) - 10) + value[-4:]
    return "***" if number in SECRET else value


def is_coded(octets, message, key):
    """Whether the last field is the code of all octets before it."""
    last = "128" if "1" in message else "64"
    code = hmac.new(key, CODE_OF + octets[:-CODE_OCTETS], "sha256").digest()[:CODE_OCTETS]
    return message.get(last) == code.hex().upper()


def read(path, spec, key):
    """Whether a file is the same after decoding and encoding, and its code is right."""
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
    if key is not None and not is_coded(octets, message, key):
        print(f"{path}: its code is not that of the message", file=sys.stderr)
        return False
    again, _ = iso8583.encode(message, spec)
    if bytes(again) != octets:
        print(f"{path}: encoded again it differs", file=sys.stderr)
        return False
    return True


def files(arguments):
    """The files meant, those of folders by their names."""
    for argument in arguments:
        if argument.is_dir():
            yield from sorted(argument.rglob("*[0-9][0-9][0-9][0-9].bin"))
        else:
            yield argument


def main():
    """Reads every file; the exit code says whether all agree."""
    parser = argparse.ArgumentParser(description="reads ISO 8583 messages with pyiso8583")
    parser.add_argument("--dialect", type=pathlib.Path, help="a dialect in JSON")
    parser.add_argument("--key", type=bytes.fromhex, help="the key of codes, in hex")
    parser.add_argument("files", type=pathlib.Path, nargs="+")
    asked = parser.parse_args()
    spec, has_codes = (openset_87(), False) if asked.dialect is None else of_file(asked.dialect)
    if has_codes != (asked.key is not None):
        parser.error("a key is for a dialect with codes, which needs one")
    results = [read(path, spec, asked.key) for path in files(asked.files)]
    passed = sum(results)
    print(f"{passed} passed, {len(results) - passed} failed")
    return 0 if results and all(results) else 1


if __name__ == "__main__":
    sys.exit(main())
