// Rows that are dragged into another order; their arrows do the same without a pointer or a script.
import { el, icon } from "../desk/dom";

export function order(): void {
  for (const body of document.querySelectorAll<HTMLElement>("[data-order]")) {
    const form = document.getElementById(body.dataset["order"]!) as HTMLFormElement;
    for (const row of body.querySelectorAll<HTMLElement>("tr:has([name=section])")) {
      const handle = el("span", { class: "order-handle", "aria-hidden": "true", title: "Drag to another place" }, icon("grip-vertical"));
      row.querySelector(".order")!.prepend(handle);
      handle.addEventListener("pointerdown", (event) => drag(event, handle, row, body, form));
    }
  }
}

const ids = (body: HTMLElement): string => [...body.querySelectorAll<HTMLInputElement>("[name=section]")].map((one) => one.value).join();

function drag(event: PointerEvent, handle: HTMLElement, row: HTMLElement, body: HTMLElement, form: HTMLFormElement): void {
  event.preventDefault();
  const before = ids(body);
  handle.setPointerCapture(event.pointerId);
  row.classList.add("is-dragged");
  const move = (now: PointerEvent): void => {
    const over = [...body.children].find((one) => {
      const { top, bottom } = one.getBoundingClientRect();
      return now.clientY >= top && now.clientY < bottom;
    });
    if (!over || over === row || !over.querySelector("[name=section]")) return;
    const below = row.compareDocumentPosition(over) & Node.DOCUMENT_POSITION_FOLLOWING;
    over[below ? "after" : "before"](row);
  };
  const end = (): void => {
    handle.removeEventListener("pointermove", move);
    row.classList.remove("is-dragged");
    if (ids(body) !== before) form.requestSubmit();
  };
  handle.addEventListener("pointermove", move);
  handle.addEventListener("lostpointercapture", end, { once: true });
}
