// Photos, made small on the phone before they are kept and sent; a signature is one as well.
const LONGEST = 2048;

export async function madeSmall(file) {
  const image = await createImageBitmap(file, { imageOrientation: "from-image" });
  const scale = Math.min(1, LONGEST / Math.max(image.width, image.height));
  const canvas = document.createElement("canvas");
  canvas.width = Math.max(1, Math.round(image.width * scale));
  canvas.height = Math.max(1, Math.round(image.height * scale));
  canvas.getContext("2d").drawImage(image, 0, 0, canvas.width, canvas.height);
  image.close();
  return asBlob(canvas, "image/jpeg");
}

export function asBlob(canvas, type) {
  return new Promise((resolve, reject) => canvas.toBlob((blob) => (blob ? resolve(blob) : reject(new Error("no picture"))), type, 0.85));
}

// A pad to sign on with a finger; `taken` gets the drawing, dark on white whatever the theme.
export function pad(canvas) {
  const scale = Math.min(2, devicePixelRatio || 1);
  const box = canvas.getBoundingClientRect();
  canvas.width = Math.round(box.width * scale);
  canvas.height = Math.round(box.height * scale);
  const pen = canvas.getContext("2d");
  pen.fillStyle = "#fff";
  pen.fillRect(0, 0, canvas.width, canvas.height);
  Object.assign(pen, { strokeStyle: "#111", lineWidth: 2.4 * scale, lineCap: "round", lineJoin: "round" });
  let drawn = false, at = null;
  const point = (event) => {
    const here = canvas.getBoundingClientRect();
    return [(event.clientX - here.left) * scale, (event.clientY - here.top) * scale];
  };
  canvas.addEventListener("pointerdown", (event) => {
    event.preventDefault();
    canvas.setPointerCapture(event.pointerId);
    at = point(event);
  });
  canvas.addEventListener("pointermove", (event) => {
    if (!at) return;
    const next = point(event);
    pen.beginPath();
    pen.moveTo(...at);
    pen.lineTo(...next);
    pen.stroke();
    at = next;
    drawn = true;
  });
  for (const end of ["pointerup", "pointercancel"]) canvas.addEventListener(end, () => (at = null));
  return { isDrawn: () => drawn, blob: () => asBlob(canvas, "image/png") };
}
