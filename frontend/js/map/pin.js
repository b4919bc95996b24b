// Markers: a stop's shape is its state, its outline the route's hue; what its popup says stands in the list's row.
import * as L from "leaflet/dist/leaflet-src.esm.js";

const DISC = '<circle class="outline" cx="14" cy="14" r="11"/>';
const SQUARE = '<rect class="outline" x="3" y="3" width="22" height="22" rx="4"/>';
const SHAPES = {
  confirmed: `${DISC}{number}<circle class="tick-ground" cx="24" cy="4" r="6"/><path class="tick" d="m21 4 2.2 2.2L27 2"/>`,
  moved: `${DISC}<path class="body" d="M14 4.5a9.5 9.5 0 0 0 0 19z"/>{number}`,
  waiting: `${DISC}<circle class="body" cx="14" cy="14" r="8.5"/>{number}`,
  silent: '<circle class="outline" cx="14" cy="14" r="9"/>{number}',
  problem: '<path class="outline" d="M14 1 27 25H1z" stroke-linejoin="round"/>{low}',
  under_way: `${SQUARE}{number}`,
  done: `${SQUARE}{number}`,
};

const number = (text, y) => `<text x="14" y="${y}">${text}</text>`;

function svg(mark, position) {
  const drawing = SHAPES[mark].replace("{number}", number(position, 18.2)).replace("{low}", number(position, 21));
  return `<svg viewBox="0 0 28 28" aria-hidden="true">${drawing}</svg>`;
}

export function pin(at, hue, row, technician) {
  const { key, mark, number: position } = row.dataset;
  const icon = L.divIcon({ className: `pin ${mark} ${hue}`, html: svg(mark, Number(position)), iconSize: [28, 28] });
  const marker = L.marker(at, { icon, keyboard: false, riseOnHover: true });
  marker.on("add", () => {
    marker.getElement().dataset.pin = key;
  });
  return marker.bindPopup(() => says(document.querySelector(`#routes [data-key="${CSS.escape(key)}"]`) ?? row, technician), { minWidth: 180, offset: [0, -6], autoPanPadding: [24, 24] });
}

function says(row, technician) {
  const [name, ...parts] = row.querySelectorAll("[data-part]");
  const planned = `${technician}, stop ${row.dataset.number}, planned ${row.querySelector(".start").textContent}`;
  const box = document.createElement("div");
  box.append(name.cloneNode(true), ...[planned, ...parts.map((part) => part.dataset.part || part.textContent)].map(line));
  return box;
}

function line(text) {
  const element = document.createElement("p");
  element.textContent = text;
  return element;
}

export function depot(at, hue, title) {
  const icon = L.divIcon({ className: `depot ${hue}`, iconSize: [14, 14] });
  return L.marker(at, { icon, title, keyboard: false, interactive: false, zIndexOffset: -1000 });
}
