export const contacts = {
  contacts: {},
};
