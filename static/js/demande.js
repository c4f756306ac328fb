/* Step two of the contact form: hides the questions that the chosen situation does not ask. Everything shows without it. */
(() => {
  "use strict";
  const formulaire = document.querySelector("form[data-demande]");
  if (!formulaire) return;
  const CACHES = { entreprise: ["emplois_prevus"], projet: ["entreprise"], transmission: ["emplois_prevus"] };
  const montrer = () => {
    const choisi = formulaire.querySelector("input[name=genre]:checked");
    const caches = (choisi && CACHES[choisi.value]) || [];
    ["entreprise", "emplois_prevus"].forEach((nom) => {
      const bloc = document.getElementById(`div_id_${nom}`);
      const saisi = bloc && bloc.querySelector("input");
      /* What is already filled in, or wrong, stays in sight. */
      if (bloc) bloc.hidden = caches.includes(nom) && !saisi.value && !saisi.matches(".is-invalid");
    });
  };
  formulaire.addEventListener("change", montrer);
  montrer();
})();
