// Draws teams and stops from our own GeoJSON; without a base map, so that it works off line and asks no other server.
const COLOURS = ["#1d3c78", "#9a3324", "#2f6b3a", "#7a5195", "#b5651d", "#00707a", "#8a1c7c", "#5a6b00"];
const element = document.getElementById("map");

async function draw() {
  const answer = await fetch(element.dataset.geojson, { credentials: "same-origin" });
  if (!answer.ok) return;
  const data = await answer.json();
  if (!data.features.length) return;
  element.hidden = false;
  const colour = (feature) => COLOURS[(feature.properties.team - 1) % COLOURS.length];
  const map = window.L.map(element, { attributionControl: false });
  const layer = window.L.geoJSON(data, {
    style: (feature) => ({ color: colour(feature), weight: 2 }),
    pointToLayer: (feature, at) => window.L.circleMarker(at, { radius: 5, color: colour(feature), fillOpacity: 0.8 }),
    onEachFeature: (feature, drawn) => {
      const { name, time, kind, station } = feature.properties;
      const text = document.createElement("span");
      text.textContent = [name, time, kind, station].filter(Boolean).join(" · ");
      drawn.bindTooltip(text);
    },
  }).addTo(map);
  map.fitBounds(layer.getBounds(), { padding: [12, 12] });
}

if (element && window.L) draw();
