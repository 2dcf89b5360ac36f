import {
  type Alias,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  type ParsedNode,
  visit,
  type YAMLMap,
} from 'yaml';
import type { CatalogOption } from '../contract';
import { isColumn, languageOfOptions } from './columns';
import { BrokenFile, present, type Row } from './row';
import { type YamlDocument, yamlDocument } from './yaml-document';

/**
 * Rows of a file that is a list of maps.
 *
 * @throws BrokenFile
 */
export function readYaml(text: string): Row[] {
  const lines = new LineCounter();
  const document = yamlDocument(text, lines);
  const { contents } = document;
  if (contents === null) throw new BrokenFile('The file is empty.');
  if (!isSeq(contents)) throw new BrokenFile('The file must be a list of products, each beginning with "- id: ".', 1);
  const reader = new RowReader(new Texts(document), lines);
  return contents.items.map((item) => reader.row(item as ParsedNode));
}

/** A row while it is read. */
interface Draft {
  readonly fields: [string, string][];
  readonly options: Map<string, readonly CatalogOption[]>;
  variants?: Row[];
  readonly faults: string[];
}

class RowReader {
  constructor(
    private readonly texts: Texts,
    private readonly lines: LineCounter,
  ) {}

  row(item: ParsedNode | null): Row {
    const line = item?.range ? this.lines.linePos(item.range[0]).line : 1;
    const draft: Draft = { fields: [], options: new Map(), faults: [] };
    if (isMap(item)) this.readMap(item, draft);
    else draft.faults.push('must be a map of columns to values');
    return { ...draft, line, fields: present(draft.fields) };
  }

  /** @param suffix of the columns, for texts of one language that stand together */
  private readMap(map: YAMLMap, draft: Draft, suffix = ''): void {
    for (const { key, value } of map.items) {
      const written = this.texts.of(key)?.trim() ?? '';
      const column = `${written}${suffix}`;
      const text = this.texts.of(value);
      const language = languageOfOptions(column);
      if (written === 'translations' && isMap(value)) this.readTranslations(value, draft);
      else if (language !== undefined && isMap(value)) draft.options.set(language, this.options(value, column, draft));
      else if (language !== undefined) {
        if (text !== '') draft.faults.push(`${column} must be a map of names to values`);
      } else if (column === 'variants') {
        if (isSeq(value)) draft.variants = value.items.map((item) => this.row(item as ParsedNode));
        else if (text !== '') draft.faults.push('variants must be a list of maps');
      } else {
        if (text === undefined && isColumn(column)) draft.faults.push(`${column} must be a single value`);
        draft.fields.push([column, text ?? '']);
      }
    }
  }

  /** `translations: {zh: {name: …}}` says the same as `name_zh: …`. */
  private readTranslations(translations: YAMLMap, draft: Draft): void {
    for (const { key, value } of translations.items) {
      const language = this.texts.of(key)?.trim() ?? '';
      if (isMap(value)) this.readMap(value, draft, `_${language}`);
      else draft.faults.push(`translations.${language} must be a map of columns to texts`);
    }
  }

  private options(map: YAMLMap, column: string, draft: Draft): CatalogOption[] {
    return map.items.map(({ key, value }) => {
      const text = this.texts.of(value);
      if (text === undefined) draft.faults.push(`${column} must have single values`);
      return { name: this.texts.of(key)?.trim() ?? '', value: text?.trim() ?? '' };
    });
  }
}

/** What stands at the nodes of a document, with its aliases resolved in one walk: each by itself would take one. */
class Texts {
  private readonly meant = new Map<Alias, Node | undefined>();

  constructor(document: YamlDocument) {
    const anchored = new Map<string, Node>();
    visit(document, {
      Node: (_, node) => {
        if (isAlias(node)) this.meant.set(node, anchored.get(node.source));
        else if (node.anchor) anchored.set(node.anchor, node);
      },
    });
  }

  /** The text of a single value; undefined when there are several. */
  of(node: unknown): string | undefined {
    const resolved = isAlias(node) ? this.meant.get(node) : node;
    if (resolved === null) return '';
    if (!isScalar(resolved)) return undefined;
    const text = String(resolved.value ?? '');
    return resolved.type === 'PLAIN' && /^(~|null|Null|NULL)$/.test(text) ? '' : text;
  }
}
