import type { Messages } from "../en";

export const settings: Pick<Messages, "settings"> = {
  settings: {},
};
