import "@testing-library/jest-dom/vitest";

import { loadRest } from "../src/rest.svelte";

// jsdom has no modal dialogs; opening and closing is all that the interface uses.
HTMLDialogElement.prototype.showModal ??= function showModal(this: HTMLDialogElement) {
  this.open = true;
};
HTMLDialogElement.prototype.close ??= function close(this: HTMLDialogElement) {
  this.open = false;
  this.dispatchEvent(new Event("close"));
};
Element.prototype.scrollTo ??= () => undefined;

// Nor can its files be read as promises.
Blob.prototype.arrayBuffer ??= function arrayBuffer(this: Blob) {
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => resolve(reader.result as ArrayBuffer);
    reader.onerror = () => reject(reader.error ?? new Error("the file can't be read"));
    reader.readAsArrayBuffer(this);
  });
};

// Nor does it have a system with a theme.
globalThis.matchMedia ??= (media: string) =>
  Object.assign(new EventTarget(), { media, matches: false, onchange: null }) as unknown as MediaQueryList;

// As when the first screen has been up for a while.
await loadRest();
