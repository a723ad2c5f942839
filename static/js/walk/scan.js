// The code on a label: seen by the camera, found in a photo, or typed. Its address ends in /t/<tag>/.
import { act, h } from "./draw.js";
import { say } from "./words.js";

let made = null;

export const plainTag = (text) => text.normalize("NFKC").toUpperCase().replace(/[^\p{L}\p{N}]/gu, "").slice(0, 20);

export function tagIn(text) {
  const found = text.trim().match(/\/t\/([^/?#]+)\/?(?:[?#].*)?$/);
  return plainTag(found ? decodeURIComponent(found[1]) : text);
}

function load(address) {
  return new Promise((resolve, reject) => {
    document.head.append(h("script", { src: address, onload: resolve, onerror: () => reject(new Error(address)) }));
  });
}

// The browser's own reader of codes, else the one that comes with the page.
async function detector() {
  if (made) return made;
  const { decoder, wasm } = document.querySelector("[data-walk]").dataset;
  const own = globalThis.BarcodeDetector;
  if (own && (await own.getSupportedFormats().catch(() => [])).includes("qr_code")) return (made = new own({ formats: ["qr_code"] }));
  if (!globalThis.BarcodeDetectionAPI) await load(decoder);
  const { BarcodeDetector, prepareZXingModule } = globalThis.BarcodeDetectionAPI;
  prepareZXingModule({ overrides: { locateFile: () => new URL(wasm, location.href).href } });
  return (made = new BarcodeDetector({ formats: ["qr_code"] }));
}

export async function tagOfPicture(picture) {
  const image = await createImageBitmap(picture);
  const [code] = await (await detector()).detect(image);
  return code ? tagIn(code.rawValue) : null;
}

// Ask for a label: resolves to { tag, how }, or to null when it was closed.
export function askForLabel({ typing = false, refused = () => "" } = {}) {
  return new Promise((resolve) => {
    const video = h("video", { playsinline: true, muted: true, "aria-label": say("aim") });
    const told = h("p", { class: "help", role: "status" }, say("aim"));
    const field = h("input", { class: "form-control", id: "label-code", autocomplete: "off", autocapitalize: "characters", maxlength: 20 });
    const wrong = h("p", { class: "invalid-feedback", role: "alert", hidden: true });
    const photo = h("input", { type: "file", accept: "image/*", capture: "environment", class: "visually-hidden", onchange: look });
    const typed = h("form", { onsubmit: type }, h("label", { for: "label-code" }, say("code")), field, h("button", { class: "act primary" }, say("take_code")), wrong);
    const closing = act(say("close"), "", () => end(null));
    const dialog = h("dialog", { class: "scanner", "aria-label": say("scan"), onclose: () => end(null) }, video, told, h("label", { class: "act" }, say("photograph_label"), photo), typed, closing);
    let stream = null, over = false;

    function end(found) {
      if (over) return;
      over = true;
      stream?.getTracks().forEach((track) => track.stop());
      dialog.remove();
      resolve(found);
    }
    function type(event) {
      event.preventDefault();
      const tag = tagIn(field.value), why = tag && refused(tag);
      wrong.textContent = why;
      wrong.hidden = !why;
      field.classList.toggle("is-invalid", Boolean(why));
      if (why) field.select();
      else if (tag) end({ tag, how: "typed" });
    }
    async function look() {
      const tag = photo.files[0] && (await tagOfPicture(photo.files[0]).catch(() => null));
      if (tag) end({ tag, how: "scanned" });
      else told.textContent = say("no_code_seen");
      photo.value = "";
    }
    async function watch() {
      const reader = await detector();
      while (!over) {
        if (video.readyState >= 2) {
          const [code] = await reader.detect(video).catch(() => []);
          if (code && !over) {
            navigator.vibrate?.(60);
            return end({ tag: tagIn(code.rawValue), how: "scanned" });
          }
        }
        await new Promise((next) => setTimeout(next, 150));
      }
    }
    async function start() {
      try {
        stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment", width: { ideal: 1280 } } });
        if (over) return stream.getTracks().forEach((track) => track.stop());
        video.srcObject = stream;
        await video.play();
        await watch();
      } catch (why) {
        video.hidden = true;
        if (!over) told.textContent = say("camera_refused");
      }
    }
    document.body.append(dialog);
    dialog.showModal();
    if (typing) {
      video.hidden = true;
      told.hidden = true;
      field.focus();
    } else start();
  });
}
