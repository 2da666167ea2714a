/** What the browser knows about the network and about who is looking at the page. */

export interface PageHooks {
  online(): void;
  offline(): void;
  visible(): void;
  hidden(): void;
  leave(): void;
  /** Another tab changed the shared storage. */
  stored(key: string | null): void;
}

export function watchPage(hooks: PageHooks): void {
  window.addEventListener("online", () => hooks.online());
  window.addEventListener("offline", () => hooks.offline());
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "visible") hooks.visible();
    else hooks.hidden();
  });
  window.addEventListener("pagehide", () => hooks.leave());
  window.addEventListener("pageshow", (event) => {
    if (event.persisted) hooks.visible();
  });
  window.addEventListener("storage", (event) => hooks.stored(event.key));
}

/** Runs one at a time across the tabs of this site, where the browser can. */
export async function exclusively<T>(name: string, work: () => Promise<T>): Promise<T> {
  if (!("locks" in navigator)) return work();
  return (await navigator.locks.request(name, work)) as T;
}
