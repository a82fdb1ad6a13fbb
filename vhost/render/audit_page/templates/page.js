"use strict";
(() => {
  const form = document.querySelector(".filters");
  if (!form) return;
  document.documentElement.classList.add("js");
  form.hidden = false;
  const panels = [...document.querySelectorAll(".panel")];
  const search = document.getElementById("search");
  const shown = document.getElementById("shown");
  const nothing = document.getElementById("nothing");
  const texts = new Map();
  let group = "";

  const text = (panel) => {
    let found = texts.get(panel);
    if (found === undefined) texts.set(panel, (found = panel.textContent.toLowerCase()));
    return found;
  };

  const ticked = (kind) =>
    new Set([...form.querySelectorAll(`input[name=${kind}]:checked`)].map((input) => input.value));

  const filter = () => {
    const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
    const kinds = ["severity", "cause", "key"].map((kind) => [kind, ticked(kind)]).filter(([, set]) => set.size);
    let count = 0;
    for (const panel of panels) {
      const fits =
        (!group || panel.dataset.group === group) &&
        kinds.every(([kind, set]) => set.has(panel.dataset[kind])) &&
        words.every((word) => text(panel).includes(word));
      panel.hidden = !fits;
      count += fits ? 1 : 0;
    }
    const of = count === panels.length ? "" : ` of ${panels.length.toLocaleString("en")}`;
    const inGroup = group ? `, only group ${group}` : "";
    shown.value = `${count.toLocaleString("en")}${of} collision${panels.length === 1 ? "" : "s"}${inGroup}`;
    nothing.hidden = count > 0;
  };

  const clear = () => {
    form.reset();
    group = "";
  };

  const tick = (kind, value) => {
    for (const input of form.querySelectorAll(`input[name=${kind}]`)) input.checked = input.value === value;
  };

  let waiting = 0;
  search.addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(filter, 120);
  });
  form.addEventListener("change", filter);
  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("reset", () => {
    group = "";
    setTimeout(filter);
  });

  const unfold = (open) => {
    for (const panel of panels) if (!panel.hidden) panel.open = open;
  };
  document.getElementById("unfold").addEventListener("click", () => unfold(true));
  document.getElementById("fold").addEventListener("click", () => unfold(false));

  const reveal = () => {
    const panel = document.getElementById(location.hash.slice(1));
    if (!panel || !panel.classList.contains("panel")) return;
    if (panel.hidden) {
      clear();
      filter();
    }
    panel.open = true;
    panel.scrollIntoView();
  };
  addEventListener("hashchange", reveal);
  reveal();

  const select = (code) => {
    const range = document.createRange();
    range.selectNodeContents(code);
    const selection = getSelection();
    selection.removeAllRanges();
    selection.addRange(range);
  };

  const addButtons = (panel) => {
    if (panel.dataset.ready || !panel.open) return;
    panel.dataset.ready = "yes";
    for (const code of panel.querySelectorAll("td code")) {
      const button = document.createElement("button");
      button.type = "button";
      button.className = "copy";
      button.textContent = "Copy";
      button.setAttribute("aria-label", `Copy ${code.textContent}`);
      code.after(button);
    }
  };
  document.addEventListener("toggle", (event) => event.target.matches?.(".panel") && addButtons(event.target), true);
  panels.forEach(addButtons);

  const copy = async (button) => {
    const code = button.previousElementSibling;
    let done = false;
    try {
      await navigator.clipboard.writeText(code.textContent);
      done = true;
    } catch {
      select(code);
      try {
        done = document.execCommand("copy");
      } catch {
        done = false;
      }
    }
    const name = button.getAttribute("aria-label");
    button.removeAttribute("aria-label");
    button.textContent = done ? "Copied" : "Press Ctrl+C";
    setTimeout(() => {
      button.textContent = "Copy";
      button.setAttribute("aria-label", name);
    }, 1600);
  };

  document.addEventListener("click", (event) => {
    const button = event.target.closest("button.copy");
    if (button) copy(button);
    const link = event.target.closest("a[data-group], a[data-cause]");
    if (!link) return;
    clear();
    if (link.dataset.group) group = link.dataset.group;
    else {
      tick("severity", link.dataset.severity);
      tick("cause", link.dataset.cause);
    }
    filter();
    if (location.hash === link.hash) reveal();
  });

  addEventListener("beforeprint", () => {
    for (const panel of panels) if (!panel.open && !panel.hidden) (panel.open = true), (panel.dataset.shut = "");
  });
  addEventListener("afterprint", () => {
    for (const panel of document.querySelectorAll("[data-shut]")) (panel.open = false), delete panel.dataset.shut;
  });
})();
