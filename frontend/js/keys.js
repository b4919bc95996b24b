// Keys for people who work here all day: / finds, j and k walk through the stops, [ and ] through the days. Single keys
// get in the way of those who speak to their machine, so they can be switched off beside their list.
const OFF = "keys-off";
const TYPED = "input, select, textarea, [contenteditable]";

export function start() {
  const dialog = document.getElementById("keys");
  if (dialog) settle(dialog);
  document.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.target.closest(TYPED) || document.querySelector("dialog[open]") || localStorage.getItem(OFF)) return;
    if (act(event, dialog)) event.preventDefault();
  });
}

// The list of keys, and the box that switches them off.
function settle(dialog) {
  const [button] = document.querySelectorAll("[data-keys]");
  const box = dialog.querySelector("input");
  button.hidden = false;
  box.checked = !localStorage.getItem(OFF);
  button.addEventListener("click", () => dialog.showModal());
  box.addEventListener("change", () => (box.checked ? localStorage.removeItem(OFF) : localStorage.setItem(OFF, "yes")));
}

function act(event, dialog) {
  const inList = event.target.closest("#routes, #week, #unplanned");
  switch (event.key) {
    case "/": return focus(document.getElementById("find"));
    case "?": return dialog && (dialog.showModal(), true);
    case "[": return follow("prev");
    case "]": return follow("next");
    case "j": return step(1);
    case "k": return step(-1);
    case "ArrowDown": return inList && step(1);
    case "ArrowUp": return inList && step(-1);
    default: return false;
  }
}

function focus(element) {
  element?.focus();
  element?.select?.();
  return Boolean(element);
}

function follow(way) {
  const link = document.querySelector(`a[rel="${way}"]`);
  link?.click();
  return Boolean(link);
}

// From the stop that has the focus, else from the first or the last, in the order that is seen.
function step(by) {
  const stops = [...document.querySelectorAll(".stop a.name")].filter((link) => link.checkVisibility());
  const now = stops.indexOf(document.activeElement?.closest(".stop")?.querySelector("a.name"));
  const next = now < 0 ? stops.at(by > 0 ? 0 : -1) : stops[now + by];
  next?.scrollIntoView({ block: "nearest" });
  return focus(next);
}
