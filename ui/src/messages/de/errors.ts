import type { Messages } from "../en";

export const errors: Pick<Messages, "errors"> = {
  errors: {},
};
