// Goes to a panel by its page, as 12, or by its name, as 12_2. The form tells with which panel each page begins.
"use strict";

const form = document.querySelector("#look-up");
const firsts = form.dataset.firsts.split(" ");
const places = (name) => name.split("_").map(Number);

function isAfter(one, other) {
  const [page, count = 0] = places(one);
  const [otherPage, otherCount = Infinity] = places(other);
  return page > otherPage || (page === otherPage && count > otherCount);
}

// The panel of this page that is asked for, or the first one of its page.
function shownHere(asked) {
  return document.getElementById(asked) ?? document.querySelector(`article[id^="${CSS.escape(asked)}_"]`);
}

function follow() {
  const asked = decodeURIComponent(location.hash.slice(1));
  const panel = asked && shownHere(asked);
  if (!panel) {
    form.querySelector("output").textContent = asked && asked !== "main" ? "There is no such panel." : "";
    return;
  }
  for (const other of document.querySelectorAll(".asked-for")) other.classList.remove("asked-for");
  panel.classList.add("asked-for");
  panel.scrollIntoView({ block: "start" });
}

form.hidden = false;
form.addEventListener("submit", (event) => {
  event.preventDefault();
  const asked = form.elements.panel.value.trim();
  if (!/^-?\d+(_\d+)?$/.test(asked)) {
    form.querySelector("output").textContent = "A number is asked for, as 12 or 12_2.";
    return;
  }
  // A page's first panel may stand at the end of the one before.
  const target = asked.includes("_") ? asked : `${asked}_1`;
  const number = Math.max(1, firsts.filter((first) => !isAfter(first, target)).length);
  location.href = `${number === 1 ? "panels.html" : `panels-${number}.html`}#${asked}`;
});
addEventListener("hashchange", follow);
follow();
