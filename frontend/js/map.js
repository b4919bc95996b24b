// The route map: drawn from the list beside it, whose rows say everything; pointing at one shows in the other.
import * as L from "leaflet/dist/leaflet-src.esm.js";
import { graticule } from "./map/graticule.js";
import { labels, north } from "./map/labels.js";
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
  const ways = new Map();
  map.setView([0, 0], 2);
  draw(drawn, pins, ways);
  if (drawn.getLayers().length) map.fitBounds(drawn.getBounds(), { padding: EDGE, maxZoom: 15, animate: false });
  const name = ground(map, () => [...pins.values()].map(({ layers }) => layers[0].getLatLng()));
  new ResizeObserver(() => map.invalidateSize({ animate: false })).observe(canvas);
  document.addEventListener("board:swapped", () => {
    draw(drawn, pins, ways);
    name();
  });
  point(map, pins);
}

// Tiles where the installation names a server of them, else a grid of degrees and the names of towns.
function ground(map, taken) {
  north(map);
  const tiles = canvas.dataset.tiles;
  if (tiles) {
    L.tileLayer(tiles, { maxZoom: 19, attribution: "Map data © OpenStreetMap contributors" }).addTo(map);
    return () => {};
  }
  graticule(map);
  const towns = () => [...document.querySelectorAll("[data-town]")].map(({ dataset, textContent }) => ({ at: at(dataset.town), text: textContent, small: "small" in dataset }));
  const name = labels(map, towns, taken);
  name();
  return name;
}

function at(text) {
  return text.split(",").map(Number);
}

// Draws what isn't there yet, and takes away what is there no longer: most of a day stays as it is.
function draw(drawn, pins, ways) {
  const [seen, led] = [new Set(), new Set()];
  for (const route of list.querySelectorAll("[data-route]")) {
    const hue = [...route.classList].filter((name) => name.startsWith("hue-") || name === "dashed").join(" ");
    const name = route.querySelector("h2").textContent;
    led.add(route.dataset.route);
    keep(drawn, ways, route.dataset.route, route.dataset.way + hue, route, () => way(route, hue, name));
    for (const stop of route.querySelectorAll("[data-at]")) {
      seen.add(stop.dataset.key);
      const shown = [route.dataset.route, hue, stop.dataset.at, stop.dataset.mark, stop.dataset.number].join();
      keep(drawn, pins, stop.dataset.key, shown, route, () => [pin(at(stop.dataset.at), hue, stop, name)]);
      pins.get(stop.dataset.key).row = stop;
    }
  }
  for (const [layers, there] of [[pins, seen], [ways, led]]) {
    for (const key of [...layers.keys()].filter((key) => !there.has(key))) drop(drawn, layers, key);
  }
}

function keep(drawn, layers, key, shown, route, make) {
  const old = layers.get(key);
  if (old?.shown === shown) return;
  const opened = old?.layers[0].isPopupOpen?.();
  drop(drawn, layers, key);
  const made = make();
  layers.set(key, { shown, layers: made });
  for (const layer of made) {
    drawn.addLayer(layer);
    layer.getElement().dataset.of = route.dataset.route;
  }
  if (opened) made[0].openPopup();
}

function drop(drawn, layers, key) {
  for (const layer of layers.get(key)?.layers ?? []) drawn.removeLayer(layer);
  layers.delete(key);
}

function way(route, hue, name) {
  const places = route.dataset.way.split(" ").map(at);
  const [start, end] = [places[0], places.at(-1)];
  const line = L.polyline(places, { className: `way ${hue}`, interactive: false });
  return `${start}` === `${end}` ? [line, depot(start, hue, `Start and end of ${name}`)] : [line, depot(start, hue, `Start of ${name}`), depot(end, hue, `End of ${name}`)];
}

// Focus and hover in the list light the marker and let its route stand out, and the other way round.
function point(map, pins) {
  const row = (key) => list.querySelector(`[data-key="${CSS.escape(key)}"]`);
  const marker = (key) => pins.get(key)?.layers[0];
  on(canvas, "[data-pin]", (pinned, lit) => {
    pinned.classList.toggle("lit", lit);
    row(pinned.dataset.pin)?.classList.toggle("lit", lit);
  });
  on(list, "[data-key]", (stop, lit) => {
    stop.classList.toggle("lit", lit);
    marker(stop.dataset.key)?.getElement().classList.toggle("lit", lit);
  });
  let apart = null;
  on(list, "[data-route]", (route, lit) => {
    if (lit ? apart === route : !apart) return;
    apart = lit ? route : null;
    canvas.classList.toggle("apart", lit);
    for (const element of canvas.querySelectorAll(".own")) element.classList.remove("own");
    if (lit) for (const element of canvas.querySelectorAll(`[data-of="${route.dataset.route}"]`)) element.classList.add("own");
  });
  list.addEventListener("focusin", (event) => {
    const found = marker(event.target.closest("[data-key]")?.dataset.key);
    if (found) map.panInside(found.getLatLng(), { padding: EDGE, animate: !still });
  });
  canvas.addEventListener("click", (event) => {
    const found = row(event.target.closest("[data-pin]")?.dataset.pin ?? "");
    found?.scrollIntoView({ block: "nearest" });
    found?.querySelector("a").focus({ preventScroll: true });
  });
}

// Calls `act(element, true)` where pointer or focus enters an element of the kind, and with false where it leaves.
function on(root, kind, act) {
  for (const [name, lit] of [["mouseover", true], ["mouseout", false], ["focusin", true], ["focusout", false]]) {
    root.addEventListener(name, (event) => {
      const element = event.target.closest?.(kind);
      if (element && !(event.relatedTarget instanceof Element && element.contains(event.relatedTarget))) act(element, lit);
    });
  }
}
