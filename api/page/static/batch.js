// Shows a batch as it goes. Without it the refresh link does the same.
"use strict";

let coming = false;

async function show() {
  coming = false;
  const response = await fetch(window.location.href, { headers: { Accept: "text/html" } });
  if (!response.ok) return;
  const page = new DOMParser().parseFromString(await response.text(), "text/html");
  const fresh = page.getElementById("batch");
  const old = document.getElementById("batch");
  // Who is about to press the button keeps it under the finger.
  const held = old.contains(document.activeElement) && document.activeElement.tagName;
  old.replaceWith(fresh);
  if (held) (fresh.querySelector(held.toLowerCase()) || document.getElementById("main")).focus();
  if (!fresh.dataset.events && events) events.close();
}

const running = document.getElementById("batch").dataset.events;
const events = running ? new EventSource(running) : null;
if (events) {
  const soon = () => { if (!coming) { coming = true; setTimeout(show, 300); } };
  for (const kind of ["state", "child"]) events.addEventListener(kind, soon);
  // The stream ends with the batch, and a browser would come again for ever.
  events.addEventListener("error", soon);
}
