// Rows in an order: by their buttons without a page change, by dragging their grip, by arrow keys on it. The server
// numbers them anew (portal/admin/link.py); `ask` sends it an act and puts the answer in place.
export function start(form, { ask }) {
  const list = () => form.querySelector("[data-rows]");
  if (!list()) return;
  const done = (act, focus, news) =>
    ask(act).then(() => {
      bare(form);
      document.getElementById(focus)?.focus();
      document.getElementById("slot-news").textContent = news;
    });
  bare(form);
  form.addEventListener("submit", (event) => {
    const [verb, at] = (event.submitter?.value ?? "").split(" ");
    if (!["add", "remove", "up", "down"].includes(verb)) return;
    event.preventDefault();
    done(event.submitter.value, ...after(verb, Number(at), rows(form).length));
  });
  form.addEventListener("keydown", (event) => {
    const step = { ArrowUp: -1, ArrowDown: 1 }[event.key];
    const grip = event.target.closest("[data-grip]");
    if (!grip || !step) return;
    event.preventDefault();
    const at = rows(form).indexOf(grip.closest("[data-row]"));
    const to = at + step;
    if (to < 0 || to >= rows(form).length) return;
    done(`${step < 0 ? "up" : "down"} ${at}`, `slot-${to}-grip`, placed(to));
  });
  form.addEventListener("pointerdown", (event) => {
    const grip = event.target.closest("[data-grip]");
    if (grip && event.button === 0) drag(form, grip, (to) => done("order", `slot-${to}-grip`, placed(to)));
  });
}

const rows = (form) => [...form.querySelectorAll("[data-row]")];
const placed = (at) => `This slot is now number ${at + 1}.`;

function bare(form) {
  for (const grip of form.querySelectorAll("[data-grip]")) grip.hidden = false;
}

// Where the focus goes after an act, and what is said of it.
function after(verb, at, count) {
  if (verb === "add") return [`slot-${count}-start`, `Slot ${count + 1} was added.`];
  if (verb === "remove") return [count > 1 ? `slot-${Math.min(at, count - 2)}-remove` : "slot-add", `Slot ${at + 1} was removed.`];
  const to = at + (verb === "up" ? -1 : 1);
  const end = verb === "up" ? to === 0 : to === count - 1;
  return [`slot-${to}-${end ? { up: "down", down: "up" }[verb] : verb}`, placed(to)];
}

function drag(form, grip, dropped) {
  const row = grip.closest("[data-row]");
  const from = rows(form).indexOf(row);
  const move = (event) => {
    row.classList.add("dragged");
    const other = rows(form).find((each) => each !== row && over(each, event.clientY));
    if (!other) return;
    const below = rows(form).indexOf(other) > rows(form).indexOf(row);
    other[below ? "after" : "before"](row);
  };
  const end = () => {
    removeEventListener("pointermove", move);
    removeEventListener("pointerup", end);
    removeEventListener("pointercancel", end);
    row.classList.remove("dragged");
    const to = rows(form).indexOf(row);
    if (to !== from) dropped(to);
  };
  addEventListener("pointermove", move);
  addEventListener("pointerup", end);
  addEventListener("pointercancel", end);
}

// Whether the pointer is past the middle of a row, so that rows of different heights don't swap to and fro.
function over(row, y) {
  const box = row.getBoundingClientRect();
  const middle = box.top + box.height / 2;
  return y > box.top && y < box.bottom && Math.abs(y - middle) < box.height / 3;
}
