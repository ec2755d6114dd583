#!/usr/bin/env python3
"""Lets the openssl command judge every certificate and CRL found in saved messages.

Reads every .der file under a folder, takes out what has the shape of a certificate or of a CRL, and
asks `openssl verify` for a path from each certificate to the anchors in `root.pem`, and `openssl
crl` for the signature of each CRL. A self-signed certificate in a message that is none of the
anchors is refused like any other stranger. Nothing of OpenSET is used, only DER and OpenSSL.

SET marks its private extensions as critical. openssl does not know them, so it is told to judge all
else by the strict rules and leave those to us.

With `--suite set10` three complaints of the strict rules are passed over, and no others:

- 81, "Path length given without key usage keyCertSign": the profile of 1997 lets an authority split
  its certificate in two, and both halves say how many may stand below.
- 85, "Missing Authority Key Identifier": the profile of 1997 names the issuer's certificate there by
  its own issuer and serial number, RFC 5280 wants its key named; a root names nobody.
- 86, "Missing Subject Key Identifier": the profile of 1997 has no such extension.

The last line is `N passed, N failed`.
"""

import base64
import pathlib
import re
import subprocess
import sys
import tempfile

SEQUENCE, INTEGER, BIT_STRING, VERSION = 0x30, 0x02, 0x03, 0xA0
TIMES = (0x17, 0x18)
# What the strict rules want and the profile of 1997 does not have.
PROFILE_OF_1997 = {"81", "85", "86"}


def elements(octets, at, end):
    """The (tag, start, content, end) of each element between two offsets; none if it is not DER."""
    found = []
    while at < end:
        start, tag = at, octets[at]
        at += 1
        if tag & 0x1F == 0x1F:
            while at < end and octets[at] & 0x80:
                at += 1
            at += 1
        if at >= end:
            return []
        length = octets[at]
        at += 1
        if length & 0x80:
            width = length & 0x7F
            length = int.from_bytes(octets[at : at + width], "big")
            at += width
        if at + length > end:
            return []
        found.append((tag, start, at, at + length))
        at += length
    return found


def kind(octets, element):
    """Whether an element has the shape of a certificate or of a CRL."""
    tag, _, content, end = element
    parts = elements(octets, content, end) if tag == SEQUENCE else []
    if [part[0] for part in parts] != [SEQUENCE, SEQUENCE, BIT_STRING]:
        return None
    fields = [part[0] for part in elements(octets, parts[0][2], parts[0][3])]
    if fields[:4] == [VERSION, INTEGER, SEQUENCE, SEQUENCE]:
        return "certificate"
    if fields[:3] == [INTEGER, SEQUENCE, SEQUENCE] and fields[3:4] and fields[3] in TIMES:
        return "crl"
    return None


def collect(octets, at, end, found):
    """Adds every certificate and CRL below two offsets."""
    for element in elements(octets, at, end):
        tag, start, content, past = element
        shape = kind(octets, element)
        if shape:
            found[shape].add(octets[start:past])
        elif tag & 0x20:
            collect(octets, content, past, found)


def pem(label, octets):
    """PEM of one object."""
    body = base64.encodebytes(octets).decode()
    return f"-----BEGIN {label}-----\n{body}-----END {label}-----\n"


def anchors_of(path):
    """The certificates of a PEM file; none if there is no such file."""
    if not path.exists():
        return []
    bodies = re.findall(r"-----BEGIN CERTIFICATE-----([^-]+)-----END", path.read_text("ascii", "replace"))
    return [base64.b64decode(body) for body in bodies]


def ask(*command):
    """Asks openssl; gives whether it accepts, and what it says."""
    answer = subprocess.run(["openssl", *command], capture_output=True, text=True, check=False)
    said = answer.stdout + answer.stderr
    return answer.returncode == 0 and "verify failure" not in said, said.strip()


def judge(paths, set10):
    """Whether openssl finds the path of a certificate good, as strictly as the suite allows."""
    rest = ("-ignore_critical", "-no-CApath", "-no-CAstore", *paths)
    accepted, said = ask("verify", "-x509_strict", *rest)
    if accepted or not set10:
        return accepted, said
    complaints = set(re.findall(r"^error (\d+) at", said, re.MULTILINE))
    if not complaints <= PROFILE_OF_1997:
        return False, said
    return ask("verify", *rest)


def judge_crl(crl, certificates, scratch):
    """Whether one of the certificates signed a CRL.

    An authority has several under one name, and `openssl crl` looks at the first it finds: so it is
    given one at a time.
    """
    crl_file, signer_file = f"{scratch}/crl.pem", f"{scratch}/signer.pem"
    pathlib.Path(crl_file).write_text(pem("X509 CRL", crl))
    said = "no certificate at all"
    for certificate in certificates:
        pathlib.Path(signer_file).write_text(pem("CERTIFICATE", certificate))
        accepted, said = ask("crl", "-noout", "-CAfile", signer_file, "-in", crl_file)
        if accepted:
            return True
    print(f"crl: {said}")
    return False


def main(folder, set10):
    """Judges everything under a folder; returns whether all was accepted."""
    found = {"certificate": set(), "crl": set()}
    files = sorted(pathlib.Path(folder).rglob("*.der"))
    for path in files:
        octets = path.read_bytes()
        collect(octets, 0, len(octets), found)
    anchors = anchors_of(pathlib.Path(folder) / "root.pem")
    certificates = sorted(found["certificate"].union(anchors))
    verdicts = []
    with tempfile.TemporaryDirectory() as scratch:
        anchor_file, bag_file, one_file = (f"{scratch}/{name}.pem" for name in ("anchors", "bag", "one"))
        pathlib.Path(anchor_file).write_text("".join(pem("CERTIFICATE", one) for one in anchors))
        pathlib.Path(bag_file).write_text("".join(pem("CERTIFICATE", one) for one in certificates))
        for certificate in certificates:
            pathlib.Path(one_file).write_text(pem("CERTIFICATE", certificate))
            paths = ("-CAfile", anchor_file, "-untrusted", bag_file, one_file)
            accepted, said = judge(paths, set10)
            if not accepted:
                print(f"certificate: {said}")
            verdicts.append(accepted)
        for crl in sorted(found["crl"]):
            verdicts.append(judge_crl(crl, certificates, scratch))
    if not anchors:
        print(f"no root.pem beside {len(files)} files: nothing to trust")
        verdicts.append(False)
    print(f"{sum(verdicts)} passed, {verdicts.count(False)} failed")
    return all(verdicts)


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["--suite", ("modern" | "set10") as suite, where]:
            sys.exit(0 if main(where, suite == "set10") else 1)
        case [where]:
            sys.exit(0 if main(where, False) else 1)
        case _:
            sys.exit("usage: verify_chains.py [--suite modern|set10] FOLDER")
