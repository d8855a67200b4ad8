// Switches the theme at once. Without this the form does the same, with a reload.
const form = document.querySelector("[data-theme-form]");

form?.addEventListener("submit", (event) => {
  event.preventDefault();
  const theme = event.submitter.value;
  const answer = new FormData(form);
  answer.set("theme", theme);
  document.documentElement.dataset.bsTheme = theme;
  form.querySelector(theme === "dark" ? ".to-light" : ".to-dark").focus();
  fetch(form.getAttribute("action"), { method: "POST", body: answer, redirect: "manual", keepalive: true });
});
