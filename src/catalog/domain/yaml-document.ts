import { Composer, type CST, type Document, Lexer, type LineCounter, type ParsedNode, Parser } from 'yaml';
import { BrokenFile } from './row';

export type YamlDocument = Document.Parsed<ParsedNode, true>;

/** A product's options in another language stand seven levels deep. */
const DEEPEST = 20;

/**
 * The document of a file. In the failsafe schema every value stays the text that was written: a price is never made a
 * float.
 *
 * @throws BrokenFile
 */
export function yamlDocument(text: string, lines: LineCounter): YamlDocument {
  const composer = new Composer({ schema: 'failsafe', logLevel: 'error' });
  const [document, another] = composer.compose(tokens(text, lines), true, text.length) as Iterable<YamlDocument>;
  const [error] = document.errors;
  if (error) throw new BrokenFile(`${error.message}.`, lines.linePos(error.pos[0]).line);
  if (another) {
    throw new BrokenFile('The file has several documents; it must have one.', lines.linePos(another.range[0]).line);
  }
  return document;
}

/** What `Parser.parse` gives, watched as it grows: all that comes after it goes down into the nodes by recursion. */
function* tokens(text: string, lines: LineCounter) {
  const parser = new Parser(lines.addNewLine);
  lines.addNewLine(0);
  for (const lexeme of new Lexer().lex(text)) {
    yield* parser.next(lexeme);
    if (parser.stack.filter(isCollection).length > DEEPEST) {
      const { line } = lines.linePos(parser.offset);
      throw new BrokenFile(`The file is nested more than ${DEEPEST} levels deep.`, line);
    }
  }
  yield* parser.end();
}

function isCollection({ type }: CST.Token): boolean {
  return type === 'block-map' || type === 'block-seq' || type === 'flow-collection';
}
