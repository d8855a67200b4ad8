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

// Results that came without a page load are announced; the focus stays on the facet that was ticked, or goes to them.
let ticked;

document.addEventListener("htmx:beforeSwap", () => {
  const { type, name, value } = document.activeElement;
  ticked = type === "checkbox" && `[name="${name}"][value="${CSS.escape(value)}"]`;
});

document.addEventListener("htmx:afterSettle", () => {
  const heading = document.getElementById("results-heading");
  const status = document.getElementById("results-status");
  if (!heading || !status) return;
  status.textContent = heading.textContent;
  if (document.activeElement === document.body) ((ticked && document.querySelector(ticked)) || heading).focus();
});
