/** Links, headings and code of a Markdown page; links inside code are not links. */
export type Page = {
  readonly links: readonly string[];
  /** The depth of each heading, in order. */
  readonly headingDepths: readonly number[];
  /** The anchor of each heading as code hosts derive it. */
  readonly anchors: readonly string[];
  /** Fenced code blocks with their fences. */
  readonly codeBlocks: readonly string[];
};

const fence = /^(```+|~~~+)[^\n]*\n[\s\S]*?^\1[ \t]*$/gm;
const inlineLink = /\[[^\]]*\]\(\s*<?([^)\s>]+)>?(?:\s+"[^"]*")?\s*\)/g;
const referenceLink = /^\[[^\]]+\]:\s*(\S+)/gm;
const heading = /^(#{1,6})\s+(.+?)\s*#*$/gm;

/** Reads the parts of a page that the checks compare. */
export function readPage(text: string): Page {
  const prose = text.replace(fence, '');
  const withoutCode = prose.replace(/`[^`\n]*`/g, '');
  const headings = [...prose.matchAll(heading)];
  return {
    links: [...withoutCode.matchAll(inlineLink), ...withoutCode.matchAll(referenceLink)].map(
      ([, link]) => link ?? '',
    ),
    headingDepths: headings.map(([, marks]) => marks?.length ?? 0),
    anchors: headings.map(([, , title]) => anchorOf(title ?? '')),
    codeBlocks: text.match(fence) ?? [],
  };
}

function anchorOf(title: string): string {
  return title
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\p{M} _-]/gu, '')
    .replaceAll(' ', '-');
}
