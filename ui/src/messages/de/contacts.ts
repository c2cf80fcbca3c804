import type { Messages } from "../en";

export const contacts: Pick<Messages, "contacts"> = {
  contacts: {},
};
