/**
 * Keeps the focus from getting lost when what has it can't have it any more: to what was only disabled for a while it comes
 * back; from what goes away it moves to what contained that, and not to another control, which a second press of a key would
 * set off.
 */
export function keepFocus(root: HTMLElement): { destroy: () => void } {
  let around: HTMLElement[] = [];
  let timer: ReturnType<typeof setTimeout> | undefined;

  function remember({ target }: FocusEvent) {
    around = [];
    for (let at = target as HTMLElement | null; at && at !== root; at = at.parentElement) around.push(at);
  }

  /** A click beside everything takes the focus away on purpose. */
  function release({ target }: FocusEvent) {
    setTimeout(() => {
      const last = target as HTMLElement;
      if (last === around[0] && last.isConnected && !last.matches(":disabled") && isLost()) around = [];
    });
  }

  function rescue() {
    const [last] = around;
    if (!last || !isLost()) return;
    if (last.isConnected) {
      if (!last.matches(":disabled")) last.focus({ preventScroll: true });
      return;
    }
    const place = around.find((element) => element.isConnected) ?? root;
    around = [];
    if (!place.hasAttribute("tabindex")) {
      place.tabIndex = -1;
      place.addEventListener("blur", () => place.removeAttribute("tabindex"), { once: true });
    }
    place.focus({ preventScroll: true });
  }

  // Whoever removes something may give the focus to something else right after.
  const observer = new MutationObserver(() => {
    clearTimeout(timer);
    timer = setTimeout(rescue);
  });
  observer.observe(document.body, { childList: true, subtree: true, attributeFilter: ["disabled"] });
  root.addEventListener("focusin", remember);
  root.addEventListener("focusout", release);
  return {
    destroy() {
      observer.disconnect();
      clearTimeout(timer);
      root.removeEventListener("focusin", remember);
      root.removeEventListener("focusout", release);
    },
  };
}

function isLost(): boolean {
  return !document.activeElement || document.activeElement === document.body;
}
