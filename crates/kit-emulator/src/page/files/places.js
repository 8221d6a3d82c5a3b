// Places in the page, as the address has them: a view, the parts of it that are shown, and a filter.

/** How long a row has to stay selected before the address says so, in milliseconds: browsers allow few changes of it. */
const PAUSE = 200;

let place = read();
let show = () => {};
let timer = null;
/** Whether this page has made the entry of the history that it is at. */
let hasPushed = false;
/** The address that the list gets once the history has gone back to it. */
let awaited = null;

/** Listens for the address. `shown` is called with each place that is to be shown. */
export function follow(shown) {
  show = shown;
  window.addEventListener("hashchange", () => {
    clearTimeout(timer);
    hasPushed = false;
    if (awaited !== null) {
      history.replaceState(null, "", awaited);
      awaited = null;
      return;
    }
    place = read();
    show(place);
  });
  show(place);
}

/** Goes to a place: another view, or another part of this one. A default takes the place of what led to it. */
export function go(parts, filter, isDefault = false) {
  const isSameView = parts[0] === place.parts[0];
  const next = { parts, filter: filter ?? (isSameView ? place.filter : "") };
  const hash = written(next);
  if (hash === written(place)) return;
  if (!isSameView) {
    location.hash = hash;
    return;
  }
  const [before, after] = [place.parts.length, parts.length];
  place = next;
  clearTimeout(timer);
  if (after > before && !isDefault) {
    // From the details of a row, it goes back to the list.
    history.pushState(null, "", hash);
    hasPushed = true;
  } else if (after < before && hasPushed) {
    hasPushed = false;
    awaited = hash;
    history.back();
  } else {
    timer = setTimeout(() => history.replaceState(null, "", hash), isDefault ? 0 : PAUSE);
  }
  show(place);
}

function written({ parts, filter }) {
  const query = filter === "" ? "" : `?${new URLSearchParams({ q: filter })}`;
  return `#/${parts.map(encodeURIComponent).join("/")}${query}`;
}

function read() {
  const [path, query] = location.hash.replace(/^#\/?/, "").split("?");
  const parts = path.split("/").map(decoded).filter((part) => part !== "");
  return { parts, filter: new URLSearchParams(query).get("q") ?? "" };
}

function decoded(part) {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
