/* A meeting kept as it is typed (data-tenue): synthesis, decision, actions, presences, each part stored alone through
   tenue_attente.js. Without it every part has its button. */
(() => {
  "use strict";

  const racine = document.querySelector("[data-tenue]");
  if (!racine) return;
  const ATTENTE_SAISIE = 700;
  const point = racine.dataset.point || "";
  const formulaire = document.querySelector("[data-formulaire-tenue]");
  const propre = (texte) => texte.replace(/\r\n?/g, "\n").normalize("NFC").trim();

  const {
    file, uuid, mettre, oter, garder, retrouver, dire, noter, bouton, envoyer, bientot, poster, couper, coupure,
  } = window.guichetAttente(racine, {
    get recevoir() { return recevoir; },
    suivreEtat: (lu) => suivreEtat(lu),
    montrerAttentes: () => montrerAttentes(),
  });

  /* --- synthesis ------------------------------------------------------------------------------------------------- */

  const zone = document.getElementById("id_synthese");
  let connue = zone ? document.querySelector("[data-synthese-base]").value : "";
  const poserTexte = (texte) => {
    if (propre(zone.value) === texte) return;
    const curseur = zone.selectionStart;
    const suite = zone.value.slice(curseur);
    const avant = zone.value.slice(0, curseur);
    zone.value = texte;
    // The caret stays where the person writes: before the same following words, else after the same first ones.
    const place = suite && texte.endsWith(suite) ? texte.length - suite.length
      : suite ? (texte.startsWith(avant) ? avant.length : texte.length) : texte.length;
    if (document.activeElement === zone) zone.setSelectionRange(place, place);
    ajuster();
  };
  const ajuster = () => {
    if (!zone) return;
    zone.rows = Math.min(24, Math.max(4, zone.value.split("\n").reduce((n, l) => n + Math.max(1, Math.ceil(l.length / 62)), 0) + 1));
  };
  const cleSynthese = `synthese:${point}`;
  const saisirSynthese = () => {
    ajuster();
    const attente = file.get(cleSynthese);
    const depart = attente ? attente.donnees.base : connue;
    if (!attente && propre(zone.value) === propre(connue)) return;
    mettre(cleSynthese, { partie: "synthese", point, dit: "la synthèse", donnees: { synthese: zone.value, base: depart } });
    bientot(ATTENTE_SAISIE);
  };
  const DIT_FUSION = "Notes réunies avec celles d’une autre personne\u00a0: relisez.";
  const DIT_CONFLIT = "Deux personnes ont récrit les mêmes mots\u00a0: les deux textes sont gardés l’un sous l’autre. Gardez le bon.";
  const recevoir = {
    synthese(cle, element, lu, statut, parti, intact) {
      if (statut !== 200 || !lu.synthese) {
        element.bloque = lu.message || "Refusé.";
        return;
      }
      const ici = element.point === point;
      if (ici) connue = lu.synthese.texte;
      if (intact) {
        oter(cle);
        if (ici && lu.synthese.fusionnee) poserTexte(connue);
      } else if (file.has(cle)) {
        // Typed on meanwhile: what was sent is what both texts now come from.
        file.get(cle).donnees.base = parti.synthese;
        file.get(cle).envoyes = [];
      }
      if (ici) noter("synthese", lu.synthese.conflit ? DIT_CONFLIT : lu.synthese.fusionnee ? DIT_FUSION : "");
    },

    decision(cle, element, lu, statut, parti, intact) {
      const ici = element.point === point;
      if (statut === 409 && lu.concurrente) {
        element.bloque = lu.message;
        if (ici) proposer(cle, lu);
        return;
      }
      if (statut !== 200) {
        element.bloque = lu.message || "Refusé.";
        if (ici) noter("decision", element.bloque);
        return;
      }
      if (ici) {
        decisionConnue = lu.decision.valeurs;
        montrerEffets(lu.decision.appliquee);
        noter("decision", lu.decision.dite && !lu.decision.appliquee ? `Noté\u00a0: ${lu.decision.dite}.` : "");
      }
      if (intact) {
        oter(cle);
        if (ici) poserDecision(decisionConnue);
      } else if (file.has(cle)) {
        file.get(cle).donnees.decision_base = JSON.stringify(lu.decision.valeurs);
      }
    },

    action(cle, element, lu, statut) {
      if (statut !== 200) {
        element.bloque = lu.message || "Refusée.";
        montrerAttentes();
        return;
      }
      oter(cle);
      if (element.point === point) poserActions(lu.actions);
      montrerAttentes();
    },

    presence(cle, element, lu, statut, parti, intact) {
      const ligne = document.querySelector(`[data-presence="${element.presence}"]`);
      if (statut !== 200) element.bloque = lu.message;
      else if (intact) oter(cle);
      if (lu.version && file.has(cle)) file.get(cle).donnees[`p${element.presence}-version`] = lu.version;
      if (!ligne) return;
      if (lu.version) champDe(ligne, "version").value = lu.version;
      ligne.querySelector("[data-dit-presence]").textContent = statut === 200 ? "" : statut === 409
        ? `${lu.message} Corrigez cette ligne pour garder la vôtre.` : lu.message;
      document.querySelectorAll("[data-presences]").forEach((e) => { e.textContent = lu.presences_dites || e.textContent; });
    },
  };

  /* --- decision -------------------------------------------------------------------------------------------------- */

  const champsDecision = formulaire ? [...formulaire.querySelectorAll("[data-partie=decision]")] : [];
  let decisionConnue = formulaire ? JSON.parse(formulaire.querySelector("[data-decision-base]").value || "{}") : {};
  const lireDecision = () => {
    const lues = { organismes: [] };
    champsDecision.forEach((c) => {
      if (c.type === "checkbox") { if (c.checked) lues.organismes.push(c.value); }
      else if (c.type !== "radio" || c.checked) lues[c.name] = c.value;
    });
    return lues;
  };
  const poserDecision = (valeurs) => champsDecision.forEach((c) => {
    if (c.type === "checkbox") c.checked = valeurs.organismes.map(String).includes(c.value);
    else if (c.type === "radio") c.checked = c.value === valeurs.genre;
    else if (document.activeElement !== c && propre(c.value) !== valeurs[c.name]) c.value = valeurs[c.name];
  });
  /* What a decision did is told while it is the one in force. */
  const montrerEffets = (appliquee) => {
    const effets = document.querySelector("[data-effets]");
    if (effets) effets.hidden = !appliquee;
  };
  const cleDecision = `decision:${point}`;
  const saisirDecision = () => {
    const attente = file.get(cleDecision);
    const base = attente ? attente.donnees.decision_base : JSON.stringify(decisionConnue);
    mettre(cleDecision, { partie: "decision", point, dit: "la décision", donnees: { ...lireDecision(), decision_base: base } });
    bientot(attente || document.activeElement.type === "textarea" ? ATTENTE_SAISIE : 150);
  };
  /* Two note-takers decided otherwise: both are shown, and one hand chooses. */
  const proposer = (cle, lu) => {
    const ligne = document.querySelector("[data-dit=decision]");
    const choisir = (texte, faire) => bouton(texte, () => { ligne.textContent = ""; faire(); dire(); }, "btn btn-secondary btn-sm");
    ligne.replaceChildren(`${lu.message} `, choisir("Garder le mien", () => {
      const element = file.get(cle);
      element.donnees.decision_base = JSON.stringify(lu.decision.valeurs);
      element.bloque = "";
      garder();
      bientot(0);
    }), " ", choisir("Prendre l’autre", () => {
      oter(cle);
      decisionConnue = lu.decision.valeurs;
      poserDecision(decisionConnue);
    }));
  };

  /* --- actions --------------------------------------------------------------------------------------------------- */

  const nouvelle = document.querySelector("[data-nouvelle-action]");
  const tableau = document.querySelector("[data-actions]");
  let tableauConnu = "";
  const poserActions = (html) => {
    if (html === tableauConnu || (tableau.contains(document.activeElement) && document.activeElement !== document.body)) return;
    tableauConnu = html;
    tableau.innerHTML = html;
  };
  const enAttente = document.querySelector("[data-actions-en-attente]");
  const montrerAttentes = () => {
    if (!enAttente) return;
    const lignes = [...file].filter(([, e]) => e.partie === "action" && e.point === point).map(([cle, e]) => {
      const li = document.createElement("li");
      li.textContent = `${e.qui} · ${e.donnees.a_libelle}${e.bloque ? `\u00a0: ${e.bloque} ` : " (pas encore enregistrée)"}`;
      if (e.bloque) {
        li.append(bouton("Reprendre cette ligne", () => { remplirAction(e.donnees); oter(cle); montrerAttentes(); dire(); }));
      }
      return li;
    });
    enAttente.hidden = !lignes.length;
    enAttente.replaceChildren(...lignes);
  };
  const champ = (nom) => formulaire.elements[nom];
  const remplirAction = (donnees) => ["a_qui", "a_libelle", "a_echeance"].forEach((n) => { champ(n).value = donnees[n]; });
  const ajouter = () => {
    const [qui, libelle, echeance] = ["a_qui", "a_libelle", "a_echeance"].map(champ);
    const manque = [[qui, "Dites qui fait cette action."], [libelle, "Dites ce qu’il y a à faire."], [echeance, "Dites pour quand."]].find(([c]) => !c.value.trim());
    noter("action", manque ? manque[1] : "");
    if (manque) {
      manque[0].focus();
      return false;
    }
    const cle = uuid();
    mettre(`action:${cle}`, {
      partie: "action", point, dit: "une action", qui: qui.selectedOptions[0].textContent,
      donnees: { a_cle: cle, a_qui: qui.value, a_libelle: libelle.value.trim(), a_echeance: echeance.value },
    });
    qui.value = "";
    libelle.value = "";
    montrerAttentes();
    qui.focus();
    bientot(0);
    return true;
  };

  /* --- the whole form: « Point suivant », by its button or by Ctrl + Enter ---------------------------------------- */

  const suivre = async () => {
    const suivant = formulaire.querySelector("[data-traiter]");
    if (champ("a_libelle").value.trim() && !ajouter()) return;
    suivant.setAttribute("aria-busy", "true");
    await envoyer();
    if (file.size) await envoyer();
    try {
      const restent = [...file].filter(([, e]) => e.point === point);
      if (coupure() || restent.length) {
        noter("traiter", coupure() === "connexion" ? "Reconnectez-vous d’abord." : "Le point suivant s’ouvrira quand tout sera enregistré\u00a0: réessayez dans un instant.");
        return;
      }
      const corps = new FormData();
      corps.append("partie", "aucune");
      corps.append("geste", "traiter");
      const reponse = await poster(formulaire.action, corps);
      if (reponse.status === 401 || reponse.type === "opaqueredirect") { couper("connexion"); return; }
      const lu = await reponse.json();
      if (reponse.ok) window.location.assign(lu.suivant);
      else noter("traiter", lu.message);
    } catch {
      couper("reseau");
      noter("traiter", "La connexion est coupée\u00a0: ce point pourra être marqué comme traité à son retour.");
    } finally {
      suivant.removeAttribute("aria-busy");
    }
  };

  if (formulaire) {
    formulaire.addEventListener("input", (evenement) => {
      if (evenement.target === zone) saisirSynthese();
      else if (evenement.target.dataset.partie === "decision") saisirDecision();
    });
    formulaire.addEventListener("keydown", (evenement) => {
      if (evenement.key !== "Enter" || evenement.ctrlKey || evenement.isComposing) return;
      if (nouvelle.contains(evenement.target) && evenement.target.type !== "submit") {
        evenement.preventDefault();
        ajouter();
      } else if (evenement.target.matches("input")) {
        evenement.preventDefault(); // stored as typed: Enter has nothing to send
      }
    });
    formulaire.addEventListener("submit", (evenement) => {
      const presse = evenement.submitter;
      if (presse && presse.hasAttribute("formaction")) return;
      evenement.preventDefault();
      if (presse && "ajouter" in presse.dataset) ajouter();
      else if (presse && "traiter" in presse.dataset) suivre();
      else envoyer();
    });
    document.addEventListener("keydown", (evenement) => {
      if (evenement.key === "Enter" && evenement.ctrlKey) {
        evenement.preventDefault();
        suivre();
      }
      const vers = evenement.altKey && !evenement.ctrlKey && { ArrowUp: "precedent", ArrowDown: "suivant" }[evenement.key];
      const lien = vers && !evenement.target.matches("select") && document.querySelector(`[data-${vers}]`);
      if (lien) {
        evenement.preventDefault();
        lien.click();
      }
    });
  }

  /* --- presences ------------------------------------------------------------------------------------------------- */

  const champDe = (ligne, nom) => ligne.querySelector(`[name="p${ligne.dataset.presence}-${nom}"]`);
  if (racine.matches("[data-presences-form]")) {
    racine.addEventListener("input", (evenement) => {
      const ligne = evenement.target.closest("[data-presence]");
      if (!ligne) return;
      const presence = ligne.dataset.presence;
      const donnees = { presence };
      ligne.querySelectorAll("[name]").forEach((c) => {
        if (c.name !== "geste" && (c.type !== "radio" || c.checked)) donnees[c.name] = c.value;
      });
      mettre(`presence:${presence}`, { partie: "presence", presence, dit: `la présence de ${ligne.querySelector("strong").textContent}`, donnees });
      bientot(evenement.target.type === "radio" ? 100 : ATTENTE_SAISIE);
    });
    racine.addEventListener("submit", (evenement) => {
      if (evenement.submitter && "geste" in evenement.submitter.dataset && !file.size) return;
      evenement.preventDefault();
      const presse = evenement.submitter;
      envoyer().then(() => { if (presse && "geste" in presse.dataset && !file.size) racine.requestSubmit(presse); });
    });
  }

  /* --- what others do -------------------------------------------------------------------------------------------- */

  const suivreEtat = (lu) => {
    document.querySelectorAll("[data-presences]").forEach((e) => { e.textContent = lu.presences_dites; });
    document.querySelectorAll("[data-entete]").forEach((e) => { e.textContent = e.textContent.replace(/\d+\u00a0h\u00a0\d\d/, lu.heure); });
    document.querySelectorAll("[data-point-liste]").forEach((li) => {
      const traite = lu.traites.includes(Number(li.dataset.pointListe));
      li.classList.toggle("traite", traite);
      li.classList.toggle("en-cours", Number(li.dataset.pointListe) === lu.point_en_cours);
      const dit = li.querySelector("[data-traite-dit]");
      if (dit) dit.textContent = traite ? " (traité)" : "";
    });
    if (!lu.point) return;
    if (!file.has(cleSynthese) && propre(zone.value) === propre(connue) && lu.point.synthese !== propre(connue)) {
      poserTexte(lu.point.synthese);
      noter("synthese", "Mis à jour\u00a0: une autre personne écrit aussi.");
    }
    if (!file.has(cleSynthese)) connue = lu.point.synthese;
    if (!file.has(cleDecision) && JSON.stringify(lu.point.decision.valeurs) !== JSON.stringify(decisionConnue)) {
      decisionConnue = lu.point.decision.valeurs;
      poserDecision(decisionConnue);
      montrerEffets(lu.point.decision.appliquee);
      noter("decision", lu.point.decision.dite ? `Une autre personne a noté\u00a0: ${lu.point.decision.dite}.` : "");
    }
    poserActions(lu.point.actions);
  };

  /* --- beginning ------------------------------------------------------------------------------------------------- */

  const agenda = document.querySelector("[data-agenda]");
  if (agenda && window.matchMedia("(max-width: 767px)").matches) agenda.open = false;
  retrouver().then(() => {
    const reprise = file.get(cleSynthese);
    if (reprise && zone) zone.value = reprise.donnees.synthese;
    const decidee = file.get(cleDecision);
    if (decidee && formulaire) poserDecision({ ...decisionConnue, ...decidee.donnees });
    ajuster();
    montrerAttentes();
    dire();
    if (file.size) bientot(0);
  });
})();
