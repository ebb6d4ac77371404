// What is wider than its place and can be scrolled sideways: it fades at the edge behind which there is more, and only there.

/** `more-before` and `more-after` say so on the element; the style sheets draw it. */
export function edges(box: HTMLElement): void {
  const look = (): void => {
    const beyond = box.scrollWidth - box.clientWidth;
    box.classList.toggle("more-before", beyond > 1 && box.scrollLeft > 1);
    box.classList.toggle("more-after", beyond > 1 && box.scrollLeft < beyond - 1);
  };
  const sizes = new ResizeObserver(look); // of the place, and of each thing in it
  for (const one of [box, ...box.children]) sizes.observe(one);
  box.addEventListener("scroll", look, { passive: true });
  const current = box.querySelector<HTMLElement>("[aria-current]");
  if (current) box.scrollLeft = current.offsetLeft + current.offsetWidth / 2 - box.clientWidth / 2;
  look();
}
