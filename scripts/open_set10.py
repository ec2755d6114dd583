#!/usr/bin/env python3
"""Opens the envelopes and checks the signatures of a story that was told in suite set10.

    open_set10.py SAVED DATA

SAVED is what `openset demo --once --suite set10 --save` wrote, DATA the folder that it was told in,
with the keys of all parties. Nothing of OpenSET is used: DER is read here, RSA is Python's `pow`, SHA-1
is hashlib's, and the openssl command decrypts key files and DES.

Of each EnvelopedData it wants a key among all parties' that opens SET's OAEP block, padding of PKCS#5
and, where the block has one, the digest of the content. Of each EncryptedData it wants a key that an
applicant sent. Of each SignedData it wants a signature of PKCS#1 v1.5 over the attributes, by the
certificate that the signer names or by a new key that an applicant sent, and the digest of the content
where the content is there. What is opened is searched in turn. Certificates are not judged here:
verify_chains.py does that.

The last line is `N passed, N failed`.
"""

import hashlib
import pathlib
import subprocess
import sys

INTEGER, BITS, OCTETS, OID, SEQUENCE, CERTIFICATES = 0x02, 0x03, 0x04, 0x06, 0x30, 0xA2
RSA = bytes.fromhex("2a864886f70d010101")
SHA1 = bytes.fromhex("2b0e03021a")
DES_CBC = bytes.fromhex("2b0e030207")
OAEP_SET = bytes.fromhex("2a864886f70d010106")
MESSAGE_DIGEST = bytes.fromhex("2a864886f70d010904")
DIGEST_INFO = bytes.fromhex("3021300906052b0e03021a05000414")
# What stands in a block beside the key: those with a digest, by BC.
WITH_DIGEST = (1, 3)


class Element:
    """One element of DER: its tag, its whole octets, its contents, and what is inside."""

    def __init__(self, octets):
        self.tag, at = octets[0], 1
        length, at = octets[at], at + 1
        if length & 0x80:
            width = length & 0x7F
            length, at = int.from_bytes(octets[at : at + width], "big"), at + width
        if at + length > len(octets):
            raise ValueError("cut short")
        self.octets, self.contents = octets[: at + length], octets[at : at + length]

    def inside(self):
        """The elements inside; none if it holds none."""
        return elements(self.contents) if self.tag & 0x20 else []

    def shape(self):
        """The tags of the elements inside."""
        return [one.tag for one in self.inside()]


def elements(octets):
    """The elements that octets are made of; none if they are not DER."""
    found = []
    try:
        while octets:
            found.append(Element(octets))
            octets = octets[len(found[-1].octets) :]
    except (IndexError, ValueError):
        return []
    return found


def ask(*command, given=b""):
    """What openssl writes; dies if it refuses."""
    return subprocess.run(["openssl", *command], input=given, capture_output=True, check=True).stdout


def private_keys(data):
    """The (modulus, private exponent) of every key that a party of a data folder has."""
    keys = []
    for path in sorted(pathlib.Path(data).glob("*/keys/*.p8")):
        secret = path.parent.parent / "passphrase"
        pkcs8 = ask("pkcs8", "-inform", "DER", "-in", str(path), "-passin", f"file:{secret}", "-outform", "PEM")
        der = ask("rsa", "-traditional", "-outform", "DER", given=pkcs8)
        numbers = [int.from_bytes(one.contents, "big") for one in Element(der).inside()]
        keys.append((numbers[1], numbers[3]))
    return keys


def sha1(octets):
    return hashlib.sha1(octets).digest()


def xor(one, other):
    return bytes(a ^ b for a, b in zip(one, other, strict=True))


def mask(salt, length):
    """H1: SHA-1 of the salt and a counter of four octets, as often as needed."""
    counters = range(length // 20 + 1)
    return b"".join(sha1(salt + counter.to_bytes(4, "big")) for counter in counters)[:length]


def open_block(wrapped, modulus, exponent):
    """The (BC, ADB) of an OAEP block, or None if this key does not open it."""
    octets = (modulus.bit_length() + 7) // 8
    if len(wrapped) != octets:
        return None
    block = pow(int.from_bytes(wrapped, "big"), exponent, modulus).to_bytes(octets, "big")
    first, a, b = block[0], block[1:-16], block[-16:]
    data = xor(a, mask(xor(b, sha1(a)[-16:]), len(a)))
    is_right = 1 <= first <= 0x7F and data[0] == 3 and data[2:9] == bytes(7)
    return (data[1], data[9:]) if is_right else None


def decrypt(key, initial, ciphertext):
    """DES-CBC without its padding; dies if the padding is wrong."""
    providers = ("-provider", "legacy", "-provider", "default")
    return ask("enc", "-d", "-des-cbc", *providers, "-K", key.hex(), "-iv", initial.hex(), given=ciphertext)


class Reader:
    """Searches messages, opens and checks what it finds, and remembers how that went."""

    def __init__(self, keys):
        self.keys, self.answer_keys, self.new_keys = keys, [], []
        self.verdicts, self.opened_with = [], set()

    def search(self, element):
        """Looks for what can be opened or checked, here and in everything inside."""
        inside, shape = element.inside(), element.shape()
        if shape == [SEQUENCE, SEQUENCE, BITS]:
            # A certificate or a list: nothing to open, and its keys are nobody's new ones.
            return
        if shape == [INTEGER, SEQUENCE, SEQUENCE] and inside[2].shape() == [OID, SEQUENCE, 0x80]:
            self.verdict("envelope", lambda: self.open_envelope(inside))
        elif shape == [INTEGER, SEQUENCE] and inside[1].shape() == [OID, SEQUENCE, 0x80]:
            self.verdict("answer", lambda: self.open_answer(inside[1]))
        elif shape == [OID, OCTETS] and inside[0].contents == DES_CBC and len(inside[1].contents) == 8:
            self.answer_keys.append(inside[1].contents)
        elif shape == [SEQUENCE, BITS] and inside[0].inside()[0].contents == RSA:
            self.new_keys.append(public_key(element))
        for one in inside:
            self.search(one)
        # Last: the new key that has signed may stand in what is signed.
        if is_signed_data(inside):
            self.verdict("signature", lambda: self.check_signature(inside))

    def verdict(self, what, deed):
        """Does it, and notes whether it went well."""
        try:
            deed()
        except (AssertionError, IndexError, ValueError, subprocess.CalledProcessError) as fault:
            print(f"{what}: {fault!r}", file=sys.stderr)
            self.verdicts.append(False)
        else:
            self.verdicts.append(True)

    def content(self, info, key):
        """The content of an EncryptedContentInfo, one element of DER."""
        kind, algorithm, ciphertext = info.inside()
        cipher, initial = algorithm.inside()
        assert kind.tag == OID and cipher.contents == DES_CBC
        plaintext = decrypt(key, initial.contents, ciphertext.contents)
        (content,) = elements(plaintext)
        return content

    def open_envelope(self, parts):
        """EnvelopedData: one recipient, whose key is somebody's here."""
        (recipient,) = parts[1].inside()
        _, _, algorithm, wrapped = recipient.inside()
        assert algorithm.inside()[0].contents == OAEP_SET, "another way to wrap a key"
        blocks = (open_block(wrapped.contents, *key) for key in self.keys)
        (found,) = [block for block in blocks if block is not None]
        code, beside = found
        content = self.content(parts[2], beside[:8])
        rest = beside[8:]
        if code in WITH_DIGEST:
            digest, rest = rest[:20], rest[20:]
            assert digest == sha1(content.octets), "the digest in the block"
        if code in (0, 1):
            assert not any(rest), "something after the key"
        self.opened_with.add(code)
        self.search(content)

    def open_answer(self, info):
        """EncryptedData: under a key that somebody asked to be answered with."""
        for key in self.answer_keys:
            try:
                content = self.content(info, key)
            except (ValueError, subprocess.CalledProcessError):
                continue
            self.search(content)
            return
        raise ValueError("no key that was sent for an answer opens it")

    def check_signature(self, parts):
        """SignedData: every signer's key is known, and signed the attributes."""
        bags = [one for one in parts if one.tag == CERTIFICATES]
        certificates = bags[0].inside() if bags else []
        content = parts[2].inside()[1:]
        for signer in parts[-1].inside():
            _, name, algorithm, tagged, _, signature = signer.inside()
            (attributes,) = tagged.inside()
            assert algorithm.inside()[0].contents == SHA1, "another digest"
            values = {one.inside()[0].contents: one.inside()[1].inside() for one in attributes.inside()}
            (digest,) = values[MESSAGE_DIGEST]
            if content:
                (inner,) = content[0].inside()
                assert digest.contents == sha1(inner.contents), "the digest of the content"
            keys = [public_key(one.inside()[0].inside()[6]) for one in certificates if is_named(one, name)]
            signed = [is_signed(attributes.octets, signature.contents, *key) for key in keys or self.new_keys]
            assert any(signed), "the signature"


def is_signed_data(parts):
    """Whether these are the parts of a SignedData over SHA-1."""
    tags = [one.tag for one in parts]
    if len(tags) < 4 or tags[:3] != [INTEGER, SEQUENCE, SEQUENCE] or tags[-1] != SEQUENCE:
        return False
    algorithms = [one.inside()[0].contents for one in parts[1].inside() if one.inside()]
    return algorithms == [SHA1]


def public_key(element):
    """The (modulus, exponent) of a SubjectPublicKeyInfo."""
    numbers = Element(element.inside()[1].contents[1:]).inside()
    return [int.from_bytes(one.contents, "big") for one in numbers]


def is_named(certificate, name):
    """Whether a certificate has this issuer and this serial number."""
    fields = certificate.inside()[0].inside()
    return [fields[3].octets, fields[1].octets] == [one.octets for one in name.inside()]


def is_signed(octets, signature, modulus, exponent):
    """Whether this is the PKCS#1 v1.5 signature over the SHA-1 of some octets."""
    length = (modulus.bit_length() + 7) // 8
    block = pow(int.from_bytes(signature, "big"), exponent, modulus).to_bytes(length, "big")
    info = DIGEST_INFO + sha1(octets)
    return block == b"\x00\x01" + b"\xff" * (length - len(info) - 3) + b"\x00" + info


def main(saved, data):
    """Reads all messages of a story; returns whether all was good."""
    reader = Reader(private_keys(data))
    for path in sorted(pathlib.Path(saved).rglob("*.der")):
        for element in elements(path.read_bytes()):
            reader.search(element)
    print(f"blocks of the kinds {sorted(reader.opened_with)}")
    print(f"{sum(reader.verdicts)} passed, {reader.verdicts.count(False)} failed")
    return all(reader.verdicts) and bool(reader.verdicts)


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit("usage: open_set10.py SAVED DATA")
    sys.exit(0 if main(*sys.argv[1:]) else 1)
