import type { Messages } from "../en";
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

/** Every text that people see, in German. */
export const de: Messages = {
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

