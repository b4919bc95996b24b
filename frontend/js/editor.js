// The template editor: a chip goes in at the cursor, and what stands under each text follows the typing. What that says
// is the server's answer to the form as it stands (portal/admin/templates.py); without this script a button asks for it.
import { swap } from "./swap.js";

const DELAY = 300;

export function start() {
  const form = document.querySelector("[data-editor]");
  if (form) enliven(form);
}

function enliven(form) {
  let target = form.querySelector("textarea");
  let waiting = 0;
  const changed = new Set();
  form.classList.add("scripted");
  for (const frame of form.querySelectorAll("iframe[data-stale]")) show(form, frame.name.replace("letter-", ""));

  form.addEventListener("focusin", (event) => {
    if (event.target.closest(".language") && event.target.matches("textarea, input.input")) target = event.target;
  });
  form.addEventListener("input", (event) => {
    const language = event.target.closest("[data-language]");
    if (!language && event.target.name !== "attach_appointment") return;
    if (language) changed.add(language.dataset.language);
    forgive(event.target);
    clearTimeout(waiting);
    waiting = setTimeout(() => {
      measure(form);
      for (const code of changed) show(form, code);
      changed.clear();
    }, DELAY);
  });
  form.addEventListener("click", (event) => {
    const chip = event.target.closest("[data-insert]");
    if (chip) insert(target, chip);
    const cheaper = event.target.closest("[data-from], [data-all]");
    if (cheaper) {
      event.preventDefault();
      cheapen(cheaper);
    }
  });
}

// What was wrong when it was sent needn't be wrong any more: from here on the part below the text says it.
function forgive(input) {
  const field = input.closest(".field.wrong");
  field?.classList.remove("wrong");
  field?.querySelector(".error")?.remove();
  if (field) for (const name of ["aria-invalid", "aria-describedby"]) input.removeAttribute(name);
}

function insert(target, chip) {
  chip.closest("details")?.removeAttribute("open");
  target.setRangeText(chip.dataset.insert, target.selectionStart, target.selectionEnd, "end");
  target.focus();
  target.dispatchEvent(new Event("input", { bubbles: true }));
}

function cheapen(button) {
  const language = button.closest("[data-language]");
  const text = language.querySelector("textarea");
  const chosen = button.matches("[data-all]") ? language.querySelectorAll("[data-from]") : [button];
  for (const { dataset } of chosen) text.value = text.value.replaceAll(dataset.from, dataset.to);
  text.focus();
  text.dispatchEvent(new Event("input", { bubbles: true }));
}

let turn = 0;

async function measure(form) {
  const mine = ++turn;
  const data = new FormData(form);
  data.set("act", "meter");
  const answer = await fetch(form.action, { method: "POST", body: data }).catch(() => null);
  if (answer?.ok && mine === turn) swap(await answer.text());
}

// A fresh frame each time: what is loaded into it first leaves no trace in the history.
function show(form, code) {
  const old = form.querySelector(`iframe[name="letter-${code}"]`);
  if (!old) return;
  const text = form.querySelector(`[data-language="${code}"] textarea`);
  const frame = old.cloneNode();
  frame.removeAttribute("src");
  frame.hidden = !text.value.trim();
  old.replaceWith(frame);
  if (frame.hidden) return;
  const button = document.createElement("button");
  button.name = "act";
  button.value = `letter ${code}`;
  button.formTarget = frame.name;
  button.formNoValidate = true;
  button.hidden = true;
  form.append(button);
  form.requestSubmit(button);
  button.remove();
}
