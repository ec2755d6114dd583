#!/usr/bin/env python3
"""Reads messages with asn1tools over protocol/set-modern.asn, writes them again, and compares.

It shares no code with OpenSET. Without arguments it reads every file in vectors/ that is of the suite;
with arguments, those files and folders, so that it can read the messages that a demonstration saved as
well. With `--suite set10` the schema is protocol/set.asn, in which signed and sealed parts are spelled out.

A file in a folder called `inside` is the type it is named after (up to the first full stop, or a
hyphen and a lower-case letter); any other is a MessageWrapper.
"""

import argparse
import pathlib
import re
import sys

import asn1tools

ROOT = pathlib.Path(__file__).resolve().parent.parent
SCHEMAS = {"modern": "set-modern.asn", "set10": "set.asn"}
OWN = {"modern": [ROOT / "vectors" / "inside", *(ROOT / "vectors").glob("*.der")], "set10": [ROOT / "vectors" / "set10"]}


def type_of(path):
    """The ASN.1 type that a file holds."""
    if path.parent.name != "inside":
        return "MessageWrapper"
    return re.split(r"-(?=[a-z])", path.stem)[0]


def files(arguments):
    """Every .der file that the arguments name, in order."""
    for path in map(pathlib.Path, arguments):
        yield from sorted(path.rglob("*.der")) if path.is_dir() else [path]


def fault(schema, path):
    """What is wrong with a file, or None."""
    octets = path.read_bytes()
    try:
        value, length = schema.decode_with_length(type_of(path), octets)
        if length != len(octets):
            return f"{len(octets) - length} octets after the end"
        again = schema.encode(type_of(path), value)
    except asn1tools.Error as error:
        return str(error)
    return None if again == octets else "written again, it differs"


def main(arguments):
    named = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    named.add_argument("--suite", choices=SCHEMAS, default="modern")
    named.add_argument("files", nargs="*", metavar="FILE")
    named = named.parse_args(arguments)
    path = ROOT / "protocol" / SCHEMAS[named.suite]
    schema = asn1tools.compile_files([str(path)], "der")
    read = wrong = 0
    for path in files(named.files or OWN[named.suite]):
        read += 1
        what = fault(schema, path)
        if what is not None:
            wrong += 1
            print(f"{path}: {type_of(path)}: {what}", file=sys.stderr)
    print(f"{read - wrong} passed, {wrong} failed")
    return 1 if wrong or not read else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
