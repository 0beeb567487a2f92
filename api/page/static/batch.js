// Shows a batch as it goes. Without it the refresh link does the same.
"use strict";

// In a block of its own: scripts of a page share their names.
{
  const address = document.getElementById("batch").dataset.events;
  const events = address ? new EventSource(address) : null;
  let coming = false;

  const show = async () => {
    coming = false;
    const response = await fetch(window.location.href, { headers: { Accept: "text/html" } });
    if (!response.ok) return;
    const page = new DOMParser().parseFromString(await response.text(), "text/html");
    const fresh = page.getElementById("batch");
    const old = document.getElementById("batch");
    // Who is about to press a button or a link keeps it.
    const held = old.contains(document.activeElement) ? document.activeElement.tagName.toLowerCase() : "";
    old.replaceWith(fresh);
    if (held) (fresh.querySelector(held) || document.getElementById("main")).focus();
    if (!fresh.dataset.events) events.close();
  };

  if (events) {
    const soon = () => { if (!coming) { coming = true; setTimeout(show, 300); } };
    for (const kind of ["state", "child", "error"]) events.addEventListener(kind, soon);
  }
}
