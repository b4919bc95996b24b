// The route map: drawn from the list beside it, whose rows say everything; pointing at one shows in the other.
import * as L from "leaflet/dist/leaflet-src.esm.js";
import { graticule } from "./map/graticule.js";
import { depot, pin } from "./map/pin.js";

const EDGE = [32, 32];
const canvas = document.getElementById("map");
const list = document.getElementById("routes");
const still = matchMedia("(prefers-reduced-motion: reduce)").matches;

if (canvas && list) start();

function start() {
  canvas.hidden = false;
  const map = L.map(canvas, { zoomSnap: canvas.dataset.tiles ? 1 : 0.25, zoomAnimation: !still, fadeAnimation: !still, markerZoomAnimation: !still });
  map.attributionControl.setPrefix(false);
  L.control.scale({ position: "bottomright" }).addTo(map);
  const drawn = L.featureGroup().addTo(map);
  const pins = new Map();
  map.setView([0, 0], 2);
  draw(drawn, pins);
  if (drawn.getLayers().length) map.fitBounds(drawn.getBounds(), { padding: EDGE, maxZoom: 15, animate: false });
  ground(map);
  new ResizeObserver(() => map.invalidateSize({ animate: false })).observe(canvas);
  document.addEventListener("board:swapped", () => redraw(drawn, pins));
  point(map, pins);
}

// Tiles where the installation names a server of them, else a grid of degrees.
function ground(map) {
  const tiles = canvas.dataset.tiles;
  if (tiles) L.tileLayer(tiles, { maxZoom: 19, attribution: "Map data © OpenStreetMap contributors" }).addTo(map);
  else graticule(map);
}

function at(text) {
  return text.split(",").map(Number);
}

function draw(drawn, pins) {
  for (const route of list.querySelectorAll("[data-route]")) {
    const hue = [...route.classList].filter((name) => name.startsWith("hue-") || name === "dashed").join(" ");
    const stops = [...route.querySelectorAll("[data-at]")];
    const [start, end] = [at(route.dataset.start), at(route.dataset.end)];
    const name = route.querySelector("h2").textContent;
    const way = L.polyline([start, ...stops.map((stop) => at(stop.dataset.at)), end], { className: `way ${hue}`, interactive: false });
    const depots = `${start}` === `${end}` ? [depot(start, hue, `Start and end of ${name}`)] : [depot(start, hue, `Start of ${name}`), depot(end, hue, `End of ${name}`)];
    const markers = stops.map((stop) => pin(at(stop.dataset.at), hue, stop, name));
    for (const layer of [way, ...depots, ...markers]) {
      drawn.addLayer(layer);
      layer.getElement().dataset.of = route.dataset.route;
    }
    stops.forEach((stop, index) => pins.set(stop.dataset.key, markers[index]));
  }
}

// After a change: everything anew, with the same stop opened as before.
function redraw(drawn, pins) {
  const opened = [...pins].find(([, marker]) => marker.isPopupOpen())?.[0];
  drawn.clearLayers();
  pins.clear();
  draw(drawn, pins);
  pins.get(opened)?.openPopup();
}

// Focus and hover in the list light the marker and let its route stand out, and the other way round.
function point(map, pins) {
  const row = (key) => list.querySelector(`[data-key="${CSS.escape(key)}"]`);
  on(canvas, "[data-pin]", (marker, lit) => {
    marker.classList.toggle("lit", lit);
    row(marker.dataset.pin)?.classList.toggle("lit", lit);
  });
  on(list, "[data-key]", (stop, lit) => {
    stop.classList.toggle("lit", lit);
    pins.get(stop.dataset.key)?.getElement().classList.toggle("lit", lit);
  });
  on(list, "[data-route]", (route, lit) => {
    canvas.classList.toggle("apart", lit);
    for (const element of canvas.querySelectorAll(`[data-of="${route.dataset.route}"]`)) element.classList.toggle("own", lit);
  });
  list.addEventListener("focusin", (event) => {
    const marker = pins.get(event.target.closest("[data-key]")?.dataset.key);
    if (marker) map.panInside(marker.getLatLng(), { padding: EDGE, animate: !still });
  });
  canvas.addEventListener("click", (event) => {
    const marker = event.target.closest("[data-pin]");
    if (marker) row(marker.dataset.pin)?.scrollIntoView({ block: "nearest" });
  });
}

// Calls `act(element, true)` where pointer or focus enters an element of the kind, and with false where it leaves.
function on(root, kind, act) {
  for (const [name, lit] of [["mouseover", true], ["mouseout", false], ["focusin", true], ["focusout", false]]) {
    root.addEventListener(name, (event) => {
      const element = event.target.closest?.(kind);
      if (element) act(element, lit);
    });
  }
}
