// A phone, or two side by side, whose feed answers what the learner does. `call(verb, given)` asks
// whoever keeps the session, and promises its state. No dependency, no network of its own.
const DRAG = 50; // pixels from which a drag is a swipe
const SKIPPED = 1.5; // seconds that "skip" stands for where time is not measured
const LOOPS = 3; // times that a video plays at most
const TICK = 100; // milliseconds
const NARROW = "(max-width: 40rem)"; // as in phone.css

function make(tag, className, text) {
  const node = document.createElement(tag);
  if (className) node.className = className;
  if (text !== undefined) node.textContent = text;
  return node;
}

function button(className, text, act) {
  const node = make("button", className, text);
  node.type = "button";
  node.onclick = act;
  return node;
}

function fill(text, ...values) {
  for (const value of values) text = text.replace("{}", () => String(value));
  return text;
}

// Seconds of video that a card was looked at, while its page is in sight and it plays.
class Watch {
  constructor(speed) { this.speed = speed; this.reset(); }
  reset() { this.done = 0; this.since = null; }
  play() { if (this.since === null) this.since = performance.now(); }
  pause() { this.done = this.seconds; this.since = null; }
  get playing() { return this.since !== null; }
  get seconds() {
    const now = this.since === null ? 0 : (performance.now() - this.since) / 1000 * this.speed;
    return this.done + now;
  }
}

class Phone {
  constructor(app, place) {
    this.app = app;
    this.place = place;
    this.watch = new Watch(app.speed);
    this.state = null;
    this.started = false;
    this.number = -1;
    this.build();
  }

  build() {
    const w = this.app.words;
    this.root = make("section", "ph-timeline");
    this.head = make("h2");
    this.phone = make("div", "ph-phone");
    this.phone.tabIndex = 0;
    this.phone.setAttribute("role", "group");
    this.note = make("div", "ph-note", w.simulated);
    this.card = make("article", "ph-card");
    this.veil = button("ph-veil", w.start, () => { this.go(); this.phone.focus(); });
    this.bar = make("div", "ph-progress");
    this.bar.setAttribute("aria-hidden", "true");
    this.mark = make("b");
    this.time = make("small", "ph-time");
    this.bar.append(this.mark);
    this.phone.append(this.note, this.card, this.veil, this.bar);
    const next = button("ph-button ph-next", w.next, () => this.next());
    const skip = button("ph-button ph-skip", w.skip, () => this.choose(false));
    const whole = button("ph-button ph-whole", w.whole, () => this.choose(true));
    this.like = this.toggle(w.like, "like");
    this.follow = this.toggle(w.follow, "follow");
    this.hide = this.toggle(w.hide, "hide");
    this.why = button("ph-button", w.why, () => this.explain());
    this.why.setAttribute("aria-expanded", "false");
    const acts = make("div", "ph-acts");
    acts.append(next, skip, whole, this.like, this.follow, this.hide, this.why);
    this.reasons = make("div", "ph-why");
    this.reasons.hidden = true;
    this.reasons.tabIndex = -1;
    this.reasons.setAttribute("role", "region");
    this.reasons.setAttribute("aria-label", w.why);
    this.status = make("p", "ph-status");
    this.live = make("p", "ph-hidden");
    this.live.setAttribute("aria-live", "polite");
    this.belief = make("div", "ph-belief");
    this.shown = make("div", "ph-shown");
    this.more = make("div", "ph-more");
    const left = make("div", "ph-left");
    left.append(this.phone, this.time, acts, this.status, this.live);
    const right = make("div", "ph-right");
    right.append(this.reasons, this.belief, this.shown, this.more);
    const both = make("div", "ph-both");
    both.append(left, right);
    this.root.append(this.head, both);
    this.listen();
  }

  toggle(text, name) {
    const node = button("ph-button", text, () => {
      this.press(name);
    });
    node.setAttribute("aria-pressed", "false");
    return node;
  }

  press(name) {
    const node = this[name];
    const on = node.getAttribute("aria-pressed") !== "true";
    node.setAttribute("aria-pressed", String(on));
    if (name === "hide" && on && !this.app.untimed) this.next();
  }

  listen() {
    const keys = {
      ArrowDown: () => this.next(), ArrowUp: () => 0, " ": () => this.pause(),
      l: () => this.press("like"), f: () => this.press("follow"), n: () => this.press("hide"),
      w: () => this.explain(), s: () => this.choose(false), e: () => this.choose(true),
    };
    this.phone.addEventListener("keydown", (event) => {
      if (event.target !== this.phone || event.ctrlKey || event.altKey || event.metaKey) return;
      const act = keys[event.key.length === 1 ? event.key.toLowerCase() : event.key];
      if (!act) return;
      event.preventDefault();
      event.stopPropagation(); // a notebook has keys of its own
      if (!event.repeat) act();
    });
    let start = null;
    this.card.addEventListener("pointerdown", (event) => {
      start = event.clientY;
      this.card.setPointerCapture(event.pointerId);
    });
    this.card.addEventListener("pointermove", (event) => {
      if (start !== null) this.card.style.transform = `translateY(${Math.min(0, event.clientY - start)}px)`;
    });
    const end = (event) => {
      if (start === null) return;
      const moved = event.clientY - start;
      start = null;
      this.card.style.transform = "";
      if (event.type === "pointerup" && moved < -DRAG) this.next();
    };
    this.card.addEventListener("pointerup", end);
    this.card.addEventListener("pointercancel", end);
    this.phone.addEventListener("wheel", (event) => {
      if (!this.watch.playing || event.deltaY < 20) return;
      event.preventDefault();
      if (performance.now() - (this.wheeled || 0) > 400) this.next();
      this.wheeled = performance.now();
    }, { passive: false });
  }

  get busy() { return this.app.busy || !this.state || !this.state.card; }

  go() {
    this.started = true;
    this.app.pauseOthers(this);
    if (this.state && this.state.card && !this.app.untimed) this.watch.play();
    this.veil.hidden = true;
    this.announce();
  }

  pause() {
    if (this.app.untimed || !this.started) return this.go();
    if (!this.watch.playing) return this.go();
    this.stop();
  }

  stop() {
    if (!this.started) return;
    this.watch.pause();
    if (this.app.untimed) return;
    this.veil.textContent = this.app.words.paused + " · " + this.app.words.resume;
    this.veil.hidden = false;
  }

  next() {
    if (this.busy) return;
    if (this.app.untimed) return;
    if (!this.watch.playing) return this.go();
    this.send(Math.min(this.watch.seconds, LOOPS * this.state.card.seconds));
  }

  choose(whole) {
    if (this.busy || !this.app.untimed) return;
    const length = this.state.card.seconds;
    this.send(whole ? length : Math.min(SKIPPED, length));
  }

  send(watch) {
    this.watch.pause();
    const on = (node) => node.getAttribute("aria-pressed") === "true";
    this.app.ask("swipe", {
      timeline: this.place, number: this.state.card.number, watch: Math.round(watch * 100) / 100,
      like: on(this.like), follow: on(this.follow), hide: on(this.hide),
    });
  }

  async explain() {
    if (!this.reasons.hidden) return this.unexplain();
    if (this.busy) return;
    this.stop();
    const answer = await this.app.ask("why", { timeline: this.place });
    if (!answer || !answer.why) return;
    const w = this.app.words, why = answer.why, list = make("ul");
    const most = Math.max(1e-9, ...why.parts.map((part) => Math.abs(part[1])));
    for (const [name, value, rank] of why.parts) {
      const row = make("li", "ph-row"), line = bar(value / most);
      row.append(make("span", "", name), line,
        make("em", "", (value > 0 ? "+" : "") + value.toFixed(2)),
        make("small", "", fill(w.without, rank)));
      list.append(row);
    }
    this.reasons.replaceChildren(make("h3", "", w.why), make("p", "", why.text), list,
      make("p", "ph-soft", why.note), button("ph-button", w.close, () => this.unexplain()));
    this.reasons.hidden = false;
    this.why.setAttribute("aria-expanded", "true");
    this.reasons.focus();
  }

  unexplain() {
    this.reasons.hidden = true;
    this.why.setAttribute("aria-expanded", "false");
    this.phone.focus();
  }

  // The state as it is now.
  draw(state, goal) {
    const w = this.app.words;
    const fresh = !state.card || state.card.number !== this.number || !this.state;
    this.state = state;
    this.head.textContent = fill(w.timeline, this.place + 1, state.agent);
    this.phone.setAttribute("aria-label", fill(w.phone, this.place + 1, state.agent) + ". " + w.keys);
    this.status.textContent = state.swipes < goal
      ? fill(w.count, state.swipes, goal, state.left) : fill(w.count_more, state.swipes, state.left);
    if (fresh) this.face(state.card);
    this.beliefs(state.beliefs);
    this.mix(state);
    this.tick();
  }

  face(card) {
    const w = this.app.words;
    this.watch.reset();
    this.number = card ? card.number : -1;
    this.reasons.hidden = true;
    this.why.setAttribute("aria-expanded", "false");
    for (const node of [this.like, this.follow, this.hide]) node.setAttribute("aria-pressed", "false");
    this.card.replaceChildren();
    this.card.style.setProperty("--hue", card ? card.hue : 0);
    if (!card) {
      this.card.append(make("b", "ph-text", w.empty));
      return;
    }
    this.card.append(make("small", "", card.topic), make("b", "ph-text", card.text),
      make("small", "", card.tags), make("small", "ph-source", card.source));
    if (this.started && this.app.active === this && !this.app.untimed && !document.hidden) this.watch.play();
    if (this.started && this.app.active === this) this.announce();
  }

  announce() {
    const card = this.state && this.state.card, w = this.app.words;
    this.live.textContent = card
      ? fill(w.card, card.number + 1, card.topic, card.text, card.source, Math.round(card.seconds)) : w.empty;
  }

  beliefs(found) {
    const w = this.app.words;
    const parts = [make("h3", "", w.beliefs)];
    if (!found || !found.length) {
      parts.push(make("p", "ph-soft", found ? w.beliefs_same : w.beliefs_none));
    } else {
      const list = make("ul");
      for (const [name, value, hue] of found) {
        const row = make("li", "ph-row");
        row.setAttribute("aria-label", fill(w.belief, name, value));
        row.append(make("span", "", name), bar(value / 4, hue),
          make("em", "", (value > 0 ? "+" : "") + value.toFixed(1)));
        list.append(row);
      }
      parts.push(list, make("p", "ph-soft", w.beliefs_note));
    }
    this.belief.replaceChildren(...parts);
  }

  mix(state) {
    const w = this.app.words, parts = [];
    if (state.swipes) {
      const strip = make("div", "ph-strip");
      strip.setAttribute("role", "img");
      const half = state.strip.filter((one) => one[1] > 0.5).length;
      const liked = state.strip.filter((one) => one[2]).length;
      strip.setAttribute("aria-label", fill(w.strip, state.swipes, half, liked));
      for (const [hue, share, like] of state.strip) {
        const mark = make("i", like ? "ph-liked" : "");
        mark.style.setProperty("--hue", hue);
        mark.style.height = `${6 + 30 * share}px`;
        strip.append(mark);
      }
      const list = make("ul", "ph-mix");
      for (const [name, hue, n] of state.shown) {
        const row = make("li", "", `${name} ${n}`);
        row.style.setProperty("--hue", hue);
        list.append(row);
      }
      parts.push(make("h3", "", w.shown), strip, list,
        make("p", "ph-soft", fill(w.shown_note, state.topics, state.bits.toFixed(1))));
    }
    this.shown.replaceChildren(...parts);
    this.more.replaceChildren();
    if (this.app.phones.length > 1 && this.place > 0) {
      const first = this.app.phones[0].state;
      const act = button("ph-button", w.double, () => this.app.ask("double", { timeline: this.place }));
      act.disabled = !first || first.swipes <= state.swipes;
      this.more.append(act, make("p", "ph-soft", w.double_note));
    }
    if (this.app.can.night) {
      this.more.append(button("ph-button", w.night, () => {
        this.watch.reset();
        this.number = -1;
        this.app.ask("night", { timeline: this.place });
      }));
    }
  }

  tick() {
    const card = this.state && this.state.card;
    if (!card) return;
    if (this.watch.seconds > LOOPS * card.seconds) this.watch.pause();
    const now = this.watch.seconds, part = (now % card.seconds) / card.seconds;
    this.mark.style.width = `${100 * (now >= LOOPS * card.seconds ? 1 : part)}%`;
    this.time.textContent = this.app.untimed ? ""
      : fill(this.app.words.seconds, Math.floor(now), Math.round(card.seconds));
  }
}

function bar(share, hue) {
  const line = make("div", "ph-line"), mark = make("b", share < 0 ? "ph-less" : "");
  line.setAttribute("aria-hidden", "true");
  if (hue !== undefined) mark.style.setProperty("--hue", hue);
  mark.style.width = `${50 * Math.min(1, Math.abs(share))}%`;
  line.append(mark);
  return line;
}

// Builds the phones in `root`. config: words, speed, offline (a day, or null), can {night}.
export function mount(root, call, config) {
  const words = config.words;
  const app = {
    words, speed: config.speed, can: config.can || {}, phones: [], active: null, busy: false,
    untimed: false,
    pauseOthers(phone) {
      for (const other of app.phones) if (other !== phone) other.stop();
      app.active = phone;
    },
    async ask(verb, given) {
      if (app.busy) return null;
      app.busy = true;
      root.classList.add("ph-busy");
      const slow = setTimeout(() => { wait.textContent = words.waiting; }, 300);
      try {
        const state = await call(verb, given || {});
        lost.hidden = true;
        app.busy = false;
        app.draw(state);
        return state;
      } catch (error) {
        lost.textContent = error && error.told ? error.message : words.lost;
        lost.hidden = false;
        return null;
      } finally {
        app.busy = false;
        clearTimeout(slow);
        wait.textContent = "";
        root.classList.remove("ph-busy");
      }
    },
    draw(state) {
      while (app.phones.length < state.timelines.length) add();
      state.timelines.forEach((one, k) => app.phones[k].draw(one, state.goal));
      state.timelines.forEach((one, k) => { if (k) app.phones[k].mix(one); });
      top(state);
    },
  };
  root.classList.add("ph");
  root.lang = words.lang;
  root.replaceChildren();
  const head = make("header");
  const about = make("details", "ph-about");
  about.setAttribute("aria-label", words.about);
  const narrow = matchMedia(NARROW), unfold = () => { about.open = !narrow.matches; };
  narrow.addEventListener("change", unfold);
  unfold(); // a small screen is the card's and its buttons'
  about.append(make("summary", "", words.about), make("p", "", words.lead));
  if (config.offline !== null && config.offline !== undefined) {
    about.append(make("p", "ph-told", fill(words.lead_offline, config.offline)));
  }
  about.append(make("p", "ph-soft", `${fill(words.speed, config.speed)} ${words.private}`));
  const persona = make("p", "ph-told");
  const slow = make("label", "ph-check"), box = make("input");
  box.type = "checkbox";
  box.onchange = () => {
    app.untimed = box.checked;
    root.classList.toggle("ph-untimed", app.untimed);
    for (const phone of app.phones) {
      phone.watch.pause();
      phone.veil.hidden = app.untimed;
      phone.started = phone.started || app.untimed;
      phone.tick();
    }
    if (!app.untimed) for (const phone of app.phones) phone.stop();
  };
  const label = make("span", "", words.untimed);
  label.append(make("span", "ph-long", words.untimed_choice));
  slow.append(box, label);
  head.append(make("h1", "", words.title), about, slow);
  const tabs = make("div", "ph-tabs");
  tabs.setAttribute("role", "group");
  tabs.setAttribute("aria-label", words.tabs);
  const place = make("div", "ph-timelines");
  const wait = make("p", "ph-wait"), lost = make("p", "ph-lost");
  wait.setAttribute("role", "status");
  lost.setAttribute("role", "alert");
  lost.hidden = true;
  const foot = make("footer");
  const truth = make("div", "ph-truth");
  truth.setAttribute("aria-live", "polite");
  const reveal = button("ph-button", words.reveal, () => app.ask("reveal"));
  const again = button("ph-button", words.restart, () => {
    for (const phone of app.phones) { phone.watch.reset(); phone.number = -1; }
    app.ask("restart");
  });
  foot.append(reveal, truth, again, make("span", "ph-soft", words.restart_note),
    make("p", "ph-soft", words.keys));
  root.append(head, persona, tabs, wait, lost, place, foot);

  function add() {
    const phone = new Phone(app, app.phones.length);
    app.phones.push(phone);
    place.append(phone.root);
    app.active = app.active || phone;
  }

  function front(k) {
    app.phones.forEach((phone, i) => {
      phone.root.classList.toggle("ph-front", i === k);
      if (i !== k) phone.stop();
    });
    [...tabs.children].forEach((tab, i) => tab.setAttribute("aria-pressed", String(i === k)));
  }

  function top(state) {
    if (state.timelines.length > 1 && !tabs.children.length) {
      state.timelines.forEach((one, k) => {
        tabs.append(button("ph-button", fill(words.timeline, k + 1, one.agent), () => front(k)));
      });
      front(0);
    } else if (state.timelines.length === 1) front(0);
    const who = state.persona;
    persona.hidden = reveal.hidden = !who;
    root.classList.toggle("ph-played", !!who);
    const comma = words.comma || ", ";
    if (who) persona.textContent = fill(words.persona, who.likes.join(comma), who.bored.join(comma));
    truth.replaceChildren(...(state.truth || []).map((one) => make("p", "", one.text)));
  }

  const timer = setInterval(() => app.phones.forEach((phone) => phone.tick()), TICK);
  const hidden = () => { if (document.hidden) app.phones.forEach((phone) => phone.stop()); };
  document.addEventListener("visibilitychange", hidden);
  app.ask("state");
  return { app, end() {
    clearInterval(timer);
    document.removeEventListener("visibilitychange", hidden);
    narrow.removeEventListener("change", unfold);
  } };
}
