/**
 * ICU messages, as far as texts need them: `{name}`, `{count, plural, =0 {none} one {# thing} other {# things}}`,
 * `selectordinal` and `select`, nested as one likes, with `'{quoted}'` parts. A library for all of ICU is ten times the
 * size; `icu.test.ts` holds this to one on every text there is.
 */
export type Values = Record<string, string | number>;
type Part = string | { name: string } | Choice | typeof hash;
interface Choice {
  name: string;
  kind: 'plural' | 'selectordinal' | 'select';
  ways: Map<string, Message>;
}
export type Message = readonly Part[];
const hash = Symbol('#');

/** @throws SyntaxError where the text is not such a message */
export function parse(text: string): Message {
  let at = 0;
  const message = parts(false);
  if (at < text.length) throw fault();
  return message;

  function parts(isCounted: boolean): Message {
    const found: Part[] = [];
    let plain = '';
    const flush = () => {
      if (plain !== '') found.push(plain);
      plain = '';
    };
    while (at < text.length && text[at] !== '}') {
      const sign = text[at] ?? '';
      if (sign === "'") plain += quoted(isCounted);
      else if (sign === '{') {
        flush();
        found.push(argument());
      } else if (sign === '#' && isCounted) {
        flush();
        found.push(hash);
        at++;
      } else {
        plain += sign;
        at++;
      }
    }
    flush();
    return found;
  }

  /** `''` is an apostrophe, `'{` begins a quoted part; else the apostrophe is itself. */
  function quoted(isCounted: boolean): string {
    const next = text[at + 1];
    if (next === "'") {
      at += 2;
      return "'";
    }
    if (next !== '{' && next !== '}' && !(next === '#' && isCounted)) {
      at++;
      return "'";
    }
    let plain = '';
    for (at++; at < text.length; at++) {
      if (text[at] !== "'") plain += text[at];
      else if (text[at + 1] === "'") {
        plain += "'";
        at++;
      } else break;
    }
    at++;
    return plain;
  }

  function argument(): Part {
    const name = word(/\{\s*(\w+)\s*/y);
    if (text[at] === '}') {
      at++;
      return { name };
    }
    const kind = word(/,\s*(plural|selectordinal|select)\s*,\s*/y) as Choice['kind'];
    const ways = new Map<string, Message>();
    while (text[at] !== '}') {
      const way = word(/\s*(=\d+|\w+)\s*\{/y);
      ways.set(way, parts(kind !== 'select'));
      word(/(\})\s*/y);
    }
    at++;
    if (!ways.has('other')) throw fault();
    return { name, kind, ways };
  }

  function word(pattern: RegExp): string {
    pattern.lastIndex = at;
    const found = pattern.exec(text);
    if (found === null) throw fault();
    at = pattern.lastIndex;
    return found[1] ?? '';
  }

  function fault(): SyntaxError {
    return new SyntaxError(`Not an ICU message, at ${at}: ${text}`);
  }
}

/** The message with its values put in. */
export function format(message: Message, language: string, values: Values, count = ''): string {
  return message
    .map((part) => {
      if (part === hash) return count;
      if (typeof part === 'string') return part;
      const value = values[part.name] ?? '';
      if (!('ways' in part)) return String(value);
      const chosen = part.ways.get(wayOf(part, language, value)) ?? part.ways.get('other') ?? [];
      return format(chosen, language, values, part.kind === 'select' ? count : numbers(language).format(Number(value)));
    })
    .join('');
}

function wayOf({ kind, ways }: Choice, language: string, value: string | number): string {
  if (kind === 'select') return String(value);
  if (ways.has(`=${value}`)) return `=${value}`;
  return rules(language, kind === 'plural' ? 'cardinal' : 'ordinal').select(Number(value));
}

const rules = once((language: string, type: Intl.PluralRuleType) => new Intl.PluralRules(language, { type }));
const numbers = once((language: string) => new Intl.NumberFormat(language));

/** Makes a thing once for the same arguments: these are costly. */
function once<Given extends string[], Made>(make: (...given: Given) => Made): (...given: Given) => Made {
  const made = new Map<string, Made>();
  return (...given) => {
    const key = given.join(' ');
    const known = made.get(key) ?? make(...given);
    made.set(key, known);
    return known;
  };
}
