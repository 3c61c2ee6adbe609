"""Pages that open anywhere: one file each, no network, and text from outside escaped by Jinja."""

from pathlib import Path
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined

CSS = Path(__file__).parents[1] / "assets" / "report.css"
# no script, no address: the browser itself refuses to fetch anything
POLICY = "default-src 'none'; img-src data:; style-src 'unsafe-inline'"
_TEMPLATES = Environment(
    loader=PackageLoader("sim.lab.pages", "templates"),
    autoescape=True,
    undefined=StrictUndefined,  # a name that a template misspells is an error, not a gap
    trim_blocks=True,
    lstrip_blocks=True,
)


def render(template: str, lang: str = "en", **values: Any) -> str:
    """The page of a template. `lang` is "en" or "zh"."""
    language = "zh-CN" if lang == "zh" else "en"
    style = CSS.read_text(encoding="utf-8")
    shared = {"language": language, "policy": POLICY, "css": style}
    return _TEMPLATES.get_template(template).render(**shared, **values) + "\n"
