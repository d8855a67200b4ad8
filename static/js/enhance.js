// Small comforts. Every page works without them.

// After an error the reader starts at the summary.
document.querySelector("[data-focus]")?.focus();

// Facets and sorting take effect at once, but not while they stand in a sheet with its own "Show results".
const sheetIsOpen = () => CSS.supports("selector(:popover-open)") && document.querySelector(":popover-open");

document.addEventListener("change", ({ target }) => {
  if (target.form?.hasAttribute("data-submit-on-change") && target.matches("select, [type=checkbox]") && !sheetIsOpen()) {
    target.form.requestSubmit();
  }
});

// Results that came without a page load are announced, and the focus goes to them if its place is gone.
document.addEventListener("htmx:afterSettle", () => {
  const heading = document.getElementById("results-heading");
  const status = document.getElementById("results-status");
  if (heading && status) {
    status.textContent = heading.textContent;
    if (document.activeElement === document.body) heading.focus();
  }
});
