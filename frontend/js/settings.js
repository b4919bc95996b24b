// A form of settings beside its preview. The server says what the values do (portal/admin/link.py) and shows the customer's
// page with them (portal/customer/preview.py); without this script buttons ask for both.
import * as order from "./order.js";
import { swap } from "./swap.js";

const DELAY = 250;

export function start() {
  const form = document.querySelector("form[data-settings]");
  if (!form) return;
  const stage = form.querySelector("[data-preview]");
  const frame = stage.querySelector("iframe");
  const show = latest(() => refresh(form, stage.dataset.preview, frame));
  const say = latest(() => explain(form));
  stage.querySelector("[data-show]").hidden = true;
  order.start(form, { ask: (act) => rearrange(form, act).then(show) });
  watch(form);
  let waiting = 0;
  let unsaid = false;
  form.addEventListener("input", (event) => {
    if (event.target.name === "preview-width") return;
    if (event.target.matches("[data-language]")) speak(form, event.target.value);
    unsaid ||= !event.target.closest("[data-preview]");
    clearTimeout(waiting);
    waiting = setTimeout(() => {
      show();
      if (unsaid) say();
      unsaid = false;
    }, DELAY);
  });
  form.addEventListener("focusin", (event) => follow(form, event.target, show));
  frame.addEventListener("load", show, { once: true });
  if (frame.contentDocument?.readyState === "complete") show();
}

// Runs one at a time; whatever was asked for meanwhile is done once more at the end.
function latest(act) {
  let running = false;
  let again = false;
  return async function run() {
    if (running) {
      again = true;
      return;
    }
    running = true;
    await act().catch(() => null); // the server can't be reached just now: the next change asks again
    running = false;
    if (again) {
      again = false;
      run();
    }
  };
}

async function refresh(form, url, frame) {
  const answer = await fetch(url, { method: "POST", body: new FormData(form) });
  if (!answer.ok || answer.redirected) return;
  const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
  const page = frame.contentDocument;
  const old = [...page.head.querySelectorAll("link[rel=stylesheet]")];
  const sheets = [...fresh.head.querySelectorAll("link[rel=stylesheet]")];
  page.documentElement.lang = fresh.documentElement.lang;
  page.documentElement.dir = fresh.documentElement.dir;
  await Promise.all(sheets.map((sheet, at) => (old[at]?.href === sheet.href ? null : dress(page, old[at], sheet))));
  page.body.replaceWith(page.adoptNode(fresh.body));
}

// The new sheet is there before the old one goes, so the page is never bare.
function dress(page, old, sheet) {
  return new Promise((done) => {
    const link = page.adoptNode(sheet);
    const settle = () => {
      old?.remove();
      done();
    };
    link.addEventListener("load", settle, { once: true });
    link.addEventListener("error", settle, { once: true });
    if (old) old.after(link);
    else page.head.append(link);
  });
}

async function answered(form, act) {
  const data = new FormData(form);
  data.set("act", act);
  const answer = await fetch(form.getAttribute("action") || location.pathname, { method: "POST", body: data });
  return answer.ok && !answer.redirected ? answer.text() : "";
}

// The sentences under the fields, with the numbers that stand in them now.
async function explain(form) {
  const html = await answered(form, "explain");
  const ids = [...form.querySelectorAll(".hint[id], #shades, #overlaps")].map((part) => part.id);
  if (html) swap(html, ids);
  for (const text of new DOMParser().parseFromString(html, "text/html").querySelectorAll("[data-text]")) {
    document.getElementById(text.id).placeholder = text.placeholder;
  }
}

async function rearrange(form, act) {
  const html = await answered(form, act);
  if (html) swap(html, ["slots"]);
  form.dispatchEvent(new Event("change"));
}

// The texts that are open and the page that is shown speak the same language.
function speak(form, code) {
  form.elements["preview-language"].value = code;
}

// Who writes a text sees the page that it stands on.
const PAGES = { title: "ask", description: "ask", after_confirm: "confirmed", after_reschedule: "rescheduled", error: "refused" };

function follow(form, field, show) {
  const page = PAGES[field.dataset?.text] ?? (field.closest("#slots, #offers") ? "slots" : "");
  const chosen = form.elements["preview-page"];
  if (!page || chosen.value === page) return;
  chosen.value = page;
  show();
}

// Says that something isn't kept yet, and asks before the page is left.
function watch(form) {
  const said = form.querySelector("[data-unsaved]");
  const kept = said.textContent.trim() ? null : written(form);
  let leaving = false;
  const changed = () => written(form) !== kept;
  const tell = () => {
    const text = changed() ? "Not saved yet." : "";
    if (said.textContent !== text) said.textContent = text;
  };
  form.addEventListener("input", tell);
  form.addEventListener("change", tell);
  form.addEventListener("submit", (event) => {
    leaving = !event.defaultPrevented && !event.submitter?.formTarget;
  });
  window.addEventListener("beforeunload", (event) => {
    if (!leaving && changed()) event.preventDefault();
  });
}

function written(form) {
  const pairs = [...new FormData(form)].filter(([name]) => name !== "language" && name !== "row" && !name.startsWith("preview-"));
  return JSON.stringify(pairs.map(([name, value]) => [name, value instanceof File ? value.name : value]));
}
