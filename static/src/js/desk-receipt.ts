// A publication's receipt: asks the server until every place has the new words. The page says the same without it.
interface Place {
  name: string;
  state: "there" | "waiting" | "scheduled" | "passed";
  took: string;
}

const list = document.querySelector<HTMLElement>("[data-receipt]");
const WORDS = { there: "there", waiting: "on its way", scheduled: "at its time", passed: "older than what feeds hold" };
const ICONS = { there: "circle-check", waiting: "rotate-ccw", scheduled: "calendar-clock", passed: "clock" };

function show(place: Place): void {
  const line = list?.querySelector<HTMLElement>(`[data-place="${place.name}"]`);
  const took = line?.querySelector<HTMLElement>(".took");
  if (!line || !took || line.className === place.state) return;
  line.className = place.state;
  took.textContent = place.took || WORDS[place.state];
  const use = line.querySelector("use");
  use?.setAttribute("href", `${use.getAttribute("href")?.split("#")[0]}#${ICONS[place.state]}`);
}

async function ask(address: string, wait: number): Promise<void> {
  try {
    const answer = await fetch(address, { headers: { Accept: "application/json" } });
    if (answer.ok && !answer.redirected) {
      const told = (await answer.json()) as { places: Place[]; done: boolean };
      told.places.forEach(show);
      if (told.done) return;
    }
  } catch {
    // Without a network the lines stay as they are; what was published is.
  }
  setTimeout(() => void ask(address, Math.min(wait * 1.15, 5000)), wait);
}

const address = list?.dataset["receipt"];
if (address) void ask(address, 200);
