// Builds static/build from static/src: CSS bundles, fonts, icon sprite and the files served as they are, each under a
// name that carries a hash of its content, and manifest.json (name -> hashed name) for the templates' asset().
// The same sources give the same bytes, so what is committed can be rebuilt and compared.
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { basename, extname, join } from "node:path";
import { fileURLToPath } from "node:url";
import * as esbuild from "esbuild";

const here = fileURLToPath(new URL(".", import.meta.url));
const src = join(here, "src");
const out = join(here, "build");

const hashed = (name, bytes) => {
  const digest = createHash("sha256").update(bytes).digest("hex").slice(0, 10);
  return `${basename(name, extname(name))}-${digest}${extname(name)}`;
};

rmSync(out, { recursive: true, force: true });
mkdirSync(out);
const manifest = {};
const emit = (name, bytes) => {
  manifest[name] = hashed(name, bytes);
  writeFileSync(join(out, manifest[name]), bytes);
};
// git keeps no empty folder
const folder = (name) => (existsSync(join(src, name)) ? readdirSync(join(src, name)).sort() : []);

// Fonts first: the style sheets name them by their hashed names, and the page preloads the same files.
for (const file of folder("fonts").filter((file) => file.endsWith(".woff2"))) {
  emit(file, readFileSync(join(src, "fonts", file)));
}

const fonts = {
  name: "fonts",
  setup(build) {
    build.onResolve({ filter: /\.woff2$/ }, ({ path }) => ({ path: manifest[basename(path)], external: true }));
  },
};

const entries = [
  ...folder("css").filter((file) => /^(site|desk|desk-writing|print)\.css$/.test(file)).map((file) => join(src, "css", file)),
  ...folder("js").filter((file) => /\.(js|ts)$/.test(file)).map((file) => join(src, "js", file)),
];
for (const entry of entries) {
  const { outputFiles } = await esbuild.build({
    entryPoints: [entry], bundle: true, minify: true, write: false, format: "esm", charset: "utf8",
    target: ["chrome123", "firefox128", "safari17.5"], legalComments: "none", logLevel: "warning", plugins: [fonts],
    outdir: out,
  });
  emit(basename(entry).replace(/\.ts$/, ".js"), outputFiles[0].contents);
}

const symbols = folder("icons").filter((file) => file.endsWith(".svg")).map((file) => {
  const body = readFileSync(join(src, "icons", file), "utf8").replace(/<!--[\s\S]*?-->/g, "")
    .replace(/[\s\S]*?<svg[^>]*>/, "").replace(/<\/svg>\s*$/, "").replace(/\s*\n\s*/g, "");
  return `<symbol id="${basename(file, ".svg")}" viewBox="0 0 24 24">${body}</symbol>`;
});
emit("icons.svg", `<svg xmlns="http://www.w3.org/2000/svg">${symbols.join("")}</svg>\n`);

for (const file of folder("public")) emit(file, readFileSync(join(src, "public", file)));

const ordered = Object.fromEntries(Object.entries(manifest).sort(([a], [b]) => (a < b ? -1 : 1)));
writeFileSync(join(out, "manifest.json"), JSON.stringify(ordered, null, 2) + "\n");
console.log(`${Object.keys(ordered).length} files in static/build`);
