// Who may import whom. `check` reads a tree of libs/ and apps/ and reports every import that the
// design does not allow. It needs only our own files: packages are judged by their name.
import fs from 'node:fs';
import { builtinModules } from 'node:module';
import path from 'node:path';
import ts from 'typescript';

export interface Violation {
  readonly rule: Rule;
  /** from the root of the tree, with forward slashes */
  readonly file: string;
  readonly line: number;
  readonly message: string;
}

/** One imported name, and the file that declares it. */
interface Name {
  readonly text: string;
  readonly declaredIn: string;
  /** it is there at run time, and is imported as such */
  readonly value: boolean;
}

interface Import {
  readonly file: string;
  readonly line: number;
  readonly specifier: string;
  /** the file of ours that it leads to; undefined for a package */
  readonly target: string | undefined;
  readonly names: readonly Name[];
  /** takes the whole module, so that what it uses of it stays unsaid */
  readonly whole: boolean;
}

/** Allowed imports between the parts; whatever is not named here is an error. */
const allowed: Record<string, readonly string[]> = {
  core: [],
  domain: ['core'],
  views: ['domain', 'core'],
  processes: ['domain', 'views', 'ledger', 'core'],
  ledger: ['core'],
  adapters: ['core'],
  runtime: ['core', 'domain', 'views', 'processes', 'ledger', 'adapters'],
  apps: ['runtime', 'domain', 'views', 'ledger'],
};

/** Shapes are declared in core, domain and views; runtime and apps validate with them what comes in at their doors. */
const zodPlaces = ['core', 'domain', 'views', 'runtime', 'apps'];
const frameworkFree = ['core', 'domain', 'views', 'processes', 'ledger'];
const pure = ['domain', 'views'];

/** Core's machinery: it does things. The rest of core is vocabulary: types, and the pure functions that make them. */
const engine = /^libs\/core\/src\/(run-|decide\.|await-view|stream-states|markers|lasting|clock|ports\/)/;

type Judge = (found: Import) => string | undefined;

const isSpec = (file: string) => /\.spec\.ts$/.test(file) || isTesting(file);

/** `libs/core/src/x.ts` > `core`; `apps/api/src/main.ts` > `apps`. */
function part(file: string): string | undefined {
  const [top, name] = file.split('/');
  if (top === 'apps') return 'apps';
  return top === 'libs' ? name : top;
}

/** The folder below src that a file is in: its stream, its adapter; empty for a file directly in src. */
function folder(file: string): string {
  const inner = file.split('/').slice(3);
  return inner.length > 1 ? (inner[0] ?? '') : '';
}

const isTesting = (file: string) => /^libs\/[^/]+\/src\/testing\//.test(file);
const isIndex = (file: string) => path.posix.basename(file) === 'index.ts';
const isOurs = (specifier: string) => specifier.startsWith('.') || specifier.startsWith('@jejak');
const isNest = (specifier: string) => specifier.startsWith('@nestjs/') || specifier === 'nestjs-pino';
const isBuiltin = (specifier: string) => specifier.startsWith('node:') || builtinModules.includes(specifier);
const packageOf = (specifier: string) =>
  specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/');

/** `libs/core`, `apps/api`, one part that others enter through its alias only. */
const homeOf = (file: string) => file.split('/').slice(0, 2).join('/');

function ofPart(name: string): Judge {
  return ({ file, target }) => {
    if (target === undefined || part(file) !== name) return undefined;
    const to = part(target) ?? target;
    if (to === name || isTesting(target) || allowed[name]?.includes(to)) return undefined;
    if (isSpec(file) && target.startsWith('test/support/')) return undefined;
    return `${name} must not import ${to}`;
  };
}

const judges = {
  'core-imports-nothing-of-ours': ofPart('core'),
  'domain-imports-core': ofPart('domain'),
  'views-import-domain-and-core': ofPart('views'),
  'processes-import-domain-views-ledger-core': ofPart('processes'),
  'ledger-imports-core': ofPart('ledger'),
  'adapters-import-core': ofPart('adapters'),
  'runtime-imports-libs': ofPart('runtime'),
  'apps-import-runtime-domain-views-ledger': ofPart('apps'),

  'views-see-events-and-shared-of-domain': ({ file, target, names, whole }) => {
    if (part(file) !== 'views' || target === undefined || part(target) !== 'domain') return undefined;
    if (whole) return 'import by name, so that it can be seen what a view uses';
    const hidden = names.filter(
      ({ declaredIn }) =>
        !/\.events\.ts$/.test(declaredIn) && !declaredIn.startsWith('libs/domain/src/shared/'),
    );
    if (hidden.length === 0 || isSpec(file)) return undefined;
    return `${hidden.map(({ text, declaredIn }) => `${text} (${declaredIn})`).join(', ')} is no event and not shared`;
  },
  'core-lends-vocabulary-not-engine': ({ file, target, names, whole }) => {
    if (!['domain', 'views', 'ledger'].includes(part(file) ?? '') || isSpec(file)) return undefined;
    if (target === undefined || part(target) !== 'core') return undefined;
    if (whole) return 'import by name, so that it can be seen what is used of core';
    const machinery = names.filter(({ value, declaredIn }) => value && engine.test(declaredIn));
    if (machinery.length === 0) return undefined;
    return `${machinery.map(({ text }) => text).join(', ')} is core's engine, not its vocabulary`;
  },
  'testing-is-for-specs': ({ file, target }) =>
    target !== undefined && isTesting(target) && !isSpec(file)
      ? 'only specs use what is there for specs'
      : undefined,

  'streams-apart': ({ file, target }) => {
    if (part(file) !== 'domain' || target === undefined || part(target) !== 'domain') return undefined;
    if (file === 'libs/domain/src/index.ts') return undefined;
    const to = folder(target);
    return to === 'shared' || (to !== '' && to === folder(file))
      ? undefined
      : `${folder(file) || 'this file'} must not know ${to || path.posix.basename(target)}`;
  },
  'adapters-apart': ({ file, target }) => {
    if (part(file) !== 'adapters' || target === undefined || part(target) !== 'adapters') return undefined;
    return folder(file) === folder(target) ? undefined : `${folder(file)} must not know ${folder(target)}`;
  },
  'apps-apart': ({ file, target }) => {
    if (part(file) !== 'apps' || target === undefined || part(target) !== 'apps') return undefined;
    return file.split('/')[1] === target.split('/')[1] ? undefined : 'an app must not import another app';
  },
  'no-barrel-from-inside': ({ file, target }) => {
    if (target === undefined || !isIndex(target)) return undefined;
    const home = path.posix.dirname(target);
    if (!file.startsWith(`${home}/`)) return undefined;
    return `${target} is the door for those outside of ${home}`;
  },
  'through-the-door': ({ file, specifier, target }) => {
    if (!target?.startsWith('libs/') || !specifier.startsWith('.')) return undefined;
    return homeOf(file) === homeOf(target) ? undefined : 'another part is imported by its alias';
  },
  'aliases-exist': ({ specifier, target }) =>
    target === undefined && isOurs(specifier)
      ? 'leads nowhere; what a part offers is in its index.ts'
      : undefined,

  'domain-and-views-are-pure': ({ file, specifier, target }) => {
    if (!pure.includes(part(file) ?? '') || isSpec(file) || target !== undefined || isOurs(specifier))
      return undefined;
    if (isBuiltin(specifier)) return 'rules and views do no I/O';
    return packageOf(specifier) === 'zod' || isNest(specifier)
      ? undefined
      : 'rules and views use no package but zod';
  },
  'core-and-ledger-use-only-crypto': ({ file, specifier }) => {
    if (!['core', 'ledger'].includes(part(file) ?? '') || isSpec(file) || !isBuiltin(specifier))
      return undefined;
    return specifier === 'node:crypto' ? undefined : 'of what Node brings, only node:crypto';
  },
  'no-framework': ({ file, specifier }) =>
    frameworkFree.includes(part(file) ?? '') && isNest(specifier) ? 'wiring belongs in runtime' : undefined,
  'no-zod-in-adapters-processes-ledger': ({ file, specifier }) =>
    packageOf(specifier) === 'zod' && !zodPlaces.includes(part(file) ?? '') && !isSpec(file)
      ? 'what comes here was validated at the door'
      : undefined,
} satisfies Record<string, Judge>;

export type Rule = keyof typeof judges | 'no-cycles';
export const rules = [...Object.keys(judges), 'no-cycles'] as readonly Rule[];

export function check(
  tree: string,
  paths: Readonly<Record<string, readonly string[]>>,
): readonly Violation[] {
  const imports = read(tree, paths);
  const violations: Violation[] = [];
  for (const found of imports) {
    for (const [rule, judge] of Object.entries(judges) as [keyof typeof judges, Judge][]) {
      const message = judge(found);
      if (message === undefined) continue;
      violations.push({
        rule,
        file: found.file,
        line: found.line,
        message: `'${found.specifier}': ${message}`,
      });
    }
  }
  return [...violations, ...cycles(imports)];
}

/** Our TypeScript below libs/ and apps/; the web pages are a world of their own. */
function sources(tree: string): string[] {
  return ['libs', 'apps'].flatMap((top) => {
    const dir = path.join(tree, top);
    if (!fs.existsSync(dir)) return [];
    return fs
      .readdirSync(dir, { recursive: true, encoding: 'utf8' })
      .map((name) => `${top}/${name.split(path.sep).join('/')}`)
      .filter(
        (name) => name.endsWith('.ts') && !name.includes('node_modules/') && !name.startsWith('apps/web/'),
      )
      .sort();
  });
}

function read(tree: string, paths: Readonly<Record<string, readonly string[]>>): Import[] {
  const files = sources(tree);
  if (files.length === 0) throw new Error(`${tree} has no sources to judge`);
  const inTree = (absolute: string) => path.relative(tree, absolute).split(path.sep).join('/');

  function resolve(specifier: string, from: string): string | undefined {
    const base = specifier.startsWith('.')
      ? path.posix.normalize(path.posix.join(path.posix.dirname(from), specifier))
      : paths[specifier]?.[0]?.replace(/^\.\//, '');
    if (base === undefined) return undefined;
    const stem = base.replace(/\.js$/, '');
    const candidates = [base, `${stem}.ts`, `${stem}/index.ts`];
    return candidates.find((name) => /\.(ts|json)$/.test(name) && fs.existsSync(path.join(tree, name)));
  }

  // Packages are left unresolved and nothing is type checked: the checker only follows names
  // through our own re-exports to the file that declares them.
  const options: ts.CompilerOptions = { noLib: true, types: [], noEmit: true };
  const host: ts.CompilerHost = {
    ...ts.createCompilerHost(options),
    resolveModuleNameLiterals: (literals, from) =>
      literals.map(({ text }) => {
        const target = resolve(text, inTree(from));
        return {
          resolvedModule: target?.endsWith('.ts')
            ? { resolvedFileName: path.join(tree, target), extension: ts.Extension.Ts }
            : undefined,
        };
      }),
  };
  const program = ts.createProgram({
    rootNames: files.map((file) => path.join(tree, file)),
    options,
    host,
  });
  const checker = program.getTypeChecker();

  function nameOf(specifier: ts.ImportSpecifier | ts.ExportSpecifier | ts.ImportClause): Name | undefined {
    if (specifier.name === undefined) return undefined;
    let symbol = checker.getSymbolAtLocation(specifier.name);
    if (symbol && symbol.flags & ts.SymbolFlags.Alias) symbol = checker.getAliasedSymbol(symbol);
    const declaration = symbol?.declarations?.[0];
    if (!symbol || !declaration) return undefined;
    return {
      text: symbol.name,
      declaredIn: inTree(declaration.getSourceFile().fileName),
      value: !typeOnly(specifier) && (symbol.flags & ts.SymbolFlags.Value) !== 0,
    };
  }

  function importsOf(file: string): Import[] {
    const source = program.getSourceFile(path.join(tree, file));
    if (!source) throw new Error(`${file} could not be read`);
    const found: Import[] = [];
    const add = (literal: ts.Node | undefined, names: readonly Name[] | undefined) => {
      if (!literal || !ts.isStringLiteralLike(literal)) return;
      found.push({
        file,
        line: source.getLineAndCharacterOfPosition(literal.getStart()).line + 1,
        specifier: literal.text,
        target: resolve(literal.text, file),
        names: names ?? [],
        whole: names === undefined,
      });
    };
    const visit = (node: ts.Node): void => {
      if (ts.isImportDeclaration(node)) {
        const clause = node.importClause;
        const bindings = clause?.namedBindings;
        const all = bindings && ts.isNamespaceImport(bindings);
        const listed = bindings && ts.isNamedImports(bindings) ? bindings.elements : [];
        const names = [...(clause ? [clause] : []), ...listed]
          .map(nameOf)
          .filter((name) => name !== undefined);
        add(node.moduleSpecifier, all ? undefined : names);
      } else if (ts.isExportDeclaration(node)) {
        const listed =
          node.exportClause && ts.isNamedExports(node.exportClause) ? node.exportClause.elements : undefined;
        add(
          node.moduleSpecifier,
          listed?.map(nameOf).filter((name) => name !== undefined),
        );
      } else if (ts.isImportEqualsDeclaration(node) && ts.isExternalModuleReference(node.moduleReference)) {
        add(node.moduleReference.expression, undefined);
      } else if (ts.isImportTypeNode(node)) {
        add(ts.isLiteralTypeNode(node.argument) ? node.argument.literal : undefined, undefined);
      } else if (ts.isCallExpression(node) && loads(node.expression)) {
        add(node.arguments[0], undefined);
      }
      ts.forEachChild(node, visit);
    };
    visit(source);
    return found;
  }

  return files.flatMap(importsOf);
}

function typeOnly(node: ts.ImportSpecifier | ts.ExportSpecifier | ts.ImportClause): boolean {
  if (ts.isImportClause(node)) return node.phaseModifier === ts.SyntaxKind.TypeKeyword;
  return (
    node.isTypeOnly ||
    (ts.isImportSpecifier(node) ? typeOnly(node.parent.parent) : node.parent.parent.isTypeOnly)
  );
}

/** `import('x')`, `require('x')` and jest's ways to load a module. */
function loads(callee: ts.Expression): boolean {
  if (callee.kind === ts.SyntaxKind.ImportKeyword) return true;
  if (ts.isIdentifier(callee)) return callee.text === 'require';
  return (
    ts.isPropertyAccessExpression(callee) &&
    ts.isIdentifier(callee.expression) &&
    ((callee.expression.text === 'require' && callee.name.text === 'resolve') ||
      (callee.expression.text === 'jest' && ['mock', 'doMock', 'requireActual'].includes(callee.name.text)))
  );
}

/** Every circle of imports once, however it was reached. */
function cycles(imports: readonly Import[]): Violation[] {
  const graph = new Map<string, Import[]>();
  for (const found of imports) {
    graph.set(found.file, [...(graph.get(found.file) ?? []), found]);
  }
  const violations: Violation[] = [];
  const done = new Set<string>();
  const trail: string[] = [];
  const walk = (file: string): void => {
    trail.push(file);
    for (const { target, line } of graph.get(file) ?? []) {
      if (target === undefined || done.has(target)) continue;
      const start = trail.indexOf(target);
      if (start < 0) walk(target);
      else {
        const circle = [...trail.slice(start), target].join(' > ');
        violations.push({ rule: 'no-cycles', file, line, message: circle });
      }
    }
    trail.pop();
    done.add(file);
  };
  for (const file of graph.keys()) if (!done.has(file)) walk(file);
  return violations;
}
