/* Small helps on pages that all work without them. Hooks are data- attributes, said beside each. */
(() => {
  "use strict";

  const saisit = (element) => element.closest("input, textarea, select, [contenteditable]") !== null;
  const visible = (element) => element.getClientRects().length > 0;

  /* « / » goes to the search (data-recherche). Escape closes menus; dialogs and popovers close by themselves. */
  document.addEventListener("keydown", (evenement) => {
    if (evenement.key === "/" && !evenement.ctrlKey && !evenement.metaKey && !evenement.altKey && !saisit(evenement.target)) {
      const champ = [...document.querySelectorAll("[data-recherche]")].find(visible);
      if (champ) {
        evenement.preventDefault();
        champ.focus();
        champ.select();
      }
    }
    if (evenement.key === "Escape") {
      document.querySelectorAll("details.menu[open]").forEach((menu) => {
        menu.open = false;
        if (menu.contains(document.activeElement)) menu.querySelector("summary").focus();
      });
    }
  });
  document.addEventListener("click", (evenement) => {
    document.querySelectorAll("details.menu[open]").forEach((menu) => {
      if (!menu.contains(evenement.target)) menu.open = false;
    });
  });

  /* Arrows move between the first links of the rows of a list (data-clavier); Enter follows them as any link. */
  document.addEventListener("keydown", (evenement) => {
    if (evenement.key !== "ArrowDown" && evenement.key !== "ArrowUp") return;
    const liste = evenement.target.closest("[data-clavier]");
    if (!liste || saisit(evenement.target)) return;
    const lignes = [...liste.querySelectorAll("tbody tr, li, [data-ligne]")].filter((l) => l.querySelector("a[href], button") && visible(l));
    const rang = lignes.findIndex((l) => l.contains(evenement.target));
    const suivante = lignes[rang + (evenement.key === "ArrowDown" ? 1 : -1)];
    if (suivante) {
      evenement.preventDefault();
      const action = evenement.target.closest(".action") && suivante.querySelector(".action a[href], .action button");
      (action || suivante.querySelector("a[href], button")).focus();
    }
  });

  /* A form is sent once. Buttons come back with the page (bfcache), and after a while for answers that are downloads. */
  const gardes = new Set();
  const bloquer = (formulaire) => {
    [...formulaire.elements].filter((e) => e.type === "submit").forEach((bouton) => {
      if (bouton.disabled) return;
      bouton.disabled = true;
      bouton.setAttribute("aria-busy", "true");
      gardes.add(bouton);
    });
  };
  const liberer = () => {
    gardes.forEach((bouton) => {
      bouton.disabled = false;
      bouton.removeAttribute("aria-busy");
    });
    gardes.clear();
  };
  document.addEventListener("submit", (evenement) => {
    const formulaire = evenement.target;
    modifies.delete(formulaire);
    if (evenement.defaultPrevented || formulaire.method !== "post" || "sansGarde" in formulaire.dataset) return;
    setTimeout(() => bloquer(formulaire), 0);
    setTimeout(liberer, 8000);
  });
  window.addEventListener("pageshow", liberer);

  /* Leaving with unsaved text asks first (form data-garder). */
  const modifies = new Set();
  document.addEventListener("input", (evenement) => {
    const formulaire = evenement.target.form;
    if (formulaire && "garder" in formulaire.dataset) modifies.add(formulaire);
  });
  window.addEventListener("beforeunload", (evenement) => {
    if ([...modifies].some((formulaire) => formulaire.isConnected)) evenement.preventDefault();
  });

  document.addEventListener("click", (evenement) => {
    /* A link that opens a confirmation (data-ouvre="id of a dialog"), and what closes it (data-ferme). */
    const ouvre = evenement.target.closest("[data-ouvre]");
    const boite = ouvre && document.getElementById(ouvre.dataset.ouvre);
    if (boite && boite.showModal) {
      evenement.preventDefault();
      boite.showModal();
    }
    const ferme = evenement.target.closest("[data-ferme]");
    if (ferme && ferme.closest("dialog")) ferme.closest("dialog").close();
    /* data-imprimer prints; data-copier="text" copies it and says so. */
    if (evenement.target.closest("[data-imprimer]")) window.print();
    const copier = evenement.target.closest("[data-copier]");
    if (copier && navigator.clipboard) {
      navigator.clipboard.writeText(copier.dataset.copier).then(() => {
        copier.textContent = "Copié";
      });
    }
  });

  /* A select that applies at once (form data-immediat); without a script its button does it. */
  document.addEventListener("change", (evenement) => {
    const formulaire = evenement.target.form;
    if (formulaire && "immediat" in formulaire.dataset) formulaire.requestSubmit();
    compterLot(evenement.target);
  });

  /* Bulk choice: data-tout ticks every data-un of its form; data-nombre-choisis shows how many. */
  const compterLot = (element) => {
    const formulaire = element.form;
    if (!formulaire || !(("tout" in element.dataset) || ("un" in element.dataset))) return;
    const cases = [...formulaire.elements].filter((e) => "un" in e.dataset);
    if ("tout" in element.dataset) cases.forEach((c) => { c.checked = element.checked; });
    const choisies = cases.filter((c) => c.checked).length;
    const tout = [...formulaire.elements].find((e) => "tout" in e.dataset);
    if (tout) {
      tout.checked = choisies === cases.length;
      tout.indeterminate = choisies > 0 && choisies < cases.length;
    }
    formulaire.querySelectorAll("[data-nombre-choisis]").forEach((e) => { e.textContent = String(choisies); });
  };

  /* The summary of errors takes the focus (data-focus), on a page and in a fragment. */
  const viser = (racine) => {
    const cible = racine.querySelector && racine.querySelector("[data-focus]");
    if (cible) cible.focus();
  };
  document.addEventListener("DOMContentLoaded", () => viser(document));

  /* htmx: what is being saved, what is not, and what to do when the network fails. */
  const dire = (element, etat, texte) => {
    const formulaire = element.closest && element.closest("[data-autosave]");
    const ligne = formulaire && formulaire.querySelector(".etat-enregistrement");
    if (!ligne) return;
    ligne.dataset.etat = etat;
    ligne.textContent = texte;
  };
  const alerter = (texte) => {
    const zone = document.getElementById("messages");
    if (!zone) return;
    const boite = document.createElement("div");
    boite.className = "alerte alerte-danger";
    boite.textContent = texte;
    zone.replaceChildren(boite);
    boite.scrollIntoView({ block: "nearest" });
  };
  document.addEventListener("input", (evenement) => dire(evenement.target, "attente", "Pas encore enregistré…"));
  document.addEventListener("htmx:afterRequest", (evenement) => {
    liberer();
    const { elt, successful, requestConfig } = evenement.detail;
    if (requestConfig && requestConfig.verb === "get") return;
    const heure = new Date().toLocaleTimeString("fr-FR", { hour: "numeric", minute: "2-digit" }).replace(":", "\u00a0h\u00a0");
    if (successful) {
      dire(elt, "ok", `✓ Enregistré à ${heure}`);
      const formulaire = elt.closest("form");
      if (formulaire) modifies.delete(formulaire);
    } else {
      dire(elt, "echec", "Pas enregistré. Votre texte est encore à l’écran : vérifiez la connexion, puis réessayez.");
    }
  });
  document.addEventListener("htmx:sendError", () => alerter("La connexion est coupée. Rien n’est perdu à l’écran : réessayez dans un instant."));
  document.addEventListener("htmx:responseError", (evenement) => {
    const code = evenement.detail.xhr.status;
    if (code === 401) {
      window.location.reload();
    } else if (code === 403) {
      alerter("Votre rôle ne permet pas cette action, ou la page est ouverte depuis trop longtemps : rechargez-la.");
    } else if (code === 404) {
      alerter("Cela n’existe plus, ou ne vous est plus ouvert. Rechargez la page.");
    } else {
      alerter("Le site n’a pas pu répondre. Réessayez dans un instant.");
    }
  });
  document.addEventListener("htmx:afterSettle", (evenement) => viser(evenement.target));
})();
