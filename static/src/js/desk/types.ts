// What the server says, as cms/desk/writing/screen.py and telling.py write it.
export type Json = null | boolean | number | string | Json[] | { [name: string]: Json };
export type StepJson = { [name: string]: Json };

export interface Picture {
  id: string; gone?: boolean; src?: string; small?: string; width?: number; height?: number;
  alt?: string; caption?: string; credit?: string; filename?: string;
}
export interface Credit { byline: string; role: string }
export interface Lead { image: string; caption?: string | null; alt?: string | null; credit?: string | null }
export interface Limits { href: string; depth: number; embeds: Record<string, string[]>; megabytes: number }
export interface State {
  id: string; version: number; stage: string; locked: string;
  body: { version: number; doc: unknown };
  fields: Record<string, Json>;
  names: Record<string, Record<string, string>>;
  images: Record<string, Picture>;
  me: { account: string; name: string; email: string };
  key: string; zone: string; site: string; at: number;
  schema: { topNode: string; nodes: Record<string, never>; marks: Record<string, never> };
  limits: Limits;
}
export interface Change {
  version: number; type: string; at: number; account: string | null; by: string; command: string | null;
  data: { [name: string]: Json };
}
export interface Here {
  client: string; account: string; name: string; body?: number; anchor?: number; head?: number; field?: string;
}

/** A UUID, also where the page did not come over https and crypto.randomUUID is missing. */
export function uuid(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6]! & 0x0f) | 0x40;
  bytes[8] = (bytes[8]! & 0x3f) | 0x80;
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join("-");
}

export function same(one: unknown, other: unknown): boolean {
  return one === other || JSON.stringify(one) === JSON.stringify(other);
}
