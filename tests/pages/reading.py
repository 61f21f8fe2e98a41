"""Reading a page as a browser and a screen reader do: one heading, labelled fields, ids once."""

from collections import Counter
from dataclasses import dataclass, field
from html.parser import HTMLParser

VOID = frozenset(["area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"])
APART = frozenset(["br", "dd", "div", "dt", "h1", "h2", "label", "li", "p", "time"])
UNLABELLED = frozenset({"hidden", "submit", "button"})


@dataclass
class Page(HTMLParser):
    """What stands on a page."""

    headings: int = 0
    ids: list[str] = field(default_factory=list)
    labelled: set[str] = field(default_factory=set)
    fields: list[str] = field(default_factory=list)
    links: list[str] = field(default_factory=list)
    hidden: dict[str, str] = field(default_factory=dict)
    buttons: list[str] = field(default_factory=list)
    words: list[str] = field(default_factory=list)
    open_tags: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__()

    def handle_starttag(self, tag, attrs):
        given = {name: value or "" for name, value in attrs}
        if tag not in VOID:
            self.open_tags.append(tag)
        if tag in APART:
            self.words.append(" ")
        if "id" in given:
            self.ids.append(given["id"])
        self.headings += tag == "h1"
        if tag == "label":
            self.labelled.add(given.get("for", ""))
        if tag == "a":
            self.links.append(given["href"])
        if tag == "button":
            self.buttons.append("")
        if tag == "input" and given.get("type") == "hidden":
            self.hidden[given["name"]] = given.get("value", "")
        elif tag in {"input", "textarea", "select"} and given.get("type") not in UNLABELLED:
            self.fields.append(given["id"])

    def handle_endtag(self, tag):
        assert self.open_tags.pop() == tag, f"</{tag}> closes nothing that is open"

    def handle_data(self, data):
        if "button" in self.open_tags:
            self.buttons[-1] += data.strip()
        if not {"script", "style"} & set(self.open_tags):
            self.words.append(data)

    @property
    def text(self) -> str:
        """Every word of it, with single blanks."""
        return " ".join("".join(self.words).split())


def read(answer) -> Page:
    """The page of an answer, found well made."""
    page = Page()
    page.feed(answer.get_data(as_text=True))
    page.close()
    assert page.open_tags == []
    assert page.headings == 1
    assert [name for name, times in Counter(page.ids).items() if times > 1] == []
    assert set(page.fields) <= page.labelled
    return page
