import { marked, type Token, type Tokens } from 'marked';
import { Fragment, useMemo, type ReactNode } from 'react';
import classes from './markdown.module.css';

/** Lexing takes time that grows with the square of the length where somebody means harm: notes come with strangers' bundles, too. */
const mostCharacters = 6000;
/** Nobody nests deeper; who does gets the text as it is. */
const mostLevels = 12;

/** @returns null where the text is better shown as it is. */
export function readMarkdown(text: string): readonly Token[] | null {
  if (text.length > mostCharacters) return null;
  try {
    return marked.lexer(text, { gfm: true, breaks: true });
  } catch {
    // Nested deeper than the stack.
    return null;
  }
}

/**
 * Text in Markdown, drawn as elements of the page: HTML in it is text like any other, images are not loaded, and only links into
 * Vernier lead anywhere, for it asks no server.
 */
export function Markdown({ text }: { readonly text: string }) {
  const tokens = useMemo(() => readMarkdown(text), [text]);
  return (
    <div className={classes.root}>
      {tokens === null ? <p className={classes.plain}>{text}</p> : <Tokens tokens={tokens} level={0} />}
    </div>
  );
}

function Tokens({ tokens, level }: { readonly tokens: readonly Token[]; readonly level: number }): ReactNode {
  if (level > mostLevels) return tokens.map(({ raw }) => raw).join('');
  return tokens.map((token, index) => <Fragment key={index}>{draw(token, level + 1)}</Fragment>);
}

const entities: Readonly<Record<string, string>> = { lt: '<', gt: '>', amp: '&', quot: '"', '#39': "'" };
const decoded = (text: string): string => text.replace(/&(lt|gt|amp|quot|#39);/g, (whole, name: string) => entities[name] ?? whole); // prettier-ignore

/** A link to a view of this window; null for every other address. */
function routeOf(href: string): string | null {
  const [place, hash] = [href.split('#', 1)[0]!, href.slice(href.indexOf('#'))];
  if (!hash.startsWith('#/')) return null;
  const here = window.location.href.split('#', 1)[0];
  return place === '' || place === here ? hash : null;
}

function draw(token: Token, level: number): ReactNode {
  const inner = (tokens: readonly Token[] | undefined): ReactNode => <Tokens tokens={tokens ?? []} level={level} />;
  switch (token.type) {
    case 'space':
    case 'def':
      return null;
    // A note has no place in the order of the page's headings.
    case 'heading':
      return <p className={classes.heading}>{inner(token.tokens)}</p>;
    case 'paragraph':
      return <p>{inner(token.tokens)}</p>;
    case 'blockquote':
      return <blockquote>{inner(token.tokens)}</blockquote>;
    case 'hr':
      return <hr />;
    case 'code':
      return <pre tabIndex={0}>{(token as Tokens.Code).text}</pre>;
    case 'list':
      return drawList(token as Tokens.List, level);
    case 'table':
      return drawTable(token as Tokens.Table, level);
    case 'strong':
      return <strong>{inner(token.tokens)}</strong>;
    case 'em':
      return <em>{inner(token.tokens)}</em>;
    case 'del':
      return <del>{inner(token.tokens)}</del>;
    case 'codespan':
      return <code>{(token as Tokens.Codespan).text}</code>;
    case 'br':
      return <br />;
    case 'checkbox':
      return (token as { readonly checked?: boolean }).checked === true ? '☑ ' : '☐ ';
    case 'link':
      return drawLink(token as Tokens.Link, level);
    case 'image':
      return `${(token as Tokens.Image).text} (${(token as Tokens.Image).href})`;
    case 'escape':
      return (token as Tokens.Escape).text;
    case 'text':
      return token.tokens === undefined ? decoded((token as Tokens.Text).text) : inner(token.tokens);
    default:
      // HTML among them.
      return token.raw;
  }
}

function drawLink({ href, text, tokens }: Tokens.Link, level: number): ReactNode {
  const said = <Tokens tokens={tokens} level={level} />;
  const route = routeOf(href);
  if (route !== null) return <a href={route}>{said}</a>;
  return text === href ? said : <>{said} ({href})</>; // prettier-ignore
}

function drawList({ ordered, start, items }: Tokens.List, level: number): ReactNode {
  const drawn = items.map((item, index) => (
    <li key={index} data-task={item.task || undefined}>
      <Tokens tokens={item.tokens} level={level} />
    </li>
  ));
  return ordered ? <ol start={Number(start) || 1}>{drawn}</ol> : <ul>{drawn}</ul>;
}

function drawTable({ header, align, rows }: Tokens.Table, level: number): ReactNode {
  const cellStyle = (index: number) => ({ textAlign: align[index] ?? ('start' as const) });
  return (
    <table>
      <thead>
        <tr>
          {header.map(({ tokens }, index) => (
            <th key={index} scope="col" style={cellStyle(index)}>
              <Tokens tokens={tokens} level={level} />
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {rows.map((cells, row) => (
          <tr key={row}>
            {cells.map(({ tokens }, index) => (
              <td key={index} style={cellStyle(index)}>
                <Tokens tokens={tokens} level={level} />
              </td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}
