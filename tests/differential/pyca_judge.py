# SPDX-License-Identifier: Apache-2.0
"""pyca/cryptography's view of a chain and of a CRL.

pyca reads DER with a parser of its own (not OpenSSL's, not ours). What it does not judge itself, the
rules of Matter 6.2.2 and 6.2.4.1 that need no names inside of names, is written here over its
objects. Reasons are pyca:ROLE:WHAT when it says no itself, rule:ROLE:WHAT otherwise.
"""
import warnings

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import CRLEntryExtensionOID, ExtensionOID, SignatureAlgorithmOID

warnings.filterwarnings("ignore")  # old names of what newer versions call otherwise
CERT, PAA, PAI, DAC = "cert", "paa", "pai", "dac"
# pyca's ways of saying that something cannot be read or checked
REFUSALS = (ValueError, TypeError, UnsupportedAlgorithm, x509.InvalidVersion,
            x509.DuplicateExtension, x509.UnsupportedGeneralNameType, NotImplementedError,
           KeyError)  # KeyError: a string type that version 38 has no row for


class View:
    def __init__(self):
        self.why = []

    def no(self, reason):
        if reason not in self.why:
            self.why.append(reason)

    def unless(self, ok, reason):
        if not ok:
            self.no(reason)


def asked(view, reason, ask):
    """What pyca answers, or None and a reason."""
    try:
        return ask()
    except REFUSALS as error:
        view.no("pyca:%s:%s" % (reason, type(error).__name__.lower()))
        return None


def signed_by(thing, octets, key):
    """ECDSA with SHA-256 by this key."""
    try:
        key.verify(thing.signature, octets, ec.ECDSA(hashes.SHA256()))
        return True
    except (InvalidSignature, *REFUSALS):
        return False


def utc(thing, name):
    return getattr(thing, name + "_utc", None) or getattr(thing, name)


def extension(extensions, oid):
    try:
        return extensions.get_extension_for_oid(oid)
    except x509.ExtensionNotFound:
        return None


# ---- certificates ----

KNOWN = {ExtensionOID.BASIC_CONSTRAINTS, ExtensionOID.KEY_USAGE,
         ExtensionOID.SUBJECT_KEY_IDENTIFIER, ExtensionOID.AUTHORITY_KEY_IDENTIFIER,
         ExtensionOID.EXTENDED_KEY_USAGE, ExtensionOID.SUBJECT_ALTERNATIVE_NAME,
         ExtensionOID.ISSUER_ALTERNATIVE_NAME, ExtensionOID.CERTIFICATE_POLICIES,
         ExtensionOID.AUTHORITY_INFORMATION_ACCESS, ExtensionOID.CRL_DISTRIBUTION_POINTS}


def check_constraints(role, found, view):
    bad = "rule:%s:basic-constraints" % role
    if found is None:
        view.no(bad)
        return
    length = found.value.path_length
    allowed = {PAA: (None, 1), PAI: (0,), DAC: (None,)}[role]
    view.unless(found.critical and found.value.ca == (role != DAC), bad)
    view.unless(length in allowed, bad)


def check_usage(role, found, view):
    bad = "rule:%s:key-usage" % role
    if found is None:
        view.no(bad)
        return
    u = found.value
    others = (u.content_commitment, u.key_encipherment, u.data_encipherment, u.key_agreement)
    ca = (u.key_cert_sign, u.crl_sign)
    view.unless(found.critical and not any(others), bad)
    view.unless(u.digital_signature and not any(ca) if role == DAC else all(ca), bad)


def check_key_ids(role, extensions, view):
    own = extension(extensions, ExtensionOID.SUBJECT_KEY_IDENTIFIER)
    view.unless(own is not None and not own.critical and len(own.value.digest) == 20,
                "rule:%s:subject-key-id" % role)
    of = extension(extensions, ExtensionOID.AUTHORITY_KEY_IDENTIFIER)
    if of is None:
        view.unless(role == PAA, "rule:%s:authority-key-id" % role)
        return
    view.unless(not of.critical and of.value.key_identifier is not None and
                len(of.value.key_identifier) == 20 and of.value.authority_cert_issuer is None and
                of.value.authority_cert_serial_number is None, "rule:%s:authority-key-id" % role)


# Extensions that Matter leaves alone and pyca reads: the content octets of their OIDs. With another
# last octet nobody knows them.
LEFT_ALONE = [bytes.fromhex("0603551D" + last) for last in
              ("11", "12", "1E", "1F", "20", "24", "25", "2E", "36")] + \
             [bytes.fromhex("06082B060105050701" + last) for last in ("01", "0B", "18")] + \
             [bytes.fromhex("060A2B06010401D6790204" + last) for last in ("02", "03")] + \
             [bytes.fromhex("06092B0601050507300105")]


def renamed(oid):
    return oid[:-1] + bytes([0x60 + LEFT_ALONE.index(oid)])


def dotted(oid):
    """Of an element as in LEFT_ALONE."""
    arcs, arc = [oid[2] // 40, oid[2] % 40], 0
    for octet in oid[3:]:
        arc = arc << 7 | octet & 0x7F
        if octet < 0x80:
            arcs.append(arc)
            arc = 0
    return x509.ObjectIdentifier(".".join(map(str, arcs)))


def without_those_left_alone(der):
    for oid in LEFT_ALONE:
        der = der.replace(oid, renamed(oid))
    return x509.load_der_x509_certificate(der).extensions


def check_extensions(role, cert, view):
    try:
        found = cert.extensions
    except REFUSALS:
        found = asked(view, role + ":extensions",
                      lambda: without_those_left_alone(cert.public_bytes(Encoding.DER)))
        if found is not None:
            view.no("pyca:%s:ignored-extension" % role)
    if found is None:
        return None
    check_constraints(role, extension(found, ExtensionOID.BASIC_CONSTRAINTS), view)
    check_usage(role, extension(found, ExtensionOID.KEY_USAGE), view)
    check_key_ids(role, found, view)
    known = KNOWN | {dotted(renamed(oid)) for oid in LEFT_ALONE if dotted(oid) in KNOWN}
    for one in found:
        view.unless(one.oid in known or not one.critical, "rule:%s:critical-extension" % role)
    return found


def check_key(role, cert, view):
    key = asked(view, role + ":key", cert.public_key)
    right = isinstance(key, ec.EllipticCurvePublicKey) and isinstance(key.curve, ec.SECP256R1)
    view.unless(key is None or right, "rule:%s:key" % role)
    return key if right else None


def read_cert(role, der, view):
    cert = asked(view, role + ":parse", lambda: x509.load_der_x509_certificate(der))
    if cert is None:
        return None
    view.unless(len(der) <= 600, "rule:%s:size" % role)
    view.unless(asked(view, role + ":version", lambda: cert.version) in (None, x509.Version.v3),
                "rule:%s:version" % role)
    view.unless(0 < cert.serial_number < 1 << 160, "rule:%s:serial" % role)
    view.unless(cert.signature_algorithm_oid == SignatureAlgorithmOID.ECDSA_WITH_SHA256,
                "rule:%s:algorithm" % role)
    return cert


def names(role, cert, view):
    return asked(view, role + ":name", lambda: (cert.issuer, cert.subject))


def check_times(certs, view):
    times = {}
    for role, cert in certs.items():
        times[role] = asked(view, role + ":times", lambda c=cert: (utc(c, "not_valid_before"),
                                                                   utc(c, "not_valid_after")))
    for role, pair in times.items():
        if pair is not None:
            view.unless(pair[0] <= pair[1], "rule:%s:times" % role)
        if pair is not None and times[DAC] is not None:
            view.unless(pair[0] <= times[DAC][0] <= pair[1], "rule:%s:not-valid" % role)


def check_link(role, cert, issuer, keys, found, all_names, view):
    """`role` under `issuer`."""
    if all_names[role] is not None and all_names[issuer] is not None:
        view.unless(all_names[role][0] == all_names[issuer][1], "rule:%s:issuer" % role)
    if found[role] is not None and found[issuer] is not None:
        of = extension(found[role], ExtensionOID.AUTHORITY_KEY_IDENTIFIER)
        own = extension(found[issuer], ExtensionOID.SUBJECT_KEY_IDENTIFIER)
        if of is not None and own is not None:
            view.unless(of.value.key_identifier == own.value.digest, "rule:%s:key-ids" % role)
    if keys[issuer] is not None:
        view.unless(signed_by(cert, cert.tbs_certificate_bytes, keys[issuer]),
                    "pyca:%s:signature" % role)


def chain(files):
    view = View()
    certs = {role: read_cert(role, files[role + ".der"], view) for role in (PAA, PAI, DAC)}
    if None in certs.values():
        return view
    keys = {role: check_key(role, cert, view) for role, cert in certs.items()}
    found = {role: check_extensions(role, cert, view) for role, cert in certs.items()}
    all_names = {role: names(role, cert, view) for role, cert in certs.items()}
    check_times(certs, view)
    for role, issuer in ((PAA, PAA), (PAI, PAA), (DAC, PAI)):
        check_link(role, certs[role], issuer, keys, found, all_names, view)
    return view


# ---- CRLs: may its serials revoke? ----

def key_id(cert):
    return cert.extensions.get_extension_for_oid(ExtensionOID.SUBJECT_KEY_IDENTIFIER).value.digest


def check_crl(crl, signer, ca, view):
    view.unless(asked(view, "crl:issuer", lambda: crl.issuer) in (None, signer.subject),
                "rule:crl:issuer")
    view.unless(crl.signature_algorithm_oid == SignatureAlgorithmOID.ECDSA_WITH_SHA256,
                "rule:crl:algorithm")
    view.unless(signed_by(crl, crl.tbs_certlist_bytes, signer.public_key()), "pyca:crl:signature")
    at = asked(view, "crl:times", lambda: utc(crl, "last_update"))
    for cert in (signer, ca):
        view.unless(at is None or utc(cert, "not_valid_before") <= at <= utc(cert, "not_valid_after"),
                    "rule:crl:signer-not-valid")
    found = asked(view, "crl:extensions", lambda: crl.extensions)
    of = None if found is None else extension(found, ExtensionOID.AUTHORITY_KEY_IDENTIFIER)
    view.unless(found is None or of is not None and of.value.key_identifier == key_id(signer),
                "rule:crl:authority-key-id")
    return found


def check_as_written(names, crl):
    """pyca forgets an attribute that stands twice in one set: such a name it has not read."""
    for name in set(names):
        if crl.tbs_certlist_bytes.count(name) < names.count(name):
            raise ValueError("a name that pyca writes otherwise")


def listed(crl, indirect, ca):
    """Serials of the CA: an entry is about the issuer that the last certificateIssuer named, and
    about the CA before the first one. Without indirectCRL that extension has no meaning."""
    mine, ret, seen = True, [], []
    for entry in crl:
        says = extension(entry.extensions, CRLEntryExtensionOID.CERTIFICATE_ISSUER)
        if says is not None and indirect:
            named = [name.public_bytes()
                     for name in says.value.get_values_for_type(x509.DirectoryName)]
            mine = ca.subject.public_bytes() in named
            seen += named
        if mine and 0 <= entry.serial_number < 1 << 160:  # others revoke nothing
            ret.append("%X" % entry.serial_number)
    check_as_written(seen, crl)
    return [s if len(s) % 2 == 0 else "0" + s for s in ret]


def crl(files):
    """(view, serials of the CA or None): when it is authentic, and what it revokes then."""
    view = View()
    signer, ca = (x509.load_der_x509_certificate(files[n]) for n in ("signer.der", "ca.der"))
    one = asked(view, "crl:parse", lambda: x509.load_der_x509_crl(files["list.crl"]))
    if one is None:
        return view, None
    found = check_crl(one, signer, ca, view)
    if found is None:
        return view, None
    point = extension(found, ExtensionOID.ISSUING_DISTRIBUTION_POINT)
    indirect = point is not None and point.value.indirect_crl or signer != ca
    return view, asked(view, "crl:entries", lambda: listed(one, indirect, ca))
