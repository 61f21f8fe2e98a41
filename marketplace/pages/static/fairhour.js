// Small helpers; every page works without them.
"use strict";

(function () {
  const root = document.documentElement;
  const dark = window.matchMedia("(prefers-color-scheme: dark)");
  const follow = () => root.setAttribute("data-bs-theme", dark.matches ? "dark" : "light");
  follow();
  dark.addEventListener("change", follow);

  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  if (zone && !/(^|; )zone=/.test(document.cookie)) {
    // A visitor's times are written in the visitor's own zone from the next page on, unless another is chosen.
    document.cookie = "zone=" + zone + "; path=/; max-age=31536000; samesite=lax";
  }

  // A visitor's first page was written before the zone was known. What is arranged by days the server arranges anew,
  // and it alone takes its place; other times are written anew here.
  function showInOwnZone() {
    const guessed = root.dataset.guessedZone;
    if (!guessed || !zone || guessed === zone) return;
    const arranged = document.querySelectorAll("main [data-guessed-zone]");
    if (arranged.length) arranged.forEach(arrangeInOwnZone);
    else writeInOwnZone();
  }

  async function arrangeInOwnZone(part) {
    const page = await thisPage();
    const fresh = page && page.querySelector("main [data-guessed-zone]");
    // Who has begun to type goes on undisturbed.
    if (fresh && !part.contains(document.activeElement)) putInPlace(part, fresh);
  }

  function writeInOwnZone() {
    const place = zone.split("/").pop().replaceAll("_", " ");
    const clock = { hour: "2-digit", minute: "2-digit", timeZone: zone };
    const day = { weekday: "short", day: "numeric", month: "short", timeZone: zone };
    const written = (instant, parts) => new Intl.DateTimeFormat(root.lang, parts).format(instant);
    document.querySelectorAll("main time[datetime]").forEach((time) => {
      const starts = new Date(time.dateTime);
      if (Number.isNaN(starts.getTime()) || !time.dateTime.includes("T")) return;
      const year = starts.getFullYear() === new Date().getFullYear() ? {} : { year: "numeric" };
      let words = written(starts, { ...day, ...year }) + ", " + written(starts, clock);
      if (time.dataset.ends) words += "-" + written(new Date(time.dataset.ends), clock);
      time.textContent = words + " (" + place + ")";
    });
  }

  // This page as the server has it now, without loading it again.
  async function thisPage() {
    const answer = await fetch(location.href, { headers: { Accept: "text/html" } });
    return answer.ok ? new DOMParser().parseFromString(await answer.text(), "text/html") : null;
  }

  async function renew(id) {
    const page = await thisPage();
    const fresh = page && page.getElementById(id);
    const shown = document.getElementById(id);
    if (fresh && shown) putInPlace(shown, fresh);
  }

  function putInPlace(shown, fresh) {
    shown.replaceWith(fresh);
    enliven(fresh);
    document.dispatchEvent(new Event("fairhour:shown"));
  }

  // Long work: what has data-live is renewed every so many seconds, for as long as the server says so.
  function followWork(part) {
    window.setTimeout(async () => {
      if (document.hidden) followWork(part);
      else await renew(part.id).catch(() => followWork(part));
    }, 1000 * Number(part.dataset.live));
  }

  // The names of all zones come when somebody is about to look for one.
  async function offerZones(field) {
    if (field.list) return;
    const list = document.createElement("datalist");
    list.id = field.id + "-zones";
    field.after(list);
    field.setAttribute("list", list.id);
    const answer = await fetch(field.dataset.zones);
    if (!answer.ok) return;
    const zones = await answer.json();
    list.append(...zones.map(([id, city]) => new Option(city, id)));
    field.addEventListener("change", () => {
      const typed = field.value.trim().toLowerCase();
      const meant = zones.filter(([id, city]) => [id.toLowerCase(), city.toLowerCase()].includes(typed));
      if (meant.length === 1) field.value = meant[0][0];
    });
  }

  function offerCopy(button) {
    if (!navigator.clipboard) return;
    button.hidden = false;
    button.addEventListener("click", async () => {
      await navigator.clipboard.writeText(document.getElementById(button.dataset.copy).textContent);
      button.textContent = button.dataset.copied || "✓";
    });
  }

  // "14:03" until the instant in data-until; then the server says what is true.
  function countDown(clock) {
    const until = Date.parse(clock.dataset.until);
    const ahead = Date.parse(clock.dataset.now || new Date().toISOString()) - Date.now();
    const timer = window.setInterval(tick, 1000);
    function tick() {
      if (!clock.isConnected) return window.clearInterval(timer);
      const left = Math.max(0, Math.ceil((until - Date.now() - ahead) / 1000));
      clock.textContent = Math.floor(left / 60) + ":" + String(left % 60).padStart(2, "0");
      if (left === 0) {
        window.clearInterval(timer);
        sayChanged();
      }
    }
    if (until - Date.now() - ahead > 0) tick();
    else window.clearInterval(timer);
  }

  // What somebody is typing is not taken from under their hands: they are told, and may look.
  function sayChanged() {
    const main = document.getElementById("main");
    const typing = main.contains(document.activeElement) && document.activeElement.matches("input, textarea, select");
    if (!typing && !main.querySelector("textarea")) return renew("main");
    if (document.getElementById("changed")) return;
    const notice = document.createElement("div");
    notice.id = "changed";
    notice.className = "alert alert-warning";
    notice.setAttribute("role", "status");
    const link = document.createElement("a");
    link.href = location.href;
    link.textContent = document.body.dataset.show;
    notice.append(document.body.dataset.changed + " ", link);
    main.prepend(notice);
  }

  // What a form comes to follows what is typed; a button beside it does the same.
  function followTyping(form) {
    const shown = document.getElementById(form.dataset.preview);
    let waiting = 0;
    let latest = 0;
    async function look() {
      const number = ++latest;
      const typed = new URLSearchParams(new FormData(form));
      typed.set("look", "yes");
      const answer = await fetch(form.action, { method: "POST", body: typed });
      if (!answer.ok || number !== latest) return;
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      const fresh = page.getElementById(form.dataset.preview);
      if (fresh) shown.replaceChildren(...fresh.childNodes);
    }
    form.addEventListener("input", () => {
      window.clearTimeout(waiting);
      waiting = window.setTimeout(look, 600);
    });
  }

  // A form is sent once, however often its button is pressed.
  function sendOnce(event) {
    if (event.target.method !== "post") return;
    if (event.target.dataset.sent) event.preventDefault();
    event.target.dataset.sent = "yes";
  }

  document.addEventListener("submit", sendOnce);
  window.addEventListener("pageshow", () => {
    document.querySelectorAll("form[data-sent]").forEach((form) => delete form.dataset.sent);
  });
  function enliven(part) {
    const each = (selector, use) => {
      part.querySelectorAll(selector).forEach(use);
      if (part instanceof Element && part.matches(selector)) use(part);
    };
    each("input[data-guess-zone]", (field) => { if (zone) field.value = zone; });
    each("input[data-zones]", (field) => {
      field.addEventListener("focus", () => offerZones(field), { once: true });
    });
    each("button[data-copy]", offerCopy);
    each("form[data-preview]", followTyping);
    each("[data-until]", countDown);
    each("[data-live]", followWork);
  }

  document.addEventListener("DOMContentLoaded", () => {
    enliven(document);
    showInOwnZone();
    const errors = document.getElementById("errors");
    if (errors) errors.focus();
  });
})();
