"""A share in a firm: how large it is, and whether who holds it owns the firm.

Ownership (OWNS: control, a subsidiary) is kept apart from a stake (INVESTS), because firms of one group that deal with
one another are no cooperation, and a firm that holds a third of another may well be.
"""

from __future__ import annotations

import re

_SHARE = re.compile(r"(?<![\d.])(\d{1,2}(?:\.\d+)?|100) ?%")
_OWNED = re.compile(
    "控股|全资|独资|实际控制|母公司|子公司|孙公司|旗下|下属|附属|所属|分公司|controls|owned|owns|subsidiary|unit|arm|"
    "affiliate|division"
)


def share(words: str) -> float | None:
    """The share that is held, in percent; None if the words state none.

    >>> share("持有甲公司30.97%的股权")
    30.97
    """
    found = _SHARE.search(words)
    return float(found[1]) if found else None


def owns(words: str) -> bool:
    """Whether the words mean that the firm is owned: by a word for it, or by half of the shares and more.

    >>> owns("甲公司全资子公司乙"), owns("持有乙60%的股权"), owns("持有乙30%的股权"), owns("持有乙的股份")
    (True, True, False, False)
    """
    held = share(words)
    return bool(_OWNED.search(words)) or (held is not None and held >= 50)


_OF = re.compile("(?:集团|公司)?(?:的|之)?(?:全资|控股|直属)?(?:旗下|子公司|孙公司|下属|附属|所属)")
_BOUGHT = re.compile("收购|并购|入股|参股|增资|注资|投资|认购|受让|买")


def belongs(between: str, behind: str) -> bool:
    """Whether one firm is said to be another's. `between` the two names stand these words, `behind` the owner's those.

    >>> belongs("A于2023年成立,是B", "旗下的企业"), belongs("A收购B旗下的C", "收购B旗下的C")
    (True, False)
    """
    return bool(_OF.match(behind)) and not _BOUGHT.search(between)
