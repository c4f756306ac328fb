/* Suggestions under a text field (data-suggestions="address"): fills its datalist as one types. Without it the field is free. */
(() => {
  "use strict";

  const attentes = new WeakMap();

  const remplir = async (champ) => {
    const liste = document.getElementById(champ.getAttribute("list"));
    const saisie = champ.value.trim();
    if (!liste || saisie.length < 2) return;
    if ([...liste.options].some((option) => option.value === champ.value)) return;
    try {
      const reponse = await fetch(`${champ.dataset.suggestions}?q=${encodeURIComponent(saisie)}`);
      if (!reponse.ok) return;
      const { suggestions } = await reponse.json();
      if (champ.value.trim() !== saisie || !suggestions.length) return;
      liste.replaceChildren(...suggestions.map((texte) => {
        const option = document.createElement("option");
        option.value = texte;
        return option;
      }));
    } catch {
      /* No network: the field stays free. */
    }
  };

  document.addEventListener("input", (evenement) => {
    const champ = evenement.target;
    if (!champ.dataset || !("suggestions" in champ.dataset)) return;
    clearTimeout(attentes.get(champ));
    attentes.set(champ, setTimeout(() => remplir(champ), 200));
  });
})();
