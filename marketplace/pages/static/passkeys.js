// Passkeys (Web Authentication). A form with data-passkey is shown where the browser can, and sent once it has answered.
"use strict";

(function () {
  // What is said to people stands at the script's own element, in their language.
  const words = document.currentScript.dataset;
  const forms = document.querySelectorAll("form[data-passkey]");
  if (!window.PublicKeyCredential || !navigator.credentials) return;
  // A passkey belongs to a name: at a bare address browsers make and use none.
  if (/^(\d+(\.\d+){3}|\[.*\])$/.test(location.hostname)) return;
  document.querySelectorAll("[data-no-passkeys]").forEach((words) => { words.hidden = true; });

  function toBytes(text) {
    const plain = atob(text.replace(/-/g, "+").replace(/_/g, "/"));
    return Uint8Array.from(plain, (letter) => letter.charCodeAt(0));
  }

  function toText(buffer) {
    const plain = String.fromCharCode(...new Uint8Array(buffer));
    return btoa(plain).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
  }

  function readable(options) {
    const named = (list) => (list || []).map((one) => ({ ...one, id: toBytes(one.id) }));
    const read = { ...options, challenge: toBytes(options.challenge) };
    if (options.user) read.user = { ...options.user, id: toBytes(options.user.id) };
    if (options.excludeCredentials) read.excludeCredentials = named(options.excludeCredentials);
    if (options.allowCredentials) read.allowCredentials = named(options.allowCredentials);
    return read;
  }

  function written(credential) {
    const response = {};
    for (const name of ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"]) {
      if (credential.response[name]) response[name] = toText(credential.response[name]);
    }
    if (credential.response.getTransports) response.transports = credential.response.getTransports();
    return JSON.stringify({ id: credential.id, rawId: toText(credential.rawId), type: credential.type, response });
  }

  async function ask(form) {
    const answer = await fetch(form.dataset.options, { method: "POST", body: new URLSearchParams(new FormData(form)) });
    if (!answer.ok) throw new Error(answer.status === 429 ? words.tooOften : words.outdated);
    const publicKey = readable(await answer.json());
    return form.dataset.passkey === "create"
      ? navigator.credentials.create({ publicKey })
      : navigator.credentials.get({ publicKey });
  }

  const WORDS = { NotAllowedError: words.unused, InvalidStateError: words.known, SecurityError: words.elsewhere };

  async function use(event) {
    const form = event.currentTarget;
    const field = form.querySelector("[data-answer]");
    if (field.value) return;
    // What sends a form once is to count the sending below, not this.
    event.preventDefault();
    event.stopPropagation();
    const failure = form.querySelector("[data-failure]");
    failure.hidden = true;
    try {
      field.value = written(await ask(form));
    } catch (error) {
      failure.textContent = WORDS[error.name] || error.message;
      failure.hidden = false;
      return;
    }
    HTMLFormElement.prototype.submit.call(form);
  }

  forms.forEach((form) => {
    form.hidden = false;
    form.addEventListener("submit", use);
  });
})();
