// A board asks every two seconds whether anything has happened, and then shows it: see portal/console/live.py.
import { every } from "./every.js";
import { swap } from "./swap.js";

const PERIOD = 2000;
const FLASH = 4000;
const SPOKEN = 3;

export function start() {
  const news = document.querySelector("[data-live]");
  if (news) every(PERIOD, () => ask(news));
}

async function ask(news) {
  const answer = await fetch(`${news.dataset.live}&after=${news.dataset.seq}`);
  if (answer.status === 401) return signedOut(news);
  if (answer.status !== 200) return true;
  const { seq } = await answer.json();
  const board = await fetch(news.dataset.board);
  if (!board.ok) return true;
  show(news, swap(await board.text()));
  news.dataset.seq = seq;
  return true;
}

function show(news, { changed, gone }) {
  document.dispatchEvent(new Event("board:swapped"));
  for (const element of changed) {
    element.classList.add("changed");
    setTimeout(() => element.classList.remove("changed"), FLASH);
  }
  const said = [
    ...changed.map((element) => element.dataset.say),
    ...gone.map((element) => `${element.querySelector(".name").textContent} is no longer here`),
  ];
  if (said.length) news.textContent = said.length > SPOKEN ? `${said.length} stops changed.` : said.join("; ");
}

function signedOut(news) {
  news.textContent = "You are signed out: what you see is no longer kept up to date.";
  news.classList.remove("unseen");
  news.classList.add("banner", "waiting");
  return false;
}
