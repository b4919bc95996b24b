// What is chosen in a list of filters counts at once, without its button.
export function start() {
  document.addEventListener("change", (event) => {
    if (event.target.matches("[data-sieve] select, select[data-submit]")) event.target.form.requestSubmit();
  });
  document.addEventListener("submit", (event) => {
    if (!event.target.matches("[data-sieve], form.filters")) return;
    for (const field of event.target.querySelectorAll("input, select")) field.disabled = !field.value;
    setTimeout(() => {
      for (const field of event.target.querySelectorAll("input, select")) field.disabled = false;
    });
  });
}
