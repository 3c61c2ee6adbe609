// Values of the day under the finger or the arrow keys. The page tells its story without it.
for (const place of document.querySelectorAll("[data-hover]")) {
  const told = JSON.parse(place.dataset.hover), image = place.querySelector("img");
  const line = place.appendChild(document.createElement("i"));
  const box = place.appendChild(document.createElement("div"));
  box.className = "values"; box.setAttribute("aria-live", "polite"); line.className = "at";
  let at = -1;
  const show = (k) => {
    at = Math.max(0, Math.min(told.days.length - 1, k));
    const first = told.panels[0], last = told.panels[told.panels.length - 1];
    const x = first.box[0] + first.box[2] * (told.days[at] - first.x[0]) / (first.x[1] - first.x[0]);
    line.style.left = 100 * x + "%";
    line.style.top = 100 * first.box[1] + "%";
    line.style.height = 100 * (last.box[1] + last.box[3] - first.box[1]) + "%";
    box.replaceChildren();
    const head = box.appendChild(document.createElement("b"));
    head.textContent = told.day.replace("{}", told.days[at]);
    const table = box.appendChild(document.createElement("table"));
    const heads = table.insertRow(); heads.insertCell();
    for (const panel of told.panels) heads.insertCell().textContent = panel.name;
    for (const agent of told.agents) {
      const row = table.insertRow(), name = row.insertCell();
      name.textContent = agent.name; name.style.color = agent.colour;
      for (const values of agent.values) row.insertCell().textContent = values[at];
    }
    place.classList.add("on");
  };
  const nearest = (event) => {
    const edge = image.getBoundingClientRect(), panel = told.panels[0];
    const share = ((event.clientX - edge.left) / edge.width - panel.box[0]) / panel.box[2];
    const day = panel.x[0] + share * (panel.x[1] - panel.x[0]);
    show(told.days.reduce((best, d, k) =>
      Math.abs(d - day) < Math.abs(told.days[best] - day) ? k : best, 0));
  };
  place.addEventListener("pointermove", nearest);
  place.addEventListener("pointerdown", nearest);
  place.addEventListener("pointerleave", (e) => e.pointerType === "mouse" && place.classList.remove("on"));
  place.addEventListener("keydown", (e) => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[e.key];
    if (step) { show(at + step); e.preventDefault(); }
  });
}
