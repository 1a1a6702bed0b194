# SPDX-License-Identifier: Apache-2.0
"""Where a line of C can be made wrong: conditions, calls, constants.

A site is a stretch of one function's text and what takes its place. Both stand in the program; vd_mutant_on
says while it runs which of them counts, so that one build has all mutants in it.
"""
import dataclasses
import hashlib
import re

TOKEN = re.compile(r"""
    (?P<skip>\s+|/\*.*?\*/|//[^\n]*|(?m:^[ \t]*\#(?:[^\n\\]|\\.)*)) |
    (?P<text>"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*') |
    (?P<number>\.?[0-9](?:[eEpP][+-]|[0-9A-Za-z_.])*) |
    (?P<name>[A-Za-z_]\w*) |
    (?P<sign><<=|>>=|\.\.\.|->|\+\+|--|<<|>>|<=|>=|==|!=|&&|\|\||[-+*/%&|^]=|.)
    """, re.X | re.S)
OPEN = {"(": ")", "[": "]", "{": "}"}
ASSIGN = {"=", "+=", "-=", "*=", "/=", "%=", "&=", "|=", "^=", "<<=", ">>="}
# What ends the operand of a logical operator, and what that of a comparison.
LOGIC_ENDS = ASSIGN | {",", ";", "{", "}", "?", ":", "&&", "||", "return", "else"}
COMPARE_ENDS = LOGIC_ENDS | {"==", "!=", "&", "^", "|"}
OTHER = {"<": "<=", "<=": "<", ">": ">=", ">=": ">"}
INTEGER = re.compile(r"(0[xX][0-9a-fA-F]+|[0-9]+)[uUlL]*$")
PRINTS = {"printf", "fprintf", "vfprintf", "puts", "fputs", "fputc", "putchar", "perror", "fflush"}
# Operands that are never evaluated, must be constant, or are no part of the program.
UNEVALUATED = {"sizeof", "offsetof", "_Alignof", "assert", "static_assert", "_Static_assert"}
NO_CALLS = PRINTS | UNEVALUATED | {"va_start", "va_end", "va_copy"}
SUCCESS = {"bool": "true", "veridac_status": "VERIDAC_OK", "enum vd_check": "VD_CHECK_GOOD"}
STATEMENT_WORDS = {"if", "while", "for", "switch", "return", "sizeof", "do", "else"}
FRAGMENT_MIN, FRAGMENT_MAX = 16, 110  # a short one is shown with its line


@dataclasses.dataclass(frozen=True)
class Site:
    """text[start:end] of the file; `new` with {on} for the question and {old} for what stood there."""
    path: str
    function: str
    kind: str
    line: int
    start: int
    end: int
    new: str
    what: str  # for people: what stands there, what is made of it
    name: str = ""  # set once all of a file are known: two of the same text are told apart by a number

    def overlaps(self, other):
        return self.path == other.path and self.start < other.end and other.start < self.end


class Tokens:
    """The tokens of one file: kind, text, place; and the bracket that belongs to each bracket."""

    def __init__(self, text):
        self.text = text
        self.t = []
        for m in TOKEN.finditer(text):
            if m.lastgroup != "skip":
                self.t.append((m.lastgroup, m.group(), m.start(), m.end()))
        self.match = {}
        stack = []
        for i, (_, word, _, _) in enumerate(self.t):
            if word in OPEN:
                stack.append(i)
            elif word in OPEN.values() and stack and OPEN[self.t[stack[-1]][1]] == word:
                self.match[i] = stack.pop()
                self.match[self.match[i]] = i
        if stack:
            raise ValueError("brackets do not match")

    def word(self, i):
        return self.t[i][1] if 0 <= i < len(self.t) else ""

    def kind(self, i):
        return self.t[i][0] if 0 <= i < len(self.t) else ""

    def left(self, i, ends):
        """The first token of the operand that ends before token i."""
        while i > 0:
            word = self.word(i - 1)
            if word in ("}", "{") or word in ends or word in OPEN:
                return i
            i = self.match[i - 1] if word in OPEN.values() else i - 1
        return i

    def right(self, i, ends):
        """The last token of the operand that begins at token i."""
        while i + 1 < len(self.t):
            if self.word(i) in OPEN:
                i = self.match[i]
            word = self.word(i + 1)
            if word in ends or word in OPEN.values():
                return i
            i += 1
        return i

    def between(self, first, last):
        return self.text[self.t[first][2]:self.t[last][3]]


def functions(tokens):
    """(name, what stands before the name, first token of the body, last one)."""
    i = begin = 0
    while i < len(tokens.t):
        word = tokens.word(i)
        if word == "{":
            end = tokens.match[i]
            if tokens.word(i - 1) == ")":
                name = tokens.match[i - 1] - 1
                result = " ".join(tokens.word(k) for k in range(begin, name) if tokens.word(k) != "static")
                yield tokens.word(name), result, i, end
                begin = end + 1
            i = end
        elif word == ";":
            begin = i + 1
        i += 1


class Finder:
    """Walks over one function and notes its sites."""

    def __init__(self, path, tokens, function, result, first, last):
        self.path, self.k, self.function, self.result = path, tokens, function, result
        self.first, self.last = first, last
        self.sites = []
        self.closed = self.closed_tokens()

    def closed_tokens(self):
        """Tokens where nothing may change: what is not evaluated, case labels, tables that are static."""
        closed = set()
        k = self.k
        for i in range(self.first, self.last):
            word = k.word(i)
            if word in UNEVALUATED | PRINTS:
                end = k.match[i + 1] if k.word(i + 1) == "(" else i + 1
                while k.word(end + 1) in ("[", ".", "->"):
                    end = k.match[end + 1] if k.word(end + 1) == "[" else end + 2
            elif word == "case":
                end = i
                while k.word(end) != ":":
                    end += 1
            elif word == "static":
                end = i
                while k.word(end) != ";":
                    end = k.match[end] if k.word(end) in OPEN else end + 1
            else:
                continue
            closed.update(range(i, end + 1))
        return closed

    def add(self, kind, first, last, new, what):
        inside = range(first, last + 1)
        if all(i in self.closed for i in inside) or any(self.k.word(i) in ("case", "static") for i in inside):
            return
        start, end = self.k.t[first][2], self.k.t[last][3]
        if re.search(r"(?m)^[ \t]*#", self.k.text[start:end]):
            return  # a condition of the preprocessor goes through it
        self.sites.append(Site(self.path, self.function, kind, self.k.text.count("\n", 0, start) + 1, start,
                               end, new, what))

    def negate(self, first, last):
        if first > last or (first == last and self.k.kind(first) == "number"):
            return
        if self.k.between(first, last) in ("true", "false"):
            return
        self.add("negate", first, last, "(!({old}) == {on})", "negated")

    def conditions(self):
        k = self.k
        for i in range(self.first, self.last):
            word = k.word(i)
            if word in ("if", "while") and k.word(i + 1) == "(":
                self.negate(i + 2, k.match[i + 1] - 1)
            elif word == "for" and k.word(i + 1) == "(":
                semicolons = [n for n in range(i + 2, k.match[i + 1]) if k.word(n) == ";"]
                if len(semicolons) == 2:
                    self.negate(semicolons[0] + 1, semicolons[1] - 1)
            elif word == "?":
                first = k.left(i, LOGIC_ENDS - {"&&", "||"})
                self.negate(first, i - 1)
            elif word in ("&&", "||"):
                self.negate(k.left(i, LOGIC_ENDS), i - 1)
                last = k.right(i + 1, LOGIC_ENDS)
                if k.word(last + 1) not in ("&&", "||"):  # that one's left side
                    self.negate(i + 1, last)

    def shifts(self):
        k = self.k
        for i in range(self.first, self.last):
            word = k.word(i)
            if word in OTHER:
                first, last = k.left(i, COMPARE_ENDS), k.right(i + 1, COMPARE_ENDS)
                a, b = k.between(first, i - 1), k.between(i + 1, last)
                self.add("shift", first, last, "({on} ? (" + escape(a) + " " + OTHER[word] + " " + escape(b)
                         + ") : ({old}))", OTHER[word] + " instead of " + word)
            elif k.kind(i) == "number" and INTEGER.match(word) and k.word(i - 1) != "{" and i not in self.closed:
                self.add("shift", i, i, "({old} + {on})", "one more")

    def calls(self):
        k = self.k
        for i in range(self.first + 1, self.last):
            before = k.word(i - 1)
            if before not in (";", "{", "}", "else", ")", ":", "do"):
                continue
            if before == ")" and k.word(k.match[i - 1] - 1) not in ("if", "while", "for", "switch"):
                continue
            if before == "}" and k.word(i) == "while":
                continue
            self.call_at(i)

    def call_at(self, i):
        """A statement begins at token i: is it one call?"""
        k = self.k
        start, wanted = i, None
        if k.word(i) == "return":
            i, wanted = i + 1, SUCCESS.get(self.result)
            if wanted is None:
                return
        elif k.word(i) in ("st", "ok") and k.word(i + 1) == "=":
            wanted = {"st": "VERIDAC_OK", "ok": "true"}[k.word(i)]
            i += 2
        elif (k.word(i), k.word(i + 1), k.word(i + 2)) == ("(", "void", ")"):
            i += 3
        called = i
        while k.kind(i) == "name" and k.word(i + 1) in ("->", "."):
            i += 2
        if k.kind(i) != "name" or k.word(i) in STATEMENT_WORDS | NO_CALLS or k.word(i + 1) != "(":
            return
        end = k.match[i + 1]
        if k.word(end + 1) != ";":
            return
        if wanted:
            self.add("drop", called, end, "({on} ? " + wanted + " : {old})", wanted + " instead of the call")
        else:
            self.add("drop", start, end + 1, "{{ if (!{on}) {old} }}", "dropped")


def escape(text):
    return text.replace("{", "{{").replace("}", "}}")


def sites_of(path, text):
    """All sites of a file, in the order in which they stand there."""
    tokens = Tokens(text)
    found = []
    for function, result, first, last in functions(tokens):
        finder = Finder(path, tokens, function, result, first, last)
        finder.conditions()
        finder.shifts()
        finder.calls()
        found += finder.sites
    return named(text, sorted(set(found), key=lambda s: (s.start, s.end, s.kind)))


def named(text, found):
    seen, done = {}, []
    for site in found:
        fragment = " ".join(text[site.start:site.end].split())
        if len(fragment) < FRAGMENT_MIN:
            fragment += " in " + " ".join(text.splitlines()[site.line - 1].split())
        if len(fragment) > FRAGMENT_MAX:
            fragment = fragment[:FRAGMENT_MAX] + "..."
        name = f"{site.path}: {site.function}: {site.kind}: {fragment}"
        seen[name] = seen.get(name, 0) + 1
        if seen[name] > 1:
            name += f" #{seen[name]}"
        done.append(dataclasses.replace(site, name=name))
    return done


def lines_of_code(text):
    bare = re.sub(r"/\*.*?\*/|//[^\n]*", "", text, flags=re.S)
    return sum(1 for line in bare.splitlines() if line.strip())


def quotas(lines, wanted):
    """How many sites each file gives: by lines of code, the largest rests first."""
    total = sum(lines.values()) or 1
    exact = {path: wanted * n / total for path, n in lines.items()}
    given = {path: int(share) for path, share in exact.items()}
    order = sorted(lines, key=lambda p: (given[p] - exact[p], p))
    for path in order[:wanted - sum(given.values())]:
        given[path] += 1
    return given


def shuffled(seed, found):
    return sorted(found, key=lambda s: hashlib.sha256(f"{seed}\n{s.name}".encode()).hexdigest())


def mutate(text, numbered):
    """The text with these (number, site) in it."""
    parts, at = [], 0
    for number, site in sorted(numbered, key=lambda pair: pair[1].start):
        old = text[site.start:site.end]
        parts += [text[at:site.start], site.new.format(on=f"vd_mutant_on({number})", old=old)]
        at = site.end
    return "int vd_mutant_on(int);\n#line 1\n" + "".join(parts) + text[at:]
