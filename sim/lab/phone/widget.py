"""The phone in a notebook: the page's own script, and a session in the kernel that answers it."""

from pathlib import Path
from typing import Any

import anywidget
import traitlets

from sim.lab.door.said import in_chinese
from sim.lab.phone import words
from sim.lab.phone.page import script
from sim.lab.phone.session import Session
from sim.presets.errors import BadInput
from sim.seats.guard import AgentFailed

ASSETS = Path(__file__).parents[1] / "assets"
RENDER = """
export default {
  render({ model, el }) {
    const waiting = new Map();
    let last = 0;
    model.on("msg:custom", (message) => {
      const ready = waiting.get(message.id);
      if (!ready) return;
      waiting.delete(message.id);
      if (message.error) ready[1](Object.assign(new Error(message.error), { told: true }));
      else ready[0](message.state);
    });
    const own = String(Math.random());
    const call = (verb, given) => new Promise((good, bad) => {
      const id = own + ++last;
      waiting.set(id, [good, bad]);
      model.send({ id, verb, given });
    });
    const phone = mount(el.appendChild(document.createElement("div")), call, model.get("config"));
    return () => phone.end();
  },
};
"""


class PhoneWidget(anywidget.AnyWidget):
    """A session to swipe. `swiped` counts up with every change, for who watches it."""

    _esm = script("phone.js") + RENDER
    _css = ASSETS / "phone.css"
    config: Any = traitlets.Dict().tag(sync=True)
    swiped = traitlets.Int(0)

    def __init__(self, session: Session, speed: float = 4.0):
        told = {"words": words.page(session.lang), "speed": speed, "can": {}, "offline": None}
        super().__init__(config=told)
        self.session = session
        self.on_msg(self._answer)

    def _answer(self, _: Any, asked: Any, buffers: Any) -> None:
        try:
            state = self.session.act(asked.get("verb"), asked.get("given"))
        except (BadInput, AgentFailed) as error:
            text = in_chinese(str(error)) if self.session.lang == "zh" else str(error)
            self.send({"id": asked.get("id"), "error": text})
            return
        self.swiped += 1
        self.send({"id": asked.get("id"), "state": state})
