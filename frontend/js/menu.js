// A <details class="menu"> closes on Escape and on a click elsewhere, as people expect of a menu. The places of the
// console are one row that a phone can swipe: the present one is brought into sight.
const opened = () => document.querySelectorAll("details.menu[open]");

export function start() {
  document.querySelector(".places [aria-current]")?.scrollIntoView({ block: "nearest", inline: "center" });
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
