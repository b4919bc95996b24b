// A sending on its way is shown afresh every second until all of it has gone.
import { every } from "./every.js";
import { swap } from "./swap.js";

const PERIOD = 1000;

export function start() {
  if (document.querySelector("[data-refresh]")) every(PERIOD, refresh);
}

async function refresh() {
  const board = document.querySelector("[data-refresh]");
  if (!board) return false;
  const answer = await fetch(board.dataset.refresh);
  if (answer.ok) swap(await answer.text());
  return answer.status !== 401;
}
