// Texts: times, durations, bodies, lines of a shell.

/** A number in a link; null where there is none. */
export function numberOf(part) {
  return /^\d+$/.test(part ?? "") ? Number(part) : null;
}

/** `3.2 ms`, `1.5 s`. */
export function duration(ms) {
  if (ms === null || ms === undefined) return "";
  return ms < 1000 ? `${ms.toFixed(1)} ms` : `${(ms / 1000).toFixed(1)} s`;
}

/** `30 s`, `2 min 5 s`, `4 h 2 min`. */
export function wait(seconds) {
  const whole = Math.max(0, Math.ceil(seconds));
  const [h, min, s] = [Math.floor(whole / 3600), Math.floor((whole % 3600) / 60), whole % 60];
  if (h > 0) return min > 0 ? `${h} h ${min} min` : `${h} h`;
  if (min > 0) return s > 0 ? `${min} min ${s} s` : `${min} min`;
  return `${s} s`;
}

/** The time of day here, of milliseconds since 1970. */
export function timeOfDay(ms) {
  const date = new Date(ms);
  const two = (number) => String(number).padStart(2, "0");
  const time = `${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}`;
  return `${time}.${String(date.getMilliseconds()).padStart(3, "0")}`;
}

/** `2026-07-29T14:32:10Z`, of seconds since 1970. */
export function utc(seconds) {
  const date = new Date(seconds * 1000);
  return Number.isNaN(date.getTime()) ? "9999-12-31T23:59:59Z" : date.toISOString().replace(/\.\d+Z$/, "Z");
}

/** `1 delivery`, `2 deliveries`. */
export function count(number, one, many) {
  return `${number.toLocaleString("en")} ${number === 1 ? one : many}`;
}

/** JSON with line breaks, its numbers and texts as they were; any other text as it is. */
export function indented(text) {
  try {
    JSON.parse(text);
  } catch {
    return text;
  }
  let out = "";
  let depth = 0;
  let isInText = false;
  const line = () => `\n${"  ".repeat(depth)}`;
  for (let at = 0; at < text.length; at++) {
    const char = text[at];
    if (isInText) {
      out += char;
      if (char === "\\") out += text[++at];
      else if (char === '"') isInText = false;
    } else if (char === '"') {
      isInText = true;
      out += char;
    } else if (char === "{" || char === "[") {
      const rest = text.slice(at + 1).match(/^\s*([}\]])/);
      if (rest) {
        out += char + rest[1];
        at += rest[0].length;
      } else {
        depth++;
        out += char + line();
      }
    } else if (char === "}" || char === "]") {
      depth--;
      out += line() + char;
    } else if (char === ",") {
      out += char + line();
    } else if (char === ":") {
      out += ": ";
    } else if (!/\s/.test(char)) {
      out += char;
    }
  }
  return out;
}

/** A word of a POSIX shell. */
export function quoted(word) {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}

/** A line of curl. */
export function curl(method, url, body, headers = []) {
  const hasBody = body !== undefined && body !== null && body !== "";
  const usual = hasBody ? "POST" : "GET";
  const words = ["curl"];
  // Brackets and braces are themselves.
  if (/[[\]{}]/.test(url)) words.push("-g");
  if (method !== usual) words.push("-X", quoted(method));
  words.push(quoted(url));
  for (const header of headers) words.push("-H", header.startsWith('"') ? header : quoted(header));
  if (hasBody) words.push(body.startsWith("@") ? "--data-raw" : "-d", quoted(body));
  return words.join(" ");
}
