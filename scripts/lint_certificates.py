#!/usr/bin/env python3
"""Lets pkilint judge every certificate and CRL found in files: RFC 5280, by code that is not ours.

Reads every .der file under the folders and files it is given, takes out what has the shape of a
certificate or of a CRL, adds the anchors of a `root.pem` beside them, and lints each one, and each
certificate together with the one that signed it. A finding that pkilint calls an error is a failure
unless `pkilint_exceptions.txt` lists it, with its reason. What is listed and not found is a failure
too: the list says what is true.

The last line is `N passed, N failed`.
"""

import io
import pathlib
import sys

from cryptography import x509
from pkilint import loader, pkix, validation
from pkilint.bin import lint_pkix_signer_signee_cert_chain as chain
from pkilint.pkix import certificate, crl, extension, name

from verify_chains import anchors_of, collect

EXCEPTIONS = pathlib.Path(__file__).resolve().parent / "pkilint_exceptions.txt"
GRAVE = (validation.ValidationFindingSeverity.ERROR, validation.ValidationFindingSeverity.FATAL)


def exceptions(suite):
    """The findings of a suite that are let pass, from the lines `suite finding: reason`."""
    lines = EXCEPTIONS.read_text("utf-8").splitlines()
    words = [line.split(": ", 1)[0].split() for line in lines if line and not line.startswith("#")]
    return {code for of, code in words if of == suite}


def certificate_linter():
    """What pkilint's own command for certificates runs."""
    return certificate.create_pkix_certificate_validator_container(
        certificate.create_decoding_validators(
            name.ATTRIBUTE_TYPE_MAPPINGS, extension.EXTENSION_MAPPINGS
        ),
        [
            certificate.create_issuer_validator_container([]),
            certificate.create_validity_validator_container(),
            certificate.create_subject_validator_container([]),
            certificate.create_extensions_validator_container([]),
            certificate.create_spki_validator_container([]),
        ],
    )


def crl_linter():
    """What pkilint's own command for CRLs runs."""
    return crl.create_pkix_crl_validator_container(
        [
            pkix.create_attribute_decoder(name.ATTRIBUTE_TYPE_MAPPINGS),
            pkix.create_extension_decoder(extension.EXTENSION_MAPPINGS),
        ],
        [
            crl.create_issuer_validator_container([]),
            crl.create_validity_validator_container([]),
            crl.create_extensions_validator_container([]),
        ],
    )


def grave(results):
    """The findings that pkilint calls errors, as (code, message)."""
    found = [one for result in results for one in result.finding_descriptions]
    return [(one.finding.code, one.message) for one in found if one.finding.severity in GRAVE]


def load(octets, what, called, documents=None):
    """One object as pkilint holds it."""
    loaders = {
        "certificate": loader.RFC5280CertificateDocumentLoader(),
        "crl": loader.RFC5280CertificateListDocumentLoader(),
    }
    read = loaders[what].get_file_loader_func(loader.DocumentFormat.DER)
    return read(io.BytesIO(octets), what, called, documents)


def judge_pair(above, below):
    """The findings about a certificate and the one that signed it."""
    documents = {}
    documents["issuer"] = load(above, "certificate", "issuer", documents)
    documents["subject"] = load(below, "certificate", "subject", documents)
    decoders = chain.create_decoder_validation_container()
    results = decoders.validate(documents["issuer"].root)
    results += decoders.validate(documents["subject"].root)
    results += chain.create_issuer_validation_container().validate(documents["issuer"].root)
    results += chain.create_subject_validation_container().validate(documents["subject"].root)
    return grave(results)


def called(octets):
    """What a certificate is called by, and what the one that signed it is called by."""
    found = x509.load_der_x509_certificate(octets)
    by = found.extensions.get_extension_for_class(x509.AuthorityKeyIdentifier).value
    above = (by.authority_cert_issuer[0].value, by.authority_cert_serial_number)
    return (found.issuer, found.serial_number), above


def gather(paths):
    """Every certificate and CRL below some paths."""
    found = {"certificate": set(), "crl": set()}
    for path in map(pathlib.Path, paths):
        for file in sorted(path.rglob("*.der")) if path.is_dir() else [path]:
            octets = file.read_bytes()
            collect(octets, 0, len(octets), found)
        found["certificate"].update(anchors_of(path / "root.pem"))
    return found


def judge(found):
    """The findings about everything, a list for each object and each pair."""
    linters = {"certificate": certificate_linter(), "crl": crl_linter()}
    verdicts = [
        grave(linters[what].validate(load(octets, what, what).root))
        for what in linters
        for octets in sorted(found[what])
    ]
    names = {octets: called(octets) for octets in sorted(found["certificate"])}
    by_name = {own: octets for octets, (own, _) in names.items()}
    for below, (own, above) in names.items():
        if above in by_name:
            verdicts.append(judge_pair(by_name[above], below))
        else:
            verdicts.append([("openset.issuer_not_here", str(own))])
    return verdicts


def main(suite, paths):
    """Judges everything; returns whether nothing is wrong that is not listed."""
    listed = exceptions(suite)
    verdicts = judge(gather(paths))
    for code, message in sorted({one for verdict in verdicts for one in verdict}):
        print(f"{'listed' if code in listed else 'ERROR'}: {code}: {message or ''}")
    seen = {code for verdict in verdicts for code, _ in verdict}
    stale = sorted(set(listed) - seen)
    for code in stale:
        print(f"ERROR: {code} is listed and was not found")
    wrong = [verdict for verdict in verdicts if any(code not in listed for code, _ in verdict)]
    if not verdicts:
        print("neither a certificate nor a CRL was found")
    failed = len(wrong) + len(stale) + (not verdicts)
    print(f"{len(verdicts) - len(wrong)} passed, {failed} failed")
    return failed == 0


if __name__ == "__main__":
    if len(sys.argv) < 3:
        sys.exit("usage: lint_certificates.py SUITE PATH...")
    sys.exit(0 if main(sys.argv[1], sys.argv[2:]) else 1)
