/**
 * Builds what browsers load into build/static/ (not in git):
 *   field/   the phone app: hashed files, assets.json (names for the page), sw.js (served at /field/sw.js)
 *   vendor/  Bootstrap, its icons, Leaflet: copied from node_modules, for the desk and the public site
 * Same sources, same names: a file keeps its name until its content changes.
 */
import { createHash } from 'node:crypto';
import { cpSync, existsSync, mkdirSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { basename, dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';

const ROOT = join(dirname(fileURLToPath(import.meta.url)), '..');
const CLIENT = join(ROOT, 'field', 'client');
const OUT = join(ROOT, 'build', 'static', 'field');
const VENDOR = join(ROOT, 'build', 'static', 'vendor');
const SHELL = join(ROOT, 'field', 'templates', 'field', 'app', 'shell.html');
/** Replaced by settings.STATIC_URL when the server hands out sw.js. */
const STATIC = '__STATIC_URL__';
const LIMIT = 500_000;
const version = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')).version;

const shared = {
  bundle: true, minify: true, target: ['es2022', 'safari16.4'], legalComments: 'none', logLevel: 'warning',
  define: { __APP_VERSION__: JSON.stringify(version), 'process.env.NODE_ENV': '"production"' }, loader: { '.svg': 'text' }, absWorkingDir: ROOT,
};

const digest = (data) => createHash('sha256').update(data).digest('hex').slice(0, 10);

async function buildApp() {
  rmSync(OUT, { recursive: true, force: true });
  mkdirSync(OUT, { recursive: true });
  const result = await build({
    ...shared, entryPoints: { app: join(CLIENT, 'main.ts') }, format: 'esm', splitting: true, outdir: OUT,
    entryNames: '[name]-[hash]', chunkNames: '[name]-[hash]', metafile: true,
  });
  const outputs = Object.entries(result.metafile.outputs);
  const entry = outputs.find(([, out]) => out.entryPoint?.endsWith('main.ts'))[0];
  const styles = await build({ ...shared, entryPoints: [join(CLIENT, 'styles', 'app.css')], outdir: OUT, entryNames: '[name]-[hash]', metafile: true });
  const names = {
    script: basename(entry), style: basename(Object.keys(styles.metafile.outputs)[0]),
    preload: outputs.find(([, out]) => out.entryPoint)[1].imports.filter((one) => one.kind === 'import-statement').map((one) => basename(one.path)),
  };
  for (const file of readdirSync(join(CLIENT, 'icons'))) {
    const data = readFileSync(join(CLIENT, 'icons', file));
    const [stem, ...rest] = file.split('.');
    const name = `${stem}-${digest(data)}.${rest.join('.')}`;
    writeFileSync(join(OUT, name), data);
    names[stem] = name;
  }
  return names;
}

/** The service worker knows every file by name; the page and the manifest by a hash of all that they are made of. */
async function buildWorker(names) {
  const files = readdirSync(OUT).sort();
  const revision = digest(files.join('\n') + readFileSync(SHELL, 'utf8'));
  const assets = [
    { url: '/field/', revision }, { url: '/field/manifest.webmanifest', revision },
    ...files.map((file) => ({ url: `${STATIC}field/${file}`, revision: null })),
  ];
  await build({
    ...shared, entryPoints: [join(CLIENT, 'worker.ts')], format: 'iife', outfile: join(OUT, 'sw.js'),
    define: { ...shared.define, 'self.__ASSETS__': JSON.stringify(assets) },
  });
  writeFileSync(join(OUT, 'assets.json'), `${JSON.stringify({ ...names, version, revision }, null, 2)}\n`);
}

const VENDORED = [
  ['bootstrap/dist/css/bootstrap.min.css', 'bootstrap/css/bootstrap.min.css'],
  ['bootstrap/dist/js/bootstrap.bundle.min.js', 'bootstrap/js/bootstrap.bundle.min.js'],
  ['bootstrap-icons/font/bootstrap-icons.min.css', 'bootstrap-icons/font/bootstrap-icons.min.css'],
  ['bootstrap-icons/font/fonts', 'bootstrap-icons/font/fonts'],
  ['leaflet/dist/leaflet.css', 'leaflet/dist/leaflet.css'],
  ['leaflet/dist/leaflet.js', 'leaflet/dist/leaflet.js'],
  ['leaflet/dist/images', 'leaflet/dist/images'],
];

function copyVendor() {
  rmSync(VENDOR, { recursive: true, force: true });
  for (const [from, to] of VENDORED) {
    const source = join(ROOT, 'node_modules', from);
    const target = join(VENDOR, to);
    if (!existsSync(source)) throw new Error(`${from} is missing: run npm ci.`);
    mkdirSync(dirname(target), { recursive: true });
    cpSync(source, target, { recursive: true });
    // The maps stay behind, so their mention must go: collectstatic would look for them.
    if (/\.(css|js)$/.test(to)) writeFileSync(target, readFileSync(target, 'utf8').replace(/\/[*/]# sourceMappingURL=\S+( ?\*\/)?\s*$/m, ''));
  }
}

function weigh() {
  const rows = readdirSync(OUT).filter((name) => /\.(js|css|svg|png)$/.test(name)).map((name) => {
    const data = readFileSync(join(OUT, name));
    return [name, /png$/.test(name) ? statSync(join(OUT, name)).size : gzipSync(data, { level: 9 }).length];
  });
  const total = rows.reduce((sum, [, size]) => sum + size, 0);
  for (const [name, size] of rows) console.log(`${String(size).padStart(8)}  ${name}`);
  console.log(`${String(total).padStart(8)}  in all, gzipped (limit ${LIMIT}), in ${relative(ROOT, OUT)}`);
  if (total > LIMIT) throw new Error(`The phone app weighs ${total} bytes gzipped; ${LIMIT} is the limit (DESIGN 8).`);
}

const names = await buildApp();
await buildWorker(names);
copyVendor();
weigh();
