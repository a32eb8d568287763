// Unpacks the Chromium that npm delivered, once, and prints as JSON how to start it:
//   {"executable": "…/chromium", "environment": {"LD_LIBRARY_PATH": "…", "FONTCONFIG_FILE": "…"}}
// The package is made for Amazon's Lambda: it carries the shared libraries and a font that a bare
// machine lacks, but leaves them packed elsewhere. We unpack them beside the browser.
import { chmodSync, createReadStream, existsSync, mkdirSync, readFileSync } from "node:fs";
import { createWriteStream, renameSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join, resolve } from "node:path";
import { pipeline } from "node:stream/promises";
import { fileURLToPath } from "node:url";
import { createBrotliDecompress } from "node:zlib";
import { extract } from "tar-fs";

const root = resolve(dirname(fileURLToPath(import.meta.url)), "../..");
const packageFolder = join(
  dirname(createRequire(import.meta.url).resolve("@sparticuz/chromium")),
  "../..",
);

/** @param {string} name @param {NodeJS.WritableStream} target */
async function unpack(name, target) {
  await pipeline(
    createReadStream(join(packageFolder, "bin", name)),
    createBrotliDecompress(),
    target,
  );
}

/** @param {string} folder the final place, which fontconfig has to know */
function fontConfiguration(folder) {
  return `<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
  <dir>${join(folder, "fonts")}</dir>
  <dir>/usr/share/fonts</dir>
  <cachedir>${join(folder, "font-cache")}</cachedir>
  <alias><family>sans-serif</family><prefer><family>Open Sans</family></prefer></alias>
  <alias><family>serif</family><prefer><family>Open Sans</family></prefer></alias>
  <alias><family>monospace</family><prefer><family>Open Sans</family></prefer></alias>
</fontconfig>
`;
}

/** @param {string} folder */
async function install(folder) {
  // Into a folder of our own first: two test runs may start at the same time.
  const fresh = `${folder}.${process.pid}`;
  mkdirSync(fresh, { recursive: true });
  await Promise.all([
    unpack("chromium.br", createWriteStream(join(fresh, "chromium"))),
    unpack("al2023.tar.br", extract(fresh, { chown: false })),
    unpack("fonts.tar.br", extract(fresh, { chown: false })),
    unpack("swiftshader.tar.br", extract(fresh, { chown: false })),
  ]);
  chmodSync(join(fresh, "chromium"), 0o755);
  writeFileSync(join(fresh, "fonts.conf"), fontConfiguration(folder));
  try {
    renameSync(fresh, folder);
  } catch (error) {
    rmSync(fresh, { recursive: true, force: true });
    if (!existsSync(folder)) throw error;
  }
}

const { version } = JSON.parse(readFileSync(join(packageFolder, "package.json"), "utf8"));
const folder = join(root, ".cache", "chromium", version);
if (!existsSync(folder)) await install(folder);
console.log(
  JSON.stringify({
    executable: join(folder, "chromium"),
    environment: {
      LD_LIBRARY_PATH: join(folder, "lib"),
      FONTCONFIG_FILE: join(folder, "fonts.conf"),
    },
  }),
);
