#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""test_json_differential.py - the strict JSON reader against Python's, over seeded mutants.

    VERIDAC_JSON_JUDGE=PROGRAM test_json_differential.py [--seed N] [--mutants N]

What Python refuses, veridac has to refuse. What veridac accepts has to be the same value. What only
veridac refuses needs one of the reasons that REASONS lists, and Python's value has to show it.
"""
import argparse
import json
import os
import random
import re
import struct
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
SHAPES = os.path.join(HERE, "..", "ledger", "shapes")
MAX_DEPTH = 32

SEEDS = [
    b'{"PkiRevocationDistributionPoint":[{"vid":65521,"label":"l \\u0026 \\u00fc","isPAA":true,'
    b'"pid":0,"dataFileSize":"0","crlSignerDelegator":""}],"pagination":{"next_key":null,'
    b'"total":"1"}}',
    b'[0,-0,1.5,-1.25e+10,1E-3,123456789012345678901234567890,true,false,null,"",{},[],[[[]]]]',
    '{"a":"\u00fc\u20ac\U0001f600","b":"\\ud83d\\ude00\\u0000\\/\\b\\f\\n\\r\\t\\"\\\\"}'.encode(),
    b' { "a" : [ 1 , 2 ] , "b" : { "c" : { } } } \n',
    b'{"code":5,"message":"not found","details":[]}',
]

PIECES = [b'"', b"\\", b"\\u", b"\\ud800", b"\\udc00", b"\\u0000", b"{", b"}", b"[", b"]", b",",
          b":", b"0", b"-", b"+", b".", b"e", b"E5", b"00", b"true", b"false", b"null", b"NaN",
          b"Infinity", b"-Infinity", b" ", b"\t", b"\r\n", b"\0", b"\x0c", b"\x1f", b"\x7f",
          b"\xff", b"\xc0\x80", b"\xed\xa0\x80", b"\xf4\x90\x80\x80", b"\xef\xbb\xbf",
          b"\xc2\xa0", b"\xd9\xa1", b"/", b"//", b"/**/", b"'", b'"a":1,', b'"a":1,"a":2',
          b"[" * 33, b"]" * 33, b'{"a":' * 20, b"1e999", b"\xe2\x80\xa8", b"\\x41", b"\\'"]


class Refused(Exception):
    pass


class Pairs(list):
    """An object: its members in order, doubled names and all."""


class Number(str):
    """A number as it stands."""


def no_constant(text):
    raise Refused(text)


def python_reads(text):
    """The value, or None when Python's reader refuses the text."""
    try:
        return (json.loads(text.decode("utf-8"), object_pairs_hook=Pairs, parse_int=Number,
                           parse_float=Number, parse_constant=no_constant),)
    except (ValueError, RecursionError, Refused):
        return None


def shown(value):
    """As json_judge prints it."""
    if isinstance(value, Pairs):
        return "{%s}" % "".join("%s:%s," % (name.encode().hex(), shown(v)) for name, v in value)
    if isinstance(value, list):
        return "[%s]" % "".join(shown(v) + "," for v in value)
    if isinstance(value, Number):
        return "p" + value
    if isinstance(value, str):
        return "z" if "\0" in value else "s" + value.encode().hex()
    return "p" + {True: "true", False: "false", None: "null"}[value]


def walk(value, depth=0):
    """(depth, value) of the value and everything in it."""
    yield depth, value
    if isinstance(value, list):
        for one in value:
            for v in one if isinstance(value, Pairs) else (one,):
                yield from walk(v, depth + 1)


def name_twice(_, value):
    return any(isinstance(v, Pairs) and len({n for n, _ in v}) < len(v) for _, v in walk(value))


def lone_surrogate(_, value):
    return any(isinstance(v, str) and re.search("[\ud800-\udfff]", v) for _, v in walk(value))


def escape_in_name(text, _):
    return re.search(rb'"(?:[^"\\]|\\.)*\\(?:[^"\\]|\\.)*"[ \t\r\n]*:', text) is not None


REASONS = {  # what RFC 8259 allows and veridac does not: json.h says why
    "a member name twice": name_twice,
    "a lone surrogate": lone_surrogate,
    "an escape in a member name": escape_in_name,
    "too deep": lambda _, value: max(d for d, v in walk(value) if isinstance(v, list)) >= MAX_DEPTH,
    "neither an object nor a list": lambda _, value: not isinstance(value, list),
}


def complaint(text, answer):
    """What is wrong with the answer, or None."""
    word, _, rest = answer.partition(" ")
    value = python_reads(text)
    if word == "yes":
        if value is None:
            return "accepted, and Python refuses it"
        return None if rest == shown(value[0]) else "another value: %s" % shown(value[0])
    reason = rest.partition(" ")[2]
    if value is None:
        return None
    if reason not in REASONS:
        return "refused, and Python accepts it"
    return None if REASONS[reason](text, value[0]) else "refused without that cause"


def mutant(rng, seeds):
    text = bytearray(rng.choice(seeds))
    for _ in range(rng.choice((1, 1, 1, 2, 3))):
        at, to = sorted((rng.randint(0, len(text)), rng.randint(0, len(text))))
        to = min(to, at + rng.choice((1, 2, 8, 64)))
        kind = rng.randrange(6)
        if kind == 0 and text:
            text[at % len(text)] ^= 1 << rng.randrange(8)
        elif kind == 1:
            del text[at:to]
        elif kind == 2:
            text[at:at] = rng.choice(PIECES)
        elif kind == 3:
            text[at:to] = rng.choice(PIECES)
        elif kind == 4:
            text[to:to] = text[at:to]
        else:
            del text[at:]
    return bytes(text)


def judged(texts):
    data = b"".join(struct.pack("<I", len(t)) + t for t in texts)
    done = subprocess.run([os.environ["VERIDAC_JSON_JUDGE"]], input=data, check=True,
                          stdout=subprocess.PIPE, timeout=600)
    answers = done.stdout.decode("latin-1").split("\n")[:-1]
    if len(answers) != len(texts):
        raise SystemExit("%d answers for %d texts" % (len(answers), len(texts)))
    return answers


def self_check():
    """The comparison itself notices each kind of difference."""
    for text, answer in ((b"[1,]", "yes [p1,]"), (b"[1]", "yes [p2,]"), (b"[1]", "no 0 no comma"),
                         (b"[1]", "no 0 too deep"), (b"[1]", "no 0 a member name twice")):
        if complaint(text, answer) is None:
            raise SystemExit("not noticed: %r, %s" % (text, answer))


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--seed", type=int, default=8259)
    parser.add_argument("--mutants", type=int, default=20000)
    options = parser.parse_args()
    self_check()
    seeds = list(SEEDS)
    for name in sorted(os.listdir(SHAPES)) if os.path.isdir(SHAPES) else []:
        if name.endswith(".json"):
            with open(os.path.join(SHAPES, name), "rb") as file:
                seeds.append(file.read())
    rng = random.Random(options.seed)
    texts = seeds + [mutant(rng, seeds) for _ in range(options.mutants)]
    accepted = stricter = bad = 0
    for text, answer in zip(texts, judged(texts)):
        wrong = complaint(text, answer)
        if wrong:
            bad += 1
            print("%r\n    %s\n    %s" % (text, answer, wrong))
        accepted += answer.startswith("yes")
        stricter += answer.startswith("no") and python_reads(text) is not None
    print("%d texts, seed %d: %d accepted, %d refused by both, %d refused for a reason of our own, "
          "%d disagreements" % (len(texts), options.seed, accepted,
                                len(texts) - accepted - stricter, stricter, bad))
    return 1 if bad or not accepted or not stricter else 0


if __name__ == "__main__":
    sys.exit(main())
