// Takes verdicts on pairs that nearly match; gallery.js keeps and saves them.
"use strict";

function showJudged() {
  const known = verdicts();
  for (const judged of document.querySelectorAll(".judged")) {
    const verdict = known[`${judged.dataset.a},${judged.dataset.b}`];
    judged.hidden = false;
    for (const button of judged.children) button.setAttribute("aria-pressed", button.dataset.verdict === verdict);
  }
}
document.addEventListener("click", (event) => {
  const { verdict } = event.target.closest("[data-verdict]")?.dataset ?? {};
  if (verdict) judge(event.target.closest(".judged").dataset, verdict);
  showJudged(); // also where all are forgotten
});
showJudged();
