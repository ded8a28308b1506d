// Jest runs everything as CommonJS. Nest 12 and others are ESM only, so their packages are
// transformed as well; which ones they are is read from node_modules, not listed by hand.
const fs = require('node:fs');
const path = require('node:path');

const root = path.resolve(__dirname, '../..');
const modules = path.join(root, 'node_modules');

function isEsm(dir) {
  try {
    return JSON.parse(fs.readFileSync(path.join(dir, 'package.json'), 'utf8')).type === 'module';
  } catch {
    return false;
  }
}

function esmPackages(dir) {
  const found = [];
  if (!fs.existsSync(dir)) return found;
  for (const name of fs.readdirSync(dir)) {
    if (name.startsWith('.')) continue;
    const entries = name.startsWith('@')
      ? fs.readdirSync(path.join(dir, name)).map((inner) => `${name}/${inner}`)
      : [name];
    for (const entry of entries) {
      if (isEsm(path.join(dir, entry))) found.push(entry);
      found.push(...esmPackages(path.join(dir, entry, 'node_modules')));
    }
  }
  return found;
}

const escaped = (text) => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
const esm = [...new Set(esmPackages(modules))].sort().map(escaped);

const { paths } = JSON.parse(fs.readFileSync(path.join(root, 'tsconfig.json'), 'utf8')).compilerOptions;
const moduleNameMapper = Object.fromEntries(
  Object.entries(paths).map(([alias, [target]]) => [`^${escaped(alias)}$`, path.join(root, target)]),
);

const swc = (parser) => [
  '@swc/jest',
  {
    swcrc: false,
    sourceMaps: 'inline',
    module: { type: 'commonjs', ignoreDynamic: false },
    jsc: {
      target: 'es2023',
      keepClassNames: true,
      parser,
      transform: { legacyDecorator: true, decoratorMetadata: true },
    },
  },
];

module.exports = {
  rootDir: root,
  roots: ['apps', 'libs', 'test'].map((name) => path.join(root, name)).filter((dir) => fs.existsSync(dir)),
  testMatch: ['**/*.spec.ts'],
  testPathIgnorePatterns: ['/node_modules/', '/test/architecture/fixtures/', '/test/browser/'],
  modulePathIgnorePatterns: ['<rootDir>/dist/', '<rootDir>/test/architecture/fixtures/'],
  testEnvironment: 'node',
  globalSetup: path.join(__dirname, 'jest.setup.cjs'),
  globalTeardown: path.join(__dirname, 'jest.teardown.cjs'),
  maxWorkers: 2,
  testTimeout: 30_000,
  moduleNameMapper,
  transform: {
    '\\.ts$': swc({ syntax: 'typescript', decorators: true }),
    '\\.m?js$': swc({ syntax: 'ecmascript' }),
  },
  // The last node_modules in the path decides; everything not listed is CommonJS already.
  transformIgnorePatterns: [`/node_modules/(?!(?:.*/node_modules/)?(?:${esm.join('|')})/)`],
};
