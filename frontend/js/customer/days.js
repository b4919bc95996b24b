// Days as a strip of tabs above the times of one day. The times stay the form's own radios: up and down choose among
// them, left and right go from day to day, and so does a swipe.
const SWIPE = 48; // pixels sideways that are meant

export function start() {
  const root = document.getElementById("times");
  const days = [...(root?.querySelectorAll(".day") ?? [])];
  if (days.length < 2) return;
  const strip = document.createElement("div");
  strip.className = "strip";
  strip.setAttribute("role", "tablist");
  strip.setAttribute("aria-label", root.dataset.label);
  const tabs = days.map((day) => tab(day));
  strip.append(...tabs);
  root.prepend(strip);
  root.classList.add("stripped");
  const tallest = Math.max(...days.map((day) => day.offsetHeight)); // so that the button below stays where it is
  for (const day of days) day.style.minHeight = `${tallest}px`;

  const current = () => days.findIndex((day) => !day.hidden);
  const choose = (index) => {
    days.forEach((day, nth) => {
      day.hidden = nth !== index;
      tabs[nth].setAttribute("aria-selected", String(nth === index));
      tabs[nth].tabIndex = nth === index ? 0 : -1;
    });
    const { offsetLeft, offsetWidth } = tabs[index];
    strip.scrollTo({ left: offsetLeft - (strip.clientWidth - offsetWidth) / 2 });
  };
  const step = (by) => {
    const to = Math.min(Math.max(current() + by, 0), days.length - 1);
    const moved = to !== current();
    if (moved) choose(to);
    return moved;
  };

  choose(Math.max(0, days.findIndex((day) => day.querySelector(":checked"))));
  strip.addEventListener("click", (event) => {
    const index = tabs.indexOf(event.target.closest("[role=tab]"));
    if (index >= 0) choose(index);
  });
  root.addEventListener("keydown", (event) => keys(event, { tabs, days, choose, step, current }));
  swipes(root, step);
}

function tab(day) {
  const button = document.createElement("button");
  button.type = "button";
  button.setAttribute("role", "tab");
  button.setAttribute("aria-controls", day.id);
  button.textContent = day.dataset.day;
  if (day.querySelector(".best")) {
    const mark = day.querySelector(".best").cloneNode(true);
    mark.className = "mark";
    mark.lastChild.replaceWith(hidden(mark.lastChild.textContent));
    button.append(" ", mark);
  }
  return button;
}

function hidden(text) {
  const span = document.createElement("span");
  span.className = "unseen";
  span.textContent = text;
  return span;
}

function keys(event, { tabs, days, choose, step, current }) {
  const onTab = tabs.includes(event.target);
  const by = sideways(event.key);
  if (by && step(by)) focus();
  else if (onTab && event.key === "Home") (choose(0), focus());
  else if (onTab && event.key === "End") (choose(days.length - 1), focus());
  else if (!by) return;
  event.preventDefault();

  function focus() {
    const place = onTab ? tabs[current()] : days[current()].querySelector("input");
    place.focus();
  }
}

// One day on or back, whichever way the language runs.
function sideways(key) {
  const on = { ArrowRight: 1, ArrowLeft: -1 }[key] ?? 0;
  return document.documentElement.dir === "rtl" ? -on : on;
}

function swipes(root, step) {
  let from = null;
  root.addEventListener("touchstart", ({ touches }) => {
    const inStrip = touches[0].target.closest(".strip"); // that one scrolls
    from = inStrip || touches.length > 1 ? null : touches[0];
  }, { passive: true });
  root.addEventListener("touchend", ({ changedTouches }) => {
    if (!from) return;
    const across = changedTouches[0].clientX - from.clientX;
    const down = changedTouches[0].clientY - from.clientY;
    from = null;
    if (Math.abs(across) > SWIPE && Math.abs(across) > 2 * Math.abs(down)) {
      step(sideways(across < 0 ? "ArrowRight" : "ArrowLeft"));
    }
  }, { passive: true });
}
