"""Pages that open anywhere: one file each, no network, and text from outside escaped by Jinja."""

import re
from base64 import b64encode
from hashlib import sha256
from pathlib import Path
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup, escape

CSS = Path(__file__).parents[1] / "assets" / "report.css"
# no address, and no script but ours: the browser itself refuses to fetch or run anything else
POLICY = "default-src 'none'; img-src data:; style-src 'unsafe-inline'"
FLAG = re.compile(r"--[a-z][a-z-]*(?: \d+)?")
_TEMPLATES = Environment(
    loader=PackageLoader("sim.lab.pages", "templates"),
    autoescape=True,
    undefined=StrictUndefined,  # a name that a template misspells is an error, not a gap
    trim_blocks=True,
    lstrip_blocks=True,
)


def unbroken(text: str) -> Markup:
    """A text as HTML in which the options of commands, with their numbers, do not break: a browser
    would do so after a hyphen."""
    return Markup(FLAG.sub(r'<span class="flag">\g<0></span>', str(escape(text))))


_TEMPLATES.filters["unbroken"] = unbroken


def render(template: str, lang: str = "en", script: str = "", **values: Any) -> str:
    """The page of a template. `lang` is "en" or "zh"; `script` is the one that may run on it, known
    to the browser by its hash."""
    language = "zh-CN" if lang == "zh" else "en"
    style = CSS.read_text(encoding="utf-8")
    shared = {"language": language, "policy": _policy(script), "css": style, "script": script}
    return _TEMPLATES.get_template(template).render(**shared, **values) + "\n"


def _policy(script: str) -> str:
    if not script:
        return POLICY
    digest = b64encode(sha256(script.encode()).digest()).decode()
    return f"{POLICY}; script-src 'sha256-{digest}'"
