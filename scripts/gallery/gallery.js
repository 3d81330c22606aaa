// Filters, orders and verdicts over all clusters of the comic, which data.js holds. Without this script the pages show
// the same, a page of clusters at a time. The card is that of parts.html: where one changes, so does the other.
"use strict";

const $ = (selector, within = document) => within.querySelector(selector);

// data.js holds tables: what their columns are called, and rows of cells.
function records({ columns, rows }) {
  return rows.map((row) => {
    const record = {};
    for (const [place, name] of columns.entries()) record[name] = row[place];
    return record;
  });
}
reprise.pairs = records(reprise.pairs);
reprise.panels = Object.fromEntries(records(reprise.panels).map((panel) => [panel.panel, panel]));
reprise.clusters = records(reprise.clusters);
for (const cluster of reprise.clusters) cluster.pages = cluster.panels.map((name) => reprise.panels[name].page);

// Make an element. What a comic says becomes text and attributes, never markup.
function make(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) if (value !== "") element.setAttribute(name, value);
  element.append(...children.flat());
  return element;
}

const counted = (number, one) => `${number.toLocaleString("en")} ${one}${number === 1 ? "" : "s"}`;
const upper = (text) => text.charAt(0).toUpperCase() + text.slice(1);

const described = ({ label, title }) => upper(label) + (title ? `: ${title}` : "");

function pageLink(panel) {
  const label = make("bdi", {}, panel.label);
  if (panel.look_up) return make("a", { href: panel.look_up }, label);
  if (!panel.page_url) return label;
  return make("a", { href: panel.page_url, target: "_blank", rel: "noopener noreferrer" }, label);
}

const chip = (relation) => make("span", { class: `chip ${relation}` }, reprise.relations[relation]);

function picture(src, [width, height], alt) {
  return make("img", { src, alt, width, height, loading: "lazy", decoding: "async" });
}

// What changed in a drawing, ringed.
const SVG = "http://www.w3.org/2000/svg";
function rings(boxes, [width, height]) {
  const drawn = document.createElementNS(SVG, "svg");
  const set = (element, values) => Object.entries(values).forEach(([name, value]) => element.setAttribute(name, value));
  set(drawn, { class: "rings", viewBox: `0 0 ${width} ${height}`, "aria-hidden": "true" });
  for (const [x, y, wide, high] of boxes) {
    const ring = document.createElementNS(SVG, "rect");
    set(ring, { x, y, width: wide, height: high, rx: 12 });
    drawn.append(ring);
  }
  return drawn;
}

function drawing(pair, end) {
  const panel = reprise.panels[pair[end]];
  const alt = described(panel) + (end === "b" ? ", as it comes back" : "");
  const caption = make("figcaption", {}, pageLink(panel), pair.time[end] ? `, ${pair.time[end]} ` : " ");
  if (panel.plays) {
    caption.append(make("a", { class: "plays", href: panel.plays }, "animated", make("span", { class: "hidden" }, ` (${panel.label})`)), " ");
  }
  if (panel.title) caption.append(make("bdi", { class: "title" }, panel.title));
  const ringed = pair.rings[end].length ? [rings(pair.rings[end], pair.size[end])] : [];
  const link = make("a", { href: pair.file[end], "data-pair": `${pair.a},${pair.b}` }, picture(pair.file[end], pair.size[end], alt), ringed);
  return make("figure", {}, link, caption);
}

function use(cluster, place) {
  const panel = reprise.panels[cluster.panels[place]];
  const [number, end, gap] = cluster.uses[place];
  const pair = reprise.pairs[number];
  const thumbnail = picture(`thumbnails/${panel.panel}.jpg`, panel.size, described(panel));
  const shown = pair ? make("a", { href: pair.file[end], "data-pair": `${pair.a},${pair.b}` }, thumbnail) : thumbnail;
  const { relation } = end === "b" ? pair : {};
  const change = relation ? [" ", make("span", { class: `change ${relation}` }, reprise.relations[relation])] : [];
  return make("li", {}, shown, " ", make("span", {}, pageLink(panel)), " ", make("span", { class: "gap" }, gap), change);
}

function card(cluster) {
  const pair = reprise.pairs[cluster.pair];
  const facts = make("p", { class: "facts" }, cluster.relations.flatMap((relation) => [chip(relation), " "]));
  facts.append(`${counted(cluster.panels.length, "panel")} · ${cluster.score.toFixed(2)} alike`);
  if (cluster.unsure) facts.append(" · ", make("span", { class: "unsure" }, "unsure"));
  const heading = make("h3", {}, make("a", { href: `#${cluster.id}` }, cluster.heading));
  const told = make("div", { class: "told" }, heading, facts);
  if (pair) told.append(make("p", { class: "why" }, pair.why));
  const places = cluster.panels.slice(0, reprise.mostUses).map((_, place) => use(cluster, place));
  told.append(make("ol", { class: "life" }, places));
  if (cluster.all) {
    told.append(make("p", { class: "facts" }, make("a", { href: cluster.all }, `All ${counted(cluster.panels.length, "panel")}`)));
  }
  const two = pair ? [make("div", { class: "two" }, drawing(pair, "a"), drawing(pair, "b"))] : [];
  return make("article", { id: cluster.id, class: "card" }, two, told);
}

// The cards that filters leave, some at a time. To lay all of them out at once takes longer than a hand waits for: those
// of the first screen are there at once, the others a few at a time, once these are painted.
const MOST_CARDS = 24;
const FIRST_CARDS = 4;
const PAINTED = 20; // milliseconds
const filters = $("#filter");
const unfiltered = $("#cards");

const ORDERS = {
  rank: () => 0, // as they stand in data.js
  gap: (one, other) => other.gap - one.gap,
  first: (one, other) => one.pages[0] - other.pages[0],
  score: (one, other) => other.score - one.score,
  doubt: (one, other) => one.stability - other.stability,
};

function matching(wanted) {
  const number = (name, otherwise) => (wanted.get(name) === "" ? otherwise : Number(wanted.get(name)));
  const [gap, size] = [number("gap", 0), number("size", 0)];
  const [from, to, page] = [number("from", -Infinity), number("to", Infinity), number("page", null)];
  const ranged = from !== -Infinity || to !== Infinity;
  const found = reprise.clusters.filter(
    (cluster) =>
      (!wanted.get("kind") || cluster.kind === wanted.get("kind")) &&
      (!wanted.get("relation") || cluster.relations.includes(wanted.get("relation"))) &&
      (!wanted.get("doubt") || cluster.unsure === (wanted.get("doubt") === "unsure")) &&
      cluster.gap >= gap &&
      cluster.panels.length >= size &&
      (!ranged || cluster.pages.some((at) => at >= from && at <= to)) &&
      (page === null || cluster.pages.includes(page)),
  );
  return found.sort(ORDERS[wanted.get("order")]);
}

function showFiltered() {
  const wanted = new FormData(filters);
  const asked = [...wanted].some(([name, value]) => value !== (name === "order" ? "rank" : ""));
  const found = matching(wanted);
  $("#filters output").textContent = `${found.length.toLocaleString("en")} of ${reprise.clusters.length.toLocaleString("en")}`;
  $("#filtered")?.remove();
  unfiltered.classList.toggle("away", asked);
  for (const pages of document.querySelectorAll(".pages")) pages.hidden = asked;
  if (!asked) return;
  const cards = make("div", { class: "cards" });
  const more = make("button", { type: "button" }, "Show more");
  const grow = (upTo) => {
    if (!cards.isConnected) return; // another filter was set since
    const shown = cards.childElementCount;
    cards.append(...found.slice(shown, Math.min(upTo, shown + FIRST_CARDS)).map(card));
    more.hidden = cards.childElementCount < upTo || upTo >= found.length;
    if (cards.childElementCount < Math.min(upTo, found.length)) setTimeout(grow, PAINTED, upTo);
  };
  more.addEventListener("click", () => grow(cards.childElementCount + MOST_CARDS));
  const nothing = found.length ? [] : [make("p", {}, "Nothing is so. Reset shows all again.")];
  unfiltered.after(make("div", { id: "filtered" }, make("h2", {}, "Found"), nothing, cards, more));
  grow(MOST_CARDS);
}

if (filters) {
  $("#filters").hidden = false;
  $("#filters").open = innerWidth > 640;
  filters.addEventListener("input", showFiltered);
  filters.addEventListener("submit", (event) => event.preventDefault());
  filters.addEventListener("reset", () => setTimeout(showFiltered));
  showFiltered();
}

// A link by the first panel of a cluster leads to the page that shows it, and opens the scenes where it is one. What a
// filter hides is shown again.
function follow() {
  const name = decodeURIComponent(location.hash.slice(1));
  const called = `[id="${CSS.escape(name)}"]`;
  const shown = unfiltered?.querySelector(called); // a page of pairs that nearly match has no cards
  const cluster = reprise.clusters.find(({ id }) => id === name);
  if (cluster && !shown) location.replace(`${cluster.page}#${name}`);
  if (!shown || $(`#filtered ${called}`)) return;
  if (unfiltered.classList.contains("away")) {
    filters.reset();
    $("#filtered")?.remove();
    unfiltered.classList.remove("away");
  }
  const folded = shown.closest("details");
  if (folded) folded.open = true;
  shown.scrollIntoView({ block: "start" });
}
addEventListener("hashchange", follow);
follow();

// Verdicts stay in this browser until they are saved as the lists that the settings name.
const LISTS = { not_a_match: "no match", must_match: "a match" };

function verdicts() {
  try {
    return JSON.parse(localStorage.getItem(reprise.key)) ?? {};
  } catch {
    return {};
  }
}

function judge(pair, list) {
  const known = verdicts();
  const name = `${pair.a},${pair.b}`;
  if (known[name] === list) delete known[name];
  else known[name] = list;
  try {
    localStorage.setItem(reprise.key, JSON.stringify(known));
  } catch (error) {
    alert(`This browser keeps no verdicts: ${error.message}`);
  }
  showVerdicts();
}

// The text of a list: a row for each pair, its files as panels.csv has them.
function listed(list) {
  const known = Object.entries(verdicts()).filter(([, verdict]) => verdict === list);
  const rows = known.map(([name]) => name.split(",").map((panel) => reprise.panels[panel]?.file));
  return ["file_a,file_b", ...rows.filter((files) => files.every(Boolean)).map((files) => files.join(",")), ""].join("\n");
}

function save(list) {
  const address = URL.createObjectURL(new Blob([listed(list)], { type: "text/csv" }));
  make("a", { href: address, download: `${list}.csv` }).click();
  setTimeout(() => URL.revokeObjectURL(address), 1000);
}

function showVerdicts() {
  const bar = $("#verdicts");
  if (!bar) return;
  const given = Object.values(verdicts());
  bar.hidden = !given.length;
  if (!given.length) return;
  const forget = make("button", { type: "button" }, "Forget all");
  forget.addEventListener("click", () => {
    localStorage.removeItem(reprise.key);
    showVerdicts();
  });
  const saved = Object.keys(LISTS).filter((list) => given.includes(list));
  const buttons = saved.map((list) => {
    const button = make("button", { type: "button" }, `Save ${list}.csv`);
    button.addEventListener("click", () => save(list));
    return button;
  });
  const said = saved.map((list) => `${given.filter((verdict) => verdict === list).length} ${LISTS[list]}`).join(", ");
  const told = make("code", {}, `--config ${saved.map((list) => `match.${list}=${list}.csv`).join(" ")}`);
  const line = make("span", {}, "Saved beside results/, a run obeys with ", told, ". To have all runs obey, name it in your settings. If you have such a list already, add the rows to it.");
  bar.replaceChildren(make("b", {}, `Your verdicts: ${said}`), ...buttons, forget, line);
}
showVerdicts();
