/* What waits to be stored in a meeting under way (tenue.js): kept in this browser at each change, per person and séance,
   sent one thing at a time, and said on the page. A cut network or an expired login loses nothing. */
(() => {
  "use strict";

  /* `page`: recevoir[part](…) takes the answers, suivreEtat(state) what others did, montrerAttentes() shows what waits. */
  window.guichetAttente = (racine, page) => {
    const ATTENTE_SAISIE = 700;
    const ATTENTE_REESSAI = 4000;
    const ATTENTE_ETAT = 5000;
    const { seance, utilisateur, etat: adresseEtat, base: adresse, connexion } = racine.dataset;
    const point = racine.dataset.point || "";
    const CLE = `guichet.tenue.${seance}.${utilisateur}`;
    const uuid = () => (crypto.randomUUID ? crypto.randomUUID() : "10000000-1000-4000-8000-100000000000".replace(/[018]/g, (c) => (c ^ crypto.getRandomValues(new Uint8Array(1))[0] & 15 >> c / 4).toString(16)));
    const CLE_ONGLET = `${CLE}.${uuid()}`;
    const GARDE_JOURS = 14;
    const DELAI = 20000;
    const pastille = document.querySelector("[data-etat-tenue]");
    const alerte = document.querySelector("[data-alerte-tenue]");
    let jeton = document.querySelector("[name=csrfmiddlewaretoken]").value;

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
      bouton("Ne plus l’envoyer", () => { oter(cle); page.montrerAttentes(); dire(); }),
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
      method: "POST", body: corps, redirect: "manual", credentials: "same-origin", signal: AbortSignal.timeout(DELAI),
      headers: { Accept: "application/json", "HX-Request": "true", "X-CSRFToken": jeton },
    });
    let envoiEnCours = null;
    let recus = 0; // answers to what was sent: a state asked for before one of them is out of date
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
        // Perhaps stored all the same: what comes next is compared with it.
        const courant = file.get(cle) || element;
        courant.envoyes = [...new Set([...courant.envoyes, JSON.parse(parti).synthese])].filter((t) => t !== undefined).slice(-6);
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
      recus += 1;
      delete element.reessaye;
      const intact = file.get(cle) === element && JSON.stringify(element.donnees) === parti;
      page.recevoir[element.partie](cle, element, lu, reponse.status, JSON.parse(parti), intact);
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

    /* --- what others do -------------------------------------------------------------------------------------------- */

    const demanderEtat = async () => {
      let reponse;
      const avant = recus;
      try {
        reponse = await fetch(`${adresseEtat}${point ? `?point=${point}` : ""}`, { headers: { "HX-Request": "true", Accept: "application/json" }, redirect: "manual", signal: AbortSignal.timeout(DELAI) });
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
      terminee = !lu.en_cours;
      page.suivreEtat(recus === avant ? lu : { ...lu, point: null });
      return true;
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

    setTimeout(veiller, ATTENTE_ETAT);
    return {
      file, uuid, mettre, oter, garder, retrouver, dire, noter, bouton, envoyer, bientot, poster, couper,
      coupure: () => coupure,
    };
  };
})();
