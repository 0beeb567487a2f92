// Redraws the answer as levers move. Without it the form's button does the same with a whole page.
"use strict";

const form = document.querySelector("form[data-answer]");

// The link of an edited scenario holds only what differs from the scenario as written.
function query() {
  const edits = new URLSearchParams();
  for (const field of form.querySelectorAll("input")) {
    if (field.type === "checkbox" && !field.checked) edits.append("off", field.value);
    const value = field.value.trim();
    if (field.name.startsWith("/") && value !== field.dataset.base) edits.append(field.name, value);
  }
  edits.append("lang", document.documentElement.lang);
  return edits;
}

let timer = 0;
let running = null;

async function redraw() {
  const link = `${form.getAttribute("action")}?${query()}`;
  if (running) running.abort();
  running = new AbortController();
  const old = document.getElementById(form.dataset.answer);
  old.classList.add("busy");
  old.setAttribute("aria-busy", "true");
  try {
    const response = await fetch(`${link}&part=answer`, { signal: running.signal });
    const page = new DOMParser().parseFromString(await response.text(), "text/html");
    const fresh = page.getElementById(form.dataset.answer);
    if (!response.ok || !fresh) throw new Error("no answer");
    document.getElementById(form.dataset.answer).replaceWith(fresh);
    window.history.replaceState(null, "", link);
    const changed = new URL(link, window.location.href).search;
    for (const other of document.querySelectorAll("a[data-carries]")) other.search = changed;
    for (const field of form.querySelectorAll("[data-base]")) {
      field.closest(".lever").classList.toggle("moved", field.value.trim() !== field.dataset.base);
    }
  } catch (error) {
    // A page of its own says what went wrong; a redraw that a newer one overtook says nothing.
    if (error.name !== "AbortError") window.location.assign(link);
  }
}

if (form) {
  form.addEventListener("input", () => { clearTimeout(timer); timer = setTimeout(redraw, 400); });
  form.addEventListener("submit", (event) => { event.preventDefault(); clearTimeout(timer); redraw(); });
  // A lever may have moved before this script came, or been put back where it was by the browser.
  const moved = (field) => (field.type === "checkbox" ? field.checked !== field.defaultChecked : field.value !== field.defaultValue);
  if (Array.from(form.querySelectorAll("input")).some(moved)) redraw();
}

// A chart that is pointed at is drawn again, so that each part of it says what it is. Vega is fetched only then, as a
// module: its many names stay its own.
document.addEventListener("pointerover", (event) => {
  const place = event.target instanceof Element && event.target.closest("[data-chart]");
  if (!place || place.dataset.drawn) return;
  place.dataset.drawn = "asked";
  const draw = () => globalThis.drawChart(place, JSON.parse(place.dataset.chart)).then(() => { place.dataset.drawn = "again"; });
  import(place.dataset.script).then(draw).catch(() => {});
});
