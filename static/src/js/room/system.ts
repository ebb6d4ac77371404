// The System room, kept up to date: the server draws it, here it is put in place.
import { say } from "./asking";

const RUNNING = 1000; // milliseconds between looks while work is under way
const IDLE = 10000;

export function system(): void {
  const room = document.querySelector<HTMLElement>("#system");
  if (!room) return;
  const look = async (): Promise<void> => {
    const running = room.hasAttribute("data-running");
    if (document.visibilityState === "visible") {
      try {
        const response = await fetch(location.href, { redirect: "manual" });
        if (response.type === "opaqueredirect") return say("Your session has ended. What you see is as it was.", ["Sign in", location.href]);
        const fresh = new DOMParser().parseFromString(await response.text(), "text/html").querySelector<HTMLElement>("#system");
        say("");
        if (fresh && running && !fresh.hasAttribute("data-running")) return location.reload(); // done: all of the page is new
        if (fresh && !room.contains(document.activeElement)) room.replaceChildren(...fresh.childNodes);
      } catch {
        say("The server cannot be reached. What has begun goes on by itself; this page follows.");
      }
    }
    setTimeout(look, room.hasAttribute("data-running") ? RUNNING : IDLE);
  };
  setTimeout(look, room.hasAttribute("data-running") ? RUNNING : IDLE);
}
