// Sends the two forms and shows what comes back. Everything is set as text, so nothing of a document runs as markup.
const result = document.getElementById("result");

function element(name, text, ...children) {
  const made = document.createElement(name);
  if (text) made.textContent = text;
  made.append(...children);
  return made;
}

function link(text, address) {
  const made = element("a", text);
  made.href = address;
  return made;
}

function showHits(found) {
  return found.hits.map((hit) =>
    element(
      "article",
      "",
      link(hit.title || hit.document, "/api/v1/documents/" + encodeURIComponent(hit.document)),
      element("blockquote", hit.passage.text),
    ),
  );
}

function showAnswer(answer) {
  const evidence = answer.evidence.map((id) =>
    element("li", "", link(id, "/api/v1/evidence/" + encodeURIComponent(id))),
  );
  const rows = element("details", "", element("summary", "rows · 行"), element("pre", JSON.stringify(answer.rows, null, 2)));
  const names = answer.rows.map((row) => element("li", row.park || row.name || row.id || JSON.stringify(row)));
  return [
    element("ul", "", ...names),
    rows,
    element("details", "", element("summary", "query · 理解"), element("pre", JSON.stringify(answer.query, null, 2))),
    element("details", "", element("summary", "Cypher"), element("pre", answer.cypher || "")),
    element("details", "", element("summary", `evidence · 证据 (${evidence.length})`), element("ul", "", ...evidence)),
  ];
}

async function send(event, show) {
  event.preventDefault();
  const form = event.target;
  const query = new URLSearchParams(new FormData(form));
  result.hidden = false;
  result.replaceChildren(element("p", "…"));
  try {
    const response = await fetch(`${form.getAttribute("action")}?${query}`);
    const body = await response.json();
    const note = response.ok ? body.note : body.detail;
    const shown = response.ok ? show(body) : [];
    result.replaceChildren(...(note ? [element("p", note)] : []), ...shown);
  } catch (error) {
    result.replaceChildren(element("p", `The server does not answer (${error.message}).`));
  }
}

document.getElementById("ask").addEventListener("submit", (event) => send(event, showAnswer));
document.getElementById("search").addEventListener("submit", (event) => send(event, showHits));
