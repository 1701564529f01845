// The theme's buttons name their action in an attribute that the content security policy forbids; it is read from data-action.
document.addEventListener("click", function (event) {
  var button = event.target.closest("[data-action]");
  if (!button) return;
  if (button.dataset.action === "full-screen") toggleFullScreen();
});
