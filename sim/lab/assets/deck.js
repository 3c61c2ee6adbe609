// A phone whose cards are swiped: right, or the arrow key to the right, is watching on; left is
// swiping away; Backspace takes the last one back. No dependency, no network.
const DRAG = 60; // pixels from which a drag is a swipe

function make(tag, className, text) {
  const node = document.createElement(tag);
  if (className) node.className = className;
  if (text !== undefined) node.textContent = text;
  return node;
}

function render({ model, el }) {
  const words = model.get("words");
  const root = make("div", "deck");
  const phone = make("div", "deck-phone");
  phone.tabIndex = 0;
  phone.setAttribute("role", "group");
  phone.setAttribute("aria-label", words.help);
  const card = make("div", "deck-card");
  const note = make("div", "deck-note", words.simulated);
  phone.append(note, card);
  const away = make("button", "deck-button", "← " + words.away);
  const back = make("button", "deck-button deck-back", words.back);
  const watch = make("button", "deck-button", words.watch + " →");
  for (const button of [away, back, watch]) button.type = "button";
  const bar = make("div", "deck-bar");
  bar.append(away, back, watch);
  const status = make("div", "deck-status");
  const live = make("div", "deck-hidden"); // read aloud: where one is, and the card at hand
  live.setAttribute("aria-live", "polite");
  const help = make("div", "deck-help", words.help);
  help.setAttribute("aria-hidden", "true"); // it is the phone's name
  root.lang = words.lang;
  root.append(phone, bar, status, live, help);
  el.append(root);

  let start = null; // where a drag began

  function swipes() { return model.get("swipes"); }

  function announce() {
    const shown = [...card.children].map((line) => line.textContent);
    live.textContent = [status.textContent, ...shown].join(". ");
  }

  function draw() {
    const held = bar.contains(document.activeElement) && document.activeElement;
    face();
    announce();
    if (held && held.disabled) phone.focus(); // what had the focus is out of use
  }

  function face() {
    const done = swipes().length;
    const cards = model.get("cards");
    const left = cards.length - done;
    card.style.transform = "";
    card.replaceChildren();
    back.disabled = done === 0;
    away.disabled = watch.disabled = left === 0;
    status.textContent = left
      ? words.left.replace("{}", String(done + 1)).replace("{}", String(cards.length))
      : words.done.replace("{}", String(swipes().filter((x) => x === 1).length));
    if (!left) {
      card.style.background = "#2b2b2b";
      card.append(make("b", "deck-text", words.finished));
      return;
    }
    const one = cards[done];
    card.style.background =
      `linear-gradient(160deg, hsl(${one.hue},45%,38%), hsl(${one.hue},55%,16%))`;
    card.append(make("small", "", one.topic), make("b", "deck-text", one.text),
      make("small", "", one.tags), make("small", "deck-length", one.length),
      ...(one.notes || []).map((line) => make("small", "deck-note-line", line)));
  }

  function swipe(choice) {
    if (swipes().length >= model.get("cards").length) return;
    model.set("swipes", [...swipes(), choice]);
    model.save_changes();
  }

  function undo() {
    model.set("swipes", swipes().slice(0, -1));
    model.save_changes();
  }

  away.onclick = () => swipe(0);
  watch.onclick = () => swipe(1);
  back.onclick = undo;
  phone.addEventListener("keydown", (event) => {
    const act = { ArrowLeft: () => swipe(0), ArrowRight: () => swipe(1), Backspace: undo };
    if (!(event.key in act)) return;
    event.preventDefault();
    event.stopPropagation(); // the notebook has keys of its own
    act[event.key]();
  });
  bar.addEventListener("keydown", (event) => event.stopPropagation());
  card.addEventListener("pointerdown", (event) => {
    start = event.clientX;
    card.setPointerCapture(event.pointerId);
  });
  card.addEventListener("pointermove", (event) => {
    if (start === null) return;
    const moved = event.clientX - start;
    card.style.transform = `translateX(${moved}px) rotate(${moved / 30}deg)`;
  });
  card.addEventListener("pointerup", (event) => {
    if (start === null) return;
    const moved = event.clientX - start;
    start = null;
    card.style.transform = "";
    if (Math.abs(moved) > DRAG) swipe(moved > 0 ? 1 : 0);
  });
  card.addEventListener("pointercancel", () => { start = null; card.style.transform = ""; });
  model.on("change:swipes", draw);
  draw();
  return () => model.off("change:swipes", draw);
}

export default { render };
