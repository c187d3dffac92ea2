"""Text that a request may carry, so that what cannot be text is refused with the name of its field."""

from __future__ import annotations

import re
from typing import Annotated

from pydantic import AfterValidator
from pydantic_core import PydanticCustomError

_NO_TEXT = re.compile("[\x00\ud800-\udfff\ufffd]")


def plain(text: str) -> str:
    """The text itself. Refused with a NUL or half a character, also one that was replaced where bytes were no UTF-8."""
    if _NO_TEXT.search(text):
        raise PydanticCustomError("no_text", "it holds a NUL or half a character; send plain Unicode text")
    return text


Plain = Annotated[str, AfterValidator(plain)]
"""Text without such characters."""
