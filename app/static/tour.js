/* The tour of the workplace: one stop after the other; what it is about is outlined. */
(function () {
  "use strict";
  const dialog = document.getElementById("tour");
  if (!dialog || dialog.dataset.opens === undefined || !dialog.showModal) return;
  const stops = Array.from(dialog.querySelectorAll("section"));
  const next = dialog.querySelector("[data-step='1']");
  const back = dialog.querySelector("[data-step='-1']");
  const form = dialog.querySelector("form");
  let at = 0;
  function show(place) {
    document.querySelectorAll(".aj-toured").forEach((one) => one.classList.remove("aj-toured"));
    at = Math.max(0, Math.min(stops.length - 1, place));
    stops.forEach((one, order) => { one.hidden = order !== at; });
    back.hidden = at === 0;
    next.hidden = at === stops.length - 1;
    const about = document.querySelector(stops[at].dataset.about);
    if (about) {
      about.classList.add("aj-toured");
      about.scrollIntoView({ block: "center" });
    }
  }
  dialog.addEventListener("click", (event) => {
    const button = event.target.closest("[data-step]");
    if (!button) return;
    show(at + Number(button.dataset.step));
    (button.hidden ? form.querySelector("[type=submit]") : button).focus();
  });
  dialog.addEventListener("keydown", (event) => {
    if (event.key === "ArrowRight") show(at + 1);
    if (event.key === "ArrowLeft") show(at - 1);
  });
  dialog.addEventListener("cancel", (event) => {
    event.preventDefault();
    form.requestSubmit();
  });
  dialog.showModal();
  show(0);
})();
