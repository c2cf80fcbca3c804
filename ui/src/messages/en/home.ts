export const home = {
  home: {
    title: "Home",
    welcome: "A wallet shared among devices",
    welcomeText:
      "Several devices make a key together. Enough of them sign; no single one can. Create a wallet here, or join one that someone else has begun.",
    problemTitle: "Something needs your attention",
    walletsTitle: "Wallets",
    sessionsTitle: "Sessions",
  },
};
