// Names on a map without tiles, where the planning's own addresses are; one that would lie over another stays away.
import * as L from "leaflet/dist/leaflet-src.esm.js";

const CLOSE = 11;
const [LETTER, HIGH, PIN] = [4.2, 9, 13];
const SHIFTS = [0, -22, 22, -44, 44, -66, 66];

// The `pins` are where nothing is written: a name goes above or below them.
export function labels(map, source, pins) {
  map.createPane("labels").style.zIndex = 350;
  const written = L.layerGroup().addTo(map);
  const draw = () => {
    written.clearLayers();
    const taken = pins().map((place) => around(map.latLngToContainerPoint(place), PIN, PIN));
    for (const name of source()) {
      if (name.small && map.getZoom() < CLOSE) continue;
      const at = inside(map, name);
      const free = SHIFTS.find((up) => !taken.some((other) => overlap(box(name, at, up), other)));
      if (free === undefined) continue;
      taken.push(box(name, at, free));
      const icon = L.divIcon({ className: `town${name.small ? " small" : ""}`, html: letters(name.text), iconSize: [0, 0] });
      const place = map.containerPointToLatLng([at.x, at.y - free]);
      written.addLayer(L.marker(place, { icon, pane: "labels", keyboard: false, interactive: false }));
    }
  };
  map.on("zoomend resize", draw);
  return draw;
}

// Where the name belongs, as far from the edges as it needs.
function inside(map, { at, text }) {
  const { x, y } = map.latLngToContainerPoint(at);
  const [wide, width] = [text.length * LETTER, map.getSize().x];
  return x < 0 || x > width ? { x, y } : { x: Math.min(Math.max(x, wide), width - wide), y };
}

const around = ({ x, y }, wide, high) => [x - wide, y - high, x + wide, y + high];
const box = (name, { x, y }, up) => around({ x, y: y - up }, name.text.length * LETTER, HIGH);
const overlap = (a, b) => a[0] < b[2] && b[0] < a[2] && a[1] < b[3] && b[1] < a[3];

function letters(text) {
  const span = document.createElement("span");
  span.textContent = text;
  return span;
}

// North is up: said by an arrow.
export function north(map) {
  const Compass = L.Control.extend({
    onAdd: () => {
      const box = L.DomUtil.create("div", "north");
      box.innerHTML = '<svg viewBox="0 0 20 28" role="img" aria-label="North is up"><path d="M10 1 16 17 10 13 4 17z"/><text x="10" y="27">N</text></svg>';
      return box;
    },
  });
  new Compass({ position: "topright" }).addTo(map);
}
