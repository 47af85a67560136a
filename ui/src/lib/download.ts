/** Saving what is shown as a file. */

/** Save a text. */
export function saveFile(name: string, text: string, type: string): void {
  save(name, new Blob([text], { type }));
}

/** Save what stands in an element's canvases, as it stands there, under a title. */
export function savePicture(name: string, title: string, element: HTMLElement, ink: { surface: string; text: string; font: string }): void {
  const box = element.getBoundingClientRect();
  const ratio = window.devicePixelRatio;
  const head = 28;
  const picture = document.createElement("canvas");
  picture.width = Math.ceil(box.width * ratio);
  picture.height = Math.ceil((box.height + head) * ratio);
  const context = picture.getContext("2d");
  if (context === null) return;
  context.scale(ratio, ratio);
  context.fillStyle = ink.surface;
  context.fillRect(0, 0, box.width, box.height + head);
  context.fillStyle = ink.text;
  context.font = `600 13px ${ink.font}`;
  context.fillText(title, 8, 18, box.width - 16);
  for (const canvas of element.querySelectorAll("canvas")) {
    const place = canvas.getBoundingClientRect();
    context.drawImage(canvas, place.left - box.left, place.top - box.top + head, place.width, place.height);
  }
  picture.toBlob((blob) => {
    if (blob !== null) save(name, blob);
  });
}

function save(name: string, blob: Blob): void {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = name.replace(/[^\p{L}\p{N}._ -]+/gu, "_").slice(0, 120);
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}
