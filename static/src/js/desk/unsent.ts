// What was typed into the forms of the panels and not sent: kept for this story in this tab, also when a panel is closed
// or the page loaded again, until it is sent or taken back.
type Control = HTMLInputElement | HTMLTextAreaElement | HTMLSelectElement;
type Typed = Record<string, string | boolean>; // by the name of the control, and what it ticks

export class Unsent {
  private readonly known: Record<string, Record<string, Typed>>; // by panel and form

  /** `place`: the name of the tab’s memory for this story and this person. */
  constructor(private readonly place: string) {
    this.known = read(place);
  }

  has(panel: string): boolean {
    return panel in this.known;
  }

  /** Note what the forms of a panel hold that they did not begin with. */
  keep(panel: string, root: HTMLElement): void {
    const forms = [...root.querySelectorAll("form")].map((form): [string, Typed] => [called(form), typed(form)]);
    this.set(panel, Object.fromEntries(forms.filter(([, values]) => Object.keys(values).length)));
  }

  /** Put back into a panel that was drawn anew what was typed there; what hid it is opened. */
  restore(panel: string, root: HTMLElement): void {
    for (const form of root.querySelectorAll("form")) {
      const values = this.known[panel]?.[called(form)] ?? {};
      for (const control of controls(form)) {
        const value = values[key(control)];
        if (value === undefined) continue;
        if (typeof value === "boolean") (control as HTMLInputElement).checked = value;
        else control.value = value;
        control.closest("details")?.setAttribute("open", "");
      }
    }
  }

  /** A form was sent. */
  forget(panel: string, form: HTMLFormElement): void {
    const { [called(form)]: _, ...others } = this.known[panel] ?? {};
    this.set(panel, others);
  }

  private set(panel: string, forms: Record<string, Typed>): void {
    if (Object.keys(forms).length) this.known[panel] = forms;
    else delete this.known[panel];
    try {
      sessionStorage.setItem(this.place, JSON.stringify(this.known));
    } catch {
      // A private window may keep nothing; then it lasts as long as the page.
    }
  }
}

function read(place: string): Record<string, Record<string, Typed>> {
  try {
    return JSON.parse(sessionStorage.getItem(place) ?? "{}");
  } catch {
    return {};
  }
}

const called = (form: HTMLFormElement): string => form.getAttribute("id") ?? form.getAttribute("action") ?? "";

const ticks = (control: Control): control is HTMLInputElement => control.type === "checkbox" || control.type === "radio";

const key = (control: Control): string => (ticks(control) ? `${control.name}=${control.value}` : control.name);

/** What a person fills in; no password and no code is ever kept. */
function controls(form: HTMLFormElement): Control[] {
  return [...form.elements].filter((one): one is Control =>
    one instanceof HTMLSelectElement || one instanceof HTMLTextAreaElement ||
    (one instanceof HTMLInputElement && !one.readOnly && !["hidden", "password", "file", "submit"].includes(one.type) && one.autocomplete !== "one-time-code"));
}

function typed(form: HTMLFormElement): Typed {
  const found: Typed = {};
  for (const control of controls(form)) {
    if (ticks(control)) {
      if (control.checked !== control.defaultChecked) found[key(control)] = control.checked;
    } else if (control instanceof HTMLSelectElement) {
      const first = [...control.options].find((one) => one.defaultSelected) ?? control.options[0];
      if (control.value !== (first?.value ?? "")) found[key(control)] = control.value;
    } else if (control.value !== control.defaultValue) found[key(control)] = control.value;
  }
  return found;
}
