import { useBackend } from "../../backend";
import type { About } from "../../bindings/About";

/** What this desktop can do; nothing until it has said so. */
export function useDesktop(): { readonly current: About | undefined } {
  const backend = useBackend();
  let current = $state.raw<About>();
  $effect(() => {
    // A desktop that does not answer is taken for one that can do everything.
    void backend.about().then((answer) => (current = answer), () => undefined);
  });
  return {
    get current() {
      return current;
    },
  };
}
