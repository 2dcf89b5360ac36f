import type { ApiDocument } from './document';

/** The operations of a capability by the function that answers them. */
export function byBundle({ operations }: ApiDocument, capability: string) {
  const own = operations.filter((it) => it.capability === capability);
  const bundles = [...new Set(own.map((it) => it.bundle))].sort();
  return bundles.map((bundle) => [bundle, own.filter((it) => it.bundle === bundle)] as const);
}

/** The routes of each function, for the constructs. */
export function routesModule(document: ApiDocument, capability: string): string {
  const bundles = byBundle(document, capability).map(([bundle, operations]) => {
    const lines = operations.map(({ method, path: apiPath, operationId, kind, security: { signIn, roles } }) => {
      const route = `method: '${method}', path: '${apiPath}', operationId: '${operationId}'`;
      const named = roles.map((it) => `'${it}'`).join(', ');
      const who = signIn === 'none' ? '' : `, signIn: SignIn.${signIn.toUpperCase()}${named && `, roles: [${named}]`}`;
      const what = kind === 'browse' ? '' : `, kind: OperationKind.${kind.toUpperCase()}`;
      return `    { ${route}${what}${who} },`;
    });
    return `  '${bundle}': [\n${lines.join('\n')}\n  ],`;
  });
  const text = `\n/** The routes that each function answers, without the version prefix. */\nexport const ROUTES = {\n${bundles.join('\n')}\n};\n`;
  const enums = ['OperationKind', 'SignIn'].filter((name) => text.includes(`${name}.`));
  return enums.length > 0 ? `import { ${enums.join(', ')} } from '../api';\n${text}` : text;
}

/** Where the operations of the document are, for what tells them from others. */
export function operationsModule({ operations }: ApiDocument): string {
  const lines = operations.map(({ operationId, method, path }) => `  ${operationId}: '${method} ${path}',`);
  return `\n/** Method and path of each operation of the API document, without the version prefix. */\nexport const OPERATIONS: Readonly<Record<string, string>> = {\n${lines.join('\n')}\n};\n`;
}
