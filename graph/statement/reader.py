"""Goes through the tokens of a statement, and keeps what is taken out of it: the values of its strings."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping
from typing import Any, NoReturn

from graph.statement.allowed import DEPTH, RESERVED
from graph.statement.tokens import Sort, Token, refuse, tokens


class Reader:
    """The place up to which a statement is read. `parameters` are the values that go with it."""

    def __init__(self, statement: str, parameters: Mapping[str, Any]) -> None:
        self.statement = statement
        self.parameters = parameters
        self.values: dict[str, Any] = {}
        """What is sent as parameters: those of the caller that are used, and the strings of the statement."""
        self._tokens = tokens(statement)
        self._at = 0
        self._depth = 0

    def next(self, ahead: int = 0) -> Token:
        """The next token, or one after it."""
        return self._tokens[min(self._at + ahead, len(self._tokens) - 1)]

    def take(self) -> Token:
        """The next token, gone past."""
        token = self.next()
        self._at += 1
        return token

    def is_sign(self, text: str, ahead: int = 0) -> bool:
        """Whether a sign comes next."""
        token = self.next(ahead)
        return token.sort is Sort.SIGN and token.text == text

    def is_word(self, *words: str, ahead: int = 0) -> bool:
        """Whether one of these words (in capitals) comes next."""
        token = self.next(ahead)
        return token.sort is Sort.WORD and token.text.upper() in words

    def sign(self, text: str) -> bool:
        """Go past a sign if it comes next."""
        return self.is_sign(text) and bool(self.take())

    def word(self, *words: str) -> bool:
        """Go past these words if they come next, all in this order."""
        if not all(self.is_word(word, ahead=ahead) for ahead, word in enumerate(words)):
            return False
        for _ in words:
            self.take()
        return True

    def need(self, text: str, where: str) -> None:
        """Go past a sign or word that must come."""
        if not (self.word(text) if text.isalpha() else self.sign(text)):
            self.refuse(f"{self.shown()} stands where {text} must, {where}")

    def name(self, what: str) -> str:
        """Go past a name that is given here: no word of the language."""
        token = self.take()
        if token.sort is not Sort.WORD:
            self.refuse(f"{self.shown(token)} stands where the name of {what} must", token)
        if token.text.upper() in RESERVED:
            self.refuse(f"{token.text} is a word of the language; give {what} another name", token)
        return token.text

    def key(self, what: str) -> str:
        """Go past a name that was given elsewhere: a property, a label."""
        token = self.take()
        if token.sort is not Sort.WORD:
            self.refuse(f"{self.shown(token)} stands where the name of {what} must", token)
        return token.text

    def keep(self, value: str) -> str:
        """A string of the statement as a parameter, and its text."""
        at = len(self.values)
        while f"text{at}" in self.values or f"text{at}" in self.parameters:
            at += 1
        self.values[f"text{at}"] = value
        return f"$text{at}"

    def shown(self, token: Token | None = None) -> str:
        """A token for a message."""
        token = token or self.next()
        return "the end" if token.sort is Sort.END else self.statement[token.start : token.end][:40]

    def refuse(self, reason: str, token: Token | None = None) -> NoReturn:
        """Raises InputError with the place of the token, of the next if none is given."""
        refuse(self.statement, (token or self.next()).start, reason)

    @contextlib.contextmanager
    def deeper(self) -> Iterator[None]:
        """While open, what is read lies within something else."""
        self._depth += 1
        if self._depth > DEPTH:
            self.refuse(f"this lies more than {DEPTH} deep within other expressions; take it apart with WITH")
        yield
        self._depth -= 1
