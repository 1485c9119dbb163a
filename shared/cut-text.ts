/** True between the two halves of a character outside the basic plane. */
function splitsPair(text: string, position: number): boolean {
  return /^[\uD800-\uDBFF][\uDC00-\uDFFF]$/.test(text.slice(position - 1, position + 1));
}

/** The first characters of a text, at most `length` UTF-16 units of it, without half a character at the end. */
export function takeStart(text: string, length: number): string {
  return text.slice(0, splitsPair(text, length) ? length - 1 : length);
}

/** The same from the end. */
export function takeEnd(text: string, length: number): string {
  const start = Math.max(0, text.length - length);
  return text.slice(splitsPair(text, start) ? start + 1 : start);
}

/** A text of at most `length` UTF-16 units, with an ellipsis for its middle where it is longer. */
export function cutText(text: string, length: number): string {
  if (text.length <= length) return text;
  const half = Math.floor((length - 1) / 2);
  return `${takeStart(text, half)}…${takeEnd(text, half)}`;
}

/** Names longer than this tell nobody more; models and tables of strangers have some of megabytes. */
const longestName = 240;
const longestMessage = 4000;

/** A name cut to what a person reads. */
export function cutName(name: string): string {
  return cutText(name, longestName);
}

/** A message with the quoted names in it, and then the whole, cut to what a person reads. */
export function cutMessage(message: string): string {
  if (message.length <= longestName) return message;
  const cut = message.replace(/"[^"]+"/g, (quoted) =>
    quoted.length <= longestName + 2 ? quoted : `"${cutText(quoted.slice(1, -1), longestName)}"`,
  );
  return cutText(cut, longestMessage);
}
