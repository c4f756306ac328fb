/* A meeting kept as it is typed (data-tenue). What is not stored yet waits in this browser, per person and séance: a cut
   network or an expired login loses nothing, and the page says what is saved. Without it every part has its button. */
(() => {
  "use strict";

  const racine = document.querySelector("[data-tenue]");
  if (!racine) return;
  const ATTENTE_SAISIE = 700;
  const ATTENTE_REESSAI = 4000;
  const ATTENTE_ETAT = 5000;
  const { seance, utilisateur, etat: adresseEtat, base: adresse, connexion } = racine.dataset;
  const point = racine.dataset.point || "";
  const CLE = `guichet.tenue.${seance}.${utilisateur}`;
  const uuid = () => (crypto.randomUUID ? crypto.randomUUID() : "10000000-1000-4000-8000-100000000000".replace(/[018]/g, (c) => (c ^ crypto.getRandomValues(new Uint8Array(1))[0] & 15 >> c / 4).toString(16)));
  const CLE_ONGLET = `${CLE}.${uuid()}`;
  const GARDE_JOURS = 14;
  const pastille = document.querySelector("[data-etat-tenue]");
  const alerte = document.querySelector("[data-alerte-tenue]");
  const formulaire = document.querySelector("[data-formulaire-tenue]");
  let jeton = document.querySelector("[name=csrfmiddlewaretoken]").value;
  const propre = (texte) => texte.replace(/\r\n?/g, "\n").normalize("NFC").trim();

  /* --- what waits to be stored ---------------------------------------------------------------------------------- */

  /* key -> {url, partie, dit, donnees: {name: value or [values]}, envoyes, bloque}. Written down at each change. */
  const file = new Map();
  let memoire = true;
  const garder = () => {
    try {
      if (file.size) localStorage.setItem(CLE_ONGLET, JSON.stringify({ quand: Date.now(), file: [...file] }));
      else localStorage.removeItem(CLE_ONGLET);
    } catch {
      memoire = false;
    }
  };
  /* Each open tab keeps its own; what a closed one has left is taken over (a held lock says that a tab is still there). */
  const retrouver = async () => {
    try {
      const tenus = navigator.locks ? (await navigator.locks.query()).held.map((l) => l.name) : [];
      Object.keys(localStorage).filter((cle) => cle.startsWith(`${CLE}.`) && cle !== CLE_ONGLET && !tenus.includes(cle)).forEach((cle) => {
        const garde = JSON.parse(localStorage.getItem(cle) || "null");
        if (garde && Date.now() - garde.quand < GARDE_JOURS * 86400000) {
          garde.file.forEach(([nom, element]) => { if (!file.has(nom)) file.set(nom, { ...element, bloque: "", url: urlDe(element) }); });
        }
        garder();
        localStorage.removeItem(cle);
      });
    } catch {
      memoire = false;
    }
  };
  if (navigator.locks) navigator.locks.request(CLE_ONGLET, () => new Promise(() => {}));
  const urlDe = (element) => (element.partie === "presence" ? `${adresse}presences/` : `${adresse}${element.point}/`);
  const mettre = (cle, element) => {
    const avant = file.get(cle);
    file.set(cle, { envoyes: [], ...avant, ...element, bloque: "", url: urlDe(element) });
    garder();
    dire();
  };
  const oter = (cle) => {
    file.delete(cle);
    garder();
  };
  window.addEventListener("beforeunload", (evenement) => {
    if (file.size && !memoire) evenement.preventDefault();
  });

  /* --- what the page says ---------------------------------------------------------------------------------------- */

  let coupure = ""; // "", "reseau", "connexion", "compte"
  let terminee = false;
  const noms = () => {
    const comptes = new Map();
    file.forEach((element) => comptes.set(element.dit, (comptes.get(element.dit) || 0) + 1));
    return [...comptes].map(([dit, n]) => (n > 1 ? `${dit} (${n})` : dit)).join(", ");
  };
  const GARDE = "Rien n’est perdu\u00a0: c’est gardé dans ce navigateur, et partira tout seul.";
  const phrases = {
    reseau: () => `Connexion coupée. ${file.size ? `Pas encore enregistré\u00a0: ${noms()}. ${GARDE}` : "Continuez à écrire\u00a0: tout sera gardé ici, puis enregistré à son retour."}`,
    connexion: () => `Votre connexion au site a expiré. ${file.size ? `Pas encore enregistré\u00a0: ${noms()}. ${GARDE}` : ""}`,
    compte: () => `Cet onglet est celui d’une autre personne que celle qui est connectée. Pas encore enregistré\u00a0: ${noms()}.`,
  };
  const dire = () => {
    const bloques = [...file.values()].filter((e) => e.bloque && e.partie !== "decision");
    const trouble = coupure || bloques.length || terminee;
    pastille.hidden = false;
    pastille.dataset.etat = trouble ? "echec" : file.size ? "attente" : "ok";
    pastille.textContent = trouble || file.size ? `Pas encore enregistré${file.size ? `\u00a0: ${noms()}` : ""}` : "✓ Tout est enregistré";
    if (trouble && !file.size) pastille.textContent = coupure === "reseau" ? "Connexion coupée" : coupure ? "Connexion expirée" : "Séance terminée";
    const blocs = [];
    if (coupure) blocs.push([phrases[coupure](), ...(coupure === "connexion" || coupure === "compte" ? [lienConnexion()] : [])]);
    if (terminee && !coupure) blocs.push(["La séance est terminée\u00a0: cette page ne s’écrit plus."]);
    file.forEach((e, cle) => { if (bloques.includes(e)) blocs.push([`${e.dit[0].toUpperCase()}${e.dit.slice(1)}\u00a0: ${e.bloque} `, ...boutonsDe(cle, e)]); });
    alerter(blocs);
  };
  let alerteDite = "";
  const alerter = (blocs) => {
    const dite = blocs.flat().map((x) => x.textContent || x).join(" ");
    if (dite === alerteDite) return;
    alerteDite = dite;
    alerte.hidden = !dite;
    alerte.replaceChildren(...blocs.map((morceaux) => {
      const p = document.createElement("p");
      p.append(...morceaux);
      return p;
    }));
  };
  const lienConnexion = () => {
    const lien = document.createElement("a");
    lien.href = connexion;
    lien.target = "_blank";
    lien.rel = "noopener";
    lien.textContent = "Se reconnecter dans un autre onglet";
    return lien;
  };
  const bouton = (texte, faire, classe = "btn-lien") => {
    const b = document.createElement("button");
    b.type = "button";
    b.className = classe;
    b.textContent = texte;
    b.addEventListener("click", faire);
    return b;
  };
  /* What the site will not take is still the person's: to copy, then to let go. */
  const boutonsDe = (cle, e) => [
    ...(e.partie === "synthese" && navigator.clipboard ? [bouton("Copier le texte", () => navigator.clipboard.writeText(e.donnees.synthese)), " "] : []),
    bouton("Ne plus l’envoyer", () => { oter(cle); montrerAttentes(); dire(); }),
  ];
  const noter = (partie, texte) => {
    const ligne = document.querySelector(`[data-dit="${partie}"]`);
    if (ligne) ligne.textContent = texte;
  };

  /* --- sending, one thing at a time ------------------------------------------------------------------------------ */

  const corpsDe = (element) => {
    const corps = new FormData();
    corps.append("partie", element.partie);
    Object.entries(element.donnees).forEach(([nom, valeur]) => [valeur].flat().forEach((v) => corps.append(nom, v)));
    (element.envoyes || []).forEach((texte) => corps.append("envoye", texte));
    return corps;
  };
  const poster = (url, corps) => fetch(url, {
    method: "POST", body: corps, redirect: "manual", credentials: "same-origin",
    headers: { Accept: "application/json", "HX-Request": "true", "X-CSRFToken": jeton },
  });
  let envoiEnCours = null;
  let minuterie = 0;
  const bientot = (delai = ATTENTE_SAISIE) => {
    clearTimeout(minuterie);
    minuterie = setTimeout(envoyer, delai);
  };
  const envoyer = () => {
    clearTimeout(minuterie);
    if (!envoiEnCours) envoiEnCours = toutEnvoyer().finally(() => { envoiEnCours = null; dire(); });
    return envoiEnCours;
  };
  const toutEnvoyer = async () => {
    for (;;) {
      const suivant = [...file].find(([, e]) => !e.bloque);
      if (!suivant || coupure === "connexion" || coupure === "compte") return;
      if (!(await envoyerUn(...suivant))) return;
    }
  };
  /* One browser may hold the meeting in two tabs: they share what waits, and send it one after the other. */
  const verrou = (faire) => (navigator.locks ? navigator.locks.request(CLE, faire) : faire());
  const envoyerUn = (cle, element) => verrou(async () => {
    const parti = JSON.stringify(element.donnees);
    let reponse;
    let lu = null;
    try {
      reponse = await poster(element.url, corpsDe(element));
      lu = (reponse.headers.get("Content-Type") || "").startsWith("application/json") ? await reponse.json() : null;
    } catch {
      if (element.partie === "synthese") element.envoyes = [...new Set([...element.envoyes, element.donnees.synthese])].slice(-6);
      garder();
      couper("reseau");
      return false;
    }
    if (reponse.status === 401 || reponse.type === "opaqueredirect") {
      couper("connexion");
      return false;
    }
    if (lu === null) {
      // A form key of before a new login, a point taken off the agenda, or a site that cannot answer now.
      if (reponse.status === 403 && !element.reessaye && (await demanderEtat())) {
        element.reessaye = true;
        return true;
      }
      if (reponse.status >= 500) {
        couper("reseau");
        return false;
      }
      element.bloque = "le site ne la prend plus, ce point a quitté l’ordre du jour ou vous ne tenez plus cette séance.";
      garder();
      return true;
    }
    coupure = "";
    delete element.reessaye;
    const intact = file.get(cle) === element && JSON.stringify(element.donnees) === parti;
    recevoir[element.partie](cle, element, lu, reponse.status, JSON.parse(parti), intact);
    garder();
    return true;
  });
  const couper = (pourquoi) => {
    coupure = pourquoi;
    dire();
    if (pourquoi === "reseau") bientot(ATTENTE_REESSAI);
  };
  window.addEventListener("online", () => bientot(0));
  window.addEventListener("offline", () => couper("reseau"));

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
    bientot();
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
      element.envoyes = [];
      if (intact) {
        oter(cle);
        if (ici) {
          connue = lu.synthese.texte;
          if (lu.synthese.fusionnee) poserTexte(connue);
        }
      } else {
        // Typed on meanwhile: what was sent is what both texts now come from.
        file.get(cle).donnees.base = parti.synthese;
        if (ici) connue = lu.synthese.texte;
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
      } else {
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
      if (coupure || restent.length) {
        noter("traiter", coupure === "connexion" ? "Reconnectez-vous d’abord." : "Le point suivant s’ouvrira quand tout sera enregistré\u00a0: réessayez dans un instant.");
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

  const demanderEtat = async () => {
    let reponse;
    try {
      reponse = await fetch(`${adresseEtat}${point ? `?point=${point}` : ""}`, { headers: { "HX-Request": "true", Accept: "application/json" }, redirect: "manual" });
    } catch {
      couper("reseau");
      return false;
    }
    if (reponse.status === 401 || reponse.type === "opaqueredirect") {
      couper("connexion");
      return false;
    }
    if (!reponse.ok) {
      if (reponse.status >= 500) couper("reseau");
      return false;
    }
    const lu = await reponse.json();
    if (String(lu.utilisateur) !== utilisateur) {
      couper("compte");
      return false;
    }
    jeton = lu.jeton;
    document.querySelectorAll("[name=csrfmiddlewaretoken]").forEach((c) => { c.value = jeton; });
    coupure = "";
    suivreEtat(lu);
    return true;
  };
  const suivreEtat = (lu) => {
    terminee = !lu.en_cours;
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
  const veiller = async () => {
    if (!document.hidden || coupure) {
      const avant = coupure;
      if ((await demanderEtat()) && (avant || file.size)) bientot(0);
      dire();
    }
    setTimeout(veiller, ATTENTE_ETAT);
  };
  document.addEventListener("visibilitychange", () => { if (!document.hidden && coupure) demanderEtat().then((ok) => { if (ok) bientot(0); dire(); }); });

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
  setTimeout(veiller, ATTENTE_ETAT);
})();
