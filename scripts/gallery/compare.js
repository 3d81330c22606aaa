// Lays the first drawing of a pair upon the second, in six ways. #compare=2079_2,2338_1 is the link to a pair.
"use strict";

const dialog = $("#compare");
const stage = $("#stage");
const share = $("#share");
const WAYS = [...dialog.querySelectorAll("[data-way]")].map((button) => button.dataset.way);
const TOLD = { slider: "First drawing up to here", overlay: "How much of the first shows" };
const BLINK = 700; // milliseconds
const still = matchMedia("(prefers-reduced-motion: reduce)");
let pair = null;
let blinking = 0;
let ringed = true;
let chosen = ""; // the way that the reader asked for

const clusterOf = (name) => reprise.clusters.find(({ panels }) => panels.includes(name));
const findPair = (a, b) => reprise.pairs.find((known) => (known.a === a && known.b === b) || (known.a === b && known.b === a));

// The pairs that are shown of the drawing that this pair is of.
function siblings() {
  const panels = new Set(clusterOf(pair.b)?.panels);
  return reprise.pairs.filter(({ a, b }) => panels.has(a) && panels.has(b));
}

// The first drawing in its own proportions, `zoom` times as wide as the second, its middle so many percent of the
// second's width and height from the second's middle; mirrored before that.
function lay() {
  const [mirrored, zoom, across, down] = pair.place;
  const [width, height] = pair.size.b;
  const room = Math.min(dialog.clientWidth - 32, (innerHeight * 0.62 * width) / height, 940);
  const sides = stage.classList.contains("sides");
  stage.style.width = sides ? "100%" : `${Math.max(160, room)}px`;
  stage.style.aspectRatio = sides ? "auto" : `${width} / ${height}`;
  const first = $(".first img");
  first.style.width = `${100 * zoom}%`;
  first.style.left = `${50 + across}%`;
  first.style.top = `${50 + down}%`;
  first.style.transform = `translate(-50%, -50%)${mirrored ? " scaleX(-1)" : ""}`;
  if (sides) first.style.width = "";
}

function setWay(way) {
  stage.className = way;
  stage.classList.toggle("unringed", !ringed);
  stage.style.setProperty("--share", `${share.value}%`);
  for (const button of dialog.querySelectorAll("[data-way]")) button.setAttribute("aria-pressed", button.dataset.way === way);
  $(".share").hidden = !TOLD[way];
  $(".share span").textContent = TOLD[way] ?? "";
  clearInterval(blinking);
  if (way === "blink" && !still.matches) blinking = setInterval(() => stage.classList.toggle("other"), BLINK);
  lay();
}

function choose(way) {
  chosen = way;
  setWay(way);
}

function citation() {
  const [a, b] = ["a", "b"].map((end) => reprise.panels[pair[end]]);
  const addresses = [a, b].map(({ page_url }) => page_url).filter(Boolean);
  const said = `${reprise.title}, ${a.label} and ${b.label}: ${reprise.relations[pair.relation]}, ${pair.score.toFixed(2)} alike`;
  return `${said} (Reprise ${reprise.version}, #compare=${pair.a},${pair.b}).${addresses.length ? ` ${addresses.join(" ")}` : ""}`;
}

function showVerdict() {
  const verdict = verdicts()[`${pair.a},${pair.b}`];
  for (const list of Object.keys(LISTS)) $(`[data-do=${list}]`).setAttribute("aria-pressed", verdict === list);
}

function show(found) {
  pair = found;
  const [a, b] = ["a", "b"].map((end) => reprise.panels[pair[end]]);
  const called = { a, b };
  $("#compared").textContent = `${upper(a.label)} → ${b.label}`;
  for (const [layer, end] of [["first", "a"], ["second", "b"]]) {
    const image = $(`.${layer} img`);
    [image.width, image.height] = pair.size[end];
    image.src = pair.file[end];
    image.alt = described(called[end]);
  }
  for (const drawn of stage.querySelectorAll(".rings")) drawn.remove();
  $(".first").append(rings(pair.rings.a, pair.size.a));
  $(".second").append(rings(pair.rings.b, pair.size.b));
  stage.append(rings(pair.rings.b, pair.size.b));
  $("[data-do=ring]").hidden = !pair.rings.b.length;
  $(".why", dialog).textContent = pair.why;
  const [mirrored, zoom, across, down] = pair.place;
  const laid = `${mirrored ? "in a mirror, " : ""}${zoom.toFixed(2)} times as wide, ${across.toFixed(1)} % across, ${down.toFixed(1)} % down`;
  $(".numbers", dialog).textContent = `${upper(reprise.relations[pair.relation])}, ${pair.score.toFixed(2)} alike, and of that kind with a confidence of ${pair.confidence.toFixed(2)} (0 is a guess, 1 is clear); the first laid upon the second ${laid}.`;
  const links = ["a", "b"].flatMap((end) => {
    const panel = called[end];
    const plays = panel.plays ? [make("a", { href: panel.plays }, `${upper(panel.label)} plays`)] : [];
    const page = panel.page_url ? [make("a", { href: panel.page_url, target: "_blank", rel: "noopener noreferrer" }, `Visit ${panel.label}`)] : [];
    return [...page, ...plays];
  });
  $(".links", dialog).replaceChildren(...links);
  const around = siblings();
  for (const button of dialog.querySelectorAll("[data-do=previous], [data-do=next]")) button.disabled = around.length < 2;
  showVerdict();
  if (!dialog.open) dialog.showModal();
  // Of a part that is the same, laid upon the other, the rest of the two pictures hides more than it tells.
  setWay(chosen || (["part", "contains"].includes(pair.relation) ? "sides" : "slider"));
}

// Open what the address names.
function open() {
  const [, a, b] = /^#compare=([^,]+),(.+)$/.exec(decodeURIComponent(location.hash)) ?? [];
  const found = a && findPair(a, b);
  if (found) show(found);
  else if (dialog.open) shut();
}

function step(by) {
  const around = siblings();
  const next = around[(around.indexOf(pair) + by + around.length) % around.length];
  location.replace(`#compare=${next.a},${next.b}`);
}

// Only the address changes, so that the page stays where it was.
function shut() {
  clearInterval(blinking);
  if (location.hash.startsWith("#compare=")) history.replaceState(null, "", location.href.split("#")[0]);
  if (dialog.open) dialog.close();
}

async function cite() {
  const button = $("[data-do=cite]");
  try {
    await navigator.clipboard.writeText(citation());
    button.textContent = "Copied";
    setTimeout(() => (button.textContent = "Copy citation"), 1500);
  } catch {
    $(".numbers", dialog).textContent = citation(); // to be copied by hand
  }
}

function ring() {
  ringed = !ringed;
  $("[data-do=ring]").setAttribute("aria-pressed", ringed);
  stage.classList.toggle("unringed", !ringed);
}

// What a page from disk shows it may not read, so that nothing drawn of it could be saved. Beside each picture lies a
// script that brings it as text.
const brought = {};
window.bring = (address) => brought[document.currentScript.getAttribute("src")]?.(address);

function read(file) {
  return new Promise((done, failed) => {
    const src = `${file}.js`;
    const script = make("script", { src });
    brought[src] = done;
    script.addEventListener("error", () => (script.remove(), failed(new Error(`${file}.js is not there`))));
    script.addEventListener("load", () => script.remove());
    document.head.append(script);
  }).then(async (src) => {
    const image = new Image();
    image.src = src;
    await image.decode();
    return image;
  });
}

// The two drawings side by side in one height, with rings if they are shown, and below whose they are.
const FOOT = 34;
async function pairPicture({ a, b, file, size, rings: boxes }) {
  const images = await Promise.all([read(file.a), read(file.b)]);
  const high = Math.max(size.a[1], size.b[1]);
  const scales = ["a", "b"].map((end) => high / size[end][1]);
  const widths = ["a", "b"].map((end, place) => Math.round(size[end][0] * scales[place]));
  const canvas = make("canvas", { width: widths[0] + 4 + widths[1], height: high + FOOT });
  const pen = canvas.getContext("2d");
  pen.fillStyle = "#fff";
  pen.fillRect(0, 0, canvas.width, canvas.height);
  pen.font = "16px system-ui, sans-serif";
  for (const [place, end] of ["a", "b"].entries()) {
    const [left, scale] = [place * (widths[0] + 4), scales[place]];
    pen.drawImage(images[place], left, 0, widths[place], high);
    for (const [colour, thick] of ringed ? [["#fff", 6], ["#e6175c", 3]] : []) {
      pen.strokeStyle = colour;
      pen.lineWidth = thick;
      for (const [x, y, wide, tall] of boxes[end]) {
        pen.beginPath();
        pen.roundRect(left + x * scale, y * scale, wide * scale, tall * scale, 12 * scale);
        pen.stroke();
      }
    }
    pen.fillStyle = "#1f1d1a";
    const { label } = reprise.panels[place ? b : a];
    pen.fillText(place ? label : `${reprise.title}, ${label}`, left + 8, high + 23, widths[place] - 16);
  }
  return new Promise((done) => canvas.toBlob(done, "image/png"));
}

async function savePicture() {
  try {
    const address = URL.createObjectURL(await pairPicture(pair));
    make("a", { href: address, download: `${pair.a} and ${pair.b}.png` }).click();
    setTimeout(() => URL.revokeObjectURL(address), 1000);
  } catch (error) {
    $(".numbers", dialog).textContent = `The picture cannot be saved: ${error.message}.`;
  }
}

const DEEDS = {
  close: shut,
  previous: () => step(-1),
  next: () => step(1),
  not_a_match: () => (judge(pair, "not_a_match"), showVerdict()),
  must_match: () => (judge(pair, "must_match"), showVerdict()),
  cite,
  ring,
  save: savePicture,
};
const KEYS = { ArrowLeft: DEEDS.previous, ArrowRight: DEEDS.next, n: DEEDS.not_a_match, m: DEEDS.must_match, r: ring, s: savePicture };

document.addEventListener("click", (event) => {
  const { pair: asked } = event.target.closest("[data-pair]")?.dataset ?? {};
  if (asked && !event.ctrlKey && !event.metaKey && !event.shiftKey) {
    event.preventDefault();
    location.hash = `compare=${asked}`;
  }
});
dialog.addEventListener("click", (event) => {
  const button = event.target.closest("button");
  if (event.target === dialog) shut(); // the backdrop
  else if (button?.dataset.way) choose(button.dataset.way);
  else if (button) DEEDS[button.dataset.do]();
});
// Of the whole page: what had the focus may have been hidden, and the dialog hears no keys then.
document.addEventListener("keydown", (event) => {
  if (!dialog.open || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.key === " " && event.target.closest("button, a")) return; // which it presses
  // A slider that was hidden just now still has the focus.
  const slides = event.target === share && stage.classList.contains("slider") && event.key.startsWith("Arrow");
  if (WAYS[event.key - 1]) choose(WAYS[event.key - 1]);
  else if (event.key === " ") {
    if (!stage.classList.contains("blink")) choose("blink");
    clearInterval(blinking);
    stage.classList.toggle("other");
  } else if (KEYS[event.key] && !slides) KEYS[event.key]();
  else return;
  event.preventDefault();
});
dialog.addEventListener("close", shut); // by Esc
share.addEventListener("input", () => stage.style.setProperty("--share", `${share.value}%`));
stage.addEventListener("pointermove", (event) => {
  if (!event.buttons && event.pointerType !== "mouse") return;
  if (!stage.classList.contains("slider")) return;
  const { left, width } = stage.getBoundingClientRect();
  share.value = (100 * (event.clientX - left)) / width;
  stage.style.setProperty("--share", `${share.value}%`);
});
addEventListener("hashchange", open);
addEventListener("resize", () => dialog.open && lay());
open();
