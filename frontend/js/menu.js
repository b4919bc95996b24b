// A <details class="menu"> closes on Escape and on a click elsewhere, as people expect of a menu.
const opened = () => document.querySelectorAll("details.menu[open]");

export function start() {
  document.addEventListener("click", (event) => {
    for (const menu of opened()) {
      if (!menu.contains(event.target)) menu.open = false;
    }
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    for (const menu of opened()) {
      menu.open = false;
      menu.querySelector("summary").focus();
    }
  });
}
