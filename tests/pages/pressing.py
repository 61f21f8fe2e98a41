"""A browser without JavaScript: it follows the links and presses the buttons that are on the page, and nothing else."""

from typing import Any

import lxml.html
from lxml.html import FormElement, HtmlElement

from tests.doors import PASSWORD, PageClient


class Visitor:
    """Somebody at a page, who can do what stands there."""

    def __init__(self, client: PageClient, path: str) -> None:
        self._client = client
        self.open(path)

    def open(self, path: str) -> "Visitor":
        """Go to an address."""
        return self._arrive(self._client.get(path, follow_redirects=True))

    def follow(self, words: str) -> "Visitor":
        """Follow the first link that says so."""
        links = [link for link in self._page.iter("a") if words in _said(link) and link.get("href")]
        assert links, f"no link says {words!r}: {[_said(link) for link in self._page.iter('a')]}"
        return self.open(links[0].get("href") or "")

    def press(self, words: str, /, **typed: str) -> "Visitor":
        """Press the first button that says so, with the fields of its form as they stand and what is typed there."""
        buttons = [button for button in self._page.iter("button") if words in _said(button)]
        assert buttons, f"no button says {words!r}: {[_said(button) for button in self._page.iter('button')]}"
        return self._send(buttons[0], typed)

    @property
    def text(self) -> str:
        """Every word of the page, with single blanks."""
        return " ".join(self._page.text_content().split())

    def value(self, name: str) -> str:
        """What stands in the first field of that name."""
        return next(str(form.fields[name] or "") for form in self._page.forms if name in form.fields)

    def _send(self, button: HtmlElement, typed: dict[str, str]) -> "Visitor":
        form = next(above for above in button.iterancestors("form"))
        assert isinstance(form, FormElement)
        assert "hidden" not in form.attrib, "a form that only a script shows"
        for name, words in typed.items():
            field = name.replace("_", "-") if name not in form.fields else name
            assert field in form.fields, f"the form has no {name}: {list(form.fields)}"
            form.fields[field] = words
        sent: dict[str, Any] = {}
        for name, value in form.form_values():
            sent.setdefault(name, []).append(value)
        if button.get("name"):
            sent[button.get("name") or ""] = [button.get("value") or ""]
        action = button.get("formaction") or form.get("action") or self.path
        send = self._client.post if (form.get("method") or "get").lower() == "post" else self._client.get
        given = {"data": sent} if send == self._client.post else {"query_string": sent}
        self._arrive(send(action, follow_redirects=True, **given))
        if "Your password, once more" in self.text:
            return self.press("Go on", step_up_password=PASSWORD)
        return self

    def _arrive(self, answer: Any) -> "Visitor":
        assert answer.status_code in {200, 403, 409, 422}, f"{answer.request.path} answered {answer.status}"
        self.status, self.path = answer.status_code, answer.request.path
        self._page = lxml.html.document_fromstring(answer.get_data(as_text=True))
        return self


def _said(element: HtmlElement) -> str:
    return " ".join(element.text_content().split())
