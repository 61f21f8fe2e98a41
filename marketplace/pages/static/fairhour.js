// Small helpers; every page works without them.
"use strict";

(function () {
  const root = document.documentElement;
  const dark = window.matchMedia("(prefers-color-scheme: dark)");
  const follow = () => root.setAttribute("data-bs-theme", dark.matches ? "dark" : "light");
  follow();
  dark.addEventListener("change", follow);

  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  if (zone && !document.cookie.split("; ").includes("zone=" + zone)) {
    // A visitor's times are shown in the visitor's own zone from the next page on.
    document.cookie = "zone=" + zone + "; path=/; max-age=31536000; samesite=lax";
  }

  function guessZone(select) {
    if (zone && [...select.options].some((option) => option.value === zone)) {
      select.value = zone;
    }
  }

  // A visitor's first page was made before the zone was known: its times are put in their place, without loading it again.
  async function showInOwnZone(guessed) {
    const told = document.cookie.split("; ").includes("zone=" + zone);
    if (!told || guessed.dataset.guessedZone === zone) return;
    const answer = await fetch(window.location.href, { headers: { Accept: "text/html" } });
    const page = answer.ok && new DOMParser().parseFromString(await answer.text(), "text/html");
    const now = page && page.querySelector("[data-guessed-zone]");
    // Who has begun to type goes on undisturbed.
    if (!now || guessed.contains(document.activeElement)) return;
    guessed.replaceWith(now);
    document.dispatchEvent(new Event("fairhour:shown"));
  }

  function offerCopy(button) {
    if (!navigator.clipboard) return;
    button.hidden = false;
    button.addEventListener("click", async () => {
      await navigator.clipboard.writeText(document.getElementById(button.dataset.copy).textContent);
      button.textContent = "Copied";
    });
  }

  // "14:03" until the instant in data-until, then the page is loaded again: the server says what is true.
  function countDown(clock) {
    const until = Date.parse(clock.dataset.until);
    const ahead = Date.parse(clock.dataset.now || new Date().toISOString()) - Date.now();
    const timer = window.setInterval(tick, 1000);
    function tick() {
      const left = Math.max(0, Math.ceil((until - Date.now() - ahead) / 1000));
      clock.textContent = Math.floor(left / 60) + ":" + String(left % 60).padStart(2, "0");
      if (left === 0) {
        window.clearInterval(timer);
        window.location.reload();
      }
    }
    if (until - Date.now() - ahead > 0) tick();
    else window.clearInterval(timer);
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
  document.addEventListener("DOMContentLoaded", () => {
    document.querySelectorAll("select[data-guess-zone]").forEach(guessZone);
    document.querySelectorAll("[data-guessed-zone]").forEach(showInOwnZone);
    document.querySelectorAll("button[data-copy]").forEach(offerCopy);
    document.querySelectorAll("[data-until]").forEach(countDown);
    const errors = document.getElementById("errors");
    if (errors) errors.focus();
  });
})();
