// A grid of degrees for maps without tiles: some 120 pixels from line to line, each with its degree.
import * as L from "leaflet/dist/leaflet-src.esm.js";

const STEPS = [30, 20, 10, 5, 2, 1, 0.5, 0.2, 0.1, 0.05, 0.02, 0.01, 0.005, 0.002, 0.001];
const APART = 120;

export function graticule(map) {
  const pane = map.createPane("graticule");
  pane.style.zIndex = 150;
  const renderer = L.svg({ pane: "graticule" });
  const lines = L.layerGroup().addTo(map);
  const draw = () => {
    lines.clearLayers();
    const bounds = map.getBounds();
    const step = fitting((bounds.getEast() - bounds.getWest()) / map.getSize().x);
    const corner = map.containerPointToLatLng([4, map.getSize().y - 4]);
    for (const lon of multiples(bounds.getWest(), bounds.getEast(), step)) {
      add([[bounds.getSouth(), lon], [bounds.getNorth(), lon]], [corner.lat, lon], degree(lon, step, "E", "W"));
    }
    for (const lat of multiples(bounds.getSouth(), bounds.getNorth(), step)) {
      add([[lat, bounds.getWest()], [lat, bounds.getEast()]], [lat, corner.lng], degree(lat, step, "N", "S"));
    }
  };
  const add = (line, place, text) => {
    const icon = L.divIcon({ className: "degree", html: text, iconSize: [48, 14], iconAnchor: [-3, 15] });
    lines.addLayer(L.polyline(line, { className: "meridian", interactive: false, pane: "graticule", renderer }));
    lines.addLayer(L.marker(place, { icon, keyboard: false, interactive: false, pane: "graticule" }));
  };
  map.on("moveend resize", draw);
  draw();
}

const fitting = (perPixel) => STEPS.findLast((step) => step / perPixel >= APART) ?? STEPS[0];

function multiples(from, to, step) {
  const first = Math.ceil(from / step);
  return Array.from({ length: Math.max(0, Math.floor(to / step) - first + 1) }, (_, n) => (first + n) * step);
}

function degree(value, step, positive, negative) {
  const digits = Math.max(0, -Math.floor(Math.log10(step)));
  return `${Math.abs(value).toFixed(digits)}° ${value < 0 ? negative : positive}`;
}
