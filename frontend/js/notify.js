// The notify dialog: opens over the page it was asked from, and counts again with every change. What it counts is
// the server's answer to the form as it stands (portal/console/notify.py); without this script a button asks for it.
import { swap } from "./swap.js";

const DELAY = 150;
const ALL = ["trouble", "ways", "days", "customers", "preview", "count"];

export function start() {
  const form = document.querySelector("[data-notify]");
  if (form) enliven(form);
  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[data-dialog]");
    if (link && !event.ctrlKey && !event.metaKey && !event.shiftKey) {
      event.preventDefault();
      open(link.href);
    }
  });
  for (const all of document.querySelectorAll("[data-all]")) tickedByOne(all);
  document.addEventListener("submit", (event) => {
    const asked = event.target;
    if (!asked.matches("form[data-dialog]")) return;
    event.preventDefault();
    open(`${asked.action}?${new URLSearchParams(new FormData(asked))}`);
  });
}

// A box above a list that ticks all of it.
function tickedByOne(all) {
  all.hidden = false;
  all.addEventListener("change", () => {
    const boxes = all.closest("form").querySelectorAll(`input[type=checkbox][name="${all.dataset.all}"]:enabled`);
    for (const box of boxes) box.checked = all.checked;
  });
}

let opening = false;

async function open(url) {
  if (opening) return;
  opening = true;
  const answer = await fetch(url).catch(() => null);
  const page = answer?.ok && new DOMParser().parseFromString(await answer.text(), "text/html");
  opening = false;
  const form = page && page.querySelector("[data-notify]");
  if (!form) {
    location.assign(url);
    return;
  }
  const dialog = document.createElement("dialog");
  dialog.className = "dialog notify-dialog";
  dialog.setAttribute("aria-labelledby", "dialog-title");
  dialog.innerHTML = '<header><h2 id="dialog-title"></h2><button type="button" class="button" data-close>Close</button></header>';
  dialog.querySelector("h2").textContent = page.querySelector("h1").textContent;
  dialog.append(form);
  document.body.append(dialog);
  enliven(form);
  dialog.querySelector("[data-close]").addEventListener("click", () => dialog.close());
  dialog.addEventListener("close", () => dialog.remove());
  dialog.showModal();
}

function enliven(form) {
  let waiting = 0;
  form.classList.add("scripted");
  dress(form);
  form.addEventListener("change", (event) => {
    if (event.target.matches("[data-everybody]")) tickAll(form, event.target.checked);
    dress(form);
    if (event.target.closest(".mending, #notify-days")) return;
    const parts = event.target.closest("[data-recounts]")?.dataset.recounts;
    if (!parts) return;
    clearTimeout(waiting);
    waiting = setTimeout(() => ask(form, parts.split(" "), "count"), DELAY);
  });
  form.addEventListener("keydown", (event) => {
    const mending = event.key === "Enter" && event.target.matches("input") && event.target.closest(".mending");
    if (!mending) return;
    event.preventDefault();
    mending.querySelector("button").click();
  });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const pressed = event.submitter?.value ?? "count";
    clearTimeout(waiting);
    ask(form, parts(pressed), pressed);
  });
}

// Which parts of the dialog another answer to the button changes; what is typed elsewhere stays untouched.
function parts(pressed) {
  if (/^(add|remove)/.test(pressed)) return ["days"];
  if (/^(read|test)/.test(pressed)) return ["preview"];
  if (pressed.startsWith("mend")) return ["trouble", "customers", "preview", "count"];
  return pressed === "send" ? ALL : ["preview", "count"];
}

let turn = 0;

async function ask(form, names, pressed) {
  const mine = ++turn;
  const data = new URLSearchParams(new FormData(form)); // not as parts: the server takes only so many of those
  data.set("act", pressed);
  const button = form.querySelector("[value=send]");
  const sending = pressed === "send";
  if (sending) button.disabled = true;
  const answer = await fetch(form.action, { method: "POST", body: data }).catch(() => null);
  if (answer?.redirected) {
    location.assign(answer.url);
    return;
  }
  if (sending) button.disabled = false;
  if (mine !== turn) return;
  if (!answer || answer.status >= 500) {
    form.querySelector("#notify-count [role=status]").textContent = "The portal doesn’t answer. Nothing was sent; try again.";
    return;
  }
  swap(await answer.text(), names.map((name) => `notify-${name}`));
  dress(form);
  form.querySelector("[aria-invalid]")?.focus();
}

function dress(form) {
  for (const part of form.querySelectorAll("[data-shown-by]")) part.hidden = !document.getElementById(part.dataset.shownBy).checked;
  const boxes = [...form.querySelectorAll("input[type=checkbox][name=customer]")];
  const all = form.querySelector("[data-everybody]");
  if (!all) return;
  const ticked = boxes.filter((box) => box.checked).length;
  all.hidden = false;
  all.checked = ticked === boxes.length;
  all.indeterminate = ticked > 0 && ticked < boxes.length;
}

function tickAll(form, on) {
  for (const box of form.querySelectorAll("input[type=checkbox][name=customer]")) box.checked = on;
}
