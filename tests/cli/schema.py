# SPDX-License-Identifier: Apache-2.0
"""As much of JSON Schema as docs/*.schema.json use; an unknown keyword is an error, not a yes."""
import json
import os
import re

from support import SOURCE

TYPES = {"object": dict, "array": list, "string": str, "boolean": bool, "null": type(None)}
SILENT = {"$schema", "$defs", "title", "description"}


def of(name):
    """docs/NAME.schema.json"""
    with open(os.path.join(SOURCE, "docs", name + ".schema.json"), encoding="utf-8") as f:
        return json.load(f)


def is_type(value, name):
    if name == "integer":
        return isinstance(value, int) and not isinstance(value, bool)
    return isinstance(value, TYPES[name])


def same(a, b):
    return type(a) is type(b) and a == b


def faults(value, schema, root=None, at="$"):
    """[where and what]: everything in which the value is not what the schema says."""
    root = root or schema
    found = []
    for word, rule in schema.items():
        if word in SILENT:
            continue
        if word == "$ref":
            found += faults(value, root["$defs"][rule.rsplit("/", 1)[1]], root, at)
        elif word == "type":
            if not any(is_type(value, t) for t in (rule if isinstance(rule, list) else [rule])):
                found.append(f"{at}: not {rule}")
        elif word == "const":
            found += [] if same(value, rule) else [f"{at}: not {rule}"]
        elif word == "enum":
            found += [] if any(same(value, r) for r in rule) else [f"{at}: {value} not in {rule}"]
        elif word == "pattern":
            if isinstance(value, str) and not re.search(rule, value):
                found.append(f"{at}: {value} does not match {rule}")
        elif word == "oneOf":
            if sum(not faults(value, r, root, at) for r in rule) != 1:
                found.append(f"{at}: not one of {len(rule)}")
        elif word == "items":
            for i, item in enumerate(value if isinstance(value, list) else []):
                found += faults(item, rule, root, f"{at}[{i}]")
        elif word in ("properties", "required", "additionalProperties"):
            if isinstance(value, dict):
                found += members(value, schema, word, root, at)
        else:
            raise ValueError(f"keyword {word}")
    return found


def members(value, schema, word, root, at):
    known = schema.get("properties", {})
    if word == "required":
        return [f"{at}: no {name}" for name in schema["required"] if name not in value]
    if word == "additionalProperties":
        return [] if schema[word] else [f"{at}: {name} is not known" for name in value
                                        if name not in known]
    return [f for name, rule in known.items() if name in value
            for f in faults(value[name], rule, root, f"{at}.{name}")]
