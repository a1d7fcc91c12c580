"use strict";
// Without this script everything is there and readable; it only filters, opens and copies.
(() => {
  const bar = document.querySelector(".filter");
  const form = bar.querySelector("form");
  const items = [...document.querySelectorAll("[data-status]")];
  const groups = [...document.querySelectorAll("[data-group]")];
  const summaries = [...document.querySelectorAll("[data-summary]")];
  const texts = new Map();
  const textOf = (item) => {
    if (!texts.has(item)) texts.set(item, item.textContent.toLowerCase());
    return texts.get(item);
  };
  const matches = (item, words, status, family) =>
    (!status || item.dataset.status === status) &&
    (!family || item.dataset.family === family) &&
    words.every((word) => textOf(item).includes(word));

  function apply() {
    const words = form.text.value.toLowerCase().split(/\s+/).filter(Boolean);
    const [status, family] = [form.status.value, form.family.value];
    const filtering = words.length > 0 || status !== "" || family !== "";
    for (const section of summaries) section.hidden = filtering;
    let shown = 0;
    for (const item of items) {
      item.hidden = filtering && !matches(item, words, status, family);
      shown += item.hidden ? 0 : 1;
    }
    for (const group of groups) {
      const left = group.querySelector("[data-status]:not([hidden])") !== null;
      group.hidden = filtering && !left;
      if (group.tagName === "DETAILS") group.open = filtering && left;
    }
    form.querySelector("output").value = filtering ? `${shown} of ${items.length}` : `${items.length} checks`;
  }

  let waiting = 0;
  form.addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(apply, 80);
  });
  form.addEventListener("submit", (event) => event.preventDefault());
  for (const tile of document.querySelectorAll("[data-choose]")) {
    tile.addEventListener("click", () => {
      form.status.value = tile.dataset.choose;
      apply();
    });
  }
  for (const line of document.querySelectorAll(".again")) {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = "copy";
    button.addEventListener("click", async () => {
      try {
        await navigator.clipboard.writeText(line.querySelector("code").textContent);
        button.textContent = "copied";
      } catch {
        getSelection().selectAllChildren(line.querySelector("code"));
      }
    });
    line.append(button);
  }
  // A link to a row inside something closed opens it.
  const open = () => {
    const goal = location.hash && document.getElementById(decodeURIComponent(location.hash.slice(1)));
    for (let at = goal; at; at = at.parentElement) if (at.tagName === "DETAILS") at.open = true;
    if (goal) goal.scrollIntoView();
  };
  addEventListener("hashchange", open);
  open();
  bar.hidden = false;
  apply();
})();
