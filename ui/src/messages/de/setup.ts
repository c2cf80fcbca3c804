import type { Messages } from "../en";

export const setup: Pick<Messages, "setup"> = {
  setup: {},
};
