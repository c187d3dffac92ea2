// Sends the forms and shows what comes back. Everything is set as text, so nothing of a document runs as markup.
const result = document.getElementById("result");
const SHOWN = 25; // rows of an answer, firms of a park
const WORDS = {
  COLLABORATES: "cooperation · 合作",
  SUPPLIES: "supply · 供应",
  INVESTS: "investment · 投资",
  LOCATED_IN: "sits in · 位于",
  OPERATES_IN: "field · 产业",
  PART_OF: "part of · 隶属",
  OWNS: "owns · 控股",
  RANKED: "ranked · 排名",
};

function element(name, text, ...children) {
  const made = document.createElement(name);
  if (text !== "" && text !== null && text !== undefined) made.textContent = text;
  made.append(...children.filter(Boolean));
  return made;
}

function marked(name, className, text, ...children) {
  const made = element(name, text, ...children);
  made.className = className;
  return made;
}

function link(text, address) {
  const made = element("a", text);
  made.href = address;
  return made;
}

function button(text, act) {
  const made = marked("button", "link", text);
  made.type = "button";
  made.addEventListener("click", act);
  return made;
}

function park(name, id) {
  return button(name, () => showFrom("/api/v1/parks/" + encodeURIComponent(id || name), showPark));
}

function several(number, things) {
  return `${number} ${number === 1 ? things.replace(/s$/, "") : things}`;
}

function more(all, shown) {
  return all > shown ? marked("p", "quiet", `… and ${all - shown} more`) : null;
}

// ---- what documents say ----------------------------------------------------------------------------------------------

// Offsets count code points, not the units of JavaScript's strings.
function quote(piece) {
  const letters = Array.from(piece.sentence || piece.quote);
  const [start, end] = piece.sentence ? [piece.mark_start, piece.mark_end] : [0, letters.length];
  const said = element(
    "blockquote",
    "",
    letters.slice(0, start).join(""),
    element("mark", letters.slice(start, end).join("")),
    letters.slice(end).join(""),
  );
  const where = marked("span", "source", "");
  const published = piece.published ? `, ${piece.published}` : "";
  where.append(
    "— ",
    link(piece.title || piece.document, "/api/v1/documents/" + encodeURIComponent(piece.document)),
    `${published}${piece.place ? `, ${piece.place}` : ""}, characters ${piece.start}–${piece.end} · `,
    link("evidence · 证据", "/api/v1/evidence/" + encodeURIComponent(piece.id)),
  );
  said.append(where);
  return said;
}

function quotes(pieces) {
  const seen = new Set();
  return (pieces || []).filter((piece) => {
    const place = `${piece.document} ${piece.sentence}`;
    return seen.has(place) ? false : seen.add(place);
  }).map(quote);
}

function status(text) {
  return text ? marked("span", ["active", "signed", "stated"].includes(text) ? "status" : "status unsure", text) : null;
}

function words(deal) {
  const kinds = deal.kinds && deal.kinds.length ? deal.kinds : [deal.relation];
  return kinds.map((kind) => WORDS[kind] || kind).join(", ");
}

function dates(row) {
  return [row.since, row.until].filter(Boolean).join(" – ");
}

function deal(one) {
  const parties = (one.parties || []).map((party) => (party.field ? `${party.name} (${party.field})` : party.name));
  const line = element("p", "", `${parties.join(" – ")}: ${words(one)} `, status(one.status), ` ${dates(one)}`);
  return element("div", "", line, ...quotes(one.evidence));
}

// ---- answers ---------------------------------------------------------------------------------------------------------

function row(one) {
  if (one.collaborations && one.collaborations.inside) return element("div", "", ...showPark(one));
  if (one.other_collaborations) return element("div", "", ...showFirm(one));
  if (one.parts) return element("div", "", ranking([one]));
  const name = one.park || one.name || (one.count !== undefined ? `${one.count} ${one.of}` : one.id);
  const isPark = one.park || one.kind === "Park" || one.firms !== undefined || one.enterprises !== undefined;
  const head = element("h3", "", isPark && one.id ? park(name, one.id) : name);
  const told = [];
  if (one.rank !== undefined) told.push(`${one.rank}${one.sample ? ` of ${one.sample}` : ""}, ${one.track || "overall"}, ${one.edition}`);
  for (const key of ["firms", "enterprises", "institutions"]) {
    if (typeof one[key] === "number") told.push(several(one[key], key));
  }
  if (one.names) told.push(one.names.join(", "));
  if (one.relation) told.push(words(one));
  if (dates(one)) told.push(dates(one));
  const deals = one.pairs || one.collaborations || [];
  const own = deals.length && one.status !== "ended" ? "" : one.status; // a partner's stands beside each deal
  const line = told.length || own ? element("p", "", told.join(" · ") + (told.length ? " " : ""), status(own)) : null;
  return element("article", "", head, line, ...deals.map(deal), ...quotes(one.evidence));
}

function understood(query) {
  const told = [];
  for (const [key, value] of Object.entries(query)) {
    if (key === "window" && value) told.push(`${value.from || "…"} to ${value.to || "…"}`);
    else if (Array.isArray(value) ? value.length : value)
      told.push(key === "intent" ? value : `${key.replace("_", " ")}: ${Array.isArray(value) ? value.join(", ") : value}`);
  }
  return told.join("; ");
}

function coverage(looked) {
  const told = ["documents", "firms", "parks", "collaborations"].filter((key) => looked[key] !== undefined);
  return "looked through · 范围: " + told.map((key) => several(looked[key], key)).join(", ");
}

function showAnswer(answer) {
  const shown = answer.rows.slice(0, SHOWN);
  const rows = answer.query.intent === "rank" && shown.length && shown[0].parts ? [ranking(shown)] : shown.map(row);
  const head = answer.answered ? "" : `not answered (${(answer.reason || "").replace("_", " ")}) · 未回答`;
  const alike = answer.suggestions.length ? `did you mean · 是否指: ${answer.suggestions.join(", ")}` : "";
  return [
    head && element("h3", head),
    answer.note && element("p", answer.note),
    alike && element("p", alike),
    ...rows,
    more(answer.rows.length, SHOWN),
    marked("p", "quiet", `understood as · 理解为: ${understood(answer.query)}`),
    marked("p", "quiet", coverage(answer.coverage)),
    answer.cypher && element("details", "", element("summary", "Cypher"), element("pre", answer.cypher), element("pre", JSON.stringify(answer.parameters, null, 2))),
  ];
}

function showHits(found) {
  return [
    found.note && element("p", found.note),
    found.hits.length ? null : element("p", "Nothing was found. · 没有找到"),
    ...found.hits.map((hit) =>
      element(
        "article",
        "",
        element("h3", "", link(hit.title || hit.sources[0] || hit.document, "/api/v1/documents/" + encodeURIComponent(hit.document))),
        element("blockquote", hit.passage.text),
        marked("p", "quiet", [hit.published, ...hit.why.map((why) => `by ${why.by}${why.words.length ? `: ${why.words.join(", ")}` : ""}`)].filter(Boolean).join(" · ")),
      ),
    ),
  ];
}

// ---- parks and firms -------------------------------------------------------------------------------------------------

function names(title, ends, show = (end) => end.name) {
  if (!ends || !ends.length) return null;
  const shown = ends.slice(0, SHOWN).map(show).join(", ");
  const rest = ends.length > SHOWN ? ` … and ${ends.length - SHOWN} more` : "";
  return element("p", "", element("strong", `${title}: `), shown + rest);
}

function standing(one) {
  return `${one.rank}${one.sample && !one.track ? ` of ${one.sample}` : ""}${one.track ? ` on ${one.track}` : ""} (${one.edition}, ${one.status})`;
}

function deals(title, told) {
  if (!told.length) return [];
  return [element("h4", `${title} (${told.length})`), ...told.slice(0, SHOWN).map(deal), more(told.length, SHOWN)];
}

function showPark(one) {
  return [
    element("h3", one.name),
    names("also called · 别名", one.aliases.filter((name) => name !== one.name), String),
    names("lies in · 位于", one.place),
    names("part of · 隶属", one.part_of),
    names("parts · 下辖", one.parts),
    names("published · 榜单", one.standings, standing),
    names("firms · 企业", one.firms),
    names("institutions · 机构", one.institutions),
    names("fields of its firms · 企业所属产业", one.industries, (field) => `${field.name} (${field.firms})`),
    names("fields stated of it · 园区产业", one.stated_industries),
    ...deals("collaborations inside · 园内合作", one.collaborations.inside),
    ...deals("with others · 对外合作", one.collaborations.outside),
    ...further(one),
    marked("p", "quiet", coverage(one.coverage)),
  ];
}

function showFirm(one) {
  return [
    element("h3", one.name),
    names("parks · 园区", one.parks),
    names("lies in · 位于", one.place),
    names("fields · 产业", one.industries),
    names("owns · 控股", one.owns),
    names("owned by · 股东", one.owned_by),
    ...deals("collaborations · 合作", one.collaborations),
    ...deals("plans, denials, seats · 计划、否认、入驻", one.other_collaborations),
    ...further(one),
    marked("p", "quiet", coverage(one.coverage)),
  ];
}

// Sentences that stand beside no collaboration.
function further(one) {
  const ties = Array.isArray(one.collaborations)
    ? [...one.collaborations, ...one.other_collaborations]
    : [...one.collaborations.inside, ...one.collaborations.outside];
  const shown = new Set(ties.flatMap((tie) => tie.evidence.map((piece) => `${piece.document} ${piece.sentence}`)));
  const rest = quotes(one.evidence.filter((piece) => !shown.has(`${piece.document} ${piece.sentence}`)));
  return rest.length ? [element("h4", "sentences · 原文"), ...rest] : [];
}

// ---- rankings --------------------------------------------------------------------------------------------------------

function table(columns, rows) {
  const head = element("tr", "", ...columns.map(([name, number]) => marked("th", number ? "number" : "", name)));
  const body = rows.map((cells) =>
    element("tr", "", ...cells.map((cell, at) => marked("td", columns[at][1] ? "number" : "", "", cell instanceof Node ? cell : String(cell ?? "–")))),
  );
  return element("table", "", element("thead", "", head), element("tbody", "", ...body));
}

function ranking(rows) {
  const columns = [["rank · 名次", true], ["interval · 区间", true], ["park · 园区", false], ["score · 得分", true], ["chemistry · 化学", false], ["notes · 说明", false]];
  return table(
    columns,
    rows.map((one) => [
      one.rank ?? "–",
      one.rank_low ? `${one.rank_low}–${one.rank_high}` : "–",
      park(one.park, one.id),
      one.score === null ? "–" : one.score.toFixed(1),
      one.verdict ?? "–",
      one.reason || one.flags.join(", "),
    ]),
  );
}

function showRanking(index) {
  if (!index.ranked.length) return [element("p", "No park can be ranked yet. · 尚无可排名的园区")];
  const rest = index.unranked.length ? element("details", "", element("summary", `not ranked · 未排名 (${index.unranked.length})`), ranking(index.unranked)) : null;
  return [ranking(index.ranked), marked("p", "quiet", "The interval holds nine of ten ranks under other defensible choices and inputs. · 区间：换用其他合理选择与数据时，九成名次所在的范围"), rest];
}

function showPublished(index) {
  if (!index.published.length) return [element("p", "No published list is in the documents. · 文献中没有榜单")];
  const columns = [["edition · 版", false], ["list · 榜", false], ["rank · 名次", true], ["park · 园区", false], ["said in · 出处", false]];
  return [
    table(
      columns,
      index.published.map((one) => [
        one.edition,
        one.track || "overall · 总榜",
        one.sample && !one.track ? `${one.rank} of ${one.sample}` : one.rank,
        park(one.park, one.id),
        link(one.evidence[0].title || one.document, "/api/v1/evidence/" + encodeURIComponent(one.evidence[0].id)),
      ]),
    ),
  ];
}

// ---- asking the server -----------------------------------------------------------------------------------------------

let key = ""; // held by this page alone, until it is closed

async function asked(address) {
  const ask = () => fetch(address, key ? { headers: { Authorization: `Bearer ${key}` } } : {});
  const response = await ask();
  if (response.status !== 401) return response;
  key = (window.prompt("This service asks for a key · 请输入密钥") || "").trim();
  return key ? ask() : response;
}

async function showFrom(address, show, place = result) {
  const head = place === result ? [] : [place.firstElementChild];
  place.hidden = false;
  place.replaceChildren(...head, element("p", "…"));
  try {
    const response = await asked(address);
    const body = await response.json();
    const shown = response.ok ? show(body) : [element("p", body.detail)];
    place.replaceChildren(...head, ...shown.filter(Boolean));
  } catch (error) {
    place.replaceChildren(...head, element("p", `The server does not answer (${error.message}).`));
  }
  if (place === result) place.scrollIntoView({ block: "nearest" });
}

function listen(id, show) {
  document.getElementById(id).addEventListener("submit", (event) => {
    event.preventDefault();
    const query = new URLSearchParams(new FormData(event.target));
    showFrom(`${event.target.getAttribute("action")}?${query}`, show);
  });
}

listen("ask", showAnswer);
listen("search", showHits);
showFrom("/api/v1/index", showRanking, document.getElementById("ranking"));
showFrom("/api/v1/index?published=true", showPublished, document.getElementById("published"));
const opened = new URLSearchParams(location.search);
if (opened.get("q")) {
  document.getElementById("question").value = opened.get("q");
  showFrom("/api/v1/ask?" + new URLSearchParams({ q: opened.get("q") }), showAnswer);
} else if (opened.get("park")) {
  showFrom("/api/v1/parks/" + encodeURIComponent(opened.get("park")), showPark);
}
