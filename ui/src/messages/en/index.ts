import { app } from "./app";
import { contacts } from "./contacts";
import { create } from "./create";
import { errors } from "./errors";
import { home } from "./home";
import { join } from "./join";
import { labels } from "./labels";
import { session } from "./session";
import { settings } from "./settings";
import { setup } from "./setup";
import { time } from "./time";
import { wallet } from "./wallet";

/** Every text that people see, in English. Each part holds one or more groups, by which `m` names them. */
export const en = {
  ...app,
  ...contacts,
  ...create,
  ...errors,
  ...home,
  ...join,
  ...labels,
  ...session,
  ...settings,
  ...setup,
  ...time,
  ...wallet,
};

/** The shape of a catalogue: another language has exactly these texts. */
export type Messages = typeof en;
