// The focal point and the crops of a picture, by pointer and by keyboard, with previews as they change. What is saved
// goes through the page's own forms.
import { el } from "../desk/dom";

interface Box { left: number; upper: number; width: number; height: number }

const LEAST = 0.1; // of the widest frame there is room for

export function shaper(): void {
  const root = document.querySelector<HTMLElement>("#shaper");
  if (!root) return;
  root.hidden = false;
  const [width, height] = [Number(root.dataset["width"]), Number(root.dataset["height"])];
  const focus = { x: Number(root.dataset["x"]), y: Number(root.dataset["y"]) };
  const shapes = root.dataset["shapes"]!.split(" ");
  const made = new Map<string, Box>(Object.entries(JSON.parse(root.dataset["crops"]!) as Record<string, [number, number, number, number]>)
    .map(([name, [left, upper, across, down]]) => [name, { left, upper, width: across, height: down }]));
  const saved = new Set(made.keys());
  let mode = "focus";

  const ratio = (shape: string): number => {
    const [across, down] = shape.split(":").map(Number);
    return across! / down!;
  };
  const widest = (shape: string): number => Math.min(width, height * ratio(shape));
  const around = (shape: string): Box => {
    const [across, down] = [widest(shape), widest(shape) / ratio(shape)];
    return { left: within(focus.x * width - across / 2, width - across), upper: within(focus.y * height - down / 2, height - down), width: across, height: down };
  };
  const box = (shape: string): Box => made.get(shape) ?? around(shape);

  const picture = (): HTMLImageElement => el("img", { src: root.dataset["src"]!, alt: "", draggable: "false" });
  const dot = el("button", { type: "button", class: "shaper-dot" });
  const frame = el("button", { type: "button", class: "shaper-frame" });
  const shown = picture();
  shown.width = width;
  shown.height = height;
  const stage = el("div", { class: "shaper-stage" }, shown, dot, frame);
  const modes = ["focus", ...shapes].map((name) => el("button", { type: "button", class: "button small", click: () => turn(name) }, name === "focus" ? "Focal point" : name));
  const views = shapes.map((shape) => {
    const view = el("div", { class: "shaper-view" }, picture());
    view.style.aspectRatio = String(ratio(shape));
    return el("figure", {}, view, el("figcaption", {}));
  });
  const save = el("button", { type: "button", class: "button primary", click: () => store() }, "Save");
  const undo = el("button", { type: "button", class: "button", click: () => remove() }, "Cut around the focal point again");
  const hint = el("p", { class: "meta" });
  root.append(el("div", { class: "shaper-modes", role: "group", "aria-label": "What to set" }, ...modes), hint, stage, el("div", { class: "shaper-views" }, ...views), el("p", { class: "actions" }, save, undo));

  function turn(to: string): void {
    mode = to;
    draw();
  }
  function draw(): void {
    modes.forEach((button, n) => button.setAttribute("aria-pressed", String(["focus", ...shapes][n] === mode)));
    dot.hidden = mode !== "focus";
    frame.hidden = mode === "focus";
    dot.style.left = `${focus.x * 100}%`;
    dot.style.top = `${focus.y * 100}%`;
    dot.setAttribute("aria-label", `Focal point: ${Math.round(focus.x * 100)} per cent from the left, ${Math.round(focus.y * 100)} from the top. Arrow keys move it.`);
    if (mode !== "focus") {
      const at = box(mode);
      place(frame, at, width, height);
      frame.setAttribute("aria-label", `Crop ${mode}: ${Math.round(at.width)} by ${Math.round(at.height)} pixels. Arrow keys move it, plus and minus change its size.`);
    }
    hint.textContent = mode === "focus" ? "Click on what every crop must keep, or move the point with the arrow keys." : "Drag the frame or its corner; or use the arrow keys, plus and minus.";
    undo.hidden = mode === "focus" || !made.has(mode);
    shapes.forEach((shape, n) => {
      const at = box(shape);
      const image = views[n]!.querySelector("img")!;
      image.style.inlineSize = `${(width / at.width) * 100}%`;
      image.style.blockSize = `${(height / at.height) * 100}%`;
      image.style.left = `${(-at.left / at.width) * 100}%`;
      image.style.top = `${(-at.upper / at.height) * 100}%`;
      views[n]!.querySelector("figcaption")!.textContent = `${shape}, ${made.has(shape) ? "by hand" : "around the point"}`;
    });
  }
  function move(by: { x: number; y: number }, grow = 0): void {
    if (mode === "focus") {
      focus.x = within(focus.x + by.x, 1);
      focus.y = within(focus.y + by.y, 1);
    } else {
      const at = box(mode);
      const across = Math.min(Math.max(at.width + grow * width, widest(mode) * LEAST), widest(mode));
      const down = across / ratio(mode);
      made.set(mode, { left: within(at.left + by.x * width, width - across), upper: within(at.upper + by.y * height, height - down), width: across, height: down });
    }
    draw();
  }
  stage.addEventListener("pointerdown", (event) => {
    event.preventDefault();
    const rect = stage.getBoundingClientRect();
    let [x, y] = [event.clientX, event.clientY];
    const corner = frame.getBoundingClientRect();
    const sizing = mode !== "focus" && x > corner.right - 24 && y > corner.bottom - 24;
    (mode === "focus" ? dot : frame).focus({ preventScroll: true });
    if (mode === "focus") {
      [focus.x, focus.y] = [(x - rect.left) / rect.width, (y - rect.top) / rect.height];
      move({ x: 0, y: 0 });
    }
    stage.setPointerCapture(event.pointerId);
    const drag = (now: PointerEvent): void => {
      const by = { x: (now.clientX - x) / rect.width, y: (now.clientY - y) / rect.height };
      [x, y] = [now.clientX, now.clientY];
      move(sizing ? { x: 0, y: 0 } : by, sizing ? by.x : 0);
    };
    stage.addEventListener("pointermove", drag);
    stage.addEventListener("pointerup", () => stage.removeEventListener("pointermove", drag), { once: true });
    stage.addEventListener("pointercancel", () => stage.removeEventListener("pointermove", drag), { once: true });
  });
  stage.addEventListener("keydown", (event) => {
    const by = event.shiftKey ? 0.05 : 0.01;
    const ways: Record<string, [number, number, number]> = {
      ArrowLeft: [-by, 0, 0], ArrowRight: [by, 0, 0], ArrowUp: [0, -by, 0], ArrowDown: [0, by, 0], "+": [0, 0, by], "=": [0, 0, by], "-": [0, 0, -by],
    };
    const way = ways[event.key];
    if (!way) return;
    event.preventDefault();
    move({ x: way[0], y: way[1] }, way[2]);
  });
  function store(): void {
    if (mode === "focus") return submit("focus", { x: Math.round(focus.x * 100), y: Math.round(focus.y * 100) });
    const at = box(mode);
    const [across, down] = [Math.max(1, Math.floor(at.width)), Math.max(1, Math.floor(at.height))];
    submit("crop", { name: mode, left: Math.min(Math.round(at.left), width - across), upper: Math.min(Math.round(at.upper), height - down), width: across, height: down });
  }
  function remove(): void {
    if (saved.has(mode)) return submit("uncrop", { name: mode });
    made.delete(mode);
    draw();
  }
  draw();
}

function submit(action: string, values: Record<string, string | number>): void {
  const form = document.querySelector<HTMLFormElement>(`#do-${action}`)!;
  for (const [name, value] of Object.entries(values)) (form.elements.namedItem(name) as HTMLInputElement).value = String(value);
  form.requestSubmit();
}

function within(value: number, most: number): number {
  return Math.min(Math.max(value, 0), Math.max(most, 0));
}

function place(frame: HTMLElement, at: Box, width: number, height: number): void {
  frame.style.left = `${(at.left / width) * 100}%`;
  frame.style.top = `${(at.upper / height) * 100}%`;
  frame.style.inlineSize = `${(at.width / width) * 100}%`;
  frame.style.blockSize = `${(at.height / height) * 100}%`;
}
