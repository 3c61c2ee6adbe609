// Questions with nothing filled in. The button works when every one is answered; what was sent
// cannot be changed where the form says so. No dependency, no network.
function make(tag, className, text) {
  const node = document.createElement(tag);
  if (className) node.className = className;
  if (text !== undefined) node.textContent = text;
  return node;
}

function number(question, value, tell) {
  const box = make("span", "form-number");
  const input = make("input");
  input.type = "number";
  input.inputMode = "decimal";
  input.step = "any";
  input.min = question.low;
  input.max = question.high;
  input.name = question.key;
  input.setAttribute("aria-label", `${question.text} (${question.unit})`);
  if (value !== undefined) input.value = value;
  input.oninput = () => {
    const read = input.value === "" ? NaN : Number(input.value);
    const fits = read >= question.low && read <= question.high;
    tell(fits ? read : undefined);
  };
  box.append(input, make("span", "", question.unit));
  return box;
}

function choice(question, value, tell) {
  const box = make("div", "form-choices");
  const group = `${question.key}-${Math.random().toString(36).slice(2)}`;
  for (const [name, label] of question.options) {
    const line = make("label", "form-choice");
    const input = make("input");
    input.type = "radio";
    input.name = group;
    input.value = name;
    input.checked = name === value;
    input.onchange = () => tell(name);
    line.append(input, make("span", "", label));
    box.append(line);
  }
  return box;
}

function render({ model, el }) {
  const words = model.get("words");
  const root = make("form", "form");
  root.lang = words.lang;
  const given = { ...model.get("answers") };
  const button = make("button", "form-button", words.send);
  button.type = "submit";
  const status = make("div", "form-status");
  status.setAttribute("role", "status");
  status.setAttribute("aria-live", "polite");
  status.tabIndex = -1;
  const questions = model.get("questions");

  function missing() {
    return questions.filter((question) => given[question.key] === undefined).length;
  }

  function draw() {
    const sent = model.get("sent") > 0;
    const closed = sent && model.get("once");
    const here = root.contains(document.activeElement);
    button.disabled = missing() > 0 || closed;
    for (const input of root.querySelectorAll("input")) input.disabled = closed;
    status.textContent = model.get("status") ||
      (missing() ? words.missing.replace("{}", String(missing())) : words.ready);
    if (here && closed) status.focus(); // what had the focus is out of use
  }

  for (const question of questions) {
    const field = make("fieldset", "form-question");
    field.append(make("legend", "", question.text));
    const tell = (value) => { given[question.key] = value; draw(); };
    const kind = question.options ? choice : number;
    field.append(kind(question, given[question.key], tell));
    root.append(field);
  }
  root.append(button, status);
  // the notebook has keys of its own: arrows among radio buttons must not move its cells
  root.addEventListener("keydown", (event) => event.stopPropagation());
  root.addEventListener("submit", (event) => {
    event.preventDefault();
    if (missing()) return;
    model.set("answers", { ...given });
    model.set("sent", model.get("sent") + 1);
    model.save_changes();
  });
  model.on("change:status", draw);
  model.on("change:sent", draw);
  el.append(root);
  draw();
  return () => { model.off("change:status", draw); model.off("change:sent", draw); };
}

export default { render };
