import { app } from "./app";
import { backup } from "./backup";
import { contacts } from "./contacts";
import { create } from "./create";
import { home } from "./home";
import { join } from "./join";
import { labels } from "./labels";
import { money } from "./money";
import { sendBitcoin } from "./sendBitcoin";
import { session } from "./session";
import { settings } from "./settings";
import { setup } from "./setup";
import { sign } from "./sign";
import { solana } from "./solana";
import { time } from "./time";
import { wallet } from "./wallet";

/** Every text that people see, in English. Each part holds one or more groups, by which `m` names them. */
export const en = {
  ...app,
  ...backup,
  ...contacts,
  ...create,
  ...home,
  ...join,
  ...labels,
  ...money,
  ...sendBitcoin,
  ...session,
  ...settings,
  ...setup,
  ...sign,
  ...solana,
  ...time,
  ...wallet,
};

/** The shape of a catalogue: another language has exactly these texts. */
export type Messages = Translation<typeof en>;

type Translation<T> = T extends string
  ? string
  : T extends (...values: infer V) => string
    ? (...values: V) => string
    : { [K in keyof T]: Translation<T[K]> };
