// Boxes that scripts draw over a form field get the field's own label and language, for those who hear the page.

function label(box, field) {
  const words = document.querySelector(`label[for="${field.id}"]`);
  if (!words) return;
  words.id ||= `${field.id}_label`;
  // A box that shows a value is named by both.
  const value = box.querySelector(".select2-selection__rendered");
  const names = value ? `${words.id} ${value.id}` : words.id;
  for (const part of value ? [box, value] : [box]) part.setAttribute("aria-labelledby", names);
}

document.addEventListener("prose-editor:ready", ({ detail: { editor, textarea } }) => {
  label(editor.view.dom, textarea);
  editor.view.dom.lang = textarea.lang;
});

function labelSelects() {
  for (const field of document.querySelectorAll("select.select2-hidden-accessible")) {
    label(field.nextElementSibling.querySelector(".select2-selection"), field);
  }
}

// Through jQuery, whose turn comes after the load event: so after Django's own, which draws the boxes.
addEventListener("load", () => window.django?.jQuery?.(labelSelects));
