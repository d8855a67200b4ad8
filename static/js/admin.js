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

// A press on a picture says what must stay in sight when it is cut; the two number fields say the same for the keyboard.

const SVG = "http://www.w3.org/2000/svg";

function chooseFocus(picture) {
  const [x, y] = ["x", "y"].map((axis) => document.getElementById(`id_${picture.dataset.prefix}-focus_${axis}`));
  if (!x || !y) return;
  const frame = document.createElement("span");
  frame.className = "focus-frame";
  picture.replaceWith(frame);
  const drawing = document.createElementNS(SVG, "svg");
  const mark = drawing.appendChild(document.createElementNS(SVG, "circle"));
  mark.setAttribute("r", 12);
  frame.append(picture, drawing);
  const show = () => {
    mark.setAttribute("cx", `${x.value || 50}%`);
    mark.setAttribute("cy", `${y.value || 50}%`);
  };
  picture.addEventListener("click", (event) => {
    const box = picture.getBoundingClientRect();
    x.value = Math.round(((event.clientX - box.left) / box.width) * 100);
    y.value = Math.round(((event.clientY - box.top) / box.height) * 100);
    show();
  });
  for (const field of [x, y]) field.addEventListener("input", show);
  show();
}

addEventListener("DOMContentLoaded", () => document.querySelectorAll(".focus-on").forEach(chooseFocus));
