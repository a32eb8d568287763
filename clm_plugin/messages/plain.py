"""Clean rich text as plain text, for the text part of a mail."""

from __future__ import annotations

from html.parser import HTMLParser


def html_to_text(html: str) -> str:
    """Paragraphs as blocks, list items with a dash or number, links as "label (target)"."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    lines = [" ".join(line.split()) for line in "".join(reader.parts).split("\n")]
    blocks = "\n".join(lines).split("\n\n")
    return "\n\n".join(block.strip("\n") for block in blocks if block.strip())


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self._target = ""
        self._numbers: list[int] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "br":
            self.parts.append("\n")
        elif tag == "a":
            self._target = dict(attrs).get("href") or ""
        elif tag in ("ol", "ul"):
            self._numbers.append(0 if tag == "ol" else -1)
        elif tag == "li":
            self.parts.append("\n" + self._bullet())

    def _bullet(self) -> str:
        if not self._numbers or self._numbers[-1] < 0:
            return "- "
        self._numbers[-1] += 1
        return f"{self._numbers[-1]}. "

    def handle_endtag(self, tag: str) -> None:
        if tag == "a":
            if self._target:
                self.parts.append(f" ({self._target})")
            self._target = ""
        elif tag in ("ol", "ul"):
            if self._numbers:
                self._numbers.pop()
            self.parts.append("\n\n")
        elif tag == "p":
            self.parts.append("\n\n")

    def handle_data(self, data: str) -> None:
        self.parts.append(data.replace("\n", " "))
