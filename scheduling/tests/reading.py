"""Reading a page as a person does: what stands in its fields, what is said beside them, what buttons there are."""

import json
import re
from dataclasses import dataclass, field
from html.parser import HTMLParser

WITHOUT_END = {"input", "br", "meta", "link", "hr", "img"}
# Ours, and crispy's.
BESIDE = re.compile(r"^(?:error-(?P<ours>[\w-]+)|(?:error_\d+_)?id_(?P<crispy>[\w-]+?)(?:_error)?)$")


@dataclass
class Form:
    action: str
    values: dict = field(default_factory=dict)
    buttons: list = field(default_factory=list)


class Page(HTMLParser):
    """`page.values["place"]`, `page.errors["place"]`, `page.alerts`, `page.text`, `page.form("/note/")`."""

    def __init__(self, answer):
        super().__init__()
        self.status = answer.status_code
        self.html = answer.content.decode()
        self.forms: list[Form] = []
        self.values: dict[str, str] = {}
        self.errors: dict[str, str] = {}
        self.alerts: list[str] = []
        self.links: list[str] = []
        self.next: str | None = None
        self.data: dict[str, object] = {}  # what the page lends its scripts, by id
        self._said: list[str] = []
        self._listening: list[list] = []  # (tag, depth, kind, name, pieces)
        self._depth = 0
        self._select = self._area = None
        self._hidden = False
        self.feed(self.html)
        self.text = " ".join(" ".join(self._said).split())

    def form(self, ending: str) -> Form:
        return next(form for form in self.forms if form.action.endswith(ending))

    def has_form(self, ending: str) -> bool:
        return any(form.action.endswith(ending) for form in self.forms)

    def _keep(self, name, value):
        self.values[name] = value
        if self.forms:
            self.forms[-1].values[name] = value

    def handle_starttag(self, tag, raw):
        given = dict(raw)
        names = (given.get("class") or "").split()
        if tag not in WITHOUT_END:
            self._depth += 1
        if tag in ("script", "style"):
            self._hidden = given.get("id") or True
        elif tag == "form":
            self.forms.append(Form(given.get("action") or ""))
        elif tag == "input":
            if given.get("type") in ("radio", "checkbox"):
                if "checked" in given:
                    self._keep(given.get("name"), given.get("value", "on"))
            else:
                self._keep(given.get("name"), given.get("value") or "")
        elif tag == "textarea":
            self._area = [given.get("name"), []]
        elif tag == "select":
            self._select = given.get("name")
        elif tag == "option" and "selected" in given and self._select:
            self._keep(self._select, given.get("value") or "")
        elif tag == "a" and given.get("href"):
            self.links.append(given["href"])
            if given.get("rel") == "next":
                self.next = given["href"]
        elif tag == "button" and self.forms:
            self.forms[-1].buttons.append((given.get("name"), given.get("value")))
        if "invalid-feedback" in names:
            found = BESIDE.match(given.get("id") or "")
            self._listening.append([tag, self._depth, "error", (found["ours"] or found["crispy"]) if found else "", []])
        elif "alert" in names or "banner" in names:
            self._listening.append([tag, self._depth, "alert", "", []])

    def handle_endtag(self, tag):
        if tag in ("script", "style"):
            self._hidden = False
        elif tag == "select":
            self._select = None
        elif tag == "textarea" and self._area:
            name, pieces = self._area
            self._keep(name, "".join(pieces).removeprefix("\n"))
            self._area = None
        if self._listening and self._listening[-1][:2] == [tag, self._depth]:
            _tag, _depth, kind, name, pieces = self._listening.pop()
            said = " ".join("".join(pieces).split())
            if kind == "alert":
                self.alerts.append(said)
            else:
                self.errors[name] = said
        if tag not in WITHOUT_END:
            self._depth -= 1

    def handle_data(self, data):
        if self._area is not None:
            self._area[1].append(data)
        for entry in self._listening:
            entry[4].append(data)
        if isinstance(self._hidden, str):
            self.data[self._hidden] = json.loads(data)
        if not self._hidden:
            self._said.append(data)
