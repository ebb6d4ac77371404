// Pictures on their way into the library: chosen or dropped anywhere on the page, one request each, with progress.
import { el } from "../desk/dom";

interface Facts { picture: { format: string; width: number; height: number }; carried: { gps: boolean } }
interface Came { name: string; id: string; here: boolean; refused: string; facts: Facts | null }

const AT_ONCE = 2;

export function upload(): void {
  const form = document.querySelector<HTMLFormElement>("#upload");
  if (!form) return;
  const files = form.querySelector<HTMLInputElement>("#file")!;
  const list = form.querySelector<HTMLElement>("#upload-files")!;
  const waiting: [File, HTMLElement][] = [];
  let under = 0;

  const next = (): void => {
    const one = under < AT_ONCE ? waiting.shift() : undefined;
    if (!one) return;
    under += 1;
    void send(form, ...one).finally(() => {
      under -= 1;
      next();
    });
    next();
  };
  const take = (chosen: Iterable<File>): void => {
    for (const file of chosen) {
      const said = el("span", {}, "Waits");
      list.append(el("li", {}, el("span", { class: "name" }, file.name), said));
      waiting.push([file, said]);
    }
    next();
  };
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    take([...(files.files ?? [])]);
    files.value = "";
  });
  files.addEventListener("change", () => form.requestSubmit());
  const carries = (event: DragEvent): boolean => Boolean(event.dataTransfer?.types.includes("Files"));
  document.addEventListener("dragover", (event) => {
    if (!carries(event)) return;
    event.preventDefault();
    document.body.classList.add("is-dropping");
  });
  document.addEventListener("dragleave", (event) => {
    if (!event.relatedTarget) document.body.classList.remove("is-dropping");
  });
  document.addEventListener("drop", (event) => {
    document.body.classList.remove("is-dropping");
    if (!carries(event)) return;
    event.preventDefault();
    take([...event.dataTransfer!.files]);
  });
  addEventListener("beforeunload", (event) => {
    if (under || waiting.length) event.preventDefault();
  });
}

/** One file. Sent again after a lost connection it is taken in once: the command's id stays with it. */
function send(form: HTMLFormElement, file: File, said: HTMLElement, command = crypto.randomUUID()): Promise<void> {
  const data = new FormData();
  data.set("key", form.querySelector<HTMLInputElement>("[name=key]")!.value);
  data.set("command_id", command);
  data.set("file", file);
  const bar = el("progress", { max: "100", value: "0", "aria-label": `Sending ${file.name}` });
  said.className = "";
  said.replaceChildren(bar);
  return new Promise((done) => {
    const request = new XMLHttpRequest();
    request.open("POST", "/desk/images");
    request.setRequestHeader("Accept", "application/json");
    request.responseType = "json";
    request.upload.addEventListener("progress", (event) => {
      bar.value = event.lengthComputable ? Math.round((event.loaded / event.total) * 100) : 0;
      if (bar.value === 100) bar.removeAttribute("value"); // it has arrived and is being read
    });
    const failed = (words: string, again: boolean): void => {
      said.className = "is-bad";
      said.replaceChildren(words, ...(again ? [" ", el("button", { class: "button small", type: "button", click: () => void send(form, file, said, command) }, "Try again")] : []));
    };
    request.addEventListener("loadend", () => {
      const came = request.response as Came | null;
      const to = (words: string): HTMLElement => el("a", { href: `/desk/images/${came!.id}` }, words);
      if (request.status === 200 && came) said.replaceChildren(...(came.here ? ["Here already: ", to("see it")] : ["Uploaded: ", to("look at its words"), what(came.facts)]));
      else if (request.status === 422 && came) {
        failed(came.refused, false);
        if (came.id) said.append(" ", to("See it"));
      } else if (request.status === 401 || request.status === 403) failed("Your session has ended. Load the page again to sign in, then send it again.", false);
      else if (request.status === 413) failed("The file is too large.", false);
      else failed("The server could not be reached: nothing was uploaded.", true);
      done();
    });
    request.send(data);
  });
}

/** What the file is, and that it tells where it was taken: whoever passes the file itself on should know. */
function what(facts: Facts | null): string {
  if (!facts) return "";
  const { format, width, height } = facts.picture;
  return ` (${format.toUpperCase()}, ${width} × ${height}${facts.carried.gps ? "; the file tells where it was taken, readers never see that" : ""})`;
}
