// Presses the button of the hand-over, once; going back to this page does not press it again.
(function () {
  "use strict";
  var form = document.querySelector("form[data-handover]");
  var visit = performance.getEntriesByType("navigation")[0];
  if (form && (!visit || visit.type === "navigate")) form.requestSubmit();
})();
