import { existsSync, readFileSync } from 'node:fs';
import * as path from 'node:path';
import * as ts from 'typescript';

type Declaration = ts.ClassDeclaration | ts.EnumDeclaration | ts.InterfaceDeclaration;

/** What users of the library see: the classes, enums and interfaces that it exports, as they are declared. */
export const PUBLIC_API: readonly Declaration[] = exportedBy(path.resolve(__dirname, '../../src/index.ts'));

export const PUBLIC_CLASSES = PUBLIC_API.filter(ts.isClassDeclaration);
export const PUBLIC_STRUCTS = PUBLIC_API.filter(ts.isInterfaceDeclaration);

/** The declarations that a module exports, its own and those of the modules it exports from. */
function exportedBy(file: string): Declaration[] {
  const { statements } = ts.createSourceFile(file, readFileSync(file, 'utf8'), ts.ScriptTarget.Latest, true);
  return statements.flatMap((statement) => {
    if (isDeclaration(statement)) {
      return statement.modifiers?.some(({ kind }) => kind === ts.SyntaxKind.ExportKeyword) ? [statement] : [];
    }
    if (!ts.isExportDeclaration(statement) || !statement.moduleSpecifier) return [];
    const module = path.join(path.dirname(file), (statement.moduleSpecifier as ts.StringLiteral).text);
    const all = exportedBy(existsSync(`${module}.ts`) ? `${module}.ts` : path.join(module, 'index.ts'));
    const named = statement.exportClause as ts.NamedExports | undefined;
    return named ? all.filter(({ name }) => named.elements.some((it) => it.name.text === name?.text)) : all;
  });
}

function isDeclaration(node: ts.Node): node is Declaration {
  return ts.isClassDeclaration(node) || ts.isEnumDeclaration(node) || ts.isInterfaceDeclaration(node);
}

/** The text of a declaration's documentation, without its tags. */
export function documentationOf(node: ts.Node): string {
  return ts
    .getJSDocCommentsAndTags(node)
    .filter(ts.isJSDoc)
    .map(({ comment }) => ts.getTextOfJSDocComment(comment) ?? '')
    .join('\n');
}
