// Puts parts of a page in place of those with the same id, all that were sent or those named. Only what differs is
// touched, so focus, scroll, opened details and what a pointer is over stay. Returns the elements, known by their
// `data-key`, whose `data-say` is new, and those no longer there.
const OWN = new Set(["changed", "lit"]);

export function swap(html, ids) {
  const fresh = new DOMParser().parseFromString(html, "text/html");
  const parts = ids ? ids.map((id) => fresh.getElementById(id)).filter(Boolean) : [...fresh.body.children];
  const pairs = parts.map((part) => [document.getElementById(part.id), part]).filter(([old, part]) => old && !old.isEqualNode(part));
  const [before, gone] = [new Map(), new Map()];
  for (const [old] of pairs) for (const row of rows(old)) before.set(row.dataset.key, row.dataset.say) && gone.set(row.dataset.key, row);
  const focused = document.activeElement;
  const key = focused?.closest("[data-key]")?.dataset.key;
  for (const [old, part] of pairs) morph(old, part);
  const after = pairs.flatMap(([old]) => rows(document.getElementById(old.id)));
  for (const row of after) gone.delete(row.dataset.key);
  if (focused !== document.activeElement) (focused.isConnected ? focused : again(key, pairs))?.focus({ preventScroll: true });
  return { changed: after.filter((row) => before.get(row.dataset.key) !== row.dataset.say), gone: [...gone.values()] };
}

const rows = (root) => [...root.querySelectorAll("[data-key]")];

// The row that had the focus, wherever it is now; where it is gone, the part it was in.
const again = (key, pairs) => document.querySelector(`[data-key="${CSS.escape(key ?? "")}"] :is(a, button, input)`) ?? document.getElementById(pairs[0]?.[0].id);

function morph(old, part) {
  if (old.isEqualNode(part)) return;
  if (old.nodeType !== Node.ELEMENT_NODE || old.tagName !== part.tagName || name(old) !== name(part)) return old.replaceWith(part);
  attributes(old, part);
  children(old, part);
}

function attributes(old, part) {
  const own = [...old.classList].filter((each) => OWN.has(each));
  for (const { name } of [...old.attributes]) if (!part.hasAttribute(name) && name !== "open") old.removeAttribute(name);
  for (const { name, value } of part.attributes) if (old.getAttribute(name) !== value) old.setAttribute(name, value);
  old.classList.add(...own);
}

// Rows are known by their names wherever they moved to, everything else by its place.
function children(old, part) {
  const named = new Map([...old.children].filter(name).map((child) => [name(child), child]));
  const stay = new Set([...part.children].map(name));
  for (const [key, child] of named) if (!stay.has(key)) child.remove();
  let place = old.firstChild;
  for (const child of [...part.childNodes]) {
    while (named.has(name(child)) && place && !name(place)) place = dropped(place);
    const known = named.get(name(child)) ?? (place && !name(place) && !name(child) ? place : null);
    if (!known) {
      old.insertBefore(child, place);
      continue;
    }
    const next = known === place ? place.nextSibling : place;
    if (known !== place) old.insertBefore(known, place);
    morph(known, child);
    place = next;
  }
  while (place) place = dropped(place);
}

// Takes a node away; returns the one after it.
function dropped(node) {
  const next = node.nextSibling;
  node.remove();
  return next;
}

const name = (node) => node.id || node.dataset?.key || node.dataset?.route || "";
