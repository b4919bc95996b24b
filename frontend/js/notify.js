// The notify dialog: opens over the page it was asked from, and counts again with every change. What it counts is
// the server's answer to the form as it stands (portal/console/notify.py); without this script a button asks for it.
import { swap } from "./swap.js";

const DELAY = 150;

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
}

async function open(url) {
  const answer = await fetch(url).catch(() => null);
  const page = answer?.ok && new DOMParser().parseFromString(await answer.text(), "text/html");
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
    const parts = event.target.closest("[data-recounts]")?.dataset.recounts;
    if (!parts) return;
    clearTimeout(waiting);
    waiting = setTimeout(() => recount(form, parts.split(" "), "count"), DELAY);
  });
  window.addEventListener("focus", () => {
    if (form.isConnected) recount(form, ["customers", "count"], "count"); // a contact may have been mended in another tab
  });
  form.addEventListener("submit", (event) => {
    const pressed = event.submitter?.value ?? "count";
    if (pressed === "send") return;
    event.preventDefault();
    recount(form, pressed === "count" ? ["count"] : ["days"], pressed);
  });
}

let turn = 0;

async function recount(form, parts, pressed) {
  const mine = ++turn;
  const data = new FormData(form);
  data.set("act", pressed);
  const answer = await fetch(form.action, { method: "POST", body: data }).catch(() => null);
  if (!answer?.ok || mine !== turn) return;
  swap(await answer.text(), parts.map((name) => `notify-${name}`));
  dress(form);
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
