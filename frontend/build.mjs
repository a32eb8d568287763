// Builds what is committed under clm_plugin/static/clm_plugin/, so that installing needs no Node.
//   node frontend/build.mjs [folder]     (the folder is for the test that compares)
import { build } from "esbuild";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const here = dirname(fileURLToPath(import.meta.url));
const folder = process.argv[2] ?? join(here, "../clm_plugin/static/clm_plugin");

/** @type {import("esbuild").BuildOptions} */
const common = {
  bundle: true,
  minify: true,
  target: ["es2022"],
  charset: "utf8",
  legalComments: "none",
  outdir: folder,
  logLevel: "warning",
};

await Promise.all([
  build({ ...common, format: "iife", entryPoints: [{ in: join(here, "core/main.js"), out: "clm" }] }),
  build({
    ...common,
    format: "iife",
    entryPoints: [{ in: join(here, "widgets/answer.js"), out: "clm-answer" }],
  }),
  build({
    ...common,
    format: "esm",
    entryPoints: [
      { in: join(here, "widgets/popup.js"), out: "clm-popup" },
      { in: join(here, "widgets/bundle.js"), out: "clm-bundle" },
      { in: join(here, "widgets/consent.js"), out: "clm-consent" },
      { in: join(here, "widgets/survey.js"), out: "clm-survey" },
      { in: join(here, "widgets/chip.js"), out: "clm-chip" },
      { in: join(here, "readers/data-layer.js"), out: "clm-data-layer" },
    ],
  }),
  build({ ...common, entryPoints: [join(here, "clm.css"), join(here, "clm-preview.css")] }),
]);
