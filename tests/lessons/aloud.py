"""What a screen reader is told of a page: Chromium's accessibility tree."""

from typing import Any

HANDLED = {"button", "radio", "checkbox", "spinbutton", "link", "textbox", "group", "tab"}
SPEAKING = {"RootWebArea", "status"}  # they say what is in them


def tree(page) -> list[dict[str, Any]]:
    """Nodes that are not passed over: role, name, and what holds of each."""
    page.call("Accessibility.enable")
    nodes = page.call("Accessibility.getFullAXTree")["nodes"]
    return [_plain(node) for node in nodes if not node["ignored"]]


def _plain(node) -> dict[str, Any]:
    held = {one["name"]: one["value"].get("value") for one in node.get("properties", [])}
    name = node.get("name", {}).get("value", "")
    return {"role": node["role"]["value"], "name": name, **held}


def nameless(nodes) -> list[dict[str, Any]]:
    """What can be handled or has the focus in its turn, and is called nothing."""
    handled = (n for n in nodes if n["role"] in HANDLED or n.get("focusable"))
    return [n for n in handled if not n["name"].strip() and n["role"] not in SPEAKING]


def said(page, selector: str) -> str:
    """What a live region says now."""
    assert page.ask(f"document.querySelector('{selector}').ariaLive") == "polite"
    return page.ask(f"document.querySelector('{selector}').textContent")
