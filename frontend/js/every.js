// Does something again and again while the page is seen; a hidden page is left alone and catches up when it is back.
export function every(milliseconds, act) {
  let timer = 0;
  let running = false;

  async function turn() {
    if (running || document.hidden) return;
    running = true;
    let on = true;
    try {
      on = await act();
    } catch {
      // The server can't be reached just now: ask again.
    }
    running = false;
    clearTimeout(timer);
    if (on !== false) timer = setTimeout(turn, milliseconds);
    else document.removeEventListener("visibilitychange", turn);
  }

  document.addEventListener("visibilitychange", turn);
  timer = setTimeout(turn, milliseconds);
}
