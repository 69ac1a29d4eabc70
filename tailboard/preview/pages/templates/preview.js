(function () {
  "use strict";
  const root = document.documentElement;
  const themes = JSON.parse(document.getElementById("themes").textContent);
  const charts = JSON.parse(document.getElementById("charts").textContent);
  const tip = document.getElementById("tip");
  const MAX_TIP_ROWS = 24;
  const views = new Map();

  function readStore(store, key) {
    try { return store.getItem(key); } catch { return null; }
  }
  function writeStore(store, key, value) {
    try { store.setItem(key, value); } catch { /* a browser may forbid it */ }
  }

  // Dark and light

  function findTheme() {
    const stored = readStore(localStorage, "tailboard-theme");
    if (stored in themes) return stored;
    return matchMedia("(prefers-color-scheme: light)").matches ? "light" : "dark";
  }
  root.dataset.theme = findTheme();
  document.getElementById("theme").addEventListener("click", () => {
    root.dataset.theme = root.dataset.theme === "light" ? "dark" : "light";
    writeStore(localStorage, "tailboard-theme", root.dataset.theme);
    for (const { view } of views.values()) view.finalize();
    views.clear();
    drawVisible();
  });

  // The values under the pointer; texts of others are only ever text

  function formatTime(milliseconds) {
    return new Date(milliseconds).toLocaleString(undefined, { hour12: false });
  }
  function showTip(event, heading, rows) {
    tip.textContent = "";
    if (heading) tip.appendChild(document.createElement("div")).textContent = heading;
    const table = tip.appendChild(document.createElement("table"));
    for (const { color, name, text } of rows.slice(0, MAX_TIP_ROWS)) {
      const row = table.insertRow();
      const cell = row.insertCell();
      if (color) cell.appendChild(document.createElement("i")).style.background = color;
      cell.appendChild(document.createElement("bdi")).textContent = name;
      row.insertCell().textContent = text;
    }
    if (rows.length > MAX_TIP_ROWS) {
      table.insertRow().insertCell().textContent = `and ${rows.length - MAX_TIP_ROWS} more`;
    }
    tip.hidden = false;
    const { width, height } = tip.getBoundingClientRect();
    const left = event.clientX + 16 + width > innerWidth ? event.clientX - 16 - width : event.clientX + 16;
    const top = Math.min(event.clientY + 16, innerHeight - height - 8);
    tip.style.left = `${Math.max(left, 4)}px`;
    tip.style.top = `${Math.max(top, 4)}px`;
  }
  function hideTip() { tip.hidden = true; }

  function findNearest(times, time) {
    let low = 0, high = times.length - 1;
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if (times[middle] <= time) low = middle; else high = middle;
    }
    return Math.abs(times[high] - time) < Math.abs(times[low] - time) ? high : low;
  }
  function followTime(element, view, spec) {
    const cross = document.createElement("div");
    cross.className = "cross";
    cross.hidden = true;
    element.appendChild(cross);
    element.onpointermove = (event) => {
      const left = view.origin()[0];
      const scale = view.scale("x");
      const x = event.clientX - element.getBoundingClientRect().left - left;
      if (x < 0 || x > view.width()) { element.onpointerleave(); return; }
      const time = +scale.invert(x);
      let nearest = null;
      const rows = [];
      for (const series of spec.datasets.series) {
        if (!series.t.length) continue;
        const index = findNearest(series.t, time);
        if (nearest === null || Math.abs(series.t[index] - time) < Math.abs(nearest - time)) nearest = series.t[index];
        if (series.v[index] === null) continue;
        rows.push({ color: series.color, name: series.name, text: series.text[index], value: series.v[index] });
      }
      if (nearest === null) return;
      rows.sort((one, other) => other.value - one.value);
      cross.hidden = false;
      cross.style.left = `${left + scale(nearest)}px`;
      showTip(event, formatTime(nearest), rows);
    };
    element.onpointerleave = () => { cross.hidden = true; hideTip(); };
  }
  function showMark(_, event, __, value) {
    if (value === null || value === undefined || value === "" || typeof value !== "object") { hideTip(); return; }
    const rows = [];
    let heading = "";
    for (const [name, text] of Object.entries(value)) {
      if (name === "time") heading = formatTime(Number(text));
      else if (text !== "") rows.push({ name, text });
    }
    showTip(event, heading, rows);
  }

  // The range in the reader's time zone, as the axes are

  const range = document.querySelector("time[data-start]");
  if (range && !("utc" in range.dataset)) {
    const options = { dateStyle: "medium", timeStyle: "short", hourCycle: "h23" };
    const [start, end] = [range.dataset.start, range.dataset.end].map((time) => new Date(Number(time)));
    range.textContent = new Intl.DateTimeFormat(undefined, options).formatRange(start, end);
  }

  // Drawing, one chart after another so that the page stays responsive

  async function drawChart(element) {
    const { spec, hover } = charts[element.id];
    const result = await vegaEmbed(element, spec, {
      mode: "vega-lite", ast: true, actions: false, defaultStyle: false, renderer: "canvas",
      config: themes[root.dataset.theme], tooltip: hover === "mark" ? showMark : false, logLevel: 1,
    });
    views.set(element.id, { view: result.view });
    element.dataset.drawn = "";
    if (hover === "time") followTime(element, result.view, spec);
    else element.onpointerleave = hideTip;
  }
  let queue = Promise.resolve();
  function drawVisible() {
    const drawing = queue.then(async () => {
      for (const element of document.querySelectorAll(".chart")) {
        if (views.has(element.id) || !element.clientWidth) continue;
        views.set(element.id, { view: { finalize() {} } });
        try { await drawChart(element); } catch (error) { element.textContent = String(error); console.error(error); }
        await new Promise((resolve) => setTimeout(resolve));
      }
      root.dataset.drawn = document.querySelectorAll(".chart[data-drawn]").length;
    });
    queue = drawing;
    return drawing;
  }
  let resizeTimer;
  addEventListener("resize", () => {
    clearTimeout(resizeTimer);
    resizeTimer = setTimeout(() => { for (const { view } of views.values()) if (view.resize) view.resize().runAsync(); }, 150);
  });

  // Rows and tabs; their state outlives a reload

  function rememberState() {
    const state = {
      scroll: scrollY,
      rows: [...document.querySelectorAll(".row")].map((row) => row.open),
      tabs: [...document.querySelectorAll("[role=tab]")].map((tab) => tab.getAttribute("aria-selected")),
    };
    writeStore(sessionStorage, location.pathname, JSON.stringify(state));
  }
  function recallState() {
    if (!("served" in document.body.dataset)) return;
    const state = JSON.parse(readStore(sessionStorage, location.pathname) || "null");
    if (!state) return;
    document.querySelectorAll(".row").forEach((row, index) => { if (index in state.rows) row.open = state.rows[index]; });
    document.querySelectorAll("[role=tab]").forEach((tab, index) => { if (state.tabs[index] === "true") selectTab(tab); });
    scrollTo(0, state.scroll);
  }
  function selectTab(tab) {
    const holder = tab.closest(".tabs");
    const tabs = [...holder.querySelectorAll(":scope > nav > [role=tab]")];
    holder.querySelectorAll(":scope > [role=tabpanel]").forEach((panel, index) => { panel.hidden = tabs[index] !== tab; });
    tabs.forEach((other) => other.setAttribute("aria-selected", String(other === tab)));
  }
  document.querySelectorAll("[role=tab]").forEach((tab) => tab.addEventListener("click", () => { selectTab(tab); drawVisible(); }));
  document.querySelectorAll(".tabs").forEach((holder) => selectTab(holder.querySelector("[role=tab]")));
  document.querySelectorAll(".row").forEach((row) => row.addEventListener("toggle", drawVisible));
  recallState();
  drawVisible();

  // A server tells of changes

  if ("served" in document.body.dataset) {
    const mistake = document.getElementById("mistake");
    const events = new EventSource("events");
    events.addEventListener("reload", () => { rememberState(); location.reload(); });
    events.addEventListener("mistake", (event) => {
      const text = JSON.parse(event.data);
      mistake.textContent = text;
      mistake.hidden = !text;
    });
  }
})();
