import type { Action } from "svelte/action";

/** Marks what a file can be dropped on, so that it is not taken for something to join with. */
const zone = "data-takes-files";

/** Hands a file that is dropped on an element to `take`, and to nobody else. */
export const takesFile: Action<HTMLElement, (file: File) => unknown> = (element, take) => {
  let taking = take;
  const brings = (event: DragEvent) => event.dataTransfer?.types.includes("Files") ?? false;
  const over = (event: DragEvent) => {
    if (brings(event)) event.preventDefault();
  };
  const drop = (event: DragEvent) => {
    if (!brings(event)) return;
    event.preventDefault();
    const file = event.dataTransfer?.files[0];
    if (file) taking(file);
  };
  element.setAttribute(zone, "");
  element.addEventListener("dragover", over);
  element.addEventListener("drop", drop);
  return {
    update: (next) => (taking = next),
    destroy() {
      element.removeEventListener("dragover", over);
      element.removeEventListener("drop", drop);
    },
  };
};

/** Whether what is dragged there goes to an element that takes files. */
export function isTaken({ target, dataTransfer }: DragEvent): boolean {
  return target instanceof Element && target.closest(`[${zone}]`) !== null && (dataTransfer?.types.includes("Files") ?? false);
}
