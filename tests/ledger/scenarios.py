# SPDX-License-Identifier: Apache-2.0
"""scenarios.py - the ways in which this server can misbehave, by name.

A scenario is a small class: `answer` decides what is said, `send` how it goes over the wire. Both
start from honest behaviour. To add one, write the class and put its line into the README's table;
a test checks that none is missing there. A test of a client is told a scenario's name, nothing
else: the client and this server share no code and no constants.
"""
import base64
import json
import time

from rest import Answer, Rest, to_json
from world import World

SCENARIOS = {}


def scenario(cls):
    SCENARIOS[cls.name] = cls
    return cls


@scenario
class Honest:
    """answers as a good ledger and good CRL hosts do"""
    name = "honest"

    def __init__(self, server):
        self.server = server

    def answer(self, request, ask):
        """`ask(request)` is the honest answer."""
        return ask(request)

    def send(self, handler, answer):
        handler.send_answer(answer)


@scenario
class Html(Honest):
    """status 200 and a page of HTML, whatever was asked: a captive portal, a lost proxy"""
    name = "html"

    def answer(self, request, ask):
        page = b"<!DOCTYPE html><html><body><h1>Welcome</h1>{\"certs\":[]}</body></html>\n"
        return Answer(200, page, "text/html; charset=utf-8")


@scenario
class Empty(Honest):
    """a ledger that knows nothing: every list is empty, every record is absent"""
    name = "empty"

    def answer(self, request, ask):
        if request.path.startswith("/dcl/"):
            return Rest(World()).answer(request)
        return ask(request)


@scenario
class Loop(Honest):
    """paging never ends: every page is the first page, and names the same next key"""
    name = "loop"

    def answer(self, request, ask):
        answer = ask(request.without("pagination.key"))
        if answer.status != 200 or not request.path.startswith("/dcl/"):
            return answer
        value = json.loads(answer.body)
        if "pagination" not in value:
            return answer
        value["pagination"]["next_key"] = base64.b64encode(b"again?>").decode()
        return Answer(200, to_json(value), "application/json")


@scenario
class Truncated(Honest):
    """the body is shorter than Content-Length promises, then the connection closes"""
    name = "truncated"

    def send(self, handler, answer):
        handler.send_head(answer)
        body = handler.body_of(answer)
        handler.wfile.write(body[:len(body) // 2])
        handler.close_connection = True


@scenario
class Slow(Honest):
    """the head comes at once, the body at one byte per second"""
    name = "slow"

    def send(self, handler, answer):
        handler.send_head(answer)
        for octet in handler.body_of(answer):
            handler.wfile.write(bytes([octet]))
            handler.wfile.flush()
            time.sleep(1)


@scenario
class Down(Honest):
    """accepts the connection, reads the request and closes without a word"""
    name = "down"

    def answer(self, request, ask):
        return Answer(0, b"", "")

    def send(self, handler, answer):
        handler.close_connection = True
