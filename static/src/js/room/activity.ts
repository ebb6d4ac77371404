// The activity, kept up to date: what is new waits behind a pill until it is asked for.
import { el } from "../desk/dom";
import { ask, say } from "./asking";

const EVERY = 5000; // milliseconds
const AWAY = 15000; // while the server cannot be reached

export function activity(): void {
  const lines = document.querySelector<HTMLElement>("#activity");
  const place = document.querySelector<HTMLElement>("#news-place");
  if (!lines || !place || !lines.hasAttribute("data-first")) return;
  const look = async (): Promise<void> => {
    if (document.visibilityState === "hidden") return void setTimeout(look, EVERY);
    const asked = new URLSearchParams(location.search);
    asked.set("after", lines.dataset["position"]!);
    const news = await ask<{ new: number }>(`/desk/activity/news?${asked}`);
    if (news === "out") return say("Your session has ended. What you see is as it was.", ["Sign in", location.href]);
    if (news === null) {
      say("The server cannot be reached. What you see may be out of date; this list goes on by itself.");
      return void setTimeout(look, AWAY);
    }
    say("");
    if (news.new) {
      const words = news.new >= 40 ? "40 new or more" : `${news.new} new`;
      if (place.textContent !== words) place.replaceChildren(el("button", { class: "pill", type: "button", click: () => location.reload() }, words));
    }
    setTimeout(look, EVERY);
  };
  setTimeout(look, EVERY);
}
