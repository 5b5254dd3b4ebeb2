// Builds the scripts and styles of the pages: node build.mjs OUT_DIR
//
// OUT_DIR receives app.<hash>.js, chart.<hash>.js, app.<hash>.css and icon.<hash>.svg, a .gz and a .br beside each,
// and manifest.json, which maps the plain name to the hashed one. The build fails when a file is
// above its budget, or when the style would make the browser fetch anything ('default-src self'
// forbids remote and data: addresses alike).
import { build } from 'esbuild';
import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';

const here = dirname(fileURLToPath(import.meta.url));
const templates = join(here, '../crates/luoshi-web/templates');
const out = process.argv[2];
if (!out) {
  console.error('usage: node build.mjs OUT_DIR');
  process.exit(2);
}

const BUDGET = { js: 60 * 1024, css: 60 * 1024, svg: 4 * 1024 }; // bytes, gzip
const CHART_BUDGET = 200 * 1024; // only pages with a chart load it

// Browsers of offices are old: Chromium 87 is the oldest that htmx 4 itself runs on.
const common = { bundle: true, minify: true, write: false, target: 'chrome87', legalComments: 'none', absWorkingDir: here };
const [script, chart, style] = await Promise.all([
  build({ ...common, entryPoints: ['src/script/app.js'], format: 'iife', outfile: 'app.js' }),
  build({ ...common, entryPoints: ['src/script/chart.js'], format: 'iife', outfile: 'chart.js' }),
  build({ ...common, entryPoints: ['src/style/app.css'], outfile: 'app.css' }),
]);
const files = {
  'app.js': Buffer.from(script.outputFiles[0].contents),
  'chart.js': Buffer.from(chart.outputFiles[0].contents),
  'app.css': Buffer.from(style.outputFiles[0].contents),
  'icon.svg': await readFile(join(here, 'src/icon.svg')),
};

const problems = [];
const css = files['app.css'].toString();
if (/@import|url\(/.test(css)) problems.push('app.css: contains @import or url(), which the pages may not fetch');

await mkdir(out, { recursive: true });
for (const name of await readdir(out)) {
  if (/^(app|chart|icon)\.[0-9a-f]{10}\.(js|css|svg)(\.(gz|br))?$/.test(name)) await rm(join(out, name));
}

const manifest = {};
for (const [name, bytes] of Object.entries(files)) {
  const hash = createHash('sha256').update(bytes).digest('hex').slice(0, 10);
  const [stem, extension] = name.split('.');
  const hashed = `${stem}.${hash}.${extension}`;
  manifest[name] = hashed;
  const gz = gzipSync(bytes, { level: 9 });
  const br = brotliCompressSync(bytes, {
    params: { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length },
  });
  await writeFile(join(out, hashed), bytes);
  await writeFile(join(out, `${hashed}.gz`), gz);
  await writeFile(join(out, `${hashed}.br`), br);
  console.log(`${hashed.padEnd(24)} ${String(bytes.length).padStart(7)} B  gzip ${String(gz.length).padStart(6)} B  brotli ${String(br.length).padStart(6)} B`);
  const budget = name === 'chart.js' ? CHART_BUDGET : BUDGET[extension];
  if (gz.length > budget) problems.push(`${name}: ${gz.length} B gzip is above the budget of ${budget} B`);
}
await writeFile(join(out, 'manifest.json'), `${JSON.stringify(manifest, null, 2)}\n`);

const unused = await unusedClasses(css);
if (unused.length > 0) console.warn(`classes in the style that no template or script names: ${unused.join(' ')}`);
for (const problem of problems) console.error(`error: ${problem}`);
if (problems.length > 0) process.exitCode = 1;

/** Classes of the style that neither a template nor a script spells out. `tone-`, `state-` and the
 * like are completed by the server, so a class counts as used when its prefix stands in a template. */
async function unusedClasses(css) {
  let text = '';
  for (const dir of [templates, join(here, 'src/script')]) {
    for (const name of await readdir(dir, { recursive: true }).catch(() => [])) {
      if (/\.(html|js)$/.test(name)) text += await readFile(join(dir, name), 'utf8');
    }
  }
  const words = new Set(text.match(/[\w-]+/g));
  const names = new Set([...css.matchAll(/\.(-?[a-zA-Z][\w-]*)/g)].map((match) => match[1]));
  return [...names].filter((name) => !words.has(name) && !words.has(name.replace(/-[^-]+$/, '-')));
}
