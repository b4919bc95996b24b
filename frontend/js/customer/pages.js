// Follows the links marked `data-swap` without leaving the page: the server's own page is fetched and put in place.
// The address, the history and the title follow; the heading gets the focus, so that it is read out.
let arrived = () => {};
let asked = 0;

export function start(whenArrived) {
  arrived = whenArrived;
  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[data-swap]");
    if (!link || event.button || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    go(link.href, link.dataset.swap);
  });
  addEventListener("popstate", () => show(location.href));
}

async function go(url, words) {
  const waiting = setTimeout(wait, 150, words);
  const page = await show(url);
  clearTimeout(waiting);
  if (page) history.pushState(null, "", page);
}

function wait(words) {
  const main = document.querySelector("main");
  main.setAttribute("aria-busy", "true");
  document.getElementById("news").textContent = words || "";
}

// Answers with the page's address, as redirects left it; nothing where another page was asked for meanwhile.
async function show(url) {
  const turn = ++asked;
  try {
    const answer = await fetch(url, { headers: { Accept: "text/html" } });
    const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
    const letter = fresh.querySelector(".letter");
    if (turn !== asked) return undefined;
    if (!letter) throw new TypeError("not one of our pages");
    document.title = fresh.title;
    document.querySelector(".letter").replaceWith(letter);
    arrived();
    settle(new URL(url).hash);
    return answer.url + new URL(url).hash;
  } catch {
    location.assign(url); // the browser says what is wrong, or gets there by itself
    return undefined;
  }
}

function settle(hash) {
  const heading = document.querySelector("h1");
  heading.tabIndex = -1;
  heading.focus({ preventScroll: true });
  scrollTo(0, 0);
  if (hash) document.getElementById(hash.slice(1))?.scrollIntoView();
}
