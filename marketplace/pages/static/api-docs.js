// Shows the OpenAPI document; nothing is asked of any other host.
"use strict";

(function () {
  const dark = window.matchMedia("(prefers-color-scheme: dark)");
  const follow = () => document.documentElement.classList.toggle("dark-mode", dark.matches);
  follow();
  dark.addEventListener("change", follow);

  // Swagger UI leaves out a level of headings, which readers of screens go by.
  function level(headings) {
    headings.querySelectorAll("h3.opblock-tag").forEach((heading) => heading.setAttribute("aria-level", "2"));
  }

  const place = document.getElementById("swagger-ui");
  new MutationObserver(() => level(place)).observe(place, { childList: true, subtree: true });
  window.SwaggerUIBundle({
    domNode: place,
    url: place.dataset.document,
    deepLinking: true,
    defaultModelsExpandDepth: -1,
    docExpansion: "list",
    filter: true,
    validatorUrl: null,
  });
})();
