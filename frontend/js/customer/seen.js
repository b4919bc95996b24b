// Tells the portal, once and without waiting, that somebody looks at the page: a page behind another doesn't count.
export function start() {
  const url = document.body.dataset.seen;
  if (!url) return;
  const tell = () => {
    if (document.hidden) return;
    document.removeEventListener("visibilitychange", tell);
    navigator.sendBeacon(url);
  };
  document.addEventListener("visibilitychange", tell);
  tell();
}
