// The part of the inbox by which a browser is told to show urgent reminders, or no longer.
const part = document.querySelector("[data-push]");
const [on, off, none, error] = ["on", "off", "none", "error"].map((name) => part.querySelector(`[data-push-${name}]`));
const { key, worker, door, denied, failed } = part.dataset;
const token = JSON.parse(document.body.getAttribute("hx-headers"))["X-CSRFToken"];

const scope = worker.slice(0, worker.lastIndexOf("/") + 1);
const base64url = (buffer) => btoa(String.fromCharCode(...new Uint8Array(buffer))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
const bytes = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (letter) => letter.charCodeAt(0));

// A name by which its owner knows it again: "Firefox, Android".
function device() {
  const said = navigator.userAgent;
  const browser = ["Edg", "OPR", "Firefox", "Chrome", "Safari"].find((name) => said.includes(name)) ?? "";
  const system = ["Android", "iPhone", "iPad", "Windows", "Macintosh", "Linux"].find((name) => said.includes(name)) ?? "";
  const names = { Edg: "Edge", OPR: "Opera", Macintosh: "Mac" };
  return [browser, system].filter(Boolean).map((name) => names[name] ?? name).join(", ");
}

function show(isOn) {
  none.hidden = true;
  on.hidden = isOn;
  off.hidden = !isOn;
}

function complain(sentence) {
  error.textContent = sentence;
  error.hidden = !sentence;
}

async function tell(values) {
  const answer = await fetch(door, { method: "POST", headers: { "X-CSRFToken": token }, body: new URLSearchParams(values) });
  if (!answer.ok) throw new Error((await answer.json()).error);
}

const named = (subscription) => ({
  endpoint: subscription.endpoint, p256dh: base64url(subscription.getKey("p256dh")), auth: base64url(subscription.getKey("auth")), device: device(),
});

async function switchOn() {
  complain("");
  if ((await Notification.requestPermission()) !== "granted") return complain(denied);
  let subscription;
  try {
    await navigator.serviceWorker.register(worker, { scope });
    const registration = await navigator.serviceWorker.getRegistration(scope);
    await ready(registration);
    subscription = await registration.pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: bytes(key) });
  } catch {
    return complain(failed);
  }
  try {
    await tell(named(subscription));
  } catch (refusal) {
    await subscription.unsubscribe();
    return complain(refusal.message || failed);
  }
  location.reload();
}

async function switchOff() {
  const registration = await navigator.serviceWorker.getRegistration(scope);
  const subscription = await registration?.pushManager.getSubscription();
  if (subscription) {
    await tell({ off: subscription.endpoint });
    await subscription.unsubscribe();
  }
  location.reload();
}

// Subscribing needs a worker that is at work.
function ready(registration) {
  if (registration.active) return;
  return new Promise((done) => {
    const coming = registration.installing ?? registration.waiting;
    coming.addEventListener("statechange", () => coming.state === "activated" && done());
  });
}

if ("serviceWorker" in navigator && "PushManager" in window && "Notification" in window) {
  const registration = await navigator.serviceWorker.getRegistration(scope);
  const subscription = await registration?.pushManager.getSubscription();
  // Said again at each visit: push services give a browser a new address now and then.
  if (subscription) tell(named(subscription)).catch(() => show(false));
  show(Boolean(subscription));
  on.addEventListener("click", switchOn);
  off.addEventListener("click", switchOff);
}
