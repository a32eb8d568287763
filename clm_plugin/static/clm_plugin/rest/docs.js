// Swagger UI from the app's own files; a session's requests carry its CSRF token.
const place = document.getElementById("clm-api");
const token = () => (document.cookie.match(/(?:^|; )csrftoken=([^;]+)/) ?? [])[1] ?? "";
window.SwaggerUIBundle({
  url: place.dataset.schema,
  domNode: place,
  deepLinking: true,
  validatorUrl: null,
  requestInterceptor: (request) => {
    request.headers["X-CSRFToken"] = token();
    return request;
  },
});
