// Puts parts of a page in place of those with the same id, all that were sent or those named; focus, scroll and opened
// details stay. Returns the elements, known by their `data-key`, whose `data-say` is new, and those no longer there.
export function swap(html, ids) {
  const fresh = new DOMParser().parseFromString(html, "text/html");
  const parts = ids ? ids.map((id) => fresh.getElementById(id)).filter(Boolean) : [...fresh.body.children];
  const before = new Map();
  const after = new Map();
  for (const part of parts) {
    const old = document.getElementById(part.id);
    if (!old || old.isEqualNode(part)) continue;
    collect(old, before);
    replace(old, part);
    collect(old, after);
  }
  const unlike = (element) => before.get(element.dataset.key)?.dataset.say !== element.dataset.say;
  return {
    changed: [...after.values()].filter(unlike),
    gone: [...before.values()].filter((element) => !after.has(element.dataset.key)),
  };
}

function collect(root, found) {
  for (const element of root.querySelectorAll("[data-key]")) found.set(element.dataset.key, element);
}

function replace(old, part) {
  const restore = remember(old);
  for (const { name } of [...old.attributes]) if (!part.hasAttribute(name)) old.removeAttribute(name);
  for (const { name, value } of part.attributes) old.setAttribute(name, value);
  old.replaceChildren(...part.childNodes);
  restore();
}

function remember(root) {
  const focused = root.contains(document.activeElement) ? document.activeElement : null;
  const key = focused?.closest("[data-key]")?.dataset.key;
  const id = focused?.id;
  const opened = [...root.querySelectorAll("details[open][id]")].map((details) => details.id);
  const { scrollTop, scrollLeft } = root;
  return () => {
    for (const name of opened) document.getElementById(name)?.setAttribute("open", "");
    root.scrollTo(scrollLeft, scrollTop);
    if (!focused || focused === root) return;
    const again = key ? root.querySelector(`[data-key="${CSS.escape(key)}"] :is(a, button, input)`) : id && document.getElementById(id);
    (again || root).focus({ preventScroll: true });
  };
}
