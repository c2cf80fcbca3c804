import "@testing-library/jest-dom/vitest";

// jsdom has no modal dialogs; opening and closing is all that the interface uses.
HTMLDialogElement.prototype.showModal ??= function showModal(this: HTMLDialogElement) {
  this.open = true;
};
HTMLDialogElement.prototype.close ??= function close(this: HTMLDialogElement) {
  this.open = false;
  this.dispatchEvent(new Event("close"));
};
Element.prototype.scrollTo ??= () => undefined;
