/* Put an agenda in order: drag the handle (mouse, finger, pen), take it with the arrows, or write the number. The form of each point does the work; without a script its
   button « Placer » does. The list comes back from the server (htmx) after each move. */
(() => {
  "use strict";

  const point = (element) => element.closest && element.closest("[data-point]");
  const points = (liste) => [...liste.querySelectorAll("[data-point]")];
  const rang = (li) => Number(li.dataset.rang);

  /* Handles show only where a script can serve them; the button then has no use. */
  const preparer = () => {
    document.querySelectorAll("[data-poignee]").forEach((poignee) => {
      poignee.hidden = false;
      poignee.form.querySelector(".odj-placer").classList.add("visually-hidden");
    });
  };

  const deplacer = (li, vers) => {
    const total = points(li.closest("[data-ordre-liste]")).length;
    const cible = Math.max(1, Math.min(vers, total));
    if (cible === rang(li)) return;
    const champ = li.querySelector("[data-numero]");
    champ.value = String(cible);
    champ.form.requestSubmit();
  };

  document.addEventListener("keydown", (evenement) => {
    const poignee = evenement.target.closest && evenement.target.closest("[data-poignee]");
    if (!poignee || (evenement.key !== "ArrowUp" && evenement.key !== "ArrowDown")) return;
    evenement.preventDefault();
    const li = point(poignee);
    deplacer(li, rang(li) + (evenement.key === "ArrowUp" ? -1 : 1));
  });

  /* A number written and left, or Enter: Enter submits by itself. */
  document.addEventListener("change", (evenement) => {
    const champ = evenement.target.closest && evenement.target.closest("[data-numero]");
    if (!champ) return;
    const li = point(champ);
    const voulu = Number(champ.value);
    if (Number.isInteger(voulu) && voulu > 0) deplacer(li, voulu);
    else champ.value = li.dataset.rang;
  });

  /* Drag: where the pointer is, above or below the middle of a point. */
  let pris = null;
  let depot = null;

  const effacer = () => document.querySelectorAll(".odj-avant, .odj-apres").forEach((li) => li.classList.remove("odj-avant", "odj-apres"));

  const viser = (y) => {
    effacer();
    depot = null;
    const autres = points(pris.closest("[data-ordre-liste]")).filter((li) => li !== pris);
    if (!autres.length) return;
    const avant = autres.find((li) => {
      const cadre = li.getBoundingClientRect();
      return y < cadre.top + cadre.height / 2;
    });
    const repere = avant || autres[autres.length - 1];
    repere.classList.add(avant ? "odj-avant" : "odj-apres");
    const place = avant ? autres.indexOf(avant) : autres.length;
    depot = place + 1;
  };

  const lacher = (evenement, garder) => {
    if (!pris) return;
    const li = pris;
    li.classList.remove("odj-deplace");
    effacer();
    pris = null;
    if (garder && depot !== null) deplacer(li, depot);
    depot = null;
  };

  document.addEventListener("pointerdown", (evenement) => {
    const poignee = evenement.target.closest && evenement.target.closest("[data-poignee]");
    if (!poignee || evenement.button !== 0) return;
    pris = point(poignee);
    poignee.setPointerCapture(evenement.pointerId);
  });
  document.addEventListener("pointermove", (evenement) => {
    if (!pris) return;
    pris.classList.add("odj-deplace");
    viser(evenement.clientY);
    const marge = 60;
    if (evenement.clientY < marge) window.scrollBy(0, -12);
    else if (evenement.clientY > window.innerHeight - marge) window.scrollBy(0, 12);
  });
  document.addEventListener("pointerup", (evenement) => lacher(evenement, true));
  document.addEventListener("pointercancel", (evenement) => lacher(evenement, false));
  document.addEventListener("keydown", (evenement) => {
    if (evenement.key === "Escape") lacher(evenement, false);
  });

  /* The list has come back: handles again, and the focus stays on the point that moved. */
  document.addEventListener("htmx:afterSettle", (evenement) => {
    if (!document.querySelector("[data-ordre]")) return;
    preparer();
    const deplace = document.querySelector("[data-deplace] [data-poignee]");
    const actif = document.activeElement;
    if (deplace && (!actif || actif === document.body || !actif.isConnected)) deplace.focus();
  });

  preparer();
})();
