"""The phone as a page: one file, no address in it, and no script but its own."""

import json
from base64 import b64encode
from collections.abc import Mapping
from hashlib import sha256
from html import escape
from pathlib import Path
from typing import Any

from sim.lab.phone import words

ASSETS = Path(__file__).parents[1] / "assets"
BARE = "body{margin:0}@media(prefers-color-scheme:dark){body{background:#161616}}"
LIVE = """
async function call(verb, given) {
  const answer = await fetch("act", {
    method: "POST", headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ verb, given }), cache: "no-store", credentials: "omit" });
  const state = await answer.json();
  if (!answer.ok) throw Object.assign(new Error(state.error), { told: true });
  return state;
}
mount(document.querySelector("main"), call, config);
"""
OFFLINE = """
mount(document.querySelector("main"), offline(config.frozen, config.words), config);
"""


def script(*names: str) -> str:
    """Assets as one script that needs no modules."""
    text = "\n".join((ASSETS / name).read_text(encoding="utf-8") for name in names)
    return text.replace("export function ", "function ").replace("export class ", "class ")


def policy(code: str, style: str, live: bool) -> str:
    """What the browser may do for this page: run this script, use this style, and, where somebody
    serves it, ask the server that it came from."""
    hashes = [b64encode(sha256(text.encode()).digest()).decode() for text in (code, style)]
    ask = "'self'" if live else "'none'"
    return (
        f"default-src 'none'; script-src 'sha256-{hashes[0]}'; style-src 'sha256-{hashes[1]}'; "
        f"connect-src {ask}; img-src data:; base-uri 'none'; form-action 'none'"
    )


def html(
    lang: str, speed: float, frozen: Mapping[str, Any] | None = None, days: int = 0
) -> tuple[str, str]:
    """The page and its policy. `frozen`: what an offline file holds; None where it is served."""
    live = frozen is None
    code = script("phone.js", *([] if live else ["phone_bayes.js"]))
    head = 'const config = JSON.parse(document.querySelector("#config").textContent);'
    code = f"'use strict';\n{code}\n{head}{LIVE if live else OFFLINE}"
    style = (ASSETS / "phone.css").read_text(encoding="utf-8") + BARE
    config = {
        "words": words.page(lang), "speed": speed, "can": {"night": live},
        "offline": None if live else days, **({} if live else {"frozen": frozen}),
    }  # fmt: skip
    data = json.dumps(config, ensure_ascii=False, separators=(",", ":")).replace("<", "\\u003c")
    rule = policy(code, style, live)
    title = escape(words.page(lang)["title"])
    text = (
        f'<!doctype html>\n<html lang="{"zh-CN" if lang == "zh" else "en"}">\n<head>\n'
        f'<meta charset="utf-8">\n<meta http-equiv="Content-Security-Policy" content="{rule}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{title}</title>\n<style>{style}</style>\n</head>\n<body>\n<main></main>\n"
        f'<script type="application/json" id="config">{data}</script>\n'
        f"<script>{code}</script>\n</body>\n</html>\n"
    )
    return text, rule
