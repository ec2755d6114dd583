// Asks the shop for the total when the form changes. The shop computes; this only shows.
(function () {
  "use strict";
  var form = document.querySelector("form[data-total]");
  if (!form || !window.fetch || !window.URLSearchParams) return;
  var update = form.querySelector("[data-update]");
  var asked = 0;
  form.addEventListener("change", function (event) {
    if (event.target.name !== "quantity" && event.target.name !== "delivery") return;
    var mine = ++asked;
    var query = new URLSearchParams({
      quantity: form.elements.quantity.value,
      delivery: form.elements.delivery.value,
    });
    fetch(form.dataset.total + "?" + query, { headers: { Accept: "text/plain" } })
      .then(function (answer) {
        if (!answer.ok) throw new Error();
        return answer.text();
      })
      .then(function (text) {
        if (mine !== asked) return;
        var lines = text.split("\n");
        form.querySelector("[data-amount]").textContent = lines[0];
        form.querySelector("[data-pay]").textContent = lines[1];
        form.elements.shown.value = lines[2];
      })
      .catch(function () {
        if (update) update.hidden = false;
      });
  });
  if (update) update.hidden = true;
})();
