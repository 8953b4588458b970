"""Text that stands in XML, as Word documents and Excel workbooks are: some characters may not."""

from __future__ import annotations

import re

ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


def legal(text: str, *, mark: str = "\ufffd") -> str:
    """Return a text with a mark in place of each character that no XML may hold."""
    return ILLEGAL.sub(mark, text)
