import type Ajv from 'ajv';
import standaloneCode from 'ajv/dist/standalone';
import { build } from 'esbuild';

/** Where in the schema a rule stands; a seventh of the code, and nobody reads it. */
const SCHEMA_PATH = /schemaPath:\s*"(?:[^"\\]|\\.)*",\s*/g;

/**
 * A module with validators that ajv compiled, so that no schema is read or compiled when a function starts.
 *
 * @param ajv knows a schema under each of the names
 * @param exported code of what the module exports; it finds each validator under its name
 */
export async function standaloneModule(
  root: string,
  ajv: Ajv,
  names: readonly string[],
  exported: string,
): Promise<string> {
  const code = standaloneCode(ajv, Object.fromEntries(names.map((name) => [name, name])));
  const validators = code.replaceAll(/^export const/gm, 'const').replaceAll(SCHEMA_PATH, '');
  return compact(root, `${validators}\n${exported}\n`);
}

/** Drops the schemas that ajv leaves beside the code, and makes it a module that jest and esbuild both read. */
async function compact(root: string, source: string): Promise<string> {
  const { outputFiles } = await build({
    absWorkingDir: root,
    stdin: { contents: source, resolveDir: root, sourcefile: 'validators.js' },
    bundle: true,
    write: false,
    format: 'cjs',
    platform: 'node',
    target: 'node20',
    minifySyntax: true,
    external: ['ajv/dist/runtime/*'],
    legalComments: 'none',
  });
  return outputFiles[0].text;
}

/** Settings that all validators of the house share. */
export const AJV_OPTIONS = {
  allErrors: true,
  strict: true,
  strictTypes: false,
  strictRequired: false,
  messages: false,
  code: { source: true, esm: true, lines: true },
} as const;
