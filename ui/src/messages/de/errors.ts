import type { MessagePart } from "../../bindings/MessagePart";

/** What errors say, by the parts that they are made of. Their English comes from the device itself. */
export const errors: { [Part in MessagePart as Part["id"]]: (values: Part["values"]) => string } = {
  noServer: () =>
    "Es ist kein Server eingestellt. Geräte finden über einen Vermittlungsserver zueinander: Geben Sie seine Adresse ein (ws://… oder wss://…), für alle dieselbe. Er kann nichts von Wert sehen oder ändern.",
  invalidServer: ({ url }) =>
    `„${url}“ ist keine Adresse eines Servers. Sie sieht aus wie wss://example.org oder ws://192.168.1.20:9710.`,
};
