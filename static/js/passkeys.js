// Passkeys: hands the portal's options to the browser and puts the browser's answer into the form.
//
//   <form data-passkey="create | get">  with a hidden field "credential" and a button that is hidden without us.
//
// The options stand in the page as JSON (#passkey-options), or are fetched from data-options-url when they are
// wanted, because they are valid only for a short time.

const bytes = (text) =>
  Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (letter) => letter.charCodeAt(0));

const text = (buffer) =>
  btoa(String.fromCharCode(...new Uint8Array(buffer)))
    .replace(/\+/g, "-")
    .replace(/\//g, "_")
    .replace(/=+$/, "");

const decoded = (list) => (list || []).map((key) => ({ ...key, id: bytes(key.id) }));

function readable(options) {
  const publicKey = { ...options.publicKey, challenge: bytes(options.publicKey.challenge) };
  if (publicKey.user) {
    publicKey.user = { ...publicKey.user, id: bytes(publicKey.user.id) };
    publicKey.excludeCredentials = decoded(publicKey.excludeCredentials);
  } else {
    publicKey.allowCredentials = decoded(publicKey.allowCredentials);
  }
  return { publicKey };
}

function sendable(credential) {
  const answer = credential.response;
  const response = { clientDataJSON: text(answer.clientDataJSON) };
  for (const part of ["attestationObject", "authenticatorData", "signature", "userHandle"]) {
    if (answer[part]) response[part] = text(answer[part]);
  }
  if (answer.getTransports) response.transports = answer.getTransports();
  return {
    id: credential.id,
    rawId: text(credential.rawId),
    type: credential.type,
    authenticatorAttachment: credential.authenticatorAttachment,
    clientExtensionResults: credential.getClientExtensionResults(),
    response,
  };
}

async function optionsFor(form) {
  if (!form.dataset.optionsUrl) return JSON.parse(document.getElementById("passkey-options").textContent);
  const answer = await fetch(form.dataset.optionsUrl, { headers: { Accept: "application/json" } });
  if (!answer.ok) throw new Error(`${answer.status}`);
  return answer.json();
}

async function create(form) {
  const { creation_options: options } = await optionsFor(form);
  const alone = form.elements.passwordless?.checked ?? false;
  options.publicKey.authenticatorSelection = {
    ...options.publicKey.authenticatorSelection,
    residentKey: alone ? "required" : "discouraged",
    requireResidentKey: alone,
    ...(alone && { userVerification: "required" }),
  };
  return navigator.credentials.create(readable(options));
}

async function get(form) {
  const { request_options: options } = await optionsFor(form);
  return navigator.credentials.get(readable(options));
}

for (const form of document.querySelectorAll("[data-passkey]")) {
  if (!window.PublicKeyCredential) {
    form.querySelector("[data-passkey-unknown]").hidden = false;
    continue;
  }
  const failed = form.querySelector("[data-passkey-failed]");
  form.querySelector("button").hidden = false;
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    failed.hidden = true;
    try {
      const credential = await (form.dataset.passkey === "create" ? create(form) : get(form));
      form.elements.credential.value = JSON.stringify(sendable(credential));
      form.submit();
    } catch {
      failed.hidden = false; // called off by the person, or no passkey for this portal on the device
    }
  });
}
