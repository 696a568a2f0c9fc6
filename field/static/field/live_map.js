// Draws where the teams have been from our own GeoJSON; without a base map, so that it works off line and asks no other
// server. The list of visits beside it says the same in words. Drawn anew when the middle of the live page has changed.
const COLOURS = { visited: "#2f6b3a", critical: "#9a3324" };
const PLANNED = "#6b6657";
const element = document.getElementById("visits-map");
const figure = document.getElementById("visits-figure");
let map = null;
let layer = null;

function marker(feature, at) {
  const { state, pair } = feature.properties;
  const colour = COLOURS[state] ?? PLANNED;
  const isVisited = state in COLOURS;
  const dot = window.L.circleMarker(at, { radius: state === "critical" ? 8 : 5, color: colour, fillOpacity: isVisited ? 0.8 : 0 });
  if (!pair) return dot;
  return window.L.featureGroup([window.L.circleMarker(at, { radius: 12, color: colour, weight: 2, fill: false }), dot]);
}

function describe(feature, drawn) {
  const { station, label, stages, teams, time } = feature.properties;
  const text = document.createElement("span");
  text.textContent = [station, label, stages, teams, time].filter(Boolean).join(" · ");
  drawn.bindTooltip(text);
}

async function draw() {
  const answer = await fetch(element.dataset.geojson, { credentials: "same-origin" }).catch(() => null);
  if (!answer?.ok) return;
  const data = await answer.json();
  if (!data.features.length) return;
  figure.hidden = false;
  const isFirst = map === null;
  map ??= window.L.map(element, { attributionControl: false });
  layer?.remove();
  layer = window.L.geoJSON(data, { pointToLayer: marker, onEachFeature: describe }).addTo(map);
  if (isFirst) map.fitBounds(layer.getBounds(), { padding: [24, 24], maxZoom: 14 });
}

if (element && window.L) {
  draw();
  document.addEventListener("htmx:afterSwap", (event) => {
    if (event.detail.target?.id === "live-content") draw();
  });
}
