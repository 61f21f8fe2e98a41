// Days and times by keyboard: arrows move, digits go to a day or an hour, Page Up and Page Down to another month.
"use strict";

(function () {
  const PAUSE = 900;
  let typed = "";
  let typedAt = 0;

  const linksOf = (group) => [...group.querySelectorAll("a[href]")].filter((link) => link.closest("[data-types]"));
  const typesOf = (link) => link.closest("[data-types]").dataset.types;

  // One stop of the Tab key for all of a group.
  function rove(group, chosen) {
    linksOf(group).forEach((link) => { link.tabIndex = link === chosen ? 0 : -1; });
  }

  function begin(group) {
    const links = linksOf(group);
    rove(group, links.find((link) => link.hasAttribute("aria-current")) || links[0]);
  }

  function beginAll() {
    document.querySelectorAll("[data-choices]").forEach(begin);
  }

  // Where the address leads to one of them; after the browser has gone there itself, which takes the focus away.
  function goThere() {
    const group = window.location.hash && document.querySelector(window.location.hash + "[data-choices]");
    const link = group && group.querySelector("a[tabindex='0']");
    if (link) link.focus();
  }

  // The one nearest in that direction, by where they stand on the page.
  function towards(links, from, x, y) {
    const here = from.getBoundingClientRect();
    const ahead = links.map((link) => {
      const there = link.getBoundingClientRect();
      const across = x ? (there.left - here.left) * x : (there.top - here.top) * y;
      const aside = x ? Math.abs(there.top - here.top) : Math.abs(there.left - here.left);
      return { link, across, aside };
    }).filter((one) => one.across > 2);
    ahead.sort((a, b) => (x ? a.aside - b.aside || a.across - b.across : a.across - b.across || a.aside - b.aside));
    const next = links[links.indexOf(from) + (x || y)];
    return ahead.length && (!x || ahead[0].aside < 2) ? ahead[0].link : next || from;
  }

  function byDigits(links, from, digit) {
    typed = Date.now() - typedAt < PAUSE ? typed + digit : digit;
    typedAt = Date.now();
    return links.find((link) => typesOf(link) === typed) || links.find((link) => typesOf(link).startsWith(typed)) || from;
  }

  function go(event) {
    const group = event.target.closest && event.target.closest("[data-choices]");
    if (!group || event.ctrlKey || event.metaKey || event.altKey) return;
    const links = linksOf(group);
    const from = event.target.closest("a[href]");
    if (!links.includes(from)) return;
    const along = document.documentElement.dir === "rtl" ? -1 : 1;
    const month = { PageUp: "prev", PageDown: "next" }[event.key];
    const moves = {
      ArrowRight: () => towards(links, from, along, 0),
      ArrowLeft: () => towards(links, from, -along, 0),
      ArrowDown: () => towards(links, from, 0, 1),
      ArrowUp: () => towards(links, from, 0, -1),
      Home: () => links[0],
      End: () => links[links.length - 1],
    };
    if (month) {
      const link = document.querySelector("nav.week a[rel='" + month + "']");
      if (link) link.click();
    } else if (moves[event.key] || /^\d$/.test(event.key)) {
      const to = moves[event.key] ? moves[event.key]() : byDigits(links, from, event.key);
      rove(group, to);
      to.focus();
    } else {
      return;
    }
    event.preventDefault();
  }

  document.addEventListener("keydown", go);
  document.addEventListener("fairhour:shown", () => { beginAll(); goThere(); });
  window.addEventListener("load", () => window.setTimeout(goThere));
  beginAll();
})();
