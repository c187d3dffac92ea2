"""XML of Office files: parsed without entities, without a DOCTYPE, without huge or deep trees."""

from __future__ import annotations

import re
from collections.abc import Iterator
from io import BytesIO
from typing import TYPE_CHECKING

from graph.errors import ReadError

if TYPE_CHECKING:
    from lxml.etree import _Element

_DOCTYPE = re.compile(rb"<!(?:DOCTYPE|ENTITY)")


def parsed(data: bytes, where: str) -> _Element:
    """The root of a part. Raises ReadError for XML that is damaged, declares entities, or is nested without end."""
    from lxml import etree

    parser = etree.XMLParser(
        resolve_entities=False, load_dtd=False, no_network=True, huge_tree=False, remove_comments=True, remove_pis=True
    )
    _plain(data, where)
    try:
        root = etree.fromstring(data, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise _bad(error, where) from None
    if root.getroottree().docinfo.internalDTD is not None:
        raise ReadError(where, _BOMB)
    return root


def streamed(data: bytes, where: str, *names: str) -> Iterator[_Element]:
    """The elements of these local names as they end, each emptied when the next is asked for. Raises as `parsed`."""
    from lxml import etree

    _plain(data, where)
    tags = [f"{{*}}{name}" for name in names]
    try:
        for _, element in etree.iterparse(
            BytesIO(data), tag=tags, resolve_entities=False, load_dtd=False, no_network=True, huge_tree=False
        ):
            yield element
            element.clear()
            while element.getprevious() is not None:
                del element.getparent()[0]
    except etree.XMLSyntaxError as error:
        raise _bad(error, where) from None


def local(element: _Element) -> str:
    """The name of an element without its namespace, "" for what is no element."""
    tag = element.tag
    return tag.rpartition("}")[2] if isinstance(tag, str) else ""


def child(element: _Element, *path: str) -> _Element | None:
    """The first descendant along a path of local names, None if there is none."""
    found: _Element | None = element
    for name in path:
        found = next((one for one in found if local(one) == name), None) if found is not None else None
    return found


def children(element: _Element, *path: str) -> list[_Element]:
    """The elements in the first descendant along a path, none if it is not there."""
    found = child(element, *path)
    return [one for one in found if local(one)] if found is not None else []


def attribute(element: _Element | None, name: str) -> str:
    """The value of an attribute of any namespace, "" if it is not there."""
    if element is None:
        return ""
    plain = element.get(name)
    if plain is not None:
        return str(plain)
    return next((str(value) for key, value in element.attrib.items() if str(key).endswith("}" + name)), "")


_BOMB = "declares entities, which no Office program writes (an entity bomb?): not read"


def _bad(error: Exception, where: str) -> Exception:
    """What to raise for an error of the parser, which has no word for want of memory."""
    return MemoryError() if "unknown error" in str(error) else ReadError(where, f"damaged: {error}")


def _plain(data: bytes, where: str) -> None:
    if _DOCTYPE.search(data[:65_536]) or (data[:2] in (b"\xff\xfe", b"\xfe\xff") and b"<\0!\0" in data[:65_536]):
        raise ReadError(where, _BOMB)
