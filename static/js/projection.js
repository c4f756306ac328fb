/* The view on the wall follows the meeting (data-ecran): asked again every few seconds, changed only when it differs. */
(() => {
  "use strict";

  const ecran = document.querySelector("[data-ecran]");
  if (!ecran) return;
  let connu = "";
  const suivre = async () => {
    try {
      const vu = ecran.querySelector("[data-vu]");
      const adresse = `${window.location.pathname}?vu=${vu ? vu.dataset.vu : ""}`;
      const reponse = await fetch(adresse, { headers: { "HX-Request": "true" }, redirect: "manual" });
      ecran.classList.toggle("ecran-coupe", !reponse.ok);
      if (reponse.ok) {
        const html = await reponse.text();
        if (html !== connu && connu) ecran.innerHTML = html;
        connu = html;
      }
    } catch {
      ecran.classList.add("ecran-coupe");
    }
    setTimeout(suivre, 3000);
  };
  suivre();
})();
